//! `dynaudit diff`: two runs held against each other, each a snapshot, a JSON report or an evidence bundle.

mod known;
#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use serde::Deserialize;

use self::known::Known;
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
    finding::{Finding, Verdict},
    report::{
        baseline::LIMITS,
        diff::{Diff, FindingChange, render},
        view::SCHEMA,
    },
    snapshot::{
        Snapshot, Timestamp, file,
        head::{Kind, kind},
        text::Text,
    },
};

/// One of the two runs.
#[derive(Debug)]
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
    let (then, now) = (Known::of(old), Known::of(new));
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
    let flagged = |f: &&Finding| f.verdict == Verdict::Flagged && both.contains(&*f.check);
    for finding in new.findings.iter().filter(flagged) {
        match then.says(finding) {
            Some(Verdict::Flagged) => {}
            Some(Verdict::Unknown) => add(Differs::NotSeenThen, finding),
            None if then.is_blind(finding) => add(Differs::NotSeenThen, finding),
            _ => add(Differs::New, finding),
        }
    }
    for finding in old.findings.iter().filter(flagged) {
        match now.says(finding) {
            Some(Verdict::Flagged) => {}
            Some(Verdict::Unknown) => add(Differs::NotSeenNow, finding),
            None if now.is_blind(finding) || now.may_hold(finding) => add(Differs::NotSeenNow, finding),
            _ => add(Differs::Gone, finding),
        }
    }
    out.sort_by_cached_key(|f| (f.state, std::cmp::Reverse(f.severity), f.check.clone(), f.subject.id()));
    out
}
