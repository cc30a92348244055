//! What differs between two runs, ready to be written, and as text.

use std::fmt::Write;

use serde::Serialize;

use super::{
    label,
    text::{cell, counted},
};
use crate::{
    facts::{
        compare::{Difference, Differs},
        gained::Gained,
    },
    finding::{Severity, Shared, Subject},
    snapshot::Timestamp,
};

/// Longest cell, in columns.
const CUT: usize = 300;

/// The difference of two runs.
#[derive(Debug, Serialize)]
pub struct Diff {
    /// When the old run began.
    pub old: Timestamp,
    /// When the new run began.
    pub new: Timestamp,
    /// What was not compared, and why.
    pub not_compared: Vec<String>,
    /// Findings that differ.
    pub findings: Vec<FindingChange>,
    /// Roads of readers that differ.
    pub readers: Vec<Gained>,
    /// Subjects that differ, and their facts.
    pub subjects: Vec<Difference>,
}

/// A finding that differs.
#[derive(Debug, Serialize)]
pub struct FindingChange {
    /// `new` is flagged now, `gone` no longer is.
    pub state: Differs,
    /// Id of the check.
    pub check: String,
    /// How bad.
    pub severity: Severity,
    /// About whom.
    pub subject: Shared<Subject>,
    /// Identity of the finding.
    pub fingerprint: String,
}

impl Diff {
    /// Whether the account differs, rather than what was seen of it.
    pub fn is_different(&self) -> bool {
        self.states().any(Differs::is_change)
    }

    /// Whether one of the two could not see what the other could, or something was not compared.
    pub fn has_holes(&self) -> bool {
        !self.not_compared.is_empty() || self.states().any(|state| !state.is_change())
    }

    fn states(&self) -> impl Iterator<Item = Differs> + '_ {
        let findings = self.findings.iter().map(|finding| finding.state);
        findings.chain(self.readers.iter().map(|r| r.state)).chain(self.subjects.iter().map(|s| s.state))
    }
}

fn word(state: Differs) -> &'static str {
    match state {
        Differs::New => "new",
        Differs::Gone => "gone",
        Differs::Changed => "changed",
        Differs::NotSeenThen => "not seen then",
        Differs::NotSeenNow => "not seen now",
    }
}

/// The difference as text, inert, one line a difference.
pub fn render(diff: &Diff) -> String {
    let mut out = format!("from {} to {}\n", diff.old, diff.new);
    for said in &diff.not_compared {
        let _ = writeln!(out, "not compared: {}", cell(said, CUT));
    }
    section(&mut out, "Findings", &diff.findings, |f| {
        format!("{:13}  {:8}  {}: {}", word(f.state), f.severity, cell(&f.check, CUT), named(&f.subject))
    });
    section(&mut out, "Readers", &diff.readers, |r| {
        let state = match r.state {
            Differs::New => "gained",
            Differs::Gone => "lost",
            other => word(other),
        };
        let terms = match (r.old.as_str(), r.new.as_str()) {
            (old, "") => old.to_owned(),
            ("", new) => new.to_owned(),
            (old, new) => format!("{old} → {new}"),
        };
        let (reader, table) = (cell(&r.reader, CUT), cell(&r.table, CUT));
        format!("{state:13}  {reader}  {}  {table}  {}", cell(&r.road, CUT), cell(&terms, CUT))
    });
    section(&mut out, "Subjects", &diff.subjects, |d| {
        let mut line = format!("{:13}  {} {}", word(d.state), d.subject.kind.as_str(), named(&d.subject));
        for fact in &d.facts {
            let (old, new) = (fact.old.to_string(), fact.new.to_string());
            let _ = write!(
                line,
                "\n{:15}{}: {} → {}",
                "",
                cell(&fact.fact, CUT),
                cell(&old, 100),
                cell(&new, 100)
            );
        }
        line
    });
    if !diff.is_different() {
        out.push_str("\nnothing that both saw differs\n");
    }
    out
}

fn named(subject: &Subject) -> String {
    let region = subject.region.as_deref().unwrap_or("global");
    format!("{} ({}, {})", cell(&label::name(subject), CUT), cell(&subject.account, 60), cell(region, 60))
}

fn section<T>(out: &mut String, title: &str, rows: &[T], line: impl Fn(&T) -> String) {
    if !rows.is_empty() {
        let _ = writeln!(out, "\n{title}: {}", counted(rows.len() as u64, "difference", "differences"));
        for row in rows {
            let _ = writeln!(out, "  {}", line(row));
        }
    }
}
