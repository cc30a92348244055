//! Holds the detector's answers against the labels: precision, recall, and what is confused with what.

use std::{collections::BTreeMap, sync::Arc};

use base64::{Engine, engine::general_purpose::STANDARD};
use dynaudit::{
    detect::{Detector, DigestKey, Item, Value},
    snapshot::sample::{SecretKind, Sighting},
};
use serde_json::Value as Json;

use super::corpus::Labelled;

/// Confidence from which a sighting is a finding of the product's checks.
pub const FLAGGED: f64 = 0.6;

/// DynamoDB JSON as the detector takes it.
pub fn item(json: &Json) -> Item {
    let map = json.as_object().unwrap_or_else(|| panic!("an item is an object"));
    Item(map.iter().map(|(name, one)| (name.clone(), value(one))).collect())
}

fn value(json: &Json) -> Value {
    let (tag, inner) = json.as_object().and_then(|map| map.iter().next()).unwrap_or_else(|| panic!("{json}: no value"));
    let text = |json: &Json| json.as_str().unwrap_or_default().to_owned();
    let texts = |json: &Json| json.as_array().into_iter().flatten().map(text).collect();
    match tag.as_str() {
        "S" => Value::S(text(inner)),
        "N" => Value::N(text(inner)),
        "B" => Value::B(STANDARD.decode(text(inner)).unwrap_or_else(|error| panic!("{error}"))),
        "BOOL" => Value::Bool(inner == true),
        "M" => Value::M(inner.as_object().into_iter().flatten().map(|(n, v)| (n.clone(), value(v))).collect()),
        "L" => Value::L(inner.as_array().into_iter().flatten().map(value).collect()),
        "SS" => Value::Ss(texts(inner)),
        _ => Value::Null,
    }
}

/// A detector whose digests do not differ between runs.
pub fn detector() -> Arc<Detector> {
    let key = DigestKey::from_bytes(&[7; 32]).unwrap_or_else(|error| panic!("{error}"));
    Arc::new(Detector::new(key))
}

/// What the detector reports of a table: sightings that count, hashes only where they are weak.
pub fn flagged<'a>(detector: &Arc<Detector>, items: impl IntoIterator<Item = &'a Json>) -> Vec<Sighting> {
    let mut tally = detector.tally();
    items.into_iter().for_each(|json| tally.look(&item(json)));
    let mut seen = tally.finish().sightings;
    seen.retain(|one| one.confidence >= FLAGGED && (one.kind != SecretKind::PasswordHash || !one.traits.is_empty()));
    seen
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
        for table in tables {
            let seen = flagged(&detector, table.iter().map(|row| &row.item));
            let label = &table[0];
            let inside = |path: &str| {
                let rest = path.strip_prefix(label.attribute.as_str());
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
        for (group, of) in [
            ("kind", side(label.kind)),
            ("carrier", side(label.carrier)),
            ("style", side(label.style)),
        ] {
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
