//! Who can reach the data of which tables: held in classes, never in pairs.

mod auditor;
mod classes;
mod judge;
mod nodes;
mod outside;
pub mod paths;
mod policies;
mod subjects;
mod targets;
mod trust;

use std::collections::{BTreeMap, BTreeSet};

use self::{policies::Policies, subjects::Subject, targets::Target};
use super::{
    Fact,
    reader::{Decision, Needs, ReaderKind, Roads},
    table,
};
use crate::snapshot::{Account, Gap, GapId};

pub use self::policies::resource_policy;

/// Readers that fare alike on tables that no statement tells apart.
#[derive(Debug, Clone)]
pub struct AccessClass {
    /// Digest of what it lets do, whoever and wherever; the same across runs.
    pub id: String,
    /// Readers, as numbers of [`Access::party`].
    pub members: Vec<usize>,
    /// Tables, as numbers of [`Access::table_arn`].
    pub tables: BTreeSet<usize>,
    /// Outright or conditional.
    pub decision: Decision,
    /// What every way in needs.
    pub needs: Needs,
    /// The condition, to show.
    pub condition: String,
    /// The roads that it opens.
    pub roads: Roads,
    /// Whether everything is allowed.
    pub full_access: bool,
    /// Whether a statement names all tables.
    pub wildcard: bool,
    /// Statements that let in, as `policy#index`, sorted.
    pub via: Vec<String>,
}

/// A reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    /// ARN, account id, service name or `*`.
    pub arn: String,
    /// Name to print.
    pub name: String,
    /// What sort.
    pub kind: ReaderKind,
    /// Account that it is of; empty for a service and for anyone.
    pub account: String,
    /// Whether of another account, or anyone.
    pub external: bool,
}

/// Who can reach what in one account. The account's root user can reach everything and is left out.
#[derive(Debug)]
pub struct Access {
    account: String,
    partition: String,
    policies: Policies,
    scene: paths::Scene,
    subjects: Vec<Subject>,
    targets: Vec<Target>,
    /// The account's users and roles, in the order of `subjects`, then whom tables' policies name.
    parties: Vec<Party>,
    classes: Vec<AccessClass>,
    incomplete: Option<GapId>,
    /// Why tables of some Region are missing among `targets`.
    unlisted: Option<GapId>,
    guardrails: Option<GapId>,
}

/// Judges every principal against every table. `sensitive`: ARNs of tables in which a secret was seen.
/// A policy that does not parse becomes a gap, and touches only whom it is attached to.
pub fn evaluate(account: &Account, sensitive: &BTreeSet<String>, gaps: &mut BTreeMap<GapId, Gap>) -> Access {
    let mut policies = Policies::default();
    let subjects = subjects::read(account, &mut policies, gaps);
    let targets = targets::read(account, sensitive, &mut policies, gaps);
    let scene = paths::Scene::read(account, &subjects, &mut policies);
    let mut classes = classes::of_subjects(&policies, &subjects, &targets);
    let own = |subject: &Subject| Party {
        arn: subject.who.arn.clone(),
        name: subject.name.clone(),
        kind: subject.kind,
        account: subject.who.account.clone(),
        external: false,
    };
    let mut parties: Vec<Party> = subjects.iter().map(own).collect();
    let (others, more) = outside::of_policies(&policies, &subjects, &targets, &account.id, parties.len());
    parties.extend(others);
    classes.extend(more);
    Access {
        account: account.id.clone(),
        partition: account.partition.clone(),
        policies,
        scene,
        subjects,
        targets,
        parties,
        classes,
        incomplete: account.principals.gap.clone(),
        unlisted: account.regions.iter().filter(|r| !r.disabled).find_map(|r| r.tables.gap.clone()),
        guardrails: account.guardrails.gap().cloned(),
    }
}

impl Access {
    /// Every class.
    pub fn classes(&self) -> &[AccessClass] {
        &self.classes
    }

    /// Who can become whom, and what is read that way.
    pub fn paths(&self) -> paths::Paths<'_> {
        paths::Paths::of(self)
    }

    /// The reader of a number.
    pub fn party(&self, number: usize) -> Option<&Party> {
        self.parties.get(number)
    }

    /// The ARN of the table of a number.
    pub fn table_arn(&self, number: usize) -> Option<&str> {
        self.targets.get(number).map(|target| target.arn.as_str())
    }

    /// The gap that keeps the list of principals from being whole.
    pub fn incomplete(&self) -> Option<&GapId> {
        self.incomplete.as_ref()
    }

    /// Who can read a table, counted: those who can read items as they are (`Roads::reads`), outright or
    /// under a condition. Unknown where a policy that could grant was not read, or the table not described:
    /// then nobody knows which indexes and stream a grant may name.
    pub fn of_table(&self, arn: &str) -> table::Access {
        let Ok(at) = self.targets.binary_search_by(|target| target.arn.as_str().cmp(arn)) else {
            return table::Access {
                readers: Fact::Known(0),
                external: Fact::Known(0),
                anyone: Fact::Known(false),
            };
        };
        let target = &self.targets[at];
        let reading = self.classes.iter().filter(|class| class.roads.reads() && class.tables.contains(&at));
        let readers: BTreeSet<usize> = reading.flat_map(|class| class.members.iter().copied()).collect();
        let parties = || readers.iter().filter_map(|number| self.parties.get(*number));
        let external = parties().filter(|party| party.external).count();
        let own = parties().filter(|party| party.account == self.account).count();
        let hidden = target.hidden();
        let unread = || {
            let unknown = |(n, subject): (usize, &Subject)| {
                subject.unread.first().filter(|_| !readers.contains(&n)).cloned()
            };
            self.subjects.iter().enumerate().find_map(unknown)
        };
        let count = |n: usize| Fact::Known(i64::try_from(n).unwrap_or(i64::MAX));
        let unless = |gap: Option<GapId>, fact| gap.map_or(fact, Fact::Unknown);
        let gap = hidden.cloned().or_else(|| self.incomplete.clone()).or_else(unread);
        table::Access {
            readers: unless(gap, count(own)),
            external: unless(hidden.cloned(), count(external)),
            anyone: match hidden {
                // What was read of the two policies may have said it already.
                Some(gap) if !target.public => Fact::Unknown(gap.clone()),
                _ => Fact::Known(target.public),
            },
        }
    }
}
