//! Tables that wait for their share of capacity: they hold up no others, and nothing that takes no table.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use aws_smithy_async::rt::sleep::{AsyncSleep, Sleep};
use dynaudit::collect::{Halt, Plan, Regions, Sampling, collect};
use serde_json::json;
use tokio::sync::watch;

use crate::account;
use crate::fake::{Fake, json, plan};

/// Time of which the long waits pass once `asked` is so.
#[derive(Debug)]
struct Until(Fake);

impl Until {
    fn asked(fake: &Fake) -> bool {
        let log = fake.log();
        let of = |operation: &str| log.iter().filter(|asked| asked.operation == operation).count();
        let tables: BTreeSet<String> =
            log.iter().filter(|a| a.operation == "Scan").map(|a| a.text("TableName")).collect();
        tables.len() == 3 && of("DescribeOrganization") > 0
    }
}

impl AsyncSleep for Until {
    fn sleep(&self, time: Duration) -> Sleep {
        let fake = self.0.clone();
        Sleep::new(async move {
            for _ in 0..5_000 {
                tokio::task::yield_now().await;
                if time < Duration::from_secs(5) || Self::asked(&fake) {
                    break;
                }
            }
        })
    }
}

#[tokio::test]
async fn a_table_that_waits_for_its_share_holds_nothing_up() {
    let fake = Fake::new(move |asked| match asked.operation.as_str() {
        "ListTables" => json(json!({ "TableNames": ["a", "b", "c"] })),
        "DescribeTable" => {
            let mut table = account::table(&asked.text("TableName"), "eu-west-1");
            table["ItemCount"] = json!(100_000);
            table["BillingModeSummary"] = json!({ "BillingMode": "PROVISIONED" });
            table["ProvisionedThroughput"] = json!({ "ReadCapacityUnits": 1, "WriteCapacityUnits": 1 });
            json(json!({ "Table": table }))
        }
        "Scan" => {
            let segment = &asked.get("Segment");
            let item = json!({ "id": { "N": segment.to_string() } });
            json(json!({ "Items": [item], "Count": 1, "ConsumedCapacity": { "CapacityUnits": 0.5 } }))
        }
        _ => account::answer(asked),
    });
    let sdk = fake.sdk().to_builder().sleep_impl(Until(fake.clone())).build();
    let (_keep, stop) = watch::channel(Halt::Go);
    let regions = Regions::Given(vec!["eu-west-1".into()]);
    // One table in work at a time.
    let plan = Plan { regions, sampling: Some(Sampling::default()), concurrency: 2, ..plan() };
    let snapshot = collect(&sdk, plan, Arc::new(()), stop).await.unwrap();
    let first: BTreeSet<String> =
        fake.log().iter().filter(|a| a.operation == "Scan").take(3).map(|a| a.text("TableName")).collect();
    assert_eq!(first.len(), 3, "each begins before one ends");
    let log = fake.log();
    let last = |operation: &str| log.iter().rposition(|asked| asked.operation == operation);
    assert!(last("DescribeOrganization") < last("Scan"), "what takes no table waits for none");
    assert!(snapshot.accounts[0].tables.iter().all(|table| table.sample.value().is_some()));
}
