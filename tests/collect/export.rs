//! Exports read in place of their tables: whole, cut short, changed, of another kind, hostile.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use dynaudit::collect::{Exports, Halt, Plan, Regions, collect};
use dynaudit::snapshot::sample::{Sample, Source, Stopped};
use dynaudit::snapshot::{Snapshot, Timestamp, Why};
use dynaudit::source::place::Place;
use flate2::{Compression, write::GzEncoder};
use md5::{Digest, Md5};
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::account;
use crate::fake::{Fake, plan};

/// Writes an export as DynamoDB does, one data file for each list of lines.
pub fn write(at: &Path, summary: Value, files: &[&[String]], packed: Compression) {
    let home = at.join("AWSDynamoDB/01720440800000-abcdef01");
    fs::create_dir_all(home.join("data")).unwrap();
    let mut whole = json!({ "version": "2020-06-30", "tableArn": account::ORDERS, "exportType": "FULL_EXPORT",
        "exportTime": "2026-01-01T00:00:00.034Z", "outputFormat": "DYNAMODB_JSON",
        "itemCount": files.iter().map(|lines| lines.len()).sum::<usize>() });
    whole.as_object_mut().unwrap().extend(summary.as_object().unwrap().clone());
    fs::write(home.join("manifest-summary.json"), whole.to_string()).unwrap();
    let mut list = String::new();
    for (number, lines) in files.iter().enumerate() {
        let key = format!("AWSDynamoDB/01720440800000-abcdef01/data/f{number}.json.gz");
        let mut file = GzEncoder::new(Vec::new(), packed);
        file.write_all((lines.join("\n") + "\n").as_bytes()).unwrap();
        let bytes = file.finish().unwrap();
        let md5 = BASE64_STANDARD.encode(Md5::digest(&bytes));
        list += &format!(
            "{}\n",
            json!({ "itemCount": lines.len(), "md5Checksum": md5, "etag": "y", "dataFileS3Key": key })
        );
        fs::write(data(at, number), bytes).unwrap();
    }
    fs::write(home.join("manifest-files.json"), list).unwrap();
}

pub fn data(at: &Path, number: usize) -> PathBuf {
    at.join(format!("AWSDynamoDB/01720440800000-abcdef01/data/f{number}.json.gz"))
}

/// The item of a number; every tenth holds a key.
fn item(number: usize) -> String {
    let key = if number.is_multiple_of(10) {
        json!({ "S": "AKIAQ3EGRIT7XM5NHWPA" })
    } else {
        json!({ "NULL": true })
    };
    json!({ "Item": { "id": { "N": number.to_string() }, "key": key } }).to_string()
}

pub fn items(range: std::ops::Range<usize>) -> Vec<String> {
    range.map(item).collect()
}

pub fn open(at: &[&Path]) -> Result<Exports, dynaudit::collect::ExportError> {
    Exports::open(&at.iter().map(|path| Place::Directory((*path).to_owned())).collect::<Vec<_>>())
}

pub async fn run(at: &Path) -> (Snapshot, usize) {
    let fake = Fake::new(account::answer);
    let regions = Regions::Given(vec!["eu-west-1".into()]);
    let exports = open(&[at]).unwrap();
    let snapshot = fake.run(Plan { regions, exports, sampling: None, ..plan() }).await.unwrap();
    (snapshot, fake.asked("Scan"))
}

pub fn sample(snapshot: &Snapshot) -> &Sample {
    snapshot.accounts[0].tables[0].sample.value().unwrap()
}

#[tokio::test]
async fn an_export_is_the_whole_table_and_costs_nothing() {
    let home = tempfile::tempdir().unwrap();
    write(home.path(), json!({}), &[&items(0..300), &items(300..500)], Compression::fast());
    let (snapshot, scans) = run(home.path()).await;
    let sample = sample(&snapshot);
    assert_eq!((scans, sample.requests, sample.rcu_consumed), (0, 0, 0.0));
    assert_eq!((sample.items_read, sample.stopped, &sample.gap), (500, Stopped::Everything, &None));
    assert_eq!(sample.source, Some(Source::Export { time: Timestamp(1_767_225_600) }));
    let [seen] = sample.contents.sightings.as_slice() else { panic!("{:?}", sample.contents.sightings) };
    assert_eq!((seen.path.as_str(), seen.items), ("key", 50));
}

#[tokio::test]
async fn what_is_missing_from_an_export_is_a_gap_and_the_rest_stands() {
    type Spoil = fn(&Path);
    let spoil: [(&str, Spoil); 7] = [
        ("data file 2 of 2: cannot be read: entity not found", |at| fs::remove_file(data(at, 1)).unwrap()),
        ("data file 2 of 2: cannot be read: ", |at| {
            let whole = fs::read(data(at, 1)).unwrap();
            fs::write(data(at, 1), &whole[..whole.len() / 2]).unwrap();
        }),
        ("data file 2 of 2: cannot be read: ", |at| fs::write(data(at, 1), "no gzip at all").unwrap()),
        ("data file 2 of 2: 300 items, and its manifest says 200", |at| {
            fs::copy(data(at, 0), data(at, 1)).unwrap();
        }),
        ("data file 2 of 2: its MD5 is not the one that its manifest says", |at| {
            let mut other = GzEncoder::new(Vec::new(), Compression::none());
            other.write_all((items(300..500).join("\n") + "\n").as_bytes()).unwrap();
            fs::write(data(at, 1), other.finish().unwrap()).unwrap();
        }),
        ("data file 2 of 2: 0 items, and its manifest says 200", |at| fs::write(data(at, 1), "").unwrap()),
        ("data file 2 of 2: its manifest names no file", |at| {
            let list = data(at, 1).parent().unwrap().join("../manifest-files.json");
            let text = fs::read_to_string(&list).unwrap().replace("/f1.json.gz", "/f0.json.gz/..");
            fs::write(list, text).unwrap();
        }),
    ];
    for (message, spoil) in spoil {
        let home = tempfile::tempdir().unwrap();
        write(home.path(), json!({}), &[&items(0..300), &items(300..500)], Compression::fast());
        spoil(home.path());
        let (snapshot, _) = run(home.path()).await;
        let sample = sample(&snapshot);
        assert!(sample.items_read >= 300 && sample.stopped == Stopped::Failed, "{message}");
        let gap = &snapshot.gaps[sample.gap.as_ref().unwrap()];
        assert!(gap.message.starts_with(message), "{}", gap.message);
        assert!(!gap.message.contains("f1.json"), "names in a bucket are not said");
        assert_eq!(sample.contents.sightings.len(), 1);
    }
}

#[tokio::test]
async fn an_export_of_a_table_that_is_not_looked_at_is_named() {
    let home = tempfile::tempdir().unwrap();
    let foreign = "arn:aws:dynamodb:eu-west-1:999999999999:table/orders";
    write(&home.path().join("a"), json!({ "tableArn": foreign }), &[&items(0..20)], Compression::fast());
    let unread = |snapshot: &Snapshot| {
        let gaps = snapshot.gaps.values().filter(|gap| gap.call == dynaudit::collect::export::UNREAD);
        gaps.map(|gap| (gap.on.0.clone(), gap.why)).collect::<Vec<_>>()
    };
    let (snapshot, _) = run(home.path()).await;
    assert_eq!(unread(&snapshot), [(foreign.to_owned(), Why::Failed)]);
    // One of many in a folder is passed over, and told.
    write(&home.path().join("b"), json!({}), &[&items(0..20)], Compression::fast());
    let (snapshot, _) = run(home.path()).await;
    assert_eq!(unread(&snapshot), [(foreign.to_owned(), Why::NotAsked)]);
    assert_eq!(sample(&snapshot).items_read, 20);
}

#[tokio::test]
async fn lines_that_are_no_items_are_counted_and_not_shown() {
    let home = tempfile::tempdir().unwrap();
    let mut lines = items(0..20);
    lines[3] = "{\"Item\": {\"id\": canary-4711".into();
    lines[4] = "x".repeat(17 << 20);
    write(home.path(), json!({}), &[&lines], Compression::fast());
    let (snapshot, _) = run(home.path()).await;
    let gap = &snapshot.gaps[sample(&snapshot).gap.as_ref().unwrap()];
    assert_eq!(gap.message, "data file 1 of 1: 2 lines that are no items");
    assert_eq!(sample(&snapshot).contents.items, 18);
    assert!(!serde_json::to_string(&snapshot).unwrap().contains("canary"));
}

#[tokio::test]
async fn a_partition_without_items_may_have_a_file_without_bytes() {
    let home = tempfile::tempdir().unwrap();
    write(home.path(), json!({}), &[&items(0..20), &[]], Compression::fast());
    let list = data(home.path(), 1).parent().unwrap().join("../manifest-files.json");
    let text = fs::read_to_string(&list).unwrap();
    let (first, last) = text.trim_end().rsplit_once('\n').unwrap();
    let mut last: Value = serde_json::from_str(last).unwrap();
    last["md5Checksum"] = json!(BASE64_STANDARD.encode(Md5::digest("")));
    fs::write(&list, format!("{first}\n{last}\n")).unwrap();
    fs::write(data(home.path(), 1), "").unwrap();
    let (snapshot, _) = run(home.path()).await;
    assert_eq!((sample(&snapshot).items_read, sample(&snapshot).stopped), (20, Stopped::Everything));
}

#[tokio::test]
async fn a_run_that_is_over_says_so_of_the_export_that_it_did_not_read() {
    for (halt, stopped) in [(Halt::Interrupted, Stopped::Interrupted), (Halt::Deadline, Stopped::Deadline)] {
        let home = tempfile::tempdir().unwrap();
        write(home.path(), json!({}), &[&items(0..2000)], Compression::fast());
        let (tell, stop) = watch::channel(Halt::Go);
        // The table is described, and then it is over.
        let fake = Fake::new(move |asked| {
            if asked.operation == "DescribeTimeToLive" {
                tell.send(halt).unwrap();
            }
            account::answer(asked)
        });
        let regions = Regions::Given(vec!["eu-west-1".into()]);
        let plan = Plan { regions, exports: open(&[home.path()]).unwrap(), sampling: None, ..plan() };
        let snapshot = collect(&fake.sdk(), plan, Arc::new(()), stop).await.unwrap();
        assert_eq!((sample(&snapshot).items_read, sample(&snapshot).stopped), (0, stopped));
        let gap = &snapshot.gaps[sample(&snapshot).gap.as_ref().unwrap()];
        assert!(gap.why.is_unreached() && gap.call == "export file", "{gap:?}");
    }
}

#[test]
fn what_is_no_export_of_a_whole_table_is_refused() {
    let refused = |summary: Value| {
        let home = tempfile::tempdir().unwrap();
        write(home.path(), summary, &[&items(0..2)], Compression::fast());
        open(&[home.path()]).unwrap_err().to_string()
    };
    assert!(refused(json!({ "exportType": "INCREMENTAL_EXPORT" })).contains("changes, not the table"));
    assert!(refused(json!({ "outputFormat": "ION" })).contains("another format"));
    assert!(refused(json!({ "tableArn": 7 })).contains("not a manifest"));
    let empty = tempfile::tempdir().unwrap();
    assert!(open(&[empty.path()]).unwrap_err().to_string().contains("no manifest-summary.json"));
    let home = tempfile::tempdir().unwrap();
    write(home.path(), json!({}), &[&items(0..2)], Compression::fast());
    let twice = open(&[home.path(), home.path()]);
    assert!(twice.unwrap_err().to_string().contains("a second export of"));
}
