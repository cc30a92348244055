//! Proves proposals: puts them into a copy of the snapshot, judges it anew, and keeps only what closes something and
//! opens nothing.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Plan, Proposal,
    narrow::{Narrowed, Reach, narrow},
    projection::{self, Projection},
};
use crate::{
    check::{Library, judge::judge_only},
    facts::{Facts, Node, build::build_with, sensitivity::Rules},
    finding::{Finding, SubjectKind, Verdict},
    snapshot::Snapshot,
};

/// What a finding is of, whatever class of access it is seen in.
type Key = (String, String, BTreeMap<String, String>);

/// How `reader.via` names a statement of a table's own policy.
const BY_TABLE: &str = "table policy#";

/// Everything that is proposed about a snapshot: by its facts, and what is flagged in it. `rules` say which tables are
/// sensitive.
pub fn plan(
    snapshot: &Snapshot,
    library: &Library,
    facts: &Facts,
    findings: &[Finding],
    rules: &Rules,
) -> Plan {
    let projections = projection::of(snapshot);
    let secrets: BTreeMap<&str, &Projection> = projections.iter().map(|p| (p.arn.as_str(), p)).collect();
    let reach = reaches(facts);
    let flagged: BTreeSet<&str> = findings
        .iter()
        .filter(|f| f.verdict == Verdict::Flagged && f.subject.kind == SubjectKind::Reader)
        .map(|f| f.subject.arn.as_str())
        .collect();
    let mut after = snapshot.clone();
    let mut tried: BTreeMap<String, Result<Narrowed, String>> = BTreeMap::new();
    for (account, changed) in snapshot.accounts.iter().zip(&mut after.accounts) {
        let principals = &mut changed.principals;
        for principal in principals.users.iter_mut().chain(&mut principals.roles) {
            if !flagged.contains(principal.arn.as_str()) {
                continue;
            }
            let reach = reach.get(principal.arn.as_str()).cloned().unwrap_or_default();
            let narrowed = narrow(principal, account, &reach, &secrets);
            if let Ok(narrowed) = &narrowed {
                *principal = narrowed.principal.clone();
            }
            tried.insert(principal.arn.clone(), narrowed);
        }
    }
    if tried.is_empty() {
        return Plan { projections, proposals: Vec::new() };
    }
    let proposals = proved((&build_with(&after, rules), &after), &reach, findings, library, tried);
    Plan { projections, proposals }
}

fn proved(
    (facts, after): (&Facts, &Snapshot),
    reach: &BTreeMap<&str, Reach>,
    findings: &[Finding],
    library: &Library,
    tried: BTreeMap<String, Result<Narrowed, String>>,
) -> Vec<Proposal> {
    let mut gaps = after.gaps.clone();
    gaps.extend(facts.gaps.clone());
    let judged = judge_only(library, facts, &gaps, |v| matches!(v, Verdict::Flagged | Verdict::Unknown));
    let kept = reaches(facts);
    let was = keys(findings);
    let is = keys(&judged.findings);
    // What is opened of a subject that is no principal is the fault of any of them.
    let opened: Vec<&Key> = is.difference(&was).collect();
    let shared = opened.iter().find(|(_, arn, _)| !tried.contains_key(arn)).map(|(check, ..)| check.clone());
    let proposal = |(arn, narrowed): (String, Result<Narrowed, String>)| {
        let of = |keys: &BTreeSet<Key>| -> BTreeSet<String> {
            keys.iter().filter(|(_, of, _)| *of == arn).map(|(check, ..)| check.clone()).collect()
        };
        let (before, now) = (of(&was), of(&is));
        let closes: BTreeSet<String> = before.difference(&now).cloned().collect();
        let name = arn.rsplit('/').next().unwrap_or(&arn).to_owned();
        let opens = opened.iter().find(|(_, of, _)| *of == arn).map(|(check, ..)| check.clone());
        let mut out = Proposal {
            name,
            policies: Err(String::new()),
            commands: Vec::new(),
            dropped: BTreeSet::new(),
            closes: BTreeSet::new(),
            leaves: before.clone(),
            loses: BTreeSet::new(),
            arn,
        };
        let narrowed = match narrowed {
            Ok(narrowed) => narrowed,
            Err(why) => return Proposal { policies: Err(why), ..out },
        };
        if let Some(check) = opens.or_else(|| shared.clone()) {
            return Proposal { policies: Err(format!("it would open {check}")), ..out };
        }
        if closes.is_empty() {
            return Proposal {
                policies: Err("it would close nothing: what lets it in is not its own".to_owned()),
                ..out
            };
        }
        out.policies = Ok(narrowed.policies);
        out.commands = narrowed.commands;
        out.dropped = narrowed.dropped;
        out.leaves = before.intersection(&now).cloned().collect();
        out.closes = closes;
        let (had, has) = (reach.get(out.arn.as_str()), kept.get(out.arn.as_str()));
        let had = had.map(|reach| reach.tables.clone()).unwrap_or_default();
        out.loses = had.into_iter().filter(|arn| !has.is_some_and(|has| has.tables.contains(arn))).collect();
        out
    };
    tried.into_iter().map(proposal).collect()
}

fn keys(findings: &[Finding]) -> BTreeSet<Key> {
    let flagged = findings.iter().filter(|f| f.verdict == Verdict::Flagged);
    flagged
        .map(|f| {
            let mut names = f.subject.names.clone();
            names.remove("class");
            (f.check.clone(), f.subject.arn.clone(), names)
        })
        .collect()
}

/// What each reader reaches, by its ARN.
fn reaches(facts: &Facts) -> BTreeMap<&str, Reach> {
    let mut out: BTreeMap<&str, Reach> = BTreeMap::new();
    let nodes = || facts.roots.iter().flat_map(|root| &root.children);
    let is_public =
        |node: &&Node| node.subject.kind == SubjectKind::Table && node.facts["policy"]["public"] == true;
    let public: BTreeSet<&str> = nodes().filter(is_public).map(|node| node.subject.arn.as_str()).collect();
    for node in nodes().filter(|node| node.subject.kind == SubjectKind::Reader) {
        let is = |name: &str| node.facts[name] == true;
        let reach = out.entry(&node.subject.arn).or_default();
        reach.human |= is("human");
        reach.end_user |= is("end_user");
        // What KMS stops is of no use to it; what a table's own policy opens is not its policies' to close.
        let by = |by: &serde_json::Value| by.as_str().is_some_and(|by| by.starts_with(BY_TABLE));
        let by_table = node.facts["via"].as_array().is_some_and(|via| via.iter().all(by));
        let counts = !by_table && node.facts["kms"] != "stopped";
        let Some(tables) = node.subject.tables.as_ref().filter(|_| counts) else { continue };
        reach.more |= tables.count > tables.first.len() as u64;
        reach.tables.extend(tables.first.iter().filter(|arn| !public.contains(arn.as_str())).cloned());
    }
    out
}
