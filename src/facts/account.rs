//! Facts of an account.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Fact, Node, access::Access};
use crate::{
    finding::{Subject, SubjectKind},
    snapshot::{self, Seen},
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
    /// Number of tables in whose samples a secret was seen.
    pub sensitive_tables: i64,
    /// ARN of who ran the audit.
    pub auditor: Fact<String>,
    /// Whether the auditor's own policies let it change or delete tables or items; null where it is
    /// not a principal of this account.
    pub auditor_can_write: Fact<Option<bool>>,
    /// Regions that were asked for.
    pub regions: Vec<Region>,
}

/// A Region that was asked for.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Region {
    /// For example `eu-west-1`.
    pub name: String,
    /// Number of tables.
    pub tables: Fact<i64>,
}

/// The node of `account`, without what stands below it.
pub fn node(account: &snapshot::Account, sensitive_tables: usize, access: &Access) -> Node {
    let regions: Vec<Region> = account
        .regions
        .iter()
        .map(|region| Region {
            name: region.name.clone(),
            tables: match &region.tables.gap {
                None => Fact::Known(region.tables.items.len() as i64),
                Some(gap) => Fact::Unknown(gap.clone()),
            },
        })
        .collect();
    let unlisted = account.regions.iter().find_map(|region| region.tables.gap.clone());
    let facts = Account {
        id: account.id.clone(),
        partition: account.partition.clone(),
        tables: match unlisted {
            None => Fact::Known(account.tables.len() as i64),
            Some(gap) => Fact::Unknown(gap),
        },
        sensitive_tables: sensitive_tables as i64,
        auditor: Fact::of(&account.identity, |identity| identity.arn.clone()),
        auditor_can_write: auditor_can_write(account, access),
        regions,
    };
    Node::new(subject(account), &facts)
}

fn auditor_can_write(account: &snapshot::Account, access: &Access) -> Fact<Option<bool>> {
    let identity = match &account.identity {
        Seen::Value(identity) => identity,
        Seen::Gap(gap) => return Fact::Unknown(gap.clone()),
    };
    match (access.can_write(&identity.arn), access.incomplete()) {
        (Some(can), _) => can.and_then(|can| Fact::Known(Some(*can))),
        (None, Some(gap)) => Fact::Unknown(gap.clone()),
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
