//! Harbourline, a ferry and freight company that does not exist: what its AWS account holds.

mod copies;
mod generate;
mod items;
mod keys;
mod policies;
mod principals;
mod refusals;
mod services;
mod stores;
mod tables;

use serde_json::{Value, json};

use super::{Embedded, Error, NOW, locked};
use generate::Generator;

const DAY: i64 = 86_400;
const HOME: &str = "eu-west-1";
const AWAY: &str = "us-east-1";
/// A Region that nobody looks at.
const FAR: &str = "eu-central-1";

/// Plants the whole company, through the same calls that the SDK makes.
pub(super) async fn plant(account: &Embedded) -> Result<(), Error> {
    let mut generator = Generator::new(0x4841_5242_4f55_5221);
    let seed = Seed { account };
    keys::plant(account).await;
    principals::plant(account).await?;
    tables::plant(&seed).await?;
    for (region, table, items) in items::all(&mut generator) {
        seed.put(region, table, items).await?;
    }
    copies::plant(&seed).await?;
    policies::plant(&seed).await?;
    let mut streams = Vec::new();
    for table in ["orders", "oauth_tokens"] {
        let described = seed.call(HOME, "DescribeTable", json!({ "TableName": table })).await?;
        streams.push((table, described["Table"]["LatestStreamArn"].as_str().unwrap_or_default().to_owned()));
    }
    services::plant(account, &streams);
    refusals::plant(account);
    account.set_now(NOW);
    locked(&account.0.planted).extend(generator.planted());
    Ok(())
}

/// Writes to the account.
struct Seed<'a> {
    account: &'a Embedded,
}

impl Seed<'_> {
    /// One DynamoDB operation.
    async fn call(&self, region: &str, operation: &str, body: Value) -> Result<Value, Error> {
        let state = &self.account.0;
        state.dynamodb.answer(region, operation, body, &state.kms).await.map_err(|fault| Error::Seed {
            operation: operation.to_owned(),
            message: fault.message().to_owned(),
        })
    }

    /// Writes items, in requests of 25 as BatchWriteItem takes them.
    async fn put(&self, region: &str, table: &str, items: Vec<Value>) -> Result<(), Error> {
        for chunk in items.chunks(25) {
            let requests: Vec<Value> =
                chunk.iter().map(|item| json!({ "PutRequest": { "Item": attributes(item) } })).collect();
            let request = json!({ "RequestItems": { table: requests } });
            self.call(region, "BatchWriteItem", request).await?;
        }
        Ok(())
    }

    /// Days before the account's present.
    fn days_ago(&self, days: i64) {
        self.account.set_now(NOW - days * DAY);
    }
}

/// An item in DynamoDB's form.
fn attributes(item: &Value) -> Value {
    item.as_object()
        .map(|fields| fields.iter().map(|(name, value)| (name.clone(), attribute(value))).collect())
        .unwrap_or_default()
}

/// A value in DynamoDB's form; `{"bytes": "<base64>"}` and `{"set": [...]}` stand for what JSON lacks.
fn attribute(value: &Value) -> Value {
    match value {
        Value::Null => json!({ "NULL": true }),
        Value::Bool(flag) => json!({ "BOOL": flag }),
        Value::Number(number) => json!({ "N": number.to_string() }),
        Value::String(text) => json!({ "S": text }),
        Value::Array(items) => json!({ "L": items.iter().map(attribute).collect::<Vec<_>>() }),
        Value::Object(fields) => match (fields.get("bytes"), fields.get("set")) {
            (Some(bytes), _) => json!({ "B": bytes }),
            (_, Some(set)) => json!({ "SS": set }),
            _ => json!({ "M": attributes(value) }),
        },
    }
}
