//! Application Auto Scaling: what grows and shrinks with its load, and AWS Config: what is recorded.

use serde::{Deserialize, Serialize};

/// A scalable target of DynamoDB.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScalableTarget {
    /// `table/<name>` or `table/<name>/index/<index>`.
    pub resource: String,
    /// `dynamodb:table:ReadCapacityUnits`, …
    pub dimension: String,
}

/// A configuration recorder of AWS Config.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recorder {
    /// Name.
    pub name: String,
    /// Whether it records every supported type of the Region.
    pub all: bool,
    /// Types that it records, or leaves out where `excludes` says so.
    pub types: Vec<String>,
    /// Whether `types` are left out rather than recorded.
    pub excludes: bool,
    /// DescribeConfigurationRecorderStatus: whether it records at present.
    pub recording: bool,
}
