//! A key policy, read for who may decrypt ("Key policies in AWS KMS").

use std::{collections::BTreeSet, sync::Arc};

use crate::iam::{
    Caller, Context, Decision, Effect, Keys, Kind, Malformed, Named, Policy, Request, Rule, Statement, Value,
    Who, WhoKind, decide, principal::Entry, resource_policy::callers,
};

/// What a key policy says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KeyPolicyReading {
    /// Whether anyone may decrypt, without a condition that binds the caller.
    pub public: bool,
    /// Whether another account, or a principal of one, may decrypt or make grants.
    pub cross_account: bool,
    /// Accounts beside the owner that may.
    pub accounts: BTreeSet<String>,
    /// Whether somebody whom the policy names may decrypt without DynamoDB between (`kms:ViaService`) and
    /// without an encryption context. The account's own IAM policies, to which it may hand over, aside.
    pub usable_outside_dynamodb: bool,
    /// Whether it hands decisions over to the account's IAM policies.
    pub delegates_to_iam: bool,
}

/// Actions that give the plaintext, or the right to give it to oneself.
const OPENING: &[&str] = &[super::DECRYPT, "kms:reencryptfrom", "kms:creategrant", "kms:putkeypolicy"];

/// Reads a key policy.
///
/// # Errors
/// Where it does not follow the grammar.
pub fn read_key_policy(text: &str, key_arn: &str, owner: &str) -> Result<KeyPolicyReading, Malformed> {
    let policy = Policy::parse(text, Kind::Resource)?;
    let mut reading = KeyPolicyReading::default();
    let none = Keys::new();
    let context = Context { caller: &none, resource: &none };
    for statement in allowing(&policy) {
        let Some(principals) = &statement.principals else { continue };
        if statement.names_resource(key_arn, &context) == crate::iam::Truth::False {
            continue;
        }
        let callers = callers(statement, principals);
        let outsiders: BTreeSet<String> = callers.accounts.into_iter().filter(|id| id != owner).collect();
        reading.public |= callers.anyone && statement.names_action(super::DECRYPT);
        reading.cross_account |= callers.anyone || callers.unnamed || !outsiders.is_empty();
        reading.accounts.extend(outsiders);
        let whole_account = principals.entries.contains(&Entry::Account(owner.to_owned()));
        reading.delegates_to_iam |=
            whole_account && !principals.negated && statement.names_action(super::DECRYPT);
    }
    reading.usable_outside_dynamodb =
        named(&policy, owner).iter().any(|who| decrypts_directly(who, &policy, key_arn, owner));
    Ok(reading)
}

fn allowing(policy: &Policy) -> impl Iterator<Item = &Arc<Statement>> {
    policy.statements.iter().filter(|statement| {
        statement.effect == Effect::Allow && OPENING.iter().any(|action| statement.names_action(action))
    })
}

/// Whom the policy names, but for its own account as a whole and DynamoDB itself.
fn named(policy: &Policy, owner: &str) -> Vec<Who> {
    let mut out = Vec::new();
    for principals in allowing(policy).filter_map(|statement| statement.principals.as_ref()) {
        let who = |kind, arn: &str, account: &str| Who {
            kind,
            arn: arn.to_owned(),
            account: account.to_owned(),
            id: String::new(),
        };
        if principals.negated {
            out.push(who(WhoKind::Anyone, "*", ""));
        }
        out.extend(principals.entries.iter().filter(|_| !principals.negated).filter_map(|entry| {
            Some(match entry {
                Entry::Anyone => who(WhoKind::Anyone, "*", ""),
                Entry::Account(id) if id == owner => return None,
                Entry::Account(id) => who(WhoKind::Account, id, id),
                Entry::Arn(arn) => who(WhoKind::Session, arn, entry.account().unwrap_or_default()),
                Entry::Service(name) if name.starts_with("dynamodb.") => return None,
                Entry::Service(name) => who(WhoKind::Service, name, ""),
                Entry::Federated(name) | Entry::CanonicalUser(name) => who(WhoKind::Session, name, ""),
                // Deleted: nobody bears this id any more.
                Entry::UniqueId(_) => return None,
            })
        }));
    }
    out
}

/// Whether `who` may decrypt in a request of its own, outside of any service.
fn decrypts_directly(who: &Who, policy: &Policy, key_arn: &str, owner: &str) -> bool {
    let caller = Caller::unseen(who);
    let keys = Keys::new();
    let resource = super::request_keys(owner, &who.account, key_arn)
        .with("kms:ViaService", Value::Absent)
        .with_family("kms:EncryptionContext", Value::Absent);
    let request = Request {
        owner,
        policy: Some(Named { name: "key policy", policy }),
        rule: Rule::ResourceFirst,
        ..Request::new(super::DECRYPT, key_arn, Context { caller: &keys, resource: &resource })
    };
    let outcome = decide(&caller, &request);
    !matches!(outcome.decision, Decision::Denied(_))
}
