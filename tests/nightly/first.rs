//! The first table of a Region: what was not asked while it had none is neither resolved nor news of its own.

use dynaudit::snapshot::{Listed, Services, Snapshot, Why};
use serde_json::Value;

use super::support::{gap, nothing_there};
use super::{company, next_day, night};

/// The company's account with a second Region that has no tables.
fn with_empty_region(services: Services) -> Snapshot {
    let mut snapshot = company();
    snapshot.scope.regions.push("us-east-1".into());
    let account = &mut snapshot.accounts[0];
    let mut region = account.regions[0].clone();
    region.name = "us-east-1".into();
    region.tables = Listed::default();
    region.services = services;
    account.regions.push(region);
    snapshot
}

/// As a run leaves it that does not ask such a Region what tells of tables alone.
fn spared() -> Snapshot {
    let gap = gap("cloudtrail:DescribeTrails", "Regions without tables", Why::NotAsked);
    let mut services = Services::unseen(&gap.id());
    services.vaults = Listed::default();
    services.clusters = Listed::default();
    services.endpoints = Listed::default();
    services.identity_pools = Listed::default();
    let mut snapshot = with_empty_region(services);
    snapshot.gaps.insert(gap.id(), gap);
    snapshot
}

/// The night after, with a table there.
fn with_first_table(snapshot: &Snapshot) -> Snapshot {
    let mut after = next_day(snapshot);
    let account = &mut after.accounts[0];
    let mut table = account.tables[0].clone();
    table.arn = table.arn.replace("eu-west-1", "us-east-1");
    table.region = "us-east-1".into();
    account.regions[1].tables.items.push(table.name.clone());
    account.regions[1].services = nothing_there();
    account.tables.push(table);
    after
}

/// What a night tells: its findings with their states, what was resolved and what could not be assessed, its gaps.
fn told(dir: &std::path::Path, snapshot: &Snapshot) -> Vec<String> {
    let (code, report, said) = night(dir, snapshot, &["--verdicts", "all"]);
    let report: Value = serde_json::from_str(&report).unwrap_or_else(|_| panic!("{said}"));
    let rows = |list: &Value| {
        let row =
            |one: &Value| format!("{} {} {} {}", one["check"], one["verdict"], one["state"], one["subject"]);
        list.as_array().unwrap().iter().map(row).collect::<Vec<_>>()
    };
    let triage = &report["triage"];
    let parts = [&report["findings"], &triage["resolved"], &triage["not_assessed"]].map(rows);
    let mut told = parts.concat();
    told.push(format!("{code} {} {}", report["gaps"], triage["new_gaps"]));
    told
}

#[test]
fn a_first_table_is_told_as_if_its_region_had_been_asked_all_along() {
    let nights = |before: &Snapshot| {
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path();
        let after = with_first_table(before);
        [before, &next_day(before), &after, &next_day(&after), &next_day(before)]
            .map(|night| told(dir, night))
    };
    let (asked, spared) = (nights(&with_empty_region(nothing_there())), nights(&spared()));
    for (asked, spared) in asked.iter().zip(&spared) {
        assert_eq!(asked, spared);
    }
    let new = |night: &[String]| night.iter().filter(|row| row.contains("\"new\"")).count();
    assert!(new(&spared[0]) > 0 && new(&spared[1]) == 0 && new(&spared[2]) > 0 && new(&spared[3]) == 0);
}

#[test]
fn an_account_does_not_differ_by_what_its_empty_regions_were_asked() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let save =
        |snapshot: &Snapshot, name: &str| dynaudit::snapshot::file::save(snapshot, &dir.join(name)).unwrap();
    save(&with_empty_region(nothing_there()), "asked.json");
    save(&next_day(&spared()), "spared.json");
    save(&next_day(&next_day(&with_first_table(&spared()))), "first.json");
    let diff = |old: &str, new: &str| {
        let (_, told, said) = super::dynaudit(dir, &["diff", old, new, "--format", "json"]);
        let told: Value = serde_json::from_str(&told).unwrap_or_else(|_| panic!("{said}"));
        let row = |one: &Value| format!("{} {}", one["state"], one["subject"]["kind"]).replace('"', "");
        told["subjects"].as_array().unwrap().iter().map(row).collect::<Vec<_>>()
    };
    assert_eq!(diff("asked.json", "spared.json"), ["not-seen-now account"]);
    assert_eq!(diff("spared.json", "asked.json"), ["not-seen-then account"]);
    let first = diff("spared.json", "first.json");
    assert!(
        first.contains(&"new table".to_owned()) && first.contains(&"changed account".to_owned()),
        "{first:?}"
    );
    assert!(!first.iter().any(|row| row.starts_with("not-seen") || row.starts_with("gone")), "{first:?}");
}
