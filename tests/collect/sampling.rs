//! Sampling against a scripted table: budget, limits, spread, throttling, refusal.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use dynaudit::collect::{Plan, Regions, Sampling};
use dynaudit::snapshot::sample::{Sample, Stopped};
use dynaudit::snapshot::{Seen, Snapshot, Why};
use serde_json::{Value, json};

use crate::account;
use crate::fake::{Asked, Fake, Reply, error, json, plan};

/// A table of `items` items of `bytes` bytes each, that says it has `counted`.
#[derive(Clone, Copy)]
struct Big {
    items: u64,
    bytes: usize,
    counted: i64,
    /// Whether answers say what they cost.
    tells: bool,
}

impl Big {
    fn of(items: u64) -> Self {
        Self { items, bytes: 100, counted: i64::try_from(items).unwrap(), tells: true }
    }

    /// Items of a segment are those whose number leaves the segment's as the remainder.
    fn scan(self, asked: &Asked) -> Reply {
        let number = |field: &str| asked.get(field).as_u64().unwrap();
        let (segment, total, limit) = (number("Segment"), number("TotalSegments"), number("Limit"));
        assert!(asked.get("ConsistentRead") != json!(true));
        let start = asked.get("ExclusiveStartKey")["id"]["N"]
            .as_str()
            .map_or(segment, |n| n.parse::<u64>().unwrap() + total);
        let mine: Vec<u64> = (start..self.items).step_by(usize::try_from(total).unwrap()).collect();
        let page: Vec<u64> = mine.iter().copied().take(usize::try_from(limit).unwrap()).collect();
        let pad = "x".repeat(self.bytes);
        let items: Vec<Value> =
            page.iter().map(|n| json!({ "id": { "N": n.to_string() }, "pad": { "S": pad } })).collect();
        let mut answer = json!({ "Items": items, "Count": page.len(), "ScannedCount": page.len() });
        if self.tells {
            let units = ((page.len() * self.bytes) as f64 / 4096.0).ceil().max(1.0) / 2.0;
            answer["ConsumedCapacity"] = json!({ "CapacityUnits": units });
        }
        // DynamoDB gives a key whenever the limit was reached, even at the end.
        if page.len() as u64 == limit {
            answer["LastEvaluatedKey"] = json!({ "id": { "N": page.last().unwrap().to_string() } });
        }
        json(answer)
    }

    fn fake(self) -> Fake {
        self.fake_with(Self::scan)
    }

    fn fake_with(self, scan: impl Fn(Self, &Asked) -> Reply + Send + Sync + 'static) -> Fake {
        Fake::new(move |asked| match asked.operation.as_str() {
            "ListTables" => json(json!({ "TableNames": ["big"] })),
            "ListBackups" => json(json!({ "BackupSummaries": [] })),
            "ListExports" => json(json!({ "ExportSummaries": [] })),
            "DescribeTable" => {
                let mut table = account::table("big", "eu-west-1");
                table["ItemCount"] = json!(self.counted);
                table["TableSizeBytes"] = json!(self.counted * self.bytes as i64);
                json(json!({ "Table": table }))
            }
            "Scan" => scan(self, asked),
            _ => account::answer(asked),
        })
    }
}

async fn run(fake: &Fake, sampling: Sampling, seed: u64) -> Snapshot {
    let regions = Regions::Given(vec!["eu-west-1".into()]);
    fake.run(Plan { regions, sampling: Some(sampling), seed, ..plan() }).await.unwrap()
}

fn sample(snapshot: &Snapshot) -> &Sample {
    snapshot.accounts[0].tables[0].sample.value().unwrap()
}

const USUAL: Sampling = Sampling { items: 200, rcu_budget: 50.0, share: 0.05 };

#[tokio::test]
async fn a_large_table_is_read_all_over_and_not_past_the_sample() {
    let fake = Big::of(100_000).fake();
    let snapshot = run(&fake, USUAL, 1).await;
    let sample = sample(&snapshot);
    assert_eq!((sample.items_read, sample.stopped), (200, Stopped::Items));
    assert_eq!((sample.segments, sample.contents.items), (10_000, 200));
    assert!((20..=25).contains(&sample.segments_read), "{}", sample.segments_read);
    assert!(sample.rcu_consumed <= 50.0 && sample.requests <= 30, "{sample:?}");
    let first = &fake.log().into_iter().find(|a| a.operation == "Scan").unwrap();
    assert_eq!(first.get("Limit"), json!(1));
}

#[tokio::test]
async fn the_seed_decides_which_segments_and_nothing_else_does() {
    let segments = async |seed| {
        let fake = Big::of(100_000).fake();
        run(&fake, USUAL, seed).await;
        let scans = fake.log().into_iter().filter(|a| a.operation == "Scan");
        scans.map(|a| a.get("Segment").as_u64().unwrap()).collect::<Vec<_>>()
    };
    let first = segments(1).await;
    assert_eq!(first, segments(1).await);
    assert_ne!(first, segments(2).await);
    assert!(first.iter().collect::<BTreeSet<_>>().len() > 15);
}

#[tokio::test]
async fn a_small_table_is_read_whole_in_few_requests() {
    for counted in [0, 150] {
        let fake = Big { counted, ..Big::of(150) }.fake();
        let snapshot = run(&fake, USUAL, 1).await;
        let sample = sample(&snapshot);
        assert_eq!((sample.items_read, sample.stopped), (150, Stopped::Everything));
        assert_eq!((sample.requests, sample.segments), (2, 1));
    }
    let fake = Big::of(0).fake();
    let snapshot = run(&fake, USUAL, 1).await;
    assert_eq!((sample(&snapshot).requests, sample(&snapshot).stopped), (1, Stopped::Everything));
}

#[tokio::test]
async fn a_table_just_above_the_sample_is_read_to_the_sample() {
    let snapshot = run(&Big::of(230).fake(), USUAL, 1).await;
    assert_eq!((sample(&snapshot).items_read, sample(&snapshot).stopped), (200, Stopped::Items));
    // A count that lags: fewer items are left than it says, and all of them are found.
    let snapshot = run(&Big { counted: 600, ..Big::of(90) }.fake(), USUAL, 1).await;
    assert_eq!((sample(&snapshot).items_read, sample(&snapshot).stopped), (90, Stopped::Everything));
}

#[tokio::test]
async fn heavy_items_end_at_the_budget() {
    for (bytes, tells) in [(390_000, true), (390_000, false), (30_000, true), (5_000, false)] {
        let snapshot = run(&Big { bytes, tells, ..Big::of(500) }.fake(), USUAL, 1).await;
        let sample = sample(&snapshot);
        let one = (bytes as f64 / 4096.0).ceil() / 2.0;
        assert_eq!(sample.stopped, Stopped::Budget, "{bytes}");
        assert!(sample.rcu_consumed <= 50.0 + one, "{bytes}: {}", sample.rcu_consumed);
        assert_eq!(sample.rcu_estimated, !tells);
    }
}

#[tokio::test]
async fn an_emptied_table_does_not_eat_more_than_the_budget() {
    let snapshot = run(&Big { counted: 1_000_000_000, ..Big::of(0) }.fake(), USUAL, 1).await;
    let sample = sample(&snapshot);
    assert_eq!((sample.items_read, sample.stopped, sample.rcu_consumed), (0, Stopped::Everything, 14.0));
    // A few segments show that all is empty; a page of each coarse one, that nothing is left out.
}

#[tokio::test]
async fn what_was_read_before_a_fault_stands() {
    for (code, stopped, why) in [
        ("ProvisionedThroughputExceededException", Stopped::Throttled, Why::Throttled),
        ("AccessDeniedException", Stopped::Failed, Why::Denied),
    ] {
        let scans = AtomicUsize::new(0);
        let fake =
            Big::of(100_000).fake_with(move |big, asked| match scans.fetch_add(1, Ordering::Relaxed) {
                0..5 => big.scan(asked),
                _ => error(asked, code),
            });
        let snapshot = run(&fake, USUAL, 1).await;
        assert_eq!(sample(&snapshot).stopped, stopped);
        assert!(sample(&snapshot).items_read > 0);
        assert!(snapshot.gaps.values().any(|g| g.why == why && g.call == "dynamodb:Scan"));
    }
}

#[tokio::test]
async fn a_table_that_cannot_be_read_or_afforded_is_not_scanned() {
    let no_budget = Sampling { items: 200, rcu_budget: 0.0, share: 0.05 };
    let fake = Big::of(9).fake();
    let snapshot = run(&fake, no_budget, 1).await;
    assert!(snapshot.gaps.values().any(|g| g.why == Why::Budget));
    assert_eq!(fake.asked("Scan"), 0);

    for status in ["ARCHIVED", "INACCESSIBLE_ENCRYPTION_CREDENTIALS"] {
        let fake = Fake::new(move |asked| match asked.operation.as_str() {
            "DescribeTable" => {
                let mut table = account::table(&asked.text("TableName"), &asked.region);
                table["TableStatus"] = json!(status);
                json(json!({ "Table": table }))
            }
            "DescribeContinuousBackups" | "DescribeTimeToLive" if status == "ARCHIVED" => {
                error(asked, "TableNotFoundException")
            }
            _ => account::answer(asked),
        });
        let snapshot = run(&fake, USUAL, 1).await;
        let table = &snapshot.accounts[0].tables[0];
        assert!(matches!(&table.sample, Seen::Gap(gap) if snapshot.gaps[gap].message.contains(status)));
        assert!(table.continuous_backups.value().is_some() && table.time_to_live.value().is_some());
        assert_eq!(fake.asked("Scan"), 0);
    }
}

/// Units that the endpoint counts, where answers go wrong as `wrong` says of each Scan by its number: lost after the table was read.
async fn counted(
    big: Big,
    wrong: impl Fn(usize) -> Option<Reply> + Send + Sync + 'static,
) -> (f64, Snapshot) {
    let (scans, units) = (AtomicUsize::new(0), Arc::new(AtomicUsize::new(0)));
    let counted = Arc::clone(&units);
    let fake = big.fake_with(move |big, asked| {
        let Reply::Http(status, body) = big.scan(asked) else { unreachable!() };
        let answer: Value = serde_json::from_str(&body).unwrap();
        let halves = answer["ConsumedCapacity"]["CapacityUnits"].as_f64().unwrap() * 2.0;
        units.fetch_add(halves as usize, Ordering::Relaxed);
        wrong(scans.fetch_add(1, Ordering::Relaxed)).unwrap_or(Reply::Http(status, body))
    });
    let snapshot = run(&fake, USUAL, 1).await;
    (counted.load(Ordering::Relaxed) as f64 / 2.0, snapshot)
}

#[tokio::test]
async fn what_a_lost_answer_cost_is_counted_and_the_budget_asked_again() {
    let half: fn(usize) -> Option<Reply> = |n| (n % 3 == 1).then(|| Reply::Http(200, "{\"Items\":[".into()));
    let error: fn(usize) -> Option<Reply> = |n| (n % 3 == 0).then(|| Reply::Http(500, String::new()));
    let reset: fn(usize) -> Option<Reply> = |n| (n % 4 == 1).then_some(Reply::Closed);
    for (bytes, items) in [(390_000, 300), (20_000, 2_000), (100, 5_000)] {
        for (place, wrong) in [half, error, reset].into_iter().enumerate() {
            let (units, snapshot) = counted(Big { bytes, ..Big::of(items) }, wrong).await;
            let told = sample(&snapshot);
            assert!(told.rcu_estimated, "{bytes} {place}");
            assert!(told.rcu_consumed >= units, "{bytes} {place}: {units} {}", told.rcu_consumed);
            let page = (bytes as f64 / 4096.0).ceil() / 2.0;
            assert!(units <= USUAL.rcu_budget + page, "{bytes} {place}: {units}");
        }
    }
}

#[tokio::test]
async fn one_answer_lost_of_a_table_of_unknown_size_takes_nothing_from_its_sample() {
    let young = Big { counted: 0, ..Big::of(40) };
    let (_, whole) = counted(young, |_| None).await;
    for (place, lost) in [Reply::Http(500, String::new()), Reply::Closed].into_iter().enumerate() {
        let (lost, first) = (Mutex::new(Some(lost)), sample(&whole));
        let (units, snapshot) = counted(young, move |_| lost.lock().unwrap().take()).await;
        let told = sample(&snapshot);
        assert_eq!(
            (told.items_read, told.stopped, &told.gap),
            (first.items_read, first.stopped, &None),
            "{place}"
        );
        assert_eq!(
            (told.rcu_consumed, told.contents.names.len()),
            (units, first.contents.names.len()),
            "{place}"
        );
    }
}

#[tokio::test]
async fn a_table_that_was_read_in_vain_says_what_that_cost() {
    let (units, snapshot) = counted(Big { bytes: 390_000, ..Big::of(300) }, |_| Some(Reply::Closed)).await;
    let told = sample(&snapshot);
    assert!(told.items_read == 0 && told.gap.is_some() && told.rcu_consumed >= units, "{units} {told:?}");
    assert!(told.unread().is_some() && units <= USUAL.rcu_budget + 48.0, "{units}");
}

#[tokio::test]
async fn a_provisioned_table_gives_a_share_of_its_capacity_and_no_more() {
    let provisioned = |units: i64| {
        json!({ "BillingModeSummary": { "BillingMode": "PROVISIONED" },
            "ProvisionedThroughput": { "ReadCapacityUnits": units, "WriteCapacityUnits": 1 } })
    };
    let read = async |units: i64, share: f64| {
        let snapshot = bounded(20_000, provisioned(units), share).await.1;
        let sample = sample(&snapshot);
        (sample.rcu_consumed, sample.stopped)
    };
    // A minute of 5 % of ten units a second is 30 units, passed by one request at most.
    let (consumed, stopped) = read(10, 0.05).await;
    assert!((30.0..35.0).contains(&consumed) && stopped == Stopped::Share, "{consumed} {stopped:?}");
    let (consumed, stopped) = read(1, 0.05).await;
    assert!((3.0..7.0).contains(&consumed) && stopped == Stopped::Share, "{consumed} {stopped:?}");
    assert_eq!(read(1_000, 0.05).await.1, Stopped::Budget);
    assert_eq!(read(10, 1.0).await.1, Stopped::Budget);
}

/// Reads a table of 100,000 items of `bytes` bytes that is described with `fields` too; gives the requests that it took.
async fn bounded(bytes: usize, fields: Value, share: f64) -> (usize, Snapshot) {
    let script = Big { bytes, ..Big::of(100_000) }.fake();
    let fake = Fake::new(move |asked| match asked.operation.as_str() {
        "DescribeTable" => {
            let mut table = account::table("big", "eu-west-1");
            (table["ItemCount"], table["TableSizeBytes"]) = (json!(100_000), json!(100_000 * bytes));
            for (name, value) in fields.as_object().unwrap() {
                table[name] = value.clone();
            }
            json(json!({ "Table": table }))
        }
        _ => script.answer(asked),
    });
    let snapshot = run(&fake, Sampling { share, ..USUAL }, 1).await;
    (fake.asked("Scan"), snapshot)
}

#[tokio::test]
async fn an_on_demand_table_with_a_maximum_gives_a_share_of_that() {
    let read = async |most: i64| {
        let fields =
            json!({ "OnDemandThroughput": { "MaxReadRequestUnits": most, "MaxWriteRequestUnits": 9 } });
        let snapshot = bounded(20_000, fields, 0.05).await.1;
        (sample(&snapshot).rcu_consumed, sample(&snapshot).stopped)
    };
    let (consumed, stopped) = read(10).await;
    assert!((30.0..33.0).contains(&consumed) && stopped == Stopped::Share, "{consumed} {stopped:?}");
    assert_eq!(read(1_000).await.1, Stopped::Budget);
    assert_eq!(read(-1).await.1, Stopped::Budget, "no maximum");
}

#[tokio::test]
async fn an_item_that_takes_more_than_the_share_is_not_read() {
    let one = json!({ "BillingModeSummary": { "BillingMode": "PROVISIONED" },
        "ProvisionedThroughput": { "ReadCapacityUnits": 1, "WriteCapacityUnits": 1 } });
    for (bytes, share, is_read) in
        [(390_000, 0.05, false), (390_000, 1.0, true), (20_000, 0.05, true), (20_000, 0.0, false)]
    {
        let (scans, snapshot) = bounded(bytes, one.clone(), share).await;
        assert_eq!(scans > 0, is_read, "{bytes} {share}");
        let gap = snapshot.accounts[0].tables[0].sample.gap();
        assert_eq!(gap.is_none(), is_read);
        assert!(gap.is_none_or(|gap| snapshot.gaps[gap].message.contains("more than the share")));
    }
}

/// A table with a sort key whose items all lie in `collections` collections of 1,000, each in a segment of its own.
async fn collected(collections: u64) -> Sample {
    let fake = Fake::new(move |asked| match asked.operation.as_str() {
        "ListTables" => json(json!({ "TableNames": ["big"] })),
        "DescribeTable" => {
            let mut table = account::table("big", "eu-west-1");
            table["ItemCount"] = json!(collections * 1_000);
            table["KeySchema"] = json!([{ "AttributeName": "id", "KeyType": "HASH" }, { "AttributeName": "at", "KeyType": "RANGE" }]);
            table["AttributeDefinitions"] =
                json!(["id", "at"].map(|name| json!({ "AttributeName": name, "AttributeType": "N" })));
            json(json!({ "Table": table }))
        }
        "Scan" => {
            let number = |field: &str| asked.get(field).as_u64().unwrap();
            let (segment, total, limit) = (number("Segment"), number("TotalSegments"), number("Limit"));
            let key = |field: &str| asked.get("ExclusiveStartKey")[field]["N"].as_str()?.parse::<u64>().ok();
            let place = |collection: u64| (collection * 97 + 31) % 256 * total / 256;
            let all = (0..collections).filter(|collection| place(*collection) == segment);
            let all = all.flat_map(|collection| (0..1_000).map(move |at| (collection, at)));
            let after = key("id").zip(key("at"));
            let page: Vec<(u64, u64)> =
                all.filter(|item| after.is_none_or(|after| *item > after)).take(limit as usize).collect();
            let item = |(id, at): &(u64, u64)| json!({ "id": { "N": id.to_string() }, "at": { "N": at.to_string() } });
            let mut answer = json!({ "Items": page.iter().map(item).collect::<Vec<_>>(), "Count": page.len(),
                "ConsumedCapacity": { "CapacityUnits": 0.5 } });
            if page.len() as u64 == limit {
                answer["LastEvaluatedKey"] = item(page.last().unwrap());
            }
            json(answer)
        }
        _ => account::answer(asked),
    });
    let snapshot = run(&fake, USUAL, 1).await;
    snapshot.accounts[0].tables[0].sample.value().unwrap().clone()
}

#[tokio::test]
async fn few_collections_do_not_leave_a_sample_empty() {
    for collections in [1, 2, 3, 10, 30, 100, 1_000] {
        let sample = collected(collections).await;
        assert!(sample.items_read >= 100, "{collections}: {} items", sample.items_read);
        assert!(sample.rcu_consumed <= 50.5, "{collections}: {} units", sample.rcu_consumed);
    }
}
