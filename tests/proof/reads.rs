//! An audit reads and does nothing else, and through its clients nobody can make it.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::AttributeValue;
use dynaudit::collect::calls::{CALLS, Call};
use dynaudit::collect::clients::Clients;
use dynaudit::demo;
use dynaudit::demo::Embedded;

use crate::harness::{plan, snapshot_of, snapshot_with};

#[tokio::test]
async fn a_whole_audit_asks_what_is_on_the_list_and_nothing_else() {
    let account = demo::account().await.unwrap();
    let before = account.calls();
    assert!(before.is_empty(), "the seed is no call: {before:?}");
    let snapshot = snapshot_of(&account).await;
    let asked = account.calls();
    let listed: BTreeSet<String> = CALLS.iter().map(Call::name).collect();
    let unlisted: Vec<_> = asked.keys().filter(|name| !listed.contains(*name)).collect();
    assert!(unlisted.is_empty(), "{unlisted:?}");
    let counted: BTreeSet<&String> = snapshot.calls.keys().collect();
    assert_eq!(counted, asked.keys().collect(), "the snapshot counts what was asked");
    let never: Vec<_> = listed.iter().filter(|name| !asked.contains_key(*name)).collect();
    // These are asked only for policies that the list of everything leaves out.
    assert!(never.iter().all(|name| name.starts_with("iam:GetPolicy")), "never asked: {never:?}");
}

#[tokio::test]
async fn without_sampling_no_item_is_read() {
    let account = demo::account().await.unwrap();
    let mut plan = plan();
    plan.sampling = None;
    let snapshot = snapshot_with(&account.sdk_config("eu-west-1"), plan).await;
    assert!(!account.calls().contains_key("dynamodb:Scan"), "{:?}", account.calls());
    assert!(snapshot.accounts[0].tables.iter().all(|table| table.sample.value().is_none()));
}

#[tokio::test]
async fn a_write_through_the_clients_never_reaches_the_account() {
    let account = Embedded::empty().await.unwrap();
    let clients = Clients::new(&account.sdk_config("eu-west-1"), true);
    for table in [clients.dynamodb("eu-west-1"), clients.scans("eu-west-1")] {
        let put = table.put_item().table_name("t").item("id", AttributeValue::S("x".into()));
        assert!(format!("{:?}", put.send().await.unwrap_err()).contains("Refused"));
        assert!(table.delete_table().table_name("t").send().await.is_err());
        assert!(table.delete_resource_policy().resource_arn("t").send().await.is_err());
    }
    assert!(clients.kms("eu-west-1").disable_key().key_id("k").send().await.is_err());
    assert!(clients.iam("us-east-1").delete_role().role_name("r").send().await.is_err());
    assert!(account.calls().is_empty(), "{:?}", account.calls());
}
