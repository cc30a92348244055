//! Exports read where they lie in S3: the same as from a copy, in parts, elsewhere, refused, changed, broken, hostile.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use dynaudit::collect::{Error, Exports, Plan, Regions};
use dynaudit::snapshot::sample::Stopped;
use dynaudit::snapshot::{Snapshot, Topic, Why};
use dynaudit::source::place::Place;
use flate2::Compression;
use serde_json::json;

use crate::account;
use crate::export::{items, run, sample, write};
use crate::fake::{Asked, Fake, Reply, plan};
use crate::store::{BUCKET, Objects, refused, s3};

const ID: &str = "AWSDynamoDB/01720440800000-abcdef01";
/// The files below a directory, under a prefix.
fn objects(at: &Path, prefix: &str) -> Objects {
    let mut all = Objects::new();
    for file in ["manifest-summary.json", "manifest-files.json", "data/f0.json.gz", "data/f1.json.gz"] {
        if let Ok(bytes) = fs::read(at.join(ID).join(file)) {
            all.insert(format!("{prefix}{ID}/{file}"), bytes);
        }
    }
    all
}

/// An export of 500 items in two files.
fn export(prefix: &str) -> (tempfile::TempDir, Objects) {
    let home = tempfile::tempdir().unwrap();
    write(home.path(), json!({}), &[&items(0..300), &items(300..500)], Compression::fast());
    let all = objects(home.path(), prefix);
    (home, all)
}

/// Whether a call reads exports, and not what the audit asks of buckets.
fn ours(asked: &Asked) -> bool {
    asked.service == "s3" && (asked.operation == "GetObject" || asked.uri.contains("delimiter="))
}

fn fake(objects: Objects, fault: impl Fn(&Asked) -> Option<Reply> + Send + Sync + 'static) -> Fake {
    Fake::new(move |asked| match ours(asked) {
        true => fault(asked).unwrap_or_else(|| s3(asked, &objects)),
        false => account::answer(asked),
    })
}

fn in_bucket(uri: &str) -> Plan {
    let regions = Regions::Given(vec!["eu-west-1".into()]);
    let exports = Exports::open(&[Place::read(uri.into()).unwrap()]).unwrap();
    Plan { regions, exports, sampling: None, ..plan() }
}

async fn read(fake: &Fake, uri: &str) -> Result<Snapshot, Error> {
    fake.run(in_bucket(uri)).await
}

/// The sample's gap: its call, why, and what it says.
fn gap(snapshot: &Snapshot) -> (&str, Why, &str) {
    let gap = &snapshot.gaps[sample(snapshot).gap.as_ref().unwrap()];
    (&gap.call, gap.why, &gap.message)
}

fn asked(fake: &Fake) -> Vec<Asked> {
    fake.log().into_iter().filter(ours).collect()
}

#[tokio::test]
async fn an_export_in_s3_says_what_its_copy_says() {
    for prefix in ["", "a b+ü/%2F/"] {
        let (home, objects) = export(prefix);
        let (copy, _) = run(home.path()).await;
        for below in ["", "AWSDynamoDB", &format!("{ID}/")] {
            let fake = fake(objects.clone(), |_| None);
            let there = read(&fake, &format!("s3://{BUCKET}/{prefix}{below}")).await.unwrap();
            let json =
                |snapshot: &Snapshot| serde_json::to_string(&(&snapshot.accounts, &snapshot.gaps)).unwrap();
            assert_eq!(json(&there), json(&copy), "{prefix}{below}");
            assert_eq!((sample(&there).items_read, sample(&there).stopped), (500, Stopped::Everything));
            assert_eq!((there.calls["s3:GetObject"].made, fake.asked("Scan")), (4, 0));
            let lists = asked(&fake).iter().filter(|asked| asked.operation == "ListObjectsV2").count();
            assert_eq!(lists == 0, below == format!("{ID}/"), "an export that is named is not looked for");
        }
    }
}

#[tokio::test]
async fn a_large_file_comes_in_parts_of_one_object() {
    let home = tempfile::tempdir().unwrap();
    let long = |n: usize| {
        json!({ "Item": { "id": { "N": n.to_string() }, "text": { "S": "a word ".repeat(9000) } } })
            .to_string()
    };
    write(home.path(), json!({}), &[&(0..80).map(long).collect::<Vec<_>>()], Compression::none());
    let all = objects(home.path(), "");
    let whole = all[&format!("{ID}/data/f0.json.gz")].len();
    assert!(whole > 4 << 20 && whole < 8 << 20, "{whole}");
    let fake_whole = fake(all.clone(), |_| None);
    let uri = format!("s3://{BUCKET}/{ID}");
    assert_eq!(sample(&read(&fake_whole, &uri).await.unwrap()).items_read, 80);
    let parts: Vec<_> = asked(&fake_whole).into_iter().filter(|asked| asked.uri.contains("/data/")).collect();
    let ranges: Vec<_> = parts.iter().map(|asked| (asked.range.as_str(), asked.if_match.clone())).collect();
    assert_eq!(
        ranges,
        [("bytes=0-4194303", String::new()), ("bytes=4194304-8388607", format!("\"{whole}\""))]
    );

    // It is changed after its first part: S3 says so, or a server that does not look at the tag.
    let mut other = all[&format!("{ID}/data/f0.json.gz")].clone();
    other.push(0);
    let swapped: Objects = [(format!("{ID}/data/f0.json.gz"), other)].into();
    for blind in [false, true] {
        let swapped = swapped.clone();
        let fake = fake(all.clone(), move |asked| {
            let mut asked = asked.clone();
            if blind {
                asked.if_match.clear();
            }
            asked.range.starts_with("bytes=4194304").then(|| s3(&asked, &swapped))
        });
        let snapshot = read(&fake, &uri).await.unwrap();
        let (call, why, message) = gap(&snapshot);
        assert_eq!((call, why), ("s3:GetObject", Why::Failed));
        assert!(
            message.starts_with("data file 1 of 1: ")
                && message.ends_with("another object was there before it was read to the end"),
            "{message}"
        );
        assert!(sample(&snapshot).items_read > 50 && sample(&snapshot).stopped == Stopped::Failed);
    }
}

#[tokio::test]
async fn what_s3_does_not_give_is_a_gap_of_that_file_alone() {
    let kms =
        "User: arn:aws:iam::123456789012:user/me is not authorized to perform: kms:Decrypt on canary-4711";
    let faults: [(Reply, &str, Why, &str); 8] = [
        (
            refused(403, "AccessDenied", "canary-4711"),
            "s3:GetObject",
            Why::Denied,
            "AccessDenied; needs s3:GetObject",
        ),
        (refused(403, "AccessDenied", kms), "s3:GetObject", Why::Denied, "AccessDenied; needs kms:Decrypt"),
        (refused(404, "NoSuchKey", "canary-4711"), "s3:GetObject", Why::Gone, "NoSuchKey"),
        (
            refused(403, "InvalidObjectState", "x"),
            "s3:GetObject",
            Why::Failed,
            "InvalidObjectState; the object is archived, and must be restored before it can be read",
        ),
        (refused(503, "SlowDown", "x"), "s3:GetObject", Why::Throttled, "SlowDown"),
        (
            Reply::Bytes(
                206,
                vec![("etag", "\"a\"".into()), ("content-range", "bytes 0-9/10".into())],
                vec![0; 9],
            ),
            "s3:GetObject",
            Why::Malformed,
            "the answer cannot be read: it is cut short, or is none to this call",
        ),
        (
            Reply::Bytes(200, vec![("etag", "\"a\"".into())], b"canary-4711".to_vec()),
            "export file",
            Why::Failed,
            "cannot be read: invalid input parameter",
        ),
        (refused(416, "InvalidRange", "x"), "export file", Why::Failed, "0 items, and its manifest says 300"),
    ];
    for (reply, call, why, message) in faults {
        let (_home, objects) = export("");
        let fake = fake(objects, move |asked| asked.uri.contains("f0.json").then(|| reply.clone()));
        let snapshot = read(&fake, &format!("s3://{BUCKET}")).await.unwrap();
        assert_eq!(gap(&snapshot), (call, why, format!("data file 1 of 2: {message}").as_str()));
        let sample = sample(&snapshot);
        assert_eq!(sample.contents.sightings[0].items, 20, "the other file stands");
        assert_eq!((sample.items_read, sample.stopped), (200, Stopped::Failed));
        assert!(!serde_json::to_string(&snapshot).unwrap().contains("canary"));
    }
}

#[tokio::test]
async fn several_files_that_are_lost_are_counted() {
    let (_home, objects) = export("");
    let fake =
        fake(objects, |asked| asked.uri.contains("/data/").then(|| refused(403, "AccessDenied", "no")));
    let snapshot = read(&fake, &format!("s3://{BUCKET}")).await.unwrap();
    assert_eq!(gap(&snapshot).2, "data file 1 of 2: AccessDenied; needs s3:GetObject; and another file");
}

#[tokio::test]
async fn what_passes_is_waited_out() {
    let replies = [
        refused(503, "SlowDown", "Please reduce your request rate."),
        refused(500, "InternalError", "x"),
        Reply::Bytes(206, vec![], b"cut".to_vec()),
        Reply::Down,
    ];
    for reply in replies {
        let (_home, objects) = export("");
        let count = AtomicUsize::new(0);
        let fake = fake(objects, move |_| {
            (count.fetch_add(1, Ordering::Relaxed).is_multiple_of(2)).then(|| reply.clone())
        });
        let snapshot = read(&fake, &format!("s3://{BUCKET}/{ID}")).await.unwrap();
        assert_eq!((sample(&snapshot).items_read, &sample(&snapshot).gap), (500, &None));
    }
}

#[tokio::test]
async fn a_bucket_of_another_region_is_asked_for_there_once() {
    let header = |region: &str| vec![("x-amz-bucket-region", region.to_owned())];
    let named = "<Error><Code>AuthorizationHeaderMalformed</Code><Region>us-west-2</Region></Error>";
    let away = [
        Reply::Bytes(301, header("us-west-2"), b"<Error><Code>PermanentRedirect</Code></Error>".to_vec()),
        Reply::Bytes(307, header("us-west-2"), b"<Error><Code>TemporaryRedirect</Code></Error>".to_vec()),
        Reply::Bytes(
            400,
            header("us-west-2"),
            b"<Error><Code>IllegalLocationConstraintException</Code></Error>".to_vec(),
        ),
        Reply::Http(400, named.to_owned()),
    ];
    for reply in away {
        let (_home, objects) = export("");
        let fake = fake(objects, move |asked| (asked.region != "us-west-2").then(|| reply.clone()));
        let snapshot = read(&fake, &format!("s3://{BUCKET}")).await.unwrap();
        assert_eq!((sample(&snapshot).items_read, &sample(&snapshot).gap), (500, &None));
        let regions: Vec<String> = asked(&fake).into_iter().map(|asked| asked.region).collect();
        assert_eq!(regions.iter().filter(|region| *region == "eu-west-1").count(), 1, "{regions:?}");
    }
    // A server that sends on and on, to what is no Region, or into another partition, is not followed.
    for region in ["us-west-2", "eu-west-1", "evil.example/", "", "cn-north-1"] {
        let (_home, objects) = export("");
        let reply =
            Reply::Bytes(301, header(region), b"<Error><Code>PermanentRedirect</Code></Error>".to_vec());
        let fake = fake(objects, move |_| Some(reply.clone()));
        let said = read(&fake, &format!("s3://{BUCKET}/{ID}")).await.unwrap_err().to_string();
        assert!(said.contains("s3:GetObject: PermanentRedirect"), "{said}");
        assert_eq!(asked(&fake).len(), if region == "us-west-2" { 2 } else { 1 }, "{region}");
    }
}

#[tokio::test]
async fn a_place_without_an_export_that_can_be_read_ends_the_run_before_a_table_is_touched() {
    let (_home, whole) = export("p/");
    let mut twice = whole.clone();
    for (key, bytes) in whole.clone() {
        twice.insert(key.replace("01720440800000", "01820440800000"), bytes);
    }
    let mut broken = whole.clone();
    broken.insert(format!("p/{ID}/manifest-summary.json"), b"{canary-4711".to_vec());
    let mut listless = whole.clone();
    listless.remove(&format!("p/{ID}/manifest-files.json"));
    let mut kind = whole.clone();
    kind.insert(
        format!("p/{ID}/manifest-summary.json"),
        json!({ "tableArn": account::ORDERS, "exportType": "INCREMENTAL_EXPORT",
        "exportTime": "2026-01-01T00:00:00Z", "itemCount": 1 })
        .to_string()
        .into_bytes(),
    );
    let cases = [
        (Objects::new(), "p", "s3://my.bucket/p/: no manifest-summary.json here or below"),
        (whole.clone(), "q", "s3://my.bucket/q/: no manifest-summary.json"),
        (whole, &format!("p/{}", ID.replace("01720440800000", "01820440800000")), "s3:GetObject: NoSuchKey"),
        (twice, "p", "01820440800000-abcdef01/manifest-summary.json: a second export of arn:aws:dynamodb"),
        (broken, "p", "not a manifest of a DynamoDB export"),
        (listless, "p", "manifest-files.json: s3:GetObject: NoSuchKey"),
        (kind, "p", "changes, not the table"),
    ];
    for (objects, prefix, said) in cases {
        let fake = fake(objects, |_| None);
        let error = read(&fake, &format!("s3://{BUCKET}/{prefix}")).await.unwrap_err().to_string();
        assert!(error.contains(said) && !error.contains("canary"), "{error}");
        assert_eq!(fake.asked("ListTables"), 0);
    }
    let denied = fake(Objects::new(), |_| Some(refused(403, "AccessDenied", "no")));
    let error = read(&denied, &format!("s3://{BUCKET}/p")).await.unwrap_err().to_string();
    assert!(error.contains("s3:ListObjectsV2: AccessDenied; needs s3:ListBucket"), "{error}");
    let endless = fake(Objects::new(), |asked| {
        let page = asked.uri.len();
        Some(Reply::Http(
            200,
            format!(
                "<ListBucketResult><KeyCount>0</KeyCount><IsTruncated>true</IsTruncated><NextContinuationToken>{}</NextContinuationToken></ListBucketResult>",
                "x".repeat(page)
            ),
        ))
    });
    let error = read(&endless, &format!("s3://{BUCKET}")).await.unwrap_err().to_string();
    assert!(error.contains("too much lies below this prefix") && asked(&endless).len() == 500, "{error}");
}

#[tokio::test]
async fn names_in_a_bucket_are_hostile() {
    let (_home, mut objects) = export("x\u{1b}[2J\u{202e}/y\nz/");
    // What lies beside is no folder of the export, whatever it is called.
    for key in ["x/../../etc", "/", "//manifest-summary.json/", "AWSDynamoDB/data/a"] {
        objects.insert(key.to_owned(), Vec::new());
    }
    let whole = fake(objects.clone(), |_| None);
    let snapshot = read(&whole, &format!("s3://{BUCKET}")).await.unwrap();
    assert_eq!(sample(&snapshot).items_read, 500);
    assert!(
        !asked(&whole).iter().any(|asked| asked.uri.contains("AWSDynamoDB%2Fdata")),
        "data is not looked through"
    );
    let denied =
        fake(objects, |asked| (asked.operation == "GetObject").then(|| refused(403, "AccessDenied", "no")));
    let said = read(&denied, &format!("s3://{BUCKET}")).await.unwrap_err().to_string();
    assert!(said.starts_with("s3://my.bucket/x[2J/yz/AWSDynamoDB/") && !said.contains('\n'), "{said:?}");
    // A list of keys that were not asked for is no list, nor is one that does not say whether it goes on.
    for (list, why) in [
        ("<CommonPrefixes><Prefix>other/</Prefix></CommonPrefixes>", "a key that was not asked for"),
        ("", "a list that does not say where it goes on"),
        ("<IsTruncated>true</IsTruncated>", "a list that does not say where it goes on"),
    ] {
        let list = format!("<ListBucketResult><KeyCount>1</KeyCount>{list}</ListBucketResult>");
        let liar = fake(Objects::new(), move |_| Some(Reply::Http(200, list.clone())));
        let said = read(&liar, &format!("s3://{BUCKET}/p")).await.unwrap_err().to_string();
        assert!(said.contains(why), "{said}");
    }
}

#[tokio::test]
async fn without_an_export_in_s3_no_object_is_asked_for() {
    let (home, objects) = export("");
    let fake = fake(objects, |_| None);
    let exports = crate::export::open(&[home.path()]).unwrap();
    let regions = Regions::Given(vec!["eu-west-1".into()]);
    let snapshot = fake.run(Plan { regions, exports, ..plan() }).await.unwrap();
    assert_eq!((fake.asked("GetObject"), sample(&snapshot).items_read), (0, 500));
    // Nor where no check looks at items.
    let topics = Topic::ALL.into_iter().filter(|topic| *topic != Topic::Items).collect();
    let snapshot = fake.run(Plan { topics, ..in_bucket(&format!("s3://{BUCKET}")) }).await.unwrap();
    assert!(asked(&fake).is_empty() && snapshot.accounts[0].tables[0].sample.value().is_none());
}
