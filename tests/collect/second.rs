//! The second look against scripted tables: what is chosen, what it costs, what ends it, what takes it up again.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use dynaudit::collect::{Plan, Regions, Sampling};
use dynaudit::snapshot::pieces::Pieces;
use dynaudit::snapshot::sample::{Sample, Stopped};
use dynaudit::snapshot::{Snapshot, Topic, Why};
use serde_json::{Value, json};

use crate::account;
use crate::fake::{Asked, Fake, Reply, error, json, plan};

/// Tables by name: items, and what an item holds beside its id.
const TABLES: [(&str, u64, &str); 4] = [
    ("known", 50_000, "AKIAQ3EGRIT7XM5NHWPA"),
    ("plain", 50_000, ""),
    ("small", 90, ""),
    ("vault", 50_000, ""),
];

fn scan(asked: &Asked) -> Reply {
    let name = asked.text("TableName");
    let (_, count, key) = TABLES.into_iter().find(|table| table.0 == name).unwrap();
    let number = |field: &str| asked.get(field).as_u64().unwrap();
    let (segment, total, limit) = (number("Segment"), number("TotalSegments"), number("Limit"));
    let from = asked.get("ExclusiveStartKey")["id"]["N"]
        .as_str()
        .map_or(segment, |n| n.parse::<u64>().unwrap() + total);
    let page: Vec<u64> = (from..count).step_by(total as usize).take(limit as usize).collect();
    let item = |n: &u64| match name.as_str() {
        "known" => json!({ "id": { "N": n.to_string() }, "key": { "S": key } }),
        "vault" => json!({ "id": { "N": n.to_string() }, "api_secret": { "S": "see the safe" } }),
        _ => json!({ "id": { "N": n.to_string() } }),
    };
    let mut answer = json!({ "Items": page.iter().map(item).collect::<Vec<Value>>(), "Count": page.len() });
    answer["ConsumedCapacity"] = json!({ "CapacityUnits": 0.5 });
    if page.len() as u64 == limit {
        answer["LastEvaluatedKey"] = json!({ "id": { "N": page.last().unwrap().to_string() } });
    }
    json(answer)
}

fn fake(scan: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Fake {
    Fake::new(move |asked| match asked.operation.as_str() {
        "ListTables" => json(json!({ "TableNames": TABLES.map(|table| table.0) })),
        "DescribeTable" => {
            let name = asked.text("TableName");
            let mut table = account::table(&name, "eu-west-1");
            table["ItemCount"] = json!(TABLES.iter().find(|table| table.0 == name).unwrap().1);
            json(json!({ "Table": table }))
        }
        "Scan" => scan(asked),
        _ => account::answer(asked),
    })
}

fn wanted(rcu_budget: f64, second_look: bool) -> Plan {
    let regions = Regions::Given(vec!["eu-west-1".into()]);
    let sampling = Some(Sampling { rcu_budget, ..Sampling::default() });
    Plan { regions, sampling, second_look, topics: [Topic::Items].into(), ..plan() }
}

fn sample<'a>(snapshot: &'a Snapshot, name: &str) -> &'a Sample {
    snapshot.accounts[0].tables.iter().find(|table| table.name == name).unwrap().sample.value().unwrap()
}

fn twice(snapshot: &Snapshot) -> Vec<&str> {
    let tables = &snapshot.accounts[0].tables;
    let twice =
        tables.iter().filter(|table| table.sample.value().is_some_and(|sample| sample.first.is_some()));
    twice.map(|table| table.name.as_str()).collect()
}

#[tokio::test]
async fn what_is_left_goes_to_the_greatest_doubt_and_is_told() {
    // 200 items take about 10.5 units: what is left of twenty each does for one larger sample.
    let snapshot = fake(scan).run(wanted(20.0, true)).await.unwrap();
    assert_eq!(twice(&snapshot), ["vault"]);
    let vault = sample(&snapshot, "vault");
    let first = vault.first.unwrap();
    assert!(first.items_read == 200 && vault.items_read > 500, "{}", vault.items_read);
    assert!(vault.rcu_consumed > first.rcu_consumed && vault.contents.items == vault.items_read);
    let spent: f64 = TABLES.iter().map(|table| sample(&snapshot, table.0).rcu_consumed).sum();
    assert!(spent <= 80.5, "{spent}");

    let snapshot = fake(scan).run(wanted(20.0, false)).await.unwrap();
    assert_eq!(twice(&snapshot), [""; 0]);
}

#[tokio::test]
async fn with_plenty_left_all_but_whole_tables_are_looked_at_twice() {
    let snapshot = fake(scan).run(wanted(500.0, true)).await.unwrap();
    assert_eq!(twice(&snapshot), ["known", "plain", "vault"]);
    for name in twice(&snapshot) {
        assert_eq!(
            (sample(&snapshot, name).items_read, sample(&snapshot, name).stopped),
            (1000, Stopped::Items)
        );
    }
    assert_eq!(sample(&snapshot, "known").contents.sightings[0].items, 1000);
    assert_eq!(snapshot, fake(scan).shuffled(9).run(wanted(500.0, true)).await.unwrap());
}

#[tokio::test]
async fn a_second_look_that_fails_leaves_the_first_and_a_gap() {
    for (more, items) in [(0, 200), (3, 200)] {
        let scans = AtomicUsize::new(0);
        let first = fake(scan);
        first.run(wanted(500.0, false)).await.unwrap();
        let done = first.asked("Scan");
        let fake = fake(move |asked| match scans.fetch_add(1, Ordering::Relaxed) {
            n if n < done + more => scan(asked),
            _ => error(asked, "ProvisionedThroughputExceededException"),
        });
        let snapshot = fake.run(wanted(500.0, true)).await.unwrap();
        for name in ["known", "plain", "vault"] {
            let sample = sample(&snapshot, name);
            assert_eq!((sample.items_read, sample.stopped, &sample.gap), (items, Stopped::Items, &None));
        }
        assert!(snapshot.gaps.values().any(|g| g.why == Why::Throttled && g.call == "dynamodb:Scan"));
    }
}

#[tokio::test]
async fn a_run_that_is_taken_up_reads_nothing_again() {
    let home = tempfile::tempdir().unwrap();
    let kept = |resume| Some(Arc::new(Pieces::new(home.path().join("p"), resume)));
    let whole = fake(scan).run(Plan { kept: kept(false), ..wanted(500.0, true) }).await.unwrap();
    let again = fake(scan);
    assert_eq!(whole, again.run(Plan { kept: kept(true), ..wanted(500.0, true) }).await.unwrap());
    assert_eq!(again.asked("Scan"), 0);
}

#[tokio::test]
async fn what_is_cheap_to_settle_comes_before_what_is_dear() {
    let heavy = |asked: &Asked| match (asked.text("TableName").as_str(), scan(asked)) {
        ("vault", Reply::Http(status, body)) => {
            let mut answer: Value = serde_json::from_str(&body).unwrap();
            let units = answer["Count"].as_f64().unwrap() * 20.0;
            answer["ConsumedCapacity"]["CapacityUnits"] = json!(units.max(0.5));
            Reply::Http(status, answer.to_string())
        }
        (_, reply) => reply,
    };
    // The heavy table alone could take all that is left.
    assert_eq!(twice(&fake(heavy).run(wanted(100.0, true)).await.unwrap()), ["known", "plain"]);
}
