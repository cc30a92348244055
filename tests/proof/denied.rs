//! Each call refused in turn, then for one table, then all of them: what is not seen is said, and nothing passes for it.

use std::collections::BTreeSet;

use dynaudit::collect::calls::{CALLS, Call};
use dynaudit::demo::{self, Embedded};
use dynaudit::finding::Verdict;
use dynaudit::snapshot::{Gap, Snapshot, Why, file};
use tokio::task::JoinSet;

use crate::harness::{Assessed, demo_run, program, snapshot_of};
use crate::promise::{Cause, breaches, by_fingerprint};

/// The account with these refused, whole: snapshot and findings.
pub(crate) async fn refused(operations: &[(&str, &str)]) -> (Embedded, Snapshot, Assessed) {
    let account = demo::account().await.unwrap();
    operations.iter().for_each(|(operation, resource)| account.deny(operation, resource));
    let snapshot = snapshot_of(&account).await;
    let assessed = Assessed::of(&snapshot);
    (account, snapshot, assessed)
}

/// The exit codes of the program for this snapshot: by default, and where nothing flagged counts.
fn exits(snapshot: &Snapshot) -> (i32, i32) {
    let dir = tempfile::tempdir().unwrap();
    file::save(snapshot, &dir.path().join("s.json")).unwrap();
    let run = |args: &[&str]| program(dir.path(), &[&["assess", "s.json"], args].concat()).0;
    (run(&[]), run(&["--fail-on", "never"]))
}

fn flagged(assessed: &Assessed) -> bool {
    assessed.findings.iter().any(|f| f.verdict == Verdict::Flagged && f.severity.as_str() != "info")
}

/// The gaps of a refused call.
pub(crate) fn denied(name: &str) -> impl Fn(&Cause<'_>) -> bool {
    move |cause| cause.call == name && cause.why == Why::Denied
}

/// Refuses one call everywhere, and says what is wrong with what comes of it.
async fn refuse(call: &Call) -> Vec<String> {
    let (_, _, whole) = demo_run().await;
    let name = call.name();
    let (_, snapshot, less) = refused(&[(&name, "")]).await;
    match snapshot.calls.get(&name) {
        // What this list would have told is asked of each table.
        Some(count) if name == "tag:GetResources" => {
            assert!(count.made == count.failed && whole.findings == less.findings, "{name}");
        }
        Some(count) => {
            assert_eq!(count.made, count.failed, "{name}");
            assert!(less.gaps.values().any(|g| g.call == name && g.why == Why::Denied), "{name}: no gap");
        }
        // Asked only for policies that the list of everything leaves out, and the account has none.
        None => assert!(name.starts_with("iam:GetPolicy") && whole.findings == less.findings, "{name}"),
    }
    // Where no table could be listed there is nothing to say of tables, whatever else is flagged.
    let blind = name == "dynamodb:ListTables";
    let expected = (if flagged(&less) && !blind { 1 } else { 3 }, 3);
    assert_eq!(exits(&snapshot), expected, "{name}");
    let found = breaches(&denied(&name), whole, &less).into_iter();
    found.map(|w| format!("{name}: {w}")).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_call_refused_everywhere_only_takes_knowledge_away() {
    let mut runs: JoinSet<Vec<String>> = CALLS.iter().map(refuse).collect();
    let mut wrong = Vec::new();
    while let Some(found) = runs.join_next().await {
        wrong.extend(found.unwrap());
    }
    assert!(wrong.is_empty(), "{} breaches:\n{}", wrong.len(), wrong.join("\n"));
}

/// Refuses one call for one table: whether that touches anything, and what is wrong with what comes of it.
async fn refuse_for(call: &Call, table: &str) -> (bool, Vec<String>) {
    let (_, all, whole) = demo_run().await;
    let name = call.name();
    let (_, snapshot, less) = refused(&[(&name, &format!(":table/{table}"))]).await;
    assert_eq!(snapshot.accounts[0].tables.len(), all.accounts[0].tables.len(), "{name}");
    let new: Vec<&Gap> =
        less.gaps.iter().filter(|(id, _)| !whole.gaps.contains_key(*id)).map(|(_, gap)| gap).collect();
    assert!(new.iter().all(|gap| gap.on.0.contains(&format!(":table/{table}"))), "{name}: {new:?}");
    if new.is_empty() {
        assert_eq!(whole.findings, less.findings, "{name}");
        return (false, Vec::new());
    }
    let mut wrong = breaches(&denied(&name), whole, &less);
    let before = by_fingerprint(&whole.findings);
    for finding in less.findings.iter().filter(|f| f.subject.table.is_some()) {
        let old = before.get(finding.fingerprint.as_str());
        let same = old.is_some_and(|old| old.verdict == finding.verdict);
        if !same && finding.subject.table.as_deref() != Some(table) {
            wrong.push(format!("touches {} of {}", finding.check, finding.subject.arn));
        }
    }
    (true, wrong.into_iter().map(|w| format!("{name}: {w}")).collect())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_call_refused_for_one_table_touches_that_table_alone() {
    let mut runs = JoinSet::new();
    for call in CALLS.iter().filter(|call| call.service == "dynamodb") {
        let table = match call.operation {
            "DescribeBackup" => "catalogue",
            "DescribeExport" => "users",
            // Its tags are not in the list of tags, since it has none.
            "ListTagsOfResource" => "events",
            _ => "oauth_tokens",
        };
        runs.spawn(async move { (call.operation, refuse_for(call, table).await) });
    }
    let (mut untouched, mut wrong) = (Vec::new(), Vec::new());
    while let Some(run) = runs.join_next().await {
        let (operation, (touched, found)) = run.unwrap();
        untouched.extend((!touched).then_some(operation));
        wrong.extend(found);
    }
    assert!(wrong.is_empty(), "{} breaches:\n{}", wrong.len(), wrong.join("\n"));
    untouched.sort_unstable();
    let whole = ["ListBackups", "ListExports", "ListGlobalTables", "ListImports", "ListTables"];
    assert_eq!(untouched, whole, "these name no table");
}

#[tokio::test]
async fn everything_refused_leaves_no_clear_row_and_no_flag() {
    let all: Vec<String> = CALLS.iter().map(Call::name).collect();
    let (_, snapshot, less) = refused(&all.iter().map(|name| (name.as_str(), "")).collect::<Vec<_>>()).await;
    let sure: Vec<_> = less
        .findings
        .iter()
        .filter(|f| f.verdict != Verdict::Unknown)
        .map(|f| (&f.check, &f.subject.arn, f.verdict))
        .collect();
    assert!(sure.is_empty(), "{sure:?}");
    let unknown: BTreeSet<&str> = less.findings.iter().map(|f| f.check.as_str()).collect();
    let every: BTreeSet<&str> = less.view.checks.iter().map(|c| c.id.as_str()).collect();
    let silent: Vec<_> = every.difference(&unknown).collect();
    assert!(silent.is_empty(), "{silent:?} say nothing of what they could not look at");
    for finding in &less.findings {
        assert!(
            !finding.missing.is_empty() && finding.missing.iter().all(|m| less.gaps.contains_key(&m.gap))
        );
    }
    assert_eq!(exits(&snapshot), (3, 3));
}
