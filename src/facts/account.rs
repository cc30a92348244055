//! Facts of an account.

use schemars::JsonSchema;
use serde::Serialize;

use super::{
    Fact, Node,
    access::Access,
    endpoint,
    sensitivity::Marks,
    watched::{self, Watched},
};
use crate::{
    finding::{Subject, SubjectKind},
    snapshot::{self, Listed, Seen, services::Recorder},
};

/// An AWS account.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Account {
    /// Twelve digits, or `unknown`.
    pub id: String,
    /// `aws`, `aws-cn`, `aws-us-gov`, …
    pub partition: String,
    /// Number of tables in the Regions looked at.
    pub tables: Fact<i64>,
    /// Whether some table is sensitive.
    pub sensitive: Fact<bool>,
    /// Number of tables that are known to be sensitive.
    pub sensitive_tables: i64,
    /// Whether some table is known to be in scope of PCI DSS.
    pub pci_scope: Fact<bool>,
    /// ARN of who ran the audit.
    pub auditor: Fact<String>,
    /// Whether the auditor's own policies let it change or delete tables or items; null where it is
    /// not a principal of this account.
    pub auditor_can_write: Fact<Option<bool>>,
    /// Whether a policy of the organization denies anybody something that leads to a table's data; false where none
    /// binds the account.
    pub guarded: Fact<bool>,
    /// Regions that were asked for.
    pub regions: Vec<Region>,
}

/// A Region that was asked for. What serves tables alone is not asked of a Region without tables, and unknown there, but for a
/// check that reads of it and not of how many tables there are.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Region {
    /// For example `eu-west-1`.
    pub name: String,
    /// Whether the account has it switched on; what is switched off could not be looked at.
    pub enabled: Fact<bool>,
    /// Number of tables.
    pub tables: Fact<i64>,
    /// Whether AWS Config records the Region's tables; unknown where there are none and the check asks for `tables`, too.
    pub recorded: Fact<bool>,
    /// Which changes of tables somebody is told of at once; unknown as `recorded` is.
    pub watched: Watched,
    /// Ids of VPCs with workloads and without an endpoint for DynamoDB, sorted; unknown as `recorded` is.
    pub bare_vpcs: Fact<Vec<String>>,
}

/// The node of `account`, without what stands below it.
pub fn node(account: &snapshot::Account, marks: &Marks, access: &Access) -> Node {
    let mut regions: Vec<Region> = account
        .regions
        .iter()
        .map(|region| Region {
            name: region.name.clone(),
            enabled: match &region.tables.gap {
                Some(gap) if !region.disabled && region.tables.items.is_empty() => Fact::Unknown(gap.into()),
                _ => Fact::Known(!region.disabled),
            },
            tables: Fact::unless(&region.tables.gap, region.tables.items.len() as i64),
            recorded: recorded(&region.services.recorders),
            watched: watched::of(region, account),
            bare_vpcs: endpoint::bare_vpcs(&region.services),
        })
        .collect();
    // What a finding shows of them must not depend on their order in the snapshot.
    regions.sort_by(|a, b| a.name.cmp(&b.name));
    let unlisted = account.regions.iter().find_map(|region| region.tables.gap.clone());
    let facts = Account {
        id: account.id.clone(),
        partition: account.partition.clone(),
        tables: Fact::unless(&unlisted, account.tables.len() as i64),
        sensitive: marks.any_sensitive().or_hidden(&unlisted),
        sensitive_tables: marks.sensitive().len() as i64,
        pci_scope: marks.any_pci_scope().or_hidden(&unlisted),
        auditor: Fact::of(&account.identity, |identity| identity.arn.clone()),
        auditor_can_write: auditor_can_write(account, access),
        guarded: access.guarded(),
        regions,
    };
    Node::new(subject(account), &facts)
}

/// AWS documentation: "Selecting which resources AWS Config records".
fn recorded(recorders: &Listed<Recorder>) -> Fact<bool> {
    let table = "AWS::DynamoDB::Table";
    let records = |recorder: &Recorder| {
        let listed = recorder.types.iter().any(|kind| kind == table);
        recorder.recording && if recorder.excludes { !listed } else { recorder.all || listed }
    };
    Fact::Known(recorders.items.iter().any(records)).or_hidden(&recorders.gap)
}

fn auditor_can_write(account: &snapshot::Account, access: &Access) -> Fact<Option<bool>> {
    let identity = match &account.identity {
        Seen::Value(identity) => identity,
        Seen::Gap(gap) => return Fact::Unknown(gap.into()),
    };
    match (access.can_write(&identity.arn), access.incomplete()) {
        (Some(can), _) => can.and_then(|can| Fact::Known(Some(*can))),
        (None, Some(gap)) => Fact::Unknown(gap.into()),
        (None, None) => Fact::Known(None),
    }
}

fn subject(account: &snapshot::Account) -> Subject {
    Subject {
        kind: SubjectKind::Account,
        arn: format!("arn:{}:iam::{}:root", account.partition, account.id),
        account: account.id.clone(),
        region: None,
        table: None,
        tables: None,
        names: Default::default(),
    }
}
