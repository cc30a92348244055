//! A resource's policy, read for whom it lets in.

use std::collections::BTreeSet;

use super::{
    Condition, Effect, Kind, Malformed, Policy, Statement,
    actions::WAYS,
    operator::{Base, Quantifier},
    principal::{Entry, Principals},
};

/// Whom a policy lets in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reading {
    /// Whether it lets anyone in without a condition that binds the caller.
    pub public: bool,
    /// Whether another account, or a principal of one, is let in.
    pub cross_account: bool,
    /// Accounts that are let in beside the owner.
    pub accounts: BTreeSet<String>,
    /// Whether others than the owner may change the policy, or do everything.
    pub administers: bool,
    /// Whether it holds a statement that denies.
    pub denies: bool,
    /// Services that are let in without a condition on the source for which they act.
    pub unbound_services: BTreeSet<String>,
    /// Whether it names a principal by its unique id: what AWS leaves of one that was deleted.
    pub deleted: bool,
    /// Whether it denies what leads to data to everyone outside of an organization, an account or a network.
    pub perimeter: bool,
}

/// Reads the policy of a table or stream for whom it lets in.
///
/// # Errors
/// Where the policy does not follow the grammar.
pub fn read(text: &str, owner_account: &str, resource_arn: &str) -> Result<Reading, Malformed> {
    Ok(read_policy(&Policy::parse(text, Kind::Resource)?, owner_account, resource_arn))
}

/// Reads a policy that is parsed already. Statements about other resources than `resource_arn`, or a part
/// of it such as an index, let nobody in.
pub fn read_policy(policy: &Policy, owner_account: &str, resource_arn: &str) -> Reading {
    let mut reading = Reading::default();
    for statement in &policy.statements {
        let entries = || statement.principals.iter().flat_map(|principals| &principals.entries);
        reading.deleted |= entries().any(|entry| matches!(entry, Entry::UniqueId(_)));
        if statement.effect == Effect::Deny {
            reading.denies = true;
            reading.perimeter |= fences(statement, resource_arn);
            continue;
        }
        let Some(principals) = &statement.principals else { continue };
        if !concerns(statement, resource_arn) || !names_something(statement) {
            continue;
        }
        if !principals.negated && !statement.conditions.iter().any(names_source) {
            reading.unbound_services.extend(entries().filter_map(|entry| match entry {
                Entry::Service(name) => Some(name.clone()),
                _ => None,
            }));
        }
        let callers = callers(statement, principals);
        let outsiders: BTreeSet<String> =
            callers.accounts.into_iter().filter(|account| account != owner_account).collect();
        reading.public |= callers.anyone;
        reading.cross_account |= callers.anyone || callers.unnamed || !outsiders.is_empty();
        reading.administers |=
            (callers.anyone || callers.unnamed || !outsiders.is_empty()) && manages(statement);
        reading.accounts.extend(outsiders);
    }
    reading
}

/// Whom one statement that allows lets in.
#[derive(Debug, Default)]
pub struct Callers {
    /// Anyone, without a condition that binds the caller.
    pub anyone: bool,
    /// Callers of accounts that cannot be told: an organization, an address, an identity provider.
    pub unnamed: bool,
    /// Accounts.
    pub accounts: BTreeSet<String>,
}

/// Whom a statement with these principals lets in, given its conditions.
pub fn callers(statement: &Statement, principals: &Principals) -> Callers {
    let named = bound_accounts(&statement.conditions);
    let bound = statement.conditions.iter().any(binds);
    let mut out = Callers::default();
    // `NotPrincipal` with Allow lets in everyone but those listed.
    let everyone = principals.negated || principals.entries.contains(&Entry::Anyone);
    if everyone {
        match named {
            Some(accounts) => out.accounts.extend(accounts),
            None if bound => out.unnamed = true,
            None => out.anyone = true,
        }
        return out;
    }
    for entry in &principals.entries {
        match entry {
            // A service acts for an account that the conditions may name; it is no account itself.
            Entry::Service(_) => {}
            Entry::UniqueId(_) | Entry::Anyone => {}
            Entry::CanonicalUser(_) => out.unnamed = true,
            entry => match entry.account() {
                Some(account) => {
                    out.accounts.insert(account.to_owned());
                }
                None => out.unnamed |= !bound,
            },
        }
    }
    out
}

/// Keys that tie a request to its caller ("The meaning of public": what Block Public Access accepts).
const BINDING: &[&str] = &[
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceip",
    "aws:sourceorgid",
    "aws:sourceorgpaths",
    "aws:sourceowner",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:userid",
    "aws:username",
    "aws:vpceaccount",
    "aws:vpceorgid",
    "kms:calleraccount",
    "s3:dataaccesspointaccount",
];

/// Whether a condition ties the request to certain callers: a binding key, compared for equality or
/// likeness, that must be in the request, with values that are more than wildcards.
pub fn binds(condition: &Condition) -> bool {
    let operator = condition.operator;
    let compares = matches!(
        operator.base,
        Base::String | Base::StringIgnoreCase | Base::StringLike | Base::Arn | Base::Ip
    );
    BINDING.contains(&condition.lookup.as_str())
        && compares
        && !operator.negated
        && !operator.if_exists
        && operator.quantifier != Some(Quantifier::ForAllValues)
        && !condition.holds_nobody_off()
}

/// Whether a condition tells for whose resource a service acts ("The confused deputy problem").
fn names_source(condition: &Condition) -> bool {
    let source =
        ["aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "aws:sourceorgpaths", "aws:sourceowner"];
    source.contains(&condition.lookup.as_str()) && binds(condition)
}

/// Whether a statement that denies keeps everyone from the data who does not come from where it says ("Establishing a
/// data perimeter").
fn fences(statement: &Statement, resource_arn: &str) -> bool {
    let everyone =
        |principals: &Principals| principals.negated || principals.entries.contains(&Entry::Anyone);
    let from_elsewhere =
        |condition: &Condition| condition.operator.negated && BINDING.contains(&condition.lookup.as_str());
    statement.principals.as_ref().is_some_and(everyone)
        && concerns(statement, resource_arn)
        && statement.names_action("dynamodb:getitem")
        && statement.conditions.iter().any(from_elsewhere)
}

/// Accounts that conditions tie the caller to; none if no condition names accounts.
fn bound_accounts(conditions: &[Condition]) -> Option<BTreeSet<String>> {
    let by_account = ["aws:principalaccount", "kms:calleraccount", "aws:sourceaccount", "aws:sourceowner"];
    conditions.iter().filter(|condition| binds(condition)).find_map(|condition| {
        let texts = condition.values.iter().map(|value| value.text());
        if by_account.contains(&condition.lookup.as_str()) {
            return texts.map(|t| super::arn::is_account_id(t).then(|| t.to_owned())).collect();
        }
        if ["aws:principalarn", "aws:sourcearn"].contains(&condition.lookup.as_str()) {
            let account = |text| {
                let arn = super::arn::Arn::parse(text)?;
                super::arn::is_account_id(arn.account).then(|| arn.account.to_owned())
            };
            return texts.map(account).collect();
        }
        None
    })
}

/// Whether a statement speaks of the resource or of a part of it.
fn concerns(statement: &Statement, resource_arn: &str) -> bool {
    let names = &statement.resources;
    let covers = |pattern: &super::pattern::Pattern| {
        pattern.matches_plain(resource_arn)
            || pattern.text().strip_prefix(resource_arn).is_some_and(|rest| rest.starts_with('/'))
            || pattern.variables().next().is_some()
    };
    // What is left out by name may leave out a part only, so `NotResource` always concerns the rest.
    if names.negated {
        !names.patterns.iter().any(|pattern| pattern.matches_plain(resource_arn))
    } else {
        names.patterns.iter().any(covers)
    }
}

/// Whether a statement leads to data or to the policy itself. `DescribeTable` for all the world is not
/// access to data.
fn names_something(statement: &Statement) -> bool {
    WAYS.iter().filter_map(|way| way.actions.first()).any(|action| statement.names_action(action.name))
}

/// Whether a statement hands over everything, or the policy.
fn manages(statement: &Statement) -> bool {
    ["dynamodb:putresourcepolicy", "dynamodb:deleteresourcepolicy"]
        .iter()
        .any(|action| statement.names_action(action))
}
