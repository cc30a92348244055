//! Versions of managed policies that are not in force: whom they would let in ("Versioning IAM policies").

use std::collections::{BTreeMap, BTreeSet};

use dynaudit::{
    facts::{UNKNOWN, access::evaluate},
    snapshot::{Account, Seen},
};
use serde_json::{Value as Json, json};

use super::account::{account, allow, arn, deny, document, managed, table, user};

/// An account in which `ana` and `bob` have the policy `reader`, bob beside a Deny.
fn estate(now: Json, others: Option<BTreeMap<String, String>>) -> Account {
    let (name, mut policy) = managed("reader", Seen::Value(document(now)));
    policy.others = others;
    let mut ana = user("ana", json!([]));
    ana.attached = vec![name.clone()];
    let mut bob = user("bob", json!([deny("dynamodb:*", &arn("Tokens"))]));
    bob.attached = vec![name.clone()];
    let mut all = account(vec![ana, bob], vec![], vec![table("Plain"), table("Tokens")]);
    all.principals.policies = [(name, policy)].into();
    all
}

fn latent(all: &Account) -> Vec<Json> {
    let nodes = evaluate(all, &BTreeSet::new(), &mut BTreeMap::new()).principal_nodes();
    nodes.iter().map(|node| node.facts["latent_policies"].clone()).collect()
}

fn version(name: &str, statements: Json) -> (String, String) {
    (name.to_owned(), document(statements))
}

#[test]
fn a_version_that_reads_more_is_named_where_nothing_else_denies() {
    let plain = json!([allow("dynamodb:GetItem", &arn("Plain"))]);
    let more = version("v1", json!([allow("dynamodb:Scan", &arn("Tokens"))]));
    let same = version("v2", plain.clone());
    let less = version("v3", json!([allow("dynamodb:DescribeTable", "*")]));
    let broken = ("v4".to_owned(), "{".to_owned());
    let all = estate(plain, Some([more, same, less, broken].into()));
    assert_eq!(latent(&all), [json!(["reader:v1"]), json!([])]);
}

#[test]
fn what_is_read_already_is_no_gain() {
    let now = json!([allow("dynamodb:Scan", "*")]);
    let old = version("v1", json!([allow("dynamodb:*", &arn("Tokens"))]));
    assert_eq!(latent(&estate(now, Some([old].into()))), [json!([]), json!([])]);
}

#[test]
fn versions_that_nobody_asked_for_are_not_said_to_be_none() {
    let found = latent(&estate(json!([allow("dynamodb:Scan", "*")]), None));
    assert!(found.iter().all(|fact| fact.get(UNKNOWN).is_some()), "{found:?}");
}
