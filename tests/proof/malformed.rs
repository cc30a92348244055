//! A policy document that cannot be read is a gap on the resource that has it, and on nothing else.

use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType, SseSpecification,
    SseType,
};
use dynaudit::demo::Embedded;
use dynaudit::snapshot::{Snapshot, Why};
use serde_json::json;

use crate::harness::{Assessed, plan, snapshot_with};
use crate::promise::{Cause, breaches};
use crate::spoil::Spoilt;

const GOOD: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"dynamodb:*","Resource":"*"}]}"#;
const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole",
    "Principal":{"AWS":"arn:aws:iam::444455556666:root"}}]}"#;
const OPEN: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*",
    "Principal":{"AWS":"arn:aws:iam::444455556666:root"}}]}"#;

/// Where a document may be broken.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Place {
    Table,
    Key,
    Inline,
    Managed,
    Trust,
}

/// Documents that are no policy, with what is wrong.
fn broken() -> Vec<(&'static str, String)> {
    let deep = |open: &str, close: &str| format!("{}1{}", open.repeat(5_000), close.repeat(5_000));
    vec![
        ("cut short", GOOD[..GOOD.len() - 3].to_owned()),
        ("a list", "[]".into()),
        ("a number", "7".into()),
        ("a statement that is a number", r#"{"Version":"2012-10-17","Statement":7}"#.into()),
        ("an effect that is a list", GOOD.replace(r#""Allow""#, r#"["Allow"]"#)),
        ("an action that is an object", GOOD.replace(r#""dynamodb:*""#, r#"{"a":"b"}"#)),
        ("two megabytes cut short", format!(r#"{{"Version":"2012-10-17","Id":"{}"#, "x".repeat(2 << 20))),
        ("lists 5,000 deep", format!(r#"{{"Version":"2012-10-17","Statement":{}}}"#, deep("[", "]"))),
        (
            "objects 5,000 deep",
            format!(r#"{{"Version":"2012-10-17","Statement":{}}}"#, deep(r#"{"a":"#, "}")),
        ),
    ]
}

/// An account with two of each, named `sound` and `spoilt`, and the documents of the second to be broken.
struct Subjects {
    account: Embedded,
    iam: aws_sdk_iam::Client,
    managed: String,
    key: String,
}

impl Subjects {
    async fn new() -> Self {
        let account = Embedded::empty().await.unwrap();
        let iam = aws_sdk_iam::Client::new(&account.sdk_config("us-east-1"));
        let made = iam.create_policy().policy_name("managed").policy_document(GOOD).send().await;
        let managed = made.unwrap().policy.unwrap().arn.unwrap();
        for name in ["sound", "spoilt", "attached"] {
            iam.create_role().role_name(name).assume_role_policy_document(TRUST).send().await.unwrap();
        }
        iam.attach_role_policy().role_name("attached").policy_arn(&managed).send().await.unwrap();
        let config = account.sdk_config("eu-west-1");
        let (tables, kms) = (aws_sdk_dynamodb::Client::new(&config), aws_sdk_kms::Client::new(&config));
        let mut spoilt = String::new();
        for name in ["sound", "spoilt"] {
            iam.put_role_policy()
                .role_name(name)
                .policy_name("inline")
                .policy_document(GOOD)
                .send()
                .await
                .unwrap();
            let made = kms.create_key().policy(OPEN).send().await.unwrap();
            spoilt = made.key_metadata.unwrap().arn.unwrap();
            let arn = table(&tables, name, &spoilt).await;
            tables.put_resource_policy().resource_arn(arn).policy(OPEN).send().await.unwrap();
        }
        Self { account, iam, managed, key: spoilt }
    }

    /// What has the document that is broken.
    fn on(&self, place: Place) -> String {
        match place {
            Place::Table => "arn:aws:dynamodb:eu-west-1:111122223333:table/spoilt".to_owned(),
            Place::Key => self.key.clone(),
            Place::Inline | Place::Trust => "arn:aws:iam::111122223333:role/spoilt".to_owned(),
            Place::Managed => self.managed.clone(),
        }
    }

    /// Writes a document where IAM takes any.
    async fn write(&self, place: Place, text: &str) {
        let iam = &self.iam;
        match place {
            Place::Table | Place::Key => {}
            Place::Inline => {
                let put = iam.put_role_policy().role_name("spoilt").policy_name("inline");
                put.policy_document(text).send().await.unwrap();
            }
            Place::Trust => {
                let put = iam.update_assume_role_policy().role_name("spoilt");
                put.policy_document(text).send().await.unwrap();
            }
            Place::Managed => {
                let new = iam.create_policy_version().policy_arn(&self.managed).policy_document(text);
                let made = new.set_as_default(true).send().await.unwrap().policy_version.unwrap();
                let others = iam.list_policy_versions().policy_arn(&self.managed).send().await.unwrap();
                for old in others.versions().iter().filter(|v| v.version_id() != made.version_id()) {
                    let delete = iam.delete_policy_version().policy_arn(&self.managed);
                    delete.set_version_id(old.version_id.clone()).send().await.unwrap();
                }
            }
        }
    }

    /// The account, with the document put on the way where AWS itself would not take it.
    async fn snapshot(&self, place: Option<Place>, document: &str) -> Snapshot {
        let (text, key) = (document.to_owned(), self.key.clone());
        let sdk = Spoilt::config(&self.account, move |operation, asked| {
            let ours = match (operation, place) {
                ("GetResourcePolicy", Some(Place::Table)) => {
                    asked["ResourceArn"].as_str().is_some_and(|arn| arn.ends_with(":table/spoilt"))
                }
                ("GetKeyPolicy", Some(Place::Key)) => asked["KeyId"] == key.as_str(),
                _ => false,
            };
            ours.then(|| (200, json!({ "Policy": text }).to_string()))
        });
        snapshot_with(&sdk, plan()).await
    }
}

async fn table(client: &aws_sdk_dynamodb::Client, name: &str, key: &str) -> String {
    let sse = SseSpecification::builder().enabled(true).sse_type(SseType::Kms).kms_master_key_id(key);
    let id = AttributeDefinition::builder().attribute_name("id").attribute_type(ScalarAttributeType::S);
    let hash = KeySchemaElement::builder().attribute_name("id").key_type(KeyType::Hash);
    let made = client
        .create_table()
        .table_name(name)
        .key_schema(hash.build().unwrap())
        .attribute_definitions(id.build().unwrap())
        .billing_mode(BillingMode::PayPerRequest)
        .sse_specification(sse.build())
        .send()
        .await;
    made.unwrap().table_description.unwrap().table_arn.unwrap()
}

#[tokio::test]
async fn each_place_and_each_fault_has_one_gap() {
    let subjects = Subjects::new().await;
    let before = Assessed::of(&subjects.snapshot(None, "").await);
    let mut wrong = Vec::new();
    for place in [Place::Table, Place::Key, Place::Inline, Place::Managed, Place::Trust] {
        let on = subjects.on(place);
        let ours = |cause: &Cause<'_>| cause.on == on && cause.why == Why::Malformed;
        for (what, document) in broken() {
            subjects.write(place, &document).await;
            let after = Assessed::of(&subjects.snapshot(Some(place), &document).await);
            let new = after.gaps.iter().filter(|(id, _)| !before.gaps.contains_key(*id));
            let new: Vec<_> = new.map(|(_, gap)| (&gap.on.0, gap.why, gap.message.len() < 400)).collect();
            if new != [(&on, Why::Malformed, true)] {
                wrong.push(format!("{place:?}, {what}: {new:?}"));
            }
            let found = breaches(&ours, &before, &after);
            wrong.extend(found.into_iter().map(|w| format!("{place:?}, {what}: {w}")));
        }
        subjects.write(place, if place == Place::Trust { TRUST } else { GOOD }).await;
    }
    assert!(wrong.is_empty(), "{} breaches:\n{}", wrong.len(), wrong.join("\n"));
}
