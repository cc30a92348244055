//! Whole accounts: the classes of the set-based engine against the literal reference, asked pair by pair.

use std::collections::{BTreeMap, BTreeSet};

use dynaudit::{
    facts::{
        access::{
            Access, evaluate,
            query::{Part, Question},
        },
        reader::Decision,
    },
    snapshot::{
        Account, Seen, Table,
        organization::{ControlPolicy, Level, Organization},
        principal::Principal,
    },
};
use fastrand::Rng;
use serde_json::{Value as Json, json};

use super::{
    account::{OWNER, account, document, managed, role, table, user},
    reference::{Asked, Request, decide},
};

/// Generated accounts in CI; `IAM_ACCOUNTS` sets another number.
const ACCOUNTS: u64 = 24;

/// What is asked of every table: an action, and on which part of the table.
const ASKED: [(&str, Part<'static>); 6] = [
    ("dynamodb:GetItem", Part::Table),
    ("dynamodb:Query", Part::Table),
    ("dynamodb:Query", Part::Index("by-x")),
    ("dynamodb:Scan", Part::Table),
    ("dynamodb:PartiQLSelect", Part::Table),
    ("dynamodb:GetRecords", Part::Stream),
];

/// Every value of the keys that only the moment of a request tells; none is a missing key.
const MFA: [Option<&str>; 3] = [None, Some("true"), Some("false")];
const VPCE: [Option<&str>; 3] = [None, Some("vpce-1"), Some("vpce-2")];

#[test]
fn classes_equal_the_reference_pair_by_pair() {
    let accounts = std::env::var("IAM_ACCOUNTS").map_or(ACCOUNTS, |n| n.parse().unwrap());
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for seed in 0..accounts {
        let account = generated(seed);
        let mut gaps = BTreeMap::new();
        let access = evaluate(&account, &BTreeSet::new(), &mut gaps);
        assert!(gaps.is_empty(), "{gaps:?}");
        for table in &account.tables {
            for (action, part) in ASKED {
                let found = found(&access, table, action, part);
                for principal in account.principals.users.iter().chain(&account.principals.roles) {
                    let is = found.get(&principal.arn).copied().unwrap_or("denied");
                    let expected = expected(&account, principal, table, action, part);
                    // Whether conditions that are open hold together in every moment or in none is left to the
                    // reader of the answer: then it says more than it need, and never less.
                    let wary = is == "conditional" && is != expected;
                    assert!(
                        is == expected || wary,
                        "account {seed}: {} {action} {part:?} {}: {is}, not {expected}\n{principal:#?}\n{:#?} {:#?}",
                        principal.arn,
                        table.arn,
                        table.policy,
                        account.guardrails
                    );
                    *counts.entry(if wary { "wary" } else { is }).or_default() += 1;
                }
            }
        }
    }
    for word in ["allowed", "conditional", "denied"] {
        assert!(counts[word] * 40 > counts.values().sum(), "{counts:?}");
    }
    assert!(counts.get("wary").is_none_or(|n| n * 100 < counts.values().sum()), "{counts:?}");
}

/// Who may, by the classes.
fn found(access: &Access, table: &Table, action: &str, part: Part<'_>) -> BTreeMap<String, &'static str> {
    let question =
        Question { table: &table.arn, part, action: Some(action), attribute: None, principal: None };
    let mut out = BTreeMap::new();
    for reader in access.readers(&question).unwrap().readers {
        let word = if reader.decision == Decision::Allowed { "allowed" } else { "conditional" };
        let entry = out.entry(reader.party.arn).or_insert(word);
        if word == "allowed" {
            *entry = word;
        }
    }
    out
}

/// The same by the reference: in every moment, in some, in none.
fn expected(
    account: &Account,
    principal: &Principal,
    table: &Table,
    action: &str,
    part: Part<'_>,
) -> &'static str {
    let (resource, policy) = match part {
        Part::Index(name) => (format!("{}/index/{name}", table.arn), &table.policy),
        Part::Stream => (format!("{}/stream/2024-01-01T00:00:00.000", table.arn), &table.stream_policy),
        _ => (table.arn.clone(), &table.policy),
    };
    let groups = account.principals.groups.iter().filter(|group| principal.groups.contains(&group.name));
    let identity: Vec<&String> = std::iter::once(principal)
        .chain(groups)
        .flat_map(|holder| {
            holder.inline.values().chain(holder.attached.iter().map(|arn| known(account, arn)))
        })
        .collect();
    let mut input =
        json!({ "CallerArn": principal.arn, "ResourceOwner": OWNER, "PolicyInputList": identity });
    if let Some(boundary) = &principal.boundary {
        input["PermissionsBoundaryPolicyInputList"] = json!([known(account, boundary)]);
    }
    if let Seen::Value(Some(policy)) = policy {
        input["ResourcePolicy"] = policy.clone().into();
    }
    if let Seen::Value(Some(organization)) = &account.guardrails {
        let levels = |levels: &[Level]| -> Json {
            levels
                .iter()
                .map(|level| level.policies.iter().map(|p| text(&p.document).clone()).collect::<Json>())
                .collect()
        };
        input["ServiceControlPolicyInputList"] = levels(&organization.scps);
        input["ResourceControlPolicyInputList"] = levels(&organization.rcps);
    }
    let mut request = Request::new(&input);
    let mut allowed = 0;
    for (mfa, vpce) in MFA.iter().flat_map(|mfa| VPCE.iter().map(move |vpce| (mfa, vpce))) {
        request.set("aws:MultiFactorAuthPresent", *mfa);
        request.set("aws:SourceVpce", *vpce);
        allowed += usize::from(decide(&request, Asked { action, resource: &resource }) == "allowed");
    }
    match allowed {
        0 => "denied",
        9 => "allowed",
        _ => "conditional",
    }
}

fn known<'a>(account: &'a Account, arn: &str) -> &'a String {
    text(&account.principals.policies[arn].document)
}

fn text(document: &Seen<String>) -> &String {
    match document {
        Seen::Value(text) => text,
        Seen::Gap(gap) => panic!("{gap:?}"),
    }
}

/// Twenty principals and a few tables whose policies meet each other.
fn generated(seed: u64) -> Account {
    let mut rng = Rng::with_seed(seed);
    let groups: Vec<Principal> = ["readers", "limited"].map(|name| user(name, own(&mut rng, 2))).into();
    let users = (0..12).map(|number| {
        let mut one = user(&format!("u{number}"), own(&mut rng, 2));
        one.groups = groups.iter().filter(|_| rng.usize(0..3) == 0).map(|group| group.name.clone()).collect();
        dressed(&mut rng, one)
    });
    let users: Vec<Principal> = users.collect();
    let roles = (0..10).map(|number| {
        let one = role(&format!("r{number}"), own(&mut rng, 2));
        dressed(&mut rng, one)
    });
    let roles: Vec<Principal> = roles.collect();
    let tables = ["Books", "Bookkeeping", "Shelves", "u1"].map(|name| {
        let mut one = table(name);
        if rng.bool() {
            one.policy = Seen::Value(Some(document(theirs(&mut rng))));
        }
        if rng.usize(0..3) == 0 {
            one.stream_policy = Seen::Value(Some(document(theirs(&mut rng))));
        }
        one
    });
    let mut all = account(users, roles, tables.into());
    all.principals.groups = groups;
    for name in ["m0", "m1", "m2"] {
        let (arn, policy) = managed(name, Seen::Value(document(own(&mut rng, 3))));
        all.principals.policies.insert(arn, policy);
    }
    if rng.bool() {
        all.guardrails = Seen::Value(Some(organization(&mut rng)));
    }
    all
}

fn dressed(rng: &mut Rng, mut one: Principal) -> Principal {
    let managed = |number: usize| format!("arn:aws:iam::{OWNER}:policy/m{number}");
    one.attached = (0..3).filter(|_| rng.usize(0..4) == 0).map(managed).collect();
    if rng.usize(0..4) == 0 {
        one.boundary = Some(managed(rng.usize(0..3)));
    }
    one
}

fn organization(rng: &mut Rng) -> Organization {
    let everything = json!({ "Effect": "Allow", "Action": "*", "Resource": "*" });
    let mut level = |target: &str, theirs: bool| {
        let mut statements = vec![everything.clone()];
        if rng.bool() {
            let mut deny = statement(rng);
            deny["Effect"] = "Deny".into();
            statements.push(deny);
        }
        if theirs {
            statements.iter_mut().for_each(|one| one["Principal"] = "*".into());
        } else if rng.usize(0..3) == 0 {
            statements[0]["Action"] = json!(["dynamodb:Get*", "dynamodb:Query", "dynamodb:PartiQL*"]);
        }
        let document = Seen::Value(document(Json::Array(statements)));
        let policy = ControlPolicy { id: format!("p-{target}"), name: format!("limit {target}"), document };
        Level { target: target.into(), policies: vec![policy] }
    };
    Organization {
        id: "o-1".into(),
        management_account: "999900001111".into(),
        scps: vec![level("r-1", false), level(OWNER, false)],
        rcps: vec![level("r-1", true)],
        ..Organization::default()
    }
}

/// Statements of an identity-based policy.
fn own(rng: &mut Rng, most: usize) -> Json {
    (0..rng.usize(0..=most)).map(|_| statement(rng)).collect()
}

/// Statements of the policy of a table or stream.
fn theirs(rng: &mut Rng) -> Json {
    let whom = [
        json!("*"),
        json!({ "AWS": OWNER }),
        json!({ "AWS": format!("arn:aws:iam::{OWNER}:user/u1") }),
        json!({ "AWS": [format!("arn:aws:iam::{OWNER}:role/r1"), format!("arn:aws:iam::{OWNER}:user/u2")] }),
        json!({ "AWS": "444455556666" }),
    ];
    let one = |rng: &mut Rng| {
        let mut one = statement(rng);
        one["Principal"] = whom[rng.usize(0..whom.len())].clone();
        one
    };
    (0..rng.usize(1..3)).map(|_| one(rng)).collect()
}

fn statement(rng: &mut Rng) -> Json {
    let actions = [
        "*",
        "dynamodb:*",
        "dynamodb:Get*",
        "dynamodb:getitem",
        "dynamodb:Query",
        "dynamodb:Scan",
        "dynamodb:?can",
        "dynamodb:PartiQL*",
        "s3:*",
    ];
    let resources = [
        "*".to_owned(),
        format!("arn:aws:dynamodb:*:{OWNER}:table/Book*"),
        format!("arn:aws:dynamodb:eu-west-1:{OWNER}:table/Books"),
        "arn:aws:dynamodb:*:*:table/*/index/*".to_owned(),
        "arn:aws:dynamodb:*:*:table/Books/stream/*".to_owned(),
        "arn:aws:dynamodb:*:*:table/${aws:username}".to_owned(),
        "arn:aws:dynamodb:us-east-1".to_owned(),
        "arn:aws:dynamodb".to_owned(),
    ];
    let conditions = [
        json!({ "Bool": { "aws:MultiFactorAuthPresent": "true" } }),
        json!({ "BoolIfExists": { "aws:MultiFactorAuthPresent": "false" } }),
        json!({ "StringEquals": { "aws:SourceVpce": "vpce-1" } }),
        json!({ "StringNotEquals": { "aws:SourceVpce": ["vpce-1", "vpce-2"] } }),
        json!({ "StringNotEqualsIfExists": { "aws:SourceVpce": "vpce-2" } }),
        json!({ "Null": { "aws:SourceVpce": "true" } }),
        json!({ "ArnLike": { "aws:PrincipalArn": "arn:aws:iam::*:user/*" } }),
        json!({ "ArnNotEquals": { "aws:PrincipalArn": [format!("arn:aws:iam::{OWNER}:role/r2")] } }),
    ];
    let pick = |rng: &mut Rng, from: usize| rng.usize(0..from);
    let deny = pick(rng, 5) == 0;
    let action = if pick(rng, 8) == 0 { "NotAction" } else { "Action" };
    let resource = if pick(rng, 8) == 0 { "NotResource" } else { "Resource" };
    let mut one = json!({
        "Effect": if deny { "Deny" } else { "Allow" },
        action: actions[pick(rng, actions.len())],
        resource: resources[pick(rng, resources.len())],
    });
    if pick(rng, 3) == 0 {
        one["Condition"] = conditions[pick(rng, conditions.len())].clone();
    }
    one
}
