//! Facts of a global table's replica.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::gaps::file;
use super::{
    Collection, Fact, Gaps, Node,
    encryption::account_of,
    table::{Around, KeyOwner, subject},
};
use crate::{
    finding::SubjectKind,
    snapshot::{self, Gap, GapId, ResourceId, Seen, Why},
};

/// A replica in another Region.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Replica {
    /// Region.
    pub region: String,
    /// `ACTIVE`, `INACCESSIBLE_ENCRYPTION_CREDENTIALS`, `REGION_DISABLED`, …
    pub status: String,
    /// Whose key encrypts it. A customer managed key is named by the table itself; that no key is
    /// named leaves the AWS owned and the AWS managed key, which only the replica's Region tells apart.
    pub key_owner: Fact<KeyOwner>,
    /// Whether its encryption gives you less control than the table's own.
    pub weaker: Fact<bool>,
    /// Whether DynamoDB has lost the use of its key.
    pub inaccessible: bool,
    /// Whether it lies in another account.
    pub external: bool,
    /// Account it lies in.
    pub account: String,
    /// Whether the list of Regions in the configuration leaves its Region out.
    pub outside_allowed_regions: bool,
    /// Settings of the table that the replica lacks: recovery, deletion protection, time to live; and policy and tags where they
    /// are not the same, told of one of the two.
    pub differences: Collection<Difference>,
    /// The same, to show.
    pub differs_in: Vec<String>,
}

/// A setting in which a replica differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Difference {
    /// Its name.
    pub setting: String,
}

/// The nodes of a table's replicas.
pub fn nodes(table: &snapshot::Table, around: &Around<'_>, gaps: &mut BTreeMap<GapId, Gap>) -> Vec<Node> {
    let account = &around.account.id;
    let description = match &table.description {
        Seen::Value(description) => description,
        Seen::Gap(gap) => {
            return vec![Node::unlisted(subject(SubjectKind::Replica, table, &table.arn, account, []), gap)];
        }
    };
    let own = around.keys.owner(description.encryption.as_ref(), &table.arn, gaps);
    let others = description.replicas.iter().filter(|replica| replica.region != table.region);
    others
        .map(|replica| {
            let owner = key_owner(table, replica, around, gaps);
            let external = replica.arn.as_deref().and_then(account_of).filter(|owner| owner != account);
            let differences = match twin(table, replica, around) {
                Some(twin) => compare(table, twin),
                None => Collection::unseen(not_looked_at(table, replica, gaps)),
            };
            let facts = Replica {
                region: replica.region.clone(),
                status: replica.status.clone(),
                weaker: weaker(&own, &owner, replica),
                key_owner: owner,
                inaccessible: replica.inaccessible_since.is_some()
                    || replica.status == "INACCESSIBLE_ENCRYPTION_CREDENTIALS",
                outside_allowed_regions: around.marks.outside(&replica.region),
                differs_in: differences.items.iter().map(|d| d.setting.clone()).collect(),
                differences,
                external: external.is_some(),
                account: external.unwrap_or(account).into(),
            };
            let names = [("replica", replica.region.as_str())];
            Node::new(subject(SubjectKind::Replica, table, &table.arn, account, names), &facts)
        })
        .collect()
}

fn weaker(own: &Fact<KeyOwner>, replica: &Fact<KeyOwner>, named: &snapshot::table::Replica) -> Fact<bool> {
    own.and_then(|own| match (own, replica) {
        // That no key is named leaves two owners, and both are weaker than the customer's.
        (KeyOwner::Customer, Fact::Unknown(_)) if named.key_arn.is_none() => Fact::Known(true),
        // Nothing is weaker than the AWS owned key.
        (KeyOwner::AwsOwned, _) => Fact::Known(false),
        (own, replica) => replica.and_then(|replica| Fact::Known(strength(*replica) < strength(*own))),
    })
}

fn strength(owner: KeyOwner) -> u8 {
    match owner {
        KeyOwner::AwsOwned => 0,
        KeyOwner::AwsManaged => 1,
        KeyOwner::Customer => 2,
    }
}

/// A named key tells; else the table of the same name in the replica's Region does, if it was looked at.
fn key_owner(
    table: &snapshot::Table,
    replica: &snapshot::table::Replica,
    around: &Around<'_>,
    gaps: &mut BTreeMap<GapId, Gap>,
) -> Fact<KeyOwner> {
    if let Some(arn) = &replica.key_arn {
        return around.keys.owner_of(arn, &table.arn, gaps);
    }
    match twin(table, replica, around) {
        Some(twin) => match &twin.description {
            Seen::Value(described) => around.keys.owner(described.encryption.as_ref(), &table.arn, gaps),
            Seen::Gap(gap) => Fact::Unknown(gap.into()),
        },
        None => Fact::Unknown(not_looked_at(table, replica, gaps).into()),
    }
}

/// The table of the same name in the replica's Region, if it was looked at.
fn twin<'a>(
    table: &snapshot::Table,
    replica: &snapshot::table::Replica,
    around: &Around<'a>,
) -> Option<&'a snapshot::Table> {
    around.account.tables.iter().find(|t| t.name == table.name && t.region == replica.region)
}

fn not_looked_at(
    table: &snapshot::Table,
    replica: &snapshot::table::Replica,
    gaps: &mut BTreeMap<GapId, Gap>,
) -> GapId {
    let gap = Gap {
        call: "dynamodb:DescribeTable".into(),
        on: ResourceId(format!("replica of {} in {}", table.arn, replica.region)),
        why: Why::NotAsked,
        message: "the replica's Region was not among those to look at".into(),
    };
    file(gaps, gap)
}

/// What the replica lacks of what its table has. What differs either way is told by the table whose Region comes first.
fn compare(table: &snapshot::Table, twin: &snapshot::Table) -> Collection<Difference> {
    let first = table.region < twin.region;
    let told = [
        (
            "recovery",
            both(&table.continuous_backups, &twin.continuous_backups, |a, b| a.enabled && !b.enabled),
        ),
        (
            "deletion protection",
            both(&table.description, &twin.description, |a, b| {
                a.deletion_protection && !b.deletion_protection
            }),
        ),
        ("time to live", both(&table.time_to_live, &twin.time_to_live, |a, b| a.is_on() && !b.is_on())),
        ("tags", both(&table.tags, &twin.tags, |a, b| first && a != b)),
        (
            "policy",
            both(&table.policy, &twin.policy, |a, b| {
                // A policy names its own table, Region and all.
                let here = |text: &String| text.replace(&format!(":{}:", table.region), ":*:");
                let there = |text: &String| text.replace(&format!(":{}:", twin.region), ":*:");
                first && a.as_ref().map(here) != b.as_ref().map(there)
            }),
        ),
    ];
    let mut found = Collection::whole(Vec::new());
    for (setting, differs) in told {
        match differs {
            Fact::Known(true) => found.items.push(Difference { setting: setting.to_owned() }),
            Fact::Known(false) => {}
            Fact::Unknown(gaps) => found.gaps.add(gaps),
        }
    }
    found
}

fn both<T>(own: &Seen<T>, other: &Seen<T>, differs: impl FnOnce(&T, &T) -> bool) -> Fact<bool> {
    match (own, other) {
        (Seen::Value(own), Seen::Value(other)) => Fact::Known(differs(own, other)),
        (own, other) => Fact::Unknown(Gaps::from(own.gap()).and(other.gap())),
    }
}
