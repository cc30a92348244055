//! Whom tables' own policies let in beside the account's users and roles.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    AccessClass, Party,
    bits::Bits,
    classes::{rows, shared},
    grants::Manner,
    guard::Guard,
    judge::{Court, Judge},
    parallel,
    subjects::Subject,
    world::World,
};
use crate::{
    facts::reader::ReaderKind,
    iam::{Caller, Effect, Keys, Value, Who, WhoKind, arn::Arn, principal::Entry},
};

/// One whom tables' policies let in.
#[derive(Debug)]
pub(super) struct Outsider {
    pub(super) who: Who,
    pub(super) keys: Keys,
    kind: ReaderKind,
    /// The tables whose policies name it.
    tables: Bits,
}

impl Outsider {
    /// The policies that bind it, of those that the account sees: the resource control policies.
    pub(super) fn judge<'a>(&'a self, court: Court<'a>, guard: &Guard) -> Judge<'a> {
        let own: Vec<usize> = guard.policies().collect();
        Judge::new(court, Caller::unseen(&self.who), &self.keys, &own)
    }

    /// What reports print of it.
    pub(super) fn party(&self, owner: &str, guard: &Guard) -> Party {
        let external = self.kind != ReaderKind::Service && self.who.account != owner;
        Party {
            name: name(&self.who),
            arn: self.who.arn.clone(),
            account: self.who.account.clone(),
            kind: self.kind,
            external,
            in_organization: if external && !self.who.account.is_empty() {
                guard.holds(&self.who.account)
            } else {
                Some(!external).filter(|own| *own)
            },
        }
    }
}

/// The parties, and their access. Members are numbered from `first`.
pub(super) fn of_policies(
    world: &World<'_>,
    subjects: &[Subject],
    owner: &str,
    first: usize,
) -> (Vec<Outsider>, Vec<AccessClass>) {
    let guards = world.guard.levels(world.policies);
    let known: BTreeSet<&str> = subjects.iter().map(|subject| subject.who.arn.as_str()).collect();
    let all: Vec<Outsider> = named(world)
        .into_iter()
        .filter_map(|(entry, tables)| outsider(world, &entry, tables, owner))
        .collect();
    let all: Vec<Outsider> = all.into_iter().filter(|one| !known.contains(one.who.arn.as_str())).collect();
    let found = parallel::map(&all, |one| {
        let rcps = guards.rcps();
        let judge = one.judge(world.court(&rcps), world.guard);
        let own: Vec<usize> = world.guard.policies().collect();
        let naming = world.templates.naming(&one.who);
        let parts = world.parts(one.tables.clone(), &own, &naming, &one.keys, &[]);
        rows(world, &judge, &Manner::default(), &parts, &[])
    });
    let (mut kept, mut classes) = (Vec::new(), Vec::new());
    for (one, found) in all.into_iter().zip(found) {
        if found.is_empty() {
            continue;
        }
        let member = first + kept.len();
        classes.extend(found.into_iter().map(|class| AccessClass { members: vec![member], ..class }));
        kept.push(one);
    }
    (kept, shared(classes))
}

/// Whom the policies of tables and streams name, each with the tables.
fn named(world: &World<'_>) -> BTreeMap<Entry, Bits> {
    let mut named: BTreeMap<Entry, Bits> = BTreeMap::new();
    for (at, target) in world.targets.iter().enumerate() {
        for id in target.resources.iter().filter_map(|resource| resource.policy) {
            let statements = world.policies.get(id).policy.statements.iter();
            let allowing = statements.filter(|statement| statement.effect == Effect::Allow);
            for principals in allowing.filter_map(|statement| statement.principals.as_ref()) {
                let everyone = [Entry::Anyone];
                let entries = if principals.negated { &everyone[..] } else { &principals.entries };
                for entry in entries {
                    let tables = || Bits::none(world.targets.len());
                    named.entry(entry.clone()).or_insert_with(tables).insert(at);
                }
            }
        }
    }
    named
}

fn name(who: &Who) -> String {
    match Arn::parse(&who.arn) {
        Some(arn) => arn.resource.split_once('/').map_or(arn.resource, |(_, name)| name).to_owned(),
        None => who.arn.clone(),
    }
}

/// The caller that an entry means; none for the account itself, whose own policies decide, and for a
/// principal that was deleted.
fn outsider(world: &World<'_>, entry: &Entry, tables: Bits, owner: &str) -> Option<Outsider> {
    let account = entry.account().unwrap_or_default();
    let (kind, reader, arn) = match entry {
        Entry::Anyone => (WhoKind::Anyone, ReaderKind::Anyone, "*"),
        Entry::Account(id) if id == owner => return None,
        Entry::UniqueId(_) => return None,
        Entry::Account(id) => (WhoKind::Account, ReaderKind::Account, id.as_str()),
        Entry::CanonicalUser(id) => (WhoKind::Account, ReaderKind::Account, id.as_str()),
        Entry::Service(name) => (WhoKind::Service, ReaderKind::Service, name.as_str()),
        Entry::Federated(name) => (WhoKind::Provider, ReaderKind::Session, name.as_str()),
        Entry::Arn(arn) => match Arn::parse(arn)?.resource {
            resource if resource.starts_with("role/") => (WhoKind::Role, ReaderKind::Role, arn.as_str()),
            resource if resource.starts_with("user/") => (WhoKind::User, ReaderKind::User, arn.as_str()),
            resource if resource.starts_with("federated-user/") => {
                (WhoKind::FederatedUser, ReaderKind::Session, arn.as_str())
            }
            _ => (WhoKind::Session, ReaderKind::Session, arn.as_str()),
        },
    };
    let who = Who { kind, arn: arn.to_owned(), account: account.to_owned(), id: String::new() };
    Some(Outsider { keys: keys(&who, owner, world.guard), who, kind: reader, tables })
}

/// What someone outside brings to each request.
pub(super) fn keys(who: &Who, owner: &str, guard: &Guard) -> Keys {
    let mut keys = match (who.account == owner, guard.holds(&who.account)) {
        (true, _) | (_, Some(true)) => guard.keys(),
        _ => Keys::new(),
    };
    // Another account of the organization stands elsewhere in it.
    if who.account != owner {
        keys = keys.with("aws:PrincipalOrgPaths", Value::Unknown);
    }
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
