//! Findings held against those of an earlier run: what is new, what came back, what is gone, what was not met.
//!
//! Only what was looked at and found mended is *resolved*. A secret that today's sample did not meet is *not
//! seen again* and kept, and so is what was flagged for it; what could not be assessed today, or was not asked
//! about, is kept as it was.

mod fate;
mod sighted;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use self::{
    fate::{Fate, Less, Looked},
    sighted::Sighted,
};
use super::{Finding, Severity, Shared, Subject, Verdict};
use crate::snapshot::{Gap, GapId, Snapshot, Timestamp};

/// How a finding stands to the earlier run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Not flagged then, and never before.
    New,
    /// Flagged then too.
    Unchanged,
    /// Resolved before, and flagged again.
    Reopened,
    /// Flagged and accepted then, and accepted no more: its last day is over, or the acceptance was taken out.
    AcceptanceEnded,
}

impl State {
    /// The word used in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            State::New => "new",
            State::Unchanged => "unchanged",
            State::Reopened => "reopened",
            State::AcceptanceEnded => "acceptance-ended",
        }
    }
}

/// What an earlier run left: its findings, and what it knew of those before it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Baseline {
    /// When that run began.
    pub taken: Option<Timestamp>,
    /// Flagged then, or kept from before, by fingerprint.
    pub flagged: BTreeMap<String, Finding>,
    /// Not assessed then, or kept from before, by fingerprint.
    pub unknown: BTreeSet<String>,
    /// Those of them that a sample may not meet.
    pub sampled: Vec<Finding>,
    /// Resolved then or before, by fingerprint.
    pub resolved: BTreeMap<String, Past>,
    /// Gaps of that run.
    pub gaps: BTreeSet<GapId>,
    /// ARNs of the tables that were sensitive by what was seen in their items, then or before; none where its report does
    /// not say.
    pub sighted: Option<BTreeSet<String>>,
    /// What that run was to look at.
    pub chosen: Chosen,
}

/// Which tables a run was to look at, and those before it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chosen {
    /// Pattern of their names, or none for all.
    pub table: Option<String>,
    /// Whether each run before it chose by the same.
    pub alike: bool,
    /// Their Regions, and those that an earlier run looked at and none since.
    pub regions: BTreeSet<String>,
}

/// A finding that is no more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Past {
    /// Id of the check.
    pub check: String,
    /// What was wrong.
    pub title: String,
    /// How bad it was.
    pub severity: Severity,
    /// About whom.
    #[schemars(with = "Subject")]
    pub subject: Shared<Subject>,
    /// Identity of the finding.
    pub fingerprint: String,
    /// When it was first seen.
    #[schemars(with = "Option<String>")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_seen: Option<Timestamp>,
    /// When it was found to be resolved.
    #[schemars(with = "String")]
    pub resolved: Timestamp,
}

/// What holding against a baseline came to, beside the states of the findings.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Triage {
    /// When the earlier run began.
    #[schemars(with = "Option<String>")]
    pub baseline: Option<Timestamp>,
    /// Flagged findings that are new.
    pub new: u64,
    /// Those that were flagged then too.
    pub unchanged: u64,
    /// Those that had been resolved.
    pub reopened: u64,
    /// Those that were accepted then, and are no more.
    #[serde(default)]
    pub acceptance_ended: u64,
    /// Gaps that the earlier run did not have.
    pub new_gaps: Vec<GapId>,
    /// How many gaps are of what the run ended before, whether the earlier run had them or not.
    #[serde(default)]
    pub unreached: u64,
    /// Findings of the earlier run that are mended, or whose subject is gone.
    pub resolved: Vec<Past>,
    /// Secrets of the earlier run that today's sample did not meet, and what was flagged for them: kept, since a sample
    /// proves no absence.
    pub not_seen_again: Vec<Finding>,
    /// Findings of the earlier run that could not be assessed today, or were not asked about: kept.
    pub not_assessed: Vec<Finding>,
    /// What the earlier run could not assess and today's sample did not meet: kept, so that it is known when it is met.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unknown_not_seen_again: Vec<Finding>,
    /// Whether each earlier run chose tables by the same pattern of names as this one.
    #[serde(default)]
    pub alike: bool,
    /// Regions that an earlier run looked at, and none since.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<String>,
    /// What was resolved earlier, so that it is known if it comes back.
    pub history: Vec<Past>,
    /// ARNs of tables that were sensitive by what was seen in their items, of which today's sample met nothing and was not
    /// of all items.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_met: Vec<String>,
}

impl Triage {
    /// Whether everything was looked at and is as it was: nothing new, nothing back, nothing gone, nothing hidden that was
    /// seen.
    pub fn is_quiet(&self) -> bool {
        let counts = [self.new, self.reopened, self.acceptance_ended, self.unreached];
        counts == [0; 4] && self.resolved.is_empty() && self.new_gaps.is_empty()
    }
}

/// What today's run looked at.
#[derive(Debug)]
pub struct Today<'a> {
    /// What it saw.
    pub snapshot: &'a Snapshot,
    /// The checks that ran.
    pub checks: &'a BTreeSet<String>,
    /// Whether a fact is told by what a sample of items happens to meet.
    pub by_sample: fn(&str) -> bool,
    /// ARNs of the tables that are sensitive by what was seen in their items.
    pub sighted: BTreeSet<String>,
}

/// Holds all of today's findings, of every verdict, against `baseline`, and marks the flagged ones. What is accepted is
/// marked before. `gaps`: all of today's.
pub fn triage<'g>(
    findings: &mut [Finding],
    gaps: impl Iterator<Item = &'g Gap>,
    baseline: &Baseline,
    today: &Today<'_>,
) -> Triage {
    let taken = today.snapshot.taken;
    let alike = today.is_alike(baseline);
    let left_out = today.left_out(baseline);
    let less =
        Less { by_name: today.snapshot.scope.table.is_some() && !alike, by_region: !left_out.is_empty() };
    let mut out = Triage { baseline: baseline.taken, alike, left_out, ..Triage::default() };
    for gap in gaps {
        out.unreached += u64::from(gap.why.is_unreached());
        out.new_gaps.extend(Some(gap.id()).filter(|id| !baseline.gaps.contains(id)));
    }
    for finding in findings.iter_mut().filter(|finding| finding.verdict == Verdict::Flagged) {
        let known = baseline.flagged.get(&finding.fingerprint);
        let past = baseline.resolved.get(&finding.fingerprint);
        let (state, count) = match (known, past) {
            (Some(known), _) if known.accepted.is_some() && finding.accepted.is_none() => {
                (State::AcceptanceEnded, &mut out.acceptance_ended)
            }
            (Some(_), _) => (State::Unchanged, &mut out.unchanged),
            (None, Some(_)) => (State::Reopened, &mut out.reopened),
            (None, None) => (State::New, &mut out.new),
        };
        *count += 1;
        finding.state = Some(state);
        let first = known.and_then(|known| known.first_seen.or(baseline.taken));
        finding.first_seen = first.or(past.and_then(|past| past.first_seen)).or(Some(taken));
    }
    let told: HashMap<&str, &Finding> =
        findings.iter().map(|finding| (finding.fingerprint.as_str(), finding)).collect();
    let looked = Looked::of(today, findings, less);
    let sighted = Sighted::of(baseline, &looked);
    let fate = |old: &Finding| match told.get(old.fingerprint.as_str()) {
        Some(now) if now.verdict == Verdict::Unknown => Fate::NotAssessed,
        Some(_) if looked.rests_on_less(old) => Fate::NotAssessed,
        Some(now) if sighted.hide(old, now) => Fate::NotSeenAgain,
        Some(_) => Fate::Resolved,
        None => looked.fate(old),
    };
    let today_says = |old: &Finding, verdicts: &[Verdict]| {
        told.get(old.fingerprint.as_str()).is_some_and(|now| verdicts.contains(&now.verdict))
    };
    for old in baseline.flagged.values().filter(|old| !today_says(old, &[Verdict::Flagged])) {
        let kept = || {
            let first_seen = old.first_seen.or(baseline.taken);
            Finding { state: Some(State::Unchanged), first_seen, ..old.clone() }
        };
        match fate(old) {
            Fate::Resolved => out.resolved.push(past(old, baseline, taken)),
            Fate::NotSeenAgain => out.not_seen_again.push(kept()),
            Fate::NotAssessed => out.not_assessed.push(kept()),
        }
    }
    let decided = [Verdict::Flagged, Verdict::Unknown];
    let open = baseline.sampled.iter().filter(|old| !today_says(old, &decided));
    out.unknown_not_seen_again = open.filter(|old| !matches!(fate(old), Fate::Resolved)).cloned().collect();
    let back = |fingerprint: &String| {
        told.get(fingerprint.as_str()).is_some_and(|now| now.verdict == Verdict::Flagged)
    };
    out.history = baseline.resolved.values().filter(|past| !back(&past.fingerprint)).cloned().collect();
    out.not_met = sighted.not_met();
    out
}

fn past(old: &Finding, baseline: &Baseline, now: Timestamp) -> Past {
    Past {
        check: old.check.to_string(),
        title: old.title.to_string(),
        severity: old.severity,
        subject: old.subject.clone(),
        fingerprint: old.fingerprint.clone(),
        first_seen: old.first_seen.or(baseline.taken),
        resolved: now,
    }
}
