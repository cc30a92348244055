//! Access classes and the nodes made of them.

use std::collections::{BTreeMap, BTreeSet};

use dynaudit::{
    facts::{
        Fact, Node,
        access::{Access, evaluate, resource_policy},
    },
    finding::Confidence,
    snapshot::{Account, Gap, GapId, Seen, Why},
};
use serde_json::{Value as Json, json};

use super::account::{OWNER, account, allow, arn, deny, document, gap, managed, role, table, user};

fn judge(account: &Account) -> (Access, BTreeMap<GapId, Gap>) {
    let mut gaps = BTreeMap::new();
    let access = evaluate(account, &BTreeSet::from([arn("Tokens")]), &mut gaps);
    (access, gaps)
}

fn readers(account: &Account) -> Vec<Node> {
    judge(account).0.reader_nodes()
}

fn of<'a>(nodes: &'a [Node], name: &str) -> Vec<&'a Json> {
    nodes.iter().filter(|n| n.subject.names["reader"] == name).map(|n| n.facts.as_ref()).collect()
}

fn tables(n: usize) -> Vec<dynaudit::snapshot::Table> {
    (0..n).map(|i| table(&format!("T{i}"))).collect()
}

#[test]
fn an_administrator_of_many_tables_is_one_reader() {
    let admin = role("admin", json!([allow("*", "*")]));
    let mut all = tables(50);
    all.push(table("Tokens"));
    let nodes = readers(&account(vec![], vec![admin], all));
    let [facts] = of(&nodes, "admin")[..] else { panic!("{nodes:#?}") };
    assert_eq!(
        facts["tables"],
        json!({ "count": 51, "named": "51 tables", "sensitive": 1, "stopped": 0, "all": true })
    );
    assert_eq!(facts["full_access"], true);
    assert_eq!(facts["wildcard"], true);
    assert_eq!(facts["decision"], "allowed");
    assert_eq!(facts["via"], json!(["own#0"]));
    // There is no index over vectors, and nothing that holds anybody off.
    let missing = ["search", "unlock"];
    let roads = facts["roads"].as_object().unwrap();
    assert!(roads.iter().all(|(road, open)| *open == !missing.contains(&road.as_str())), "{facts}");
}

#[test]
fn that_some_tables_have_no_stream_splits_nobody() {
    let admin = role("admin", json!([allow("dynamodb:*", "*")]));
    let streams = role("streams", json!([allow("dynamodb:GetRecords", "*")]));
    let mut all = tables(5);
    if let Seen::Value(description) = &mut all[0].description {
        description.latest_stream_arn = None;
    }
    let nodes = readers(&account(vec![], vec![admin, streams], all));
    let [facts] = of(&nodes, "admin")[..] else { panic!("{nodes:#?}") };
    assert_eq!((&facts["tables"]["all"], &facts["full_access"]), (&json!(true), &json!(true)));
    let [facts] = of(&nodes, "streams")[..] else { panic!("{nodes:#?}") };
    assert_eq!(facts["tables"]["count"], 4, "a table without a stream is not read by one who reads streams");
}

#[test]
fn a_class_keeps_its_name_when_a_table_is_added() {
    let reader = || user("ana", json!([allow("dynamodb:GetItem", &arn("T*"))]));
    let before = readers(&account(vec![reader()], vec![], tables(2)));
    let after = readers(&account(vec![reader()], vec![], tables(3)));
    assert_eq!(before[0].subject.id(), after[0].subject.id());
    assert_ne!(before[0].subject.tables, after[0].subject.tables);
}

#[test]
fn roads_under_different_conditions_are_different_classes() {
    let mfa = json!({ "Bool": { "aws:MultiFactorAuthPresent": "true" } });
    let statements = json!([
        allow("dynamodb:GetItem", &arn("T0")),
        { "Effect": "Allow", "Action": "dynamodb:Scan", "Resource": arn("T0"), "Condition": mfa },
    ]);
    let nodes = readers(&account(vec![user("ana", statements)], vec![], tables(2)));
    let found = of(&nodes, "ana");
    assert_eq!(found.len(), 2);
    let conditional = found.iter().find(|f| f["decision"] == "conditional").unwrap();
    assert_eq!(conditional["needs"]["mfa"], true);
    assert_eq!(conditional["needs"]["other"], false);
    assert_eq!(conditional["condition"], "Bool aws:MultiFactorAuthPresent [true]");
    // What is had outright is had with MFA, too.
    assert_eq!((&conditional["roads"]["scan"], &conditional["roads"]["get"]), (&json!(true), &json!(true)));
    let outright = found.iter().find(|f| f["decision"] == "allowed").unwrap();
    assert_eq!((&outright["roads"]["scan"], &outright["roads"]["get"]), (&json!(false), &json!(true)));
    assert!(found.iter().all(|f| f["wildcard"] == false && f["tables"]["count"] == 1));
}

#[test]
fn an_index_a_stream_and_a_restore_lead_to_the_data() {
    let cases = [
        ("dynamodb:Query", format!("{}/index/*", arn("T0")), "get"),
        ("dynamodb:GetRecords", format!("{}/stream/*", arn("T0")), "stream"),
        ("dynamodb:ExportTableToPointInTime", arn("T0"), "export"),
        ("dynamodb:UpdateItem", arn("T0"), "write_return"),
        ("dynamodb:PutResourcePolicy", arn("T0"), "policy"),
    ];
    for (action, resource, road) in cases {
        let nodes =
            readers(&account(vec![user("ana", json!([allow(action, &resource)]))], vec![], tables(2)));
        let [facts] = of(&nodes, "ana")[..] else { panic!("{action}: {nodes:#?}") };
        let roads: Vec<_> = facts["roads"].as_object().unwrap().iter().filter(|(_, v)| **v == true).collect();
        assert!(roads.len() == 1 && roads[0].0 == road, "{action}: {roads:?}");
    }
    // A restore fills the table that it makes on the caller's behalf.
    let restore = allow("dynamodb:RestoreTableToPointInTime", &arn("T0"));
    let filled = ["BatchWriteItem", "DeleteItem", "GetItem", "PutItem", "Query", "Scan", "UpdateItem"];
    let filled: Vec<String> = filled.iter().map(|action| format!("dynamodb:{action}")).collect();
    let fill = json!({ "Effect": "Allow", "Action": filled, "Resource": arn("copy-*") });
    for (statements, found) in [(json!([restore]), 0), (json!([restore, fill]), 1)] {
        let nodes = readers(&account(vec![user("ana", statements)], vec![], tables(2)));
        let of: Vec<_> =
            of(&nodes, "ana").into_iter().filter(|facts| facts["roads"]["restore"] == true).collect();
        assert_eq!(of.len(), found, "{nodes:#?}");
    }
    // A backup alone restores nothing.
    let nodes =
        readers(&account(vec![user("a", json!([allow("dynamodb:CreateBackup", "*")]))], vec![], tables(1)));
    assert!(nodes.is_empty());
}

#[test]
fn groups_join_their_members() {
    let mut ana = user("ana", json!([]));
    ana.groups = vec!["readers".into()];
    let mut all = account(vec![ana], vec![], tables(1));
    all.principals.groups = vec![user("readers", json!([allow("dynamodb:Scan", "*")]))];
    assert_eq!(of(&readers(&all), "ana").len(), 1);
}

#[test]
fn a_malformed_policy_makes_only_its_holder_unknown() {
    let mut broken = user("broken", json!([]));
    broken.inline.insert("bad".into(), "{".into());
    let fine = user("fine", json!([allow("dynamodb:GetItem", "*")]));
    let (access, gaps) = judge(&account(vec![broken, fine], vec![], tables(1)));
    let (id, gap) = gaps.first_key_value().unwrap();
    assert_eq!((gap.why, gaps.len()), (Why::Malformed, 1));
    let nodes = access.reader_nodes();
    let [facts] = of(&nodes, "broken")[..] else { panic!("{nodes:#?}") };
    assert_eq!(facts["decision"], json!({ "$unknown": id }));
    assert_eq!(facts["kind"], "user");
    assert_eq!(of(&nodes, "fine")[0]["decision"], "allowed");
    let counted = access.of_table(&arn("T0"));
    assert_eq!(counted.readers, Fact::Unknown(id.into()));
    assert_eq!(counted.external, Fact::Known(0));
    let tells = resource_policy(&Seen::Value(Some("{".into())), &arn("T0"), OWNER, &mut BTreeMap::new());
    assert!(matches!(tells, Fact::Unknown(_)));
    let principals = access.principal_nodes();
    assert_eq!(principals[0].facts["reads_tables"], json!({ "$unknown": id }));
    assert_eq!(principals[1].facts["reads_tables"], true);
}

#[test]
fn a_boundary_that_was_not_read_never_hides_a_reader() {
    let (id, _) = gap("iam:GetAccountAuthorizationDetails");
    let mut ana = user("ana", json!([allow("dynamodb:GetItem", "*")]));
    let (arn, policy) = managed("limits", Seen::Gap(id.clone()));
    ana.boundary = Some(arn.clone());
    let mut all = account(vec![ana], vec![], tables(1));
    all.principals.policies.insert(arn, policy);
    let nodes = readers(&all);
    assert_eq!(nodes.len(), 1);
    assert_eq!(nodes[0].confidence, Some(Confidence::Medium));
    assert_eq!(nodes[0].evidence["gaps"], json!([id]));
}

#[test]
fn an_attached_policy_that_was_not_given_is_a_gap_of_its_own() {
    let mut ana = user("ana", json!([allow("dynamodb:GetItem", &super::account::arn("T0"))]));
    ana.attached = vec![format!("arn:aws:iam::{OWNER}:policy/lost")];
    let (access, gaps) = judge(&account(vec![ana], vec![], tables(2)));
    assert_eq!(gaps.len(), 1);
    let nodes = access.reader_nodes();
    assert_eq!(of(&nodes, "ana").len(), 2, "what is known, and what is not");
    assert!(matches!(access.of_table(&arn("T0")).readers, Fact::Known(1)));
    assert!(matches!(access.of_table(&arn("T1")).readers, Fact::Unknown(_)));
}

#[test]
fn refused_principals_are_one_unknown_reader() {
    let (id, _) = gap("iam:GetAccountAuthorizationDetails");
    let mut all = account(vec![], vec![], tables(3));
    all.principals.gap = Some(id.clone());
    let (access, _) = judge(&all);
    let nodes = access.reader_nodes();
    assert_eq!(nodes.len(), 1);
    for (field, value) in nodes[0].facts.as_object().unwrap() {
        assert_eq!(*value, json!({ "$unknown": id }), "{field}");
    }
    assert_eq!(access.principal_nodes().len(), 1);
    assert_eq!(access.incomplete(), Some(&id));
    assert_eq!(access.of_table(&arn("T0")).readers, Fact::Unknown(id.into()));
}

#[test]
fn a_table_policy_lets_outsiders_in_and_a_deny_keeps_them_out() {
    let mut open = table("Tokens");
    let statements = json!([
        { "Effect": "Allow", "Principal": { "AWS": ["444455556666", format!("arn:aws:iam::{OWNER}:role/app")] },
          "Action": ["dynamodb:GetItem", "dynamodb:PartiQLSelect"], "Resource": "*" },
        { "Effect": "Allow", "Principal": { "Service": "replication.dynamodb.amazonaws.com" },
          "Action": "dynamodb:Query", "Resource": "*" },
        { "Effect": "Allow", "Principal": "*", "Action": "dynamodb:Scan", "Resource": "*",
          "Condition": { "StringEquals": { "aws:PrincipalOrgID": "o-1" } } },
    ]);
    open.policy = Seen::Value(Some(document(statements)));
    let all =
        account(vec![], vec![role("app", json!([deny("dynamodb:Scan", "*")]))], vec![open, table("T0")]);
    let (access, _) = judge(&all);
    let nodes = access.reader_nodes();
    let outside = of(&nodes, "444455556666");
    assert_eq!((&outside[0]["kind"], &outside[0]["external"]), (&json!("account"), &json!(true)));
    assert_eq!(outside[0]["roads"]["partiql"], false, "PartiQL is not granted across accounts");
    let anyone = of(&nodes, "*");
    assert_eq!((&anyone[0]["kind"], &anyone[0]["needs"]["org"]), (&json!("anyone"), &json!(true)));
    let app = of(&nodes, "app");
    assert_eq!((&app[0]["roads"]["partiql"], &app[0]["roads"]["scan"]), (&json!(true), &json!(false)));
    let counted = access.of_table(&arn("Tokens"));
    assert_eq!((counted.readers, counted.external), (Fact::Known(1), Fact::Known(2)));
    assert_eq!(counted.anyone, Fact::Known(false));
    assert_eq!(access.of_table(&arn("T0")).external, Fact::Known(0));
}

#[test]
fn a_table_policy_that_was_not_read_makes_just_that_table_unknown() {
    let (id, _) = gap("dynamodb:GetResourcePolicy");
    let mut hidden = table("T0");
    hidden.policy = Seen::Gap(id.clone());
    let ana = user("ana", json!([allow("dynamodb:GetItem", "*")]));
    let (access, _) = judge(&account(vec![ana], vec![], vec![hidden, table("T1")]));
    assert_eq!(access.of_table(&arn("T0")).external, Fact::Unknown((&id).into()));
    assert_eq!(access.of_table(&arn("T1")).readers, Fact::Known(1));
    let nodes = access.reader_nodes();
    assert_eq!(of(&nodes, "ana")[0]["tables"]["count"], 2);
    let unread = of(&nodes, "(by policies not read)");
    assert_eq!(unread[0]["external"], json!({ "$unknown": id }));
}

#[test]
fn a_table_that_was_not_described_hides_ways_through_its_indexes_and_stream() {
    let (id, _) = gap("dynamodb:DescribeTable");
    let unknown = json!({ "$unknown": id });
    let mut hidden = table("T0");
    hidden.description = Seen::Gap(id.clone());
    let ana = user("ana", json!([allow("dynamodb:Query", &format!("{}/index/by-x", arn("T0")))]));
    let bob = user("bob", json!([allow("dynamodb:Scan", &arn("T*"))]));
    let (access, _) = judge(&account(vec![ana.clone(), bob], vec![], vec![hidden.clone(), table("T1")]));
    let counted = access.of_table(&arn("T0"));
    assert_eq!(
        (counted.readers, counted.external),
        (Fact::Unknown((&id).into()), Fact::Unknown((&id).into()))
    );
    assert_eq!(counted.anyone, Fact::Unknown((&id).into()));
    let other = access.of_table(&arn("T1"));
    assert_eq!((other.readers, other.anyone), (Fact::Known(1), Fact::Known(false)));

    let nodes = access.reader_nodes();
    let [facts] = of(&nodes, "(by indexes or streams not seen)")[..] else { panic!("{nodes:#?}") };
    assert!(facts.as_object().unwrap().values().all(|fact| *fact == unknown), "{facts}");
    // Bob reads T1 whatever the key of T0 says, and DynamoDB lets him into both.
    let bob = of(&nodes, "bob")[0];
    assert_eq!((&bob["roads"]["scan"], &bob["roads"]["get"]), (&json!(true), &json!(false)));
    assert_eq!((&bob["tables"]["count"], &bob["tables"]["stopped"]), (&json!(2), &unknown));
    assert_eq!((&bob["reads"], &bob["stopped"]), (&json!(true), &unknown));
    assert!(nodes.iter().any(|n| n.confidence == Some(Confidence::Medium)), "what is hidden may add roads");

    // Who is known to read stays so; who is not may read through what is hidden, but no secret of T1.
    let principals = access.principal_nodes();
    assert_eq!(principals[0].facts["reads_tables"], unknown);
    assert_eq!(principals[0].facts["reads_sensitive"], false);
    assert_eq!(principals[1].facts["reads_tables"], true);

    // A policy that lets anyone in is decided already.
    let everyone =
        json!([{ "Effect": "Allow", "Principal": "*", "Action": "dynamodb:Scan", "Resource": "*" }]);
    hidden.policy = Seen::Value(Some(document(everyone)));
    let (access, _) = judge(&account(vec![ana], vec![], vec![hidden]));
    assert_eq!(access.of_table(&arn("T0")).anyone, Fact::Known(true));
}

#[test]
fn session_tags_are_unknown_only_where_the_trust_policy_lets_them_in() {
    let statement = json!([{ "Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": "*",
        "Condition": { "StringEquals": { "aws:PrincipalTag/team": "blue" } } }]);
    let fixed = role("fixed", statement.clone());
    let mut tagged = role("tagged", statement);
    let trust = json!([{ "Effect": "Allow", "Principal": { "AWS": OWNER }, "Action": ["sts:AssumeRole", "sts:TagSession"] }]);
    tagged.trust = Some(document(trust));
    let nodes = readers(&account(vec![], vec![fixed, tagged], tables(1)));
    assert!(of(&nodes, "fixed").is_empty());
    assert_eq!(of(&nodes, "tagged")[0]["needs"]["session_tag"], true);
}

#[test]
fn trust_of_another_account_is_read() {
    let statement = |principal: Json, condition: Json| {
        document(
            json!([{ "Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", "Condition": condition }]),
        )
    };
    let with = |trust: String| {
        let mut role = role("r", json!([]));
        role.trust = Some(trust);
        judge(&account(vec![], vec![role], vec![])).0.principal_nodes().remove(0).facts
    };
    let facts = with(statement(json!({ "AWS": "444455556666" }), json!({})));
    assert_eq!(
        (&facts["trust"]["other_accounts"], &facts["trust"]["conditioned"]),
        (&json!(true), &json!(false))
    );
    let id = json!({ "StringEquals": { "sts:ExternalId": "x" } });
    assert_eq!(with(statement(json!({ "AWS": "444455556666" }), id))["trust"]["conditioned"], true);
    assert_eq!(with(statement(json!("*"), json!({})))["trust"]["anyone"], true);
    assert_eq!(with(statement(json!({ "AWS": OWNER }), json!({})))["trust"]["other_accounts"], false);
    assert!(with("{".into())["trust"]["$unknown"].is_string());
}

#[test]
fn decrypting_with_every_key_is_seen() {
    let of = |statements| {
        judge(&account(vec![user("a", statements)], vec![], vec![])).0.principal_nodes().remove(0).facts["decrypts_all_keys"].clone()
    };
    assert_eq!(of(json!([allow("kms:Decrypt", "*")])), true);
    assert_eq!(of(json!([allow("kms:Decrypt", "arn:aws:kms:*:*:key/1")])), false);
    assert_eq!(of(json!([allow("kms:*", "*"), deny("kms:Decrypt", "*")])), false);
}

#[test]
fn the_auditor_may_write_or_not() {
    let reader = user("reader", json!([allow("dynamodb:Describe*", "*")]));
    let writer = role("writer", json!([allow("dynamodb:*", "*")]));
    let (access, _) = judge(&account(vec![reader], vec![writer], tables(1)));
    let of = |arn: &str| access.can_write(arn);
    assert_eq!(of(&format!("arn:aws:iam::{OWNER}:user/reader")), Some(Fact::Known(false)));
    let session = format!("arn:aws:sts::{OWNER}:assumed-role/writer/ci");
    assert_eq!(of(&session), Some(Fact::Known(true)));
    assert_eq!(of(&format!("arn:aws:iam::{OWNER}:user/nobody")), None);
}
