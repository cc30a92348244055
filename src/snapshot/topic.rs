//! What a run can be asked to look at beside the tables themselves; each topic is asked only where a check needs it.

use serde::{Deserialize, Serialize};

/// One thing that other services of AWS tell about tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Topic {
    /// AWS Backup: plans, what they select, vaults and what they keep.
    BackupPlans,
    /// S3: the buckets that received exports.
    Buckets,
    /// DAX: clusters and how long they keep items.
    Caches,
    /// Lambda: functions that read streams.
    Consumers,
    /// EC2: VPC endpoints for DynamoDB.
    Endpoints,
    /// Kinesis: the streams that receive changes.
    KinesisStreams,
    /// Organizations: where the account stands, and what binds it there.
    Organization,
    /// AWS Config: what is recorded.
    Recorders,
    /// Application Auto Scaling: what grows with its load.
    Scaling,
    /// CloudTrail: trails and event data stores, and what they select.
    Trails,
}

impl Topic {
    /// Every topic.
    pub const ALL: [Topic; 10] = [
        Topic::BackupPlans,
        Topic::Buckets,
        Topic::Caches,
        Topic::Consumers,
        Topic::Endpoints,
        Topic::KinesisStreams,
        Topic::Organization,
        Topic::Recorders,
        Topic::Scaling,
        Topic::Trails,
    ];
}
