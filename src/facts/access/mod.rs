//! Who can reach the data of which tables: held in classes, never in pairs.
//!
//! ```text
//! policies ─columns─▶ what patterns tell apart ─┐
//! subjects ─key─────▶ classes of principals ────┼─world─▶ parts of the tables ─judge─▶ ways ─rows─▶ AccessClass
//! tables, keys ─templates─▶ whom they name ─────┘
//! ```

mod alone;
mod attributes;
mod auditor;
mod bits;
mod classes;
mod columns;
mod doubts;
mod fence;
mod gate;
mod gone;
mod grants;
mod guard;
mod judge;
mod keyed;
mod known;
mod locks;
mod nodes;
mod outside;
mod parallel;
pub mod paths;
mod policies;
pub mod query;
mod reaching;
mod readers;
mod rows;
mod subjects;
mod targets;
mod templates;
mod trust;
mod world;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, OnceLock},
};

use self::{
    doubts::Doubts, guard::Guard, keyed::Keyed, locks::Locks, outside::Outsider, policies::Policies,
    reaching::Reaching, subjects::Subject, targets::Target, world::World,
};
use super::{
    Fact, Gaps,
    reader::{Decision, Fence, Grants, ReaderKind, Roads},
    sensitivity::Marks,
    table,
};
use crate::snapshot::{Account, Gap, GapId};

pub use self::{bits::Bits, policies::resource_policy};

/// Readers that fare alike on tables that no statement tells apart: what DynamoDB decides, and beside it what the
/// tables' keys say.
#[derive(Debug, Clone)]
pub struct AccessClass {
    /// Digest of what it lets do, whoever and wherever; the same across runs.
    pub id: String,
    /// Readers, as numbers of [`Access::party`].
    pub members: Vec<usize>,
    /// Tables, as numbers of [`Access::table_arn`]; classes of one account share equal sets.
    pub tables: Arc<Bits>,
    /// Outright or conditional.
    pub decision: Decision,
    /// What every way in needs, as bits of [`super::reader::Needs`].
    needs: u16,
    /// The condition, to show.
    pub condition: String,
    /// What AWS KMS has to say.
    pub keyed: Keyed,
    /// The roads that it opens.
    pub roads: Roads,
    /// Those that it may open, too, by indexes and streams that were not seen.
    hidden: Roads,
    /// The ways along them, as bits in the order of [`crate::iam::actions::WAYS`].
    ways: u64,
    /// Whether everything is allowed.
    pub full_access: bool,
    /// Whether a statement names all tables.
    pub wildcard: bool,
    /// What holds it to part of the data.
    pub fence: Fence,
    /// How the readers' own policies grant it.
    pub grants: Grants,
    /// Whether some condition that bears on it asks for what only some requests carry, so that an attribute may fare
    /// unlike its table.
    asks_request: bool,
    /// Statements that let in, as `policy#index`, sorted.
    pub via: Vec<String>,
}

impl AccessClass {
    /// Whether items of a table can be read at once: DynamoDB lets in, and KMS does not stop it, as far as keys were
    /// seen.
    pub fn reads(&self, table: usize) -> bool {
        self.roads.reads() && self.tables.contains(table) && !self.keyed.stopped().contains(table)
    }

    /// Whether that needs no condition to hold, nor a key that was not seen to let in.
    pub fn outright(&self, table: usize) -> bool {
        let asked = self.keyed.asking().contains(table) || self.keyed.unseen().contains(table);
        self.decision == Decision::Allowed && !asked && self.reads(table)
    }
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
    /// Whether of the account's organization; none where nobody can tell.
    pub in_organization: Option<bool>,
}

/// Who can reach what in one account. The account's root user can reach everything and is left out.
#[derive(Debug)]
pub struct Access {
    account: String,
    partition: String,
    policies: Policies,
    guard: Guard,
    locks: Locks,
    scene: paths::Scene,
    subjects: Vec<Subject>,
    targets: Vec<Target>,
    /// Whom tables' policies name beside the account's users and roles.
    outsiders: Vec<Outsider>,
    /// The account's users and roles, in the order of `subjects`, then `outsiders`.
    parties: Vec<Party>,
    classes: Vec<AccessClass>,
    /// Classes by table, once somebody asks.
    reaching: OnceLock<Reaching>,
    incomplete: Option<GapId>,
    /// Which tables there are, whether looked at or not.
    listing: gone::Listing,
    /// What was not seen and bears on everyone.
    doubts: Doubts,
    /// Tables whose key was not seen.
    unseen_keys: Bits,
    /// Why tables of some Region are missing among `targets`.
    unlisted: Option<GapId>,
}

/// Judges every principal against every table. `sensitive`: ARNs of sensitive tables; of others it is known that they are
/// not, but where a sample is missing.
/// A policy that does not parse becomes a gap, and touches only whom it is attached to.
pub fn evaluate(account: &Account, sensitive: &BTreeSet<String>, gaps: &mut BTreeMap<GapId, Gap>) -> Access {
    judged(account, sensitive, &BTreeMap::new(), gaps)
}

/// As [`evaluate`], with what is known of the tables.
pub fn evaluate_marked(account: &Account, marks: &Marks, gaps: &mut BTreeMap<GapId, Gap>) -> Access {
    judged(account, &marks.sensitive(), &marks.unsure(), gaps)
}

fn judged(
    account: &Account,
    sensitive: &BTreeSet<String>,
    unsure: &BTreeMap<String, Gaps>,
    gaps: &mut BTreeMap<GapId, Gap>,
) -> Access {
    let mut policies = Policies::default();
    let guard = Guard::read(account, &mut policies, gaps);
    let locks = Locks::read(account, &mut policies, gaps);
    let subjects = subjects::read(account, &guard, &mut policies, gaps);
    let targets = targets::read(account, (sensitive, unsure), &mut policies, (&locks, &guard), gaps);
    let scene = paths::Scene::read(account, &subjects, &mut policies);
    let (outsiders, classes) = {
        let world = World::new(&policies, &targets, &locks, &guard, (&account.id, &account.partition));
        let mut classes = classes::of_subjects(&world, &subjects);
        let (outsiders, more) = outside::of_policies(&world, &subjects, &account.id, subjects.len());
        classes.extend(more);
        (outsiders, classes)
    };
    let own = |subject: &Subject| Party {
        arn: subject.who.arn.clone(),
        name: subject.name.clone(),
        kind: subject.kind,
        account: subject.who.account.clone(),
        external: false,
        in_organization: Some(true),
    };
    let others = outsiders.iter().map(|outsider| outsider.party(&account.id, &guard));
    let hiding = targets.iter().enumerate().filter(|(_, target)| target.unseen_key().is_some());
    Access {
        account: account.id.clone(),
        partition: account.partition.clone(),
        listing: gone::Listing::of(account),
        doubts: Doubts::of(&targets, &subjects),
        unseen_keys: Bits::of(targets.len(), hiding.map(|(at, _)| at)),
        parties: subjects.iter().map(own).chain(others).collect(),
        policies,
        guard,
        locks,
        scene,
        subjects,
        targets,
        outsiders,
        classes,
        reaching: OnceLock::new(),
        incomplete: account.principals.gap.clone(),
        unlisted: account.regions.iter().filter(|r| !r.disabled).find_map(|r| r.tables.gap.clone()),
    }
}

impl Access {
    /// What classes are judged in, indexed anew.
    fn world(&self) -> World<'_> {
        World::new(&self.policies, &self.targets, &self.locks, &self.guard, (&self.account, &self.partition))
    }

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

    /// Whether a policy of the organization holds anybody off from data.
    pub fn guarded(&self) -> Fact<bool> {
        Fact::Known(self.guard.denies(&self.policies)).or_hidden(&self.guard.unread)
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
        let reading = self.reaching(at).into_iter().filter(|class| class.reads(at));
        let readers: BTreeSet<usize> = reading.flat_map(|class| class.members.iter().copied()).collect();
        let parties = || readers.iter().filter_map(|number| self.parties.get(*number));
        let external = parties().filter(|party| party.external).count();
        let own = parties().filter(|party| party.account == self.account).count();
        let hidden = target.hidden();
        let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        table::Access {
            readers: Fact::unless(self.uncounted(at, &readers), count(own)),
            external: Fact::unless(
                hidden.clone().and(target.unseen_key().filter(|_| external > 0)),
                count(external),
            ),
            // What was read of the two policies may have said it already.
            anyone: Fact::Known(target.public).or_hidden(hidden),
        }
    }

    /// Why the readers of a table cannot be counted, `readers` being those that were found.
    fn uncounted(&self, table: usize, readers: &BTreeSet<usize>) -> Gaps {
        let target = self.targets.get(table);
        let hidden = target.map(Target::hidden).unwrap_or_default();
        // A key that was not seen may stop some of them, and adds nobody.
        let locked = target.and_then(Target::unseen_key).filter(|_| !readers.is_empty());
        let mut others = self.doubts.unread.iter().filter(|(number, _)| !readers.contains(number));
        hidden.and(locked).and(&self.incomplete).and(others.next().map(|(_, gap)| gap))
    }
}
