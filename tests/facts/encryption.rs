//! Whose key encrypts a table or a replica, and how long a lost key leaves it.

use dynaudit::{
    finding::SubjectKind::{Replica, Table},
    snapshot::{Seen, Snapshot, table::Encryption},
};
use serde_json::{Value as Json, json};

use super::{hidden_by, nodes, only};
use crate::support::{
    ACCOUNT, REGION, add_table,
    build::{OTHER, day, deny, described, encrypt, key, key_arn, replica, sse},
    deny_description, with_table,
};

fn owner(snapshot: &Snapshot) -> Json {
    only(snapshot, Table)["encryption"]["owner"].clone()
}

#[test]
fn without_a_description_of_encryption_the_key_is_dynamodbs_own() {
    let mut snapshot = with_table("sessions");
    assert_eq!(owner(&snapshot), "aws-owned");
    assert_eq!(only(&snapshot, Table)["encryption"]["key"], Json::Null);
    described(&mut snapshot).encryption = Some(Encryption { status: "DISABLED".into(), ..sse("x") });
    assert_eq!(owner(&snapshot), "aws-owned");
}

#[test]
fn the_keys_manager_decides() {
    for (manager, expected) in [("CUSTOMER", "customer"), ("AWS", "aws-managed")] {
        let mut snapshot = with_table("sessions");
        let arn = encrypt(&mut snapshot, manager);
        assert_eq!(owner(&snapshot), expected);
        assert_eq!(only(&snapshot, Table)["encryption"]["key"]["arn"], arn);
    }
}

#[test]
fn an_alias_and_a_foreign_account_decide_without_describe_key() {
    let mut snapshot = with_table("sessions");
    let alias = format!("arn:aws:kms:{REGION}:{ACCOUNT}:alias/aws/dynamodb");
    described(&mut snapshot).encryption = Some(sse(&alias));
    assert_eq!(owner(&snapshot), "aws-managed");
    let foreign = format!("arn:aws:kms:{REGION}:{OTHER}:key/k9");
    described(&mut snapshot).encryption = Some(sse(&foreign));
    assert_eq!(owner(&snapshot), "customer");
}

#[test]
fn what_does_not_tell_the_owner_is_unknown_and_names_the_call() {
    let mut snapshot = with_table("sessions");
    let arn = encrypt(&mut snapshot, "CUSTOMER");
    let id = deny(&mut snapshot, "kms:DescribeKey", &arn);
    snapshot.accounts[0].keys[0].description = Seen::Gap(id.clone());
    assert_eq!(owner(&snapshot), json!({ "$unknown": id }));
    assert_eq!(hidden_by(&snapshot, &owner(&snapshot)).unwrap(), "kms:DescribeKey");
    // A key that nobody asked about, and a block that names none.
    snapshot.accounts[0].keys.clear();
    assert_eq!(hidden_by(&snapshot, &owner(&snapshot)).unwrap(), "kms:DescribeKey");
    described(&mut snapshot).encryption = Some(Encryption { key_arn: None, ..sse("") });
    assert_eq!(hidden_by(&snapshot, &owner(&snapshot)).unwrap(), "kms:DescribeKey");
    deny_description(&mut snapshot);
    assert_eq!(hidden_by(&snapshot, &owner(&snapshot)).unwrap(), "dynamodb:DescribeTable");
}

#[test]
fn a_lost_key_counts_down_to_the_archive() {
    let mut snapshot = with_table("sessions");
    assert_eq!(only(&snapshot, Table)["encryption"]["archive_in_days"], Json::Null);
    for (days, left) in [(0, 7), (-2, 5), (-7, 0), (-9, -2)] {
        let since = day(&snapshot, days);
        described(&mut snapshot).encryption =
            Some(Encryption { inaccessible_since: Some(since), ..sse(&key_arn("k1")) });
        let facts = only(&snapshot, Table);
        assert_eq!(facts["encryption"]["archive_in_days"], left);
        assert_eq!(facts["encryption"]["inaccessible"], true);
    }
    described(&mut snapshot).encryption = None;
    described(&mut snapshot).status = "INACCESSIBLE_ENCRYPTION_CREDENTIALS".into();
    assert_eq!(only(&snapshot, Table)["encryption"]["inaccessible"], true);
}

/// A table under a customer's key with one replica.
fn global(key_of_replica: Option<&str>) -> Snapshot {
    let mut snapshot = with_table("sessions");
    encrypt(&mut snapshot, "CUSTOMER");
    described(&mut snapshot).replicas = vec![replica(REGION, None), replica("us-east-1", key_of_replica)];
    snapshot
}

#[test]
fn a_replica_without_a_key_is_weaker_than_a_customers_though_its_owner_is_unknown() {
    let snapshot = global(None);
    // The own Region's entry is no replica: one node is left.
    let facts = only(&snapshot, Replica);
    assert_eq!((&facts["region"], &facts["weaker"]), (&json!("us-east-1"), &json!(true)));
    assert_eq!(hidden_by(&snapshot, &facts["key_owner"]).unwrap(), "dynamodb:DescribeTable");
}

#[test]
fn a_named_key_of_a_replica_is_as_good_or_as_unknown_as_describe_key_says() {
    let arn = format!("arn:aws:kms:us-east-1:{ACCOUNT}:key/k2");
    let mut snapshot = global(Some(&arn));
    snapshot.accounts[0].keys.push(key(&arn, "CUSTOMER"));
    let facts = only(&snapshot, Replica);
    assert_eq!((&facts["key_owner"], &facts["weaker"]), (&json!("customer"), &json!(false)));
    let id = deny(&mut snapshot, "kms:DescribeKey", &arn);
    snapshot.accounts[0].keys[1].description = Seen::Gap(id.clone());
    assert_eq!(only(&snapshot, Replica)["weaker"], json!({ "$unknown": id }));
}

#[test]
fn the_table_of_the_replicas_region_tells_where_no_key_is_named() {
    let mut snapshot = global(None);
    snapshot.accounts[0].keys.push(key("arn:aws:kms:us-east-1:111122223333:key/aws", "AWS"));
    add_table(&mut snapshot, "sessions");
    let account = &mut snapshot.accounts[0];
    let twin = &mut account.tables[1];
    twin.region = "us-east-1".into();
    twin.arn = twin.arn.replace(REGION, "us-east-1");
    let Seen::Value(description) = &mut twin.description else { panic!() };
    description.encryption = Some(sse("arn:aws:kms:us-east-1:111122223333:key/aws"));
    let facts = only(&snapshot, Replica);
    assert_eq!((&facts["key_owner"], &facts["weaker"]), (&json!("aws-managed"), &json!(true)));
}

#[test]
fn nothing_is_weaker_than_dynamodbs_own_key() {
    let mut snapshot = global(None);
    described(&mut snapshot).encryption = None;
    assert_eq!(only(&snapshot, Replica)["weaker"], false);
    assert!(nodes(&with_table("sessions"), Replica).is_empty());
}
