//! A KMS key that something of DynamoDB is encrypted with.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Listed, Seen, Timestamp};

/// One KMS key, asked about once however many tables use it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Key {
    /// ARN as the table names it; DescribeKey may resolve an alias to another one.
    pub arn: String,
    /// Region of the key.
    pub region: String,
    /// DescribeKey.
    pub description: Seen<Description>,
    /// GetKeyRotationStatus; none where the key cannot rotate (imported, asymmetric, custom store).
    pub rotation: Seen<Option<Rotation>>,
    /// GetKeyPolicy: the policy named `default`.
    pub policy: Seen<String>,
    /// ListGrants.
    pub grants: Listed<Grant>,
    /// ListResourceTags.
    pub tags: Seen<BTreeMap<String, String>>,
}

/// KeyMetadata.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Description {
    /// ARN of the key itself.
    pub arn: String,
    /// Account that owns the key.
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub account: Option<String>,
    /// `AWS` or `CUSTOMER`.
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub manager: Option<String>,
    /// `Enabled`, `Disabled`, `PendingDeletion`, `PendingImport`, `Unavailable`, …
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub state: Option<String>,
    /// `SYMMETRIC_DEFAULT`, …
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub spec: Option<String>,
    /// `AWS_KMS`, `EXTERNAL`, `AWS_CLOUDHSM`, `EXTERNAL_KEY_STORE`.
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub origin: Option<String>,
    /// When it was made.
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub created: Option<Timestamp>,
    /// When it will be deleted.
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub deletion_date: Option<Timestamp>,
    /// When imported key material expires.
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub valid_to: Option<Timestamp>,
    /// Whether it is a multi-Region key.
    pub multi_region: bool,
    /// Id of the custom key store, where it is in one.
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub custom_key_store_id: Option<String>,
}

/// GetKeyRotationStatus.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rotation {
    /// Whether automatic rotation is on.
    pub enabled: bool,
    /// Days between rotations.
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub period_days: Option<i64>,
    /// Next rotation.
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub next: Option<Timestamp>,
}

/// A grant.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// Id of the grant.
    pub id: String,
    /// Name, where it has one.
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub name: Option<String>,
    /// Who may use it.
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub grantee: Option<String>,
    /// Who may retire it.
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub retiring: Option<String>,
    /// Account under which it was issued.
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub issuer: Option<String>,
    /// Operations, sorted: `Decrypt`, `GenerateDataKey`, `CreateGrant`, …
    pub operations: Vec<String>,
    /// Encryption context that must be contained.
    pub context_subset: BTreeMap<String, String>,
    /// Encryption context that must be equal.
    pub context_equals: BTreeMap<String, String>,
    /// When it was made.
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub created: Option<Timestamp>,
}
