//! A Region without tables: exactly these calls, and the verdicts that all of them would have led to.

use std::collections::{BTreeMap, BTreeSet};

use dynaudit::check::{Library, judge};
use dynaudit::collect::Plan;
use dynaudit::facts::build::build;
use dynaudit::finding::Finding;
use dynaudit::snapshot::{Snapshot, Topic, Why};
use serde_json::json;

use crate::account;
use crate::fake::{Asked, Fake, Reply, error, json, plan};

/// The Region that has no tables; the account has one in `eu-west-1`.
const EMPTY: &str = "us-east-1";

/// What every Region is asked as such.
const ASKED: [&str; 6] = [
    "cognito-identity:ListIdentityPools",
    "backup:ListBackupVaults",
    "dax:DescribeClusters",
    "dynamodb:ListBackups",
    "dynamodb:ListTables",
    "ec2:DescribeVpcEndpoints",
];

/// What only a Region with tables is asked.
const SPARED: [&str; 16] = [
    "application-autoscaling:DescribeScalableTargets",
    "backup:DescribeRegionSettings",
    "backup:ListBackupPlans",
    "cloudtrail:DescribeTrails",
    "cloudtrail:ListEventDataStores",
    "config:DescribeConfigurationRecorderStatus",
    "config:DescribeConfigurationRecorders",
    "dynamodb:ListExports",
    "dynamodb:ListGlobalTables",
    "dynamodb:ListImports",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeVpcs",
    "events:ListRules",
    "glue:DescribeInboundIntegrations",
    "lambda:ListEventSourceMappings",
    "redshift:DescribeIntegrations",
];

/// The small account without the table of its second Region.
fn one_empty(asked: &Asked) -> Reply {
    match asked.operation.as_str() {
        "ListTables" if asked.region == EMPTY => json(json!({ "TableNames": [] })),
        _ => account::answer(asked),
    }
}

/// The same, with nothing there that leads to further calls.
fn bare(asked: &Asked) -> Reply {
    match asked.operation.as_str() {
        "DescribeClusters" => json(json!({ "Clusters": [] })),
        "ListEventDataStores" => json(json!({ "EventDataStores": [] })),
        _ => one_empty(asked),
    }
}

/// Calls to the Region, each as often as it was made; those of the account as a whole, which begin there, aside.
fn calls(fake: &Fake) -> BTreeMap<String, usize> {
    let mut calls = BTreeMap::new();
    let global = ["iam", "sts", "organizations", "s3", "s3-control", "kms"];
    let there = |asked: &Asked| asked.region == EMPTY && !global.contains(&asked.service.as_str());
    for asked in fake.log().iter().filter(|asked| there(asked)) {
        *calls.entry(format!("{}:{}", asked.service, asked.operation)).or_default() += 1;
    }
    calls
}

fn once(names: &[&str]) -> BTreeMap<String, usize> {
    names.iter().map(|name| ((*name).to_owned(), 1)).collect()
}

#[tokio::test]
async fn a_region_without_tables_is_asked_six_calls_and_not_twenty_two() {
    let fake = Fake::new(bare);
    let snapshot = fake.snapshot().await;
    assert_eq!(calls(&fake), once(&ASKED));
    // Settings of a trail are asked where it was made: for the Region that has tables alone.
    assert_eq!(fake.asked("GetTrailStatus"), 1);
    let services = &snapshot.accounts[0].regions[1].services;
    assert!(
        services.vaults.is_whole() && services.identity_pools.is_whole() && services.endpoints.is_whole()
    );
    for unasked in [services.trails.gap.as_ref(), services.imports.gap.as_ref(), services.backup_opt_in.gap()]
    {
        assert_eq!(snapshot.gaps[unasked.unwrap()].why, Why::NotAsked, "no empty list where nobody asked");
    }
    assert!(
        snapshot.gaps.values().all(|gap| gap.on.0 == "Regions without tables" && !gap.message.is_empty())
    );
}

#[tokio::test]
async fn a_check_about_regions_without_tables_has_them_asked() {
    let fake = Fake::new(bare);
    let all = Plan { everywhere: Topic::ALL.into(), ..plan() };
    let snapshot = fake.run(all).await.unwrap();
    assert_eq!(calls(&fake), once(&[&ASKED[..], &SPARED].concat()));
    assert!(snapshot.gaps.is_empty(), "{:?}", snapshot.gaps);
    // A topic of these at a time.
    let fake = Fake::new(bare);
    fake.run(Plan { everywhere: [Topic::Recorders].into(), ..plan() }).await.unwrap();
    let recorders = SPARED.into_iter().filter(|call| call.starts_with("config:"));
    assert_eq!(calls(&fake), once(&ASKED.into_iter().chain(recorders).collect::<Vec<_>>()));
    // Nor is it asked what no check needs.
    let fake = Fake::new(bare);
    fake.run(Plan { topics: [Topic::Copies, Topic::Trails].into(), ..plan() }).await.unwrap();
    assert_eq!(calls(&fake), once(&["dynamodb:ListBackups", "dynamodb:ListTables"]));
}

#[tokio::test]
async fn where_tables_may_be_missing_from_the_list_everything_is_asked() {
    let wanted: BTreeSet<String> = SPARED.into_iter().map(str::to_owned).collect();
    let asked = |fake: &Fake| {
        let calls: BTreeSet<String> = calls(fake).into_keys().collect();
        wanted.difference(&calls).cloned().collect::<Vec<_>>()
    };
    let refused = Fake::new(|asked: &Asked| match asked.operation.as_str() {
        "ListTables" if asked.region == EMPTY => error(asked, "AccessDeniedException"),
        _ => bare(asked),
    });
    refused.snapshot().await;
    assert_eq!(asked(&refused), [""; 0]);
    let others = Fake::new(account::answer);
    others.run(Plan { table: Some("ord*".into()), ..plan() }).await.unwrap();
    assert_eq!(asked(&others), [""; 0]);
}

/// What is said of each subject by each check, but for the facts that are shown beside it.
fn said(snapshot: &Snapshot) -> BTreeSet<String> {
    let facts = build(snapshot);
    let mut gaps = snapshot.gaps.clone();
    gaps.extend(facts.gaps.clone());
    let findings = judge::judge(&Library::builtin().unwrap(), &facts, &gaps);
    let told = |f: &Finding| {
        assert!(f.missing.iter().all(|missing| missing.on.0 != "Regions without tables"), "{f:?}");
        format!(
            "{} {:?} {:?} {:?} {} {}",
            f.check, f.verdict, f.severity, f.subject, f.message, f.fingerprint
        )
    };
    findings.iter().map(told).collect()
}

#[tokio::test]
async fn what_is_not_asked_would_have_changed_no_verdict() {
    let spared = Fake::new(one_empty).snapshot().await;
    let whole = Fake::new(one_empty).run(Plan { everywhere: Topic::ALL.into(), ..plan() }).await.unwrap();
    assert_ne!(spared, whole);
    let (spared, whole) = (said(&spared), said(&whole));
    assert_eq!(spared, whole);
    // The Region has what some of them look at.
    for id in
        ["cache-without-tls", "endpoint-in-no-route-table", "changes-not-watched", "tables-not-in-config"]
    {
        assert!(whole.iter().any(|said| said.starts_with(id)), "{id}: {whole:#?}");
    }
}
