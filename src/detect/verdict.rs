//! One line of JSON in, one verdict for each attribute that holds a secret out; each line is judged on its own.

use std::{
    borrow::Cow,
    collections::{BTreeSet, HashMap, hash_map::Entry},
    fmt,
    sync::Arc,
};

use super::{
    Detector,
    budget::Budget,
    json::{self, NotJson},
    key::{DigestKey, hex},
    mask::Mask,
    password::length_range,
    path::Path,
    rules::{Hit, Length},
    tally::is_encrypted,
    walk::{Sink, Walk},
};
use crate::snapshot::sample::{Basis, SecretKind, SecretTrait, is_flagged};

/// What was seen at one path of one item.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// Path of the attribute, as in [`Sighting`](crate::snapshot::sample::Sighting).
    pub path: String,
    /// What it is.
    pub kind: SecretKind,
    /// The rule that recognised it.
    pub rule: String,
    /// How it was recognised.
    pub basis: Basis,
    /// 0 to 1.
    pub confidence: f64,
    /// A documented prefix and a length.
    pub preview: String,
    /// Keyed digest of the secret: 32 hex digits.
    pub digest: String,
    /// What is wrong with it beside its being there.
    pub traits: BTreeSet<SecretTrait>,
    /// Further secrets at the same path: elements of a list, or parts of one text.
    pub more: usize,
}

impl Verdict {
    /// Whether it is worth a word: a password's hash is, only where something is wrong with it.
    pub fn is_flagged(&self) -> bool {
        is_flagged(self.kind, &self.traits)
    }
}

/// What a line held.
#[derive(Debug, Default)]
pub struct Looked {
    /// In the order of the line, each path once with its best founded secret.
    pub verdicts: Vec<Verdict>,
    /// Whether something was too deep, too large or too much to be looked at.
    pub cut: bool,
}

/// Why a line is no item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotItem {
    /// It is no JSON value.
    #[error("not JSON")]
    NotJson,
    /// It nests deeper than is read.
    #[error("nested too deeply")]
    TooDeep,
}

impl From<NotJson> for NotItem {
    fn from(why: NotJson) -> Self {
        match why {
            NotJson::Other => NotItem::NotJson,
            NotJson::TooDeep => NotItem::TooDeep,
        }
    }
}

/// Looks at lines one by one. Each thread has its own.
pub struct Inspector {
    detector: Arc<Detector>,
    mask: Mask,
}

impl Inspector {
    pub(super) fn new(detector: Arc<Detector>) -> Self {
        Self { detector, mask: Mask::default() }
    }

    /// Looks at one item in plain JSON or DynamoDB JSON. What is not UTF-8 is read as replacement characters.
    ///
    /// # Errors
    /// The line is no JSON, or nested without end. The error holds nothing of the line.
    pub fn line(&mut self, line: &[u8]) -> Result<Looked, NotItem> {
        let text = json::text(line);
        let item = json::item(&text)?;
        let mut found = Found { key: self.detector.key(), verdicts: Vec::new(), places: HashMap::new() };
        let mut walk = Walk {
            sink: &mut found,
            mask: &mut self.mask,
            own: &self.detector.own,
            budget: Budget::item(),
            issued: None,
            encrypted: is_encrypted(&item),
        };
        walk.item(&item.0);
        let cut = walk.budget.was_cut();
        Ok(Looked { verdicts: found.verdicts, cut })
    }
}

impl fmt::Debug for Inspector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Inspector(…)")
    }
}

struct Found<'a> {
    key: &'a DigestKey,
    verdicts: Vec<Verdict>,
    places: HashMap<String, usize>,
}

impl Sink for Found<'_> {
    fn visit(&mut self, _: &Path<'_>) {}

    fn found(&mut self, path: &Path<'_>, hit: &Hit, secret: &[u8]) {
        let path = path.render();
        let mut verdict = Verdict {
            path: path.clone(),
            kind: hit.kind,
            rule: hit.rule.to_owned(),
            basis: hit.basis,
            confidence: hit.confidence,
            preview: preview(hit),
            digest: hex(&self.key.digest(secret)),
            traits: hit.traits.clone(),
            more: 0,
        };
        match self.places.entry(path) {
            Entry::Vacant(place) => {
                place.insert(self.verdicts.len());
                self.verdicts.push(verdict);
            }
            Entry::Occupied(place) => {
                let have = &mut self.verdicts[*place.get()];
                verdict.more = have.more + 1;
                have.more += 1;
                if (verdict.basis, verdict.confidence) > (have.basis, have.confidence) {
                    *have = verdict;
                }
            }
        }
    }
}

/// Bounds of a secret's length as they may be told, in bytes.
pub(super) fn lengths(hit: &Hit) -> (u64, u64) {
    match hit.length {
        Length::Exact(bytes) => (bytes as u64, bytes as u64),
        Length::Password(bytes) => length_range(bytes),
    }
}

/// A documented prefix and a length: nothing else of a value is ever shown.
pub(super) fn preview(hit: &Hit) -> String {
    let (low, high) = lengths(hit);
    let length = if low == high { Cow::from(low.to_string()) } else { Cow::from(format!("{low}–{high}")) };
    format!("{}… ({length} bytes)", hit.public)
}
