//! What is told again though an earlier run knew it: an accepted risk whose last day is over, and what a run that ends early
//! did not reach.

use std::fs;

use dynaudit::snapshot::{Seen, Snapshot, Why, table::Table};
use serde_json::Value;

use super::support::{add_table, build::table, gap, with_table};
use super::{next_day, night};

/// What a program was told since it was asked last.
#[cfg(unix)]
fn told(dir: &std::path::Path) -> Option<Value> {
    let path = dir.join("told.json");
    let text = fs::read_to_string(&path).ok()?;
    fs::remove_file(path).unwrap();
    Some(serde_json::from_str(&text).unwrap())
}

const TELL: [&str; 3] = ["--quiet", "--on-change", "sh -c 'cat > told.json'"];

#[cfg(unix)]
#[test]
fn an_accepted_risk_counts_on_the_night_after_its_last_day_and_is_known_from_then_on() {
    let risk = |until: &str| {
        format!(
            "[[accept]]\ncheck = \"deletion-protection-off\"\nsubject = \"orders\"\nreason = \"rebuilt\"\n\
             owner = \"shop@example.org\"\nuntil = \"{until}\"\n"
        )
    };
    // The snapshot is of the first of November. Taken out of the file, or over: nobody answers for it any more.
    for after in [risk("2026-11-01"), String::new()] {
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path();
        fs::write(dir.join("dynaudit.toml"), risk("2026-11-01")).unwrap();
        let first = with_table("orders");
        night(dir, &first, &TELL);
        assert_eq!(told(dir).unwrap()["acceptance_ended"].as_array().unwrap().len(), 0);
        assert_eq!(night(dir, &first, &TELL).0, 0, "the last day is not over");
        assert!(told(dir).is_none());

        fs::write(dir.join("dynaudit.toml"), after).unwrap();
        let second = next_day(&first);
        let (code, report, said) = night(dir, &second, &[&TELL[..], &["--summary"]].concat());
        let report: Value = serde_json::from_str(&report).unwrap();
        let ended: Vec<&str> = (report["findings"].as_array().unwrap().iter())
            .filter(|finding| finding["state"] == "acceptance-ended")
            .filter_map(|finding| finding["check"].as_str())
            .collect();
        assert_eq!((code, ended), (1, vec!["deletion-protection-off"]), "{said}");
        assert!(said.contains("(0 new, 0 reopened, 1 no longer accepted)"), "{said}");
        assert_eq!(told(dir).unwrap()["acceptance_ended"][0]["check"], "deletion-protection-off");

        let (code, out, said) = night(dir, &next_day(&second), &TELL);
        assert_eq!((code, out.as_str(), said.as_str()), (0, "", ""), "known");
        assert!(told(dir).is_none());
    }
}

/// The second table is not reached, as far as `why` says.
fn half_seen(why: Why) -> Snapshot {
    let mut snapshot = with_table("carts");
    add_table(&mut snapshot, "orders");
    let unseen = gap("dynamodb:DescribeTable", "table/carts", why);
    let Table { description, sample, .. } = table(&mut snapshot);
    (*description, *sample) = (Seen::Gap(unseen.id()), Seen::Gap(unseen.id()));
    snapshot.gaps.insert(unseen.id(), unseen);
    snapshot
}

#[cfg(unix)]
#[test]
fn a_run_that_ends_early_says_so_every_night_and_a_refusal_only_once() {
    for (why, every_night) in [(Why::Deadline, true), (Why::Interrupted, true), (Why::Denied, false)] {
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path();
        let mut tonight = half_seen(why);
        assert_eq!(night(dir, &tonight, &TELL).0, 1, "the first night everything is new");
        assert!(told(dir).is_some());
        for _ in 0..2 {
            tonight = next_day(&tonight);
            let (code, out, said) = night(dir, &tonight, &[&TELL[..], &["--summary"]].concat());
            if every_night {
                assert_eq!(code, 3, "{said}");
                assert!(out.contains("\"unreached\": 1") && said.contains("; ended early"), "{said}");
                let told = told(dir).unwrap();
                assert_eq!(told["unreached"][0]["why"], why.as_str());
                assert_eq!((&told["new"], &told["new_gaps"]), (&Value::from([0; 0]), &Value::from([0; 0])));
            } else {
                assert_eq!((code, out.as_str(), said.as_str(), told(dir)), (0, "", "", None), "{why}");
            }
        }
        // What is reached again is no surprise where it was known.
        let whole = half_seen(why);
        let mut whole = Snapshot { accounts: whole.accounts, ..next_day(&tonight) };
        whole.gaps.retain(|_, gap| gap.why != why);
        *table(&mut whole) = with_table("carts").accounts.remove(0).tables.remove(0);
        assert_ne!(night(dir, &whole, &TELL).0, 3);
    }
}
