//! What a table's policy is read for, and what the organization and old grants leave open.

use std::collections::{BTreeMap, BTreeSet};

use dynaudit::{
    facts::{Fact, access::evaluate},
    iam::resource_policy::{Reading, read},
    snapshot::{
        Listed, Organization, Region, Seen, Services,
        organization::{ControlPolicy, Level},
    },
};
use serde_json::{Value as Json, json};

use super::account::{OWNER, account, allow, arn, deny, document, table, user};

fn reading(statement: Json) -> Reading {
    read(&document(json!([statement])), OWNER, &arn("Tokens")).unwrap()
}

#[test]
fn a_service_is_bound_by_the_source_that_it_acts_for() {
    let said = |condition: Json| {
        let service = json!({ "Service": "redshift.amazonaws.com" });
        reading(
            json!({ "Effect": "Allow", "Principal": service, "Action": "dynamodb:ExportTableToPointInTime",
            "Resource": arn("Tokens"), "Condition": condition }),
        )
        .unbound_services
    };
    let open = BTreeSet::from(["redshift.amazonaws.com".to_owned()]);
    assert_eq!(said(json!({})), open);
    assert_eq!(said(json!({ "Bool": { "aws:SecureTransport": "true" } })), open);
    assert_eq!(said(json!({ "StringEqualsIfExists": { "aws:SourceAccount": OWNER } })), open);
    assert_eq!(said(json!({ "StringLike": { "aws:SourceAccount": "*" } })), open);
    assert!(said(json!({ "StringEquals": { "aws:SourceAccount": OWNER } })).is_empty());
    let integration = format!("arn:aws:redshift:*:{OWNER}:integration:*");
    assert!(said(json!({ "ArnLike": { "aws:SourceArn": integration } })).is_empty());
}

#[test]
fn a_unique_id_is_what_is_left_of_somebody_deleted() {
    let named = |who: &str| {
        reading(json!({ "Effect": "Allow", "Principal": { "AWS": who }, "Action": "dynamodb:GetItem", "Resource": "*" }))
            .deleted
    };
    assert!(named("AROAEXAMPLE1234567890"));
    assert!(!named(&format!("arn:aws:iam::{OWNER}:role/app")));
}

#[test]
fn a_perimeter_denies_everyone_from_elsewhere() {
    let fence = |principal: Json, action: &str, condition: Json| {
        reading(json!({ "Effect": "Deny", "Principal": principal, "Action": action, "Resource": "*", "Condition": condition }))
            .perimeter
    };
    let outside = || json!({ "StringNotEqualsIfExists": { "aws:PrincipalOrgID": "o-1" } });
    assert!(fence(json!("*"), "dynamodb:*", outside()));
    assert!(fence(json!("*"), "dynamodb:*", json!({ "NotIpAddress": { "aws:SourceIp": "192.0.2.0/24" } })));
    assert!(!fence(json!("*"), "dynamodb:DeleteTable", outside()));
    assert!(!fence(json!({ "AWS": OWNER }), "dynamodb:*", outside()));
    assert!(!fence(json!("*"), "dynamodb:*", json!({ "Bool": { "aws:SecureTransport": "false" } })));
}

#[test]
fn the_organization_guards_where_it_denies_what_leads_to_data() {
    let under = |statements: Json, manager: &str| {
        let policy = ControlPolicy {
            id: "p-1".into(),
            name: "guard".into(),
            document: Seen::Value(document(statements)),
        };
        let mut all = account(vec![], vec![], vec![table("Tokens")]);
        all.guardrails = Seen::Value(Some(Organization {
            id: "o-1".into(),
            management_account: manager.into(),
            path: None,
            accounts: None,
            scps: vec![Level { target: "r-1".into(), policies: vec![policy] }],
            rcps: vec![],
        }));
        evaluate(&all, &BTreeSet::new(), &mut BTreeMap::new()).guarded()
    };
    let guard = json!([allow("*", "*"), deny("dynamodb:ExportTableToPointInTime", "*")]);
    assert_eq!(under(guard.clone(), "444455556666"), Fact::Known(true));
    assert_eq!(under(json!([allow("*", "*"), deny("ec2:*", "*")]), "444455556666"), Fact::Known(false));
    assert_eq!(under(guard, OWNER), Fact::Known(false), "the management account is bound by none");
}

#[test]
fn a_grant_on_a_table_that_is_not_there_is_told_where_the_list_is_whole() {
    let old = format!("{}/index/by-x", arn("Old"));
    let ana = user("ana", json!([allow("dynamodb:Query", &old), allow("dynamodb:GetItem", &arn("Tokens"))]));
    let bob = user("bob", json!([allow("dynamodb:Query", &arn("Tok*"))]));
    let said = |gap: bool, names: &[&str]| {
        let mut all = account(vec![ana.clone(), bob.clone()], vec![], vec![table("Tokens")]);
        let (id, _) = super::account::gap("dynamodb:ListTables");
        let items = names.iter().map(|name| (*name).to_owned()).collect();
        let tables = Listed { items, gap: gap.then_some(id.clone()) };
        let (orphan_backups, services) = (Listed::whole(vec![]), Services::default());
        all.regions =
            vec![Region { name: "eu-west-1".into(), disabled: false, tables, orphan_backups, services }];
        let nodes = evaluate(&all, &BTreeSet::new(), &mut BTreeMap::new()).principal_nodes();
        (nodes[0].facts["gone_tables"].clone(), nodes[1].facts["gone_tables"].clone())
    };
    assert_eq!(said(false, &["Tokens"]), (json!([arn("Old")]), json!([])));
    assert_eq!(said(false, &["Tokens", "Old"]), (json!([]), json!([])));
    let (ana, bob) = said(true, &["Tokens"]);
    assert!(ana["$unknown"].is_string(), "{ana}");
    assert_eq!(bob, json!([]));
}
