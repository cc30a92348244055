//! HTML: one page that needs no network, for people. The page's frame is drawn here, its rows by its own script.
//!
//! Texts of the account come into it in two ways: through the template, which escapes them, and as JSON
//! in which `<` and `>` are escaped, which the script puts on the page as text. The Content-Security-Policy
//! lets no other script run.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    io::{self, Write},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use minijinja::{AutoEscape, Environment, Value, context};
use serde::Serialize;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::{View, json as form, label, text::inert};
use crate::finding::{Finding, Severity, Verdict};

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// Writes the page.
///
/// # Errors
/// What `out` said.
pub fn render(view: &View, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Environment::new();
    page.set_auto_escape_callback(|_| AutoEscape::Html);
    page.set_formatter(|out, state, value| match value.as_str() {
        // What steers a terminal or turns the reading direction is shown, not obeyed, here too.
        Some(text) if !value.is_safe() => {
            minijinja::escape_formatter(out, state, &Value::from(inert(text).into_owned()))
        }
        _ => minijinja::escape_formatter(out, state, value),
    });
    page.add_template("page", PAGE).map_err(io::Error::other)?;
    let severity = |severity: &Severity| {
        let count = view.summary.flagged.get(severity).copied().unwrap_or(0);
        context! { name => severity.as_str(), count }
    };
    let mut data = Vec::new();
    form::line(&rows(view), &mut data)?;
    let data = String::from_utf8(data).map_err(io::Error::other)?;
    let frame = context! {
        run => view.run,
        summary => view.summary,
        total => view.summary.verdicts.all(),
        coverage => view.coverage,
        checks => view.checks.len(),
        severities => Severity::ALL.iter().map(severity).collect::<Vec<_>>(),
        frameworks => frameworks(view),
        gap_groups => view.gap_groups.iter().map(|g| context! {
            call => g.call, why => g.why, gaps => g.gaps, on => g.on, message => g.message, unknown => g.unknown,
        }).collect::<Vec<_>>(),
        style => Value::from_safe_string(STYLE.to_owned()),
        style_hash => hash(STYLE),
        script => Value::from_safe_string(SCRIPT.to_owned()),
        script_hash => hash(SCRIPT),
        data => Value::from_safe_string(data),
    };
    let template = page.get_template("page").map_err(io::Error::other)?;
    template.render_captured_to(frame, out).map(drop).map_err(io::Error::other)
}

/// The source expression by which a policy names a script or style ("CSP: hash-source").
fn hash(text: &str) -> Value {
    Value::from_safe_string(format!("sha256-{}", STANDARD.encode(Sha256::digest(text))))
}

/// What the script draws: checks and tables once, findings as rows that refer to them by number.
#[derive(Serialize)]
struct Rows<'a> {
    checks: Vec<serde_json::Value>,
    tables: Vec<&'a str>,
    rows: Vec<serde_json::Value>,
}

fn rows(view: &View) -> Rows<'_> {
    let checks = view.checks.iter();
    let checks =
        checks.map(|c| json!({ "id": c.id, "title": c.title, "why": c.why, "fix": c.fix, "maps": c.maps }));
    let mut tables: Vec<&str> = Vec::new();
    let mut known: HashMap<&str, usize> = HashMap::new();
    let mut rows = Vec::with_capacity(view.findings.len());
    for finding in &view.findings {
        let subject = &finding.subject;
        let table = subject.table.as_ref().and_then(|_| table_arn(&subject.arn)).map(|arn| {
            *known.entry(arn).or_insert_with(|| {
                tables.push(arn);
                tables.len() - 1
            })
        });
        let check = view.checks.binary_search_by(|check| check.id.cmp(&finding.check));
        let Ok(check) = check else { continue };
        rows.push(json!([
            Severity::ALL.iter().position(|s| *s == finding.severity),
            verdict(finding.verdict),
            check,
            inert(&label::name(subject)),
            inert(&label::said(finding)),
            inert(&subject.arn),
            inert(subject.region.as_deref().unwrap_or("")),
            table.map_or(-1, |at| i64::try_from(at).unwrap_or(-1)),
            finding.fingerprint,
            more(finding),
        ]));
    }
    Rows { checks: checks.collect(), tables, rows }
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
fn more(finding: &Finding) -> serde_json::Value {
    let mut more = serde_json::Map::new();
    if finding.verdict == Verdict::Flagged {
        if !finding.evidence.is_empty() {
            more.insert("Evidence".to_owned(), json!(finding.evidence));
        }
        if let Some(tables) = &finding.subject.tables {
            more.insert("Tables".to_owned(), json!(tables.first));
        }
    }
    if !finding.missing.is_empty() {
        let missing =
            finding.missing.iter().map(|m| format!("{}: {} on {} ({})", m.fact, m.call, m.on, m.why));
        more.insert("Missing".to_owned(), json!(missing.collect::<Vec<_>>()));
    }
    more.into()
}

/// One framework with its controls.
#[derive(Serialize)]
struct Framework {
    name: String,
    failed: usize,
    controls: Vec<Control>,
}

/// A control with what the checks that bear on it said.
#[derive(Serialize)]
struct Control {
    id: String,
    state: &'static str,
    flagged: u64,
    unknown: u64,
    clear: u64,
    checks: BTreeSet<String>,
}

fn frameworks(view: &View) -> Vec<Framework> {
    let mut all: BTreeMap<&str, BTreeMap<&str, Control>> = BTreeMap::new();
    for check in &view.checks {
        for (name, ids) in &check.maps {
            for id in ids {
                let control = all.entry(name).or_default().entry(id).or_insert_with(|| Control {
                    id: id.clone(),
                    state: "",
                    flagged: 0,
                    unknown: 0,
                    clear: 0,
                    checks: BTreeSet::new(),
                });
                control.flagged += check.verdicts.flagged;
                control.unknown += check.verdicts.unknown;
                control.clear += check.verdicts.clear;
                control.checks.insert(check.id.clone());
            }
        }
    }
    let framework = |(name, controls): (&str, BTreeMap<&str, Control>)| {
        let mut controls: Vec<Control> = controls.into_values().collect();
        for control in &mut controls {
            control.state = match (control.flagged, control.unknown) {
                (0, 0) => "met",
                (0, _) => "open",
                _ => "failed",
            };
        }
        let failed = controls.iter().filter(|control| control.flagged > 0).count();
        Framework { name: name.to_owned(), failed, controls }
    };
    all.into_iter().map(framework).collect()
}
