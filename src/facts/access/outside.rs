//! Whom tables' own policies let in beside the account's users and roles.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    AccessClass, Party, classes::rows, judge::Judge, policies::Policies, subjects::Subject, targets::Target,
};
use crate::{
    facts::reader::ReaderKind,
    iam::{Caller, Effect, Keys, Value, Who, WhoKind, arn::Arn, principal::Entry},
};

/// The parties, and their access. Members are numbered from `first`.
pub(super) fn of_policies(
    policies: &Policies,
    subjects: &[Subject],
    targets: &[Target],
    owner: &str,
    first: usize,
) -> (Vec<Party>, Vec<AccessClass>) {
    let known: BTreeSet<&str> = subjects.iter().map(|subject| subject.who.arn.as_str()).collect();
    let mut named: BTreeMap<Entry, BTreeSet<usize>> = BTreeMap::new();
    for (at, target) in targets.iter().enumerate() {
        for id in target.resources.iter().filter_map(|resource| resource.policy) {
            let statements = policies.get(id).policy.statements.iter().filter(|s| s.effect == Effect::Allow);
            for principals in statements.filter_map(|statement| statement.principals.as_ref()) {
                let everyone = [Entry::Anyone];
                let entries = if principals.negated { &everyone[..] } else { &principals.entries };
                for entry in entries {
                    named.entry(entry.clone()).or_default().insert(at);
                }
            }
        }
    }
    let (mut parties, mut classes) = (Vec::new(), Vec::new());
    for (entry, tables) in named {
        let Some((who, kind)) = who(&entry, owner) else { continue };
        if known.contains(who.arn.as_str()) {
            continue;
        }
        let keys = keys(&who);
        let foreign = kind != ReaderKind::Service && who.account != owner;
        let caller = Caller::unseen(&who);
        let judge = Judge { policies, caller, keys: &keys, foreign };
        let groups: Vec<Vec<usize>> = tables.into_iter().map(|at| vec![at]).collect();
        let found = rows(&judge, &groups, targets, &[first + parties.len()]);
        if found.is_empty() {
            continue;
        }
        classes.extend(found);
        parties.push(Party {
            name: name(&who),
            external: kind != ReaderKind::Service && who.account != owner,
            arn: who.arn,
            account: who.account,
            kind,
        });
    }
    (parties, classes)
}

fn name(who: &Who) -> String {
    match Arn::parse(&who.arn) {
        Some(arn) => arn.resource.split_once('/').map_or(arn.resource, |(_, name)| name).to_owned(),
        None => who.arn.clone(),
    }
}

/// The caller that an entry means; none for the account itself, whose own policies decide, and for a
/// principal that was deleted.
fn who(entry: &Entry, owner: &str) -> Option<(Who, ReaderKind)> {
    let account = entry.account().unwrap_or_default();
    let (kind, reader, arn) = match entry {
        Entry::Anyone => (WhoKind::Anyone, ReaderKind::Anyone, "*"),
        Entry::Account(id) if id == owner => return None,
        Entry::UniqueId(_) => return None,
        Entry::Account(id) => (WhoKind::Account, ReaderKind::Account, id.as_str()),
        Entry::CanonicalUser(id) => (WhoKind::Account, ReaderKind::Account, id.as_str()),
        Entry::Service(name) => (WhoKind::Service, ReaderKind::Service, name.as_str()),
        Entry::Federated(name) => (WhoKind::Session, ReaderKind::Session, name.as_str()),
        Entry::Arn(arn) => match Arn::parse(arn)?.resource {
            resource if resource.starts_with("role/") => (WhoKind::Role, ReaderKind::Role, arn.as_str()),
            resource if resource.starts_with("user/") => (WhoKind::User, ReaderKind::User, arn.as_str()),
            _ => (WhoKind::Session, ReaderKind::Session, arn.as_str()),
        },
    };
    Some((Who { kind, arn: arn.to_owned(), account: account.to_owned(), id: String::new() }, reader))
}

fn keys(who: &Who) -> Keys {
    let mut keys = Keys::new();
    if !who.account.is_empty() {
        keys = keys.with_one("aws:PrincipalAccount", &who.account);
    }
    if matches!(who.kind, WhoKind::Role | WhoKind::User) {
        let sort = if who.kind == WhoKind::User { "User" } else { "AssumedRole" };
        keys = keys.with_one("aws:PrincipalArn", &who.arn).with_one("aws:PrincipalType", sort);
    }
    match who.kind {
        WhoKind::Anyone => keys,
        WhoKind::Service => {
            keys.with_one("aws:PrincipalIsAWSService", "true").with_one("aws:PrincipalServiceName", &who.arn)
        }
        _ => keys
            .with_one("aws:PrincipalIsAWSService", "false")
            .with("aws:SourceArn", Value::Absent)
            .with("aws:SourceAccount", Value::Absent),
    }
}
