//! Open Cybersecurity Schema Framework events: Compliance Finding, Data Security Finding for what was seen in
//! items, and IAM Analysis Finding for readers where the version has that class.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{self, Write},
};

use serde::Serialize;
use serde_json::{Value, json};

use super::{View, json as form, label, view::CheckRow};
use crate::{
    finding::{Because, Confidence, Finding, Severity, State, Subject, SubjectKind, Verdict},
    snapshot::Timestamp,
};

/// A version of the schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// 1.5.0.
    V1_5,
    /// 1.8.0, which has IAM Analysis Finding.
    V1_8,
}

/// A class of events: its uid, its name.
type Class = (u64, &'static str);
const COMPLIANCE: Class = (2003, "Compliance Finding");
const DATA_SECURITY: Class = (2006, "Data Security Finding");
const IAM_ANALYSIS: Class = (2008, "IAM Analysis Finding");
/// `activity_id` and its name.
type Activity = (u64, &'static str);
const CREATE: Activity = (1, "Create");
const UPDATE: Activity = (2, "Update");

/// Writes an array of events.
///
/// # Errors
/// What `out` said.
pub fn render(view: &View, version: Version, out: &mut dyn Write) -> io::Result<()> {
    let metadata = json!({
        "version": match version { Version::V1_5 => "1.5.0", Version::V1_8 => "1.8.0" },
        "product": { "name": view.run.tool, "vendor_name": view.run.tool, "version": view.run.version },
        "profiles": ["cloud", "security_control"],
    });
    let events = || view.findings.iter().map(|finding| event(view, finding, version, &metadata));
    form::write(&form::Each(events), out)
}

fn class(finding: &Finding, version: Version) -> Class {
    match (finding.subject.kind, version) {
        // Only what was seen in items is a finding of data; that nothing could be seen is one of compliance.
        (SubjectKind::Attribute | SubjectKind::Copy, _) if finding.verdict == Verdict::Flagged => {
            DATA_SECURITY
        }
        (SubjectKind::Reader, Version::V1_8) if finding.verdict == Verdict::Flagged => IAM_ANALYSIS,
        _ => COMPLIANCE,
    }
}

/// An event, in the order that it is written: typed, since a tree of values for each of 100,000 takes seconds.
#[derive(Serialize)]
struct Event<'a> {
    activity_id: u64,
    activity_name: &'static str,
    category_uid: u64,
    category_name: &'static str,
    class_uid: u64,
    class_name: &'static str,
    type_uid: u64,
    type_name: String,
    time: i64,
    severity_id: u64,
    severity: &'static str,
    status_id: u64,
    status: &'static str,
    message: String,
    metadata: &'a Value,
    cloud: Cloud<'a>,
    confidence_id: u64,
    confidence: &'static str,
    finding_info: Info<'a>,
    unmapped: Unmapped<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status_code: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status_detail: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data_security: Option<Value>,
    resources: [Resource<'a>; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    table: Option<Table<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remediation: Option<Remediation<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    compliance: Option<Compliance<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    access_analysis_result: Option<Value>,
}

#[derive(Serialize)]
struct Cloud<'a> {
    provider: &'static str,
    account: CloudAccount<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<&'a str>,
}

#[derive(Serialize)]
struct CloudAccount<'a> {
    uid: &'a str,
    r#type: &'static str,
    type_id: u64,
}

#[derive(Serialize)]
struct Info<'a> {
    uid: &'a str,
    title: &'a str,
    desc: &'a str,
    analytic: Analytic<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_seen_time: Option<i64>,
}

#[derive(Serialize)]
struct Analytic<'a> {
    uid: &'a str,
    name: &'a str,
    r#type: &'static str,
    type_id: u64,
}

#[derive(Serialize)]
struct Unmapped<'a> {
    because: &'a [Because],
    evidence: &'a BTreeMap<String, Value>,
    subject: &'a Subject,
    #[serde(skip_serializing_if = "Option::is_none")]
    remediation: Option<Remediation<'a>>,
}

#[derive(Serialize)]
struct Resource<'a> {
    uid: &'a str,
    name: String,
    r#type: &'static str,
    data: Names<'a>,
}

#[derive(Serialize)]
struct Names<'a> {
    names: &'a BTreeMap<String, String>,
}

#[derive(Serialize)]
struct Table<'a> {
    name: &'a str,
    uid: &'a str,
}

#[derive(Serialize)]
struct Remediation<'a> {
    desc: &'a str,
}

#[derive(Serialize)]
struct Compliance<'a> {
    status_id: u64,
    status: &'static str,
    control: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    desc: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    standards: Option<BTreeSet<&'a str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    requirements: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status_code: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status_details: Option<Vec<String>>,
}

fn event<'a>(view: &'a View, finding: &'a Finding, version: Version, metadata: &'a Value) -> Event<'a> {
    let subject = &finding.subject;
    let check = view.check(&finding.check);
    let class = class(finding, version);
    let millis = |at: Timestamp| at.0.saturating_mul(1000);
    let was_there = matches!(finding.state, Some(State::Unchanged | State::AcceptanceEnded));
    let activity = if was_there { UPDATE } else { CREATE };
    let (severity_id, severity) = severity(finding);
    let (confidence_id, confidence) = confidence(finding.confidence);
    let unknown = finding.verdict == Verdict::Unknown;
    let fix = || Some(Remediation { desc: check.map_or("", |check| check.fix.as_str()) });
    let of_data = class == DATA_SECURITY;
    Event {
        activity_id: activity.0,
        activity_name: activity.1,
        category_uid: 2,
        category_name: "Findings",
        class_uid: class.0,
        class_name: class.1,
        type_uid: class.0 * 100 + activity.0,
        type_name: format!("{}: {}", class.1, activity.1),
        time: millis(view.run.taken),
        severity_id,
        severity,
        status_id: if finding.accepted.is_some() { 3 } else { 1 },
        status: if finding.accepted.is_some() { "Suppressed" } else { "New" },
        message: label::said(finding),
        metadata,
        cloud: Cloud {
            provider: "AWS",
            account: CloudAccount { uid: &subject.account, r#type: "AWS Account", type_id: 10 },
            region: subject.region.as_deref(),
        },
        confidence_id,
        confidence,
        finding_info: Info {
            uid: &finding.fingerprint,
            title: &finding.title,
            desc: check.map_or("", |check| check.why.as_str()),
            analytic: Analytic { uid: &finding.check, name: &finding.title, r#type: "Rule", type_id: 1 },
            first_seen_time: finding.first_seen.map(millis),
        },
        unmapped: Unmapped {
            because: &finding.because,
            evidence: &finding.evidence,
            subject,
            remediation: fix().filter(|_| of_data),
        },
        status_code: unknown.then_some("not-assessed"),
        status_detail: unknown.then(|| missing(finding)),
        data_security: of_data.then(|| data_security(finding)),
        resources: [Resource {
            uid: &subject.arn,
            name: label::name(subject),
            r#type: subject.kind.as_str(),
            data: Names { names: &subject.names },
        }],
        table: subject.table.as_deref().filter(|_| of_data).map(|name| Table { name, uid: &subject.arn }),
        remediation: fix().filter(|_| !of_data),
        compliance: (class == COMPLIANCE).then(|| compliance(finding, check)),
        access_analysis_result: (class == IAM_ANALYSIS).then(|| access(finding)),
    }
}

fn compliance<'a>(finding: &'a Finding, check: Option<&'a CheckRow>) -> Compliance<'a> {
    let (status_id, status) = match finding.verdict {
        Verdict::Clear => (1, "Pass"),
        Verdict::Flagged => (3, "Fail"),
        Verdict::Unknown => (0, "Unknown"),
        Verdict::NotApplicable => (99, "Not applicable"),
    };
    let unknown = finding.verdict == Verdict::Unknown;
    let controls = check.map(|check| check.controls(finding));
    Compliance {
        status_id,
        status,
        control: &finding.check,
        desc: check.map(|check| check.title.as_str()),
        standards: check.map(|check| check.controls(finding).map(|(name, _)| name).collect()),
        requirements: controls.map(|all| all.map(|(name, id)| format!("{name} {id}")).collect()),
        status_code: unknown.then_some("not-assessed"),
        status_details: unknown.then(|| missing(finding).split("; ").map(str::to_owned).collect()),
    }
}

/// The call that failed for each fact that is missing, and the permission that it takes.
fn missing(finding: &Finding) -> String {
    let each = finding.missing.iter().map(|m| format!("{} on {}: {} ({})", m.call, m.on, m.why, m.fact));
    each.collect::<Vec<_>>().join("; ")
}

fn data_security(finding: &Finding) -> Value {
    let kind = finding.evidence.get("kind").and_then(Value::as_str).or_else(|| {
        finding.because.iter().find(|b| b.fact.ends_with(".kind")).and_then(|b| b.value.as_ref()?.as_str())
    });
    json!({
        "category": "Security",
        "category_id": 6,
        "confidentiality": "Secret",
        "confidentiality_id": 3,
        "data_lifecycle_state": "Data at-Rest",
        "data_lifecycle_state_id": 1,
        "detection_system": "Data Discovery & Classification",
        "detection_system_id": 4,
        "detection_pattern": kind.unwrap_or("secret"),
        "policy": { "name": finding.title, "uid": finding.check },
    })
}

fn access(finding: &Finding) -> Value {
    let fact = |name: &str| finding.because.iter().find(|b| b.fact == name).and_then(|b| b.value.clone());
    let name = finding.subject.names.get("reader").map_or("?", String::as_str);
    let mut out = json!({
        "access_level": "Read",
        "access_type": if fact("reader.external") == Some(Value::Bool(true)) { "External" } else { "Internal" },
        "accessors": [{ "name": name, "uid": finding.subject.arn }],
    });
    if let Some(Value::Object(roads)) = fact("reader.roads") {
        let open: Vec<String> = roads
            .iter()
            .filter(|(_, open)| **open == Value::Bool(true))
            .map(|(road, _)| road.clone())
            .collect();
        out["granted_privileges"] = json!(open);
    }
    out
}

fn severity(finding: &Finding) -> (u64, &'static str) {
    match (finding.verdict, finding.severity) {
        (Verdict::Clear | Verdict::NotApplicable, _) | (_, Severity::Info) => (1, "Informational"),
        (_, Severity::Low) => (2, "Low"),
        (_, Severity::Medium) => (3, "Medium"),
        (_, Severity::High) => (4, "High"),
        (_, Severity::Critical) => (5, "Critical"),
    }
}

fn confidence(confidence: Confidence) -> (u64, &'static str) {
    match confidence {
        Confidence::Low => (1, "Low"),
        Confidence::Medium => (2, "Medium"),
        Confidence::High => (3, "High"),
    }
}
