//! Readers gained and lost between two runs: who × table × road, spelled out for tables that are in both.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

use super::{
    access::{
        Access, evaluate,
        query::{Part, Question},
    },
    compare::Differs,
    reader::{Decision, Kms},
};
use crate::snapshot::{Account, Snapshot};

/// A road of a reader to a table that differs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Gained {
    /// `new` is gained, `gone` is lost.
    pub state: Differs,
    /// ARN of the table.
    pub table: String,
    /// ARN of the reader, account id, service or `*`.
    pub reader: String,
    /// The road: `scan`, `get`, `stream`, …
    pub road: String,
    /// On what terms in the old run: `allowed`, or the condition; empty for none.
    pub old: String,
    /// On what terms in the new run.
    pub new: String,
}

/// Every road that differs, sorted.
pub fn gained(old: &Snapshot, new: &Snapshot) -> Vec<Gained> {
    let mut out = BTreeSet::new();
    for now in &new.accounts {
        let Some(then) = old.accounts.iter().find(|account| account.id == now.id) else { continue };
        between(then, now, &mut out);
    }
    out.into_iter().collect()
}

fn between(then: &Account, now: &Account, out: &mut BTreeSet<Gained>) {
    let mut unused = BTreeMap::new();
    let none = BTreeSet::new();
    let (before, after) = (evaluate(then, &none, &mut unused), evaluate(now, &none, &mut unused));
    let known: BTreeSet<&str> = then.tables.iter().map(|table| table.arn.as_str()).collect();
    for table in now.tables.iter().map(|table| table.arn.as_str()).filter(|arn| known.contains(arn)) {
        let (Some((old, dim)), Some((new, dimmer))) = (roads(&before, table), roads(&after, table)) else {
            continue;
        };
        for (reader, road) in old.keys().chain(new.keys()).collect::<BTreeSet<_>>() {
            let on = |roads: &Roads| roads.get(&(reader.clone(), road.clone())).cloned().unwrap_or_default();
            let (old, new) = (on(&old), on(&new));
            let state = match (old.is_empty(), new.is_empty()) {
                _ if old == new => continue,
                (true, _) if dim => Differs::NotSeenThen,
                (true, _) => Differs::New,
                (_, true) if dimmer => Differs::NotSeenNow,
                (_, true) => Differs::Gone,
                _ => Differs::Changed,
            };
            let (table, reader, road) = (table.to_owned(), reader.clone(), road.clone());
            out.insert(Gained { state, table, reader, road, old, new });
        }
    }
}

/// Terms by reader and road.
type Roads = BTreeMap<(String, String), String>;

/// The roads to a table that lead to its data, and whether more may lie behind what was not seen.
fn roads(access: &Access, table: &str) -> Option<(Roads, bool)> {
    let question = Question { table, part: Part::Any, action: None, attribute: None, principal: None };
    let found = access.readers(&question)?;
    let mut all: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
    // Whom KMS stops gets nothing.
    for reader in found.readers.iter().filter(|reader| reader.kms != Kms::Stopped) {
        let terms = match reader.decision {
            Decision::Allowed => "allowed".to_owned(),
            Decision::Conditional => format!("if {}", reader.condition),
        };
        let named = serde_json::to_value(reader.roads).unwrap_or_default();
        let open = named.as_object().into_iter().flatten().filter(|(_, open)| **open == Value::Bool(true));
        for (road, _) in open {
            all.entry((reader.party.arn.clone(), road.clone())).or_default().insert(terms.clone());
        }
    }
    let told = |terms: BTreeSet<String>| match terms.contains("allowed") {
        true => "allowed".to_owned(),
        false => terms.into_iter().collect::<Vec<_>>().join(" or "),
    };
    Some((all.into_iter().map(|(key, terms)| (key, told(terms))).collect(), !found.gaps.is_empty()))
}
