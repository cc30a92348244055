//! What a run can be asked to look at beside the tables themselves; each topic is asked only where a check needs it.

use serde::{Deserialize, Serialize};

/// One thing that is told about tables, by DynamoDB itself beside their descriptions, or by another service of AWS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Topic {
    /// AWS Backup: plans, what they select, vaults and what they keep.
    BackupPlans,
    /// S3: the buckets that received exports and that imports came from, and what the account blocks.
    Buckets,
    /// IAM: the credential report, with users' passwords and access keys.
    Credentials,
    /// DAX: clusters and how long they keep items.
    Caches,
    /// DynamoDB: point-in-time recovery.
    ContinuousBackups,
    /// DynamoDB: backups and exports.
    Copies,
    /// Lambda: functions that read streams.
    Consumers,
    /// EC2: VPC endpoints for DynamoDB.
    Endpoints,
    /// S3: whether files of exports and imports still lie there.
    Files,
    /// DynamoDB: global tables of the legacy version.
    GlobalTables,
    /// Cognito: identity pools, and the roles that they give to guests and users.
    IdentityPools,
    /// DynamoDB: what tables were imported from.
    Imports,
    /// Glue and Redshift: zero-ETL integrations.
    Integrations,
    /// DynamoDB: Contributor Insights.
    Insights,
    /// DynamoDB: a sample of the items.
    Items,
    /// KMS: whose keys they are, and in what state.
    Keys,
    /// KMS: rotation, policies, grants and tags of keys.
    KeySettings,
    /// Kinesis: the streams that receive changes.
    KinesisStreams,
    /// EC2: VPCs, and what has an interface in them.
    Networks,
    /// Organizations: where the account stands, and what binds it there.
    Organization,
    /// IAM: users, groups, roles and their policies.
    Principals,
    /// AWS Config: what is recorded.
    Recorders,
    /// EventBridge: rules that react to changes.
    Rules,
    /// Application Auto Scaling: what grows with its load.
    Scaling,
    /// DynamoDB: which Kinesis streams receive changes.
    Streaming,
    /// DynamoDB: policies of tables and of their streams.
    TablePolicies,
    /// DynamoDB: tags of tables.
    Tags,
    /// DynamoDB: time to live.
    TimeToLive,
    /// CloudTrail: trails and event data stores, and what they select.
    Trails,
    /// IAM: when principals last used DynamoDB.
    Usage,
}

impl Topic {
    /// Every topic.
    pub const ALL: [Topic; 30] = [
        Topic::BackupPlans,
        Topic::Buckets,
        Topic::Caches,
        Topic::Consumers,
        Topic::ContinuousBackups,
        Topic::Copies,
        Topic::Credentials,
        Topic::Endpoints,
        Topic::Files,
        Topic::GlobalTables,
        Topic::IdentityPools,
        Topic::Imports,
        Topic::Integrations,
        Topic::Insights,
        Topic::Items,
        Topic::Keys,
        Topic::KeySettings,
        Topic::KinesisStreams,
        Topic::Networks,
        Topic::Organization,
        Topic::Principals,
        Topic::Recorders,
        Topic::Rules,
        Topic::Scaling,
        Topic::Streaming,
        Topic::TablePolicies,
        Topic::Tags,
        Topic::TimeToLive,
        Topic::Trails,
        Topic::Usage,
    ];
}
