//! The joins of snapshot and engines into facts, against snapshots written by hand.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod support;

#[path = "facts/around.rs"]
mod around;
#[path = "facts/attributes.rs"]
mod attributes;
#[path = "facts/checks.rs"]
mod checks;
#[path = "facts/copies.rs"]
mod copies;
#[path = "facts/encryption.rs"]
mod encryption;
#[path = "facts/expiry.rs"]
mod expiry;
#[path = "facts/kept.rs"]
mod kept;
#[path = "facts/recovery.rs"]
mod recovery;
#[path = "facts/sample.rs"]
mod sample;
#[path = "facts/shared.rs"]
mod shared;
#[path = "facts/unlisted.rs"]
mod unlisted;

use dynaudit::{
    facts::{Facts, Node, build::build},
    finding::SubjectKind,
    snapshot::Snapshot,
};
use serde_json::Value as Json;

/// Every node of a kind, wherever it stands.
fn nodes(snapshot: &Snapshot, kind: SubjectKind) -> Vec<Node> {
    fn walk(node: &Node, kind: SubjectKind, found: &mut Vec<Node>) {
        if node.subject.kind == kind {
            found.push(node.clone());
        }
        node.children.iter().for_each(|child| walk(child, kind, found));
    }
    let facts: Facts = build(snapshot);
    let mut found = Vec::new();
    facts.roots.iter().for_each(|root| walk(root, kind, &mut found));
    found
}

/// The facts of the only node of a kind.
fn only(snapshot: &Snapshot, kind: SubjectKind) -> Json {
    let mut found = nodes(snapshot, kind);
    assert_eq!(found.len(), 1, "{found:#?}");
    found.remove(0).facts.as_ref().clone()
}

/// The call of the gap that hides a fact; none where the fact is known.
fn hidden_by(snapshot: &Snapshot, fact: &Json) -> Option<String> {
    let id = fact.get("$unknown")?.as_str()?;
    let facts = build(snapshot);
    let gap = snapshot.gaps.iter().chain(&facts.gaps).find(|(known, _)| known.0 == id);
    Some(gap.unwrap_or_else(|| panic!("no gap {id}")).1.call.clone())
}
