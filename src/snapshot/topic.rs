//! What a run can be asked to look at beside the tables themselves; each topic is asked only where a check needs it.

use serde::{Deserialize, Serialize};

/// One thing that other services of AWS tell about tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Topic {
    /// AWS Backup: plans, what they select, vaults and what they keep.
    BackupPlans,
}

impl Topic {
    /// Every topic.
    pub const ALL: [Topic; 1] = [Topic::BackupPlans];
}
