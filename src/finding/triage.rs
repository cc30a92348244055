//! Findings held against those of an earlier run: what is new, what came back, what is gone, what was not met.
//!
//! Only what was looked at and found mended is *resolved*. A secret that today's sample did not meet is *not
//! seen again* and kept, and so is what was flagged for it; what could not be assessed today, or was not asked
//! about, is kept as it was.

mod sighted;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use self::sighted::Sighted;
use super::{Finding, Severity, Shared, Subject, SubjectKind, Verdict};
use crate::snapshot::{Account, GapId, Sample, Snapshot, Timestamp, sample::Stopped};

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
}

impl State {
    /// The word used in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            State::New => "new",
            State::Unchanged => "unchanged",
            State::Reopened => "reopened",
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
    /// Not assessed then, by fingerprint.
    pub unknown: BTreeSet<String>,
    /// Resolved then or before, by fingerprint.
    pub resolved: BTreeMap<String, Past>,
    /// Gaps of that run.
    pub gaps: BTreeSet<GapId>,
    /// ARNs of the tables that were sensitive by what was seen in their items, then or before; none where its report does
    /// not say.
    pub sighted: Option<BTreeSet<String>>,
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
    /// Gaps that the earlier run did not have.
    pub new_gaps: Vec<GapId>,
    /// Findings of the earlier run that are mended, or whose subject is gone.
    pub resolved: Vec<Past>,
    /// Secrets of the earlier run that today's sample did not meet, and what was flagged for them: kept, since a sample
    /// proves no absence.
    pub not_seen_again: Vec<Finding>,
    /// Findings of the earlier run that could not be assessed today, or were not asked about: kept.
    pub not_assessed: Vec<Finding>,
    /// What was resolved earlier, so that it is known if it comes back.
    pub history: Vec<Past>,
    /// ARNs of tables that were sensitive by what was seen in their items, of which today's sample met nothing and was not
    /// of all items.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_met: Vec<String>,
}

impl Triage {
    /// Whether everything is as it was: nothing new, nothing back, nothing gone, nothing hidden that was seen.
    pub fn is_quiet(&self) -> bool {
        self.new == 0 && self.reopened == 0 && self.resolved.is_empty() && self.new_gaps.is_empty()
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

/// Holds all of today's findings, of every verdict, against `baseline`, and marks the flagged ones.
/// `gaps`: all of today's.
pub fn triage(
    findings: &mut [Finding],
    gaps: impl Iterator<Item = GapId>,
    baseline: &Baseline,
    today: &Today<'_>,
) -> Triage {
    let taken = today.snapshot.taken;
    let mut out = Triage {
        baseline: baseline.taken,
        new_gaps: gaps.filter(|gap| !baseline.gaps.contains(gap)).collect(),
        ..Triage::default()
    };
    for finding in findings.iter_mut().filter(|finding| finding.verdict == Verdict::Flagged) {
        let known = baseline.flagged.get(&finding.fingerprint);
        let past = baseline.resolved.get(&finding.fingerprint);
        let (state, count) = match (known, past) {
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
    let sighted = Sighted::of(baseline, today);
    let blind = blind(findings);
    for (fingerprint, old) in &baseline.flagged {
        let now = told.get(fingerprint.as_str()).copied();
        let fate = match now.map(|now| (now.verdict, now)) {
            Some((Verdict::Flagged, _)) => continue,
            Some((Verdict::Unknown, _)) => Fate::NotAssessed,
            Some(_) if today.rests_on_less(old) => Fate::NotAssessed,
            Some((_, now)) if sighted.hide(old, now) => Fate::NotSeenAgain,
            Some(_) => Fate::Resolved,
            None => today.fate(old, &blind),
        };
        let kept = || {
            let first_seen = old.first_seen.or(baseline.taken);
            Finding { state: Some(State::Unchanged), first_seen, ..old.clone() }
        };
        match fate {
            Fate::Resolved => out.resolved.push(past(old, baseline, taken)),
            Fate::NotSeenAgain => out.not_seen_again.push(kept()),
            Fate::NotAssessed => out.not_assessed.push(kept()),
        }
    }
    let back = |fingerprint: &String| {
        told.get(fingerprint.as_str()).is_some_and(|now| now.verdict == Verdict::Flagged)
    };
    out.history = baseline.resolved.values().filter(|past| !back(&past.fingerprint)).cloned().collect();
    out.not_met = sighted.not_met();
    out
}

/// What became of a finding about which today's run says nothing.
enum Fate {
    Resolved,
    NotSeenAgain,
    NotAssessed,
}

/// Where a check could not look at something: there, what it does not mention may still be.
fn blind(findings: &[Finding]) -> BTreeSet<(&str, &str, Option<&str>)> {
    let unknown = findings.iter().filter(|finding| finding.verdict == Verdict::Unknown);
    unknown.map(|f| (f.check.as_str(), f.subject.account.as_str(), f.subject.region.as_deref())).collect()
}

impl Today<'_> {
    /// Whether a subject is judged by all tables that it reaches, encrypts or holds, of which today's run could not see
    /// all: the verdict is then about the others.
    fn rests_on_less(&self, old: &Finding) -> bool {
        let by_tables = match old.subject.kind {
            SubjectKind::Reader | SubjectKind::Principal | SubjectKind::Key => true,
            SubjectKind::Account => old.because.iter().any(|because| (self.by_sample)(&because.fact)),
            _ => false,
        };
        let account = self.snapshot.accounts.iter().find(|account| account.id == old.subject.account);
        let less = |account: &Account| account.regions.iter().any(|region| !region.tables.is_whole());
        by_tables && (self.snapshot.scope.table.is_some() || account.is_none_or(less))
    }

    fn fate(&self, old: &Finding, blind: &BTreeSet<(&str, &str, Option<&str>)>) -> Fate {
        let subject = &old.subject;
        let account = self.snapshot.accounts.iter().find(|account| account.id == subject.account);
        let Some(account) = account.filter(|_| self.checks.contains(&*old.check)) else {
            return Fate::NotAssessed;
        };
        let region = subject.region.as_deref();
        let asked = account.regions.iter().find(|r| Some(r.name.as_str()) == region);
        let whole = match (region, asked) {
            // What is of no Region, a reader above all, rests on the tables of every one.
            (None, _) => account.regions.iter().all(|region| region.tables.is_whole()),
            (Some(_), Some(region)) => region.tables.is_whole(),
            (Some(_), None) => false,
        };
        // A pattern of names leaves tables out, and so does a list that broke off. Keys are those that tables name.
        use SubjectKind::{Grant, Key, Reader, Use};
        let of_tables = subject.table.is_some() || matches!(subject.kind, Reader | Key | Grant | Use);
        if !whole || (of_tables && self.snapshot.scope.table.is_some()) {
            return Fate::NotAssessed;
        }
        let hidden =
            [region, None].iter().any(|r| blind.contains(&(old.check.as_str(), account.id.as_str(), *r)));
        if !matches!(subject.kind, SubjectKind::Attribute | SubjectKind::Copy) {
            return if hidden { Fate::NotAssessed } else { Fate::Resolved };
        }
        let same = |table: &&crate::snapshot::Table| {
            Some(table.region.as_str()) == region && Some(table.name.as_str()) == subject.table.as_deref()
        };
        match account.tables.iter().find(same).map(|table| table.sample.value()) {
            None => Fate::Resolved,
            Some(Some(sample)) if is_whole(sample) => Fate::Resolved,
            Some(Some(_)) => Fate::NotSeenAgain,
            Some(None) => Fate::NotAssessed,
        }
    }
}

/// Whether every item was looked through.
fn is_whole(sample: &Sample) -> bool {
    sample.stopped == Stopped::Everything && sample.gap.is_none() && sample.contents.cut_items == 0
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
