//! The promise about gaps: to see less only ever turns verdicts into unknown ones that say why.

use std::collections::{BTreeMap, BTreeSet};

use dynaudit::finding::{Finding, SubjectKind, Verdict};
use dynaudit::snapshot::Why;

use crate::harness::Assessed;

/// Why something was not seen.
pub(crate) struct Cause<'a> {
    pub(crate) call: &'a str,
    pub(crate) on: &'a str,
    pub(crate) why: Why,
}

/// Each way in which `less` breaks the promise towards `whole`, where `is` knows the cause of all that is missing.
pub(crate) fn breaches(is: &dyn Fn(&Cause<'_>) -> bool, whole: &Assessed, less: &Assessed) -> Vec<String> {
    let (before, after) = (by_fingerprint(&whole.findings), by_fingerprint(&less.findings));
    let names = |f: &Finding| {
        f.verdict == Verdict::Unknown
            && f.missing.iter().any(|m| is(&Cause { call: &m.call, on: &m.on.0, why: m.why }))
    };
    let open: BTreeSet<&str> = less.findings.iter().filter(|f| names(f)).map(|f| f.check.as_str()).collect();
    let row = |f: &Finding| format!("{} {} {:?} {:?}", f.check, f.subject.arn, f.subject.names, f.verdict);
    let mut wrong = Vec::new();
    for (id, gap) in &less.gaps {
        if !whole.gaps.contains_key(id) && !is(&Cause { call: &gap.call, on: &gap.on.0, why: gap.why }) {
            wrong.push(format!("another gap: {gap:?}"));
        }
    }
    for (print, old) in &before {
        match after.get(print) {
            // What is not known to be there is at least said to be unknown somewhere.
            None if open.contains(old.check.as_str()) || old.verdict == Verdict::NotApplicable => {}
            None if renamed(old, less) => {}
            None => wrong.push(format!("vanished: {}", row(old))),
            Some(new) if new.verdict == old.verdict || names(new) => {}
            Some(new) => wrong.push(format!("{} became {:?} for {:?}", row(old), new.verdict, new.missing)),
        }
    }
    for (_, new) in after.iter().filter(|(print, _)| !before.contains_key(*print)) {
        if !names(new) && !renamed(new, whole) && new.verdict != Verdict::NotApplicable {
            wrong.push(format!("new: {}", row(new)));
        }
    }
    wrong
}

/// Whether the other run says the same of this reader: what its class is called depends on all that it spans.
fn renamed(finding: &Finding, other: &Assessed) -> bool {
    let same = |f: &&Finding| {
        (&f.check, &f.subject.arn, f.verdict) == (&finding.check, &finding.subject.arn, finding.verdict)
    };
    finding.subject.kind == SubjectKind::Reader && other.findings.iter().any(|f| same(&f))
}

/// Findings by their identity.
pub(crate) fn by_fingerprint(findings: &[Finding]) -> BTreeMap<&str, &Finding> {
    let all: BTreeMap<&str, &Finding> = findings.iter().map(|f| (f.fingerprint.as_str(), f)).collect();
    assert_eq!(all.len(), findings.len(), "two findings share a fingerprint");
    all
}
