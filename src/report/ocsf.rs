//! Open Cybersecurity Schema Framework events: Compliance Finding, Data Security Finding for what was seen in
//! items, and IAM Analysis Finding for readers where the version has that class.

use std::{
    collections::BTreeSet,
    io::{self, Write},
};

use serde_json::{Map, Value, json};

use super::{View, json as form, label, view::CheckRow};
use crate::{
    finding::{Confidence, Finding, Severity, State, SubjectKind, Verdict},
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
    form::write(&form::Each(|| view.findings.iter().map(|finding| event(view, finding, version))), out)
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

fn event(view: &View, finding: &Finding, version: Version) -> Value {
    let subject = &finding.subject;
    let check = view.check(&finding.check);
    let class = class(finding, version);
    let millis = |at: Timestamp| at.0.saturating_mul(1000);
    let activity = if finding.state == Some(State::Unchanged) { UPDATE } else { CREATE };
    let mut cloud = json!({ "provider": "AWS", "account": { "uid": subject.account, "type": "AWS Account", "type_id": 10 } });
    if let Some(region) = &subject.region {
        cloud["region"] = json!(region);
    }
    let (severity_id, severity) = severity(finding);
    let mut out = json!({
        "activity_id": activity.0,
        "activity_name": activity.1,
        "category_uid": 2,
        "category_name": "Findings",
        "class_uid": class.0,
        "class_name": class.1,
        "type_uid": class.0 * 100 + activity.0,
        "type_name": format!("{}: {}", class.1, activity.1),
        "time": millis(view.run.taken),
        "severity_id": severity_id,
        "severity": severity,
        "status_id": if finding.accepted.is_some() { 3 } else { 1 },
        "status": if finding.accepted.is_some() { "Suppressed" } else { "New" },
        "message": label::said(finding),
        "metadata": {
            "version": match version { Version::V1_5 => "1.5.0", Version::V1_8 => "1.8.0" },
            "product": { "name": view.run.tool, "vendor_name": view.run.tool, "version": view.run.version },
            "profiles": ["cloud", "security_control"],
        },
        "cloud": cloud,
        "confidence_id": confidence(finding.confidence).0,
        "confidence": confidence(finding.confidence).1,
        "finding_info": {
            "uid": finding.fingerprint,
            "title": finding.title,
            "desc": check.map_or("", |check| check.why.as_str()),
            "analytic": { "uid": finding.check, "name": finding.title, "type": "Rule", "type_id": 1 },
        },
        "unmapped": { "because": finding.because, "evidence": finding.evidence, "subject": subject },
    });
    if let Some(first) = finding.first_seen {
        out["finding_info"]["first_seen_time"] = json!(millis(first));
    }
    if finding.verdict == Verdict::Unknown {
        out["status_code"] = json!("not-assessed");
        out["status_detail"] = json!(missing(finding));
    }
    let resource = json!({
        "uid": subject.arn,
        "name": label::name(subject),
        "type": subject.kind.as_str(),
        "data": { "names": subject.names },
    });
    let remediation = json!({ "desc": check.map_or("", |check| check.fix.as_str()) });
    match class {
        DATA_SECURITY => {
            out["data_security"] = data_security(finding);
            out["resources"] = json!([resource]);
            if let Some(table) = &subject.table {
                out["table"] = json!({ "name": table, "uid": subject.arn });
            }
            out["unmapped"]["remediation"] = remediation;
        }
        IAM_ANALYSIS => {
            out["resources"] = json!([resource]);
            out["remediation"] = remediation;
            out["access_analysis_result"] = access(finding);
        }
        _ => {
            out["resources"] = json!([resource]);
            out["remediation"] = remediation;
            out["compliance"] = compliance(finding, check);
        }
    }
    out
}

fn compliance(finding: &Finding, check: Option<&CheckRow>) -> Value {
    let (status_id, status) = match finding.verdict {
        Verdict::Clear => (1, "Pass"),
        Verdict::Flagged => (3, "Fail"),
        Verdict::Unknown => (0, "Unknown"),
        Verdict::NotApplicable => (99, "Not applicable"),
    };
    let mut out = Map::new();
    out.insert("status_id".to_owned(), json!(status_id));
    out.insert("status".to_owned(), json!(status));
    out.insert("control".to_owned(), json!(finding.check));
    if let Some(check) = check {
        out.insert("desc".to_owned(), json!(check.title));
        let standards: BTreeSet<&str> = check.controls(finding).map(|(name, _)| name).collect();
        out.insert("standards".to_owned(), json!(standards));
        let requirements: Vec<String> =
            check.controls(finding).map(|(name, id)| format!("{name} {id}")).collect();
        out.insert("requirements".to_owned(), json!(requirements));
    }
    if finding.verdict == Verdict::Unknown {
        out.insert("status_code".to_owned(), json!("not-assessed"));
        out.insert("status_details".to_owned(), json!(missing(finding).split("; ").collect::<Vec<_>>()));
    }
    Value::Object(out)
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
