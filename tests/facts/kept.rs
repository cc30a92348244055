//! How a table is kept beside its replicas, its source and the keys it lies under; what exports and imports left in S3.

use dynaudit::{
    facts::{build::build_with, sensitivity::Rules},
    finding::SubjectKind::{Export, Import, Key, Replica, Table, Use},
    snapshot::{
        Bucket, Listed, Seen, Snapshot, services,
        table::{ContinuousBackups, Restore, TimeToLive},
    },
};
use serde_json::{Value as Json, json};

use super::{nodes, only};
use crate::support::{
    ACCOUNT, REGION, add_table,
    build::{OTHER, backup, day, deny, described, encrypt, export, key_arn, replica, sse, table},
    with_table,
};

/// A table and its replica in another Region, both looked at; the first has everything.
fn global() -> Snapshot {
    let mut snapshot = with_table("sessions");
    add_table(&mut snapshot, "twin");
    let twin = &mut snapshot.accounts[0].tables[1];
    twin.name = "sessions".into();
    twin.region = "us-east-1".into();
    twin.arn = format!("arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/sessions");
    described(&mut snapshot).replicas = vec![replica("us-east-1", None)];
    described(&mut snapshot).deletion_protection = true;
    table(&mut snapshot).continuous_backups =
        Seen::Value(ContinuousBackups { enabled: true, days: Some(35), ..ContinuousBackups::default() });
    snapshot
}

#[test]
fn a_replica_is_held_against_its_table() {
    let mut snapshot = global();
    assert_eq!(only(&snapshot, Replica)["differs_in"], json!(["recovery", "deletion protection"]));
    let gap = deny(&mut snapshot, "dynamodb:DescribeContinuousBackups", "t");
    snapshot.accounts[0].tables[1].continuous_backups = Seen::Gap(gap.clone());
    let facts = only(&snapshot, Replica);
    assert_eq!(
        facts["differences"],
        json!({ "$partial": [{ "setting": "deletion protection" }], "$unknown": gap })
    );
    // Policies differ by more than the Region that they name.
    let mut snapshot = global();
    let policy =
        |region: &str| format!("{{\"Resource\":\"arn:aws:dynamodb:{region}:{ACCOUNT}:table/sessions\"}}");
    table(&mut snapshot).policy = Seen::Value(Some(policy(REGION)));
    snapshot.accounts[0].tables[1].policy = Seen::Value(Some(policy("us-east-1")));
    assert_eq!(only(&snapshot, Replica)["differs_in"].as_array().unwrap().len(), 2);
    snapshot.accounts[0].tables[1].policy = Seen::Value(None);
    assert_eq!(only(&snapshot, Replica)["differs_in"].as_array().unwrap().len(), 3);
}

#[test]
fn a_list_of_regions_leaves_others_out() {
    let snapshot = global();
    for (regions, outside) in [(&[][..], false), (&["eu-*"][..], true), (&["eu-*", "us-east-1"][..], false)] {
        let regions = regions.iter().map(|region| (*region).to_owned()).collect();
        let facts = build_with(&snapshot, &Rules { regions, ..Rules::default() });
        let tables = facts.roots[0].children.iter().filter(|node| node.subject.kind == Table);
        let replicas = tables.flat_map(|table| &table.children).filter(|node| node.subject.kind == Replica);
        let found: Vec<&Json> = replicas.map(|node| &node.facts["outside_allowed_regions"]).collect();
        assert_eq!(found, [&json!(outside)]);
    }
}

#[test]
fn a_restored_table_is_held_against_its_source() {
    let mut snapshot = with_table("sessions");
    add_table(&mut snapshot, "orders");
    let source = snapshot.accounts[0].tables[1].arn.clone();
    let restore = |source: &str| Restore {
        backup_arn: None,
        table_arn: Some(source.to_owned()),
        at: None,
        in_progress: false,
    };
    described(&mut snapshot).restore = Some(restore(&source));
    let lost = |snapshot: &Snapshot| nodes(snapshot, Table)[0].facts["restored"]["lost_guards"].clone();
    snapshot.accounts[0].tables[1].time_to_live =
        Seen::Value(TimeToLive { status: "ENABLED".into(), attribute: Some("ttl".into()) });
    assert_eq!(lost(&snapshot), json!(["time to live"]));
    described(&mut snapshot).restore = Some(restore("arn:aws:dynamodb:eu-west-1:111122223333:table/gone"));
    assert_eq!(lost(&snapshot), json!([]));
}

#[test]
fn a_history_is_as_long_as_it_reaches_back() {
    let mut snapshot = with_table("sessions");
    let earliest = Some(day(&snapshot, -4));
    table(&mut snapshot).continuous_backups =
        Seen::Value(ContinuousBackups { enabled: true, days: Some(35), earliest, latest: None });
    assert_eq!(only(&snapshot, Table)["pitr"]["history_days"], 4);
}

#[test]
fn a_key_has_a_row_for_each_table_replica_and_lot_of_backups_under_it() {
    let mut snapshot = with_table("sessions");
    let arn = encrypt(&mut snapshot, "CUSTOMER");
    described(&mut snapshot).replicas = vec![replica("us-east-1", Some(&arn))];
    let kept = |name: &str| {
        let mut one = backup(name, None);
        one.encryption = Seen::Value(Some(sse(&key_arn("k1"))));
        one
    };
    table(&mut snapshot).backups = Listed::whole(vec![kept("a"), kept("b")]);
    let rows: Vec<(Json, Json, Json)> = nodes(&snapshot, Use)
        .into_iter()
        .map(|node| (node.facts["place"].clone(), node.facts["region"].clone(), node.facts["count"].clone()))
        .collect();
    let row = |place: &str, region: &str, count: i64| (json!(place), json!(region), json!(count));
    let expected = [row("table", REGION, 1), row("backups", REGION, 2), row("replica", "us-east-1", 1)];
    assert_eq!(rows, expected);
    let key = &nodes(&snapshot, Key)[0];
    assert_eq!(key.subject.tables.as_ref().unwrap().count, 2);
    assert_eq!(key.evidence["tables"], json!([format!("{REGION}/sessions"), "us-east-1/sessions"]));
}

fn bucket(blocked: bool) -> Bucket {
    Bucket {
        name: "lake".into(),
        gone: false,
        public: Seen::Value(false),
        blocked: Seen::Value(blocked),
        kms: Seen::Value(true),
        files: [("moved/".to_owned(), Seen::Value(true)), ("AWSDynamoDB/1/".to_owned(), Seen::Value(false))]
            .into(),
    }
}

#[test]
fn the_account_blocks_for_its_own_buckets_and_for_no_others() {
    for (own, account, owner, blocked) in [
        (true, false, None, json!(true)),
        (false, true, None, json!(true)),
        (false, false, None, json!(false)),
        (false, true, Some(OTHER), json!(false)),
    ] {
        let mut snapshot = with_table("sessions");
        snapshot.accounts[0].buckets = vec![bucket(own)];
        snapshot.accounts[0].public_access_blocked = Seen::Value(account);
        let mut one = export("1", "KMS");
        let Seen::Value(details) = &mut one.details else { panic!() };
        details.bucket_owner = owner.map(str::to_owned);
        table(&mut snapshot).exports = Listed::whole(vec![one]);
        let facts = only(&snapshot, Export);
        assert_eq!(facts["bucket_blocked"], blocked);
        assert_eq!(facts["emptied"], true);
    }
}

#[test]
fn an_import_knows_whether_its_files_are_left() {
    let mut snapshot = with_table("sessions");
    let arn = table(&mut snapshot).arn.clone();
    let import = services::Import {
        arn: format!("{arn}/import/1"),
        status: "COMPLETED".into(),
        table_arn: arn,
        bucket: Some("lake".into()),
        prefix: Some("moved/".into()),
        ..services::Import::default()
    };
    snapshot.accounts[0].regions[0].services.imports = Listed::whole(vec![import]);
    snapshot.accounts[0].buckets = vec![bucket(false)];
    assert_eq!(only(&snapshot, Import)["files"], true);
    snapshot.accounts[0].buckets[0].gone = true;
    assert_eq!(only(&snapshot, Import)["files"], json!(null));
}
