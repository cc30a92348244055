//! AWS Backup: plans with what they select, vaults with what they keep.

use serde::{Deserialize, Serialize};

use crate::snapshot::{Listed, Seen, Timestamp};

/// A backup plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// What it assigns resources by.
    pub selections: Listed<Selection>,
}

/// One resource assignment of a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Selection {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// GetBackupSelection.
    pub criteria: Seen<Criteria>,
}

/// What a selection takes and leaves.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Criteria {
    /// Patterns of ARNs that it takes.
    pub resources: Vec<String>,
    /// Patterns of ARNs that it leaves.
    pub not_resources: Vec<String>,
    /// Tags of which one is enough.
    pub tags: Vec<TagValue>,
    /// Conditions of which all must hold.
    pub conditions: Vec<Condition>,
}

/// A tag and its value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TagValue {
    /// Key, without the prefix `aws:ResourceTag/`.
    pub key: String,
    /// Value, or a pattern where a condition takes one.
    pub value: String,
}

/// A condition on a tag.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// `StringEquals`, `StringNotEquals`, `StringLike` or `StringNotLike`.
    pub operator: String,
    /// The tag.
    pub tag: TagValue,
}

/// A vault.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vault {
    /// Amazon Resource Name.
    pub arn: String,
    /// Name, unique in its Region.
    pub name: String,
    /// Key that encrypts what has no encryption of its own.
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub key_arn: Option<String>,
    /// Whether a vault lock is on it.
    pub locked: bool,
    /// When the lock can no longer be taken off, where it is in compliance mode.
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub lock_date: Option<Timestamp>,
    /// GetBackupVaultAccessPolicy; none where the vault has no policy.
    pub policy: Seen<Option<String>>,
    /// Recovery points of tables, by ARN.
    pub points: Listed<RecoveryPoint>,
}

/// A recovery point of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecoveryPoint {
    /// Amazon Resource Name.
    pub arn: String,
    /// ARN of the table.
    pub table_arn: String,
    /// `COMPLETED`, `PARTIAL`, `EXPIRED`, …
    pub status: String,
    /// When it was made.
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub created: Option<Timestamp>,
    /// When it will be removed; none where it is kept.
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub expires: Option<Timestamp>,
    /// Key that encrypts it.
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub key_arn: Option<String>,
    /// Whether AWS Backup says that it is encrypted.
    pub encrypted: bool,
}
