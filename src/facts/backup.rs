//! Facts of backups and of exports to S3.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Fact, table::KeyOwner};

/// A backup of a table.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Backup {
    /// Amazon Resource Name.
    pub arn: String,
    /// Name.
    pub name: String,
    /// `USER`, `SYSTEM` or `AWS_BACKUP`.
    pub kind: String,
    /// Days since it was made; null where not given.
    pub age_days: Option<i64>,
    /// Days until it is removed; null where it is kept until somebody deletes it.
    pub expires_in_days: Option<i64>,
    /// Whose key encrypts it.
    pub key_owner: Fact<KeyOwner>,
    /// Whether it is of an earlier table of the same name.
    pub of_former_table: bool,
}

/// An export to S3.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Export {
    /// Amazon Resource Name.
    pub arn: String,
    /// `COMPLETED`, `IN_PROGRESS` or `FAILED`.
    pub status: String,
    /// Days since it started; null where not given.
    pub age_days: Fact<Option<i64>>,
    /// Bucket that received it; null where not given.
    pub bucket: Fact<Option<String>>,
    /// Whether the bucket was named as another account's.
    pub external: Fact<bool>,
    /// Whether the objects were encrypted with a KMS key rather than S3's own.
    pub kms: Fact<bool>,
}
