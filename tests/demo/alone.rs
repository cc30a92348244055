//! A run of one check alone asks less, and says of it what a run of all says.

use std::collections::BTreeMap;
use std::sync::Arc;

use dynaudit::check::{Check, Library, judge};
use dynaudit::collect::calls::{Beyond, needed};
use dynaudit::collect::{Exports, Halt, Plan, Regions, Sampling, collect};
use dynaudit::demo::REGIONS;
use dynaudit::detect::DigestKey;
use dynaudit::facts::{build::build, topics};
use dynaudit::snapshot::{Snapshot, Topic};
use tokio::sync::watch;

use super::seeded;

async fn collected(topics: &[Topic]) -> Snapshot {
    let (_go, stop) = watch::channel(Halt::Go);
    let plan = Plan {
        regions: Regions::Given(REGIONS.map(str::to_owned).to_vec()),
        table: None,
        sampling: Some(Sampling::default()),
        second_look: false,
        seed: 0,
        digest_key: DigestKey::from_bytes(&[7; 32]).unwrap(),
        own: Default::default(),
        concurrency: 16,
        topics: topics.iter().copied().collect(),
        everywhere: Default::default(),
        exports: Exports::default(),
        kept: None,
    };
    let sdk = seeded().await.sdk_config(REGIONS[0]);
    collect(&sdk, plan, Arc::new(()), stop).await.unwrap()
}

/// What each check says of each subject; its message may tell more than it judges by, and stands aside.
fn said(library: &Library, snapshot: &Snapshot) -> BTreeMap<(String, String), String> {
    let facts = build(snapshot);
    let mut gaps = snapshot.gaps.clone();
    gaps.extend(facts.gaps.clone());
    let findings = judge::judge(library, &facts, &gaps);
    let row = |f: dynaudit::finding::Finding| {
        ((f.check.to_string(), f.fingerprint.to_string()), format!("{:?} {:?}", f.verdict, f.severity))
    };
    findings.into_iter().map(row).collect()
}

#[tokio::test]
async fn a_check_alone_says_what_it_says_among_all_others() {
    let library = Library::builtin().unwrap();
    let whole = said(&library, &collected(&Topic::ALL).await);
    let mut alike: BTreeMap<Vec<Topic>, Vec<&Check>> = BTreeMap::new();
    for check in library.checks() {
        let topics = topics::needed(check.facts().map(String::as_str));
        alike.entry(topics.into_iter().collect()).or_default().push(check);
    }
    let mut wrong = Vec::new();
    for (topics, checks) in alike {
        let snapshot = collected(&topics).await;
        let beyond = Beyond { sampled: true, ..Beyond::default() };
        let needed: Vec<String> =
            needed(&beyond, &topics.iter().copied().collect()).iter().map(|call| call.name()).collect();
        for call in snapshot.calls.keys().filter(|call| !needed.contains(call)) {
            wrong.push(format!("{call} was asked for {topics:?}"));
        }
        if topics.is_empty() {
            let asked: Vec<&str> = snapshot.calls.keys().map(String::as_str).collect();
            assert!(checks.iter().any(|check| check.id == "deletion-protection-off"));
            assert!(!asked.iter().any(|c| c.starts_with("iam:") || c.starts_with("tag:")), "{asked:?}");
            assert!(!asked.contains(&"dynamodb:ListTagsOfResource"), "{asked:?}");
            assert!(!asked.contains(&"dynamodb:GetResourcePolicy"), "{asked:?}");
        }
        let alone = said(&library, &snapshot);
        for check in checks {
            let of = |all: &BTreeMap<(String, String), String>| -> Vec<_> {
                all.iter()
                    .filter(|((id, _), _)| *id == check.id)
                    .map(|(k, v)| (k.1.clone(), v.clone()))
                    .collect()
            };
            let (whole, alone) = (of(&whole), of(&alone));
            if whole != alone {
                let other = alone.iter().find(|row| !whole.contains(row));
                wrong.push(format!(
                    "{} with {topics:?}: {} rows, {} alone; {other:?}",
                    check.id,
                    whole.len(),
                    alone.len()
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_check_built_in_asks_regions_without_tables_what_tells_of_tables_alone() {
    let own = tempfile::tempdir().unwrap();
    // As somebody may write it who wants the recorder on wherever a table may come to lie.
    let text = r#"
title = "The recorder is off"
severity = "low"
over = "account"
flag = 'account.regions.exists(r, !r.recorded)'
message = "off"
why = "w"
fix = "f"
[[example]]
is = "flagged"
given = { account = { regions = [{ recorded = false }] } }
[[example]]
is = "clear"
given = { account = { regions = [{ recorded = true }] } }
"#;
    std::fs::write(own.path().join("recorder-off.toml"), text).unwrap();
    let library = Library::with_dirs(&[own.path().to_owned()]).unwrap();
    for check in library.checks() {
        let read = check.elements().map(String::as_str).collect();
        let wanted: &[Topic] = if check.id == "recorder-off" { &[Topic::Recorders] } else { &[] };
        assert_eq!(topics::everywhere(&read), wanted.iter().copied().collect(), "{}", check.id);
    }
}
