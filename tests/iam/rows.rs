//! What parts the rows of one reader, and what of a grant is no road.

use std::collections::{BTreeMap, BTreeSet};

use dynaudit::{facts::access::evaluate, snapshot::Seen};
use serde_json::json;

use super::account::{account, allow, document, role, table};

#[test]
fn data_for_replication_is_of_use_to_a_service_and_to_another_account_alone() {
    let names = ["dynamodb:ReadDataForReplication", "dynamodb:AssociateTableReplica"];
    let own = role("auditor", json!([allow(names[0], "*"), allow(names[1], "*")]));
    let mut replica = table("Tokens");
    replica.policy = Seen::Value(Some(document(json!([{ "Effect": "Allow",
        "Principal": { "Service": "replication.dynamodb.amazonaws.com" }, "Action": names, "Resource": "*" }]))));
    let access = evaluate(
        &account(vec![], vec![own], vec![replica, table("Books")]),
        &BTreeSet::new(),
        &mut BTreeMap::new(),
    );
    let nodes = access.reader_nodes();
    let [service] = &nodes[..] else { panic!("{nodes:#?}") };
    assert_eq!(
        (&service.facts["kind"], &service.facts["roads"]["replicate"]),
        (&json!("service"), &json!(true))
    );
}

#[test]
fn what_a_tables_policy_gives_outright_is_not_laid_to_statements_behind_a_condition() {
    let mfa = json!({ "Bool": { "aws:MultiFactorAuthPresent": "true" } });
    let admin = role(
        "admin",
        json!([{ "Effect": "Allow", "Action": "dynamodb:*", "Resource": "*", "Condition": mfa }]),
    );
    let mut open = table("Open");
    open.policy = Seen::Value(Some(document(json!([{ "Effect": "Allow", "Principal": "*",
        "Action": ["dynamodb:GetItem", "dynamodb:Scan"], "Resource": "*" }]))));
    let access = evaluate(&account(vec![], vec![admin], vec![open]), &BTreeSet::new(), &mut BTreeMap::new());
    let nodes = access.reader_nodes();
    let rows: Vec<_> =
        nodes.iter().filter(|n| n.subject.names["reader"] == "admin").map(|n| &n.facts).collect();
    let by = |decision: &str| rows.iter().find(|facts| facts["decision"] == decision).unwrap();
    assert_eq!(
        (&by("allowed")["grants"]["wildcard_action"], &by("allowed")["via"]),
        (&json!(false), &json!(["table policy#0"]))
    );
    assert_eq!(
        (&by("conditional")["grants"]["wildcard_action"], &by("conditional")["full_access"]),
        (&json!(true), &json!(true))
    );
}

#[test]
fn what_either_of_two_conditions_gives_is_had_under_each_of_them() {
    let mfa = json!({ "Bool": { "aws:MultiFactorAuthPresent": "true" } });
    let admin = role(
        "admin",
        json!([{ "Effect": "Allow", "Action": "dynamodb:*", "Resource": "*", "Condition": mfa }]),
    );
    let mut shared = table("Shared");
    let vpc = json!({ "StringEquals": { "aws:SourceVpc": "vpc-0a" } });
    shared.policy = Seen::Value(Some(document(json!([{ "Effect": "Allow", "Principal": "*",
        "Action": ["dynamodb:GetItem", "dynamodb:Scan"], "Resource": "*", "Condition": vpc }]))));
    let access =
        evaluate(&account(vec![], vec![admin], vec![shared]), &BTreeSet::new(), &mut BTreeMap::new());
    let nodes = access.reader_nodes();
    let rows = nodes.iter().filter(|n| n.subject.names["reader"] == "admin").map(|n| &n.facts);
    let rows: Vec<_> = rows
        .map(|facts| {
            (facts["full_access"] == true, facts["roads"]["scan"] == true, facts["roads"]["export"] == true)
        })
        .collect();
    // Behind MFA everything; behind one of the two what the table's policy gives.
    assert_eq!(
        rows.iter().collect::<BTreeSet<_>>(),
        [(true, true, true), (false, true, false)].iter().collect()
    );
}
