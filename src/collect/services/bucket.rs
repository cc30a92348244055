//! S3: what keeps, or does not keep, the world out of the buckets that exports went to and imports came from, and whether
//! their files still lie there.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value;

use super::Asker;
use super::value::{flag, text};
use super::{path, query};
use crate::collect::calls::{self, Call};
use crate::collect::fault::Fault;
use crate::collect::light::Question;
use crate::collect::pages::side_by_side;
use crate::collect::piece::piece;
use crate::collect::run::Run;
use crate::snapshot::bucket::Bucket;
use crate::snapshot::table::Table;
use crate::snapshot::{GapId, Region, Seen, Topic, Why};

/// Buckets that exports and imports name, by name, each with the prefixes that are named in it.
pub(in crate::collect) async fn buckets(run: &Arc<Run>, tables: &[Table], regions: &[Region]) -> Vec<Bucket> {
    let exports = tables.iter().flat_map(|table| &table.exports.items).filter_map(|export| {
        let details = export.details.value()?;
        Some((details.bucket.clone()?, details.files_of(&export.arn)))
    });
    let imports = regions.iter().flat_map(|region| &region.services.imports.items);
    let imports = imports
        .filter_map(|import| Some((import.bucket.clone()?, import.prefix.clone().unwrap_or_default())));
    let mut named: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (bucket, prefix) in exports.chain(imports) {
        named.entry(bucket).or_default().insert(prefix);
    }
    side_by_side(named, |(name, prefixes)| {
        let run = Arc::clone(run);
        async move {
            let named = format!("bucket {name}");
            piece(&run, named, async |run: Arc<Run>| bucket(&run, name, prefixes).await).await
        }
    })
    .await
}

/// Whether all four settings of Block Public Access are on for the account, whatever its buckets say.
pub(in crate::collect) async fn account_blocked(run: &Arc<Run>, account: &str) -> Seen<bool> {
    piece(run, "account block".to_owned(), async |run: Arc<Run>| {
        if let Some(gap) = run.unasked(Topic::Buckets) {
            return Seen::Gap(gap);
        }
        let (call, on) = (&calls::GET_ACCOUNT_PUBLIC_ACCESS_BLOCK, format!("account {account}"));
        let home = Asker::of(&run, run.partition.home);
        // It becomes part of a host name.
        let answer = match account.bytes().all(|b| b.is_ascii_digit()) {
            true => home.ask(call, Question::Account(account.to_owned())).await,
            false => Err(Fault::own(Why::Failed, "nothing told which account this is")),
        };
        home.seen(call, &on, setting(call, answer, whole))
    })
    .await
}

async fn bucket(run: &Run, name: String, prefixes: BTreeSet<String>) -> Bucket {
    let on = format!("arn:{}:s3:::{name}", run.partition.name);
    let settings = run.unasked(Topic::Buckets);
    let unlisted = run.unasked(Topic::Files);
    let unseen = |settings: &GapId, unlisted: &GapId, name, prefixes: BTreeSet<String>| Bucket {
        name,
        gone: false,
        public: Seen::Gap(settings.clone()),
        blocked: Seen::Gap(settings.clone()),
        kms: Seen::Gap(settings.clone()),
        files: prefixes.into_iter().map(|prefix| (prefix, Seen::Gap(unlisted.clone()))).collect(),
    };
    if let (Some(settings), Some(unlisted)) = (&settings, &unlisted) {
        return unseen(settings, unlisted, name, prefixes);
    }
    // Any Region may be asked where a bucket lies, but for the rest that Region itself is asked.
    let home = Asker::of(run, run.partition.home);
    let call = &calls::GET_BUCKET_LOCATION;
    let region = match home.get(call, &[&name]).await.and_then(|out| region(&out)) {
        Ok(region) => region.unwrap_or_else(|| run.partition.home.to_owned()),
        Err(fault) if fault.is_an_answer(call) => {
            let none = |prefix| (prefix, Seen::Value(false));
            let files = prefixes.into_iter().map(none).collect();
            let (public, blocked, kms) = (Seen::Value(false), Seen::Value(false), Seen::Value(false));
            return Bucket { name, gone: true, public, blocked, kms, files };
        }
        Err(fault) => {
            let gap = run.desk.gap(call, &on, &fault);
            return unseen(
                settings.as_ref().unwrap_or(&gap),
                unlisted.as_ref().unwrap_or(&gap),
                name,
                prefixes,
            );
        }
    };
    let there = Asker::of(run, &region);
    let (public, blocked, kms) = match settings {
        Some(gap) => (Seen::Gap(gap.clone()), Seen::Gap(gap.clone()), Seen::Gap(gap)),
        None => tokio::join!(
            there.fact(&calls::GET_BUCKET_POLICY_STATUS, &on, &name, |out| flag(out, "IsPublic")),
            there.fact(&calls::GET_PUBLIC_ACCESS_BLOCK, &on, &name, whole),
            there.fact(&calls::GET_BUCKET_ENCRYPTION, &on, &name, by_kms),
        ),
    };
    let mut files = BTreeMap::new();
    for prefix in prefixes {
        let seen = match &unlisted {
            Some(gap) => Seen::Gap(gap.clone()),
            None => there.files(&on, &name, &prefix).await,
        };
        files.insert(prefix, seen);
    }
    Bucket { name, gone: false, public, blocked, kms, files }
}

const BLOCKS: [&str; 4] =
    ["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"];

fn whole(out: &Value) -> bool {
    BLOCKS.iter().all(|block| flag(out, block))
}

/// What `read` makes of the answer; false where S3 says that there is no such setting.
fn setting(
    call: &'static Call,
    answer: Result<Value, Fault>,
    read: fn(&Value) -> bool,
) -> Result<bool, Fault> {
    match answer {
        Ok(out) => Ok(read(&out)),
        Err(fault) if fault.is_an_answer(call) => Ok(false),
        Err(fault) => Err(fault),
    }
}

impl Asker<'_> {
    async fn fact(&self, call: &'static Call, on: &str, name: &str, read: fn(&Value) -> bool) -> Seen<bool> {
        self.seen(call, on, setting(call, self.get(call, &[name]).await, read))
    }

    /// Whether an object's name begins with `prefix`. One is asked for, and only how many came is read.
    async fn files(&self, on: &str, name: &str, prefix: &str) -> Seen<bool> {
        let call = &calls::LIST_OBJECTS;
        let question = path(&[name], query(&[("max-keys", "1"), ("prefix", prefix)], "", None));
        let answer = self.ask(call, question).await.and_then(|out| {
            let count = text(&out, "KeyCount").parse::<u64>();
            count.map_err(|_| Fault::own(Why::Malformed, "the answer does not say how many there are"))
        });
        self.seen(call, on, answer.map(|count| count > 0))
    }
}

/// The Region; none is us-east-1, and `EU` is eu-west-1 (AWS documentation: "GetBucketLocation").
fn region(out: &Value) -> Result<Option<String>, Fault> {
    let place = out.as_str().ok_or_else(|| Fault::own(Why::Malformed, "the answer names no place"))?;
    let legal = place.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    match place {
        "" => Ok(None),
        "EU" => Ok(Some("eu-west-1".to_owned())),
        // It becomes part of a host name.
        region if legal => Ok(Some(region.to_owned())),
        _ => Err(Fault::own(Why::Malformed, "the answer names no Region")),
    }
}

fn by_kms(out: &Value) -> bool {
    let rules = match &out["Rule"] {
        Value::Array(rules) => rules.clone(),
        rule => vec![rule.clone()],
    };
    rules
        .iter()
        .any(|rule| text(&rule["ApplyServerSideEncryptionByDefault"], "SSEAlgorithm").starts_with("aws:kms"))
}
