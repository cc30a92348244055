//! Lists that come in pages: each paged call reads them all, and one that repeats itself is broken off.

use std::collections::BTreeSet;

use dynaudit::snapshot::{Snapshot, Why};
use serde_json::{Value, json};

use crate::account::{answer, user, xml};
use crate::fake::{Asked, Fake, Reply, json};

/// A list's operation, the field of its token in request and answer, and its second page.
fn second_page(operation: &str) -> Option<(&'static str, &'static str, Value)> {
    Some(match operation {
        "ListTables" => {
            ("ExclusiveStartTableName", "LastEvaluatedTableName", json!({ "TableNames": ["second"] }))
        }
        "ListTagsOfResource" => {
            ("NextToken", "NextToken", json!({ "Tags": [{ "Key": "second", "Value": "" }] }))
        }
        "ListBackups" => (
            "ExclusiveStartBackupArn",
            "LastEvaluatedBackupArn",
            json!({ "BackupSummaries": [{ "BackupArn": "second", "BackupName": "second" }] }),
        ),
        "ListExports" => (
            "NextToken",
            "NextToken",
            json!({ "ExportSummaries": [{ "ExportArn": "arn:aws:dynamodb:eu-west-1:1:table/orders/export/second" }] }),
        ),
        "ListGrants" => ("Marker", "NextMarker", json!({ "Grants": [{ "GrantId": "second" }] })),
        "ListResourceTags" => {
            ("Marker", "NextMarker", json!({ "Tags": [{ "TagKey": "second", "TagValue": "" }] }))
        }
        "GetAccountAuthorizationDetails" => ("Marker", "Marker", Value::Null),
        _ => return None,
    })
}

const PAGED: [&str; 7] = [
    "ListTables",
    "ListTagsOfResource",
    "ListBackups",
    "ListExports",
    "ListGrants",
    "ListResourceTags",
    "GetAccountAuthorizationDetails",
];

/// Makes every answer of one list say that there is more.
fn with_more(asked: &Asked, reply: Reply, token: &str) -> Reply {
    let Reply::Http(status, body) = reply else { return reply };
    match second_page(&asked.operation) {
        Some((_, _, Value::Null)) => {
            let more = format!("<IsTruncated>true</IsTruncated><Marker>{token}</Marker>");
            Reply::Http(status, body.replace("<IsTruncated>false</IsTruncated>", &more))
        }
        Some((_, field, _)) => {
            let mut value: Value = serde_json::from_str(&body).unwrap();
            value[field] = json!(token);
            value["Truncated"] = json!(true);
            json(value)
        }
        None => Reply::Http(status, body),
    }
}

fn two_pages(operation: &'static str) -> impl Fn(&Asked) -> Reply + Send + Sync {
    move |asked| {
        if asked.operation == "DescribeTable" && asked.text("TableName") == "second" {
            return json(json!({ "Table": crate::account::table("second", &asked.region) }));
        }
        if asked.operation != operation {
            return answer(asked);
        }
        let (sent, _, page) = second_page(operation).unwrap();
        match (asked.text(sent).as_str(), page) {
            ("", _) => with_more(asked, answer(asked), "t1"),
            ("t1", Value::Null) => {
                let users = format!("<UserDetailList>{}</UserDetailList>", user("second"));
                xml(operation, &format!("{users}<IsTruncated>false</IsTruncated>"))
            }
            ("t1", page) => json(page),
            (other, _) => panic!("{operation} was asked with {other}"),
        }
    }
}

fn gaps(snapshot: &Snapshot, why: Why) -> BTreeSet<&str> {
    snapshot.gaps.values().filter(|g| g.why == why).map(|g| g.call.as_str()).collect()
}

#[tokio::test]
async fn each_list_is_read_to_its_end() {
    for operation in PAGED {
        let snapshot = Fake::new(two_pages(operation)).snapshot().await;
        let text = serde_json::to_string(&snapshot).unwrap();
        assert!(text.contains("second"), "{operation}: the second page is missing");
        let why: Vec<Why> = snapshot.gaps.values().map(|g| g.why).collect();
        assert_eq!(why, [], "{operation}: {:#?}", snapshot.gaps);
    }
}

#[tokio::test]
async fn a_list_that_repeats_its_token_keeps_what_it_gave() {
    for operation in PAGED {
        let script = move |asked: &Asked| match asked.operation == operation {
            true => with_more(asked, answer(asked), "again"),
            false => answer(asked),
        };
        let snapshot = Fake::new(script).snapshot().await;
        let call = gaps(&snapshot, Why::Endless);
        assert_eq!(call.len(), 1, "{operation}: {call:?}");
        assert!(call.first().unwrap().ends_with(operation));
        let account = &snapshot.accounts[0];
        let lists = [
            account.regions[0].tables.gap.is_some() && account.tables.len() == 2,
            account.tables[0].backups.gap.is_some() && account.tables[0].backups.items.len() == 2,
            account.tables[0].exports.gap.is_some() && !account.tables[0].exports.items.is_empty(),
            account.keys[0].grants.gap.is_some() && !account.keys[0].grants.items.is_empty(),
            account.principals.gap.is_some() && !account.principals.users.is_empty(),
            account.tables[1].tags.gap().is_some(),
            account.keys[0].tags.gap().is_some(),
        ];
        assert_eq!(lists.iter().filter(|it| **it).count(), 1, "{operation}: {lists:?}");
    }
}
