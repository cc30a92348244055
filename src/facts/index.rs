//! Facts of a secondary index.

use schemars::JsonSchema;
use serde::Serialize;

/// A secondary index: a second copy of some attributes, with an ARN of its own.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Index {
    /// Name.
    pub name: String,
    /// Amazon Resource Name.
    pub arn: String,
    /// Global or local.
    pub kind: IndexKind,
    /// What is copied.
    pub projection: Projection,
    /// Names of its key attributes.
    pub keys: Vec<String>,
    /// Attributes that `include` adds.
    pub included: Vec<String>,
}

/// Global or local.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum IndexKind {
    /// Its own keys and capacity.
    Global,
    /// The table's partition key with another sort key.
    Local,
}

/// What an index copies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Projection {
    /// Keys only.
    KeysOnly,
    /// Keys and named attributes.
    Include,
    /// Everything.
    All,
}
