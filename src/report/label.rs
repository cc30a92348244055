//! Findings in words that every form of the report shares: what a subject is called, what is said of it.

use crate::finding::{Finding, Subject, SubjectKind, Verdict};

/// The message, and for what is unknown the facts that are missing.
pub fn said(finding: &Finding) -> String {
    if finding.verdict != Verdict::Unknown {
        return finding.message.to_string();
    }
    let missing: Vec<String> =
        finding.missing.iter().map(|m| format!("{} ({} {})", m.fact, m.call, m.why)).collect();
    format!("not assessed: {}", missing.join(", "))
}

/// A subject in a few words; its ARN tells the rest.
pub fn name(subject: &Subject) -> String {
    // `arn:partition:service:region:account:resource`
    let resource = subject.arn.splitn(6, ':').nth(5).filter(|r| !r.is_empty()).unwrap_or(&subject.arn);
    let of = |key: &str| subject.names.get(key).map(String::as_str);
    let table = subject.table.as_deref().unwrap_or(resource);
    match subject.kind {
        SubjectKind::Account => format!("account {}", subject.account),
        SubjectKind::Table => table.to_owned(),
        SubjectKind::Attribute | SubjectKind::Copy => {
            let rest: Vec<&str> = subject.names.values().map(String::as_str).collect();
            format!("{table}: {}", of("path").map_or_else(|| rest.join(" "), str::to_owned))
        }
        SubjectKind::Index => format!("{table}, index {}", of("index").unwrap_or(resource)),
        SubjectKind::Stream => format!("{table}, stream"),
        SubjectKind::Replica => format!("{table}, replica {}", of("replica").unwrap_or(resource)),
        SubjectKind::Backup => format!("{table}, backup {}", last(resource)),
        SubjectKind::Export => format!("{table}, export {}", last(resource)),
        SubjectKind::Import => format!("{table}, import {}", last(resource)),
        SubjectKind::Use => match of("place") {
            Some("table") | None => table.to_owned(),
            Some(place) => format!("{table}, {place}"),
        },
        SubjectKind::Grant => format!("{resource}, grant {}", of("grant").unwrap_or("?")),
        // What has no ARN of its own (an account, anyone, those not listed) is called by its name.
        SubjectKind::Reader | SubjectKind::Principal => match of("reader").or(of("principal")) {
            Some(name) if !resource.ends_with(name) => name.to_owned(),
            _ => resource.to_owned(),
        },
        SubjectKind::Key | SubjectKind::Vault | SubjectKind::Cluster | SubjectKind::Endpoint => {
            resource.to_owned()
        }
    }
}

fn last(resource: &str) -> &str {
    resource.rsplit('/').next().unwrap_or(resource)
}
