//! What is gone is told at once: a deleted table, and what a job of the same few tables every night sees no more.

use dynaudit::snapshot::{Seen, Snapshot, Why, sample::SecretKind, sample::Stopped};
use serde_json::Value;

use super::support::{
    add_table,
    build::{document, sample, see, table},
    gap,
};
use super::{company, next_day, night};

/// What one night made of the earlier one's findings: check and kind of the subject, by part of the report.
fn parts(dir: &std::path::Path, snapshot: &Snapshot) -> [Vec<String>; 2] {
    let (_, report, said) = night(dir, snapshot, &[]);
    let report: Value = serde_json::from_str(&report).unwrap_or_else(|_| panic!("{said}"));
    ["resolved", "not_assessed"].map(|part| {
        let all = report["triage"][part].as_array().unwrap().iter();
        all.map(|one| {
            format!("{} {}", one["check"].as_str().unwrap(), one["subject"]["kind"].as_str().unwrap())
        })
        .collect()
    })
}

fn without(snapshot: &Snapshot, name: &str) -> Snapshot {
    let mut gone = next_day(snapshot);
    let account = &mut gone.accounts[0];
    account.tables.retain(|table| table.name != name);
    account.regions[0].tables.items.retain(|item| item != name);
    gone
}

#[test]
fn a_deleted_table_is_told_in_one_night_whatever_is_unseen_of_others() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let mut before = company();
    see(&mut before, "leak", SecretKind::ProviderToken);
    sample(&mut before).stopped = Stopped::Everything;
    // Of another table nothing was told, so that the same checks cannot look there.
    add_table(&mut before, "audit-log");
    let denied = gap("dynamodb:DescribeTable", "table/audit-log", Why::Denied);
    let unseen = before.accounts[0].tables.last_mut().unwrap();
    unseen.description = Seen::Gap(denied.id());
    unseen.continuous_backups = Seen::Gap(denied.id());
    unseen.sample = Seen::Gap(denied.id());
    before.gaps.insert(denied.id(), denied);
    night(dir, &before, &[]);

    let after = without(&before, "sessions");
    let [resolved, kept] = parts(dir, &after);
    for one in ["deletion-protection-off table", "no-backup table", "token-in-plaintext attribute"] {
        assert!(resolved.iter().any(|told| told == one), "{one} is not among {resolved:?}");
    }
    assert!(!kept.iter().any(|one| one.ends_with(" table") || one.ends_with(" attribute")), "{kept:?}");
    assert_eq!(parts(dir, &next_day(&after)), [vec![], kept], "and no second part");
}

/// A night of the tables that fit `pattern`.
fn chosen(snapshot: &Snapshot, pattern: &str) -> Snapshot {
    let mut few = snapshot.clone();
    few.scope.table = Some(pattern.into());
    few.accounts[0].tables.retain(|table| table.name.starts_with(pattern.trim_end_matches('*')));
    few
}

/// The company, in which a role may scan every table.
fn open() -> Snapshot {
    let mut open = company();
    let scan = serde_json::json!([{ "Effect": "Allow", "Action": ["dynamodb:Scan"], "Resource": "*" }]);
    open.accounts[0].principals.roles[0].inline.insert("own".into(), document(scan));
    table(&mut open).tags = Seen::Value([("data-classification".to_owned(), "restricted".to_owned())].into());
    open
}

fn shut() -> Snapshot {
    let mut shut = next_day(&open());
    shut.accounts[0].principals.roles[0].inline.clear();
    shut
}

#[test]
fn a_job_of_the_same_tables_every_night_resolves_what_is_about_them() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    night(dir, &chosen(&open(), "sess*"), &[]);
    assert_eq!(parts(dir, &chosen(&next_day(&open()), "sess*"))[0], Vec::<String>::new());
    let [resolved, kept] = parts(dir, &chosen(&shut(), "sess*"));
    assert!(resolved.contains(&"reads-without-decrypt reader".to_owned()), "{resolved:?} {kept:?}");
    assert_eq!(kept, Vec::<String>::new());
    let [resolved, kept] = parts(dir, &chosen(&without(&shut(), "sessions"), "sess*"));
    assert!(resolved.contains(&"deletion-protection-off table".to_owned()), "{resolved:?}");
    assert_eq!(kept, Vec::<String>::new());
}

#[test]
fn what_an_earlier_night_saw_of_other_tables_is_not_resolved_by_a_few() {
    let more = |mut more: Snapshot| {
        more.scope.regions.push("us-east-1".into());
        let mut other = more.accounts[0].regions[0].clone();
        (other.name, other.tables.items) = ("us-east-1".into(), Vec::new());
        more.accounts[0].regions.push(other);
        more
    };
    let nights: [(&str, Vec<Snapshot>); 5] = [
        ("all tables once", vec![open(), chosen(&open(), "sess*")]),
        ("all tables in between", vec![chosen(&open(), "sess*"), open(), chosen(&open(), "sess*")]),
        ("another pattern", vec![chosen(&open(), "s*"), chosen(&open(), "sess*")]),
        ("more Regions", vec![more(chosen(&open(), "sess*"))]),
        ("more Regions, all tables", vec![more(open())]),
    ];
    for (what, before) in nights {
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path();
        for snapshot in &before {
            assert_ne!(night(dir, snapshot, &[]).0, 2, "{what}");
        }
        // Nor by as many nights of them as there may be.
        let few = if what.ends_with("all tables") { shut() } else { chosen(&shut(), "sess*") };
        for _ in 0..2 {
            let [resolved, kept] = parts(dir, &few);
            assert!(!resolved.iter().any(|one| one.ends_with(" reader")), "{what}: {resolved:?}");
            assert!(kept.contains(&"reads-without-decrypt reader".to_owned()), "{what}: {kept:?}");
        }
    }
}
