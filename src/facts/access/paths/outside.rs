//! Whom trust policies name beside the account's own principals: other accounts, identity providers, anyone.

use super::{
    actor::Actor,
    edges::{Edge, Search, bit},
    means::ASSUME,
};
use crate::{
    facts::access::{
        guard::{Guard, Stacks},
        outside::keys,
    },
    iam::{Keys, Who, WhoKind, principal::Entry},
};

/// Someone outside who may become a role.
#[derive(Debug, Clone)]
pub(super) struct Outside {
    pub(super) who: Who,
    pub(super) keys: Keys,
    entry: Entry,
    /// How it becomes a role.
    actions: &'static [&'static str],
}

/// By an OpenID Connect provider.
pub(super) const WEB: &str = "sts:AssumeRoleWithWebIdentity";
/// By a SAML provider.
pub(super) const SAML: &str = "sts:AssumeRoleWithSAML";

impl Outside {
    /// The caller that an entry means; none for the account itself, for a service, which acts for whom the
    /// role is passed by, and for a principal that was deleted.
    pub(super) fn of(entry: &Entry, owner: &str, guard: &Guard) -> Option<Self> {
        let account = entry.account().unwrap_or_default().to_owned();
        let (kind, arn, actions): (_, &str, &'static [&'static str]) = match entry {
            Entry::Service(_) | Entry::UniqueId(_) => return None,
            Entry::Account(id) if id == owner => return None,
            Entry::Arn(arn) if account == owner && !is_session(arn) => return None,
            Entry::Anyone => (WhoKind::Anyone, "*", &[ASSUME]),
            Entry::Account(id) | Entry::CanonicalUser(id) => (WhoKind::Account, id, &[ASSUME]),
            Entry::Federated(name) => (WhoKind::Provider, name, &[WEB, SAML]),
            Entry::Arn(arn) => (Who::parse(arn)?.kind, arn, &[ASSUME]),
        };
        let who = Who { kind, arn: arn.to_owned(), account, id: String::new() };
        let mut keys = keys(&who, owner, guard);
        if let Entry::Federated(name) = entry {
            keys = keys.with_one("aws:FederatedProvider", name);
        }
        Some(Self { who, keys, entry: entry.clone(), actions })
    }

    /// Of another account, or of anyone's: a session of an own role is not.
    pub(super) fn actor<'a>(&'a self, stacks: &'a Stacks<'a>) -> Actor<'a> {
        Actor::foreign(&self.who, &self.keys, stacks)
    }

    /// The action by which it becomes a role.
    pub(super) fn actions(&self) -> &'static [&'static str] {
        self.actions
    }

    /// Roles that it can become.
    pub(super) fn edges(&self, search: &Search<'_>) -> Vec<Edge> {
        let from = match self.who.kind {
            WhoKind::Anyone => search.trusts.open.clone(),
            _ => search.naming([&self.entry]),
        };
        let actor = self.actor(&search.stacks);
        self.actions
            .iter()
            .flat_map(|action| search.assumed(&actor, action, bit(ASSUME), from.clone()))
            .collect()
    }
}

fn is_session(arn: &str) -> bool {
    arn.contains(":assumed-role/") || arn.contains(":federated-user/")
}
