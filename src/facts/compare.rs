//! Two trees of facts side by side: subjects that are new, gone or changed, and what one of the two could not see.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

use super::{Facts, Node, PARTIAL, UNKNOWN};
use crate::{
    finding::{Subject, SubjectKind},
    snapshot::{Index, Sample, Snapshot},
    source::glob,
};

/// How something in the new run stands to the old one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Differs {
    /// It is there now, and was not.
    New,
    /// It was there, and is no more.
    Gone,
    /// It is another than it was.
    Changed,
    /// The old run could not see it.
    NotSeenThen,
    /// The new run could not see it.
    NotSeenNow,
}

impl Differs {
    /// Whether the account differs, rather than what was seen of it.
    pub fn is_change(self) -> bool {
        matches!(self, Differs::New | Differs::Gone | Differs::Changed)
    }
}

/// A subject that differs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Difference {
    /// How.
    pub state: Differs,
    /// Who.
    pub subject: Subject,
    /// The facts that do, by path; empty where all of it does.
    pub facts: Vec<FactChange>,
}

/// A fact that differs. Null stands for what was not seen.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FactChange {
    /// Its path, as checks have it.
    pub fact: String,
    /// Its value in the old run.
    pub old: Value,
    /// Its value in the new run.
    pub new: Value,
}

/// Facts that another day or another sample changes by itself.
const DRIFTS: [&str; 4] = ["items", "bytes", "sample", "last_used"];
/// Spans that somebody set, unlike other days.
const SET: [&str; 2] = ["keeps_days", "dies_after_days"];

/// Everything but readers, which are compared by [`super::gained`], and but the facts of attributes, which are a
/// sample's: of an attribute it counts that it is there.
pub fn compare(old: (&Snapshot, &Facts), new: (&Snapshot, &Facts)) -> Vec<Difference> {
    let (before, after) = (Tree::of(old.1), Tree::of(new.1));
    let mut out = Vec::new();
    for (key, node) in &after.nodes {
        match before.nodes.get(key) {
            None => {
                let unseen = before.hides(&node.subject) || !in_scope(old.0, &node.subject);
                let state = if unseen { Differs::NotSeenThen } else { Differs::New };
                out.push(Difference { state, subject: node.subject.clone(), facts: Vec::new() });
            }
            Some(earlier) => changed(earlier, node, &mut out),
        }
    }
    let now = Index::of(new.0);
    for (_, node) in before.nodes.iter().filter(|(key, _)| !after.nodes.contains_key(*key)) {
        let unseen =
            after.hides(&node.subject) || !in_scope(new.0, &node.subject) || unsampled(&now, &node.subject);
        let state = if unseen { Differs::NotSeenNow } else { Differs::Gone };
        out.push(Difference { state, subject: node.subject.clone(), facts: Vec::new() });
    }
    out.sort_by_cached_key(|difference| (difference.state, key(&difference.subject)));
    out
}

type Key = (String, String, SubjectKind, String);

fn key(subject: &Subject) -> Key {
    (subject.account.clone(), subject.region.clone().unwrap_or_default(), subject.kind, subject.id())
}

/// The subjects of a run, and the places where subjects of a kind could not be listed.
struct Tree<'a> {
    nodes: BTreeMap<Key, &'a Node>,
    unlisted: BTreeSet<(SubjectKind, &'a str, Option<&'a str>, Option<&'a str>)>,
}

impl<'a> Tree<'a> {
    fn of(facts: &'a Facts) -> Self {
        let mut tree = Self { nodes: BTreeMap::new(), unlisted: BTreeSet::new() };
        facts.roots.iter().for_each(|root| tree.add(root, None));
        tree
    }

    fn add(&mut self, node: &'a Node, above: Option<&'a Subject>) {
        let subject = &node.subject;
        let as_above = above.is_some_and(|above| above.arn == subject.arn && above.names == subject.names);
        let stands_in = as_above || subject.names.values().any(|name| name == "(not listed)");
        if stands_in && is_unknown(&node.facts) {
            let table = subject.table.as_deref();
            self.unlisted.insert((subject.kind, &subject.account, subject.region.as_deref(), table));
        } else if subject.kind != SubjectKind::Reader {
            self.nodes.insert(key(subject), node);
        }
        node.children.iter().for_each(|child| self.add(child, Some(subject)));
    }

    /// Whether a subject could be among those that were not listed.
    fn hides(&self, subject: &Subject) -> bool {
        // What is marked without a Region or a table may be in any, and a table that was not listed holds anything.
        let below = subject.table.as_ref().map(|_| SubjectKind::Table);
        let (region, table) = (subject.region.as_deref(), subject.table.as_deref());
        [Some(subject.kind), below].into_iter().flatten().any(|kind| {
            let places = [(None, None), (None, table), (region, None), (region, table)];
            places.iter().any(|(region, table)| {
                self.unlisted.contains(&(kind, subject.account.as_str(), *region, *table))
            })
        })
    }
}

fn is_unknown(value: &Value) -> bool {
    value.get(UNKNOWN).is_some()
}

/// Whether a value was not seen, or not to its end.
fn hidden(value: &Value) -> bool {
    is_unknown(value) || value.get(PARTIAL).is_some()
}

/// Whether a run looked where the subject would be.
fn in_scope(snapshot: &Snapshot, subject: &Subject) -> bool {
    let Some(account) = snapshot.accounts.iter().find(|account| account.id == subject.account) else {
        return false;
    };
    let region = subject.region.as_ref();
    let asked = region.is_none_or(|region| account.regions.iter().any(|r| r.name == *region && !r.disabled));
    let pattern = snapshot.scope.table.as_deref();
    let named =
        pattern.zip(subject.table.as_deref()).is_none_or(|(pattern, table)| glob::matches(pattern, table));
    // A key is found through the tables that name it.
    asked && named && (pattern.is_none() || subject.table.is_some() || subject.kind == SubjectKind::Principal)
}

/// Whether a secret is only not met: the sample of its table is not the whole of it.
fn unsampled(now: &Index<'_>, subject: &Subject) -> bool {
    if !matches!(subject.kind, SubjectKind::Attribute | SubjectKind::Copy) {
        return false;
    }
    let place = subject.region.as_deref().zip(subject.table.as_deref());
    let held = now.account(&subject.account).zip(place);
    let table = held.and_then(|(held, (region, table))| held.table(region, table));
    table.is_some_and(|table| !table.sample.value().is_some_and(Sample::is_whole))
}

fn changed(old: &Node, new: &Node, out: &mut Vec<Difference>) {
    if matches!(new.subject.kind, SubjectKind::Attribute | SubjectKind::Copy) {
        return;
    }
    let mut all = Vec::new();
    walk(new.subject.kind.as_str(), &old.facts, &new.facts, &mut all);
    for state in [Differs::Changed, Differs::NotSeenThen, Differs::NotSeenNow] {
        let facts: Vec<FactChange> =
            all.iter().filter(|(s, _)| *s == state).map(|(_, fact)| fact.clone()).collect();
        if !facts.is_empty() {
            out.push(Difference { state, subject: new.subject.clone(), facts });
        }
    }
}

/// Facts that differ, by path, each with how.
fn walk(path: &str, old: &Value, new: &Value, out: &mut Vec<(Differs, FactChange)>) {
    if old == new {
        return;
    }
    let fact =
        |old: &Value, new: &Value| FactChange { fact: path.to_owned(), old: old.clone(), new: new.clone() };
    match (hidden(old), hidden(new)) {
        (true, true) => {}
        (true, false) => out.push((Differs::NotSeenThen, fact(&Value::Null, new))),
        (false, true) => out.push((Differs::NotSeenNow, fact(old, &Value::Null))),
        (false, false) => match (old, new) {
            (Value::Object(old), Value::Object(new)) => {
                let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
                for name in names.into_iter().filter(|name| !drifts(name)) {
                    let of =
                        |map: &serde_json::Map<String, Value>| map.get(name).cloned().unwrap_or(Value::Null);
                    walk(&format!("{path}.{name}"), &of(old), &of(new), out);
                }
            }
            // Elements that differ by no more than what was seen of them have not changed.
            _ if !alike(old, new) => out.push((Differs::Changed, fact(old, new))),
            _ if !hides(new) => out.push((Differs::NotSeenThen, fact(&Value::Null, new))),
            _ if !hides(old) => out.push((Differs::NotSeenNow, fact(old, &Value::Null))),
            _ => {}
        },
    }
}

/// Whether two values are the same wherever both were seen.
fn alike(old: &Value, new: &Value) -> bool {
    match (old, new) {
        _ if hidden(old) || hidden(new) => true,
        (Value::Array(old), Value::Array(new)) => {
            old.len() == new.len() && old.iter().zip(new).all(|(old, new)| alike(old, new))
        }
        (Value::Object(old), Value::Object(new)) => {
            old.len() == new.len()
                && old.iter().all(|(name, value)| new.get(name).is_some_and(|new| alike(value, new)))
        }
        _ => old == new,
    }
}

/// Whether some of a value was not seen.
fn hides(value: &Value) -> bool {
    let inside = match value {
        Value::Array(items) => items.iter().any(hides),
        Value::Object(fields) => fields.values().any(hides),
        _ => false,
    };
    inside || hidden(value)
}

fn drifts(name: &str) -> bool {
    DRIFTS.contains(&name) || (name.ends_with("_days") && !SET.contains(&name))
}
