//! Kinesis data streams that receive a table's changes.

use serde::{Deserialize, Serialize};

use crate::snapshot::Seen;

/// A Kinesis stream that a table names.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KinesisStream {
    /// Amazon Resource Name.
    pub arn: String,
    /// DescribeStreamSummary.
    pub summary: Seen<StreamSummary>,
}

/// The answer of DescribeStreamSummary.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StreamSummary {
    /// `KMS` or `NONE`.
    pub encryption: String,
    /// Key, where one encrypts it.
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub key_id: Option<String>,
    /// Hours for which it keeps records: 24 to 8,760.
    pub retention_hours: i64,
}
