//! Documents that nobody means well with, through every public door: an answer or a named refusal, in bounded time.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use dynaudit::{
    facts::access::evaluate,
    iam::{Kind, Policy},
    simulate::{self, Unknown},
    snapshot::Why,
};
use serde_json::{Value as Json, json};

use super::account::{account, allow, arn, document, table, user};

/// Far more than any of it takes on a slow machine without optimisation, far less than what is out of bounds.
const PATIENCE: Duration = Duration::from_secs(30);

fn patiently<T>(run: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let out = run();
    assert!(start.elapsed() < PATIENCE, "it took {:?}", start.elapsed());
    out
}

fn books() -> String {
    arn("Books")
}

/// What `simulate` says of the user `u` and the table `Books` under one identity policy: the decision, or where
/// and why it was refused.
fn ask(policy: Json, context: Json) -> Result<&'static str, String> {
    let input = json!({
        "CallerArn": user("u", json!([])).arn,
        "ActionNames": ["dynamodb:GetItem"],
        "ResourceArns": [books()],
        "PolicyInputList": [policy],
        "ContextEntries": context,
    });
    raw(&serde_json::to_vec(&input).unwrap())
}

fn raw(bytes: &[u8]) -> Result<&'static str, String> {
    let answer = patiently(|| simulate::answer(bytes, Unknown::Absent));
    answer.map(|output| output.evaluation_results[0].eval_decision).map_err(|refused| {
        let text = refused.to_string();
        assert!(text.len() < 1000 && !text.contains(char::is_control), "{text:?}");
        text
    })
}

fn entry(key: &str, values: &[String]) -> Json {
    json!([{ "ContextKeyName": key, "ContextKeyValues": values, "ContextKeyType": "stringList" }])
}

#[test]
fn ten_megabytes_of_resources() {
    let mut resources: Vec<String> =
        (0..150_000).map(|n| arn(&format!("some-rather-long-name-{n:08}"))).collect();
    resources.push(books());
    let text = document(json!([{ "Effect": "Allow", "Action": "dynamodb:*", "Resource": resources }]));
    assert!(text.len() > 10_000_000);
    assert_eq!(ask(text.into(), json!([])), Ok("allowed"));
}

#[test]
fn ten_thousand_statements() {
    let mut statements = vec![allow("dynamodb:PutItem", "*"); 10_000];
    statements.push(allow("dynamodb:GetItem", "*"));
    assert_eq!(ask(document(json!(statements)).into(), json!([])), Ok("allowed"));
    statements.push(json!({ "Effect": "Deny", "Action": "*", "Resource": "*" }));
    assert_eq!(ask(document(json!(statements)).into(), json!([])), Ok("explicitDeny"));
}

#[test]
fn nesting_ten_thousand_deep() {
    let deep = |open: &str, close: &str| format!("{}{}", open.repeat(10_000), close.repeat(10_000));
    for inner in [deep("[", "]"), format!("{}1{}", "{\"a\":".repeat(10_000), "}".repeat(10_000))] {
        for text in [
            inner.clone(),
            format!("{{\"Version\":\"2012-10-17\",\"Statement\":{inner}}}"),
            format!(
                "{{\"Statement\":{{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":{inner}}}}}"
            ),
            format!("{{\"Statement\":{{\"Effect\":\"Allow\",\"Action\":{inner},\"Resource\":\"*\"}}}}"),
        ] {
            let refused = ask(text.clone().into(), json!([])).unwrap_err();
            assert!(refused.starts_with("PolicyInputList.1"), "{refused}");
            for kind in [Kind::Identity, Kind::Resource, Kind::Trust] {
                patiently(|| Policy::parse(&text, kind)).unwrap_err();
            }
            // As JSON within the JSON, not as text.
            raw(format!("{{\"ActionNames\":[\"s3:x\"],\"PolicyInputList\":[{text}]}}").as_bytes())
                .unwrap_err();
        }
    }
}

#[test]
fn bytes_that_are_no_text() {
    for bytes in [
        &b"\xff\xfe"[..],
        b"{\"ActionNames\":[\"s3:\xc3\x28\"],\"PolicyInputList\":[]}",
        b"{\"ActionNames\":[\"s3:x\"],\"PolicyInputList\":[\"{\xa0\xa1}\"]}",
        b"{\"ActionNames\":[\"s3:x\"],\"PolicyInputList\":[\"\\ud800\"]}",
        b"{\"ActionNames\":[\"s3:x\"",
        b"\0",
        b"",
        b"null",
        b"[]",
        b"{}",
        b"{\"ActionNames\":[\"\\u001b[31m\"],\"PolicyInputList\":[\"\\u001b[31m\"]}",
    ] {
        raw(bytes).unwrap_err();
    }
}

#[test]
fn a_megabyte_of_wildcards() {
    let many = |part: &str| part.repeat(1_000_000 / part.len());
    let long = "a".repeat(8_000) + "b";
    for pattern in ["a*", "*a", "?*", "**", "*aaaa*"].map(many) {
        for statement in [
            json!({ "Effect": "Allow", "Action": format!("dynamodb:{pattern}"), "Resource": "*" }),
            json!({ "Effect": "Allow", "Action": "*", "Resource": format!("arn:aws:dynamodb:{pattern}!") }),
            json!({ "Effect": "Allow", "Action": "*", "Resource": "*",
                    "Condition": { "StringLike": { "x:k": format!("{pattern}!") } } }),
            json!({ "Effect": "Allow", "Action": "*", "Resource": "*",
                    "Condition": { "ArnLike": { "x:k": format!("{pattern}!") } } }),
        ] {
            let action_is_all = statement["Action"] == format!("dynamodb:{}", many("**"));
            let is = ask(document(json!([statement])).into(), entry("x:k", std::slice::from_ref(&long)));
            assert_eq!(is, Ok(if action_is_all { "allowed" } else { "implicitDeny" }));
        }
    }
}

#[test]
fn ten_thousand_values_of_a_condition() {
    let wanted: Vec<String> = (0..10_000).map(|n| format!("*value-{n}-*-x")).collect();
    let given: Vec<String> = (0..100).map(|n| format!("some value-{n}-or another")).collect();
    for (operator, decision) in [
        ("ForAllValues:StringLike", "implicitDeny"),
        ("ForAnyValue:StringNotLike", "allowed"),
        ("ForAllValues:StringNotEquals", "allowed"),
    ] {
        let condition = json!({ operator: { "x:k": wanted } });
        let statement = json!({ "Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition });
        assert_eq!(ask(document(json!([statement])).into(), entry("x:k", &given)), Ok(decision));
    }
}

#[test]
fn variables_that_swell_and_variables_that_never_end() {
    let swollen = "v".repeat(10_000);
    for resource in
        ["${x:k}".repeat(20_000), "${".repeat(300_000), "${x:k".repeat(100_000), "${x:k, '".repeat(100_000)]
    {
        let resource = format!("arn:aws:dynamodb:eu-west-1:111122223333:table/{resource}");
        let statement = json!({ "Effect": "Allow", "Action": "*", "Resource": resource });
        let is = ask(document(json!([statement])).into(), entry("x:k", std::slice::from_ref(&swollen)));
        assert_ne!(is, Ok("allowed"));
    }
}

#[test]
fn more_decisions_than_anybody_asks_for() {
    let actions: Vec<String> = (0..1_000).map(|n| format!("dynamodb:Get{n}")).collect();
    let resources: Vec<String> = (0..1_000).map(|n| arn(&n.to_string())).collect();
    let input = json!({ "ActionNames": actions, "ResourceArns": resources, "PolicyInputList": [] });
    raw(&serde_json::to_vec(&input).unwrap()).unwrap_err();
}

#[test]
fn in_an_account_each_touches_its_holder_alone() {
    let deep = format!("{{\"Statement\":{}{}}}", "[".repeat(10_000), "]".repeat(10_000));
    let mut holders = vec![];
    let mut broken = |name: &str, text: String| {
        let mut one = user(name, json!([]));
        one.inline.insert("bad".into(), text);
        holders.push(one);
    };
    broken("deep", deep.clone());
    broken("cut", document(json!([allow("*", "*")]))[..60].to_owned());
    broken("escape", "\u{1b}[31m{\"Statement\":\u{7}".into());
    broken("nothing", String::new());
    // As long as IAM takes a document, and longer than any that it may keep.
    for (stars, many, at) in [("stars", "many", 1), ("endless-stars", "too-many", 4)] {
        let wildcards = "a*".repeat(125_000 * at);
        holders.push(user(stars, json!([allow(&format!("dynamodb:{wildcards}"), "*")])));
        holders.push(user(many, json!(vec![allow("dynamodb:GetItem", "*"); 4_000 * at])));
    }
    holders.push(user("fine", json!([allow("dynamodb:GetItem", "*")])));
    let mut locked = table("Locked");
    locked.policy = dynaudit::snapshot::Seen::Value(Some(deep));
    let all = account(holders, vec![], vec![table("Books"), locked]);
    let mut gaps = BTreeMap::new();
    let access = patiently(|| evaluate(&all, &BTreeSet::new(), &mut gaps));
    assert_eq!(gaps.len(), 7, "{gaps:#?}");
    for gap in gaps.values() {
        assert_eq!(gap.why, Why::Malformed);
        assert!(!gap.message.contains(char::is_control), "{:?}", gap.message);
    }
    let readers: BTreeSet<&str> = access
        .classes()
        .iter()
        .filter(|class| class.reads(0))
        .flat_map(|class| class.members.iter().filter_map(|number| access.party(*number)))
        .map(|party| party.name.as_str())
        .collect();
    assert!(
        readers.contains("fine")
            && readers.contains("many")
            && !readers.contains("stars")
            && !readers.contains("too-many"),
        "{readers:?}"
    );
}
