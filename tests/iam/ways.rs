//! Every way replayed hop by hop against the engine, and the graph against a search over all pairs.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use dynaudit::{
    facts::access::{
        evaluate,
        paths::{Hop, Through},
    },
    iam::{Caller, Context, Decision, Keys, Kind, Named, Policy, Request, Rule, Truth, Value, Who, decide},
    snapshot::{Account, Seen, principal::Principal},
};
use fastrand::Rng;
use serde_json::{Value as Json, json};

use super::account::{OWNER, account, arn, document, managed, role, table, user};

fn iam(rest: &str) -> String {
    format!("arn:aws:iam::{OWNER}:{rest}")
}

fn one<'a>(rng: &mut Rng, all: &[&'a str]) -> &'a str {
    all[rng.usize(..all.len())]
}

/// A statement over few names, so that allows, denials and conditions meet.
fn statement(rng: &mut Rng, escalating: bool) -> Json {
    let mut actions = vec!["sts:AssumeRole", "sts:*", "dynamodb:Scan"];
    if escalating {
        actions.extend([
            "iam:PutUserPolicy",
            "iam:PutRolePolicy",
            "iam:AttachGroupPolicy",
            "iam:AddUserToGroup",
            "iam:CreateAccessKey",
            "iam:UpdateAssumeRolePolicy",
            "iam:DeleteUserPermissionsBoundary",
            "iam:PassRole",
            "lambda:*",
            "iam:Create*",
            "*",
        ]);
    }
    let resources = ["*", "role/*", "role/r1", "role/r?", "user/u*", "user/u0", "group/g0", "table"];
    let resource = match one(rng, &resources) {
        "*" => "*".to_owned(),
        "table" => arn("Tokens"),
        other => iam(other),
    };
    let effect = if rng.u8(..5) == 0 { "Deny" } else { "Allow" };
    let element = if rng.u8(..9) == 0 { "NotResource" } else { "Resource" };
    let mut out = json!({ "Effect": effect, "Action": one(rng, &actions), element: resource });
    if rng.u8(..5) == 0 {
        out["Condition"] = json!({ "Bool": { "aws:MultiFactorAuthPresent": "true" } });
    }
    out
}

fn trust(rng: &mut Rng) -> Json {
    let whom = [
        json!({ "AWS": iam("root") }),
        json!({ "AWS": iam("user/u0") }),
        json!({ "AWS": iam("role/r0") }),
        json!({ "AWS": [iam("role/r2"), iam("user/u1")] }),
        json!({ "AWS": "*" }),
        json!({ "Service": "lambda.amazonaws.com" }),
        json!({ "AWS": "444455556666" }),
    ];
    let mut out = json!({
        "Effect": if rng.u8(..8) == 0 { "Deny" } else { "Allow" },
        "Principal": whom[rng.usize(..whom.len())],
        "Action": "sts:AssumeRole",
    });
    if rng.u8(..6) == 0 {
        out["Condition"] = json!({ "StringEquals": { "aws:PrincipalArn": iam("role/r1") } });
    }
    out
}

fn statements(rng: &mut Rng, most: usize, escalating: bool) -> Json {
    (0..rng.usize(..=most)).map(|_| statement(rng, escalating)).collect()
}

fn any_account(rng: &mut Rng, escalating: bool) -> Account {
    let mut users: Vec<Principal> =
        (0..3).map(|at| user(&format!("u{at}"), statements(rng, 3, escalating))).collect();
    let mut roles: Vec<Principal> = (0..4)
        .map(|at| {
            let trust: Json = (0..=rng.usize(..2)).map(|_| trust(rng)).collect();
            Principal {
                trust: Some(document(trust)),
                ..role(&format!("r{at}"), statements(rng, 3, escalating))
            }
        })
        .collect();
    let group = Principal { arn: iam("group/g0"), ..user("g0", statements(rng, 2, escalating)) };
    if rng.bool() {
        users[2].groups.push("g0".into());
    }
    let mut policies = BTreeMap::new();
    for principal in users.iter_mut().chain(&mut roles) {
        if rng.u8(..4) != 0 {
            continue;
        }
        let mut bounds = vec![statement(rng, escalating)];
        bounds.push(json!({ "Effect": "Allow", "Action": ["iam:*", "sts:*"], "Resource": "*" }));
        let (arn, policy) = managed(&format!("b-{}", principal.name), Seen::Value(document(json!(bounds))));
        principal.boundary = Some(arn.clone());
        policies.insert(arn, policy);
    }
    let mut out = account(users, roles, vec![table("Plain"), table("Tokens")]);
    out.principals.groups = vec![group];
    out.principals.policies = policies;
    out
}

/// A principal as the snapshot has it, its policies parsed anew and whole.
struct Mine {
    who: Who,
    keys: Keys,
    identity: Vec<Policy>,
    boundary: Option<Policy>,
}

fn parse(text: &str) -> Policy {
    Policy::parse(text, Kind::Identity).unwrap()
}

fn mine(all: &Account, arn: &str) -> Mine {
    let principals = &all.principals;
    let found = principals.users.iter().chain(&principals.roles).find(|p| p.arn == arn);
    let Some(found) = found else {
        let keys = Keys::new().with_one("aws:PrincipalAccount", arn);
        return Mine { who: Who::parse(arn).unwrap(), keys, identity: vec![], boundary: None };
    };
    let mut identity: Vec<Policy> = found.inline.values().map(|text| parse(text)).collect();
    for group in principals.groups.iter().filter(|group| found.groups.contains(&group.name)) {
        identity.extend(group.inline.values().map(|text| parse(text)));
    }
    let boundary = found.boundary.as_ref().map(|arn| match &principals.policies[arn].document {
        Seen::Value(text) => parse(text),
        Seen::Gap(gap) => panic!("{gap:?}"),
    });
    let keys = Keys::new().with_one("aws:PrincipalArn", arn).with_one("aws:PrincipalAccount", OWNER);
    let who = Who { id: found.id.clone(), ..Who::parse(arn).unwrap() };
    Mine { who, keys, identity, boundary }
}

fn ask(mine: &Mine, action: &str, resource: &str, service: Option<&str>, trust: Option<&Policy>) -> Truth {
    let identity: Vec<Named<'_>> = mine.identity.iter().map(|policy| Named { name: "own", policy }).collect();
    let boundary: Vec<Named<'_>> =
        mine.boundary.iter().map(|policy| Named { name: "bound", policy }).collect();
    let mut keys = Keys::new().with("iam:PermissionsBoundary", Value::Absent);
    if let Some(service) = service {
        keys = keys.with_one("iam:PassedToService", &format!("{service}.amazonaws.com"));
    }
    let own = mine.who.account == OWNER;
    let caller = Caller {
        identity: own.then_some(identity.as_slice()),
        boundary: mine.boundary.as_ref().map(|_| boundary.as_slice()),
        ..Caller::unseen(&mine.who)
    };
    let action = action.to_lowercase();
    let request = Request {
        owner: OWNER,
        policy: trust.map(|policy| Named { name: "trust", policy }),
        rule: if trust.is_some() { Rule::ResourceFirst } else { Rule::Either },
        ..Request::new(&action, resource, Context { caller: &mine.keys, resource: &keys })
    };
    match decide(&caller, &request).decision {
        Decision::Allowed => Truth::True,
        Decision::Conditional(expr) => Truth::Depends(expr),
        Decision::Denied(_) => Truth::False,
    }
}

fn trust_of(all: &Account, arn: &str) -> Option<Policy> {
    let role = all.principals.roles.iter().find(|role| role.arn == arn)?;
    Some(Policy::parse(role.trust.as_ref()?, Kind::Trust).unwrap())
}

fn everything() -> Policy {
    parse(&document(json!([{ "Effect": "Allow", "Action": "*", "Resource": "*" }])))
}

/// What was added to the one that a hop leads to.
fn add(all: &Account, hop: &Hop, to: &mut Mine) {
    match hop.added {
        "" => {}
        " with any right" => to.identity.push(everything()),
        " without its boundary" => to.boundary = None,
        " in another group" => {
            let group = all.principals.groups[0].inline.values().map(|text| parse(text));
            to.identity.extend(group);
        }
        other => panic!("what is{other}?"),
    }
}

fn replay(all: &Account, way: &Through) {
    let mut at = mine(all, &way.arn);
    for hop in &way.path.hops {
        let rewrites = hop.asked.iter().position(|asked| asked.action == "iam:UpdateAssumeRolePolicy");
        for (number, asked) in hop.asked.iter().enumerate() {
            let anyone =
                document(json!([{ "Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole" }]));
            let trust = match asked.action {
                "sts:AssumeRole" if rewrites.is_some_and(|before| before < number) => {
                    Some(Policy::parse(&anyone, Kind::Trust).unwrap())
                }
                "sts:AssumeRole" => trust_of(all, &asked.resource),
                _ => None,
            };
            let truth = ask(&at, asked.action, &asked.resource, asked.service, trust.as_ref());
            assert_ne!(truth, Truth::False, "{} of {}: {asked:#?}", hop, way.path);
            if way.outright {
                assert_eq!(truth, Truth::True, "{} of {}: {asked:#?}", hop, way.path);
            }
            if let Some(service) = asked.service {
                let trust = trust_of(all, &asked.resource).unwrap();
                let service = Who::parse(&format!("{service}.amazonaws.com")).unwrap();
                let service = Mine { who: service, keys: Keys::new(), identity: vec![], boundary: None };
                let truth = ask(&service, "sts:AssumeRole", &asked.resource, None, Some(&trust));
                assert_ne!(truth, Truth::False, "{}", way.path);
            }
        }
        at = if hop.to.starts_with("arn:") { mine(all, &hop.to) } else { mine(all, &iam("role/any")) };
        if hop.to.starts_with("arn:") {
            add(all, hop, &mut at);
        } else {
            at.identity.push(everything());
            at.who.account = OWNER.to_owned();
        }
    }
    assert!(reads(&at), "at the end of {}", way.path);
}

/// Whether it may read the table, its index or its stream.
fn reads(who: &Mine) -> bool {
    let (own, index) = (arn("Tokens"), format!("{}/index/by-x", arn("Tokens")));
    let stream = format!("{own}/stream/2024-01-01T00:00:00.000");
    let read = |action: &str, on: &str| ask(who, action, on, None, None) != Truth::False;
    let parts = [&own, &index];
    let scans = ["dynamodb:Scan", "dynamodb:Query", "dynamodb:PartiQLSelect"];
    scans.iter().any(|action| parts.iter().any(|part| read(action, part)))
        || read("dynamodb:GetItem", &own)
        || read("dynamodb:GetRecords", &stream)
}

#[test]
fn every_way_that_is_told_can_be_gone() {
    let mut rng = Rng::with_seed(7);
    let (mut ways, mut long, mut escalating) = (0, 0, 0);
    for _ in 0..400 {
        let all = any_account(&mut rng, true);
        let access = evaluate(&all, &BTreeSet::new(), &mut BTreeMap::new());
        for way in access.paths().to_table(1) {
            replay(&all, &way);
            ways += 1;
            long += usize::from(way.path.length() > 1);
            escalating += usize::from(way.path.escalates);
        }
    }
    assert!(ways > 300 && long > 50 && escalating > 100, "{ways} ways, {long} long, {escalating} escalating");
}

/// Hops to a reader of `Tokens`, by asking every pair: roles alone, by `sts:AssumeRole` alone.
fn pair_by_pair(all: &Account) -> BTreeMap<String, usize> {
    let principals = || all.principals.users.iter().chain(&all.principals.roles).map(|p| p.arn.clone());
    let reads = |who: &String| reads(&mine(all, who));
    let mut hops: BTreeMap<String, usize> = principals().filter(reads).map(|arn| (arn, 0)).collect();
    let mut next: VecDeque<String> = hops.keys().cloned().collect();
    while let Some(to) = next.pop_front() {
        let Some(trust) = trust_of(all, &to) else { continue };
        for from in principals().filter(|from| *from != to) {
            let truth = ask(&mine(all, &from), "sts:AssumeRole", &to, None, Some(&trust));
            if truth != Truth::False && !hops.contains_key(&from) {
                hops.insert(from.clone(), hops[&to] + 1);
                next.push_back(from);
            }
        }
    }
    hops
}

#[test]
fn no_way_is_missed_and_none_is_longer_than_need_be() {
    let mut rng = Rng::with_seed(11);
    let mut indirect = 0;
    for _ in 0..600 {
        let all = any_account(&mut rng, false);
        let expected = pair_by_pair(&all);
        let access = evaluate(&all, &BTreeSet::from([arn("Tokens")]), &mut BTreeMap::new());
        let ways = access.paths().to_table(1);
        for (who, hops) in expected.iter().filter(|(_, hops)| **hops > 0) {
            let way = ways.iter().find(|way| way.arn == *who);
            let way = way.unwrap_or_else(|| panic!("{who} is missed: {:#?}", all.principals));
            // An outright way is preferred, and may be longer.
            assert!(way.path.length() == *hops || way.outright, "{}: not {hops} hops", way.path);
            indirect += 1;
        }
        for way in ways.iter().filter(|way| !way.outside) {
            assert!(expected.get(&way.arn).is_some_and(|hops| *hops > 0), "{} is none", way.path);
        }
    }
    assert!(indirect > 300, "{indirect}");
}
