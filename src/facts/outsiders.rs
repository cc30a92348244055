//! Whom the policy of another service's resource (a vault, a bucket, an endpoint) lets in from outside.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Serialize;

use super::Fact;
use super::gaps::malformed;
use crate::{
    iam::{Effect, Kind, Policy, resource_policy::callers},
    snapshot::{Gap, GapId, Seen},
};

/// Whom a policy lets in from outside of the account.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
pub struct Outsiders {
    /// Whether it lets anyone in without a condition that binds the caller.
    pub public: bool,
    /// Whether another account, or a principal of one, is let in.
    pub cross_account: bool,
    /// Accounts beside the owner that are let in, sorted.
    pub accounts: Vec<String>,
}

/// Whom `policy` on `arn` lets do one of `actions` (in lower case); nobody where there is no policy. A document that
/// does not parse becomes a gap on `arn`.
pub fn of(
    policy: &Seen<Option<String>>,
    arn: &str,
    owner: &str,
    actions: &[&str],
    gaps: &mut BTreeMap<GapId, Gap>,
) -> Fact<Outsiders> {
    let text = match policy {
        Seen::Gap(gap) => return Fact::Unknown(gap.into()),
        Seen::Value(None) => return Fact::Known(Outsiders::default()),
        Seen::Value(Some(text)) => text,
    };
    match Policy::parse(text, Kind::Resource) {
        Ok(policy) => Fact::Known(read(&policy, owner, actions)),
        Err(error) => Fact::Unknown(malformed(gaps, "resource-based policy", arn, &error).into()),
    }
}

fn read(policy: &Policy, owner: &str, actions: &[&str]) -> Outsiders {
    let mut out = Outsiders::default();
    let mut accounts = BTreeSet::new();
    for statement in policy.statements.iter().filter(|statement| statement.effect == Effect::Allow) {
        let Some(principals) = &statement.principals else { continue };
        if !actions.iter().any(|action| statement.names_action(action)) {
            continue;
        }
        let let_in = callers(statement, principals);
        let others: Vec<String> = let_in.accounts.into_iter().filter(|account| account != owner).collect();
        out.public |= let_in.anyone;
        out.cross_account |= let_in.anyone || let_in.unnamed || !others.is_empty();
        accounts.extend(others);
    }
    out.accounts = accounts.into_iter().collect();
    out
}
