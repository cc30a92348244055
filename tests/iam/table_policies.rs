//! What a table's policy is read for, and what the organization and old grants leave open.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use dynaudit::{
    facts::{Fact, access::evaluate},
    iam::resource_policy::{Reading, read},
    snapshot::{
        Listed, Organization, Region, Seen, Services, Why,
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

/// A policy that lets in so many other accounts, in statements of their own or in one.
fn crowded(accounts: usize, apart: bool) -> String {
    let ids = (0..accounts).map(|at| format!("{at:012}"));
    let to =
        |whom: Json| json!({ "Effect": "Allow", "Principal": { "AWS": whom }, "Action": "dynamodb:Scan" });
    let all: Vec<Json> = if apart { ids.map(|id| to(json!(id))).collect() } else { vec![to(ids.collect())] };
    document(json!(all))
}

#[test]
fn a_policy_far_longer_than_aws_keeps_is_a_gap_and_one_near_it_is_read() {
    let judged = |text: &str| {
        let mut all = account(vec![], vec![], vec![table("Tokens")]);
        all.tables[0].policy = Seen::Value(Some(text.to_owned()));
        let mut gaps = BTreeMap::new();
        let start = Instant::now();
        let readers = evaluate(&all, &BTreeSet::new(), &mut gaps).of_table(&arn("Tokens")).external;
        assert!(start.elapsed() < Duration::from_secs(60), "{:?}", start.elapsed());
        (readers, gaps)
    };
    for (accounts, apart) in [(4_000, false), (700, true)] {
        let (readers, gaps) = judged(&crowded(accounts, apart));
        assert_eq!((readers, gaps.len()), (Fact::Known(i64::try_from(accounts).unwrap()), 0), "{accounts}");
    }
    // White space is no part of it, as far as IAM takes it.
    let padded = format!("{}{}", " ".repeat(200_000), crowded(3, true));
    assert_eq!(judged(&padded).0, Fact::Known(3));
    let endless = format!("{}{}", " ".repeat(300_000), crowded(3, true));
    for text in [crowded(100_000, true), crowded(100_000, false), endless] {
        let (readers, gaps) = judged(&text);
        let gap = gaps.values().next().unwrap();
        assert!(matches!(readers, Fact::Unknown(_)) && gap.why == Why::Malformed, "{readers:?} {gap:?}");
        assert!(gap.message.contains("longer than any policy that AWS keeps"), "{}", gap.message);
    }
}

#[test]
fn so_is_a_policy_of_a_principal_and_of_nobody_else() {
    let long: Vec<Json> = (0..4_000).map(|at| allow("dynamodb:Scan", &arn(&format!("t{at}-*")))).collect();
    let ana = user("ana", json!(long));
    assert!(ana.inline["own"].len() > 256 * 1024);
    let bob = user("bob", json!([allow("dynamodb:Scan", "*")]));
    let all = account(vec![ana, bob], vec![], vec![table("Tokens")]);
    let mut gaps = BTreeMap::new();
    let access = evaluate(&all, &BTreeSet::new(), &mut gaps);
    let said: Vec<&str> = gaps.values().map(|gap| gap.message.as_str()).collect();
    assert!(matches!(said[..], [one] if one.contains("longer than any policy that AWS keeps")), "{said:?}");
    let facts = |name: &str| {
        let nodes = access.principal_nodes();
        nodes.iter().find(|node| node.subject.arn.ends_with(name)).unwrap().facts["policies_unread"].clone()
    };
    assert_eq!((facts("ana"), facts("bob")), (json!(true), json!(false)));
}
