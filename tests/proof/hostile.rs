//! Hostile texts wherever an account may hold one: no output lets them act on a terminal or in a page.

use aws_sdk_dynamodb::types::{
    AttributeDefinition, AttributeValue, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType,
    Projection, ProjectionType, ScalarAttributeType, SseSpecification, SseType, Tag, TimeToLiveSpecification,
};
use aws_sdk_kms::types::GrantOperation;
use dynaudit::demo::{self, Embedded};
use dynaudit::snapshot::{Snapshot, file};
use serde_json::json;

use crate::harness::{Assessed, plan, program, snapshot_with};
use crate::spoil::Spoilt;

/// Title and colour by escape sequence, bell, new lines, C1, marks of direction, markup, a formula.
const EVIL: &str = "\u{1b}]0;pwn\u{7}\u{1b}[31m\r\n\u{9b}2J\u{85}\u{202e}\u{2066}\u{200b}\
    <script>alert(1)</script>=cmd()|'/c calc'!A1\"&";

fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

/// An account in which all that may be is hostile, and the secrets in it.
async fn account() -> (Embedded, Vec<String>) {
    let account = Embedded::empty().await.unwrap();
    let config = account.sdk_config("eu-west-1");
    let (client, kms) = (aws_sdk_dynamodb::Client::new(&config), aws_sdk_kms::Client::new(&config));
    let arn = format!("arn:aws:iam::999999999999:role/{EVIL}");
    let open = json!({ "Version": "2012-10-17", "Id": EVIL, "Statement": [{
        "Sid": EVIL, "Effect": "Allow", "Principal": { "AWS": ["*", arn, EVIL] }, "Action": ["*", EVIL],
        "Resource": ["*", EVIL], "Condition": { "StringLike": { format!("aws:{EVIL}"): EVIL } },
    }, { "Sid": format!("2{EVIL}"), "Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*" }] })
    .to_string();
    let tag = aws_sdk_kms::types::Tag::builder().tag_key(EVIL).tag_value(EVIL).build().unwrap();
    let made = kms.create_key().description(EVIL).policy(&open).tags(tag).send().await.unwrap();
    let key = made.key_metadata.unwrap().arn.unwrap();
    let grant = kms.create_grant().key_id(&key).grantee_principal(&arn).name(EVIL);
    grant.operations(GrantOperation::Decrypt).send().await.unwrap();

    let name = |part: &str| format!("{part}{EVIL}");
    let (id, sort) = (name("id"), name("session_token"));
    let schema = |name: &str, kind| KeySchemaElement::builder().attribute_name(name).key_type(kind).build();
    let define = |name: &str| {
        AttributeDefinition::builder().attribute_name(name).attribute_type(ScalarAttributeType::S).build()
    };
    let copied = Projection::builder().projection_type(ProjectionType::Include);
    let index = GlobalSecondaryIndex::builder()
        .index_name("=cmd.evil_-")
        .key_schema(schema(&sort, KeyType::Hash).unwrap())
        .projection(copied.non_key_attributes(name("auth")).build());
    let sse = SseSpecification::builder().enabled(true).sse_type(SseType::Kms).kms_master_key_id(&key);
    let make = |index: GlobalSecondaryIndex| {
        client
            .create_table()
            .table_name("plain")
            .key_schema(schema(&id, KeyType::Hash).unwrap())
            .attribute_definitions(define(&id).unwrap())
            .attribute_definitions(define(&sort).unwrap())
            .global_secondary_indexes(index)
            .billing_mode(BillingMode::PayPerRequest)
            .sse_specification(sse.clone().build())
            .tags(Tag::builder().key(EVIL).value(EVIL).build().unwrap())
    };
    // The name of an index is of letters, digits and three signs, as AWS has it.
    assert!(make(index.clone().index_name(EVIL).build().unwrap()).send().await.is_err());
    make(index.index_name("cmd.evil_-").build().unwrap()).send().await.unwrap();
    let table = "arn:aws:dynamodb:eu-west-1:111122223333:table/plain";
    client.put_resource_policy().resource_arn(table).policy(&open).send().await.unwrap();
    let ttl = TimeToLiveSpecification::builder().enabled(true).attribute_name(name("ttl")).build().unwrap();
    client.update_time_to_live().table_name("plain").time_to_live_specification(ttl).send().await.unwrap();
    let stream = format!("arn:aws:kinesis:eu-west-1:999999999999:stream/{EVIL}");
    client
        .enable_kinesis_streaming_destination()
        .table_name("plain")
        .stream_arn(stream)
        .send()
        .await
        .unwrap();

    let secrets = demo::secrets(&demo::account().await.unwrap());
    let of = |part: &str| secrets.iter().find(|s| s.starts_with(part)).unwrap().clone();
    let (jwt, github) = (of("eyJ"), of(&["gh", "p_"].concat()));
    let mut deep = text(&github);
    for _ in 0..14 {
        deep = AttributeValue::M([(name("auth"), AttributeValue::L(vec![deep]))].into());
    }
    let packed = format!("{}{}{}", r#"{"\u001b\u202ek":"#.repeat(5_000), "1", "}".repeat(5_000));
    let inner = json!({ EVIL: { "token": jwt.clone() } }).to_string();
    for (n, value) in
        [text(&jwt), deep, text(packed), text(inner), text(EVIL.repeat(500))].into_iter().enumerate()
    {
        client
            .put_item()
            .table_name("plain")
            .item(&id, text(format!("{n}{EVIL}")))
            .item(&sort, text(&github))
            .item(name("auth"), value)
            .item("n".repeat(10_000), text(&jwt))
            .item(format!("{}{}", name("long"), "e\u{301}".repeat(3_000)), text(&github))
            .item(&github, text("the name is the secret"))
            .send()
            .await
            .unwrap();
    }

    // XML holds no control characters, so IAM's own texts cannot; its documents are encoded, and can.
    let iam = aws_sdk_iam::Client::new(&account.sdk_config("us-east-1"));
    let shown = "\u{202e}<script>=cmd()";
    let own = json!({ "Version": "2012-10-17", "Statement": [
        { "Sid": EVIL, "Effect": "Allow", "Action": "dynamodb:*", "Resource": "*" },
        { "Sid": EVIL, "Effect": "Allow", "Action": "kms:*", "Resource": format!("*{EVIL}*"),
          "Condition": { "StringEquals": { format!("aws:PrincipalTag/{EVIL}"): EVIL } } },
    ] })
    .to_string();
    iam.create_role().role_name("r").assume_role_policy_document(&open).send().await.unwrap();
    iam.put_role_policy().role_name("r").policy_name(shown).policy_document(&own).send().await.unwrap();
    let tag = aws_sdk_iam::types::Tag::builder().key(shown).value(shown).build().unwrap();
    iam.create_user().user_name(shown).path("/<b>/").tags(tag).send().await.unwrap();
    let bad = format!("{{\"{EVIL}");
    iam.put_user_policy().user_name(shown).policy_name(shown).policy_document(bad).send().await.unwrap();
    (account, vec![jwt, github])
}

async fn snapshot() -> (Snapshot, Vec<String>) {
    let (account, secrets) = account().await;
    // What a service says of a refusal may quote the account.
    let sdk = Spoilt::config(&account, |operation, _| {
        let said = json!({ "__type": format!("x#AccessDeniedException{EVIL}"), "message": EVIL }).to_string();
        ["DescribeContributorInsights", "DescribeContinuousBackups"]
            .contains(&operation)
            .then_some((400, said))
    });
    (snapshot_with(&sdk, plan()).await, secrets)
}

/// What acts on a terminal or turns the direction of writing; told apart here without the product's own list.
fn is_active(c: char) -> bool {
    let turns =
        matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    c < ' ' || ('\u{7f}'..='\u{9f}').contains(&c) || turns || c == '\u{feff}'
}

fn inert(what: &str, text: &str) {
    let active: Vec<_> = text.char_indices().filter(|(_, c)| *c != '\n' && is_active(*c)).collect();
    let around = |at: usize| text.get(at.saturating_sub(40)..at).unwrap_or_default().to_owned();
    assert!(active.is_empty(), "{what}: {:?} after {:?}", active[0], around(active[0].0));
    let longest = text.lines().map(str::len).max().unwrap_or_default();
    assert!(longest < 60_000, "{what}: a line of {longest} bytes");
}

#[tokio::test]
async fn nothing_hostile_is_raw_in_any_output() {
    let (snapshot, secrets) = snapshot().await;
    let assessed = Assessed::of(&snapshot);
    let json = assessed.json();
    inert("JSON", &json);
    assert!(!json.contains('<') && !json.contains('>'), "markup is escaped");
    serde_json::from_str::<serde_json::Value>(&json).unwrap();
    for width in [40, 80, 200, 1_000] {
        inert("table", &assessed.table(width));
    }
    let debug = format!("{:?} {:?} {:?}", snapshot, assessed.facts, assessed.findings);
    for secret in &secrets {
        assert!(!json.contains(secret.as_str()) && !debug.contains(secret.as_str()), "a secret is shown");
    }
    // It is all there, in words that do nothing.
    let seen = |part: &str| assert!(json.contains(part), "{part} is not in {json:.20000}");
    for part in
        ["session_token\\\\u{1b}", "\\u003cscript\\u003e", "github", "policy document", "999999999999"]
    {
        seen(part);
    }
    assert!(assessed.findings.iter().any(|f| f.message.contains("script")), "a message quotes the account");
}

#[tokio::test]
async fn the_program_prints_it_inert() {
    let dir = tempfile::tempdir().unwrap();
    let (snapshot, _) = snapshot().await;
    file::save(&snapshot, &dir.path().join("s.json")).unwrap();
    let (code, table, log) = program(dir.path(), &["assess", "s.json", "-vv", "--verdicts", "all"]);
    assert_eq!(code, 1, "{log}");
    inert("standard output", &table);
    inert("standard error", &log);
    let (_, json, log) = program(dir.path(), &["assess", "s.json", "-vv", "--format", "json"]);
    inert("standard output", &json);
    inert("standard error", &log);
    let evil = format!("no{EVIL}");
    let no_nul: Vec<&str> = vec!["assess", "s.json", "--check", &evil];
    let (code, out, log) = program(dir.path(), &no_nul);
    assert_eq!((code, out.as_str()), (2, ""));
    inert("error", &log);
    let (code, _, log) = program(dir.path(), &["assess", &evil]);
    assert_eq!(code, 2);
    inert("error", &log);
}
