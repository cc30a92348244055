//! What is refused is not assessed, with the reason, and nothing else changes for it.

use std::collections::BTreeMap;

use dynaudit::finding::{Finding, Verdict};
use dynaudit::snapshot::Why;

use super::dynamodb::make;
use super::empty;
use super::findings::audit;

/// An account of fifty tables.
async fn fifty() -> dynaudit::demo::Embedded {
    let account = empty().await;
    for n in 0..50 {
        make(&account, "eu-west-1", &format!("table-{n:02}")).await;
    }
    account
}

fn verdicts(findings: &[Finding]) -> BTreeMap<(&str, String), &Finding> {
    findings.iter().map(|f| ((f.check.as_str(), f.subject.id()), f)).collect()
}

/// Holds a run in which `calls` were refused against one in which nothing was.
fn never_lies(whole: &[Finding], less: &[Finding], calls: &[&str]) {
    let before = verdicts(whole);
    for (pair, after) in verdicts(less) {
        match before.get(&pair) {
            Some(was) if was.verdict == after.verdict => {}
            _ => {
                assert_eq!(after.verdict, Verdict::Unknown, "{pair:?}");
                let named = after.missing.iter().any(|m| calls.contains(&&*m.call) && m.why == Why::Denied);
                assert!(named, "{pair:?}: {:?}", after.missing);
            }
        }
    }
}

#[tokio::test]
async fn of_fifty_tables_one_that_may_not_be_described_is_the_only_one_not_assessed() {
    let account = fifty().await;
    let (_, whole) = audit(&account, None).await;
    account.deny("dynamodb:DescribeTable", ":table/table-07");
    let (_, less) = audit(&account, None).await;
    never_lies(&whole, &less, &["dynamodb:DescribeTable"]);
    let (before, after) = (verdicts(&whole), verdicts(&less));
    let others = |(_, f): &(&(&str, String), &&Finding)| {
        f.subject.table.as_deref().is_some_and(|table| table != "table-07")
    };
    for (pair, was) in before.iter().filter(others) {
        assert_eq!(after.get(pair).map(|f| f.verdict), Some(was.verdict), "{pair:?}");
    }
    for check in ["aws-owned-key", "deletion-protection-off", "key-disabled"] {
        let of = less.iter().find(|f| f.check == check && f.subject.table.as_deref() == Some("table-07"));
        assert_eq!(of.map(|f| f.verdict), Some(Verdict::Unknown), "{check}");
    }
}

#[tokio::test]
async fn what_two_refused_calls_would_tell_is_neither_passed_nor_failed() {
    let account = fifty().await;
    let (_, whole) = audit(&account, None).await;
    let calls = ["dynamodb:DescribeContinuousBackups", "dynamodb:GetResourcePolicy"];
    calls.iter().for_each(|call| account.deny(call, ""));
    let (_, less) = audit(&account, None).await;
    never_lies(&whole, &less, &calls);
    for check in ["point-in-time-recovery-off", "public-table-policy"] {
        let unknown = less.iter().filter(|f| f.check == check && f.verdict == Verdict::Unknown);
        assert_eq!(unknown.count(), 50, "{check}");
    }
}

#[tokio::test]
async fn without_a_list_of_tables_nothing_is_said_of_any_even_of_one_that_is_named() {
    let account = fifty().await;
    account.deny("dynamodb:ListTables", "");
    for table in [None, Some("table-07")] {
        let (snapshot, findings) = audit(&account, table).await;
        assert!(snapshot.is_blind());
        let said = |f: &&Finding| f.subject.table.is_some() && f.verdict != Verdict::Unknown;
        assert_eq!(findings.iter().filter(said).count(), 0, "{table:?}");
        assert!(findings.iter().any(|f| f.check == "aws-owned-key" && f.verdict == Verdict::Unknown));
    }
}
