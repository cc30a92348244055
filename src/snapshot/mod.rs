//! What AWS said, typed, serialisable and versioned: the input of everything that judges.
//!
//! A snapshot never holds an item's value, so it may be kept as evidence and mailed.

mod bounded;
pub mod bucket;
pub mod draft;
pub mod expiry;
pub mod file;
pub mod folder;
pub mod gap;
pub mod head;
mod index;
pub mod key;
pub mod members;
pub mod organization;
pub mod pack;
pub mod packed;
pub mod pieces;
pub mod principal;
pub mod sample;
pub mod services;
pub mod table;
pub mod text;
pub mod time;
pub mod topic;
pub mod unpack;
mod walk;
mod whole;
mod words;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

pub use bucket::Bucket;
pub use gap::{Gap, GapId, Listed, ResourceId, Seen, Why};
#[cfg(test)]
pub(crate) use index::tests as made;
pub use index::{Held, Index};
pub use key::Key;
pub use organization::Organization;
pub use principal::Principals;
pub use sample::Sample;
pub use services::Services;
pub use table::Table;
pub use time::Timestamp;
pub use topic::Topic;

/// The version of the snapshot's own format; raised when a reader of the old one would misread it.
pub const FORMAT: u32 = 1;

/// One collection run: everything that was seen, asked for and refused.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Snapshot {
    /// See [`FORMAT`].
    pub format: u32,
    /// Version of the dynaudit that collected it.
    pub tool: String,
    /// When the collection started; every age and every countdown is reckoned from here.
    pub taken: Timestamp,
    /// What the run was asked to look at.
    pub scope: Scope,
    /// Accounts in the order of their ids.
    pub accounts: Vec<Account>,
    /// Calls made, by `service:Operation`: questions with their outcome, however many requests each took.
    pub calls: BTreeMap<String, CallCount>,
    /// Everything that could not be seen, by id.
    pub gaps: BTreeMap<GapId, Gap>,
}

impl Snapshot {
    /// Whether no table could be listed, in any Region: then nothing is known of tables, whatever else was seen.
    pub fn is_blind(&self) -> bool {
        let mut regions = self.accounts.iter().flat_map(|account| &account.regions).peekable();
        regions.peek().is_some() && regions.all(|r| r.tables.gap.is_some() && r.tables.items.is_empty())
    }
}

/// What the run was asked to look at.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Scope {
    /// Regions asked for, sorted; with `--all-regions` those that the partition has.
    pub regions: Vec<String>,
    /// Pattern of table names (`*` and `?`) or none for all tables.
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub table: Option<String>,
    /// Whether items were read at all (`--no-sample` says no).
    pub sampled: bool,
    /// Most items to read from a table.
    pub sample_items: u64,
    /// Most read capacity units to spend on a table, but for one request.
    pub rcu_budget: f64,
    /// Whether what tables left of their budgets was spent on a second look at those in doubt.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub second_look: bool,
    /// What the choice of segments derives from, beside the table's ARN.
    pub seed: u64,
    /// First 16 hex digits of a digest of the digest key: two snapshots with the same one have comparable digests.
    pub digest_key_id: String,
}

/// How often one operation was called.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CallCount {
    /// Questions that were sent, each counted once however often it was sent again.
    pub made: u64,
    /// Of these, those that came to no answer after all that was sent.
    pub failed: u64,
}

/// One AWS account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// Twelve digits, or `unknown` where nothing told it.
    pub id: String,
    /// `aws`, `aws-cn`, `aws-us-gov`, …
    pub partition: String,
    /// Who asked (STS GetCallerIdentity).
    pub identity: Seen<Identity>,
    /// Regions looked at, each with the completeness of its list of tables.
    pub regions: Vec<Region>,
    /// Tables, by Region and name.
    pub tables: Vec<Table>,
    /// KMS keys that tables, replicas and backups name, by ARN.
    pub keys: Vec<Key>,
    /// Buckets that received exports, or that tables were imported from, by name.
    #[serde(default)]
    pub buckets: Vec<Bucket>,
    /// S3's GetPublicAccessBlock of the account: whether all four settings are on, whatever its buckets say.
    #[serde(default = "not_collected")]
    pub public_access_blocked: Seen<bool>,
    /// Users, groups, roles and policies.
    pub principals: Principals,
    /// The organization with its policies; none where the account is in none.
    pub guardrails: Seen<Option<Organization>>,
}

/// Who asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// ARN of the caller.
    pub arn: String,
    /// Account of the caller.
    pub account: String,
    /// Unique id of the caller.
    pub user_id: String,
}

/// One Region of an account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Region {
    /// For example `eu-west-1`.
    pub name: String,
    /// Whether the account has it switched off: then nothing in it can be asked about, and the gap of `tables` says so.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub disabled: bool,
    /// How many tables ListTables named; a gap where the list is incomplete or was refused.
    pub tables: Listed<String>,
    /// On-demand backups of the Region that belong to no table that still exists.
    pub orphan_backups: Listed<table::Backup>,
    /// What other services tell about the tables.
    #[serde(default)]
    pub services: Services,
}

/// Reads a field that may be null and is always written: where it is missing it was lost, and must not pass for null.
fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(field: D) -> Result<Option<T>, D::Error> {
    Option::deserialize(field)
}

/// What stands in a snapshot that was taken before this was looked at.
fn not_collected() -> Seen<bool> {
    Seen::Gap(Services::not_collected().id())
}
