//! Checks of what lies around tables, each shown from a whole snapshot: logs, networks, Regions, samples, keys that are shared.

use dynaudit::{
    check::Library,
    snapshot::{
        Listed, Seen, Snapshot,
        sample::{SecretKind, Stopped},
        services::{
            Endpoint, Trail,
            trail::{Classic, Selectors},
        },
    },
};
use serde_json::json;

use crate::checks::{Case, hold};
use crate::support::{
    ACCOUNT, REGION, add_table,
    build::{described, document, encrypt, hash, sample, see, sse, table},
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

const CASES: &[Case] = &[
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
