//! Who may decrypt with a KMS key: by its policy, by the account's policies, by grants.

mod grants;
mod policy;

pub use grants::{GrantReading, read_grant};
pub use policy::{KeyPolicyReading, read_key_policy};

use std::collections::BTreeMap;

use crate::{
    iam::{
        Caller, Context, Expr, Keys, Layer, Named, Outcome, Policy, Request, Rule, Test, Truth, Value, Via,
        evaluate::decide_with,
    },
    snapshot::key::Grant,
};

/// The action that turns ciphertext into data, in lower case.
pub const DECRYPT: &str = "kms:decrypt";

/// A key with what says who may use it.
#[derive(Debug, Clone, Copy)]
pub struct KeyAccess<'a> {
    /// ARN of the key.
    pub arn: &'a str,
    /// Account that owns it.
    pub owner: &'a str,
    /// Its policy; none if unread: then only grants speak.
    pub policy: Option<&'a Policy>,
    /// Its grants.
    pub grants: &'a [Grant],
}

/// A service that asks KMS on a caller's behalf.
#[derive(Debug, Clone)]
pub struct Through {
    /// `dynamodb.eu-west-1.amazonaws.com`: the request's `kms:ViaService`.
    pub service: String,
    /// The encryption context that it sends.
    pub context: BTreeMap<String, String>,
}

/// Whether `caller` may decrypt with a key ("Key access and permissions"): its key policy says so, or hands
/// over to the account whose identity-based policies say so, or a grant says so. A Deny wins over all three.
pub fn may_decrypt(caller: &Caller<'_>, keys: &Keys, key: &KeyAccess<'_>) -> Outcome<'static> {
    let resource = request_keys(key.owner, &caller.who.account, key.arn);
    decide(caller, keys, key, &resource, constraint)
}

/// The same, where a service decrypts on the caller's behalf, with an encryption context that is known.
pub fn may_decrypt_through(
    caller: &Caller<'_>,
    keys: &Keys,
    key: &KeyAccess<'_>,
    through: &Through,
) -> Outcome<'static> {
    let mut resource = request_keys(key.owner, &caller.who.account, key.arn)
        .with_one("kms:ViaService", &through.service)
        .with_one("aws:ViaAWSService", "true")
        .with("kms:EncryptionContextKeys", Value::Present(through.context.keys().cloned().collect()));
    for (name, value) in &through.context {
        resource = resource.with_one(&format!("kms:EncryptionContext:{name}"), value);
    }
    let resource = resource.with_family("kms:EncryptionContext:", Value::Absent);
    let held = |grant: &Grant| {
        let within =
            grant.context_subset.iter().all(|(name, value)| through.context.get(name) == Some(value));
        let equal = grant.context_equals.is_empty() || grant.context_equals == through.context;
        Truth::from(within && equal)
    };
    decide(caller, keys, key, &resource, held)
}

fn decide(
    caller: &Caller<'_>,
    keys: &Keys,
    key: &KeyAccess<'_>,
    resource: &Keys,
    constraint: impl Fn(&Grant) -> Truth,
) -> Outcome<'static> {
    let context = Context { caller: keys, resource };
    let request = Request {
        owner: key.owner,
        policy: key.policy.map(|policy| Named { name: "key policy", policy }),
        rule: Rule::ResourceFirst,
        ..Request::new(DECRYPT, key.arn, context)
    };
    let granted = key.grants.iter().filter(|grant| {
        let named = |who: &str| who == caller.who.arn || (!caller.who.id.is_empty() && who == caller.who.id);
        grant.operations.iter().any(|op| op == "Decrypt") && grant.grantee.as_deref().is_some_and(named)
    });
    let also = granted.map(|grant| {
        let policy = format!("grant {}", grant.id).into();
        let name = Via { policy, index: 0, sid: None, layer: Layer::Grant };
        (name, constraint(grant))
    });
    decide_with(caller, &request, also.collect()).into_owned()
}

/// What a request to a key always has.
fn request_keys(owner: &str, caller_account: &str, key_arn: &str) -> Keys {
    let mut keys = Keys::new().with_one("aws:ResourceAccount", owner).with_one("aws:SecureTransport", "true");
    if !caller_account.is_empty() {
        keys = keys.with_one("kms:CallerAccount", caller_account);
    }
    match crate::iam::arn::Arn::parse(key_arn) {
        Some(arn) if !arn.region.is_empty() => keys.with_one("aws:RequestedRegion", arn.region),
        _ => keys.with("aws:RequestedRegion", Value::Unknown),
    }
}

/// What a grant's encryption context asks for ("Grant constraints").
fn constraint(grant: &Grant) -> Truth {
    let tests = |operator: &'static str, context: &std::collections::BTreeMap<String, String>| {
        let test = move |(key, value): (&String, &String)| {
            Truth::Depends(Expr::Test(Test {
                operator: operator.to_owned(),
                key: format!("kms:EncryptionContext:{key}"),
                values: vec![value.clone()],
                negated: false,
            }))
        };
        context.iter().map(test).collect::<Vec<_>>()
    };
    let subset = tests("StringEquals", &grant.context_subset);
    Truth::all(subset.into_iter().chain(tests("StringEquals", &grant.context_equals)))
}
