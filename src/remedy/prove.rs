//! Proves proposals: puts them into a copy of the snapshot, judges anew what they bear on, and keeps only what closes
//! something and opens nothing.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{
    Plan, Proposal,
    narrow::{Narrowed, Reach, narrow},
    projection::{self, Projection},
};
use crate::{
    check::{Check, Library, judge::judge_only},
    facts::{Facts, Node, access::Access, build::rebuild, sensitivity::Rules},
    finding::{Finding, SubjectKind, Verdict},
    snapshot::Snapshot,
};

/// What a finding is of, whatever class of access it is seen in: check, ARN, names.
type Key<'a> = (&'a str, &'a str, Vec<(&'a str, &'a str)>);

/// How `reader.via` names a statement of a table's own policy.
const BY_TABLE: &str = "table policy#";

/// What each reader reaches, by its ARN.
type Reaches = BTreeMap<String, Reach>;

/// What proposals start from: who reaches what in a snapshot as it is. It outlives the facts that told it, which take
/// far more room.
#[derive(Debug)]
pub struct Ground {
    reach: Reaches,
    access: Vec<Arc<Access>>,
}

impl Ground {
    /// That of these facts.
    pub fn of(facts: &Facts) -> Self {
        Self { reach: reaches(facts), access: facts.access.clone() }
    }
}

/// Everything that is proposed about a snapshot: by what its readers reach, and what is flagged in it by the checks of
/// `library` that are `chosen`. `rules` say which tables are sensitive.
pub fn plan(
    snapshot: &Snapshot,
    (library, chosen): (&Library, &BTreeSet<String>),
    ground: &Ground,
    findings: &[Finding],
    rules: &Rules,
) -> Plan {
    let Ground { reach, access } = ground;
    let projections = projection::of(snapshot);
    let secrets: BTreeMap<&str, &Projection> = projections.iter().map(|p| (p.arn.as_str(), p)).collect();
    let flagged: BTreeSet<&str> = findings
        .iter()
        .filter(|f| f.verdict == Verdict::Flagged && f.subject.kind == SubjectKind::Reader)
        .map(|f| f.subject.arn.as_str())
        .collect();
    let mut after = snapshot.clone();
    let mut tried: BTreeMap<String, Result<Narrowed, String>> = BTreeMap::new();
    for ((account, changed), access) in snapshot.accounts.iter().zip(&mut after.accounts).zip(access) {
        let mut stopped = stopped(access, &flagged);
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
    // Judging anew takes its time; where nothing could be narrowed there is nothing to judge.
    let facts = match tried.values().any(Result::is_ok) {
        true => rebuild(&after, rules, access),
        false => Facts::default(),
    };
    let mut gaps = after.gaps;
    gaps.extend(facts.gaps.clone());
    let ran = |check: &Check| chosen.contains(&check.id);
    let judged = judge_only(library, &facts, &gaps, |check, v| v == Verdict::Flagged && ran(check));
    let kept = reaches(&facts);
    let (before, now) = (Standing::of(findings, reach), Standing::of(&judged.findings, &kept));
    // What is opened of a subject that is no principal is the fault of any of them.
    let opened: Vec<&Key<'_>> = now.flagged.difference(&before.flagged).collect();
    let shared = opened.iter().find(|(_, arn, _)| !tried.contains_key(*arn)).map(|(check, ..)| *check);
    let proposals = tried.into_iter().map(|(arn, narrowed)| {
        // What could not be judged to the end proves nothing.
        let narrowed =
            judged.spent.as_ref().map_or(narrowed, |_| Err("judging it takes too many steps".to_owned()));
        let opens = opened.iter().find(|(_, of, _)| *of == arn).map(|(check, ..)| *check).or(shared);
        proved(arn, narrowed, opens, &before, &now)
    });
    Plan { projections, proposals: proposals.collect() }
}

/// How the principals of an account stand: as it is, or as it would be.
struct Standing<'a> {
    flagged: BTreeSet<Key<'a>>,
    /// By ARN and check, at how many tables and in how many ways it is flagged.
    widths: BTreeMap<&'a str, BTreeMap<&'a str, u64>>,
    reach: &'a Reaches,
}

impl<'a> Standing<'a> {
    fn of(findings: &'a [Finding], reach: &'a Reaches) -> Self {
        let mut out = Self { flagged: BTreeSet::new(), widths: BTreeMap::new(), reach };
        for f in findings.iter().filter(|f| f.verdict == Verdict::Flagged) {
            let (check, arn) = (f.check.as_str(), f.subject.arn.as_str());
            let names = f.subject.names.iter().filter(|(name, _)| *name != "class");
            out.flagged.insert((check, arn, names.map(|(a, b)| (a.as_str(), b.as_str())).collect()));
            if matches!(f.subject.kind, SubjectKind::Reader | SubjectKind::Principal) {
                let tables = f.subject.tables.as_ref().map_or(1, |tables| tables.count);
                *out.widths.entry(arn).or_default().entry(check).or_default() += tables;
            }
        }
        out
    }

    /// Checks that flag this principal, each with its width.
    fn checks(&self, arn: &str) -> impl Iterator<Item = (&'a str, u64)> + Clone {
        let of = self.widths.get(arn).into_iter().flatten();
        of.map(|(check, width)| (*check, *width)).collect::<Vec<_>>().into_iter()
    }

    /// Tables that this principal reaches.
    fn tables(&self, arn: &str) -> impl Iterator<Item = &'a String> {
        self.reach.get(arn).into_iter().flat_map(|reach| &reach.tables)
    }
}

/// The proposal of one principal: `opens` is a check that would flag what it does not now.
fn proved(
    arn: String,
    narrowed: Result<Narrowed, String>,
    opens: Option<&str>,
    before: &Standing<'_>,
    now: &Standing<'_>,
) -> Proposal {
    let left: BTreeMap<&str, u64> = now.checks(&arn).collect();
    let (mut closes, mut lessens, mut leaves) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for (check, width) in before.checks(&arn) {
        let into = match left.get(check) {
            None => &mut closes,
            Some(still) if *still < width => &mut lessens,
            Some(_) => &mut leaves,
        };
        into.insert(check.to_owned());
    }
    let refused = match (&narrowed, opens) {
        (Err(why), _) => Some(why.clone()),
        (_, Some(check)) => Some(format!("it would open {check}{}", why(check))),
        _ if closes.is_empty() && lessens.is_empty() => {
            Some("it would close nothing: what lets it in is not its own".to_owned())
        }
        _ => None,
    };
    let name = arn.rsplit('/').next().unwrap_or(&arn).to_owned();
    match (narrowed, refused) {
        (Ok(narrowed), None) => {
            let has: BTreeSet<&String> = now.tables(&arn).collect();
            Proposal {
                name,
                policies: Ok(narrowed.policies),
                commands: narrowed.commands,
                dropped: narrowed.dropped,
                loses: before.tables(&arn).filter(|table| !has.contains(table)).cloned().collect(),
                closes,
                lessens,
                leaves,
                arn,
            }
        }
        (_, why) => Proposal {
            name,
            policies: Err(why.unwrap_or_default()),
            commands: Vec::new(),
            dropped: BTreeSet::new(),
            loses: BTreeSet::new(),
            closes: BTreeSet::new(),
            lessens: BTreeSet::new(),
            leaves: before.checks(&arn).map(|(check, _)| check.to_owned()).collect(),
            arn,
        },
    }
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

/// Tables that DynamoDB lets these principals into and whose keys stop them on every way, by ARN of the principal.
fn stopped(access: &Access, flagged: &BTreeSet<&str>) -> BTreeMap<String, BTreeSet<String>> {
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

/// What each reader of an account reaches by its own policies.
fn reaches(facts: &Facts) -> Reaches {
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
