//! Throttling, failures, cut-short answers, tables that vanish, Regions that are off, accounts out of reach.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider, future};
use dynaudit::collect::calls::{CALLS, Call};
use dynaudit::collect::{Error, Halt, collect};
use dynaudit::snapshot::{Seen, Snapshot, Why};
use tokio::sync::watch;

use crate::account::answer;
use crate::fake::{Asked, Fake, Reply, error, plan};

fn reasons(snapshot: &Snapshot) -> Vec<Why> {
    let mut all: Vec<Why> = snapshot.gaps.values().map(|g| g.why).filter(|w| *w != Why::NotAsked).collect();
    all.sort();
    all.dedup();
    all
}

/// A snapshot with the costs of `whole`, where those of its own samples hold more than that: answers to Scan were lost.
fn but_for_cost(mut snapshot: Snapshot, whole: &Snapshot) -> Snapshot {
    let mut lost = 0;
    for (mine, told) in snapshot.accounts[0].tables.iter_mut().zip(&whole.accounts[0].tables) {
        if let (Seen::Value(mine), Some(told)) = (&mut mine.sample, told.sample.value()) {
            assert!(mine.rcu_consumed >= told.rcu_consumed && mine.requests >= told.requests);
            if mine.requests > told.requests {
                assert!(mine.rcu_consumed > told.rcu_consumed && mine.rcu_estimated);
                lost += 1;
            }
            (mine.rcu_consumed, mine.requests) = (told.rcu_consumed, told.requests);
            mine.rcu_estimated = told.rcu_estimated;
        }
    }
    assert!(lost > 0);
    snapshot
}

/// The first `times` requests of an operation go wrong, the others are answered.
fn at_first(operation: &'static str, times: usize, wrong: fn(&Asked) -> Reply) -> Fake {
    let count = AtomicUsize::new(0);
    Fake::new(move |asked| {
        let bad = asked.operation == operation && count.fetch_add(1, Ordering::Relaxed) < times;
        if bad { wrong(asked) } else { answer(asked) }
    })
}

fn throttled(asked: &Asked) -> Reply {
    error(asked, "ThrottlingException")
}

fn too_many(_: &Asked) -> Reply {
    Reply::Http(429, "<html>slow down</html>".into())
}

fn broken(_: &Asked) -> Reply {
    Reply::Http(503, "<html>oops</html>".into())
}

fn cut_short(asked: &Asked) -> Reply {
    match answer(asked) {
        Reply::Http(status, body) => Reply::Http(status, body[..body.len() / 2].to_owned()),
        down => down,
    }
}

fn nothing(_: &Asked) -> Reply {
    Reply::Http(200, String::new())
}

fn hollow(_: &Asked) -> Reply {
    Reply::Http(200, "{}".into())
}

fn somebody_else(_: &Asked) -> Reply {
    Reply::Http(200, "<html><body>Please sign in</body></html>".into())
}

#[tokio::test]
async fn throttling_that_ends_leaves_no_trace() {
    let whole = Fake::new(answer).snapshot().await;
    for call in CALLS {
        for wrong in [throttled, too_many] {
            let snapshot = at_first(call.operation, 1, wrong).snapshot().await;
            assert_eq!(snapshot, whole, "{}", call.name());
        }
    }
}

#[tokio::test]
async fn a_connection_that_ends_before_an_answer_is_made_again() {
    let whole = Fake::new(answer).snapshot().await;
    for wrong in [Reply::Down, Reply::Closed] {
        for operation in ["ListTables", "DescribeTable", "Scan", "DescribeClusters"] {
            let fake = {
                let (count, wrong) = (AtomicUsize::new(0), wrong.clone());
                Fake::new(move |asked| match asked.operation == operation {
                    true if count.fetch_add(1, Ordering::Relaxed) < 2 => wrong.clone(),
                    _ => answer(asked),
                })
            };
            let snapshot = fake.snapshot().await;
            match (operation, &wrong) {
                ("Scan", Reply::Closed) => assert_eq!(but_for_cost(snapshot, &whole), whole, "{operation}"),
                _ => assert_eq!(snapshot, whole, "{operation}"),
            }
        }
    }
}

#[tokio::test]
async fn throttling_and_failures_without_end_are_gaps() {
    for (wrong, why) in [
        (throttled as fn(&Asked) -> Reply, Why::Throttled),
        (too_many, Why::Throttled),
        (broken, Why::Failed),
    ] {
        for operation in
            ["DescribeTable", "ListBackups", "GetKeyPolicy", "GetAccountAuthorizationDetails", "Scan"]
        {
            let snapshot = at_first(operation, usize::MAX, wrong).snapshot().await;
            assert_eq!(reasons(&snapshot), [why], "{operation}");
        }
    }
}

#[tokio::test]
async fn a_busy_table_is_asked_few_times() {
    let fake = at_first("Scan", usize::MAX, |asked| error(asked, "ProvisionedThroughputExceededException"));
    fake.snapshot().await;
    assert_eq!(fake.asked("Scan"), 2 * 3, "two tables, three requests each");
}

/// Why something is missing where one call is always answered so.
async fn without(call: &Call, wrong: fn(&Asked) -> Reply) {
    let snapshot = at_first(call.operation, usize::MAX, wrong).snapshot().await;
    // What the list of tags would have told is asked of each table.
    let expected: &[Why] = if call.operation == "GetResources" { &[] } else { &[Why::Malformed] };
    assert_eq!(reasons(&snapshot), expected, "{}", call.name());
}

#[tokio::test]
async fn an_answer_cut_short_is_asked_for_once_more() {
    let whole = Fake::new(answer).snapshot().await;
    for call in CALLS {
        let mut snapshot = at_first(call.operation, 1, cut_short).snapshot().await;
        if call.operation == "Scan" {
            snapshot = but_for_cost(snapshot, &whole);
        }
        assert_eq!(snapshot, whole, "{}", call.name());
        without(call, cut_short).await;
    }
}

#[tokio::test]
async fn an_answer_that_tells_nothing_is_none() {
    for call in CALLS {
        // What integrations there are may be left out where there are none.
        if call.service != "glue" {
            without(call, hollow).await;
        }
        without(call, nothing).await;
    }
}

#[tokio::test]
async fn what_somebody_else_answers_is_none() {
    for call in CALLS {
        without(call, somebody_else).await;
    }
}

#[tokio::test]
async fn a_policy_that_is_no_json_is_malformed() {
    let fake = Fake::new(|asked| match answer(asked) {
        Reply::Http(status, body) => {
            Reply::Http(status, body.replace("{\\\"Statement\\\":[]}", "{\\\"Statement\\\":"))
        }
        down => down,
    });
    let snapshot = fake.snapshot().await;
    let account = &snapshot.accounts[0];
    assert!(account.tables[0].policy.gap().is_some() && account.keys[0].policy.gap().is_some());
    assert_eq!(reasons(&snapshot), [Why::Malformed]);
}

#[tokio::test]
async fn a_table_that_vanishes_is_one_gap() {
    let fake = at_first("DescribeTable", usize::MAX, |asked| error(asked, "ResourceNotFoundException"));
    let snapshot = fake.snapshot().await;
    assert_eq!(reasons(&snapshot), [Why::Gone]);
    assert_eq!(snapshot.gaps.len(), 2, "one for each table");
    assert_eq!(fake.asked("DescribeTimeToLive"), 0);

    // It may also vanish between two questions.
    let later = at_first("ListTagsOfResource", usize::MAX, |asked| error(asked, "ResourceNotFoundException"));
    let snapshot = later.snapshot().await;
    assert!(snapshot.accounts[0].tables[0].description.value().is_some());
    assert_eq!(reasons(&snapshot), [Why::Gone]);
}

#[tokio::test]
async fn a_description_of_another_table_is_none() {
    for (old, new) in [("table/orders\"", "table/plain\""), (":123456789012:table", ":999999999999:table")] {
        let fake = Fake::new(move |asked| match answer(asked) {
            Reply::Http(status, body) if asked.operation == "DescribeTable" => {
                Reply::Http(status, body.replace(old, new))
            }
            reply => reply,
        });
        let snapshot = fake.snapshot().await;
        let orders = &snapshot.accounts[0].tables[0];
        assert!(orders.name == "orders" && orders.description.gap().is_some(), "{new}");
        assert_eq!(reasons(&snapshot), [Why::Malformed]);
    }
}

#[tokio::test]
async fn a_region_that_is_off_is_one_gap_and_is_left_alone() {
    let fake = Fake::new(|asked| match (asked.region.as_str(), asked.service.as_str()) {
        ("us-east-1", "dynamodb") => error(asked, "UnrecognizedClientException"),
        _ => answer(asked),
    });
    let snapshot = fake.snapshot().await;
    assert_eq!(reasons(&snapshot), [Why::RegionDisabled]);
    assert_eq!(fake.log().iter().filter(|a| a.region == "us-east-1" && a.service == "dynamodb").count(), 1);
    assert_eq!(snapshot.accounts[0].tables.len(), 1);
    let off = &snapshot.accounts[0].regions[1];
    assert!(off.tables.gap.is_some() && off.orphan_backups.gap == off.tables.gap);
}

#[tokio::test]
async fn credentials_that_are_not_accepted_end_the_run() {
    for code in ["ExpiredToken", "InvalidClientTokenId", "SignatureDoesNotMatch"] {
        let fake = Fake::new(move |asked| error(asked, code));
        assert!(matches!(fake.run(plan()).await, Err(Error::BadCredentials(said)) if said.contains(code)));
        assert_eq!(fake.log().len(), 1, "nothing else was asked");
    }
}

#[tokio::test]
async fn an_account_out_of_reach_ends_the_run() {
    let fake = Fake::new(|_| Reply::Down);
    assert!(matches!(fake.run(plan()).await, Err(Error::Unreachable(_))));
}

/// A chain of providers that found nothing.
#[derive(Debug)]
struct Nothing;

impl ProvideCredentials for Nothing {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::ready(Err(CredentialsError::not_loaded("nothing configured")))
    }
}

#[tokio::test]
async fn credentials_that_are_missing_end_the_run() {
    let fake = Fake::new(answer);
    let sdk = fake.sdk().into_builder().credentials_provider(SharedCredentialsProvider::new(Nothing)).build();
    let (_keep, stop) = watch::channel(Halt::Go);
    let error = collect(&sdk, plan(), Arc::new(()), stop).await.unwrap_err();
    assert_eq!(error, Error::NoCredentials);
    assert!(fake.log().is_empty() && error.to_string().contains("--profile"));
}

#[tokio::test]
async fn a_job_that_never_ends_is_a_gap_and_is_not_asked_for_ever() {
    let fake = Fake::new(|asked| match asked.operation.as_str() {
        "GenerateCredentialReport" => Reply::Http(
            200,
            "<GenerateCredentialReportResponse><GenerateCredentialReportResult><State>INPROGRESS</State>\
            </GenerateCredentialReportResult></GenerateCredentialReportResponse>"
                .into(),
        ),
        _ => answer(asked),
    });
    let snapshot = fake.snapshot().await;
    let gaps: Vec<_> = snapshot.gaps.values().map(|gap| (gap.call.as_str(), gap.why)).collect();
    assert_eq!(gaps, [("iam:GenerateCredentialReport", Why::Failed)]);
    assert!(fake.asked("GenerateCredentialReport") < 30, "{}", fake.asked("GenerateCredentialReport"));
}
