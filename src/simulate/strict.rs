//! What AWS refuses when a policy is written.
//!
//! The engine reads what AWS has stored and does not ask for any of this: what was stored was accepted, if by rules of
//! an earlier day. A statement such as an Allow with `NotPrincipal` is refused here, and in an audit still lets in
//! everyone but those it lists, as AWS documented it for long: a possible reader must not vanish.

use std::collections::BTreeSet;

use super::input::shown;
use crate::iam::{Effect, Policy, Statement, policy::Names, principal::Entry};

/// What a policy of the input is written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    /// A principal, a permissions boundary or a session.
    Identity,
    /// An organization's principals.
    Scp,
    /// An organization's resources.
    Rcp,
    /// A resource.
    Resource,
    /// A role.
    Trust,
}

/// Why AWS would not take the policy, by place; none if it would.
pub(super) fn fault(policy: &Policy, sort: Sort) -> Option<String> {
    let mut sids = BTreeSet::new();
    policy.statements.iter().find_map(|statement| {
        let named = statement.sid.as_deref().filter(|sid| !sid.is_empty());
        let (at, reason) = match sort {
            Sort::Identity => sid(named, &mut sids).or_else(|| resource(&statement.resources)),
            Sort::Scp => resource(&statement.resources),
            Sort::Rcp => rcp(statement).or_else(|| resource(&statement.resources)),
            Sort::Resource => except(statement, Effect::Allow),
            Sort::Trust => {
                let any = statement.effect;
                sid(named, &mut sids).or_else(|| except(statement, any))
            }
        }?;
        Some(format!("Statement[{}].{at}: {reason}", statement.index))
    })
}

type Fault = Option<(&'static str, String)>;

/// A `Sid` is unique and of letters and digits ("IAM JSON policy elements: Sid").
fn sid<'a>(sid: Option<&'a str>, seen: &mut BTreeSet<&'a str>) -> Fault {
    let sid = sid?;
    if !sid.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Some(("Sid", format!("`{}` has other characters than A-Z, a-z and 0-9", shown(sid))));
    }
    (!seen.insert(sid)).then(|| ("Sid", format!("`{}` stands twice", shown(sid))))
}

/// A resource is an ARN or `*` ("IAM JSON policy elements: Resource"); one that begins with a wildcard may be either.
fn resource(names: &Names) -> Fault {
    let neither = |text: &&str| {
        let plain = text.find(['*', '?']).map_or(*text, |at| text.get(..at).unwrap_or_default());
        !plain.starts_with("arn:") && (plain.len() == text.len() || !"arn:".starts_with(plain))
    };
    let bad = names.patterns.iter().map(|pattern| pattern.text()).find(neither)?;
    let at = if names.negated { "NotResource" } else { "Resource" };
    Some((at, format!("`{}` is neither an ARN nor *", shown(bad))))
}

/// `NotPrincipal` goes with a Deny, and with nothing in a trust policy ("AWS JSON policy elements: NotPrincipal").
fn except(statement: &Statement, effect: Effect) -> Fault {
    let negated = statement.principals.as_ref().is_some_and(|principals| principals.negated);
    (negated && statement.effect == effect)
        .then(|| ("NotPrincipal", "AWS takes it with a Deny, and in no trust policy".to_owned()))
}

/// "RCP syntax": a Deny of everyone's actions of named services. The one Allow is that of `RCPFullAWSAccess`.
fn rcp(statement: &Statement) -> Fault {
    let principals = statement.principals.as_ref()?;
    if principals.negated {
        return Some(("NotPrincipal", "a resource control policy has none".to_owned()));
    }
    if principals.entries.iter().any(|entry| *entry != Entry::Anyone) {
        return Some(("Principal", "that of a resource control policy is *".to_owned()));
    }
    if statement.actions.negated {
        return Some(("NotAction", "a resource control policy has none".to_owned()));
    }
    let everything = |names: &Names| {
        !names.negated && names.patterns.iter().any(|pattern| pattern.text().trim_matches('*').is_empty())
    };
    match (statement.effect, everything(&statement.actions)) {
        (Effect::Deny, true) => {
            Some(("Action", "that of a resource control policy names a service".to_owned()))
        }
        (Effect::Allow, true) if everything(&statement.resources) && statement.conditions.is_empty() => None,
        (Effect::Allow, _) => Some(("Effect", "only RCPFullAWSAccess allows; others deny".to_owned())),
        (Effect::Deny, false) => None,
    }
}
