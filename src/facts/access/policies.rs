//! The policies of an account, each parsed once, with a gap for each that could not be read.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use super::{auditor::WRITES, known, paths::means};
use crate::{
    facts::{Fact, gaps::malformed, table},
    iam::{self, Effect, Kind, Malformed, Named, Policy},
    snapshot::{Gap, GapId, Seen},
};

/// One policy document, without what concerns no way to data.
#[derive(Debug)]
pub(super) struct Loaded {
    pub(super) name: String,
    pub(super) policy: Policy,
    /// For each statement the actions of [`known`] that it names, as bits.
    pub(super) names: Vec<u64>,
    /// The actions that some statement allows.
    pub(super) allows: u64,
    /// For each action of [`known`] a number: equal numbers, named by the same statements.
    pub(super) signs: Vec<u32>,
    /// Keys that tell one caller of the account from another, so that two principals with it may fare differently.
    pub(super) asks_caller: BTreeSet<String>,
    /// What of it lets, or keeps, a principal from becoming another.
    pub(super) moves: Policy,
    /// Whether it asks for tags of the resource.
    pub(super) asks_tags: bool,
    /// Whether it asks for the Region.
    pub(super) asks_region: bool,
    /// Whether it asks for keys that only some actions carry.
    pub(super) asks_request: bool,
    /// Whether it asks for what names the table in a request to its key.
    pub(super) asks_context: bool,
}

/// Policies by number; equal ones have one number.
#[derive(Debug, Default)]
pub(super) struct Policies {
    loaded: Vec<Loaded>,
    known: HashMap<(String, String), Result<usize, Malformed>>,
}

impl Policies {
    pub(super) fn get(&self, id: usize) -> &Loaded {
        &self.loaded[id]
    }

    /// A policy with its name.
    pub(super) fn named(&self, id: usize) -> Named<'_> {
        let loaded = self.get(id);
        Named { name: &loaded.name, policy: &loaded.policy }
    }

    /// Every policy.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Loaded> {
        self.loaded.iter()
    }

    /// Parses a policy, or finds the number it has.
    pub(super) fn load(&mut self, name: &str, text: &str, kind: Kind) -> Result<usize, Malformed> {
        let key = (format!("{kind:?} {name}"), text.to_owned());
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        let result = Policy::stored(text, kind).map(|policy| {
            let mut actions = known::ACTIONS.clone();
            actions.extend(WRITES);
            let moves = policy.clone().restricted_to(means::actions());
            self.loaded.push(Loaded::new(name, policy.restricted_to(&actions), moves));
            self.loaded.len() - 1
        });
        self.known.insert(key, result.clone());
        result
    }
}

impl Loaded {
    fn new(name: &str, policy: Policy, moves: Policy) -> Self {
        let conditions = || policy.statements.iter().flat_map(|statement| &statement.conditions);
        let resources = || policy.statements.iter().flat_map(|statement| &statement.resources.patterns);
        let values = || conditions().flat_map(|condition| &condition.values);
        let variables = || resources().chain(values()).flat_map(|pattern| pattern.variables());
        let asked = || conditions().map(|condition| condition.lookup.as_str()).chain(variables());
        let asks = |prefixes: &[&str]| asked().any(|key| prefixes.iter().any(|p| key.starts_with(p)));
        let tells = |key: &&str| {
            let same = ["aws:principalaccount", "aws:principalorgid", "aws:principalorgpaths"];
            let personal = ["aws:principal", "aws:userid", "aws:username"];
            personal.iter().any(|prefix| key.starts_with(prefix)) && !same.contains(key)
        };
        let bits = |statement: &Arc<iam::Statement>| {
            let named = known::ACTIONS.iter().enumerate().filter(|(_, a)| statement.names_action(a));
            named.fold(0, |bits, (at, _)| bits | 1u64 << at)
        };
        let names: Vec<u64> = policy.statements.iter().map(bits).collect();
        let allowing = policy.statements.iter().zip(&names).filter(|(s, _)| s.effect == Effect::Allow);
        Self {
            name: name.to_owned(),
            allows: allowing.fold(0, |sum, (_, bits)| sum | bits),
            signs: signs([names.as_slice()]),
            asks_caller: asked().filter(tells).map(str::to_owned).collect(),
            asks_tags: asks(&["aws:resourcetag/"]),
            asks_region: asks(&["aws:requestedregion", "kms:viaservice"]),
            asks_request: asks(&["dynamodb:"]),
            asks_context: asks(&["kms:encryptioncontext"]),
            names,
            policy,
            moves,
        }
    }
}

/// For each action of [`known`] a number; equal numbers for actions that the same of these statements name.
pub(super) fn signs<'a>(policies: impl IntoIterator<Item = &'a [u64]>) -> Vec<u32> {
    let mut signs = vec![0; known::ACTIONS.len()];
    for bits in policies.into_iter().flatten() {
        // Splits each number in two: named, not named.
        let mut next: HashMap<(u32, bool), u32> = HashMap::new();
        for (at, sign) in signs.iter_mut().enumerate() {
            let fresh = u32::try_from(next.len()).unwrap_or(u32::MAX);
            *sign = *next.entry((*sign, bits >> at & 1 == 1)).or_insert(fresh);
        }
    }
    signs
}

/// The facts of a table's or stream's own policy: null without one, unknown where it was not read or does
/// not parse (then with a gap on `arn`).
pub fn resource_policy(
    policy: &Seen<Option<String>>,
    arn: &str,
    owner: &str,
    gaps: &mut BTreeMap<GapId, Gap>,
) -> Fact<Option<table::ResourcePolicy>> {
    let text = match policy {
        Seen::Gap(gap) => return Fact::Unknown(gap.into()),
        Seen::Value(None) => return Fact::Known(None),
        Seen::Value(Some(text)) => text,
    };
    match iam::resource_policy::read(text, owner, arn) {
        Err(error) => Fact::Unknown(malformed(gaps, "resource-based policy", arn, &error).into()),
        Ok(reading) => Fact::Known(Some(table::ResourcePolicy {
            public: reading.public,
            cross_account: reading.cross_account,
            accounts: reading.accounts.into_iter().collect(),
            administers: reading.administers,
            denies: reading.denies,
            unbound_services: reading.unbound_services.into_iter().collect(),
            deleted: reading.deleted,
            perimeter: reading.perimeter,
        })),
    }
}
