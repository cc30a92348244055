//! Facts of a secret seen under one path of a table's items, and of the places it is copied to.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;

use super::{
    Collection, Fact, Node, copy,
    copy::Copy,
    sampled::{BEGINNINGS, begins_only},
    shared::Elsewhere,
    table::{Around, subject},
};
use crate::{
    detect::{
        prevalence::{interval, percent},
        shown_name,
    },
    finding::{Confidence, SubjectKind},
    snapshot::{
        self, Seen, Timestamp,
        sample::{Basis, SecretKind, SecretTrait, Sighting, Stopped},
    },
};

/// A secret seen under one path of a table's items.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Attribute {
    /// Path, for example `auth.tokens[].refresh`.
    pub path: String,
    /// What it is.
    pub kind: SecretKind,
    /// The rules that recognised it, sorted.
    pub rules: Vec<String>,
    /// How it was recognised, at best.
    pub basis: Basis,
    /// 0 to 1: how likely a value under this path is such a secret, at best.
    pub confidence: f64,
    /// Sampled items in which it was seen.
    pub items: i64,
    /// Share of the sampled items that have the path in which it was seen, 0 to 1.
    pub share: f64,
    /// Lower end of the share of all the table's items that hold it, 0 to 1, at 95 % confidence, two-sided; of a table with a
    /// sort key that was not read whole, of those that its item collections begin with.
    pub share_low: f64,
    /// Upper end of that share.
    pub share_high: f64,
    /// That share in words: `0.81 % to 5.8 % of all items`, `… of the items that its collections begin with` of a table with
    /// a sort key, or `exactly 100 of all 300 items` where each was read.
    pub prevalence: String,
    /// Whether the path lies inside a map, a list, or something packed.
    pub nested: bool,
    /// Whether it is the table's partition or sort key, shown in clear in logs of data events.
    pub table_key: Fact<bool>,
    /// Whether it is a key of a secondary index.
    pub index_key: Fact<bool>,
    /// Whether expired items of the table are removed.
    pub expires: Fact<bool>,
    /// Whether the JWT's header says `alg: none`.
    pub jwt_alg_none: bool,
    /// Whether the JWT has no expiry.
    pub jwt_no_expiry: bool,
    /// Whether the JWT lives longer than 24 hours.
    pub jwt_long_lived: bool,
    /// Days since the oldest one was issued, by its own claim (`iat`) or by what lies beside it (`created_at`, `rotated_at`, the
    /// latest of them); null where nothing tells.
    pub oldest_days: Option<i64>,
    /// How the password hash was made: `bcrypt`, `argon2`, `raw-sha256`, …; null where it is none.
    pub hash_scheme: Option<String>,
    /// Whether password hashes lie under the same path.
    pub beside_hashes: bool,
    /// Whether the password hash is fast, unsalted or of a low cost.
    pub weak_hash: bool,
    /// Whether the documented prefix says that it is a credential of production (`sk_live_`).
    pub live: bool,
    /// Who can read it, counted; others may read the table and not this.
    pub readers: Fact<Readers>,
    /// Second places that the attribute is copied to.
    pub copies: Collection<Copy>,
    /// The same, to show: each place with its name and when the copy is gone by itself.
    pub lies_also_in: Vec<String>,
    /// Other tables and paths in which the samples hold the same value; sixteen at most.
    pub also_in: Collection<Elsewhere>,
}

/// Who can read an attribute, counted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Readers {
    /// Readers for whom some request that returns it is allowed, outright or under a condition.
    pub count: i64,
    /// How many of them only under a condition.
    pub conditional: i64,
    /// How many of them of other accounts, or anyone.
    pub external: i64,
    /// Readers of the table whom a policy holds off this attribute.
    pub held_off: i64,
}

/// Who can read each attribute in which a secret was seen, counted as in [`nodes`].
pub fn readers<'a>(
    table: &'a snapshot::Table,
    around: &'a Around<'_>,
) -> impl Iterator<Item = Fact<Readers>> + 'a {
    let sightings = table.sample.value().into_iter().flat_map(|sample| &sample.contents.sightings);
    let names: BTreeSet<&str> = sightings.map(|sighting| top_level(&sighting.path)).collect();
    names.into_iter().map(|name| around.access.of_attribute(&table.arn, name))
}

/// The nodes of the secrets seen in a table's sample.
pub fn nodes(table: &snapshot::Table, around: &Around<'_>) -> Vec<Node> {
    let account = around.account.id.as_str();
    let sample = match &table.sample {
        Seen::Value(sample) => sample,
        Seen::Gap(gap) => {
            let subject = subject(SubjectKind::Attribute, table, &table.arn, account, []);
            return vec![Node::unlisted(subject, gap)];
        }
    };
    // One subject for each path and kind: that keys of five providers lie there is one fault, not five.
    let mut groups: BTreeMap<(&str, SecretKind), Vec<&Sighting>> = BTreeMap::new();
    for sighting in &sample.contents.sightings {
        groups.entry((&sighting.path, sighting.kind)).or_default().push(sighting);
    }
    let hashed: BTreeSet<&str> =
        groups.keys().filter(|(_, kind)| *kind == SecretKind::PasswordHash).map(|(path, _)| *path).collect();
    let node = |((path, kind), seen): ((&str, SecretKind), Vec<&Sighting>)| {
        let copies = copy::of(table, top_level(path), around.services(&table.region), around.taken);
        let word = kind.as_str();
        let names = [("path", path), ("secret", word)];
        let subject = subject(SubjectKind::Attribute, table, &table.arn, account, names);
        let also_in = around.shared.elsewhere(table, path, &seen);
        let readers = around.access.of_attribute(&table.arn, top_level(path));
        let facts = facts(
            table,
            (path, kind),
            &seen,
            (hashed.contains(path), around.taken),
            readers,
            &copies,
            also_in,
        );
        let mut node = Node::new(subject, &facts);
        node.confidence = Some(match facts.basis {
            Basis::Verified => Confidence::High,
            Basis::Shaped => Confidence::Medium,
            Basis::Likely => Confidence::Low,
        });
        node.evidence =
            [("seen".to_owned(), seen.iter().map(|sighting| evidence(sighting)).collect())].into();
        node.children = copy::nodes(table, &copies, names, account);
        node
    };
    let mut nodes: Vec<Node> = groups.into_iter().map(node).collect();
    if let Some(gap) = &sample.gap {
        let subject = subject(SubjectKind::Attribute, table, &table.arn, account, []);
        nodes.push(Node::unlisted(subject, gap));
    }
    nodes
}

fn facts(
    table: &snapshot::Table,
    (path, kind): (&str, SecretKind),
    seen: &[&Sighting],
    (beside_hashes, taken): (bool, Timestamp),
    readers: Fact<Readers>,
    copies: &Collection<Copy>,
    also_in: Collection<Elsewhere>,
) -> Attribute {
    let name = top_level(path);
    let whole = name == path;
    let traits: BTreeSet<SecretTrait> = seen.iter().flat_map(|s| &s.traits).copied().collect();
    let has = |t| traits.contains(&t);
    let with_path = seen.iter().map(|s| s.items_with_path).max().unwrap_or(0).max(1);
    let items = seen.iter().map(|s| s.items).fold(0, u64::saturating_add).min(with_path);
    let (low, high) = share(table.sample.value(), items, seen);
    Attribute {
        path: path.to_owned(),
        kind,
        rules: seen.iter().map(|s| s.rule.clone()).collect(),
        basis: seen.iter().map(|s| s.basis).max().unwrap_or(Basis::Likely),
        confidence: seen.iter().map(|s| s.confidence).fold(0.0, f64::max),
        items: items as i64,
        share: items as f64 / with_path as f64,
        share_low: low,
        share_high: high,
        prevalence: in_words(table, items, (low, high)),
        nested: !whole,
        table_key: Fact::of(&table.description, |d| {
            whole && d.keys.iter().any(|key| shown_name(&key.name) == name)
        }),
        index_key: Fact::of(&table.description, |d| {
            whole && d.indexes.iter().any(|index| index.keys.iter().any(|key| shown_name(&key.name) == name))
        }),
        expires: Fact::of(&table.time_to_live, |ttl| ttl.is_on()),
        jwt_alg_none: has(SecretTrait::JwtAlgNone),
        jwt_no_expiry: has(SecretTrait::JwtNoExpiry),
        jwt_long_lived: has(SecretTrait::JwtLongLived),
        oldest_days: seen.iter().filter_map(|s| s.oldest).min().map(|at| at.days_until(taken).max(0)),
        hash_scheme: (kind == SecretKind::PasswordHash).then(|| seen[0].rule.clone()),
        beside_hashes,
        weak_hash: has(SecretTrait::HashFast)
            || has(SecretTrait::HashUnsalted)
            || has(SecretTrait::HashLowCost),
        live: seen.iter().any(|s| is_live(&s.preview)),
        readers,
        lies_also_in: copies.items.iter().map(copy::told).collect(),
        copies: copies.clone(),
        also_in,
    }
}

/// The share of all the table's items that hold it, as far as the sample can tell.
fn share(sample: Option<&snapshot::Sample>, items: u64, seen: &[&Sighting]) -> (f64, f64) {
    let Some(sample) = sample else { return (0.0, 1.0) };
    let read = sample.contents.items.max(items).max(1) as f64;
    let share = items as f64 / read;
    if sample.stopped == Stopped::Everything {
        return (share, share);
    }
    let size = seen.iter().filter_map(|s| s.effective_items).fold(read, f64::min).max(1.0);
    interval(share * size, size)
}

/// The share, with its ends rounded away from each other; of a table that was read whole there is nothing to round.
fn in_words(table: &snapshot::Table, items: u64, (low, high): (f64, f64)) -> String {
    match table.sample.value().filter(|sample| sample.stopped == Stopped::Everything) {
        Some(whole) => format!("exactly {items} of all {} items", whole.contents.items.max(items)),
        None => {
            let of = if begins_only(table) { BEGINNINGS } else { "all items" };
            format!("{} to {} of {of}", percent(low, true), percent(high, false))
        }
    }
}

/// Whether a preview, which begins with the documented prefix, says that the credential is one of production.
fn is_live(preview: &str) -> bool {
    let prefix = preview.split('…').next().unwrap_or_default();
    prefix.split(['_', '-', '.']).any(|word| matches!(word, "live" | "prod" | "production"))
}

/// What may be shown of a secret: never the value.
fn evidence(sighting: &Sighting) -> serde_json::Value {
    json!({
        "rule": sighting.rule,
        "basis": sighting.basis,
        "items": sighting.items,
        "length": [sighting.min_len, sighting.max_len],
        "preview": sighting.preview,
        "digests": sighting.digests,
    })
}

/// The top-level attribute that a path leads through.
fn top_level(path: &str) -> &str {
    path.split(['.', '[', '|']).next().unwrap_or(path)
}
