//! Trust policies of all roles, each distinct one once, found by whom it names.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::{
    facts::access::{bits::Bits, subjects::Subject},
    iam::{Effect, Policy, principal::Entry},
};

/// The trust policies.
#[derive(Debug, Default)]
pub(super) struct Trusts<'a> {
    /// Distinct policies, with the roles that have them.
    pub(super) all: Vec<(&'a Policy, Vec<usize>)>,
    /// The policy of each subject.
    pub(super) of: Vec<Option<u32>>,
    /// Policies that name a principal by ARN, unique id or otherwise.
    named: BTreeMap<&'a Entry, BTreeSet<usize>>,
    /// Roles that trust the account as a whole.
    pub(super) account: Bits,
    /// Roles that trust anyone, or all but some.
    pub(super) open: Bits,
    /// Whether a policy of these two asks who the caller is.
    pub(super) account_asks: bool,
    pub(super) open_asks: bool,
}

impl<'a> Trusts<'a> {
    pub(super) fn read(subjects: &'a [Subject], account: &str) -> Self {
        let size = subjects.len();
        let mut trusts = Self {
            account: Bits::none(size),
            open: Bits::none(size),
            of: vec![None; size],
            ..Self::default()
        };
        let mut known: HashMap<String, usize> = HashMap::new();
        for (at, subject) in subjects.iter().enumerate() {
            let Some(policy) = subject.trust.as_ref().ok().and_then(|trust| trust.policy.as_ref()) else {
                continue;
            };
            if policy.statements.is_empty() {
                continue;
            }
            let next = trusts.all.len();
            let number = *known.entry(format!("{policy:?}")).or_insert(next);
            if number == next {
                trusts.all.push((policy, Vec::new()));
                trusts.index(number, policy);
            }
            if let Some((_, roles)) = trusts.all.get_mut(number) {
                roles.push(at);
            }
            trusts.of[at] = u32::try_from(number).ok();
        }
        let own = Entry::Account(account.to_owned());
        for (policy, roles) in &trusts.all {
            let (open, whole) = (is_open(policy), names(policy, &own));
            trusts.account_asks |= whole && asks_caller(policy);
            trusts.open_asks |= open && asks_caller(policy);
            for at in roles {
                if open {
                    trusts.open.insert(*at);
                }
                if whole {
                    trusts.account.insert(*at);
                }
            }
        }
        trusts
    }

    fn index(&mut self, number: usize, policy: &'a Policy) {
        let principals = policy.statements.iter().filter_map(|statement| statement.principals.as_ref());
        for entry in principals.flat_map(|principals| &principals.entries) {
            self.named.entry(entry).or_default().insert(number);
        }
    }

    /// Numbers of the policies that name an entry.
    pub(super) fn naming(&self, entry: &Entry) -> impl Iterator<Item = usize> + use<'_, 'a> {
        self.named.get(entry).into_iter().flatten().copied()
    }

    /// Everyone whom some policy names.
    pub(super) fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.named.keys().copied()
    }

    pub(super) fn policy(&self, number: usize) -> Option<&'a Policy> {
        self.all.get(number).map(|(policy, _)| *policy)
    }

    pub(super) fn of_role(&self, at: usize) -> Option<&'a Policy> {
        self.of.get(at).copied().flatten().and_then(|number| self.policy(number as usize))
    }

    pub(super) fn roles(&self, number: usize) -> &[usize] {
        self.all.get(number).map_or(&[], |(_, roles)| roles)
    }
}

fn names(policy: &Policy, entry: &Entry) -> bool {
    let allows = policy.statements.iter().filter(|statement| statement.effect == Effect::Allow);
    allows.filter_map(|statement| statement.principals.as_ref()).any(|p| p.entries.contains(entry))
}

fn is_open(policy: &Policy) -> bool {
    let allows = policy.statements.iter().filter(|statement| statement.effect == Effect::Allow);
    allows
        .filter_map(|statement| statement.principals.as_ref())
        .any(|p| p.negated || p.entries.contains(&Entry::Anyone))
}

/// Whether it asks who the caller is, so that two principals of the account may fare differently.
pub(super) fn asks_caller(policy: &Policy) -> bool {
    let conditions = || policy.statements.iter().flat_map(|statement| &statement.conditions);
    let variables = || conditions().flat_map(|c| &c.values).flat_map(|value| value.variables());
    let asked = conditions().map(|condition| condition.lookup.as_str()).chain(variables());
    // The account and the organization are the same for all of its principals.
    let prefixes =
        ["aws:principalarn", "aws:principaltag/", "aws:principaltype", "aws:userid", "aws:username"];
    asked.into_iter().any(|key| prefixes.iter().any(|prefix| key.starts_with(prefix)))
}
