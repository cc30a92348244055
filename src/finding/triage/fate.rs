//! What became of a finding of an earlier run: resolved only where it was looked at again, or is gone for certain.

use super::{Baseline, Today};
use crate::{
    finding::{Blind, Finding, Subject, SubjectKind},
    snapshot::{Held, Index},
};

/// What became of a finding of the earlier run.
pub(super) enum Fate {
    Resolved,
    NotSeenAgain,
    NotAssessed,
}

/// What today's run leaves out of what an earlier one was to look at.
#[derive(Clone, Copy)]
pub(super) struct Less {
    /// Tables, by their names.
    pub by_name: bool,
    /// Whole Regions.
    pub by_region: bool,
}

impl Today<'_> {
    /// Whether each earlier run chose tables by the pattern that this one does: then no finding was about others.
    pub(super) fn is_alike(&self, baseline: &Baseline) -> bool {
        let then = &baseline.chosen;
        baseline.taken.is_none() || (then.alike && then.table == self.snapshot.scope.table)
    }

    /// Regions that an earlier run was to look at and this one is not.
    pub(super) fn left_out(&self, baseline: &Baseline) -> Vec<String> {
        let now = &self.snapshot.scope.regions;
        baseline.chosen.regions.iter().filter(|region| !now.contains(region)).cloned().collect()
    }
}

/// What today's run looked at, by name, and where it could not.
pub(super) struct Looked<'a> {
    pub today: &'a Today<'a>,
    pub at: Index<'a>,
    blind: Blind<'a>,
    less: Less,
}

impl<'a> Looked<'a> {
    pub(super) fn of(today: &'a Today<'a>, findings: &'a [Finding], less: Less) -> Self {
        Self { today, at: Index::of(today.snapshot), blind: Blind::of(findings), less }
    }

    /// Whether a subject is judged by all tables that it reaches, encrypts or holds, of which today's run could not see
    /// all: the verdict is then about the others.
    pub(super) fn rests_on_less(&self, old: &Finding) -> bool {
        let by_tables = match old.subject.kind {
            SubjectKind::Reader | SubjectKind::Principal | SubjectKind::Key => true,
            SubjectKind::Account => old.because.iter().any(|because| (self.today.by_sample)(&because.fact)),
            _ => false,
        };
        let is_whole = |held: &Held<'_>| held.account.regions.iter().all(|region| region.tables.is_whole());
        let whole = self.at.account(&old.subject.account).is_some_and(is_whole);
        // What is of no Region rests on the tables of every one.
        let elsewhere = self.less.by_region && old.subject.region.is_none();
        by_tables && (self.less.by_name || elsewhere || !whole)
    }

    /// Of a finding of which today's run says nothing.
    pub(super) fn fate(&self, old: &Finding) -> Fate {
        let subject = &old.subject;
        let held = self.at.account(&subject.account);
        let Some(held) = held.filter(|_| self.today.checks.contains(&*old.check)) else {
            return Fate::NotAssessed;
        };
        let region = subject.region.as_deref();
        let asked = region.and_then(|region| held.region(region));
        let whole = match (region, asked) {
            // What is of no Region, a reader above all, rests on the tables of every one.
            (None, _) => held.account.regions.iter().all(|region| region.tables.is_whole()),
            (Some(_), Some(region)) => region.tables.is_whole(),
            (Some(_), None) => false,
        };
        // A pattern of names leaves tables out, and so does a list that broke off. Keys are those that tables name.
        use SubjectKind::{Grant, Key, Reader, Use};
        let of_tables = subject.table.is_some() || matches!(subject.kind, Reader | Key | Grant | Use);
        let elsewhere = self.less.by_region && subject.kind == Reader;
        if !whole || elsewhere || (of_tables && self.less.by_name) {
            return Fate::NotAssessed;
        }
        // What goes with its table is gone whatever the check could not see of others, and all at once.
        let place = region.zip(subject.table.as_deref());
        let listed = place.is_some_and(|(region, table)| held.lists(region, table));
        if goes_with_its_table(subject) && !listed {
            return Fate::Resolved;
        }
        if !matches!(subject.kind, SubjectKind::Attribute | SubjectKind::Copy) {
            let hidden = self.blind.hides(&old.check, subject);
            return if hidden { Fate::NotAssessed } else { Fate::Resolved };
        }
        let table = place.and_then(|(region, table)| held.table(region, table));
        match table.map(|table| table.sample.value()) {
            None => Fate::Resolved,
            Some(Some(sample)) if sample.is_whole() => Fate::Resolved,
            Some(Some(_)) => Fate::NotSeenAgain,
            Some(None) => Fate::NotAssessed,
        }
    }
}

/// Whether a subject is no more once its table is deleted; backups, exports and replicas elsewhere outlive it.
fn goes_with_its_table(subject: &Subject) -> bool {
    use SubjectKind::{Attribute, Copy, Import, Index, Replica, Stream, Table, Use};
    match subject.kind {
        Table | Attribute | Copy | Index | Stream | Replica | Import => subject.table.is_some(),
        Use => subject.table.is_some() && subject.names.get("place").is_some_and(|place| place == "table"),
        _ => false,
    }
}
