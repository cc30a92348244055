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
    facts::{Facts, Node, access::evaluate, build::build_with, sensitivity::Rules},
    finding::{Finding, SubjectKind, Verdict},
    snapshot::{Account, Snapshot},
};

/// What a finding is of, whatever class of access it is seen in.
type Key = (String, String, BTreeMap<String, String>);

/// How `reader.via` names a statement of a table's own policy.
const BY_TABLE: &str = "table policy#";

/// What each reader reaches, by its ARN.
pub type Reaches = BTreeMap<String, Reach>;

/// Everything that is proposed about a snapshot: by what its readers reach, and what is flagged in it. `rules` say which
/// tables are sensitive.
pub fn plan(
    snapshot: &Snapshot,
    library: &Library,
    reach: &Reaches,
    findings: &[Finding],
    rules: &Rules,
) -> Plan {
    let projections = projection::of(snapshot);
    let secrets: BTreeMap<&str, &Projection> = projections.iter().map(|p| (p.arn.as_str(), p)).collect();
    let flagged: BTreeSet<&str> = findings
        .iter()
        .filter(|f| f.verdict == Verdict::Flagged && f.subject.kind == SubjectKind::Reader)
        .map(|f| f.subject.arn.as_str())
        .collect();
    let mut after = snapshot.clone();
    let mut tried: BTreeMap<String, Result<Narrowed, String>> = BTreeMap::new();
    for (account, changed) in snapshot.accounts.iter().zip(&mut after.accounts) {
        let mut stopped = stopped(account, &flagged);
        let principals = &mut changed.principals;
        for principal in principals.users.iter_mut().chain(&mut principals.roles) {
            if !flagged.contains(principal.arn.as_str()) {
                continue;
            }
            let mut reach = reach.get(principal.arn.as_str()).cloned().unwrap_or_default();
            reach.stopped = stopped.remove(&principal.arn).unwrap_or_default();
            reach.tables.retain(|table| !reach.stopped.contains(table));
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
    let proposals = proved((&build_with(&after, rules), &after), reach, findings, library, tried);
    Plan { projections, proposals }
}

fn proved(
    (facts, after): (&Facts, &Snapshot),
    reach: &Reaches,
    findings: &[Finding],
    library: &Library,
    tried: BTreeMap<String, Result<Narrowed, String>>,
) -> Vec<Proposal> {
    let mut gaps = after.gaps.clone();
    gaps.extend(facts.gaps.clone());
    let judged = judge_only(library, facts, &gaps, |_, v| matches!(v, Verdict::Flagged | Verdict::Unknown));
    let kept = reaches(facts);
    let was = keys(findings);
    let is = keys(&judged.findings);
    let (reached, reaches) = (widths(findings), widths(&judged.findings));
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
            lessens: BTreeSet::new(),
            leaves: before.clone(),
            loses: BTreeSet::new(),
            arn,
        };
        let narrowed = match narrowed {
            Ok(narrowed) => narrowed,
            Err(why) => return Proposal { policies: Err(why), ..out },
        };
        if let Some(check) = opens.or_else(|| shared.clone()) {
            return Proposal { policies: Err(format!("it would open {check}{}", why(&check))), ..out };
        }
        let width =
            |of: &Widths<'_>, check: &str| of.get(&(check, out.arn.as_str())).copied().unwrap_or_default();
        let lessens: BTreeSet<String> = before
            .intersection(&now)
            .filter(|check| width(&reaches, check) < width(&reached, check))
            .cloned()
            .collect();
        if closes.is_empty() && lessens.is_empty() {
            return Proposal {
                policies: Err("it would close nothing: what lets it in is not its own".to_owned()),
                ..out
            };
        }
        out.policies = Ok(narrowed.policies);
        out.commands = narrowed.commands;
        out.dropped = narrowed.dropped;
        out.leaves = before.intersection(&now).filter(|check| !lessens.contains(*check)).cloned().collect();
        out.lessens = lessens;
        out.closes = closes;
        let (had, has) = (reach.get(out.arn.as_str()), kept.get(out.arn.as_str()));
        let had = had.map(|reach| reach.tables.clone()).unwrap_or_default();
        out.loses = had.into_iter().filter(|arn| !has.is_some_and(|has| has.tables.contains(arn))).collect();
        out
    };
    tried.into_iter().map(proposal).collect()
}

/// Why a check that would open is no fault of the narrower policy, but of what else it may do.
fn why(check: &str) -> &'static str {
    match check {
        "grants-all-but" => {
            ": it may do everything else too, and a policy can say that without tables only by what it leaves out"
        }
        _ => "",
    }
}

/// By check and principal, at how many tables and in how many ways it is flagged.
type Widths<'a> = BTreeMap<(&'a str, &'a str), u64>;

fn widths(findings: &[Finding]) -> Widths<'_> {
    let mut out = Widths::new();
    for f in findings.iter().filter(|f| f.verdict == Verdict::Flagged) {
        let tables = f.subject.tables.as_ref().map_or(1, |tables| tables.count);
        *out.entry((&f.check, &f.subject.arn)).or_default() += tables;
    }
    out
}

/// Tables that DynamoDB lets these principals into and whose keys stop them on every way, by ARN of the principal.
fn stopped(account: &Account, flagged: &BTreeSet<&str>) -> BTreeMap<String, BTreeSet<String>> {
    let access = evaluate(account, &BTreeSet::new(), &mut BTreeMap::new());
    let mut open: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
    let mut stopped = open.clone();
    for class in access.classes() {
        for party in class.members.iter().filter_map(|member| access.party(*member)) {
            if flagged.contains(party.arn.as_str()) {
                let key = class.keyed.stopped();
                open.entry(&party.arn).or_default().extend(class.tables.without(key).iter());
                stopped.entry(&party.arn).or_default().extend(class.tables.and(key).iter());
            }
        }
    }
    let named = |(arn, tables): (&str, BTreeSet<usize>)| {
        let shut = tables.iter().filter(|table| !open.get(arn).is_some_and(|open| open.contains(*table)));
        (arn.to_owned(), shut.filter_map(|table| access.table_arn(*table).map(str::to_owned)).collect())
    };
    stopped.into_iter().map(named).collect()
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

/// What each reader of an account reaches by its own policies.
pub fn reaches(facts: &Facts) -> Reaches {
    let mut out = Reaches::new();
    let nodes = || facts.roots.iter().flat_map(|root| &root.children);
    let is_public =
        |node: &&Node| node.subject.kind == SubjectKind::Table && node.facts["policy"]["public"] == true;
    let public: BTreeSet<&str> = nodes().filter(is_public).map(|node| node.subject.arn.as_str()).collect();
    for node in nodes().filter(|node| node.subject.kind == SubjectKind::Reader) {
        let is = |name: &str| node.facts[name] == true;
        let reach = out.entry(node.subject.arn.clone()).or_default();
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
