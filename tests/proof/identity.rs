//! The same account gives the same bytes: at once or by way of a file, again, and in whatever order answers come.

use dynaudit::demo;
use dynaudit::snapshot::{Sample, Seen, Snapshot, file};

use crate::harness::{Assessed, demo_run, plan, program, snapshot_of, snapshot_with};
use crate::spoil::Spoilt;

fn bytes(snapshot: &Snapshot) -> String {
    serde_json::to_string_pretty(snapshot).unwrap()
}

#[tokio::test]
async fn a_snapshot_from_a_file_is_judged_as_the_live_one() {
    let (_, snapshot, live) = demo_run().await;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("s.json");
    let digest = file::save(snapshot, &path).unwrap();
    let loaded = file::load(&path).unwrap();
    assert_eq!(loaded, *snapshot);
    let replayed = Assessed::of(&loaded);
    assert_eq!(replayed.findings, live.findings);
    assert_eq!(replayed.json(), live.json());
    assert_eq!(replayed.table(100), live.table(100));
    assert!(live.json().contains(&digest));

    // The program itself, live and from the file.
    let (code, out, _) = program(dir.path(), &["demo", "--format", "json", "--verdicts", "all"]);
    let (again, replay, _) =
        program(dir.path(), &["assess", "s.json", "--format", "json", "--verdicts", "all"]);
    assert_eq!((code, &out), (again, &replay));
    assert!(out == live.json(), "the program says the same as the library");
}

#[tokio::test]
async fn the_order_of_answers_and_of_tasks_is_of_no_account() {
    let (account, snapshot, _) = demo_run().await;
    let expected = bytes(snapshot);
    for (shuffle, concurrency) in [(0, 1), (1, 2), (2, 16), (3, 256)] {
        let mut plan = plan();
        plan.concurrency = concurrency;
        let other = snapshot_with(&Spoilt::shuffled(account, shuffle), plan).await;
        assert!(bytes(&other) == expected, "shuffle {shuffle}, {concurrency} at a time");
    }
    let mut reversed = plan();
    if let dynaudit::collect::Regions::Given(names) = &mut reversed.regions {
        names.reverse();
    }
    let other = snapshot_with(&account.sdk_config("us-east-1"), reversed).await;
    assert!(bytes(&other) == expected, "the order in which Regions are named");
    let fresh = demo::account().await.unwrap();
    assert!(bytes(&snapshot_of(&fresh).await) == expected, "another account of the same seed");
}

#[tokio::test]
async fn the_order_in_a_snapshot_does_not_change_the_findings() {
    let (_, snapshot, live) = demo_run().await;
    let mut turned = snapshot.clone();
    for account in &mut turned.accounts {
        account.tables.reverse();
        account.keys.reverse();
        account.regions.reverse();
        account.principals.users.reverse();
        account.principals.roles.reverse();
        account.principals.groups.reverse();
    }
    let turned = Assessed::of(&turned);
    for (a, b) in turned.findings.iter().zip(&live.findings) {
        assert_eq!(a, b);
    }
    assert_eq!(turned.findings.len(), live.findings.len());
}

#[tokio::test]
async fn another_seed_changes_only_what_was_sampled() {
    let (account, snapshot, _) = demo_run().await;
    let (mut plan, mut same) = (plan(), snapshot.clone());
    plan.seed = 7;
    let mut other = snapshot_with(&account.sdk_config("eu-west-1"), plan).await;
    assert_eq!((same.scope.seed, other.scope.seed), (0, 7));
    let again = {
        let mut plan = crate::harness::plan();
        plan.seed = 7;
        snapshot_with(&account.sdk_config("eu-west-1"), plan).await
    };
    assert!(bytes(&again) == bytes(&other), "the same seed, the same bytes");
    other.scope.seed = 0;
    for snapshot in [&mut same, &mut other] {
        snapshot.calls.remove("dynamodb:Scan");
        for table in &mut snapshot.accounts[0].tables {
            if table.sample.value().is_some() {
                table.sample = Seen::Value(Sample::default());
            }
        }
    }
    assert!(bytes(&same) == bytes(&other), "what is no sample differs");
}
