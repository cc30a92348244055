//! The page's data, which its script draws: one row for each finding.

use std::{
    borrow::Cow,
    collections::{BTreeSet, HashMap},
};

use serde::Serialize;
use serde_json::json;

use super::{
    super::{View, json::Each, label, text::inert, view::CheckRow},
    texts::Texts,
};
use crate::finding::{Finding, Severity, Subject, Verdict};

/// What the script draws: checks, tables and texts once, findings as rows that refer to them by number.
#[derive(Serialize)]
pub(super) struct Rows<'a, R: Serialize> {
    checks: Vec<serde_json::Value>,
    /// Numbers of their ARNs.
    tables: Vec<usize>,
    rows: R,
    readers: Vec<serde_json::Value>,
    /// Last, for rows are made as they are written, and texts come with them.
    texts: &'a Texts<'a>,
}

/// Tables that findings are about, each with its number, in the order in which they come.
pub(super) type Tables<'a> = (Vec<&'a str>, HashMap<&'a str, i64>);

pub(super) fn tables(view: &View) -> Tables<'_> {
    let (mut tables, mut known): Tables<'_> = Default::default();
    // What a key encrypts may lie where nobody looked: a replica there is no table of this report.
    let listed: BTreeSet<_> =
        view.coverage.regions.iter().map(|r| (r.account.as_str(), r.region.as_str())).collect();
    let looked_at = |subject: &&Subject| {
        subject.region.as_deref().is_some_and(|region| listed.contains(&(subject.account.as_str(), region)))
    };
    let subjects = view.findings.iter().map(|finding| &*finding.subject).filter(looked_at);
    for arn in subjects.filter_map(table_of) {
        known.entry(arn).or_insert_with(|| {
            tables.push(arn);
            tables.len() as i64 - 1
        });
    }
    (tables, known)
}

/// The data of the page.
pub(super) fn of<'a>(
    view: &'a View,
    (tables, known): &'a Tables<'a>,
    texts: &'a Texts<'a>,
) -> Rows<'a, impl Serialize> {
    let checks = view.checks.iter().map(|c| {
        json!({
            "id": c.id, "group": c.group, "title": c.title, "why": c.why, "fix": c.fix, "maps": c.maps,
            "recipe": c.recipe,
        })
    });
    let readers = view.readers.iter().map(|row| {
        let reached = row.tables.iter().filter_map(|arn| known.get(arn.as_str()));
        let more = row.count > row.tables.len() as u64;
        json!([
            row.names,
            row.external,
            row.condition,
            row.roads,
            reached.collect::<Vec<_>>(),
            row.count,
            more
        ])
    });
    Rows {
        checks: checks.collect(),
        tables: tables.iter().map(|arn| texts.number(inert(arn))).collect(),
        readers: readers.collect(),
        rows: Each(move || view.findings.iter().filter_map(move |finding| row(view, known, texts, finding))),
        texts,
    }
}

/// The table that a subject is or lies in.
fn table_of(subject: &Subject) -> Option<&str> {
    subject.table.as_ref().and_then(|_| table_arn(&subject.arn))
}

/// A finding as the script takes it: in the order of a list, which is shorter than names of fields for each.
fn row<'a>(
    view: &View,
    known: &HashMap<&str, i64>,
    texts: &Texts<'a>,
    finding: &'a Finding,
) -> Option<impl Serialize + use<'a>> {
    let subject = &finding.subject;
    let table = table_of(subject).and_then(|arn| known.get(arn));
    let check = view.checks.binary_search_by(|check| check.id.as_str().cmp(&finding.check)).ok()?;
    let made = |text: &str| texts.number(Cow::Owned(inert(text).into_owned()));
    Some((
        Severity::ALL.iter().position(|s| *s == finding.severity),
        verdict(finding.verdict),
        check,
        made(&label::name(subject)),
        made(&label::said(finding)),
        texts.number(inert(&subject.arn)),
        texts.number(inert(subject.region.as_deref().unwrap_or(""))),
        table.copied().unwrap_or(-1),
        finding.fingerprint.as_str(),
        more(&view.checks[check], texts, finding),
    ))
}

/// Numbers that the script's list of verdicts has.
fn verdict(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Flagged => 0,
        Verdict::Unknown => 1,
        Verdict::Clear => 2,
        Verdict::NotApplicable => 3,
    }
}

/// `arn:…:table/Name` of the ARN of a table or of a part of it.
fn table_arn(arn: &str) -> Option<&str> {
    let start = arn.find(":table/")? + ":table/".len();
    let end = arn[start..].find('/').map_or(arn.len(), |at| start + at);
    Some(&arn[..end])
}

/// What only the opened finding shows: for flagged ones the evidence, for unknown ones what is missing.
fn more<'a>(check: &CheckRow, texts: &Texts<'a>, finding: &'a Finding) -> serde_json::Value {
    let mut more = serde_json::Map::new();
    if finding.verdict == Verdict::Flagged && !is_plain(&finding.subject) {
        let steps = check.recipe.steps(&finding.subject);
        let steps: Vec<_> = steps.iter().map(|step| json!([step.form, step.text])).collect();
        more.insert("$steps".to_owned(), json!(steps));
    } else if !finding.subject.names.is_empty() {
        more.insert("$names".to_owned(), json!(finding.subject.names));
    }
    if let Some(state) = finding.state {
        more.insert("Since the baseline".to_owned(), json!(state));
    }
    if finding.verdict == Verdict::Flagged {
        if !finding.evidence.is_empty() {
            more.insert("Evidence".to_owned(), json!(finding.evidence));
        }
        if let Some(tables) = &finding.subject.tables {
            more.insert("Tables".to_owned(), json!(tables.first));
        }
    }
    if !finding.missing.is_empty() {
        // In parts, of which all but what the call was about are the same for every table.
        let missing = finding.missing.iter().map(|m| {
            let (before, after) = (format!("{}: {} on ", m.fact, m.call), format!(" ({})", m.why));
            [before.into(), Cow::Borrowed(m.on.0.as_str()), after.into()].map(|part| texts.number(part))
        });
        more.insert("Missing".to_owned(), json!(missing.collect::<Vec<_>>()));
    }
    more.into()
}

/// Whether every name of a subject is the same in every language that recipes are written in, so that the page's script
/// may put it in; others come made out.
fn is_plain(subject: &Subject) -> bool {
    let plain = |text: &str| {
        !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "_-.:/@+=,".contains(c))
    };
    let table = subject.table.iter().map(String::as_str);
    table.chain([subject.arn.as_str(), subject.account.as_str()]).all(plain)
        && subject.names.values().all(|name| plain(name))
}
