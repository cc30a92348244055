//! Amazon EventBridge: rules that react to what happens.

use serde::{Deserialize, Serialize};

use crate::snapshot::Seen;

/// A rule of the default event bus.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Name.
    pub name: String,
    /// Pattern that an event must match, as JSON.
    pub pattern: String,
    /// ListTargetsByRule: how many targets are called; without one nothing comes of a match.
    pub targets: Seen<i64>,
}
