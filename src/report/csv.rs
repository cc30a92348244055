//! CSV (RFC 4180): one row a finding, for spreadsheets, with no cell that one would take for a formula.

use std::io::{self, Write};

use super::{View, label, text::inert};
use crate::finding::{Finding, accept::Accepted};

const HEADINGS: [&str; 15] = [
    "severity",
    "verdict",
    "confidence",
    "check",
    "title",
    "account",
    "region",
    "table",
    "subject_kind",
    "subject",
    "subject_arn",
    "message",
    "fix",
    "fingerprint",
    "accepted",
];

/// Writes a row of headings and a row for each finding.
///
/// # Errors
/// What `out` said.
pub fn render(view: &View, out: &mut dyn Write) -> io::Result<()> {
    let mut csv = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
    csv.write_record(HEADINGS)?;
    for finding in &view.findings {
        csv.write_record(row(view, finding).map(|text| cell(&text)))?;
    }
    csv.flush()
}

fn row(view: &View, finding: &Finding) -> [String; 15] {
    let subject = &finding.subject;
    let fix = view.check(&finding.check).map(|check| check.fix.clone()).unwrap_or_default();
    [
        finding.severity.as_str().to_owned(),
        finding.verdict.as_str().to_owned(),
        finding.confidence.as_str().to_owned(),
        finding.check.clone(),
        finding.title.clone(),
        subject.account.clone(),
        subject.region.clone().unwrap_or_default(),
        subject.table.clone().unwrap_or_default(),
        subject.kind.as_str().to_owned(),
        label::name(subject),
        subject.arn.clone(),
        label::said(finding),
        fix,
        finding.fingerprint.clone(),
        finding.accepted.as_ref().map(Accepted::said).unwrap_or_default(),
    ]
}

/// A cell that starts with one of `= + - @` is a formula to a spreadsheet; an apostrophe before it is not
/// shown and makes it text (OWASP: CSV Injection).
fn cell(text: &str) -> String {
    let safe = inert(text);
    if safe.trim_start().starts_with(['=', '+', '-', '@', '|', '%', '＝', '＋', '－', '＠']) {
        format!("'{safe}")
    } else {
        safe.into_owned()
    }
}
