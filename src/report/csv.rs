//! CSV (RFC 4180): one row a finding, for spreadsheets, with no cell that one would take for a formula.

use std::{
    borrow::Cow,
    io::{self, Write},
};

use super::{View, label, text::inert};
use crate::finding::{Finding, State, accept::Accepted};

const HEADINGS: [&str; 17] = [
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
    // Empty without a baseline; last, so that the others keep their places.
    "state",
    "first_seen",
];

/// Writes a row of headings and a row for each finding.
///
/// # Errors
/// What `out` said.
pub fn render(view: &View, out: &mut dyn Write) -> io::Result<()> {
    let mut csv = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
    csv.write_record(HEADINGS)?;
    for finding in &view.findings {
        for text in row(view, finding) {
            csv.write_field(cell(&text).as_bytes())?;
        }
        csv.write_record(None::<&[u8]>)?;
    }
    csv.flush()
}

fn row<'a>(view: &'a View, finding: &'a Finding) -> [Cow<'a, str>; 17] {
    let subject = &finding.subject;
    let fix = view.check(&finding.check).map_or("", |check| check.fix.as_str());
    [
        finding.severity.as_str().into(),
        finding.verdict.as_str().into(),
        finding.confidence.as_str().into(),
        finding.check.as_str().into(),
        finding.title.as_str().into(),
        subject.account.as_str().into(),
        subject.region.as_deref().unwrap_or_default().into(),
        subject.table.as_deref().unwrap_or_default().into(),
        subject.kind.as_str().into(),
        label::name(subject).into(),
        subject.arn.as_str().into(),
        label::said(finding).into(),
        fix.into(),
        finding.fingerprint.as_str().into(),
        finding.accepted.as_deref().map(Accepted::said).unwrap_or_default().into(),
        finding.state.map_or("", State::as_str).into(),
        finding.first_seen.map(|seen| seen.to_string()).unwrap_or_default().into(),
    ]
}

/// A cell that starts with one of `= + - @` is a formula to a spreadsheet; an apostrophe before it is not
/// shown and makes it text (OWASP: CSV Injection).
fn cell(text: &str) -> Cow<'_, str> {
    let safe = inert(text);
    if safe.trim_start().starts_with(['=', '+', '-', '@', '|', '%', '＝', '＋', '－', '＠']) {
        return format!("'{safe}").into();
    }
    safe
}
