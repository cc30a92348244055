//! Stub.
#![allow(missing_docs)]
use super::Library;
use crate::{facts::Facts, finding::*, snapshot::*};
use std::collections::BTreeMap;
pub fn judge(library: &Library, facts: &Facts, gaps: &BTreeMap<GapId, Gap>) -> Vec<Finding> {
    let mut out = Vec::new();
    for check in library.checks() {
        for node in facts.roots.iter().flat_map(|r| &r.children) {
            let fact = &node.facts["deletion_protection"];
            let gap = fact.get("$unknown").and_then(|g| g.as_str()).map(|g| GapId(g.into()));
            let verdict = match (&gap, fact.as_bool()) {
                (Some(_), _) => Verdict::Unknown,
                (_, Some(false)) => Verdict::Flagged,
                _ => Verdict::Clear,
            };
            let missing = gap
                .into_iter()
                .filter_map(|gap| {
                    let g = gaps.get(&gap)?;
                    Some(Missing {
                        fact: "table.deletion_protection".into(),
                        gap,
                        call: g.call.clone(),
                        on: g.on.clone(),
                        why: g.why,
                    })
                })
                .collect();
            out.push(Finding {
                check: check.id.clone(),
                title: check.title.clone(),
                severity: check.severity,
                confidence: Confidence::High,
                verdict,
                fingerprint: fingerprint(&check.id, &node.subject),
                subject: node.subject.clone(),
                message: format!("deletion protection of {}", node.subject.table.as_deref().unwrap_or("")),
                because: Vec::new(),
                missing,
                evidence: BTreeMap::new(),
            });
        }
    }
    out
}

pub type Tally = BTreeMap<String, BTreeMap<Verdict, u64>>;
pub struct Judged {
    pub findings: Vec<Finding>,
    pub tally: Tally,
}
pub fn judge_only(
    library: &Library,
    facts: &Facts,
    gaps: &BTreeMap<GapId, Gap>,
    keep: impl Fn(Verdict) -> bool,
) -> Judged {
    let mut findings = judge(library, facts, gaps);
    let mut tally = Tally::new();
    for f in &findings {
        *tally.entry(f.check.clone()).or_default().entry(f.verdict).or_default() += 1;
    }
    findings.retain(|f| keep(f.verdict));
    Judged { findings, tally }
}
