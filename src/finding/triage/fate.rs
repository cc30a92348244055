//! What became of a finding of an earlier run: resolved only where it was looked at again, or is gone for certain.

use std::collections::BTreeSet;

use super::{Baseline, Today, is_whole};
use crate::{
    finding::{Finding, Subject, SubjectKind, Verdict},
    snapshot::Account,
};

/// What became of a finding of the earlier run.
pub(super) enum Fate {
    Resolved,
    NotSeenAgain,
    NotAssessed,
}

/// Where a check could not look at something: there, what it does not mention may still be.
pub(super) fn blind(findings: &[Finding]) -> BTreeSet<(&str, &str, Option<&str>)> {
    let unknown = findings.iter().filter(|finding| finding.verdict == Verdict::Unknown);
    unknown.map(|f| (f.check.as_str(), f.subject.account.as_str(), f.subject.region.as_deref())).collect()
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

    /// Whether a subject is judged by all tables that it reaches, encrypts or holds, of which today's run could not see
    /// all: the verdict is then about the others.
    pub(super) fn rests_on_less(&self, old: &Finding, less: Less) -> bool {
        let by_tables = match old.subject.kind {
            SubjectKind::Reader | SubjectKind::Principal | SubjectKind::Key => true,
            SubjectKind::Account => old.because.iter().any(|because| (self.by_sample)(&because.fact)),
            _ => false,
        };
        let account = self.snapshot.accounts.iter().find(|account| account.id == old.subject.account);
        let cut = |account: &Account| account.regions.iter().any(|region| !region.tables.is_whole());
        // What is of no Region rests on the tables of every one.
        let elsewhere = less.by_region && old.subject.region.is_none();
        by_tables && (less.by_name || elsewhere || account.is_none_or(cut))
    }

    /// Of a finding of which today's run says nothing.
    pub(super) fn fate(
        &self,
        old: &Finding,
        blind: &BTreeSet<(&str, &str, Option<&str>)>,
        less: Less,
    ) -> Fate {
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
        let elsewhere = less.by_region && subject.kind == Reader;
        if !whole || elsewhere || (of_tables && less.by_name) {
            return Fate::NotAssessed;
        }
        // What goes with its table is gone whatever the check could not see of others, and all at once.
        let listed = |name: &String| asked.is_some_and(|region| region.tables.items.contains(name));
        if goes_with_its_table(subject) && !subject.table.as_ref().is_some_and(listed) {
            return Fate::Resolved;
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

/// Whether a subject is no more once its table is deleted; backups, exports and replicas elsewhere outlive it.
fn goes_with_its_table(subject: &Subject) -> bool {
    use SubjectKind::{Attribute, Copy, Import, Index, Replica, Stream, Table, Use};
    match subject.kind {
        Table | Attribute | Copy | Index | Stream | Replica | Import => subject.table.is_some(),
        Use => subject.table.is_some() && subject.names.get("place").is_some_and(|place| place == "table"),
        _ => false,
    }
}
