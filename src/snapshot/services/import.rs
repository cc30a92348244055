//! Imports of tables from S3.

use serde::{Deserialize, Serialize};

use crate::snapshot::Timestamp;

/// An import: it made its table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Import {
    /// Amazon Resource Name.
    pub arn: String,
    /// `COMPLETED`, `IN_PROGRESS`, `FAILED`, …
    pub status: String,
    /// ARN of the table that it made.
    pub table_arn: String,
    /// Bucket that it read.
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub bucket: Option<String>,
    /// Account that owns the bucket, where it was named.
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub bucket_owner: Option<String>,
    /// What the names of the files that it read begin with.
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub prefix: Option<String>,
    /// When it started.
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub started: Option<Timestamp>,
}
