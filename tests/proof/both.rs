//! Two calls refused: what both hide says so of each, so that the mending of one does not look like all that is to mend.

use dynaudit::collect::calls::CALLS;
use tokio::task::JoinSet;

use crate::denied::{denied, refused};
use crate::promise::breaches;

/// Of the calls refused first every how manieth is taken, and every how manieth is refused beside it. `PROOF_PAIRS=all`
/// takes them all, which is for a release build.
const SOME: (usize, usize) = (31, 11);

/// What is wrong where each of `others` is refused beside `first`, held against `first` refused alone.
async fn beside(first: String, others: Vec<String>) -> Vec<String> {
    let (_, _, base) = refused(&[(&first, "")]).await;
    let mut wrong = Vec::new();
    for other in others.iter().filter(|other| **other != first) {
        let (_, _, less) = refused(&[(&first, ""), (other, "")]).await;
        let found = breaches(&denied(other), &base, &less).into_iter();
        wrong.extend(found.map(|w| format!("{first}, then {other}: {w}")));
    }
    wrong
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_calls_refused_each_is_named() {
    let all = std::env::var("PROOF_PAIRS").is_ok_and(|which| which == "all");
    let (firsts, seconds) = if all { (1, 1) } else { SOME };
    let every = |step: usize, offset: usize| CALLS.iter().skip(offset).step_by(step).map(|call| call.name());
    let mut runs = JoinSet::new();
    // Clusters and tables' policies hide the ways through a cache together.
    let told = ["dax:DescribeClusters".to_owned()].into_iter().filter(|_| !all);
    for first in every(firsts, 3 % firsts).chain(told) {
        let policies = ["dynamodb:GetResourcePolicy".to_owned()].into_iter().filter(|_| !all);
        runs.spawn(beside(first, every(seconds, 0).chain(policies).collect()));
    }
    let mut wrong = Vec::new();
    while let Some(found) = runs.join_next().await {
        wrong.extend(found.unwrap());
    }
    wrong.sort_unstable();
    assert!(wrong.is_empty(), "{} breaches:\n{}", wrong.len(), wrong.join("\n"));
}
