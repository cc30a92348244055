//! AWS Security Finding Format, to import into Security Hub ("AWS Security Finding Format (ASFF)").

use std::io::{self, Write};

use serde_json::{Map, Value, json};

use super::{View, json as form, label, text::inert, view::CheckRow};
use crate::finding::{Finding, Severity, SubjectKind, Verdict};

/// Requirements that a finding may list.
const REQUIREMENTS: usize = 32;

/// Writes an array of findings, as BatchImportFindings takes it (100 at a time). What does not concern its
/// subject is left out: Security Hub has no word for it.
///
/// # Errors
/// What `out` said.
pub fn render(view: &View, out: &mut dyn Write) -> io::Result<()> {
    let concerned = || view.findings.iter().filter(|finding| finding.verdict != Verdict::NotApplicable);
    form::write(&form::Each(|| concerned().map(|finding| one(view, finding))), out)
}

fn one(view: &View, finding: &Finding) -> Value {
    let subject = &finding.subject;
    let check = view.check(&finding.check);
    let partition = subject.arn.split(':').nth(1).filter(|p| p.starts_with("aws")).unwrap_or("aws");
    // A global resource is reported in the Region that the partition's global services live in.
    let home = match partition {
        "aws-cn" => "cn-north-1",
        "aws-us-gov" => "us-gov-west-1",
        _ => "us-east-1",
    };
    let region = subject.region.as_deref().unwrap_or(home);
    let account = &subject.account;
    let fix = check.map_or("", |check| check.fix.as_str());
    let mut compliance = Map::new();
    compliance.insert("Status".to_owned(), json!(status(finding.verdict)));
    if finding.verdict == Verdict::Unknown {
        let reasons: Vec<Value> = finding
            .missing
            .iter()
            .take(10)
            .map(|m| {
                let said = format!("{} needs {} on {}: {}", m.fact, m.call, m.on, m.why);
                json!({ "ReasonCode": "NOT_ASSESSED", "Description": cut(&said, 1024) })
            })
            .collect();
        if !reasons.is_empty() {
            compliance.insert("StatusReasons".to_owned(), json!(reasons));
        }
    }
    let requirements = check.map(|check| requirements(check, finding)).unwrap_or_default();
    if !requirements.is_empty() {
        compliance.insert("RelatedRequirements".to_owned(), json!(requirements));
    }
    let mut fields = Map::new();
    for (name, value) in [
        ("fingerprint", json!(finding.fingerprint)),
        ("check", json!(finding.check)),
        ("verdict", json!(finding.verdict)),
        ("version", json!(view.run.version)),
    ] {
        fields.insert(format!("dynaudit/{name}"), value);
    }
    if let Some(state) = finding.state {
        fields.insert("dynaudit/state".to_owned(), json!(state));
    }
    let said = label::said(finding);
    json!({
        "SchemaVersion": "2018-10-08",
        "Id": format!("dynaudit/{account}/{region}/{}", finding.fingerprint),
        "ProductArn": format!("arn:{partition}:securityhub:{region}:{account}:product/{account}/default"),
        "ProductName": "dynaudit",
        "CompanyName": "dynaudit",
        "GeneratorId": cut(&format!("dynaudit/{}", finding.check), 512),
        "AwsAccountId": account,
        "Region": region,
        "Types": [kind(finding)],
        "CreatedAt": finding.first_seen.unwrap_or(view.run.taken),
        "UpdatedAt": view.run.taken,
        "Severity": { "Label": severity(finding), "Original": finding.severity },
        "Confidence": confidence(finding),
        "Title": cut(&finding.title, 256),
        "Description": cut(if said.is_empty() { &finding.title } else { &said }, 1024),
        "Remediation": { "Recommendation": { "Text": cut(fix, 512) } },
        "ProductFields": fields,
        "Resources": [{
            "Type": resource(subject.kind),
            "Id": cut(&subject.arn, 512),
            "Partition": partition,
            "Region": region,
            "Details": { "Other": {
                "Subject": cut(&label::name(subject), 1024),
                "Kind": subject.kind.as_str(),
            } },
        }],
        "Compliance": compliance,
        "Workflow": { "Status": workflow(finding) },
        "RecordState": "ACTIVE",
    })
}

fn workflow(finding: &Finding) -> &'static str {
    match finding.verdict {
        _ if finding.accepted.is_some() => "SUPPRESSED",
        Verdict::Clear => "RESOLVED",
        _ => "NEW",
    }
}

fn status(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Flagged => "FAILED",
        Verdict::Clear => "PASSED",
        // "WARNING: some information is missing, or this check is not supported for your configuration."
        Verdict::Unknown => "WARNING",
        Verdict::NotApplicable => "NOT_AVAILABLE",
    }
}

fn severity(finding: &Finding) -> &'static str {
    match (finding.verdict, finding.severity) {
        (Verdict::Flagged, Severity::Critical) => "CRITICAL",
        (Verdict::Flagged, Severity::High) => "HIGH",
        (Verdict::Flagged, Severity::Medium) => "MEDIUM",
        (Verdict::Flagged, Severity::Low) => "LOW",
        _ => "INFORMATIONAL",
    }
}

/// 0 to 100.
fn confidence(finding: &Finding) -> u8 {
    use crate::finding::Confidence::{High, Low, Medium};
    match finding.confidence {
        High => 99,
        Medium => 70,
        Low => 40,
    }
}

fn kind(finding: &Finding) -> &'static str {
    match finding.subject.kind {
        SubjectKind::Attribute | SubjectKind::Copy => "Sensitive Data Identifications/Security",
        SubjectKind::Reader | SubjectKind::Principal => "Effects/Data Exposure",
        _ => "Software and Configuration Checks/AWS Security Best Practices",
    }
}

fn resource(kind: SubjectKind) -> &'static str {
    match kind {
        SubjectKind::Account => "AwsAccount",
        SubjectKind::Key | SubjectKind::Grant => "AwsKmsKey",
        SubjectKind::Principal => "AwsIamRole",
        SubjectKind::Reader => "Other",
        SubjectKind::Backup => "AwsBackupRecoveryPoint",
        SubjectKind::Vault => "AwsBackupBackupVault",
        SubjectKind::Cluster | SubjectKind::Endpoint => "Other",
        _ => "AwsDynamoDbTable",
    }
}

fn requirements(check: &CheckRow, finding: &Finding) -> Vec<String> {
    let all = check.controls(finding);
    all.map(|(framework, id)| cut(&format!("{framework} {id}"), 64)).take(REQUIREMENTS).collect()
}

/// At most `most` characters; the format counts characters and refuses empty texts.
fn cut(text: &str, most: usize) -> String {
    let safe = inert(text);
    match safe.chars().count() {
        0 => "-".to_owned(),
        n if n <= most => safe.into_owned(),
        _ => safe.chars().take(most - 1).chain(['…']).collect(),
    }
}
