//! Tables, items, settings.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::{
    AttributeDefinition, AttributeValue, BillingMode, ContinuousBackupsStatus, ContributorInsightsStatus,
    DestinationStatus, KeySchemaElement, KeyType, PointInTimeRecoveryStatus, ReturnConsumedCapacity,
    ScalarAttributeType, SseStatus, SseType, TableStatus, TimeToLiveStatus,
};
use dynaudit::demo::{Embedded, NOW};

use super::{code, dynamodb, empty, seeded};

/// A table with one string key.
pub(crate) async fn make(account: &Embedded, region: &str, name: &str) {
    let key = KeySchemaElement::builder().attribute_name("id").key_type(KeyType::Hash).build().unwrap();
    let id = AttributeDefinition::builder().attribute_name("id").attribute_type(ScalarAttributeType::S);
    dynamodb(account, region)
        .create_table()
        .table_name(name)
        .key_schema(key)
        .attribute_definitions(id.build().unwrap())
        .billing_mode(BillingMode::PayPerRequest)
        .send()
        .await
        .unwrap();
}

#[tokio::test]
async fn five_hundred_tables_are_listed_by_the_hundred_and_described() {
    let account = empty().await;
    for n in 0..500 {
        make(&account, "eu-west-1", &format!("table-{n:03}")).await;
    }
    let client = dynamodb(&account, "eu-west-1");
    let first = client.list_tables().send().await.unwrap();
    assert_eq!(first.table_names().len(), 100);
    assert_eq!(first.last_evaluated_table_name(), Some("table-099"));
    let mut names = client.list_tables().limit(7).into_paginator().items().send();
    let mut seen = 0;
    while let Some(name) = names.next().await {
        let table = client.describe_table().table_name(name.unwrap()).send().await.unwrap().table.unwrap();
        assert_eq!(table.table_status(), Some(&TableStatus::Active));
        seen += 1;
    }
    assert_eq!(seen, 500);
    assert!(dynamodb(&account, "us-east-1").list_tables().send().await.unwrap().table_names().is_empty());
}

#[tokio::test]
async fn a_table_is_described_field_by_field() {
    let client = dynamodb(seeded().await, "eu-west-1");
    let table = client.describe_table().table_name("oauth_tokens").send().await.unwrap().table.unwrap();
    let arn = "arn:aws:dynamodb:eu-west-1:111122223333:table/oauth_tokens";
    assert_eq!(table.table_arn(), Some(arn));
    assert_eq!(table.table_id().map(str::len), Some(36));
    assert_eq!(table.table_status(), Some(&TableStatus::Active));
    assert_eq!(table.creation_date_time().map(|d| d.secs()), Some(NOW - 500 * 86_400));
    assert_eq!(table.item_count(), Some(140));
    assert!(table.table_size_bytes() > Some(10_000));
    assert_eq!(table.billing_mode_summary().unwrap().billing_mode(), Some(&BillingMode::PayPerRequest));
    assert_ne!(table.deletion_protection_enabled(), Some(true));
    let keys: Vec<_> =
        table.key_schema().iter().map(|k| (k.attribute_name(), k.key_type().as_str())).collect();
    assert_eq!(keys, [("grant_id", "HASH"), ("client_id", "RANGE")]);
    let sse = table.sse_description().unwrap();
    assert_eq!((sse.status(), sse.sse_type()), (Some(&SseStatus::Enabled), Some(&SseType::Kms)));
    assert!(sse.kms_master_key_arn().unwrap().starts_with("arn:aws:kms:eu-west-1:111122223333:key/"));
    assert_eq!(
        table.stream_specification().unwrap().stream_view_type().unwrap().as_str(),
        "NEW_AND_OLD_IMAGES"
    );
    let stream = table.latest_stream_arn().unwrap();
    assert!(stream.starts_with(&format!("{arn}/stream/2025-")), "{stream}");
    assert!(stream.ends_with(table.latest_stream_label().unwrap()));
    let index = &table.global_secondary_indexes()[0];
    assert_eq!(index.index_arn(), Some(format!("{arn}/index/by_user").as_str()));
    assert_eq!(index.projection().unwrap().projection_type().unwrap().as_str(), "ALL");

    let by_arn = client.describe_table().table_name(arn).send().await.unwrap().table.unwrap();
    assert_eq!(by_arn, table);
}

#[tokio::test]
async fn what_a_table_lacks_is_absent() {
    let client = dynamodb(seeded().await, "eu-west-1");
    let table = client.describe_table().table_name("sessions").send().await.unwrap().table.unwrap();
    assert!(table.sse_description().is_none());
    assert!(table.latest_stream_arn().is_none());
    assert!(table.replicas().is_empty());
    assert!(table.global_secondary_indexes().is_empty());
    let old = client.describe_table().table_name("legacy_users").send().await.unwrap().table.unwrap();
    assert_eq!(
        old.table_class_summary().unwrap().table_class().unwrap().as_str(),
        "STANDARD_INFREQUENT_ACCESS"
    );
    assert_eq!(old.provisioned_throughput().unwrap().read_capacity_units(), Some(5));
    let local = client.describe_table().table_name("catalogue").send().await.unwrap().table.unwrap();
    assert_eq!(local.local_secondary_indexes()[0].index_name(), Some("by_vessel"));
    assert_eq!(local.deletion_protection_enabled(), Some(true));
    assert_eq!(old.warm_throughput().unwrap().read_units_per_second(), Some(5));
    assert_eq!(local.warm_throughput().unwrap().write_units_per_second(), Some(4_000));
    let missing = client.describe_table().table_name("nowhere").send().await;
    assert_eq!(code(missing), "ResourceNotFoundException");
}

#[tokio::test]
async fn segments_are_a_partition_and_pages_keep_to_their_limit() {
    let client = dynamodb(seeded().await, "eu-west-1");
    let mut seen = BTreeSet::new();
    for segment in 0..7 {
        let mut start = None;
        loop {
            let page = client
                .scan()
                .table_name("sessions")
                .segment(segment)
                .total_segments(7)
                .limit(10)
                .return_consumed_capacity(ReturnConsumedCapacity::Total)
                .set_exclusive_start_key(start)
                .send()
                .await
                .unwrap();
            assert!(page.items().len() <= 10);
            assert!(page.consumed_capacity().unwrap().capacity_units() > Some(0.0));
            for item in page.items() {
                let id = item["session_id"].as_s().unwrap().clone();
                assert!(seen.insert(id), "an item was in two segments");
            }
            start = page.last_evaluated_key;
            if start.is_none() {
                break;
            }
        }
    }
    assert_eq!(seen.len(), 220);
}

#[tokio::test]
async fn a_consistent_read_costs_twice() {
    let client = dynamodb(seeded().await, "eu-west-1");
    let scan = || client.scan().table_name("users").return_consumed_capacity(ReturnConsumedCapacity::Total);
    let eventual = scan().send().await.unwrap().consumed_capacity.unwrap().capacity_units;
    let strong = scan().consistent_read(true).send().await.unwrap().consumed_capacity.unwrap().capacity_units;
    assert!(eventual.unwrap() * 1.5 < strong.unwrap());
}

#[tokio::test]
async fn settings_are_told() {
    let account = seeded().await;
    let client = dynamodb(account, "eu-west-1");
    let recovery = |table: &'static str| {
        let call = client.describe_continuous_backups().table_name(table).send();
        async move { call.await.unwrap().continuous_backups_description.unwrap() }
    };
    let on = recovery("users").await;
    assert_eq!(on.continuous_backups_status(), &ContinuousBackupsStatus::Enabled);
    let on = on.point_in_time_recovery_description.unwrap();
    assert_eq!(on.point_in_time_recovery_status(), Some(&PointInTimeRecoveryStatus::Enabled));
    assert_eq!(on.recovery_period_in_days(), Some(7));
    assert_eq!(on.earliest_restorable_date_time().unwrap().secs(), NOW - 7 * 86_400);
    assert_eq!(on.latest_restorable_date_time().unwrap().secs(), NOW - 300);
    let off = recovery("sessions").await.point_in_time_recovery_description.unwrap();
    assert_eq!(off.point_in_time_recovery_status(), Some(&PointInTimeRecoveryStatus::Disabled));
    assert_eq!(
        code(client.describe_continuous_backups().table_name("nowhere").send().await),
        "TableNotFoundException"
    );

    let ttl = client.describe_time_to_live().table_name("carts").send().await.unwrap();
    let ttl = ttl.time_to_live_description.unwrap();
    assert_eq!(ttl.time_to_live_status(), Some(&TimeToLiveStatus::Enabled));
    assert_eq!(ttl.attribute_name(), Some("expires_at"));
    let none = client.describe_time_to_live().table_name("sessions").send().await.unwrap();
    let none = none.time_to_live_description.unwrap();
    assert_eq!(none.time_to_live_status(), Some(&TimeToLiveStatus::Disabled));

    let kinesis =
        client.describe_kinesis_streaming_destination().table_name("audit_log").send().await.unwrap();
    let destination = &kinesis.kinesis_data_stream_destinations()[0];
    assert_eq!(destination.stream_arn(), Some("arn:aws:kinesis:eu-west-1:111122223333:stream/audit-archive"));
    assert_eq!(destination.destination_status(), Some(&DestinationStatus::Active));
    let none = client.describe_kinesis_streaming_destination().table_name("users").send().await.unwrap();
    assert!(none.kinesis_data_stream_destinations().is_empty());

    let metrics = dynamodb(account, "us-east-1");
    let on = metrics.describe_contributor_insights().table_name("metrics").send().await.unwrap();
    assert_eq!(on.contributor_insights_status(), Some(&ContributorInsightsStatus::Enabled));
    assert_eq!(on.contributor_insights_rule_list().len(), 4);
    let off = client.describe_contributor_insights().table_name("users").send().await.unwrap();
    assert_eq!(off.contributor_insights_status(), Some(&ContributorInsightsStatus::Disabled));
}

#[tokio::test]
async fn tags_come_ten_to_a_page() {
    let account = empty().await;
    make(&account, "eu-west-1", "tagged").await;
    let client = dynamodb(&account, "eu-west-1");
    let arn = "arn:aws:dynamodb:eu-west-1:111122223333:table/tagged";
    let tag = |n: usize| {
        aws_sdk_dynamodb::types::Tag::builder().key(format!("key-{n:02}")).value("v").build().unwrap()
    };
    client.tag_resource().resource_arn(arn).set_tags(Some((0..13).map(tag).collect())).send().await.unwrap();
    let first = client.list_tags_of_resource().resource_arn(arn).send().await.unwrap();
    assert_eq!(first.tags().len(), 10);
    let rest = client
        .list_tags_of_resource()
        .resource_arn(arn)
        .set_next_token(first.next_token)
        .send()
        .await
        .unwrap();
    let keys: Vec<_> = rest.tags().iter().map(|tag| tag.key()).collect();
    assert_eq!(keys, ["key-10", "key-11", "key-12"]);
    assert!(rest.next_token().is_none());
}

#[tokio::test]
async fn policies_are_told_apart_from_none() {
    let account = seeded().await;
    let client = dynamodb(account, "eu-west-1");
    let get = |arn: &str| client.get_resource_policy().resource_arn(arn).send();
    let users = "arn:aws:dynamodb:eu-west-1:111122223333:table/users";
    assert_eq!(code(get(users).await), "PolicyNotFoundException");
    assert_eq!(
        code(get("arn:aws:dynamodb:eu-west-1:111122223333:table/nowhere").await),
        "ResourceNotFoundException"
    );
    let orders = get("arn:aws:dynamodb:eu-west-1:111122223333:table/orders").await.unwrap();
    assert!(orders.policy().unwrap().contains("arn:aws:iam::444455556666:root"));
    assert!(orders.revision_id().is_some());
    let table = client.describe_table().table_name("oauth_tokens").send().await.unwrap().table.unwrap();
    let stream = get(table.latest_stream_arn().unwrap()).await.unwrap();
    assert!(stream.policy().unwrap().contains("dynamodb:GetRecords"));
    let open = dynamodb(account, "us-east-1")
        .get_resource_policy()
        .resource_arn("arn:aws:dynamodb:us-east-1:111122223333:table/partners")
        .send()
        .await
        .unwrap();
    assert!(open.policy().unwrap().contains(r#""Principal":"*""#));
}

#[tokio::test]
async fn writes_work_as_in_an_account() {
    let account = empty().await;
    make(&account, "us-east-1", "notes").await;
    let client = dynamodb(&account, "us-east-1");
    let put = client.put_item().table_name("notes").item("id", AttributeValue::S("a".into()));
    put.item("arn:aws:x", AttributeValue::Bool(true)).send().await.unwrap();
    let items = client.scan().table_name("notes").send().await.unwrap().items.unwrap();
    assert_eq!(items.len(), 1);
    assert_eq!(items[0]["arn:aws:x"], AttributeValue::Bool(true));
    let none = client.put_item().table_name("notes").item("name", AttributeValue::Null(true)).send().await;
    let error = none.unwrap_err().into_service_error();
    assert_eq!(error.meta().code(), Some("ValidationException"));
    assert_eq!(
        error.meta().message(),
        Some("One or more parameter values were invalid: Missing the key id in the item")
    );
    client.delete_table().table_name("notes").send().await.unwrap();
    assert_eq!(code(client.describe_table().table_name("notes").send().await), "ResourceNotFoundException");
}
