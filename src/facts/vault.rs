//! Facts of a vault of AWS Backup.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Serialize;

use super::gaps::file;
use super::{
    Collection, Fact, Node,
    outsiders::{self, Outsiders},
};
use crate::{
    finding::{Subject, SubjectKind},
    iam::arn::Arn,
    snapshot::{Account, Gap, GapId, Region, ResourceId, Timestamp, Why, services},
};

/// A vault of AWS Backup.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Vault {
    /// Amazon Resource Name.
    pub arn: String,
    /// Name, unique in its Region.
    pub name: String,
    /// Number of tables that it holds recovery points of.
    pub tables: Fact<i64>,
    /// Recovery points of tables that it holds.
    pub points: Collection<RecoveryPoint>,
    /// Whether a vault lock keeps recovery points from being deleted early.
    pub locked: bool,
    /// Whether not even the account's root can take the lock off any more.
    pub lock_final: bool,
    /// Whom its policy lets restore, copy or delete from outside.
    pub policy: Fact<Outsiders>,
}

/// A recovery point of a table.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct RecoveryPoint {
    /// Amazon Resource Name.
    pub arn: String,
    /// Name of the table.
    pub table: String,
    /// Whether it is encrypted, as AWS Backup says.
    pub encrypted: bool,
    /// Whether the table that it was made of no longer exists where it was; unknown where tables were not listed, as those of
    /// another account or of a Region that was not asked for, from which a point may have been copied.
    pub orphan: Fact<bool>,
    /// Days since it was made; null where not given.
    pub age_days: Option<i64>,
    /// Days until it is removed; null where it is kept.
    pub expires_in_days: Option<i64>,
}

/// What an outsider could do with a vault to the harm of the data in it; copying into it is not among these.
const HARMFUL: &[&str] = &[
    "backup:startrestorejob",
    "backup:startcopyjob",
    "backup:getrecoverypointrestoremetadata",
    "backup:deleterecoverypoint",
    "backup:updaterecoverypointlifecycle",
    "backup:putbackupvaultaccesspolicy",
    "backup:deletebackupvaultaccesspolicy",
];

/// The nodes of a Region's vaults.
pub fn nodes(
    region: &Region,
    account: &Account,
    taken: Timestamp,
    gaps: &mut BTreeMap<GapId, Gap>,
) -> Vec<Node> {
    let subject = |arn: &str, names| Subject {
        kind: SubjectKind::Vault,
        arn: arn.to_owned(),
        account: account.id.clone(),
        region: Some(region.name.clone()),
        table: None,
        tables: None,
        names,
    };
    let vaults = &region.services.vaults;
    let mut nodes = Vec::with_capacity(vaults.items.len());
    for vault in &vaults.items {
        nodes.push(Node::new(subject(&vault.arn, BTreeMap::new()), &facts(vault, account, taken, gaps)));
    }
    if let Some(gap) = &vaults.gap {
        let place = format!("arn:{}:backup:{}:{}:backup-vault:*", account.partition, region.name, account.id);
        let names = [("which".to_owned(), "(not listed)".to_owned())].into();
        nodes.push(Node::unlisted(subject(&place, names), gap));
    }
    nodes
}

fn facts(
    vault: &services::Vault,
    account: &Account,
    taken: Timestamp,
    gaps: &mut BTreeMap<GapId, Gap>,
) -> Vault {
    let points = &vault.points;
    let tables: BTreeSet<&str> = points.items.iter().map(|point| point.table_arn.as_str()).collect();
    let orphans: Vec<Fact<bool>> = points.items.iter().map(|point| orphan(point, account, gaps)).collect();
    Vault {
        arn: vault.arn.clone(),
        name: vault.name.clone(),
        tables: Fact::unless(&points.gap, tables.len() as i64),
        points: Collection {
            items: points
                .items
                .iter()
                .zip(orphans)
                .map(|(point, orphan)| RecoveryPoint {
                    arn: point.arn.clone(),
                    table: name_of(&point.table_arn).to_owned(),
                    encrypted: point.encrypted,
                    orphan,
                    age_days: point.created.map(|at| at.days_until(taken)),
                    expires_in_days: point.expires.map(|at| taken.days_until(at)),
                })
                .collect(),
            gaps: (&points.gap).into(),
        },
        locked: vault.locked,
        lock_final: vault.lock_date.is_some_and(|at| at <= taken),
        policy: outsiders::of(&vault.policy, &vault.arn, &account.id, HARMFUL, gaps),
    }
}

/// Whether its table is gone. A point keeps the ARN of what it was made of when it is copied to another Region or account (AWS
/// documentation: "Creating backup copies across AWS Regions").
fn orphan(point: &services::RecoveryPoint, account: &Account, gaps: &mut BTreeMap<GapId, Gap>) -> Fact<bool> {
    let (name, place) = (name_of(&point.table_arn), Arn::parse(&point.table_arn));
    let place = place.filter(|arn| arn.account == account.id);
    let region = place.and_then(|arn| account.regions.iter().find(|region| region.name == arn.region));
    match region.map(|region| &region.tables) {
        Some(tables) if tables.items.iter().any(|table| table == name) => Fact::Known(false),
        Some(tables) => Fact::unless(&tables.gap, true),
        None => {
            let gap = Gap {
                call: "dynamodb:ListTables".to_owned(),
                on: ResourceId(point.table_arn.clone()),
                why: Why::NotAsked,
                message: "the Region or account of the table was not among those to look at".to_owned(),
            };
            Fact::Unknown(file(gaps, gap).into())
        }
    }
}

/// The table's name at the end of its ARN.
fn name_of(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}
