//! Who scans a table alone, where others look items up by key.

use std::collections::{BTreeMap, BTreeSet};

use dynaudit::{
    facts::{UNKNOWN, access::evaluate},
    snapshot::{Account, Seen, principal::Principal},
};
use serde_json::{Value as Json, json};

use super::account::{account, allow, arn, gap, managed, table, user};

fn scans_alone(all: &Account) -> BTreeMap<String, Json> {
    let nodes = evaluate(all, &BTreeSet::new(), &mut BTreeMap::new()).reader_nodes();
    nodes
        .into_iter()
        .map(|node| (node.subject.names["reader"].clone(), node.facts["scans_alone"].clone()))
        .collect()
}

fn reading(name: &str, action: &str) -> Principal {
    user(name, json!([allow(action, &arn("Tokens"))]))
}

fn of(users: Vec<Principal>) -> Account {
    account(users, vec![], vec![table("Plain"), table("Tokens")])
}

#[test]
fn one_scans_where_two_look_up() {
    let found = scans_alone(&of(vec![
        user("all", json!([allow("dynamodb:*", "*")])),
        reading("ana", "dynamodb:Scan"),
        reading("bob", "dynamodb:GetItem"),
        reading("eve", "dynamodb:Query"),
    ]));
    assert_eq!(
        found,
        BTreeMap::from(
            ["all", "ana", "bob", "eve"].map(|name| (name.to_owned(), json!(i64::from(name == "ana"))))
        )
    );
}

#[test]
fn nobody_is_alone_where_two_scan_or_only_one_looks_up() {
    let two = of(vec![
        reading("ana", "dynamodb:Scan"),
        reading("bob", "dynamodb:GetItem"),
        reading("eve", "dynamodb:Query"),
        reading("joe", "dynamodb:Scan"),
    ]);
    assert!(scans_alone(&two).values().all(|count| *count == 0));
    let few = of(vec![reading("ana", "dynamodb:Scan"), reading("bob", "dynamodb:GetItem")]);
    assert!(scans_alone(&few).values().all(|count| *count == 0));
}

#[test]
fn where_another_was_not_read_nobody_is_said_to_be_alone() {
    let mut joe = user("joe", json!([]));
    let (name, policy) = managed("hidden", Seen::Gap(gap("iam:GetPolicyVersion").0));
    joe.attached = vec![name.clone()];
    let mut all = of(vec![
        reading("ana", "dynamodb:Scan"),
        reading("bob", "dynamodb:GetItem"),
        reading("eve", "dynamodb:Query"),
        joe,
    ]);
    all.principals.policies = [(name, policy)].into();
    let found = scans_alone(&all);
    assert!(found["ana"].get(UNKNOWN).is_some(), "{found:?}");
    assert_eq!(found["bob"], json!(0));
}
