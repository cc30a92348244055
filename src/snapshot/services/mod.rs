//! What the other services of one Region tell about its tables.

pub mod backup;

use serde::{Deserialize, Serialize};

use super::{Gap, GapId, Listed, ResourceId, Seen, Why};
pub use backup::{Criteria, Plan, RecoveryPoint, Selection, Vault};

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
}

impl Services {
    /// Nothing of it was seen, for one reason.
    pub fn unseen(gap: &GapId) -> Self {
        Self {
            backup_opt_in: Seen::Gap(gap.clone()),
            backup_plans: Listed::missing(gap.clone()),
            vaults: Listed::missing(gap.clone()),
        }
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
