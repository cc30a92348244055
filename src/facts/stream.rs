//! Facts of a table's stream.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Fact, table::ResourcePolicy};

/// A table's stream: 24 hours of changes, with an ARN and a policy of its own.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Stream {
    /// Amazon Resource Name.
    pub arn: String,
    /// Whether it is on; one that was switched off stays readable for 24 hours.
    pub enabled: bool,
    /// What a record holds.
    pub view: View,
    /// Resource-based policy of the stream; null where it has none.
    pub policy: Fact<Option<ResourcePolicy>>,
}

/// What a stream record holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum View {
    /// Keys only.
    KeysOnly,
    /// The item after the change.
    NewImage,
    /// The item before the change.
    OldImage,
    /// Both.
    NewAndOldImages,
    /// Not said.
    Unspecified,
}
