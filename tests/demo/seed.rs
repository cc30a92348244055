//! The seeded company: the same at every run, as large as it should be, with its secrets known.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use aws_sdk_dynamodb::types::AttributeValue;
use dynaudit::demo::{self, Embedded, NOW, REGIONS};

use super::{dynamodb, seeded};

/// Every table and every item of an account, as text.
async fn everything(account: &Embedded) -> BTreeMap<String, String> {
    let mut seen = BTreeMap::new();
    for region in REGIONS {
        let client = dynamodb(account, region);
        for name in client.list_tables().send().await.unwrap().table_names() {
            let table = client.describe_table().table_name(name).send().await.unwrap().table;
            seen.insert(format!("{region}/{name}"), format!("{table:?}"));
            let Ok(page) = client.scan().table_name(name).send().await else { continue };
            assert!(page.last_evaluated_key().is_none());
            for (n, item) in page.items().iter().enumerate() {
                seen.insert(format!("{region}/{name}/{n}"), ordered(item));
            }
        }
    }
    seen
}

/// A map as text, whatever order it is iterated in.
fn ordered(fields: &HashMap<String, AttributeValue>) -> String {
    let text = |value: &AttributeValue| match value {
        AttributeValue::M(fields) => ordered(fields),
        AttributeValue::L(items) => format!("{:?}", items.iter().map(in_order).collect::<Vec<_>>()),
        other => format!("{other:?}"),
    };
    format!("{:?}", fields.iter().map(|(name, value)| (name, text(value))).collect::<BTreeMap<_, _>>())
}

fn in_order(value: &AttributeValue) -> String {
    value.as_m().map_or_else(|_| format!("{value:?}"), ordered)
}

#[tokio::test]
async fn two_accounts_are_alike() {
    let another = demo::account().await.unwrap();
    let (first, second) = (everything(seeded().await).await, everything(&another).await);
    assert_eq!(first.len(), second.len());
    for (name, text) in &first {
        assert!(second[name] == *text, "{name} differs");
    }
    assert_eq!(demo::secrets(seeded().await), demo::secrets(&another));
}

#[tokio::test]
async fn the_company_has_its_tables() {
    let account = seeded().await;
    assert_eq!(account.now(), NOW);
    let mut counts = BTreeMap::new();
    for region in REGIONS {
        let client = dynamodb(account, region);
        for name in client.list_tables().send().await.unwrap().table_names.unwrap() {
            let table = client.describe_table().table_name(&name).send().await.unwrap().table.unwrap();
            counts.insert(format!("{region}/{name}"), table.item_count.unwrap());
        }
    }
    assert_eq!(counts.len(), 18, "{counts:?}");
    for (name, count) in counts {
        match name.as_str() {
            "eu-west-1/promotions" => assert_eq!(count, 0),
            _ => assert!((20..=300).contains(&count), "{name}: {count}"),
        }
    }
}

#[tokio::test]
async fn every_planted_secret_lies_in_an_item() {
    let account = seeded().await;
    let secrets = demo::secrets(account);
    assert!(secrets.len() > 800);
    assert_eq!(secrets.iter().collect::<BTreeSet<_>>().len(), secrets.len());
    assert!(secrets.iter().all(|secret| secret.len() >= 20));
    let mut values = String::new();
    for region in REGIONS {
        let client = dynamodb(account, region);
        for name in client.list_tables().send().await.unwrap().table_names() {
            let Ok(page) = client.scan().table_name(name).send().await else { continue };
            for item in page.items() {
                item.values().for_each(|value| collect(value, &mut values));
            }
        }
    }
    // What is planted inside a base64 configuration is there in that form alone.
    let hidden = secrets.iter().filter(|secret| !values.contains(secret.as_str())).count();
    assert_eq!(hidden, 20, "ten AWS key ids and their secrets");
}

fn collect(value: &AttributeValue, into: &mut String) {
    match value {
        AttributeValue::S(text) => {
            into.push_str(text);
            into.push('\n');
        }
        AttributeValue::M(fields) => fields.values().for_each(|field| collect(field, into)),
        AttributeValue::L(items) => items.iter().for_each(|item| collect(item, into)),
        _ => {}
    }
}
