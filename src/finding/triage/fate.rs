//! What became of a finding of an earlier run: resolved only where it was looked at again, or is gone for certain.

use std::collections::BTreeSet;

use super::{Baseline, Chosen, Today, is_whole};
use crate::{
    finding::{Finding, Subject, SubjectKind, Verdict},
    snapshot::{Account, Scope},
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

impl Chosen {
    /// What `scope` asks for.
    pub(super) fn of(scope: &Scope) -> Self {
        Self { table: scope.table.clone(), regions: scope.regions.iter().cloned().collect() }
    }
}

impl Today<'_> {
    /// Whether no earlier run looked at tables that this one leaves out. What is flagged is then about tables that are
    /// looked at again, also where their names choose them.
    pub(super) fn is_alike(&self, baseline: &Baseline) -> bool {
        let now = Chosen::of(&self.snapshot.scope);
        let alike = |then: &Chosen| then.table == now.table && then.regions.is_subset(&now.regions);
        baseline.taken.is_none() || baseline.chosen.as_ref().is_some_and(alike)
    }

    /// Whether a subject is judged by all tables that it reaches, encrypts or holds, of which today's run could not see
    /// all: the verdict is then about the others.
    pub(super) fn rests_on_less(&self, old: &Finding, alike: bool) -> bool {
        let by_tables = match old.subject.kind {
            SubjectKind::Reader | SubjectKind::Principal | SubjectKind::Key => true,
            SubjectKind::Account => old.because.iter().any(|because| (self.by_sample)(&because.fact)),
            _ => false,
        };
        let account = self.snapshot.accounts.iter().find(|account| account.id == old.subject.account);
        let less = |account: &Account| account.regions.iter().any(|region| !region.tables.is_whole());
        by_tables && (self.leaves_out(alike) || account.is_none_or(less))
    }

    /// Whether a pattern of names leaves tables out that an earlier run looked at.
    fn leaves_out(&self, alike: bool) -> bool {
        self.snapshot.scope.table.is_some() && !alike
    }

    /// Of a finding of which today's run says nothing.
    pub(super) fn fate(
        &self,
        old: &Finding,
        blind: &BTreeSet<(&str, &str, Option<&str>)>,
        alike: bool,
    ) -> Fate {
        let subject = &old.subject;
        let account = self.snapshot.accounts.iter().find(|account| account.id == subject.account);
        let Some(account) = account.filter(|_| self.checks.contains(&old.check)) else {
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
        if !whole || (of_tables && self.leaves_out(alike)) {
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
