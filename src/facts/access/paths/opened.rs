//! Whom a table's key alone holds off, and who can open that key to itself: by its policy (`kms:PutKeyPolicy`) or by a
//! grant (`kms:CreateGrant`) ("Key policies in AWS KMS", "Grants in AWS KMS").

use std::collections::{BTreeMap, HashMap};

use super::{
    actor::{Actor, Asked, named},
    edges::Search,
    means::{Gives, MEANS, Means, lower},
};
use crate::{
    facts::{
        access::{
            Access,
            bits::Bits,
            locks::{Lock, via},
        },
        reader::Decision,
    },
    iam::{Decision as Ruling, Effect, Keys, Kind, Policy, Truth, Value, principal::Entry},
    kms::{self, KeyAccess, Through},
    snapshot::key::Grant,
};

/// A principal that can open a key to itself.
pub(super) struct Opened {
    pub(super) subject: usize,
    /// Number of the key.
    pub(super) key: usize,
    /// Number of the means, and whether it is open outright.
    pub(super) means: (usize, bool),
    /// Tables that it then reads: outright, and at all.
    pub(super) outright: Bits,
    pub(super) any: Bits,
}

/// The means that open a key, by number.
fn opening() -> impl Iterator<Item = (usize, &'static Means)> {
    MEANS.iter().enumerate().filter(|(_, means)| means.gives == Gives::Decrypt)
}

/// Every principal that DynamoDB lets read a table, that the table's key stops, and that can open the key to itself.
pub(super) fn opened(access: &Access, search: &Search<'_>) -> Vec<Opened> {
    let mut allowing = HashMap::new();
    let mut may = |subject: usize, key: usize| {
        let own = access.subjects.get(subject).into_iter().flat_map(|subject| &subject.identity);
        let own = own.copied().any(|id| *allowing.entry(id).or_insert_with(|| allows(access, id)));
        own || names_someone(access, key)
    };
    let size = access.targets.len() + 1;
    let mut found: BTreeMap<(usize, usize), (Bits, Bits)> = BTreeMap::new();
    let stopped = |class: &&super::AccessClass| class.roads.reads() && !class.keyed.stopped().is_empty();
    for class in access.classes.iter().filter(stopped) {
        let mut by_key: BTreeMap<usize, Bits> = BTreeMap::new();
        for at in class.keyed.stopped().iter() {
            if let Some(Lock::Key(key)) = access.targets.get(at).map(|target| &target.lock) {
                by_key.entry(*key).or_insert_with(|| Bits::none(size)).insert(at);
            }
        }
        for member in class.members.iter().filter(|member| **member < access.subjects.len()) {
            for (key, tables) in by_key.iter().filter(|(key, _)| may(*member, **key)) {
                let slot =
                    found.entry((*member, *key)).or_insert_with(|| (Bits::none(size), Bits::none(size)));
                slot.1.add(tables);
                if class.decision == Decision::Allowed {
                    slot.0.add(tables);
                }
            }
        }
    }
    let open = |((subject, key), (outright, any)): ((usize, usize), (Bits, Bits))| {
        let first = any.first()?;
        let mut ways: Vec<(usize, Truth)> = opening()
            .map(|(number, means)| (number, lets(access, search, means, (subject, key), first)))
            .filter(|(_, truth)| *truth != Truth::False)
            .collect();
        ways.sort_by_key(|(number, truth)| (*truth != Truth::True, *number));
        let (number, truth) = ways.into_iter().next()?;
        Some(Opened { subject, key, means: (number, truth == Truth::True), outright, any })
    };
    found.into_iter().filter_map(open).collect()
}

/// The request by which a means opens a key.
pub(super) fn asked(access: &Access, actor: &Actor<'_>, means: &Means, key: usize) -> Option<Asked> {
    let key = access.locks.keys().get(key)?;
    let keys = Keys::new()
        .with_one("aws:ResourceAccount", &key.owner)
        .with_one("aws:SecureTransport", "true")
        .with_one("aws:RequestedRegion", &key.region)
        .with_one("kms:CallerAccount", &access.account)
        // Asked straight, and for itself.
        .with("kms:ViaService", Value::Absent)
        .with_one("kms:GrantIsForAWSResource", "false");
    Some(actor.ask(means.action?, &key.arn, &keys, Some(&access.policies.get(key.policy).moves)))
}

/// Whether a means opens a key to a principal, and the principal then decrypts the table of a number.
fn lets(
    access: &Access,
    search: &Search<'_>,
    means: &Means,
    (number, key): (usize, usize),
    table: usize,
) -> Truth {
    let Some(subject) = access.subjects.get(number) else { return Truth::False };
    let actor = Actor::own(search.policies, subject, &subject.identity, subject.boundary, &search.stacks);
    match asked(access, &actor, means, key) {
        Some(asked) if asked.truth != Truth::False => {
            Truth::all([asked.truth, decrypts(access, means, (number, key), table)])
        }
        _ => Truth::False,
    }
}

/// Whether a principal decrypts a table once its key is open to it: no Deny of its own, of its organization, or, where
/// a grant opens it, of the key's policy is in the way.
fn decrypts(access: &Access, means: &Means, (number, key): (usize, usize), table: usize) -> Truth {
    // Its text is ours, and parses.
    let open = r#"{"Statement":{"Effect":"Allow","Principal":"*","Action":"kms:Decrypt"}}"#;
    let open = Policy::parse(open, Kind::Resource).unwrap_or(Policy { statements: Vec::new() });
    let (Some(key), Some(target)) = (access.locks.keys().get(key), access.targets.get(table)) else {
        return Truth::False;
    };
    let through = Through {
        service: via(&key.region, &access.partition),
        context: [
            ("aws:dynamodb:tableName".to_owned(), target.name.clone()),
            ("aws:dynamodb:subscriberId".to_owned(), access.account.clone()),
        ]
        .into(),
    };
    let judged = access.judged(number, |judge| {
        let grant = Grant {
            grantee: Some(judge.caller.who.arn.clone()),
            operations: vec!["Decrypt".to_owned()],
            ..Grant::default()
        };
        let by_grant = means.action == Some("kms:CreateGrant");
        let key = KeyAccess {
            arn: &key.arn,
            owner: &key.owner,
            policy: Some(if by_grant { &access.policies.get(key.policy).policy } else { &open }),
            grants: if by_grant { std::slice::from_ref(&grant) } else { &[] },
        };
        kms::may_decrypt_through(&judge.caller, judge.keys, &key, &through).decision
    });
    match judged {
        Some(Ruling::Allowed) => Truth::True,
        Some(Ruling::Conditional(expr)) => Truth::Depends(expr),
        Some(Ruling::Denied(_)) | None => Truth::False,
    }
}

/// Whether a policy allows one of the actions that open a key.
fn allows(access: &Access, id: usize) -> bool {
    let statements = &named(&access.policies, id).policy.statements;
    statements.iter().filter(|statement| statement.effect == Effect::Allow).any(|s| opens(s))
}

/// Whether a key's policy lets more than its account open it.
fn names_someone(access: &Access, key: usize) -> bool {
    let Some(key) = access.locks.keys().get(key) else { return false };
    let more = |statement: &crate::iam::Statement| {
        statement.principals.as_ref().is_some_and(|principals| {
            principals.negated || principals.entries.iter().any(|entry| !matches!(entry, Entry::Account(_)))
        })
    };
    let statements = &named(&access.policies, key.policy).policy.statements;
    statements.iter().any(|s| s.effect == Effect::Allow && opens(s) && more(s))
}

fn opens(statement: &crate::iam::Statement) -> bool {
    opening().filter_map(|(_, means)| means.action).any(|action| statement.names_action(lower(action)))
}
