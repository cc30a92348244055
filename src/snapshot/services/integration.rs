//! Zero-ETL integrations: what copies a table into a warehouse or a lake, and keeps the copy fresh.

use serde::{Deserialize, Serialize};

/// An integration.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Integration {
    /// Amazon Resource Name.
    pub arn: String,
    /// ARN of the table that it copies.
    pub source_arn: String,
    /// ARN of what receives the copy.
    pub target_arn: String,
    /// `ACTIVE`, `SYNCING`, `FAILED`, … in small letters: the services do not agree on them.
    pub status: String,
}
