//! A Region without tables: what it is asked all the same, what it is not, and why.
//!
//! This holds where its list of tables is whole and empty. What a list that broke off, or a pattern of names, leaves out may
//! still be there.

use super::calls::{
    Call, DESCRIBE_CLUSTERS, DESCRIBE_CONFIGURATION_RECORDER_STATUS, DESCRIBE_CONFIGURATION_RECORDERS,
    DESCRIBE_INBOUND_INTEGRATIONS, DESCRIBE_INTEGRATIONS, DESCRIBE_NETWORK_INTERFACES,
    DESCRIBE_REGION_SETTINGS, DESCRIBE_SCALABLE_TARGETS, DESCRIBE_TRAILS, DESCRIBE_VPC_ENDPOINTS,
    DESCRIBE_VPCS, LIST_BACKUP_PLANS, LIST_BACKUP_VAULTS, LIST_BACKUPS, LIST_EVENT_DATA_STORES,
    LIST_EVENT_SOURCE_MAPPINGS, LIST_EXPORTS, LIST_GLOBAL_TABLES, LIST_IDENTITY_POOLS, LIST_IMPORTS,
    LIST_RULES,
};
use super::run::Run;
use crate::snapshot::{Gap, GapId, ResourceId, Why};

/// Whether a Region without tables is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    AllTheSame,
    Not,
}
use Asked::{AllTheSame, Not};

/// What a Region is asked as such, not about one of its tables: every such call, but for those that an answer leads to.
const LISTS: &[(&[Call], Asked, &str)] = &[
    (&[LIST_BACKUPS], AllTheSame, "backups outlive their table, and name keys"),
    (&[LIST_BACKUP_VAULTS], AllTheSame, "recovery points outlive their table, or come from other Regions"),
    (
        &[DESCRIBE_CLUSTERS],
        AllTheSame,
        "a cluster is judged by itself, and holds items for as long as it is set to",
    ),
    (&[DESCRIBE_VPC_ENDPOINTS], AllTheSame, "an endpoint leads out to tables of strangers, too"),
    (&[LIST_IDENTITY_POOLS], AllTheSame, "guests get a role, and with it tables of any Region"),
    (&[LIST_EXPORTS], Not, "exports are told of below their table"),
    (&[LIST_IMPORTS], Not, "imports are told of below the table that they made"),
    // AWS documentation: "DynamoDB global tables versions".
    (&[LIST_GLOBAL_TABLES], Not, "a global table has a table in each of its Regions"),
    // AWS documentation: "Feature availability" (AWS Backup Developer Guide), by AWS Region.
    (&[DESCRIBE_REGION_SETTINGS, LIST_BACKUP_PLANS], Not, "plans select tables of their own Region"),
    (&[LIST_EVENT_SOURCE_MAPPINGS], Not, "functions are told of beside the stream of a table"),
    (&[DESCRIBE_SCALABLE_TARGETS], Not, "what scales is told of a table"),
    (&[DESCRIBE_INBOUND_INTEGRATIONS, DESCRIBE_INTEGRATIONS], Not, "integrations are told of a table"),
    // AWS documentation: "Gateway endpoints for Amazon DynamoDB": they serve their own Region.
    (&[DESCRIBE_VPCS, DESCRIBE_NETWORK_INTERFACES], Not, "a VPC lacks an endpoint where there are tables"),
    (&[DESCRIBE_TRAILS, LIST_EVENT_DATA_STORES], Not, "what is logged is told of tables"),
    (&[LIST_RULES], Not, "what is watched is told of tables"),
    (
        &[DESCRIBE_CONFIGURATION_RECORDERS, DESCRIBE_CONFIGURATION_RECORDER_STATUS],
        Not,
        "what is recorded is told of tables",
    ),
];

/// The gap that stands for what `call`, and those that go with it, would tell of a Region without tables; none where it is
/// asked all the same, or a check of the run is about such Regions, too. One for all Regions: it says nothing of any.
pub(super) fn unasked(run: &Run, call: &Call) -> Option<GapId> {
    let (_, _, reason) = LISTS.iter().find(|(calls, asked, _)| *asked == Not && calls.contains(call))?;
    let everywhere = call.topics.iter().any(|topic| run.everywhere.contains(topic));
    (!everywhere).then(|| {
        run.desk.record(Gap {
            call: call.name(),
            on: ResourceId("Regions without tables".to_owned()),
            why: Why::NotAsked,
            message: (*reason).to_owned(),
        })
    })
}
