//! Principals that no policy tells apart, tables that no statement tells apart: judged once for all of them.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use super::{
    AccessClass,
    bits::Bits,
    grants::Manner,
    guard::{Guard, Stacks},
    judge::{Court, Judge},
    keyed::Keyed,
    parallel,
    policies::Policies,
    rows::{Nameless, Row, Shown},
    subjects::Subject,
    world::World,
};
use crate::{
    facts::reader::ReaderKind,
    iam::{Caller, Context, Levels, Named, Value, Via},
};

/// What decides how a principal fares: equal keys, equal access.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    identity: Vec<usize>,
    boundary: Option<usize>,
    bounded: bool,
    kind: ReaderKind,
    /// Policies of the organization do not bind it.
    exempt: bool,
    /// The statements of tables' and keys' policies that name it, as template and statement.
    naming: Vec<(usize, usize)>,
    /// Keys that grant it something.
    grantee: Vec<usize>,
    /// What it has under the keys that policies ask for.
    asked: Vec<(String, Value)>,
}

/// The access of the account's own principals. Members are numbered as in `subjects`.
pub(super) fn of_subjects(world: &World<'_>, subjects: &[Subject]) -> Vec<AccessClass> {
    let mut classes: BTreeMap<Key, Vec<usize>> = BTreeMap::new();
    for (at, subject) in subjects.iter().enumerate() {
        let key = key(world, subject);
        let granted = !key.naming.is_empty() || world.templates.opens();
        if granted || !key.identity.is_empty() {
            classes.entry(key).or_default().push(at);
        }
    }
    let classes: Vec<(Key, Vec<usize>)> = classes.into_iter().collect();
    let guards = world.guard.levels(world.policies);
    let found = parallel::map(&classes, |(key, members)| {
        let first = members.first().and_then(|at| subjects.get(*at));
        first.map_or_else(Vec::new, |first| class(world, &guards, key, first, members))
    });
    shared(found.into_iter().flatten())
}

/// What a judge of one subject is made of.
pub(super) struct Robe<'a> {
    identity: Vec<Named<'a>>,
    boundary: Option<Named<'a>>,
    own: Vec<usize>,
    exempt: bool,
}

impl<'a> Robe<'a> {
    pub(super) fn new(policies: &'a Policies, guard: &Guard, subject: &Subject) -> Self {
        let exempt = subject.service_linked;
        let identity = concerning(policies, subject);
        let guards = guard.policies().filter(|_| !exempt);
        Self {
            identity: identity.iter().map(|id| policies.named(*id)).collect(),
            boundary: subject.boundary.map(|id| policies.named(id)),
            own: identity.iter().copied().chain(subject.boundary).chain(guards).collect(),
            exempt,
        }
    }

    pub(super) fn judge<'b>(&'b self, court: Court<'b>, subject: &'b Subject, scps: Levels<'b>) -> Judge<'b> {
        let caller = Caller {
            boundary: self.boundary.as_ref().map(std::slice::from_ref),
            scps: if self.exempt { &[] } else { scps },
            ..Caller::with(&subject.who, &self.identity)
        };
        Judge::new(court, caller, &subject.keys, &self.own)
    }
}

fn class(
    world: &World<'_>,
    guards: &Stacks<'_>,
    key: &Key,
    first: &Subject,
    members: &[usize],
) -> Vec<AccessClass> {
    let reached = world.reached(&key.identity, &first.keys, world.templates.open_to(&first.who));
    if reached.is_empty() {
        return Vec::new();
    }
    let robe = Robe::new(world.policies, world.guard, first);
    let parts = world.parts(reached, &robe.own, &key.naming, &first.keys, &key.grantee);
    let (scps, rcps) = (guards.scps(), guards.rcps());
    let judge = robe.judge(world.court(&rcps), first, &scps);
    rows(world, &judge, &Manner::of(world, &key.identity), &parts, members)
}

/// The rows of one class over parts of the tables, one class for each distinct row.
pub(super) fn rows(
    world: &World<'_>,
    judge: &Judge<'_>,
    manner: &Manner<'_>,
    parts: &[Bits],
    members: &[usize],
) -> Vec<AccessClass> {
    let mut merged: BTreeMap<Row, (Bits, Shown, Keyed)> = BTreeMap::new();
    let nameless = Nameless::default();
    let mut asks_request = false;
    for part in parts {
        let Some(target) = part.first().and_then(|at| world.targets.get(at)) else { continue };
        asks_request |= judge.asks_request(target);
        for (mut row, term) in judge.rows(target, &nameless) {
            // Which statements let in does not part classes, nor what keys say: they are kept together.
            let shown = std::mem::take(&mut row.shown);
            let slot = merged.entry(row).or_default();
            slot.0.add(part);
            slot.1.add(shown);
            slot.2.add(part, term);
        }
    }
    let class = |(row, (tables, shown, keyed)): (Row, (Bits, Shown, Keyed))| AccessClass {
        id: row.id(),
        members: members.to_vec(),
        grants: manner.grants(world, &shown, &tables, row.around_deny),
        asks_request,
        tables: Arc::new(tables),
        decision: row.decision(),
        needs: row.needs(),
        condition: row.condition.as_ref().map(ToString::to_string).unwrap_or_default(),
        keyed,
        roads: row.roads,
        hidden: shown.hidden,
        ways: shown.ways,
        full_access: row.full_access,
        wildcard: row.wildcard,
        fence: row.fences.into(),
        via: texts(&shown.via),
    };
    merged.into_iter().map(class).collect()
}

/// Statements as `policy#index`, sorted.
pub(super) fn texts(via: &BTreeSet<Via<'static>>) -> Vec<String> {
    let texts: BTreeSet<String> = via.iter().map(ToString::to_string).collect();
    texts.into_iter().collect()
}

/// Classes with equal sets of tables, sharing one.
pub(super) fn shared(classes: impl IntoIterator<Item = AccessClass>) -> Vec<AccessClass> {
    let mut known: HashMap<Arc<Bits>, Arc<Bits>> = HashMap::new();
    let mut one = |set: &mut Arc<Bits>| {
        *set = Arc::clone(known.entry(Arc::clone(set)).or_insert_with(|| Arc::clone(set)));
    };
    let share = |mut class: AccessClass| {
        one(&mut class.tables);
        class.keyed.share(&mut one);
        class
    };
    classes.into_iter().map(share).collect()
}

/// A subject's policies, but for those of which nothing concerns data: they part nobody.
fn concerning(policies: &Policies, subject: &Subject) -> Vec<usize> {
    let concerns = |id: &&usize| !policies.get(**id).policy.statements.is_empty();
    subject.identity.iter().filter(concerns).copied().collect()
}

fn key(world: &World<'_>, subject: &Subject) -> Key {
    let identity = concerning(world.policies, subject);
    let naming = world.templates.naming(&subject.who);
    let named = |who: &str| who == subject.who.arn || (!subject.who.id.is_empty() && who == subject.who.id);
    let granted =
        |key: &super::locks::Key| key.grants.iter().any(|grant| grant.grantee.as_deref().is_some_and(named));
    let grantee = world.locks.keys().iter().enumerate().filter(|(_, key)| granted(key)).map(|(at, _)| at);
    let ids = identity.iter().copied().chain(subject.boundary).chain(world.guard.policies());
    let own = ids.flat_map(|id| &world.policies.get(id).asks_caller);
    let mut asked: Vec<&String> = own.chain(world.templates.asked(world.policies, &naming)).collect();
    asked.sort_unstable();
    asked.dedup();
    let context = Context { caller: &subject.keys, resource: &subject.keys };
    Key {
        boundary: subject.boundary,
        bounded: subject.bounded,
        kind: subject.kind,
        exempt: subject.service_linked,
        asked: asked.into_iter().map(|key| (key.clone(), context.get(key).clone())).collect(),
        grantee: grantee.collect(),
        naming,
        identity,
    }
}
