//! Checks of what lies around tables, each shown from a whole snapshot: logs, networks, Regions, samples, keys that are shared.

use dynaudit::{
    check::Library,
    snapshot::{
        Listed, Seen, Snapshot, Timestamp,
        principal::Credentials,
        sample::{SecretKind, Stopped},
        services::{
            Cluster, Endpoint, IdentityPool, Rule, Trail, Vpc,
            cache::CacheTtl,
            trail::{Classic, Selectors},
        },
    },
};
use serde_json::json;

use crate::checks::{Case, hold};
use crate::support::{
    ACCOUNT, REGION, add_table,
    build::{add_role, allow, described, document, encrypt, hash, role, sample, see, sse, table},
};

fn keyed(s: &mut Snapshot) {
    see(s, "token", SecretKind::Jwt);
    described(s).keys = vec![hash("token")];
}

fn trail(tables: &[&str]) -> Trail {
    let tables = tables.iter().map(|table| (*table).to_owned()).collect();
    Trail {
        arn: "arn:aws:cloudtrail:eu-west-1:111122223333:trail/t".into(),
        name: "t".into(),
        home: REGION.into(),
        multi_region: true,
        organization: false,
        bucket: "logs".into(),
        key_id: None,
        validated: true,
        logging: Seen::Value(true),
        selectors: Seen::Value(Selectors {
            classic: vec![Classic { kind: "All".into(), tables }],
            advanced: Vec::new(),
        }),
    }
}

fn endpoint(s: &mut Snapshot, condition: serde_json::Value) {
    let policy = document(json!([{ "Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*",
        "Condition": condition }]));
    let one = Endpoint { id: "vpce-1".into(), kind: "Gateway".into(), policy, ..Endpoint::default() };
    s.accounts[0].regions[0].services.endpoints = Listed::whole(vec![one]);
}

fn told(s: &mut Snapshot, used: Option<i64>, keys: usize) {
    let taken = s.taken;
    let people = &mut s.accounts[0].principals;
    let arns = || people.roles.iter().chain(&people.users).map(|one| one.arn.clone());
    let at = used.map(|days| Timestamp(taken.0 - days * 86_400));
    let usage = arns().map(|arn| (arn, Seen::Value(at))).collect();
    let own = Credentials { keys: vec![Some(Timestamp(0)); keys], ..Credentials::default() };
    let credentials = arns().map(|arn| (arn, own.clone())).collect();
    people.usage = Some(Seen::Value(usage));
    people.credentials = Some(Seen::Value(credentials));
}

fn reads(s: &mut Snapshot, used: Option<i64>) {
    see(s, "token", SecretKind::Jwt);
    add_role(s, "etl", json!([allow("dynamodb:GetItem", "*")]));
    told(s, used, 0);
}

fn person(s: &mut Snapshot, keys: usize) {
    see(s, "token", SecretKind::Jwt);
    let mut ann = role("ann", json!([allow("dynamodb:GetItem", "*")]));
    ann.arn = format!("arn:aws:iam::{ACCOUNT}:user/ann");
    ann.trust = None;
    s.accounts[0].principals.users = vec![ann];
    told(s, Some(1), keys);
}

fn guest(s: &mut Snapshot, guests: bool) {
    reads(s, Some(1));
    let role = &mut s.accounts[0].principals.roles[0];
    role.trust = Some(document(json!([{ "Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",
        "Principal": { "Federated": "cognito-identity.amazonaws.com" },
        "Condition": { "StringEquals": { "cognito-identity.amazonaws.com:aud": "eu-west-1:1" } } }])));
    let guest_role = Seen::Value(Some(role.arn.clone()));
    let pool = IdentityPool {
        id: "eu-west-1:1".into(),
        name: "app".into(),
        guests: Seen::Value(guests),
        guest_role,
    };
    s.accounts[0].regions[0].services.identity_pools = Listed::whole(vec![pool]);
}

fn watched(s: &mut Snapshot, events: &[&str]) {
    let pattern = json!({ "source": ["aws.dynamodb"], "detail": { "eventName": events } }).to_string();
    let rule = Rule { name: "told".into(), pattern, targets: Seen::Value(1) };
    let services = &mut s.accounts[0].regions[0].services;
    services.rules = Listed::whole(vec![rule]);
    services.trails = Listed::whole(vec![trail(&[])]);
}

fn vpc(s: &mut Snapshot, state: &str) {
    let services = &mut s.accounts[0].regions[0].services;
    services.vpcs = Listed::whole(vec![Vpc { id: "vpc-1".into(), workloads: 2 }]);
    let one = Endpoint { vpc: "vpc-1".into(), state: state.into(), ..Endpoint::default() };
    services.endpoints = Listed::whole(vec![one]);
}

fn cluster(s: &mut Snapshot, from: &str, action: &str) {
    add_role(s, "dax", json!([allow(action, "*")]));
    let one = Cluster {
        arn: "arn:aws:dax:eu-west-1:111122223333:cache/c".into(),
        name: "c".into(),
        status: "available".into(),
        encryption: "ENABLED".into(),
        endpoint_encryption: "TLS".into(),
        role_arn: s.accounts[0].principals.roles[0].arn.clone(),
        zones: Vec::new(),
        reachable_from: Some(Seen::Value(vec![from.into()])),
        ttl: Seen::Value(CacheTtl::default()),
    };
    s.accounts[0].regions[0].services.clusters = Listed::whole(vec![one]);
}

const ALL_FOUR: [&str; 4] =
    ["PutResourcePolicy", "DeleteTable", "UpdateContinuousBackups", "ExportTableToPointInTime"];

const CASES: &[Case] = &[
    ("read-right-unused", |s| reads(s, None), |s| reads(s, Some(3))),
    ("user-with-keys-reads-secrets", |s| person(s, 1), |s| person(s, 0)),
    ("pool-gives-guests-a-reader", |s| guest(s, true), |s| guest(s, false)),
    ("changes-not-watched", |s| watched(s, &ALL_FOUR[1..]), |s| watched(s, &ALL_FOUR)),
    ("vpc-without-endpoint", |s| vpc(s, "deleted"), |s| vpc(s, "available")),
    (
        "cache-open-to-the-world",
        |s| cluster(s, "0.0.0.0/0", "dynamodb:GetItem"),
        |s| cluster(s, "10.0.0.0/8", "dynamodb:GetItem"),
    ),
    (
        "cache-role-reads-every-table",
        |s| cluster(s, "10.0.0.0/8", "dynamodb:Scan"),
        |s| cluster(s, "10.0.0.0/8", "dax:*"),
    ),
    (
        "key-shared-across-sensitivity",
        |s| {
            let arn = encrypt(s, "CUSTOMER");
            add_table(s, "plain");
            see(s, "token", SecretKind::Jwt);
            let Seen::Value(second) = &mut s.accounts[0].tables[1].description else { panic!() };
            second.encryption = Some(sse(&arn));
        },
        |s| drop(encrypt(s, "CUSTOMER")),
    ),
    (
        "log-holds-token-keys",
        |s| {
            keyed(s);
            s.accounts[0].regions[0].services.trails = Listed::whole(vec![trail(&["arn:aws:dynamodb"])]);
        },
        keyed,
    ),
    ("region-switched-off", |s| s.accounts[0].regions[0].disabled = true, |_| {}),
    (
        "sample-too-small",
        |s| sample(s).stopped = Stopped::Items,
        |s| {
            sample(s).stopped = Stopped::Items;
            sample(s).items_read = 200;
        },
    ),
    (
        "table-without-code",
        |_| {},
        |s| {
            table(s).tags =
                Seen::Value([("aws:cloudformation:stack-name".to_owned(), "web".to_owned())].into())
        },
    ),
    (
        "endpoint-lets-writes-to-strangers",
        |s| endpoint(s, json!({ "StringEquals": { "aws:PrincipalOrgID": "o-1" } })),
        |s| endpoint(s, json!({ "StringEquals": { "aws:ResourceAccount": ACCOUNT } })),
    ),
];

#[test]
fn each_is_flagged_where_it_is_wrong_and_clear_where_it_is_not() {
    hold(&Library::builtin().unwrap(), CASES);
}
