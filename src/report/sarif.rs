//! SARIF 2.1.0 (OASIS), for code scanning and other viewers: a rule for each check, a result for each finding.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{View, json as form, label, view::CheckRow};
use crate::finding::{Confidence, Finding, Severity, State, Verdict};

/// Where the schema lies; a viewer that checks it finds it there.
const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// Writes the log.
///
/// # Errors
/// What `out` said.
pub fn render(view: &View, out: &mut dyn Write) -> io::Result<()> {
    let unseen: Vec<Value> = view
        .gaps
        .iter()
        .map(|gap| {
            json!({
                "level": "warning",
                "message": { "text": format!("{} on {}: {} ({})", gap.call, gap.on, gap.why, gap.message) },
                "properties": { "gap": gap.id, "verdicts": gap.verdicts },
            })
        })
        .collect();
    let run = Run {
        head: json!({
            "tool": { "driver": {
                "name": view.run.tool,
                "semanticVersion": view.run.version,
                "rules": view.checks.iter().map(rule).collect::<Vec<_>>(),
                "supportedTaxonomies": [],
            } },
            "automationDetails": { "id": automation(view) },
            "invocations": [{
                // A gap is no failure of the run: what it leaves open stands in the results.
                "executionSuccessful": true,
                "startTimeUtc": view.run.taken,
                "toolExecutionNotifications": unseen,
            }],
            "columnKind": "unicodeCodePoints",
        }),
        results: form::Each(|| view.findings.iter().map(|finding| result(view, finding))),
        properties: json!({ "summary": view.summary, "snapshotSha256": view.run.snapshot_sha256 }),
    };
    form::write(&Log { schema: SCHEMA, version: "2.1.0", runs: [run] }, out)
}

#[derive(Serialize)]
struct Log<R> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [R; 1],
}

#[derive(Serialize)]
struct Run<R> {
    #[serde(flatten)]
    head: Value,
    results: R,
    properties: Value,
}

/// The same for every run over the same accounts, so that a viewer compares one with the next.
fn automation(view: &View) -> String {
    let accounts: Vec<&str> = view.run.accounts.iter().map(|account| account.id.as_str()).collect();
    format!("dynaudit/{}/", accounts.join("+"))
}

fn rule(check: &CheckRow) -> Value {
    let mut tags: Vec<String> = vec!["security".to_owned()];
    tags.extend(check.maps.iter().flat_map(|(framework, ids)| {
        ids.iter().map(move |id| {
            // GitHub shows weaknesses that are tagged in this way.
            if framework == "CWE" {
                format!("external/cwe/{}", id.to_lowercase())
            } else {
                format!("{framework}:{id}")
            }
        })
    }));
    json!({
        "id": check.id,
        "name": check.id.split('-').map(capital).collect::<String>(),
        "shortDescription": { "text": check.title },
        "fullDescription": { "text": check.why },
        "help": {
            "text": format!("{}\n\n{}", check.why, check.fix),
            "markdown": format!("{}\n\n**Fix.** {}", check.why, check.fix),
        },
        "defaultConfiguration": { "level": level(check.severity) },
        "properties": { "tags": tags, "security-severity": score(check.severity), "precision": "high" },
    })
}

fn result(view: &View, finding: &Finding) -> Value {
    let (kind, level) = match finding.verdict {
        Verdict::Flagged => ("fail", level(finding.severity)),
        Verdict::Clear => ("pass", "none"),
        Verdict::NotApplicable => ("notApplicable", "none"),
        // "An open result indicates that there was insufficient information to decide."
        Verdict::Unknown => ("open", "none"),
    };
    let index = view.checks.binary_search_by(|check| check.id.as_str().cmp(&finding.check)).ok();
    let mut out = Map::new();
    out.insert("ruleId".to_owned(), json!(finding.check));
    if let Some(index) = index {
        out.insert("ruleIndex".to_owned(), json!(index));
    }
    out.insert("kind".to_owned(), json!(kind));
    out.insert("level".to_owned(), json!(level));
    let said = label::said(finding);
    let text = if said.is_empty() { finding.title.to_string() } else { said };
    out.insert("message".to_owned(), json!({ "text": text }));
    if let Some(accepted) = &finding.accepted {
        let suppression =
            json!({ "kind": "external", "status": "accepted", "justification": accepted.said() });
        out.insert("suppressions".to_owned(), json!([suppression]));
    }
    match finding.state {
        Some(State::New | State::Reopened) => out.insert("baselineState".to_owned(), json!("new")),
        // The same result, of which something else is another.
        Some(State::AcceptanceEnded) => out.insert("baselineState".to_owned(), json!("updated")),
        Some(State::Unchanged) => out.insert("baselineState".to_owned(), json!("unchanged")),
        None => None,
    };
    out.insert("locations".to_owned(), json!([location(finding)]));
    out.insert("partialFingerprints".to_owned(), json!({ "dynaudit/v1": finding.fingerprint }));
    out.insert(
        "properties".to_owned(),
        json!({
            "severity": finding.severity,
            "confidence": finding.confidence,
            "subject": finding.subject,
            "because": finding.because,
            "missing": finding.missing,
            "evidence": finding.evidence,
            "security-severity": score(finding.severity),
            "precision": match finding.confidence {
                Confidence::High => "very-high",
                Confidence::Medium => "high",
                Confidence::Low => "medium",
            },
        }),
    );
    Value::Object(out)
}

/// A resource has no file. Viewers that know files alone get one named after the resource's place.
fn location(finding: &Finding) -> Value {
    let subject = &finding.subject;
    let part = |text: &str| {
        percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
    };
    let region = subject.region.as_deref().unwrap_or("global");
    let named = subject.table.as_deref().unwrap_or_else(|| {
        subject.arn.splitn(6, ':').nth(5).filter(|resource| !resource.is_empty()).unwrap_or(&subject.arn)
    });
    let path = [&subject.account, region, subject.kind.as_str(), named].map(part).join("/");
    json!({
        "physicalLocation": {
            "artifactLocation": { "uri": format!("aws/{path}") },
            "region": { "startLine": 1 },
        },
        "logicalLocations": [{
            "name": label::name(subject),
            "fullyQualifiedName": subject.arn,
            "kind": "resource",
        }],
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "note",
    }
}

/// The middle of the band that code scanning gives each word: over 9.0 critical, 7.0 high, 4.0 medium.
fn score(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "2.0",
        Severity::Info => "0.0",
    }
}

fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(chars).collect()
}
