//! What a user adds to the detector: patterns of their own, and values that are no secrets.

use std::borrow::Cow;

use regex::bytes::Regex;
use sha2::{Digest, Sha256};

use super::{
    key::hex,
    rules::{Hit, Length},
};
use crate::{
    snapshot::sample::{Basis, Ignored, SecretKind, Sighting},
    source::glob,
};

/// Secrets that one pattern may find in one text.
const MAX_FOUND: usize = 64;

/// A pattern of a user's own.
#[derive(Debug, Clone)]
pub struct Pattern {
    /// Its name in verdicts. It lives as long as the program, as those of the product's own rules do.
    pub id: &'static str,
    /// What it finds. Its group `secret`, where it has one, is the secret itself.
    pub pattern: Regex,
    /// What that is.
    pub kind: SecretKind,
}

/// A user's patterns and exceptions.
#[derive(Debug, Clone, Default)]
pub struct Own {
    /// Patterns that find secrets.
    pub patterns: Vec<Pattern>,
    /// A secret that one of these matches is none.
    pub allowed: Vec<Regex>,
    /// Paths whose verdicts on a table are put aside, with the reason.
    pub ignored: Vec<Exception>,
}

/// Verdicts that a user does not want to hear of.
#[derive(Debug, Clone)]
pub struct Exception {
    /// A glob of paths.
    pub path: String,
    /// The rule meant; none for all.
    pub rule: Option<String>,
    /// Why.
    pub reason: String,
}

impl Exception {
    /// Whether a verdict of this rule at this path is meant.
    pub fn covers(&self, path: &str, rule: &str) -> bool {
        glob::matches(&self.path, path) && self.rule.as_deref().is_none_or(|own| own == rule)
    }
}

impl Own {
    /// Names it: 16 hex digits of a digest of all that it says.
    pub(crate) fn id(&self) -> String {
        let mut digest = Sha256::new();
        let mut add = |text: &str| {
            digest.update((text.len() as u64).to_be_bytes());
            digest.update(text);
        };
        for own in &self.patterns {
            [own.id, own.pattern.as_str(), &format!("{:?}", own.kind)].into_iter().for_each(&mut add);
        }
        add("allowed");
        self.allowed.iter().for_each(|pattern| add(pattern.as_str()));
        add("ignored");
        for one in &self.ignored {
            [one.path.as_str(), one.rule.as_deref().unwrap_or("*"), &one.reason]
                .into_iter()
                .for_each(&mut add);
        }
        hex(&digest.finalize()[..8])
    }

    /// The secrets that the user's patterns find.
    pub(crate) fn find(&self, text: &[u8]) -> Vec<Hit> {
        if self.patterns.is_empty() {
            return Vec::new();
        }
        let hits = self.patterns.iter().flat_map(|own| {
            own.pattern.captures_iter(text).take(MAX_FOUND).filter_map(|groups| {
                let span = groups.name("secret").or_else(|| groups.get(0))?.range();
                (!span.is_empty()).then(|| Hit {
                    rule: own.id,
                    kind: own.kind,
                    basis: Basis::Shaped,
                    confidence: 0.85,
                    public: Cow::Borrowed(""),
                    traits: Default::default(),
                    length: Length::Exact(span.len()),
                    issued: None,
                    span,
                })
            })
        });
        hits.collect()
    }

    /// What is left of a table's sightings, and what the user wants put aside: it is told, and not judged.
    pub(crate) fn sift(&self, all: Vec<Sighting>) -> (Vec<Sighting>, Vec<Ignored>) {
        let mut ignored = Vec::new();
        let left = all.into_iter().filter(|one| {
            let by = self.ignored.iter().find(|exception| exception.covers(&one.path, &one.rule));
            ignored.extend(by.map(|exception| Ignored {
                path: one.path.clone(),
                kind: one.kind,
                rule: one.rule.clone(),
                items: one.items,
                reason: exception.reason.clone(),
            }));
            by.is_none()
        });
        (left.collect(), ignored)
    }

    /// Whether the user said that this is no secret.
    pub(crate) fn allows(&self, secret: &[u8]) -> bool {
        self.allowed.iter().any(|pattern| pattern.is_match(secret))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_pattern_or_exception_has_another_id() {
        let pattern =
            |text: &str| Pattern { id: "own", pattern: Regex::new(text).unwrap(), kind: SecretKind::ApiKey };
        let ignored = |path: &str| Exception { path: path.into(), rule: None, reason: "r".into() };
        let ids = [
            Own::default(),
            Own { patterns: vec![pattern("a")], ..Own::default() },
            Own { patterns: vec![pattern("b")], ..Own::default() },
            Own { allowed: vec![Regex::new("a").unwrap()], ..Own::default() },
            Own { ignored: vec![ignored("a")], ..Own::default() },
            Own { ignored: vec![ignored("b")], ..Own::default() },
        ]
        .map(|own| own.id());
        let different: std::collections::BTreeSet<&String> = ids.iter().collect();
        assert_eq!(different.len(), ids.len());
        assert_eq!(ids[0], Own::default().id());
    }
}
