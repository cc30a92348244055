//! Which targets a caller reaches by each means, found over sets that no statement tells apart.

use std::collections::BTreeMap;

use super::{
    actor::{Actor, Asked, Ground},
    means::{ASSUME, Gives, MEANS, Means, On},
    set::Set,
    trusts::Trusts,
};
use crate::{
    facts::{
        access::{bits::Bits, guard::Stacks, policies::Policies},
        reader::ReaderKind,
    },
    iam::{Context, Keys, Policy, Truth, principal::Entry},
};

/// The targets of one means: none of [`MEANS`] is `sts:AssumeRole`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Edge {
    pub(super) means: Option<usize>,
    pub(super) outright: bool,
    pub(super) to: Set,
}

/// What one caller can do.
#[derive(Debug, Clone, Default)]
pub(super) struct Reach {
    /// Whom it can become.
    pub(super) edges: Vec<Edge>,
    /// To whom it can give rights: means, outright or not, whom (groups for [`Gives::Member`]).
    pub(super) gives: Vec<(usize, bool, Bits)>,
}

/// What a search over all targets needs.
pub(super) struct Search<'a> {
    pub(super) policies: &'a Policies,
    pub(super) trusts: Trusts<'a>,
    pub(super) ground: Ground<'a>,
    pub(super) kinds: Vec<ReaderKind>,
    /// What the organization lets pass.
    pub(super) stacks: Stacks<'a>,
    /// Whether it asks who the caller is.
    pub(super) stacks_ask: bool,
    /// Roles that each service may run as: outright, and at all.
    pub(super) services: BTreeMap<&'static str, (Bits, Bits)>,
    /// A trust policy that lets anyone in: what a caller may write with `iam:UpdateAssumeRolePolicy`.
    pub(super) anyone: Policy,
}

impl Search<'_> {
    /// Everything that a caller with these actions allowed somewhere can do. `named`: roles whose trust names it.
    pub(super) fn reach(&self, actor: &Actor<'_>, allowed: u128, named: &Bits) -> Reach {
        let mut from = named.clone();
        from.add(&self.trusts.open);
        let mut reach = Reach { edges: self.assumed(actor, ASSUME, allowed, from), gives: Vec::new() };
        for (number, means) in MEANS.iter().enumerate() {
            // Keys are looked at where one of them holds somebody off, clusters each for itself.
            if matches!(means.on, On::Key | On::Cluster) || !may(means, allowed) {
                continue;
            }
            let Some(side) = actor.pick(means.with, means.either, &self.ground) else { continue };
            let outright = means.only_if.is_empty() && side.iter().all(|asked| asked.truth == Truth::True);
            for (by, found) in self.targets(actor, means) {
                let outright = outright && by;
                if means.gives == Gives::Become {
                    reach.edges.push(Edge { means: Some(number), outright, to: found.into() });
                    continue;
                }
                let whom = if means.gives == Gives::Member {
                    found
                } else {
                    self.ground.scene.whom(means.on, &found)
                };
                reach.gives.push((number, outright, whom));
            }
        }
        reach
    }

    /// Roles that a caller can assume: of `from`, whose trust may let it in by itself, and of those that trust
    /// the account.
    pub(super) fn assumed(
        &self,
        actor: &Actor<'_>,
        action: &'static str,
        allowed: u128,
        mut from: Bits,
    ) -> Vec<Edge> {
        if !actor.foreign && allowed & bit(ASSUME) != 0 {
            let own = self.covered(actor, ASSUME, On::Role);
            from.add(&own.and(&self.trusts.account));
        }
        let blocks = self.split(actor, &[action], On::Role, from, true);
        let found = self.judge(blocks, On::Role, |at, keys| {
            let policy = self.trusts.of_role(at);
            policy.map_or(Truth::False, |_| {
                actor.ask(action, self.ground.scene.subjects.arn(at), keys, policy).truth
            })
        });
        found.into_iter().map(|(outright, to)| Edge { means: None, outright, to: to.into() }).collect()
    }

    /// Targets of a means: outright, then under a condition.
    fn targets(&self, actor: &Actor<'_>, means: &Means) -> Vec<(bool, Bits)> {
        let index = self.ground.scene.index(means.on);
        let mut from = match means.action {
            Some(action) => self.covered(actor, action, means.on),
            None => Bits::all(index.len()),
        };
        if matches!(means.on, On::Role | On::User) {
            let kind = if means.on == On::Role { ReaderKind::Role } else { ReaderKind::User };
            (0..index.len()).filter(|at| self.kinds.get(*at) != Some(&kind)).for_each(|at| from.discard(at));
        }
        let Some(action) = means.action else {
            return self.trusted(means, vec![(true, from)]);
        };
        let blocks = self.split(actor, &[action, ASSUME], means.on, from, false);
        let found = self.judge(blocks, means.on, |at, keys| {
            Truth::all(self.asked(actor, means, at, keys).into_iter().map(|asked| asked.truth))
        });
        self.trusted(means, found)
    }

    /// The requests that a means makes of its target.
    pub(super) fn asked(&self, actor: &Actor<'_>, means: &Means, at: usize, keys: &Keys) -> Vec<Asked> {
        let arn = self.ground.scene.index(means.on).arn(at);
        let Some(action) = means.action else { return Vec::new() };
        let passed = means.service.map(|service| format!("{service}.amazonaws.com"));
        let keys = match &passed {
            Some(service) => keys.clone().with_one("iam:PassedToService", service),
            None => keys.clone(),
        };
        let mut asked = vec![Asked { service: means.service, ..actor.ask(action, arn, &keys, None) }];
        if means.step == super::means::Step::TrustPolicy {
            // Whom the new policy names needs no other right, but may be denied it.
            asked.push(actor.ask(ASSUME, arn, &keys, Some(&self.anyone)));
        }
        asked
    }

    /// Those roles of `found` that trust the service of a means.
    fn trusted(&self, means: &Means, found: Vec<(bool, Bits)>) -> Vec<(bool, Bits)> {
        let Some(service) = means.service else { return found };
        let Some((outright, any)) = self.services.get(service) else { return Vec::new() };
        let mut out = Vec::new();
        for (by, set) in found {
            if by {
                out.push((true, set.and(outright)));
                out.push((false, set.and(any).without(outright)));
            } else {
                out.push((false, set.and(any)));
            }
        }
        out.retain(|(_, set)| !set.is_empty());
        out
    }

    /// Targets that some statement of the caller allows an action on.
    fn covered(&self, actor: &Actor<'_>, action: &'static str, on: On) -> Bits {
        let index = self.ground.scene.index(on);
        let mut out = Bits::none(index.len());
        let context = Context { caller: actor.keys, resource: &self.ground.keys };
        for statement in actor.allowing(action) {
            if statement.resources.negated {
                return Bits::all(index.len());
            }
            for pattern in &statement.resources.patterns {
                out.add(&index.matching(pattern, &context));
            }
        }
        out
    }

    /// `from` in blocks that no statement on these actions tells apart, nor, where asked, a trust policy.
    fn split(
        &self,
        actor: &Actor<'_>,
        actions: &[&'static str],
        on: On,
        from: Bits,
        trust: bool,
    ) -> Vec<Vec<usize>> {
        let index = self.ground.scene.index(on);
        let context = Context { caller: actor.keys, resource: &self.ground.keys };
        let mut blocks = vec![from];
        let mut traits = false;
        for statement in actions.iter().flat_map(|action| actor.statements(action)) {
            let asks = |key: &str| key.contains("resourcetag/") || key == "iam:permissionsboundary";
            let values = || statement.conditions.iter().flat_map(|c| &c.values);
            let variables = values().chain(&statement.resources.patterns).flat_map(|p| p.variables());
            traits |= statement.conditions.iter().map(|c| c.lookup.as_str()).chain(variables).any(asks);
            // Each pattern may match outright or by a variable that is open, so each one parts.
            for pattern in &statement.resources.patterns {
                let hit = index.matching(pattern, &context);
                let parts = |block: Bits| [block.and(&hit), block.without(&hit)];
                blocks = blocks.into_iter().flat_map(parts).filter(|block| !block.is_empty()).collect();
            }
        }
        let traits = traits && matches!(on, On::Role | On::User);
        let number = |at: usize| {
            let alike = self.ground.scene.alike.get(at).filter(|_| traits);
            (alike.copied(), self.trusts.of.get(at).filter(|_| trust).copied().flatten())
        };
        blocks.iter().flat_map(|block| parted(block, number)).collect()
    }

    /// Judges one of each block.
    fn judge(
        &self,
        blocks: Vec<Vec<usize>>,
        on: On,
        truth: impl Fn(usize, &Keys) -> Truth,
    ) -> Vec<(bool, Bits)> {
        let size = self.ground.scene.index(on).len();
        let (mut outright, mut open) = (Bits::none(size), Bits::none(size));
        for block in blocks {
            let Some(first) = block.first() else { continue };
            let keys = self.ground.scene.keys(self.ground.account, on, *first);
            match truth(*first, &keys) {
                Truth::True => block.iter().for_each(|at| outright.insert(*at)),
                Truth::Depends(_) => block.iter().for_each(|at| open.insert(*at)),
                Truth::False => {}
            }
        }
        let both = [(true, outright), (false, open)];
        both.into_iter().filter(|(_, set)| !set.is_empty()).collect()
    }

    /// Roles whose trust policy names someone.
    pub(super) fn naming<'e>(&self, entries: impl IntoIterator<Item = &'e Entry>) -> Bits {
        let mut out = Bits::none(self.ground.scene.subjects.len());
        for entry in entries {
            for number in self.trusts.naming(entry) {
                self.trusts.roles(number).iter().for_each(|at| out.insert(*at));
            }
        }
        out
    }
}

/// A block in parts whose members have one number.
fn parted<N: Ord>(block: &Bits, number: impl Fn(usize) -> N) -> Vec<Vec<usize>> {
    let mut parts: BTreeMap<N, Vec<usize>> = BTreeMap::new();
    block.iter().for_each(|at| parts.entry(number(at)).or_default().push(at));
    parts.into_values().collect()
}

/// The bit of an action among those that some statement allows.
pub(super) fn bit(action: &'static str) -> u128 {
    let lower = super::means::lower(action);
    super::means::actions().binary_search(&lower).map_or(0, |at| 1 << at)
}

/// Whether every action that a means needs is allowed somewhere.
fn may(means: &Means, allowed: u128) -> bool {
    let has = |action: &'static str| allowed & bit(action) != 0;
    means.action.is_none_or(has)
        && means.with.iter().all(|need| has(need.0))
        && (means.either.is_empty() || means.either.iter().any(|need| has(need.0)))
}
