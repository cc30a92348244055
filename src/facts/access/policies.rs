//! The policies of an account, each parsed once, with a gap for each that could not be read.

use std::collections::{BTreeMap, HashMap};

use super::{auditor::WRITES, paths::means};
use crate::{
    facts::{Fact, table},
    iam::{self, Kind, Malformed, Policy, actions},
    kms,
    snapshot::{Gap, GapId, ResourceId, Seen, Why},
};

/// An action and a table name that nobody writes down: only a wildcard matches them.
pub(super) const ANY_ACTION: &str = "dynamodb:~any~";
pub(super) const ANY_TABLE: &str = "~any~";

/// One policy document, without what concerns no way to data.
#[derive(Debug)]
pub(super) struct Loaded {
    pub(super) name: String,
    pub(super) policy: Policy,
    /// What of it lets, or keeps, a principal from becoming another.
    pub(super) moves: Policy,
    /// Whether it asks who the caller is, so that two principals with it may fare differently.
    pub(super) asks_caller: bool,
    /// Whether it asks for tags of the resource.
    pub(super) asks_tags: bool,
    /// Whether it asks for the Region.
    pub(super) asks_region: bool,
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

    /// Parses a policy, or finds the number it has.
    pub(super) fn load(&mut self, name: &str, text: &str, kind: Kind) -> Result<usize, Malformed> {
        let key = (format!("{kind:?} {name}"), text.to_owned());
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        let result = Policy::parse(text, kind).map(|policy| {
            let mut actions = actions::names();
            actions.push(kms::DECRYPT);
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
        Self {
            name: name.to_owned(),
            asks_caller: asks(&["aws:principal", "aws:userid", "aws:username"]),
            asks_tags: asks(&["aws:resourcetag/"]),
            asks_region: asks(&["aws:requestedregion"]),
            policy,
            moves,
        }
    }
}

/// Files a gap for a document that could not be read, and gives its id.
pub(super) fn malformed(
    gaps: &mut BTreeMap<GapId, Gap>,
    document: &str,
    on: &str,
    error: &Malformed,
) -> GapId {
    let message = format!("{document}: {error}");
    file(
        gaps,
        Gap {
            call: "policy document".to_owned(),
            on: ResourceId(on.to_owned()),
            why: Why::Malformed,
            message,
        },
    )
}

/// Files a gap, and gives its id.
pub(super) fn file(gaps: &mut BTreeMap<GapId, Gap>, gap: Gap) -> GapId {
    let id = gap.id();
    gaps.entry(id.clone()).or_insert(gap);
    id
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
        Seen::Gap(gap) => return Fact::Unknown(gap.clone()),
        Seen::Value(None) => return Fact::Known(None),
        Seen::Value(Some(text)) => text,
    };
    match iam::resource_policy::read(text, owner, arn) {
        Err(error) => Fact::Unknown(malformed(gaps, "resource-based policy", arn, &error)),
        Ok(reading) => Fact::Known(Some(table::ResourcePolicy {
            public: reading.public,
            cross_account: reading.cross_account,
            accounts: reading.accounts.into_iter().collect(),
            administers: reading.administers,
            denies: reading.denies,
        })),
    }
}
