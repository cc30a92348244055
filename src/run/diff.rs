//! `dynaudit diff`: two runs held against each other, each a snapshot, a JSON report or an evidence bundle.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use serde::Deserialize;

use super::{Error, Outcome, bundle::Bundle, console::Console};
use crate::{
    check::{Library, judge::judge_only},
    cli,
    config::Lines,
    facts::{
        Facts,
        build::build_with,
        compare::{Differs, compare},
        gained::gained,
        sensitivity::Rules,
    },
    finding::{Finding, Subject, SubjectKind, Verdict},
    report::{
        baseline::LIMITS,
        diff::{Diff, FindingChange, render},
        view::SCHEMA,
    },
    snapshot::{
        Account, Snapshot, Timestamp, file,
        head::{Kind, kind},
        sample::Stopped,
        text::Text,
    },
};

/// One of the two runs.
struct Side {
    taken: Timestamp,
    /// Every verdict that there is of it.
    findings: Vec<Finding>,
    /// The checks that ran; of what they do not list, nothing is known unless `whole`.
    checks: BTreeSet<String>,
    /// Whether every verdict is listed, rather than what is flagged and unknown.
    whole: bool,
    seen: Option<(Snapshot, Facts)>,
    /// How many tables each Region of each account has, of a report: where they were all listed.
    listed: BTreeMap<(String, String), u64>,
}

/// What of a JSON report is needed.
#[derive(Deserialize)]
struct Report {
    schema: u64,
    run: Run,
    #[serde(default)]
    coverage: Coverage,
    findings: Vec<Finding>,
    checks: Vec<Check>,
}

#[derive(Deserialize)]
struct Run {
    taken: Timestamp,
}

#[derive(Default, Deserialize)]
struct Coverage {
    regions: Vec<Region>,
}

#[derive(Deserialize)]
struct Region {
    account: String,
    region: String,
    tables: u64,
    complete: bool,
}

#[derive(Deserialize)]
struct Check {
    id: String,
    verdicts: BTreeMap<String, usize>,
}

/// Compares.
///
/// # Errors
/// One of the files cannot be read, or is none of the three.
pub(super) fn run(args: &cli::Diff, rules: &Rules, console: &Console) -> Result<Outcome, Error> {
    let library = Library::with_dirs(&args.dirs)?;
    let (old, new) = (side(&args.old, &library, rules)?, side(&args.new, &library, rules)?);
    let mut diff = Diff {
        old: old.taken,
        new: new.taken,
        not_compared: Vec::new(),
        findings: findings(&old, &new),
        readers: Vec::new(),
        subjects: Vec::new(),
    };
    match (&old.seen, &new.seen) {
        (Some(before), Some(after)) => {
            diff.readers = gained(&before.0, &after.0);
            diff.subjects = compare((&before.0, &before.1), (&after.0, &after.1));
        }
        // Two reports hold the same kinds of things.
        (None, None) => {}
        _ => diff.not_compared.push("facts and readers: a JSON report holds findings alone".to_owned()),
    }
    for check in old.checks.symmetric_difference(&new.checks) {
        diff.not_compared.push(format!("{check}: only one of the two ran it"));
    }
    match args.format {
        Lines::Json => console.json(&diff)?,
        Lines::Table => console.text(&render(&diff))?,
    };
    Ok(match (diff.is_different(), diff.has_holes()) {
        (true, _) => Outcome::Flagged,
        (false, true) => Outcome::Incomplete,
        (false, false) => Outcome::Clean,
    })
}

fn side(path: &Path, library: &Library, rules: &Rules) -> Result<Side, Error> {
    if let Some(mut bundle) = Bundle::open(path)? {
        return judged(bundle.snapshot(path)?, library, rules);
    }
    let text = Text::open(path).map_err(|error| file::unread(error, path))?;
    let (head, whole) = text.head();
    if kind(head, whole) != Kind::Report {
        return judged(file::read(text, path)?, library, rules);
    }
    match serde_json::from_reader::<_, Report>(text.reader(LIMITS)) {
        Ok(report) if report.schema == u64::from(SCHEMA) => Ok(reported(report)),
        Ok(report) => {
            Err(Error::Refused(format!("{} is a report of form {}", path.display(), report.schema)))
        }
        Err(error) if error.is_io() => Err(Error::Read(path.to_owned(), error.into())),
        // The message may quote the file; where it broke is enough.
        Err(error) => {
            let at = format!("line {}, column {}", error.line(), error.column());
            Err(Error::Refused(format!("{} is a damaged report: {at}", path.display())))
        }
    }
}

fn judged(snapshot: Snapshot, library: &Library, rules: &Rules) -> Result<Side, Error> {
    let facts = build_with(&snapshot, rules);
    let mut gaps = snapshot.gaps.clone();
    gaps.extend(facts.gaps.clone());
    let judged = judge_only(library, &facts, &gaps, |_, _| true).whole().map_err(Error::Refused)?;
    Ok(Side {
        taken: snapshot.taken,
        findings: judged.findings,
        checks: library.checks().iter().map(|check| check.id.clone()).collect(),
        whole: true,
        seen: Some((snapshot, facts)),
        listed: BTreeMap::new(),
    })
}

fn reported(report: Report) -> Side {
    let whole = report.coverage.regions.into_iter().filter(|region| region.complete);
    let all: usize = report.checks.iter().flat_map(|check| check.verdicts.values()).sum();
    Side {
        taken: report.run.taken,
        whole: report.findings.len() == all,
        checks: report.checks.into_iter().map(|check| check.id).collect(),
        findings: report.findings,
        seen: None,
        listed: whole.map(|region| ((region.account, region.region), region.tables)).collect(),
    }
}

fn findings(old: &Side, new: &Side) -> Vec<FindingChange> {
    let both: BTreeSet<&str> = old.checks.intersection(&new.checks).map(String::as_str).collect();
    let mut out = Vec::new();
    let mut add = |state, finding: &Finding| {
        out.push(FindingChange {
            state,
            check: finding.check.to_string(),
            severity: finding.severity,
            subject: finding.subject.clone(),
            fingerprint: finding.fingerprint.clone(),
        });
    };
    let flagged = |side: &'_ Side| -> Vec<Finding> {
        let all = side.findings.iter().filter(|f| f.verdict == Verdict::Flagged && both.contains(&*f.check));
        all.cloned().collect()
    };
    for finding in flagged(new) {
        match old.says(&finding) {
            Some(Verdict::Flagged) => {}
            Some(Verdict::Unknown) => add(Differs::NotSeenThen, &finding),
            None if old.is_blind(&finding) => add(Differs::NotSeenThen, &finding),
            _ => add(Differs::New, &finding),
        }
    }
    for finding in flagged(old) {
        match new.says(&finding) {
            Some(Verdict::Flagged) => {}
            Some(Verdict::Unknown) => add(Differs::NotSeenNow, &finding),
            None if new.is_blind(&finding) || new.may_hold(&finding) => add(Differs::NotSeenNow, &finding),
            _ => add(Differs::Gone, &finding),
        }
    }
    out.sort_by_cached_key(|f| (f.state, std::cmp::Reverse(f.severity), f.check.clone(), f.subject.id()));
    out
}

impl Side {
    fn says(&self, finding: &Finding) -> Option<Verdict> {
        let mut own = self.findings.iter().filter(|own| own.fingerprint == finding.fingerprint);
        own.next().map(|own| own.verdict)
    }

    /// Whether the finding's check could not look at something where its subject would be.
    fn is_blind(&self, finding: &Finding) -> bool {
        self.findings.iter().any(|own| {
            let there = own.subject.region.is_none() || own.subject.region == finding.subject.region;
            own.verdict == Verdict::Unknown
                && own.check == finding.check
                && own.subject.account == finding.subject.account
                && there
        })
    }

    /// Whether a secret that is not listed may be there all the same: a sample proves no absence, and a report that
    /// leaves out what is clear does not say whether the table was looked at.
    fn may_hold(&self, finding: &Finding) -> bool {
        let subject = &finding.subject;
        if let Some((snapshot, _)) = &self.seen {
            let account = snapshot.accounts.iter().find(|account| account.id == subject.account);
            let region = subject.region.as_ref();
            // What is global, as a reader, is found through the tables of every Region.
            let whole = |account: &&Account| match region {
                Some(region) => account.regions.iter().any(|r| r.name == *region && r.tables.is_whole()),
                None => {
                    account.regions.iter().all(|r| r.tables.is_whole()) && account.principals.gap.is_none()
                }
            };
            let Some(account) = account.filter(whole) else { return true };
            if snapshot.scope.table.is_some() {
                return true;
            }
            let table = account
                .tables
                .iter()
                .find(|table| Some(&table.region) == region && Some(&table.name) == subject.table.as_ref());
            let whole = |sample: &crate::snapshot::Sample| sample.stopped == Stopped::Everything;
            return matches!(subject.kind, SubjectKind::Attribute | SubjectKind::Copy)
                && table.is_some_and(|table| !table.sample.value().is_some_and(whole));
        }
        let sampled = matches!(subject.kind, SubjectKind::Attribute | SubjectKind::Copy);
        !self.whole || (sampled && !self.has_no_table_of(subject))
    }

    /// Whether a report tells of every table where this one was, and not of it: with a table goes what it held.
    fn has_no_table_of(&self, subject: &Subject) -> bool {
        let (Some(region), Some(table)) = (&subject.region, &subject.table) else { return false };
        let there = |own: &&Subject| {
            own.kind == SubjectKind::Table
                && own.account == subject.account
                && own.region.as_ref() == Some(region)
        };
        let own = self.findings.iter().map(|finding| &*finding.subject).filter(there);
        let named: BTreeSet<&String> = own.filter_map(|own| own.table.as_ref()).collect();
        let listed = self.listed.get(&(subject.account.clone(), region.clone()));
        listed == Some(&(named.len() as u64)) && !named.contains(table)
    }
}
