//! What all classes of an account share: its policies and tables, and what tells tables apart.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    bits::{Bits, refine},
    columns::{Column, Columns, Places},
    guard::Guard,
    judge::Court,
    locks::{Lock, Locks},
    policies::Policies,
    targets::Target,
    templates::Templates,
};
use crate::iam::{Effect, Keys, Levels, actions::Form, pattern::Pattern};

/// Policies, tables and keys of an account, indexed.
#[derive(Debug)]
pub(super) struct World<'a> {
    pub(super) policies: &'a Policies,
    pub(super) targets: &'a [Target],
    pub(super) locks: &'a Locks,
    pub(super) guard: &'a Guard,
    pub(super) templates: Templates,
    owner: &'a str,
    partition: &'a str,
    places: Places<'a>,
    columns: Columns,
    /// Tables that have resources of the same forms and locks of the same sort.
    shapes: Vec<Bits>,
    regions: Vec<Bits>,
    tags: Vec<Bits>,
}

impl<'a> World<'a> {
    pub(super) fn new(
        policies: &'a Policies,
        targets: &'a [Target],
        locks: &'a Locks,
        guard: &'a Guard,
        (owner, partition): (&'a str, &'a str),
    ) -> Self {
        let places = Places::new(targets, locks);
        let asks_tags = policies.iter().any(|loaded| loaded.asks_tags);
        Self {
            columns: Columns::read(policies, &places),
            templates: Templates::read(policies, targets, locks, owner),
            shapes: alike(targets, shape),
            regions: alike(targets, |target| target.region.clone()),
            tags: if asks_tags { alike(targets, |target| target.tags.clone()) } else { Vec::new() },
            policies,
            targets,
            locks,
            guard,
            owner,
            partition,
            places,
        }
    }

    /// What every judgement needs; `rcps`: [`Guard::rcps`] as levels.
    pub(super) fn court(&'a self, rcps: Levels<'a>) -> Court<'a> {
        Court {
            policies: self.policies,
            locks: self.locks,
            owner: self.owner,
            partition: self.partition,
            rcps,
        }
    }

    /// What a pattern without variables tells apart.
    pub(super) fn column(&self, pattern: &Pattern) -> Option<&Column> {
        self.columns.of(pattern)
    }

    /// Tables of which a statement of `identity` that allows speaks, and those of `open`: the others need no
    /// judging.
    pub(super) fn reached(&self, identity: &[usize], keys: &Keys, open: Bits) -> Bits {
        let mut reached = open;
        let all = identity.iter().flat_map(|id| &self.policies.get(*id).policy.statements);
        for statement in all.filter(|statement| statement.effect == Effect::Allow) {
            if statement.resources.negated {
                return Bits::all(self.targets.len());
            }
            for pattern in &statement.resources.patterns {
                match self.columns.of(pattern) {
                    Some(column) => reached.add(&column.reached),
                    None => reached.add(&self.places.varied(pattern, keys).reached),
                }
            }
        }
        reached
    }

    /// Parts of `reached` that nothing tells apart: not the policies `own`, nor those of tables, streams and keys
    /// that bear on a caller whom `naming` names, nor a grant to `who`.
    pub(super) fn parts(
        &self,
        reached: Bits,
        own: &[usize],
        naming: &[(usize, usize)],
        keys: &Keys,
        grantee: &[usize],
    ) -> Vec<Bits> {
        let mut parts = vec![reached];
        let mut done: BTreeSet<&str> = BTreeSet::new();
        for pattern in own
            .iter()
            .flat_map(|id| &self.policies.get(*id).policy.statements)
            .flat_map(|s| &s.resources.patterns)
        {
            if !done.insert(pattern.text()) {
                continue;
            }
            match self.columns.of(pattern) {
                Some(column) => column.blocks.iter().for_each(|block| refine(&mut parts, block)),
                None => self
                    .places
                    .varied(pattern, keys)
                    .blocks
                    .iter()
                    .for_each(|block| refine(&mut parts, block)),
            }
        }
        self.shapes.iter().for_each(|block| refine(&mut parts, block));
        let bearing: Vec<_> = self.templates.bearing(naming).collect();
        bearing.iter().for_each(|template| refine(&mut parts, &template.tables));
        let ids = || own.iter().copied().chain(bearing.iter().map(|template| template.policy));
        let asks = |ask: fn(&super::policies::Loaded) -> bool| ids().any(|id| ask(self.policies.get(id)));
        if asks(|loaded| loaded.asks_region) {
            self.regions.iter().for_each(|block| refine(&mut parts, block));
        }
        if asks(|loaded| loaded.asks_tags) {
            self.tags.iter().for_each(|block| refine(&mut parts, block));
        }
        for key in grantee {
            let locked = |target: &Target| target.lock == Lock::Key(*key);
            let tables = self.targets.iter().enumerate().filter(|(_, target)| locked(target));
            refine(&mut parts, &Bits::of(self.targets.len(), tables.map(|(at, _)| at)));
        }
        // Its key's policy or a grant asks for the table's name.
        let named = asks(|loaded| loaded.asks_context) || !grantee.is_empty();
        // A fence by attributes is judged over the names of the table's own key.
        let keyed = asks(|loaded| loaded.asks_request);
        parts.retain(|part| !part.is_empty());
        if named || keyed {
            parts = parts.iter().flat_map(|part| self.apart(part, named)).collect();
        }
        parts.sort_by_key(Bits::first);
        parts
    }

    /// Splits a part by the names of the tables' key attributes, or into single tables.
    fn apart(&self, part: &Bits, singly: bool) -> Vec<Bits> {
        let mut by_key: BTreeMap<(usize, &[String]), Bits> = BTreeMap::new();
        for at in part.iter() {
            let Some(target) = self.targets.get(at) else { continue };
            let single = if singly && target.lock != Lock::Open { at + 1 } else { 0 };
            let slot = by_key.entry((single, &target.key_attributes));
            slot.or_insert_with(|| Bits::none(self.targets.len())).insert(at);
        }
        by_key.into_values().collect()
    }
}

/// Sets of tables that `sign` does not tell apart; none where all are alike.
fn alike<K: Ord>(targets: &[Target], sign: impl Fn(&Target) -> K) -> Vec<Bits> {
    let mut by_sign: BTreeMap<K, Bits> = BTreeMap::new();
    for (at, target) in targets.iter().enumerate() {
        by_sign.entry(sign(target)).or_insert_with(|| Bits::none(targets.len())).insert(at);
    }
    if by_sign.len() < 2 { Vec::new() } else { by_sign.into_values().collect() }
}

fn shape(target: &Target) -> (Vec<Form>, bool, u8, bool) {
    let mut forms: Vec<Form> = target.resources.iter().filter(|r| r.real).map(|r| r.form).collect();
    forms.sort_unstable();
    forms.dedup();
    let lock = match target.lock {
        Lock::Open => 0,
        Lock::Key(_) => 1,
        Lock::Unseen(_) => 2,
    };
    (forms, target.denies, lock, target.undescribed.is_some())
}
