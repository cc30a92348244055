//! What the other services of one Region tell about its tables.

pub mod backup;
pub mod cache;
pub mod consumer;
pub mod identity;
pub mod import;
pub mod integration;
pub mod kinesis;
pub mod network;
pub mod rule;
pub mod scaling;
pub mod trail;

use serde::{Deserialize, Serialize};

use super::{Gap, GapId, Listed, ResourceId, Seen, Why};
pub use backup::{Criteria, Plan, RecoveryPoint, Selection, Vault};
pub use cache::Cluster;
pub use consumer::Consumer;
pub use identity::IdentityPool;
pub use import::Import;
pub use integration::Integration;
pub use kinesis::KinesisStream;
pub use network::{Endpoint, Vpc};
pub use rule::Rule;
pub use scaling::{Recorder, ScalableTarget};
pub use trail::{EventStore, Trail};

/// The answers of the services beside DynamoDB and KMS in one Region.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Services {
    /// Whether AWS Backup covers DynamoDB where a selection does not name its tables (DescribeRegionSettings).
    pub backup_opt_in: Seen<bool>,
    /// Plans of AWS Backup, by id.
    pub backup_plans: Listed<Plan>,
    /// Vaults of AWS Backup, by name.
    pub vaults: Listed<Vault>,
    /// DAX clusters, by ARN.
    pub clusters: Listed<Cluster>,
    /// Functions that read streams of tables, by id.
    pub consumers: Listed<Consumer>,
    /// VPC endpoints for DynamoDB, by id.
    pub endpoints: Listed<Endpoint>,
    /// Event data stores of CloudTrail Lake, by ARN.
    pub event_stores: Listed<EventStore>,
    /// Identity pools of Cognito, by id.
    pub identity_pools: Listed<IdentityPool>,
    /// Imports from S3 that DynamoDB still lists (90 days), by ARN.
    pub imports: Listed<Import>,
    /// Zero-ETL integrations whose source is a table, by ARN.
    pub integrations: Listed<Integration>,
    /// Kinesis streams that tables name, by ARN.
    pub kinesis_streams: Vec<KinesisStream>,
    /// Names of the Region's global tables of version 2017.11.29 (ListGlobalTables), sorted.
    pub legacy_global_tables: Listed<String>,
    /// Configuration recorders, by name.
    pub recorders: Listed<Recorder>,
    /// Rules of the default event bus that are on and may match an event of DynamoDB, by name.
    pub rules: Listed<Rule>,
    /// What scales, by resource and dimension.
    pub scalable_targets: Listed<ScalableTarget>,
    /// Trails that record the Region, by ARN.
    pub trails: Listed<Trail>,
    /// VPCs of the account, by id.
    pub vpcs: Listed<Vpc>,
}

impl Services {
    /// Nothing of it was seen, for one reason.
    pub fn unseen(gap: &GapId) -> Self {
        Self {
            backup_opt_in: Seen::Gap(gap.clone()),
            backup_plans: Listed::missing(gap.clone()),
            vaults: Listed::missing(gap.clone()),
            clusters: Listed::missing(gap.clone()),
            consumers: Listed::missing(gap.clone()),
            endpoints: Listed::missing(gap.clone()),
            event_stores: Listed::missing(gap.clone()),
            identity_pools: Listed::missing(gap.clone()),
            imports: Listed::missing(gap.clone()),
            integrations: Listed::missing(gap.clone()),
            kinesis_streams: Vec::new(),
            legacy_global_tables: Listed::missing(gap.clone()),
            recorders: Listed::missing(gap.clone()),
            rules: Listed::missing(gap.clone()),
            scalable_targets: Listed::missing(gap.clone()),
            trails: Listed::missing(gap.clone()),
            vpcs: Listed::missing(gap.clone()),
        }
    }

    /// Whether the version that took the snapshot did not look at some of it.
    pub fn lacks_some(&self) -> bool {
        let absent = Some(Self::not_collected().id());
        let later =
            [&self.imports.gap, &self.identity_pools.gap, &self.rules.gap, &self.trails.gap, &self.vpcs.gap];
        later.contains(&&absent)
    }

    /// The gap of a snapshot that was taken before a service was looked at.
    pub fn not_collected() -> Gap {
        Gap {
            call: "collect".to_owned(),
            on: ResourceId("other services".to_owned()),
            why: Why::NotAsked,
            message: "the version that took the snapshot did not look; collect anew".to_owned(),
        }
    }
}

/// What stands in a snapshot that does not have it: not "nothing there", but "not looked at".
impl Default for Services {
    fn default() -> Self {
        Self::unseen(&Self::not_collected().id())
    }
}
