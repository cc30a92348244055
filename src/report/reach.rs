//! Who reads which tables, as pages show it: readers that fare alike on the same tables are one row.

use std::collections::BTreeMap;

use crate::{
    facts::{Facts, Node},
    finding::SubjectKind,
};

/// Readers that fare alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReaderRow {
    /// Their names, sorted.
    pub names: Vec<String>,
    /// Whether of another account, or anyone.
    pub external: bool,
    /// Whether only under a condition.
    pub conditional: bool,
    /// The condition, to show.
    pub condition: String,
    /// The roads, in a few words: `get, scan`.
    pub roads: String,
    /// ARNs of the tables, or of the first of them.
    pub tables: Vec<String>,
    /// How many tables they are.
    pub count: u64,
}

/// What tells one row from another.
type Key = (Vec<String>, u64, bool, bool, String, String);

/// The rows of all readers that get items, the most tables first. What KMS stops is none.
pub fn rows(facts: &Facts) -> Vec<ReaderRow> {
    let mut rows: BTreeMap<Key, Vec<String>> = BTreeMap::new();
    let nodes = facts.roots.iter().flat_map(|root| &root.children);
    for node in nodes.filter(|node| node.subject.kind == SubjectKind::Reader) {
        if let Some((key, name)) = row(node) {
            rows.entry(key).or_default().push(name);
        }
    }
    let row = |((tables, count, external, conditional, condition, roads), mut names): (Key, Vec<String>)| {
        names.sort_unstable();
        names.dedup();
        ReaderRow { names, external, conditional, condition, roads, tables, count }
    };
    let mut rows: Vec<ReaderRow> = rows.into_iter().map(row).collect();
    rows.sort_by(|a, b| (!a.external, b.count, &a.names).cmp(&(!b.external, a.count, &b.names)));
    rows
}

fn row(node: &Node) -> Option<(Key, String)> {
    let facts = &node.facts;
    let tables = node.subject.tables.as_ref()?;
    let roads: Vec<&str> = facts["roads"]
        .as_object()?
        .iter()
        .filter(|(road, open)| **open == true && !matches!(road.as_str(), "policy" | "unlock"))
        .map(|(road, _)| road.as_str())
        .collect();
    if roads.is_empty() || facts["kms"] == "stopped" {
        return None;
    }
    let key = (
        tables.first.clone(),
        tables.count,
        facts["external"] == true,
        facts["decision"] == "conditional",
        facts["condition"].as_str().unwrap_or_default().to_owned(),
        roads.join(", "),
    );
    Some((key, facts["name"].as_str()?.to_owned()))
}
