//! S3: what keeps, or does not keep, the world out of the buckets that received exports.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::Value;

use super::Asker;
use super::value::{flag, text};
use crate::collect::calls::{self, Call};
use crate::collect::fault::Fault;
use crate::collect::pages::side_by_side;
use crate::collect::piece::piece;
use crate::collect::run::Run;
use crate::snapshot::bucket::Bucket;
use crate::snapshot::table::Table;
use crate::snapshot::{Seen, Topic, Why};

/// Buckets that exports of the tables name, by name.
pub(in crate::collect) async fn buckets(run: &Arc<Run>, tables: &[Table]) -> Vec<Bucket> {
    let exports = tables.iter().flat_map(|table| &table.exports.items);
    let named: BTreeSet<String> =
        exports.filter_map(|export| export.details.value()?.bucket.clone()).collect();
    side_by_side(named, |name| {
        let run = Arc::clone(run);
        async move {
            let named = format!("bucket {name}");
            piece(&run, named, async |run: Arc<Run>| bucket(&run, name).await).await
        }
    })
    .await
}

async fn bucket(run: &Run, name: String) -> Bucket {
    let on = format!("arn:{}:s3:::{name}", run.partition.name);
    let unseen = |gap: crate::snapshot::GapId, name| Bucket {
        name,
        public: Seen::Gap(gap.clone()),
        blocked: Seen::Gap(gap.clone()),
        kms: Seen::Gap(gap),
    };
    if let Some(gap) = run.unasked(Topic::Buckets) {
        return unseen(gap, name);
    }
    // Any Region may be asked where a bucket lies, but for the rest that Region itself is asked.
    let home = Asker { run, region: run.partition.home };
    let call = &calls::GET_BUCKET_LOCATION;
    let region = match home.get(call, &[&name]).await.and_then(|out| region(&out)) {
        Ok(region) => region.unwrap_or_else(|| run.partition.home.to_owned()),
        Err(fault) => return unseen(run.desk.gap(call, &on, &fault), name),
    };
    let there = Asker { run, region: &region };
    let (public, blocked, kms) = tokio::join!(
        there.fact(&calls::GET_BUCKET_POLICY_STATUS, &on, &name, |out| flag(out, "IsPublic")),
        there.fact(&calls::GET_PUBLIC_ACCESS_BLOCK, &on, &name, |out| BLOCKS
            .iter()
            .all(|block| flag(out, block))),
        there.fact(&calls::GET_BUCKET_ENCRYPTION, &on, &name, by_kms),
    );
    Bucket { name, public, blocked, kms }
}

const BLOCKS: [&str; 4] =
    ["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"];

impl Asker<'_> {
    /// What `read` makes of the answer; false where S3 says that there is no such setting.
    async fn fact(&self, call: &'static Call, on: &str, name: &str, read: fn(&Value) -> bool) -> Seen<bool> {
        let answer = match self.get(call, &[name]).await {
            Ok(out) => Ok(read(&out)),
            Err(fault) if fault.is_an_answer(call) => Ok(false),
            Err(fault) => Err(fault),
        };
        self.seen(call, on, answer)
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
