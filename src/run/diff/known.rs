//! What one of two runs knows of a finding of the other, told once of all of its own and looked up for each.

use std::collections::{HashMap, HashSet};

use super::Side;
use crate::{
    finding::{Blind, Finding, Subject, SubjectKind, Verdict},
    snapshot::{Index, Region, Sample},
};

/// What a run says, and where it could not look.
pub(super) struct Known<'a> {
    side: &'a Side,
    /// The first verdict of each fingerprint.
    verdicts: HashMap<&'a str, Verdict>,
    blind: Blind<'a>,
    /// Where there is more than a report.
    seen: Option<Index<'a>>,
    /// The tables of each Region, by account and Region, of which a report tells every one.
    tables: HashMap<(&'a str, &'a str), HashSet<&'a str>>,
}

impl<'a> Known<'a> {
    pub(super) fn of(side: &'a Side) -> Self {
        let mut verdicts = HashMap::new();
        for own in &side.findings {
            verdicts.entry(own.fingerprint.as_str()).or_insert(own.verdict);
        }
        Self {
            side,
            verdicts,
            blind: Blind::of(&side.findings),
            seen: side.seen.as_ref().map(|(snapshot, _)| Index::of(snapshot)),
            tables: tables(side),
        }
    }

    pub(super) fn says(&self, finding: &Finding) -> Option<Verdict> {
        self.verdicts.get(finding.fingerprint.as_str()).copied()
    }

    /// Whether the finding's check could not look at something where its subject would be.
    pub(super) fn is_blind(&self, finding: &Finding) -> bool {
        self.blind.hides(&finding.check, &finding.subject)
    }

    /// Whether a secret that is not listed may be there all the same: a sample proves no absence, and a report that
    /// leaves out what is clear does not say whether the table was looked at.
    pub(super) fn may_hold(&self, finding: &Finding) -> bool {
        let subject = &finding.subject;
        let sampled = matches!(subject.kind, SubjectKind::Attribute | SubjectKind::Copy);
        let Some((index, (snapshot, _))) = self.seen.as_ref().zip(self.side.seen.as_ref()) else {
            return !self.side.whole || (sampled && !self.has_no_table_of(subject));
        };
        let Some(held) = index.account(&subject.account) else { return true };
        let is_whole = |region: &Region| region.tables.is_whole();
        let whole = match &subject.region {
            Some(region) => held.region(region).is_some_and(is_whole),
            // What is global, as a reader, is found through the tables of every Region.
            None => held.account.regions.iter().all(is_whole) && held.account.principals.gap.is_none(),
        };
        if !whole || snapshot.scope.table.is_some() {
            return true;
        }
        let place = subject.region.as_ref().zip(subject.table.as_ref());
        let table = place.and_then(|(region, table)| held.table(region, table));
        sampled && table.is_some_and(|table| !table.sample.value().is_some_and(Sample::is_whole))
    }

    /// Whether a report tells of every table where this one was, and not of it: with a table goes what it held.
    fn has_no_table_of(&self, subject: &Subject) -> bool {
        let (Some(region), Some(table)) = (&subject.region, &subject.table) else { return false };
        let there = self.tables.get(&(subject.account.as_str(), region.as_str()));
        there.is_some_and(|tables| !tables.contains(table.as_str()))
    }
}

/// The tables that findings are about, where these are as many as were listed.
fn tables(side: &Side) -> HashMap<(&str, &str), HashSet<&str>> {
    let mut told: HashMap<(&str, &str), HashSet<&str>> =
        side.listed.keys().map(|(account, region)| ((&**account, &**region), HashSet::new())).collect();
    for own in side.findings.iter().map(|finding| &*finding.subject) {
        let (SubjectKind::Table, Some(region), Some(table)) = (own.kind, &own.region, &own.table) else {
            continue;
        };
        if let Some(tables) = told.get_mut(&(own.account.as_str(), region.as_str())) {
            tables.insert(table);
        }
    }
    for ((account, region), count) in &side.listed {
        let place = (account.as_str(), region.as_str());
        if told.get(&place).is_some_and(|tables| tables.len() as u64 != *count) {
            told.remove(&place);
        }
    }
    told
}
