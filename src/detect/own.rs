//! What a user adds to the detector: patterns of their own, and values that are no secrets.

use std::borrow::Cow;

use regex::bytes::Regex;

use super::rules::{Hit, Length};
use crate::snapshot::sample::{Basis, SecretKind};

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
}

impl Own {
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
                    span,
                })
            })
        });
        hits.collect()
    }

    /// Whether the user said that this is no secret.
    pub(crate) fn allows(&self, secret: &[u8]) -> bool {
        self.allowed.iter().any(|pattern| pattern.is_match(secret))
    }
}
