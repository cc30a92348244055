//! Facts of a table.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::{Collection, Fact, index::Index, key::Key};

/// A DynamoDB table.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Table {
    /// Name, unique in its Region.
    pub name: String,
    /// Amazon Resource Name.
    pub arn: String,
    /// For example `eu-west-1`.
    pub region: String,
    /// `ACTIVE`, `CREATING`, `ARCHIVED`, `INACCESSIBLE_ENCRYPTION_CREDENTIALS`, …
    pub status: Fact<String>,
    /// Days since the table was made; null where DynamoDB does not say.
    pub age_days: Fact<Option<i64>>,
    /// Items at DynamoDB's last count (about every six hours); null where it does not say.
    pub items: Fact<Option<i64>>,
    /// Bytes at DynamoDB's last count; null where it does not say.
    pub bytes: Fact<Option<i64>>,
    /// `STANDARD` or `STANDARD_INFREQUENT_ACCESS`.
    pub class: Fact<String>,
    /// How capacity is billed.
    pub billing: Fact<Billing>,
    /// Whether a maximum throughput bounds what on-demand requests can cost.
    pub throughput_capped: Fact<bool>,
    /// Whether DeleteTable is refused.
    pub deletion_protection: Fact<bool>,
    /// Tags.
    pub tags: Fact<BTreeMap<String, String>>,
    /// Encryption at rest.
    pub encryption: Encryption,
    /// Time to live.
    pub ttl: Fact<Ttl>,
    /// Point-in-time recovery.
    pub pitr: Fact<Pitr>,
    /// Whether the stream is on.
    pub stream_on: Fact<bool>,
    /// Secondary indexes.
    pub indexes: Collection<Index>,
    /// Resource-based policy of the table; null where it has none.
    pub policy: Fact<Option<ResourcePolicy>>,
    /// CloudWatch Contributor Insights, which shows keys in plaintext.
    pub insights_on: Fact<bool>,
    /// Kinesis streams that receive every change.
    pub kinesis: Collection<Kinesis>,
    /// Whether a global table: it has replicas.
    pub global: Fact<bool>,
    /// Whether a backup of any kind exists that can be restored.
    pub has_backup: Fact<bool>,
    /// What sampling saw.
    pub sample: Fact<Sample>,
    /// Whether a secret was seen in its sample. Unknown where no item could be read.
    pub sensitive: Fact<bool>,
    /// Who can read it, counted; the readers themselves are subjects of their own.
    pub access: Access,
}

/// How capacity is billed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Billing {
    /// Read and write capacity units are provisioned.
    Provisioned,
    /// Each request is billed.
    OnDemand,
}

/// Encryption at rest. Every table is encrypted; the question is with whose key.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Encryption {
    /// Whose key it is.
    pub owner: Fact<KeyOwner>,
    /// Whether DynamoDB has lost the use of the key.
    pub inaccessible: Fact<bool>,
    /// Days until DynamoDB archives the table for that; null while the key can be used.
    pub archive_in_days: Fact<Option<i64>>,
    /// The KMS key; null for the AWS owned key.
    pub key: Fact<Option<Key>>,
}

/// Whose key encrypts a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum KeyOwner {
    /// Customer managed key: policy, rotation and disabling are yours.
    Customer,
    /// AWS managed key `aws/dynamodb` of the account.
    AwsManaged,
    /// AWS owned key: DynamoDB's default, which nobody outside of AWS sees.
    AwsOwned,
}

/// Time to live.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Ttl {
    /// Whether expired items are removed.
    pub enabled: bool,
    /// Attribute that holds the expiry; null where none is set.
    pub attribute: Option<String>,
}

/// Point-in-time recovery.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Pitr {
    /// Whether it is on.
    pub enabled: bool,
    /// Days that can be gone back, 1 to 35; null where off or not given.
    pub days: Option<i64>,
}

/// A resource-based policy, read for whom it lets in.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ResourcePolicy {
    /// Whether it lets anyone in without a condition that binds the caller.
    pub public: bool,
    /// Whether another account, or a principal of one, is let in.
    pub cross_account: bool,
    /// Accounts that are let in, sorted.
    pub accounts: Vec<String>,
    /// Whether others than the account itself may change the policy, or do everything.
    pub administers: bool,
    /// Whether it holds a statement that denies.
    pub denies: bool,
}

/// A Kinesis stream that receives every change.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Kinesis {
    /// ARN of the stream.
    pub arn: String,
    /// `ACTIVE`, `ENABLE_FAILED`, …
    pub status: String,
    /// Whether it belongs to another account.
    pub external: bool,
}

/// What sampling saw.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Sample {
    /// Items read.
    pub items_read: i64,
    /// Whether every item of the table was read.
    pub complete: bool,
    /// Share of items that carry a client-side encryption header, 0 to 1.
    pub encrypted_share: f64,
    /// Whether some items were encrypted by the legacy DynamoDB Encryption Client.
    pub legacy_encryption: bool,
    /// Top-level attribute that looks like an expiry (by its name) though it is not the TTL attribute; null where none does.
    pub expiry_attribute: Option<String>,
    /// Number of paths under which a secret was seen.
    pub secrets: i64,
}

/// Who can read a table, counted.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Access {
    /// Principals of the account that can read it.
    pub readers: Fact<i64>,
    /// Principals of other accounts, or whole accounts, that can read it.
    pub external: Fact<i64>,
    /// Whether anyone can.
    pub anyone: Fact<bool>,
}
