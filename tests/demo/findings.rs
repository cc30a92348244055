//! What the audit finds in the company's account: each planted fault, with the line that proves it.

use std::sync::Arc;

use dynaudit::check::{Library, judge};
use dynaudit::collect::{Halt, Plan, Regions, Sampling, collect};
use dynaudit::demo::REGIONS;
use dynaudit::detect::DigestKey;
use dynaudit::facts::build::build;
use dynaudit::finding::{Finding, Verdict};
use dynaudit::snapshot::{Snapshot, Topic};
use tokio::sync::{OnceCell, watch};

use super::seeded;

async fn run() -> &'static (Snapshot, Vec<Finding>) {
    static RUN: OnceCell<(Snapshot, Vec<Finding>)> = OnceCell::const_new();
    RUN.get_or_init(|| async {
        let (_go, stop) = watch::channel(Halt::Go);
        let plan = Plan {
            regions: Regions::Given(REGIONS.map(str::to_owned).to_vec()),
            table: None,
            sampling: Some(Sampling::default()),
            seed: 0,
            digest_key: DigestKey::from_bytes(&[7; 32]).unwrap(),
            own: Default::default(),
            concurrency: 16,
            topics: Topic::ALL.into(),
            exports: std::collections::BTreeMap::new(),
            kept: None,
        };
        let sdk = seeded().await.sdk_config(REGIONS[0]);
        let snapshot = collect(&sdk, plan, Arc::new(()), stop).await.unwrap();
        let facts = build(&snapshot);
        let mut gaps = snapshot.gaps.clone();
        gaps.extend(facts.gaps.clone());
        let findings = judge::judge(&Library::builtin().unwrap(), &facts, &gaps);
        (snapshot, findings)
    })
    .await
}

/// The message of the one finding of `check` about the table or other subject that `about` names.
async fn says(check: &str, about: &str) -> String {
    let flagged = run().await.1.iter().filter(|f| f.check == check && f.verdict == Verdict::Flagged);
    let found: Vec<&Finding> = flagged.filter(|f| f.subject.arn.ends_with(about)).collect();
    assert_eq!(found.len(), 1, "{check} about {about}: {found:#?}");
    found[0].message.clone()
}

#[tokio::test]
async fn what_expires_and_does_not_go() {
    for (check, about, line) in [
        (
            "expiry-without-time-to-live",
            "table/sessions",
            "time to live is off, though the items carry expires_at",
        ),
        (
            "time-to-live-on-another-attribute",
            "table/events",
            "no sampled item has ttl; they carry expires_at",
        ),
        (
            "time-to-live-cannot-read-expiry",
            "table/metrics",
            "expires_at is milliseconds in 200, text in 0, no time in 0 of 200 items",
        ),
        (
            "expiry-too-old-to-be-removed",
            "table/carts",
            "4 of 120 sampled items expired more than five years ago: nothing will remove them",
        ),
        (
            "tokens-outside-time-to-live",
            "table/oauth_tokens",
            "sampled items hold a token and lack expires_at",
        ),
        (
            "expired-items-remain",
            "table/events",
            "items of events say that they expired more than a week ago",
        ),
    ] {
        let said = says(check, about).await;
        assert!(said.ends_with(line), "{said}");
    }
}

#[tokio::test]
async fn an_old_version_of_a_policy_waits() {
    let said = says("old-version-opens-tables", "user/jonas.lind").await;
    assert!(said.contains("HarbourlineEngineers:v1"), "{said}");
}
