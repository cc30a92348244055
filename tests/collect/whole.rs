//! A healthy account, whole: every answer finds its place, and the same account gives the same snapshot.

use std::sync::Arc;

use dynaudit::collect::{Halt, Plan, Regions, collect};
use dynaudit::snapshot::sample::Stopped;
use dynaudit::snapshot::{FORMAT, Timestamp, Why};
use tokio::sync::watch;

use crate::account::{KEY, MANAGED, ORDERS, answer};
use crate::fake::{Fake, plan};

#[tokio::test]
async fn every_answer_finds_its_place() {
    let fake = Fake::new(answer);
    let snapshot = fake.snapshot().await;
    assert_eq!((snapshot.format, snapshot.taken.0), (FORMAT, 1_800_000_000));
    assert!(snapshot.gaps.is_empty(), "{:#?}", snapshot.gaps);
    let account = &snapshot.accounts[0];
    assert_eq!((account.id.as_str(), account.partition.as_str()), ("123456789012", "aws"));

    let table = &account.tables[0];
    assert_eq!((table.arn.as_str(), account.tables[1].name.as_str()), (ORDERS, "plain"));
    let described = table.description.value().unwrap();
    assert_eq!(described.encryption.as_ref().unwrap().key_arn.as_deref(), Some(KEY));
    assert_eq!(described.replicas[0].key_arn.as_deref(), Some("arn:aws:kms:us-west-2:123456789012:key/k-2"));
    assert_eq!(described.indexes[0].included, ["a", "b"]);
    assert_eq!(described.keys[0].kind, "S");
    assert_eq!(table.continuous_backups.value().unwrap().days, Some(35));
    assert_eq!(table.time_to_live.value().unwrap().attribute.as_deref(), Some("ttl"));
    assert_eq!(table.tags.value().unwrap()["team"], "shop");
    assert!(table.policy.value().unwrap().is_some() && table.stream_policy.value().unwrap().is_none());
    assert_eq!(table.kinesis.value().unwrap()[0].status, "ACTIVE");
    assert_eq!(table.insights.value().unwrap().rules, ["a", "b"]);
    assert_eq!(table.backups.items[0].name, "b1");
    assert_eq!(account.regions[0].orphan_backups.items[0].table, "gone");
    assert_eq!(table.exports.items[0].details.value().unwrap().bucket.as_deref(), Some("bucket"));
    let sample = table.sample.value().unwrap();
    assert_eq!((sample.items_read, sample.stopped, sample.requests), (3, Stopped::Everything, 2));
    assert_eq!((sample.rcu_consumed, sample.rcu_estimated), (1.0, false));

    let services = &account.regions[0].services;
    assert_eq!((fake.asked("ListTagsOfResource"), services.backup_opt_in.value()), (1, Some(&true)));
    let plans: Vec<&str> = services.backup_plans.items.iter().map(|plan| plan.name.as_str()).collect();
    assert_eq!(plans, ["first", "second"]);
    let criteria = services.backup_plans.items[0].selections.items[0].criteria.value().unwrap();
    assert_eq!((criteria.tags[0].key.as_str(), criteria.conditions[0].tag.key.as_str()), ("a", "env"));
    let vault = &services.vaults.items[1];
    assert_eq!((vault.locked, vault.lock_date), (true, Some(Timestamp(1_700_000_000))));
    assert!(
        vault.policy.value().unwrap().is_some() && services.vaults.items[0].policy.value().unwrap().is_none()
    );
    assert_eq!(vault.points.items[0].expires, Some(Timestamp(1_800_000_000)));

    let trail = &services.trails.items[0];
    assert_eq!((trail.logging.value(), trail.home.as_str()), (Some(&true), "eu-west-1"));
    assert_eq!(trail.selectors.value().unwrap().classic[0].tables, ["arn:aws:dynamodb"]);
    let store = services.event_stores.items[0].details.value().unwrap();
    assert_eq!(store.selectors.advanced[0][0].not_ends_with, ["x"]);
    assert_eq!(services.consumers.items.len(), 1, "queues are nobody's business");
    assert_eq!(services.kinesis_streams[0].summary.value().unwrap().retention_hours, 48);
    assert_eq!((services.clusters.items[0].zones.len(), services.recorders.items[0].recording), (2, true));
    assert_eq!(services.clusters.items[0].ttl.value().unwrap().record_millis, 60_000);
    assert_eq!(services.endpoints.items[0].policy, r#"{"a":1}"#);
    assert_eq!(services.endpoints.items[0].route_tables, ["rtb-1"]);
    assert_eq!(services.clusters.items[0].reachable_from.as_ref().unwrap().value().unwrap(), &["10.0.0.0/8"]);
    assert_eq!(
        (services.vpcs.items.len(), services.vpcs.items[0].workloads),
        (1, 1),
        "shared ones and endpoints aside"
    );
    let pool = &services.identity_pools.items[0];
    assert_eq!((pool.name.as_str(), pool.guests.value()), ("app", Some(&true)));
    assert_eq!(pool.guest_role.value().unwrap().as_deref(), Some("arn:aws:iam::123456789012:role/guest"));
    assert_eq!((services.rules.items.len(), services.rules.items[0].targets.value()), (1, Some(&1)));
    let bucket = &account.buckets[0];
    assert_eq!((bucket.public.value(), bucket.blocked.value()), (Some(&false), Some(&true)));
    let files: Vec<(&str, Option<&bool>)> =
        bucket.files.iter().map(|(prefix, seen)| (prefix.as_str(), seen.value())).collect();
    assert_eq!(files, [("AWSDynamoDB/e1/", Some(&true)), ("moved/", Some(&false))]);
    assert_eq!(account.public_access_blocked.value(), Some(&false));
    assert_eq!(services.imports.items[0].bucket.as_deref(), Some("bucket"));
    assert_eq!((services.integrations.items.len(), &*services.integrations.items[0].status), (1, "active"));
    let organization = account.guardrails.value().unwrap().as_ref().unwrap();
    assert_eq!(organization.path.as_deref(), Some("o-1/r-1/ou-1/"));
    assert_eq!((organization.scps.len(), organization.rcps.len()), (3, 0));

    let keys: Vec<&str> = account.keys.iter().map(|k| k.arn.as_str()).collect();
    assert_eq!(keys, [KEY, "arn:aws:kms:us-west-2:123456789012:key/k-2"]);
    assert!(account.keys[0].rotation.value().unwrap().as_ref().unwrap().enabled);
    assert!(account.keys[1].rotation.value().unwrap().is_none());
    assert_eq!(account.keys[0].grants.items[0].operations, ["Decrypt", "Encrypt"]);
    assert_eq!(fake.asked("GetKeyPolicy"), 2);

    let people = &account.principals;
    assert_eq!(people.users[0].inline["p"], r#"{"Statement":[]}"#);
    let local = &people.policies["arn:aws:iam::123456789012:policy/team/Local"];
    assert_eq!((local.name.as_str(), local.document.value().unwrap().as_str()), ("Local", "{}"));
    assert_eq!(local.others, Some([("v1".to_owned(), "old".to_owned())].into()));
    assert_eq!(people.policies[MANAGED].others, None, "of AWS: nobody can choose another version");
    assert_eq!(people.policies[MANAGED].document.value().unwrap(), r#"{"a":1}"#);
    assert_eq!(people.policies.len(), 2);
    let ann = "arn:aws:iam::123456789012:user/ann";
    let used = people.usage.as_ref().unwrap().value().unwrap()[ann].value().unwrap();
    assert_eq!(*used, Some(Timestamp(1_767_312_000)));
    let own = &people.credentials.as_ref().unwrap().value().unwrap()[ann];
    assert_eq!(
        (own.password, own.mfa, own.keys.as_slice()),
        (true, false, &[Some(Timestamp(1_767_225_600))][..])
    );

    assert_eq!(snapshot.calls["dynamodb:DescribeTable"].made, 2);
    assert!(
        snapshot.calls.values().all(|count| count.failed == 0),
        "no policy, no rotation: these are answers"
    );
}

#[tokio::test]
async fn no_value_of_an_item_is_in_the_snapshot() {
    let text = serde_json::to_string(&Fake::new(answer).snapshot().await).unwrap();
    assert!(!text.contains("PLAINTEXT"));
}

#[tokio::test]
async fn shuffled_answers_give_an_equal_snapshot() {
    let first = serde_json::to_string(&Fake::new(answer).snapshot().await).unwrap();
    for shuffle in 1..6 {
        let again = Fake::new(answer).shuffled(shuffle).snapshot().await;
        assert_eq!(serde_json::to_string(&again).unwrap(), first);
    }
}

#[tokio::test]
async fn a_pattern_and_no_sampling_narrow_the_run() {
    let fake = Fake::new(answer);
    let snapshot = fake.run(Plan { table: Some("ord*".into()), sampling: None, ..plan() }).await.unwrap();
    assert_eq!(snapshot.accounts[0].tables.len(), 1);
    assert_eq!(snapshot.accounts[0].regions[1].tables.items, ["plain"]);
    assert!(snapshot.accounts[0].regions[0].orphan_backups.items.is_empty());
    let gap = snapshot.accounts[0].tables[0].sample.gap().unwrap();
    assert_eq!(snapshot.gaps[gap].why, Why::NotAsked);
    assert_eq!(fake.asked("Scan"), 0);
}

#[tokio::test]
async fn all_regions_are_those_of_the_partition() {
    let snapshot = Fake::new(answer).run(Plan { regions: Regions::All, ..plan() }).await.unwrap();
    assert!(snapshot.scope.regions.len() > 30 && snapshot.scope.regions.contains(&"eu-north-1".to_owned()));
    assert!(Fake::new(answer).run(Plan { regions: Regions::Given(vec![]), ..plan() }).await.is_err());
}

#[tokio::test]
async fn an_interrupted_run_ends_and_says_what_was_not_reached() {
    for (halt, why) in [(Halt::Interrupted, Why::Interrupted), (Halt::Deadline, Why::Deadline)] {
        stopped(halt, why).await;
    }
}

async fn stopped(halt: Halt, why: Why) {
    let (stop, stopped) = watch::channel(Halt::Go);
    let stop = Arc::new(stop);
    let at_first_scan = Arc::clone(&stop);
    let fake = Fake::new(move |asked| {
        if asked.operation == "Scan" {
            at_first_scan.send_replace(halt);
        }
        answer(asked)
    });
    let snapshot = collect(&fake.sdk(), plan(), Arc::new(()), stopped).await.unwrap();
    assert!(snapshot.gaps.values().all(|gap| gap.why == why) && !snapshot.gaps.is_empty());
    assert_eq!(snapshot.accounts[0].keys.iter().filter(|k| k.description.gap().is_some()).count(), 2);
    assert_eq!(fake.asked("DescribeKey"), 0);
}
