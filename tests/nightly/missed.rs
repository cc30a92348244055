//! Nights in which the sample misses a secret: what was flagged for it is kept, and what was mended is not.

use std::fs;

use dynaudit::snapshot::{
    Listed, Seen, Snapshot,
    sample::{SecretKind, Stopped},
};
use serde_json::{Value, json};

use super::support::{
    build::{deny, described, sample, see, table},
    with_table,
};
use super::{company, next_day, night};

/// The company in no organization, with a secret in its first table, of which every night reads a few items.
fn rare(met: bool, stopped: Stopped) -> Snapshot {
    let mut snapshot = company();
    if met {
        see(&mut snapshot, "leak", SecretKind::ProviderToken);
    }
    let read = sample(&mut snapshot);
    (read.stopped, read.items_read) = (stopped, 200);
    snapshot.accounts[0].guardrails = Seen::Value(None);
    snapshot
}

/// Findings of a part of a report's `triage`, by check.
fn checks(report: &Value, part: &str) -> Vec<String> {
    let all = report["triage"][part].as_array().unwrap();
    all.iter().map(|one| one["check"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn what_rests_on_a_secret_that_was_not_met_is_kept_as_the_secret_is() {
    // A report of an older version does not say which tables were sensitive by their items.
    for older in [false, true] {
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path();
        night(dir, &rare(true, Stopped::Items), &[]);
        if older {
            let path = dir.join("state/baseline.json");
            let mut report: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
            for row in report["coverage"]["samples"].as_array_mut().unwrap() {
                row.as_object_mut().unwrap().remove("sighted").unwrap();
            }
            fs::write(&path, report.to_string()).unwrap();
        }
        let mut kept = Vec::new();
        for missed in 0..2 {
            let (code, report, said) = night(dir, &next_day(&rare(false, Stopped::Items)), &[]);
            let report: Value = serde_json::from_str(&report).unwrap();
            assert_eq!((code, checks(&report, "resolved")), (0, vec![]), "{older} {missed}: {said}");
            kept = checks(&report, "not_seen_again");
        }
        for check in
            ["no-guard-rail", "reads-not-logged", "sensitive-table-without-perimeter", "token-in-plaintext"]
        {
            assert!(kept.iter().any(|one| one == check), "{check} is not among {kept:?}");
        }
        let (code, report, said) = night(dir, &next_day(&rare(true, Stopped::Items)), &["--quiet"]);
        assert_eq!((code, report.as_str(), said.as_str()), (0, "", ""), "met again: {said}");
        night(dir, &next_day(&rare(false, Stopped::Items)), &[]);
        // Every item is read, or the table is gone: nothing is kept for ever.
        let mut gone = with_table("carts");
        sample(&mut gone).stopped = Stopped::Items;
        for (after, what) in [(rare(false, Stopped::Everything), "whole"), (gone, "gone")] {
            let copy = tempfile::tempdir().unwrap();
            let state = copy.path().join("state");
            fs::create_dir(&state).unwrap();
            #[cfg(unix)]
            fs::set_permissions(&state, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
            for file in fs::read_dir(dir.join("state")).unwrap().map(Result::unwrap) {
                fs::copy(file.path(), state.join(file.file_name())).unwrap();
            }
            let (_, report, _) = night(copy.path(), &next_day(&after), &[]);
            let report: Value = serde_json::from_str(&report).unwrap();
            assert_eq!(checks(&report, "not_seen_again"), Vec::<String>::new(), "{what}");
            let resolved = checks(&report, "resolved");
            assert!(kept.iter().all(|check| resolved.contains(check)), "{what}: {resolved:?} of {kept:?}");
        }
    }
}

#[test]
fn what_was_mended_is_resolved_though_the_secret_was_not_met() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    night(dir, &rare(true, Stopped::Items), &[]);
    let mut mended = next_day(&rare(false, Stopped::Items));
    described(&mut mended).deletion_protection = true;
    let (_, report, _) = night(dir, &mended, &[]);
    let report: Value = serde_json::from_str(&report).unwrap();
    assert_eq!(checks(&report, "resolved"), ["deletion-protection-off"]);
}

#[test]
fn a_night_of_one_table_resolves_nothing_that_was_about_the_others() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    night(dir, &rare(true, Stopped::Everything), &[]);
    let mut one = next_day(&rare(false, Stopped::Everything));
    one.scope.table = Some("carts".into());
    one.accounts[0].tables.retain(|table| table.name == "carts");
    one.accounts[0].keys.clear();
    let (_, report, said) = night(dir, &one, &[]);
    let report: Value = serde_json::from_str(&report).unwrap();
    assert_eq!(checks(&report, "resolved"), Vec::<String>::new(), "{said}");
    assert!(checks(&report, "not_assessed").iter().any(|check| check == "no-guard-rail"));
    let (code, report, said) = night(dir, &next_day(&rare(true, Stopped::Everything)), &[]);
    let report: Value = serde_json::from_str(&report).unwrap();
    let back = (&report["triage"]["reopened"], &report["triage"]["new"]);
    assert_eq!((code, back), (0, (&json!(0), &json!(0))), "all tables again: {said}");
}

#[test]
fn what_could_not_be_assessed_of_a_secret_is_known_when_the_sample_meets_it_again() {
    // Of the table's streams and of the account's trails nothing is told, ever.
    let unseen = |met| {
        let mut snapshot = rare(met, Stopped::Items);
        let streams = deny(&mut snapshot, "dynamodb:DescribeKinesisStreamingDestination", "table/sessions");
        table(&mut snapshot).kinesis = Seen::Gap(streams);
        let trails = deny(&mut snapshot, "cloudtrail:DescribeTrails", "eu-west-1");
        snapshot.accounts[0].regions[0].services.trails = Listed::missing(trails);
        snapshot
    };
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let (_, report, _) = night(dir, &unseen(true), &[]);
    let report: Value = serde_json::from_str(&report).unwrap();
    let unknown: Vec<&Value> = report["findings"].as_array().unwrap().iter().collect();
    let unknown = |kind: &str| {
        let of = |f: &&&Value| f["verdict"] == "unknown" && f["subject"]["kind"] == kind;
        unknown.iter().filter(of).count()
    };
    assert!(unknown("attribute") > 0 && unknown("table") > 0, "else nothing is tried");
    for _ in 0..2 {
        let (code, report, said) = night(dir, &next_day(&unseen(false)), &["--quiet"]);
        assert_eq!((code, report.as_str(), said.as_str()), (0, "", ""), "not met: {said}");
    }
    let (code, report, said) = night(dir, &next_day(&unseen(true)), &["--quiet"]);
    assert_eq!((code, report.as_str(), said.as_str()), (0, "", ""), "met again: {said}");

    // Every item is read, and it is not there: nothing is kept for ever.
    let mut whole = next_day(&unseen(false));
    sample(&mut whole).stopped = Stopped::Everything;
    let (_, report, _) = night(dir, &whole, &[]);
    let report: Value = serde_json::from_str(&report).unwrap();
    assert_eq!(report["triage"].get("unknown_not_seen_again"), None);
    assert_eq!(night(dir, &next_day(&unseen(true)), &["--quiet", "--fail-on", "never"]).0, 3, "new again");
}
