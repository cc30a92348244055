//! Facts of a secret seen under one path of a table's items, and of the places it is copied to.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;

use super::{Collection, Fact, Node, copy, copy::Copy, table::subject};
use crate::{
    detect::shown_name,
    finding::{Confidence, SubjectKind},
    snapshot::{
        self, Seen, Timestamp,
        sample::{Basis, SecretKind, SecretTrait, Sighting},
    },
};

/// A secret seen under one path of a table's items.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Attribute {
    /// Path, for example `auth.tokens[].refresh`.
    pub path: String,
    /// What it is.
    pub kind: SecretKind,
    /// The rule that recognised it.
    pub rule: String,
    /// How it was recognised.
    pub basis: Basis,
    /// 0 to 1: how likely a value under this path is such a secret.
    pub confidence: f64,
    /// Sampled items in which it was seen.
    pub items: i64,
    /// Share of the sampled items that have the path in which it was seen, 0 to 1.
    pub share: f64,
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
    /// Whether the password hash is fast, unsalted or of a low cost.
    pub weak_hash: bool,
    /// Second places that the attribute is copied to.
    pub copies: Collection<Copy>,
}

/// The nodes of the secrets seen in a table's sample.
pub fn nodes(table: &snapshot::Table, account: &str, taken: Timestamp) -> Vec<Node> {
    let sample = match &table.sample {
        Seen::Value(sample) => sample,
        Seen::Gap(gap) => {
            let subject = subject(SubjectKind::Attribute, table, &table.arn, account, []);
            return vec![Node::unlisted(subject, gap)];
        }
    };
    sample.contents.sightings.iter().map(|sighting| node(table, sighting, account, taken)).collect()
}

fn node(table: &snapshot::Table, sighting: &Sighting, account: &str, taken: Timestamp) -> Node {
    let name = top_level(&sighting.path);
    let whole = name == sighting.path;
    let has = |t| sighting.traits.contains(&t);
    let copies = copy::of(table, name, taken);
    let facts = Attribute {
        path: sighting.path.clone(),
        kind: sighting.kind,
        rule: sighting.rule.clone(),
        basis: sighting.basis,
        confidence: sighting.confidence,
        items: sighting.items as i64,
        share: sighting.items as f64 / sighting.items_with_path.max(1) as f64,
        nested: !whole,
        table_key: Fact::of(&table.description, |d| {
            whole && d.keys.iter().any(|key| shown_name(&key.name) == name)
        }),
        index_key: Fact::of(&table.description, |d| {
            whole && d.indexes.iter().any(|index| index.keys.iter().any(|key| shown_name(&key.name) == name))
        }),
        expires: Fact::of(&table.time_to_live, |ttl| ttl.status.starts_with("ENABL")),
        jwt_alg_none: has(SecretTrait::JwtAlgNone),
        jwt_no_expiry: has(SecretTrait::JwtNoExpiry),
        jwt_long_lived: has(SecretTrait::JwtLongLived),
        weak_hash: has(SecretTrait::HashFast)
            || has(SecretTrait::HashUnsalted)
            || has(SecretTrait::HashLowCost),
        copies: copies.clone(),
    };
    let names = [("path", sighting.path.as_str()), ("rule", sighting.rule.as_str())];
    let mut node = Node::new(subject(SubjectKind::Attribute, table, &table.arn, account, names), &facts);
    node.confidence = Some(match sighting.basis {
        Basis::Verified => Confidence::High,
        Basis::Shaped => Confidence::Medium,
        Basis::Likely => Confidence::Low,
    });
    node.evidence = [
        ("kind", json!(sighting.kind)),
        ("rule", json!(sighting.rule)),
        ("basis", json!(sighting.basis)),
        ("items", json!(sighting.items)),
        ("length", json!([sighting.min_len, sighting.max_len])),
        ("preview", json!(sighting.preview)),
        ("digests", json!(sighting.digests)),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect();
    node.children = copy::nodes(table, &copies, sighting, account);
    node
}

/// The top-level attribute that a path leads through.
fn top_level(path: &str) -> &str {
    path.split(['.', '[', '|']).next().unwrap_or(path)
}
