//! What a run looked at: Regions, tables, items, read units, calls.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    facts::sampled::{begins_only, missed_share},
    snapshot::{self, CallCount, Snapshot, sample::Stopped},
};

/// What was looked at, counted over all accounts.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Coverage {
    /// Regions, each with the completeness of its list of tables.
    pub regions: Vec<RegionRow>,
    /// Tables.
    pub tables: Tables,
    /// Items.
    pub items: Items,
    /// What the sample of each table can say, by ARN.
    pub samples: Vec<SampleRow>,
    /// KMS keys.
    pub keys: Keys,
    /// Users, groups, roles and policies.
    pub principals: Principals,
    /// Calls, by `service:Operation`: questions with their outcome, however many requests each took; those that were sent
    /// are in `run.effort`.
    pub calls: BTreeMap<String, CallCount>,
}

/// One Region of one account.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct RegionRow {
    /// Account.
    pub account: String,
    /// For example `eu-west-1`.
    pub region: String,
    /// Tables that ListTables named.
    pub tables: u64,
    /// Whether the list of tables is whole.
    pub complete: bool,
}

/// Tables, counted.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Tables {
    /// Named by ListTables.
    pub listed: u64,
    /// Of these, asked about: those that `--table` lets through.
    pub selected: u64,
    /// Of these, described.
    pub described: u64,
    /// Of these, sampled: at least asked for items, and answered.
    pub sampled: u64,
}

/// Items and what reading them took.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Items {
    /// Whether items were to be read at all; `--no-sample` says no.
    pub asked: bool,
    /// Items read.
    pub read: u64,
    /// Scans that were answered; those that were throttled or failed, or whose answer could not be read, are not among them.
    pub requests: u64,
    /// Most items to read from a table.
    pub most_per_table: u64,
    /// Read capacity units that DynamoDB says were consumed.
    pub rcu_consumed: f64,
    /// Read capacity units that a table's sample may take, but for one request; a second look takes of what all left.
    pub rcu_budget_per_table: f64,
    /// The same over the sampled tables.
    pub rcu_budget: f64,
}

/// The sample of one table.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct SampleRow {
    /// ARN of the table.
    pub table: String,
    /// Items read.
    pub read: u64,
    /// Whether that is every item.
    pub complete: bool,
    /// Whether what was met in its items makes the table sensitive or puts it in scope of PCI DSS.
    pub sighted: bool,
    /// Read capacity units that DynamoDB says were consumed, by both looks where there were two.
    pub rcu_consumed: f64,
    /// Read capacity units that a second look took; absent where there was none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub second_look: Option<f64>,
    /// Independent items that the sample is worth for what it does not hold: fewer than were read where neighbours
    /// resemble each other.
    pub effective: f64,
    /// Largest share of the table's items, 0 to 1, that can hold what the sample does not; 95 %, one-sided.
    pub missed_share: f64,
    /// Whether that is of the items alone that the table's item collections begin with: it has a sort key.
    pub begins_only: bool,
}

/// KMS keys, counted.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Keys {
    /// Named by tables, replicas and backups.
    pub named: u64,
    /// Of these, described.
    pub described: u64,
}

/// Users, groups, roles and policies, counted.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Principals {
    /// IAM users.
    pub users: u64,
    /// IAM groups.
    pub groups: u64,
    /// IAM roles.
    pub roles: u64,
    /// Managed policies that were read.
    pub policies: u64,
    /// Whether IAM told everything.
    pub complete: bool,
}

impl Coverage {
    /// Counts what `snapshot` holds.
    pub fn of(snapshot: &Snapshot) -> Self {
        let accounts = &snapshot.accounts;
        let tables = || accounts.iter().flat_map(|a| &a.tables);
        let samples = || tables().filter_map(|t| t.sample.value());
        let regions: Vec<RegionRow> = accounts
            .iter()
            .flat_map(|a| a.regions.iter().map(move |r| (a, r)))
            .map(|(a, r)| RegionRow {
                account: a.id.clone(),
                region: r.name.clone(),
                tables: r.tables.items.len() as u64,
                complete: r.tables.is_whole(),
            })
            .collect();
        let keys = || accounts.iter().flat_map(|a| &a.keys);
        let principals = |count: fn(&crate::snapshot::Principals) -> usize| {
            accounts.iter().map(|a| count(&a.principals) as u64).sum()
        };
        let sampled = samples().count() as u64;
        let sample = |table: &snapshot::Table| {
            let sample = table.sample.value()?;
            Some(SampleRow {
                table: table.arn.clone(),
                read: sample.items_read,
                complete: sample.stopped == Stopped::Everything,
                sighted: crate::facts::sensitivity::is_sighted(table),
                rcu_consumed: sample.rcu_consumed,
                second_look: sample.first.map(|first| sample.rcu_consumed - first.rcu_consumed),
                effective: sample.contents.effective_items.unwrap_or(sample.items_read as f64),
                missed_share: missed_share(sample),
                begins_only: begins_only(table),
            })
        };
        Self {
            tables: Tables {
                listed: regions.iter().map(|r| r.tables).sum(),
                selected: tables().count() as u64,
                described: tables().filter(|t| t.description.value().is_some()).count() as u64,
                sampled,
            },
            regions,
            items: Items {
                asked: snapshot.scope.sampled,
                read: total(samples().map(|s| s.items_read)),
                requests: total(samples().map(|s| s.requests)),
                most_per_table: snapshot.scope.sample_items,
                // Not `sum`, which makes a negative zero of nothing.
                rcu_consumed: samples().fold(0.0, |sum, s| sum + s.rcu_consumed),
                rcu_budget_per_table: snapshot.scope.rcu_budget,
                rcu_budget: snapshot.scope.rcu_budget * sampled as f64,
            },
            samples: tables().filter_map(sample).collect(),
            keys: Keys {
                named: keys().count() as u64,
                described: keys().filter(|k| k.description.value().is_some()).count() as u64,
            },
            principals: Principals {
                users: principals(|p| p.users.len()),
                groups: principals(|p| p.groups.len()),
                roles: principals(|p| p.roles.len()),
                policies: principals(|p| p.policies.len()),
                complete: accounts.iter().all(|a| a.principals.gap.is_none()),
            },
            calls: snapshot.calls.clone(),
        }
    }
}

/// The sum of numbers that a file gave, and that may be any.
pub(super) fn total(numbers: impl Iterator<Item = u64>) -> u64 {
    numbers.fold(0, u64::saturating_add)
}
