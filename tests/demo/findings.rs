//! What the audit finds in the company's account: each planted fault, with the line that proves it.

use std::sync::Arc;

use dynaudit::check::{Library, judge};
use dynaudit::collect::{Halt, Plan, Regions, Sampling, collect};
use dynaudit::demo::{Embedded, REGIONS};
use dynaudit::detect::DigestKey;
use dynaudit::facts::build::build;
use dynaudit::finding::{Finding, Verdict};
use dynaudit::snapshot::{Snapshot, Topic};
use tokio::sync::{OnceCell, watch};

use super::seeded;

async fn run() -> &'static (Snapshot, Vec<Finding>) {
    static RUN: OnceCell<(Snapshot, Vec<Finding>)> = OnceCell::const_new();
    RUN.get_or_init(|| async { audit(seeded().await, None).await }).await
}

/// What an audit of the tables that fit `table` sees and finds.
pub(crate) async fn audit(account: &Embedded, table: Option<&str>) -> (Snapshot, Vec<Finding>) {
    let (_go, stop) = watch::channel(Halt::Go);
    let plan = Plan {
        regions: Regions::Given(REGIONS.map(str::to_owned).to_vec()),
        table: table.map(str::to_owned),
        sampling: Some(Sampling::default()),
        second_look: false,
        seed: 0,
        digest_key: DigestKey::from_bytes(&[7; 32]).unwrap(),
        own: Default::default(),
        concurrency: 16,
        topics: Topic::ALL.into(),
        everywhere: Default::default(),
        exports: dynaudit::collect::Exports::default(),
        kept: None,
    };
    let sdk = account.sdk_config(REGIONS[0]);
    let snapshot = collect(&sdk, plan, Arc::new(()), stop).await.unwrap();
    let facts = build(&snapshot);
    let mut gaps = snapshot.gaps.clone();
    gaps.extend(facts.gaps.clone());
    let findings = judge::judge(&Library::builtin().unwrap(), &facts, &gaps);
    (snapshot, findings)
}

/// The message of the one finding of `check` about the table or other subject that `about` names.
async fn says(check: &str, about: &str) -> String {
    let flagged = run().await.1.iter().filter(|f| f.check == check && f.verdict == Verdict::Flagged);
    let found: Vec<&Finding> = flagged.filter(|f| f.subject.arn.ends_with(about)).collect();
    assert_eq!(found.len(), 1, "{check} about {about}: {found:#?}");
    found[0].message.to_string()
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
            "expires_at is milliseconds in 126, text in 0, no time in 0 of 126 items",
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
async fn what_only_a_look_at_the_whole_shows() {
    for (check, about, line) in [
        ("no-backup-plan", "eu-west-1:111122223333:table/orders", "no plan of AWS Backup selects orders"),
        (
            "reads-not-logged",
            "table/sessions",
            "nothing records every read of sessions, in which secrets were seen",
        ),
        (
            "key-pending-deletion",
            "eu-central-1:111122223333:table/orders",
            "orders (replica in eu-central-1) becomes unreadable in 5 days",
        ),
        (
            "index-copies-tokens",
            "table/oauth_tokens/index/by_user#session.refresh_token",
            "session.refresh_token of oauth_tokens is copied into the index by_user",
        ),
        (
            "import-files-left",
            "table/api_keys",
            "api_keys was imported 60 days ago from harbourline-migration, and the files still lie there",
        ),
    ] {
        let (arn, path) = about.split_once('#').unwrap_or((about, ""));
        let flagged = run().await.1.iter().filter(|f| f.check == check && f.verdict == Verdict::Flagged);
        let found: Vec<&Finding> = flagged
            .filter(|f| f.subject.arn.split("/import/").next().is_some_and(|own| own.ends_with(arn)))
            .filter(|f| path.is_empty() || f.subject.names.get("path").is_some_and(|own| own == path))
            .collect();
        assert_eq!(found.len(), 1, "{check} about {about}: {found:#?}");
        assert!(found[0].message.starts_with(line), "{}", found[0].message);
    }
}

#[tokio::test]
async fn a_key_is_named_on_each_table_replica_and_backup_that_it_encrypts() {
    let rows: Vec<(&str, &str, &str)> = run()
        .await
        .1
        .iter()
        .filter(|f| f.check == "key-pending-deletion" && f.verdict == Verdict::Flagged)
        .map(|f| {
            let named = |name: &str| f.subject.names.get(name).map_or("", String::as_str);
            assert!(f.message.contains(named("key")), "{}", f.message);
            (f.subject.table.as_deref().unwrap(), f.subject.region.as_deref().unwrap(), named("place"))
        })
        .collect();
    assert_eq!(rows, [("orders", "eu-central-1", "replica"), ("invoices", "eu-west-1", "table")]);
}

#[tokio::test]
async fn an_old_version_of_a_policy_waits() {
    let said = says("old-version-opens-tables", "user/jonas.lind").await;
    assert!(said.contains("HarbourlineEngineers:v1"), "{said}");
}
