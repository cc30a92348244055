//! A table as DynamoDB describes it, with its indexes, stream, replicas, copies and policies.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Listed, Sample, Seen, Timestamp};

/// One table of one Region, with each answer beside the question that it took.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// Amazon Resource Name; made from the account and Region where DescribeTable was refused.
    pub arn: String,
    /// Name, unique in its Region; case matters.
    pub name: String,
    /// For example `eu-west-1`.
    pub region: String,
    /// DescribeTable.
    pub description: Seen<Description>,
    /// DescribeContinuousBackups.
    pub continuous_backups: Seen<ContinuousBackups>,
    /// DescribeTimeToLive.
    pub time_to_live: Seen<TimeToLive>,
    /// ListTagsOfResource.
    pub tags: Seen<BTreeMap<String, String>>,
    /// GetResourcePolicy on the table; none where the table has no policy.
    pub policy: Seen<Option<String>>,
    /// GetResourcePolicy on the stream; none where the table has no stream or the stream no policy.
    pub stream_policy: Seen<Option<String>>,
    /// DescribeKinesisStreamingDestination.
    pub kinesis: Seen<Vec<KinesisDestination>>,
    /// DescribeContributorInsights: the table's status and rules.
    pub insights: Seen<Insights>,
    /// ListBackups and DescribeBackup: on-demand, system and AWS Backup ones.
    pub backups: Listed<Backup>,
    /// ListExports and DescribeExport: exports to S3 that DynamoDB still lists (90 days).
    pub exports: Listed<Export>,
    /// What sampling saw; never a value.
    pub sample: Seen<Sample>,
}

/// Whether `arn` is that of the table `name` in an account and Region; an account that nobody knows is any. DynamoDB local has a
/// Region of its own.
pub fn is_arn_of(arn: &str, account: &str, region: &str, name: &str) -> bool {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let [_, _, _, in_region, of_account, resource] = parts[..] else { return false };
    let unknown = |account: &str| account == "unknown";
    (in_region == region || in_region == "ddblocal")
        && (of_account == account || unknown(account) || unknown(of_account))
        && resource.strip_prefix("table/") == Some(name)
}

/// The answer of DescribeTable.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Description {
    /// UUID of the table; a table made anew under the same name has another.
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub id: Option<String>,
    /// `ACTIVE`, `CREATING`, `ARCHIVED`, `INACCESSIBLE_ENCRYPTION_CREDENTIALS`, …
    pub status: String,
    /// When the table was made.
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub created: Option<Timestamp>,
    /// Key schema: partition key first, then the sort key.
    pub keys: Vec<KeyElement>,
    /// Items at the last count; DynamoDB counts about every six hours.
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub items: Option<i64>,
    /// Bytes at the last count.
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub bytes: Option<i64>,
    /// `STANDARD` or `STANDARD_INFREQUENT_ACCESS`.
    pub class: String,
    /// `PROVISIONED` or `PAY_PER_REQUEST`.
    pub billing: String,
    /// Provisioned read capacity units; 0 when on demand.
    pub read_units: i64,
    /// Provisioned write capacity units; 0 when on demand.
    pub write_units: i64,
    /// On-demand maximum read request units, where set.
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub max_read_units: Option<i64>,
    /// On-demand maximum write request units, where set.
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub max_write_units: Option<i64>,
    /// Warm throughput: read units per second the table can take at once.
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub warm_read_units: Option<i64>,
    /// Warm throughput: write units per second the table can take at once.
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub warm_write_units: Option<i64>,
    /// Whether DeleteTable is refused.
    pub deletion_protection: bool,
    /// Whether this replica is protected against leaving its global table; none where DynamoDB does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disassociation_protection: Option<bool>,
    /// Server-side encryption; none means the AWS owned key.
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub encryption: Option<Encryption>,
    /// Stream settings, where a stream is or was on.
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub stream: Option<Stream>,
    /// ARN of the latest stream, also after it was switched off (readable for 24 hours).
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub latest_stream_arn: Option<String>,
    /// Global and local secondary indexes, by name.
    pub indexes: Vec<Index>,
    /// Replicas in other Regions (global tables 2019.11.21), by Region.
    pub replicas: Vec<Replica>,
    /// `2017.11.29` or `2019.11.21` for a global table.
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub global_table_version: Option<String>,
    /// `EVENTUAL` or `STRONG` for a global table.
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub multi_region_consistency: Option<String>,
    /// Witness Regions of a multi-Region strongly consistent table.
    pub witnesses: Vec<String>,
    /// Where the table was restored from, if it was.
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub restore: Option<Restore>,
    /// Why and when the table was archived, if it was.
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub archival: Option<Archival>,
}

/// One element of a key schema.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyElement {
    /// Attribute name.
    pub name: String,
    /// `HASH` (partition key) or `RANGE` (sort key).
    pub role: String,
    /// `S`, `N` or `B`; empty where the definition is missing.
    pub kind: String,
}

/// SSEDescription.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Encryption {
    /// `ENABLED`, `ENABLING`, `UPDATING`, `DISABLING`, `DISABLED`.
    pub status: String,
    /// `KMS` for an AWS managed or a customer managed key alike.
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub kind: Option<String>,
    /// ARN of the KMS key.
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub key_arn: Option<String>,
    /// Since when DynamoDB cannot use the key; the table is archived seven days later.
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub inaccessible_since: Option<Timestamp>,
}

/// StreamSpecification.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stream {
    /// Whether the stream is on.
    pub enabled: bool,
    /// `KEYS_ONLY`, `NEW_IMAGE`, `OLD_IMAGE` or `NEW_AND_OLD_IMAGES`.
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub view: Option<String>,
}

/// A secondary index.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Index {
    /// Name, unique in its table.
    pub name: String,
    /// Amazon Resource Name.
    pub arn: String,
    /// `global` or `local`.
    pub kind: String,
    /// Key schema.
    pub keys: Vec<KeyElement>,
    /// `ALL`, `KEYS_ONLY` or `INCLUDE`.
    pub projection: String,
    /// Attributes that `INCLUDE` adds.
    pub included: Vec<String>,
    /// `ACTIVE`, `CREATING`, …; empty for a local index.
    pub status: String,
    /// Items at the last count.
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub items: Option<i64>,
    /// Bytes at the last count.
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub bytes: Option<i64>,
}

/// A replica of a global table, as the table's own Region describes it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Replica {
    /// Region of the replica.
    pub region: String,
    /// ARN of the replica, where given (multi-account global tables).
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub arn: Option<String>,
    /// `ACTIVE`, `INACCESSIBLE_ENCRYPTION_CREDENTIALS`, `REGION_DISABLED`, …
    pub status: String,
    /// What DynamoDB says about the status.
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub status_message: Option<String>,
    /// Customer managed key of the replica; none for an AWS owned or AWS managed one.
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub key_arn: Option<String>,
    /// Since when the replica cannot be reached.
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub inaccessible_since: Option<Timestamp>,
    /// Table class of the replica, where it differs.
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub class: Option<String>,
}

/// RestoreSummary.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Restore {
    /// ARN of the backup, if from a backup.
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub backup_arn: Option<String>,
    /// ARN of the table that the backup was of.
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub table_arn: Option<String>,
    /// Point in time that was restored.
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub at: Option<Timestamp>,
    /// Whether it is still running.
    pub in_progress: bool,
}

/// ArchivalSummary.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Archival {
    /// `INACCESSIBLE_ENCRYPTION_CREDENTIALS`: the only reason there is.
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub reason: Option<String>,
    /// When it was archived.
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub at: Option<Timestamp>,
    /// The backup that holds the table.
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub backup_arn: Option<String>,
}

/// DescribeContinuousBackups.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContinuousBackups {
    /// Whether point-in-time recovery is on.
    pub enabled: bool,
    /// Days that can be gone back, 1 to 35.
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub days: Option<i64>,
    /// Earliest point that can be restored.
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub earliest: Option<Timestamp>,
    /// Latest point that can be restored.
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub latest: Option<Timestamp>,
}

/// DescribeTimeToLive.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimeToLive {
    /// `ENABLED`, `ENABLING`, `DISABLING` or `DISABLED`.
    pub status: String,
    /// The attribute that holds the expiry, in seconds since the epoch.
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub attribute: Option<String>,
}

impl TimeToLive {
    /// Whether expired items are removed, or will be within the hour.
    pub fn is_on(&self) -> bool {
        self.status.starts_with("ENABL")
    }
}

/// A Kinesis stream that receives every change of the table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KinesisDestination {
    /// ARN of the stream.
    pub arn: String,
    /// `ACTIVE`, `ENABLE_FAILED`, …
    pub status: String,
}

/// DescribeContributorInsights.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Insights {
    /// `ENABLED`, `DISABLED`, `ENABLING`, `DISABLING`, `FAILED`.
    pub status: String,
    /// `ACCESSED_AND_THROTTLED_KEYS` or `THROTTLED_KEYS`, where given.
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub mode: Option<String>,
    /// CloudWatch rules that show keys in plaintext.
    pub rules: Vec<String>,
}

/// An on-demand backup.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Backup {
    /// ARN of the backup.
    pub arn: String,
    /// Name of the backup.
    pub name: String,
    /// Name of the table that it is of.
    pub table: String,
    /// ARN of the table that it is of.
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub table_arn: Option<String>,
    /// UUID of the table that it is of.
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub table_id: Option<String>,
    /// `USER`, `SYSTEM` or `AWS_BACKUP`.
    pub kind: String,
    /// `AVAILABLE`, `CREATING`, `DELETED`.
    pub status: String,
    /// When it was made.
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub created: Option<Timestamp>,
    /// When it will be removed, for system and AWS Backup ones.
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub expires: Option<Timestamp>,
    /// Bytes.
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub bytes: Option<i64>,
    /// DescribeBackup: encryption of the table when it was backed up; none means the AWS owned key.
    pub encryption: Seen<Option<Encryption>>,
}

/// An export to S3.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Export {
    /// ARN of the export.
    pub arn: String,
    /// `COMPLETED`, `IN_PROGRESS` or `FAILED`.
    pub status: String,
    /// `FULL_EXPORT` or `INCREMENTAL_EXPORT`.
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub kind: Option<String>,
    /// DescribeExport.
    pub details: Seen<ExportDetails>,
}

/// DescribeExport.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportDetails {
    /// When it started.
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub started: Option<Timestamp>,
    /// Bucket that received it.
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub bucket: Option<String>,
    /// Account that owns the bucket, where it was named.
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub bucket_owner: Option<String>,
    /// Key prefix.
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub prefix: Option<String>,
    /// `AES256` or `KMS`.
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub encryption: Option<String>,
    /// KMS key of the objects.
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub key_id: Option<String>,
    /// Items exported.
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub items: Option<i64>,
    /// Bytes billed.
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub bytes: Option<i64>,
}

impl ExportDetails {
    /// What the names of the files of the export `arn` begin with (AWS documentation: "DynamoDB table export output format").
    pub fn files_of(&self, arn: &str) -> String {
        let id = arn.rsplit('/').next().unwrap_or(arn);
        match self.prefix.as_deref().map(|prefix| prefix.trim_end_matches('/')).filter(|p| !p.is_empty()) {
            Some(prefix) => format!("{prefix}/AWSDynamoDB/{id}/"),
            None => format!("AWSDynamoDB/{id}/"),
        }
    }
}
