//! Verdicts on items, one a line: for people in columns, for programs as JSON Lines.

use std::{
    collections::BTreeSet,
    io::{self, Write},
};

use serde::Serialize;

use super::{json, text::cell};
use crate::{
    detect::Verdict,
    snapshot::sample::{Basis, SecretKind, SecretTrait, Sighting},
};

/// One verdict as it is written.
#[derive(Debug, Serialize)]
pub struct Row<'a> {
    /// Line of the item, from 1; none where the items of a path were judged together.
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u64>,
    /// Where it lies.
    pub path: &'a str,
    kind: SecretKind,
    /// What recognised it.
    pub rule: &'a str,
    /// 0 to 1.
    pub confidence: f64,
    basis: Basis,
    verified: bool,
    /// Whether it is a fault.
    pub flagged: bool,
    preview: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    digest: Option<&'a str>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    digests: &'a [String],
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    traits: &'a BTreeSet<SecretTrait>,
    /// Further secrets at the path in this item.
    #[serde(skip_serializing_if = "Option::is_none")]
    more: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    items: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    items_with_path: Option<u64>,
}

impl<'a> Row<'a> {
    /// A verdict on one item.
    pub fn item(line: u64, verdict: &'a Verdict) -> Self {
        Self {
            line: Some(line),
            path: &verdict.path,
            kind: verdict.kind,
            rule: &verdict.rule,
            confidence: verdict.confidence,
            basis: verdict.basis,
            verified: verdict.basis == Basis::Verified,
            flagged: verdict.is_flagged(),
            preview: &verdict.preview,
            digest: Some(&verdict.digest),
            digests: &[],
            traits: &verdict.traits,
            more: (verdict.more > 0).then_some(verdict.more),
            items: None,
            items_with_path: None,
        }
    }

    /// A verdict on all values of a path.
    pub fn column(seen: &'a Sighting) -> Self {
        Self {
            line: None,
            path: &seen.path,
            kind: seen.kind,
            rule: &seen.rule,
            confidence: seen.confidence,
            basis: seen.basis,
            verified: seen.basis == Basis::Verified,
            flagged: seen.is_flagged(),
            preview: &seen.preview,
            digest: None,
            digests: &seen.digests,
            traits: &seen.traits,
            more: None,
            items: Some(seen.items),
            items_with_path: Some(seen.items_with_path),
        }
    }

    /// Writes it as one line of JSON.
    ///
    /// # Errors
    /// What `out` said.
    pub fn json(&self, out: &mut dyn Write) -> io::Result<()> {
        json::line(self, out)
    }

    /// Writes it in columns. The path comes last, for it may be long.
    ///
    /// # Errors
    /// What `out` said.
    pub fn table(&self, out: &mut dyn Write) -> io::Result<()> {
        let basis = match self.basis {
            Basis::Verified => "verified",
            Basis::Shaped => "shaped",
            Basis::Likely => "likely",
        };
        let place = match (self.line, self.items, self.items_with_path) {
            (Some(line), ..) => line.to_string(),
            (None, Some(items), Some(all)) => format!("{items} of {all}"),
            _ => String::new(),
        };
        writeln!(
            out,
            "{place:>9}  {:18} {basis:8} {:.2}  {:28}  {}",
            self.kind.as_str(),
            self.confidence,
            cell(self.preview, 28),
            cell(self.path, 400),
        )
    }
}

/// The table's first line; `by_column` as the rows are.
///
/// # Errors
/// What `out` said.
pub fn head(by_column: bool, out: &mut dyn Write) -> io::Result<()> {
    let place = if by_column { "ITEMS" } else { "LINE" };
    writeln!(out, "{place:>9}  {:18} {:13}  {:28}  PATH", "KIND", "SURE", "PREVIEW")
}
