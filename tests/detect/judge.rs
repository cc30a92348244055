//! Holds the detector's answers against the labels: precision, recall, and what is confused with what.

use std::{collections::BTreeMap, sync::Arc};

use base64::{Engine, engine::general_purpose::STANDARD};
use dynaudit::{
    detect::{Detector, DigestKey, Inspector, Item, Map, Value, Verdict, shown_name},
    snapshot::sample::{SecretKind, Sighting},
};
use serde_json::Value as Json;

use super::corpus::Labelled;

/// Confidence from which a sighting of a table is a finding of the product's checks.
const FLAGGED: f64 = 0.6;
/// Confidence from which `dynaudit detect` lists a verdict, unless told otherwise.
const LISTED: f64 = 0.5;

/// DynamoDB JSON as the detector takes it.
pub fn item(json: &Json) -> Item<'_> {
    Item(map(json))
}

fn map(json: &Json) -> Map<'_> {
    let entries = json.as_object().into_iter().flatten();
    entries.map(|(name, one)| (name.as_str().into(), value(one))).collect()
}

fn value(json: &Json) -> Value<'_> {
    let typed = json.as_object().and_then(|map| map.iter().next());
    let (tag, inner) = typed.unwrap_or_else(|| panic!("{json} is no value"));
    let text = inner.as_str().unwrap_or_default();
    match tag.as_str() {
        "S" => Value::S(text.into()),
        "N" => Value::N(text.into()),
        "B" => Value::B(STANDARD.decode(text).unwrap_or_else(|error| panic!("{error}")).into()),
        "BOOL" => Value::Bool(inner == true),
        "M" => Value::M(map(inner)),
        "L" => Value::L(inner.as_array().into_iter().flatten().map(value).collect()),
        "SS" => {
            let texts = inner.as_array().into_iter().flatten();
            Value::L(texts.map(|one| Value::S(one.as_str().unwrap_or_default().into())).collect())
        }
        _ => Value::Null,
    }
}

/// A detector whose digests do not differ between runs.
pub fn detector() -> Arc<Detector> {
    let key = DigestKey::from_bytes(&[7; 32]).unwrap_or_else(|error| panic!("{error}"));
    Arc::new(Detector::new(key))
}

/// A path that is reported, and the rule behind it.
pub struct Flag {
    pub path: String,
    pub rule: String,
}

/// What `dynaudit detect` reports of one item.
pub fn of_line(inspector: &mut Inspector, item: &Json) -> Vec<Flag> {
    let looked = inspector.line(item.to_string().as_bytes()).unwrap_or_else(|error| panic!("{error}"));
    let listed = |one: &Verdict| one.is_flagged() && one.confidence >= LISTED;
    let flagged = looked.verdicts.into_iter().filter(listed);
    flagged.map(|one| Flag { path: one.path, rule: one.rule }).collect()
}

/// What is reported of a table: sightings that count, hashes only where they are weak.
pub fn of_table(detector: &Arc<Detector>, rows: &[Labelled]) -> Vec<Flag> {
    let mut tally = detector.tally();
    rows.iter().for_each(|row| tally.look(&item(&row.item)));
    let counts = |one: &Sighting| {
        one.confidence >= FLAGGED && (one.kind != SecretKind::PasswordHash || !one.traits.is_empty())
    };
    let flagged = tally.finish().sightings.into_iter().filter(counts);
    flagged.map(|one| Flag { path: one.path, rule: one.rule }).collect()
}

/// Counts of one group.
#[derive(Debug, Default, Clone, Copy, PartialEq)]
pub struct Score {
    pub hits: usize,
    pub misses: usize,
    pub false_alarms: usize,
    pub quiet: usize,
}

impl Score {
    pub fn precision(self) -> f64 {
        self.hits as f64 / ((self.hits + self.false_alarms).max(1)) as f64
    }

    pub fn recall(self) -> f64 {
        self.hits as f64 / ((self.hits + self.misses).max(1)) as f64
    }

    pub fn f1(self) -> f64 {
        let (p, r) = (self.precision(), self.recall());
        if p + r == 0.0 { 0.0 } else { 2.0 * p * r / (p + r) }
    }

    fn count(&mut self, secret: bool, found: bool) {
        match (secret, found) {
            (true, true) => self.hits += 1,
            (true, false) => self.misses += 1,
            (false, true) => self.false_alarms += 1,
            (false, false) => self.quiet += 1,
        }
    }
}

/// All counts, and those by kind, carrier and style.
#[derive(Default)]
pub struct Scores {
    pub all: Score,
    pub by: BTreeMap<(&'static str, String), Score>,
    /// Rules that raised false alarms, by kind.
    pub blamed: BTreeMap<(String, String), usize>,
}

impl Scores {
    /// Judges each table; a table of one item is a single value.
    pub fn of(tables: &[Vec<Labelled>]) -> Self {
        let (detector, mut scores) = (detector(), Self::default());
        let mut inspector = detector.inspector();
        for table in tables {
            let label = &table[0];
            let seen = match table.as_slice() {
                [one] => of_line(&mut inspector, &one.item),
                rows => of_table(&detector, rows),
            };
            let attribute = shown_name(&label.attribute);
            let inside = |path: &str| {
                let rest = path.strip_prefix(attribute.as_str());
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[', '|', '{']))
            };
            let found = seen.iter().any(|one| inside(&one.path));
            scores.count(label, found);
            for one in seen.iter().filter(|one| !label.secret || !inside(&one.path)) {
                let kind = if inside(&one.path) { label.kind } else { "(another attribute)" };
                *scores.blamed.entry((kind.to_owned(), one.rule.clone())).or_default() += 1;
                if !inside(&one.path) {
                    scores.all.false_alarms += 1;
                }
            }
        }
        scores
    }

    fn count(&mut self, label: &Labelled, found: bool) {
        self.all.count(label.secret, found);
        let side = |what: &str| format!("{} {what}", if label.secret { "secret" } else { "benign" });
        for (group, of) in
            [("kind", side(label.kind)), ("carrier", side(label.carrier)), ("style", side(label.style))]
        {
            self.by.entry((group, of)).or_default().count(label.secret, found);
        }
    }

    /// The groups of one sort that hold a mistake, the worst first: `name  wrong/all`.
    pub fn wrong(&self, group: &str) -> Vec<(String, usize, usize)> {
        let of_group = self.by.iter().filter(|((sort, _), _)| *sort == group);
        let mut wrong: Vec<(String, usize, usize)> = of_group
            .map(|((_, name), s)| {
                (name.clone(), s.misses + s.false_alarms, s.hits + s.misses + s.false_alarms + s.quiet)
            })
            .filter(|(_, wrong, _)| *wrong > 0)
            .collect();
        wrong.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        wrong
    }
}
