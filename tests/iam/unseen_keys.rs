//! A key whose policy was not seen takes away what it could turn, and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use dynaudit::{
    facts::{Node, access::evaluate},
    snapshot::{Account, Gap, Key, Listed, ResourceId, Seen, Why, key::Description, table::Encryption},
};
use serde_json::{Value as Json, json};

use super::account::{OWNER, account, allow, arn, document, role, table, user};

const KEY: &str = "arn:aws:kms:eu-west-1:111122223333:key/k1";

/// People of every sort, and three tables: `Tokens` and `Cards` behind the key, `Plain` behind none.
fn company(key_policy: Seen<String>) -> Account {
    let mut all = account(
        vec![
            user("scanner", json!([allow("dynamodb:Scan", "*")])),
            user("lister", json!([allow("dynamodb:ListTables", "*")])),
            user("joiner", json!([allow("sts:AssumeRole", "*")])),
            user("climber", json!([allow("iam:PutUserPolicy", "*"), allow("dynamodb:GetItem", "*")])),
        ],
        vec![
            role("administrator", json!([allow("*", "*")])),
            role("tables", json!([allow("dynamodb:*", "*")])),
            role("tokens", json!([allow("dynamodb:GetItem", &arn("Tokens"))])),
            role("both", json!([allow("dynamodb:GetItem", "*"), allow("kms:Decrypt", KEY)])),
        ],
        vec![table("Cards"), table("Plain"), table("Tokens")],
    );
    for role in &mut all.principals.roles {
        let trust = json!([{ "Effect": "Allow", "Principal": { "AWS": OWNER }, "Action": "sts:AssumeRole" }]);
        role.trust = Some(document(trust));
    }
    for table in all.tables.iter_mut().filter(|table| table.name != "Plain") {
        let Seen::Value(described) = &mut table.description else { panic!() };
        let kind = Some("KMS".into());
        described.encryption = Some(Encryption {
            status: "ENABLED".into(),
            kind,
            key_arn: Some(KEY.into()),
            inaccessible_since: None,
        });
    }
    let description = Description {
        arn: KEY.into(),
        account: Some(OWNER.into()),
        manager: Some("CUSTOMER".into()),
        ..Description::default()
    };
    all.keys = vec![Key {
        arn: KEY.into(),
        region: "eu-west-1".into(),
        description: Seen::Value(description),
        rotation: Seen::Value(None),
        policy: key_policy,
        grants: Listed::whole(vec![]),
        tags: Seen::Value(BTreeMap::new()),
    }];
    all
}

fn nodes(policy: Seen<String>) -> BTreeMap<String, Node> {
    let access =
        evaluate(&company(policy), &BTreeSet::from([arn("Tokens"), arn("Plain")]), &mut BTreeMap::new());
    let all = access.reader_nodes().into_iter().chain(access.principal_nodes());
    all.map(|node| (node.subject.id(), node)).collect()
}

fn hidden() -> Seen<String> {
    let gap = Gap {
        call: "kms:GetKeyPolicy".into(),
        on: ResourceId(KEY.into()),
        why: Why::Denied,
        message: String::new(),
    };
    Seen::Gap(gap.id())
}

/// The facts that are known in `less` and other than in `whole`.
fn other(at: &str, less: &Json, whole: &Json, out: &mut Vec<String>) {
    match (less, whole) {
        (Json::Object(less), _) if less.contains_key("$unknown") => {}
        (Json::Object(less), Json::Object(whole)) => {
            less.iter().for_each(|(name, value)| other(&format!("{at}.{name}"), value, &whole[name], out));
        }
        // Shown: the statements of the key that let in.
        _ if at.ends_with(".via") => {}
        // Counted without the tables whose keys were not seen; that there are some holds.
        _ if at.contains(".indirect.") && less.as_i64() > Some(0) && less.as_i64() <= whole.as_i64() => {}
        _ if less == whole => {}
        _ => out.push(format!("{at}: {less} is {whole}")),
    }
}

#[test]
fn what_is_known_without_the_key_holds_whatever_its_policy_says() {
    let who = |name: &str| json!({ "AWS": format!("arn:aws:iam::{OWNER}:{name}") });
    let may = |who: Json, condition: Json| json!({ "Effect": "Allow", "Principal": who, "Action": "kms:*", "Resource": "*", "Condition": condition });
    let mfa = json!({ "Bool": { "aws:MultiFactorAuthPresent": "true" } });
    let cards = json!({ "StringEquals": { "kms:EncryptionContext:aws:dynamodb:tableName": "Cards" } });
    let policies = [
        json!([]),
        json!([may(who("root"), json!({}))]),
        json!([may(json!("*"), json!({ "StringEquals": { "kms:CallerAccount": OWNER } }))]),
        json!([may(who("root"), mfa.clone())]),
        json!([may(json!("*"), mfa)]),
        json!([may(json!("*"), cards)]),
        json!([may(who("role/tokens"), json!({}))]),
        json!([may(who("user/climber"), json!({})), may(who("user/scanner"), json!({}))]),
    ];
    let less = nodes(hidden());
    for policy in policies {
        let whole = nodes(Seen::Value(document(policy.clone())));
        assert_eq!(less.keys().collect::<Vec<_>>(), whole.keys().collect::<Vec<_>>(), "{policy}");
        let mut wrong = Vec::new();
        for (id, node) in &less {
            other(id, &node.facts, &whole[id].facts, &mut wrong);
        }
        assert!(wrong.is_empty(), "{policy}\n{}", wrong.join("\n"));
    }
}

#[test]
fn what_dynamodb_decides_is_known_without_the_key() {
    let less = nodes(hidden());
    let of = |name: &str, kind: &str| {
        let mut all = less.values().filter(|n| n.subject.names.get(kind).is_some_and(|n| n == name));
        let first = all.next().unwrap().facts.clone();
        assert!(all.next().is_none(), "{name} is split");
        first
    };
    for name in ["administrator", "tables"] {
        let (reader, principal) = (of(name, "reader"), of(name, "principal"));
        assert_eq!((&reader["full_access"], &reader["decision"]), (&json!(true), &json!("allowed")));
        assert_eq!((&reader["tables"]["all"], &reader["tables"]["count"]), (&json!(true), &json!(3)));
        assert_eq!((&reader["reads"], &reader["reads_sensitive"]), (&json!(true), &json!(true)));
        assert!(
            reader["stopped"]["$unknown"].is_string() && reader["tables"]["stopped"]["$unknown"].is_string()
        );
        assert_eq!(principal["full_access"], true);
    }
    let scanner = of("scanner", "principal");
    assert_eq!((&scanner["reads_tables"], &scanner["reads_sensitive"]), (&json!(true), &json!(true)));
    assert!(scanner["reads_every_table"]["$unknown"].is_string());
    // All that it reads lies behind the key.
    let tokens = of("tokens", "reader");
    assert_eq!((&tokens["roads"]["get"], &tokens["tables"]["sensitive"]), (&json!(true), &json!(1)));
    assert!(tokens["reads"]["$unknown"].is_string() && tokens["needs"]["$unknown"].is_string());
    assert!(of("tokens", "principal")["reads_tables"]["$unknown"].is_string());
    assert_eq!(of("lister", "principal")["reads_tables"], false);
    assert_eq!(of("joiner", "principal")["indirect"]["sensitive"], 1, "Plain, whatever the key says");
}

#[test]
fn a_policy_of_its_own_that_was_not_read_may_let_it_use_the_key() {
    let mut all = company(Seen::Value(document(json!([{ "Effect": "Allow", "Principal": { "AWS": OWNER },
        "Action": "kms:*", "Resource": "*" }]))));
    let role = all.principals.roles.iter_mut().find(|role| role.name == "tokens").unwrap();
    role.attached = vec!["arn:aws:iam::aws:policy/NotGiven".into()];
    let access = evaluate(&all, &BTreeSet::from([arn("Tokens")]), &mut BTreeMap::new());
    let nodes = access.reader_nodes();
    let known =
        nodes.iter().find(|n| n.subject.names["reader"] == "tokens" && n.facts["via"].is_array()).unwrap();
    for name in ["stopped", "reads", "reads_sensitive"] {
        assert!(known.facts[name]["$unknown"].is_string(), "{name}: {}", known.facts[name]);
    }
    assert_eq!(known.facts["roads"]["get"], true);
}
