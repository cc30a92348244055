//! Keys, rotation, policies, grants.

use aws_sdk_kms::types::{GrantOperation, KeyManagerType, KeyState};
use dynaudit::demo::{Embedded, NOW};

use super::{code, dynamodb, empty, seeded};

fn client(account: &Embedded) -> aws_sdk_kms::Client {
    aws_sdk_kms::Client::new(&account.sdk_config("eu-west-1"))
}

async fn key_of(account: &Embedded, table: &str) -> String {
    let client = dynamodb(account, "eu-west-1");
    let table = client.describe_table().table_name(table).send().await.unwrap().table.unwrap();
    table.sse_description.unwrap().kms_master_key_arn.unwrap()
}

#[tokio::test]
async fn a_well_kept_key() {
    let account = seeded().await;
    let (client, arn) = (client(account), key_of(account, "catalogue").await);
    let key = client.describe_key().key_id(&arn).send().await.unwrap().key_metadata.unwrap();
    assert_eq!(key.arn(), Some(arn.as_str()));
    assert_eq!(key.aws_account_id(), Some("111122223333"));
    assert_eq!(key.key_manager(), Some(&KeyManagerType::Customer));
    assert_eq!(key.key_state(), Some(&KeyState::Enabled));
    assert_eq!(key.origin().unwrap().as_str(), "AWS_KMS");
    assert_eq!(key.key_spec().unwrap().as_str(), "SYMMETRIC_DEFAULT");
    assert_eq!(key.multi_region(), Some(false));
    assert_eq!(key.creation_date().unwrap().secs(), NOW - 700 * 86_400);
    let rotation = client.get_key_rotation_status().key_id(&arn).send().await.unwrap();
    assert!(rotation.key_rotation_enabled());
    assert_eq!(rotation.rotation_period_in_days(), Some(365));
    assert!(rotation.next_rotation_date().unwrap().secs() > NOW);
    let tags = client.list_resource_tags().key_id(&arn).send().await.unwrap();
    assert_eq!((tags.tags()[0].tag_key(), tags.tags()[0].tag_value()), ("team", "platform"));
    assert!(!tags.truncated());
    assert!(client.list_grants().key_id(&arn).send().await.unwrap().grants().is_empty());
}

#[tokio::test]
async fn keys_that_are_not_kept_well() {
    let account = seeded().await;
    let client = client(account);
    let oauth = key_of(account, "oauth_tokens").await;
    let rotation = client.get_key_rotation_status().key_id(&oauth).send().await.unwrap();
    assert!(!rotation.key_rotation_enabled());
    assert!(rotation.next_rotation_date().is_none());
    let grants = client.list_grants().key_id(&oauth).send().await.unwrap();
    let grant = &grants.grants()[0];
    assert_eq!(grant.grantee_principal(), Some("arn:aws:iam::444455556666:role/ferrylink-sync"));
    assert!(grant.operations().contains(&GrantOperation::Decrypt));
    assert_eq!(grant.key_id(), Some(oauth.as_str()));
    let subset = grant.constraints().unwrap().encryption_context_subset().unwrap();
    assert_eq!(subset["aws:dynamodb:tableName"], "oauth_tokens");

    let dying = key_of(account, "invoices").await;
    let key = client.describe_key().key_id(&dying).send().await.unwrap().key_metadata.unwrap();
    assert_eq!(key.key_state(), Some(&KeyState::PendingDeletion));
    assert_eq!(key.deletion_date().unwrap().secs(), NOW + 5 * 86_400);

    let shared = key_of(account, "audit_log").await;
    let policy = client.get_key_policy().key_id(&shared).policy_name("default").send().await.unwrap();
    assert!(policy.policy().unwrap().contains("arn:aws:iam::444455556666:root"));

    let managed = key_of(account, "users").await;
    let key = client.describe_key().key_id(&managed).send().await.unwrap().key_metadata.unwrap();
    assert_eq!(key.key_manager(), Some(&KeyManagerType::Aws));
    let missing = client.describe_key().key_id("12345678-1234-1234-1234-123456789012").send().await;
    assert_eq!(code(missing), "NotFoundException");
}

#[tokio::test]
async fn grants_come_page_by_page_and_keys_keep_what_they_were_made_with() {
    let account = empty().await;
    let client = client(&account);
    let document = r#"{"Version":"2012-10-17","Statement":[]}"#;
    let made = client.create_key().policy(document).send().await.unwrap().key_metadata.unwrap();
    assert_eq!(made.creation_date().unwrap().secs(), NOW);
    let id = made.key_id();
    let policy = client.get_key_policy().key_id(id).send().await.unwrap();
    assert_eq!(policy.policy(), Some(document));
    for n in 0..5 {
        let grantee = format!("arn:aws:iam::111122223333:role/r{n}");
        let grant = client.create_grant().key_id(id).grantee_principal(grantee);
        grant.operations(GrantOperation::Decrypt).send().await.unwrap();
    }
    let mut pages = client.list_grants().key_id(id).limit(2).into_paginator().send();
    let mut sizes = Vec::new();
    while let Some(page) = pages.next().await {
        sizes.push(page.unwrap().grants().len());
    }
    assert_eq!(sizes, [2, 2, 1]);
    client.enable_key_rotation().key_id(id).rotation_period_in_days(90).send().await.unwrap();
    let rotation = client.get_key_rotation_status().key_id(id).send().await.unwrap();
    assert_eq!(rotation.rotation_period_in_days(), Some(90));
    let end = client.schedule_key_deletion().key_id(id).pending_window_in_days(7).send().await.unwrap();
    assert_eq!(end.deletion_date().unwrap().secs(), NOW + 7 * 86_400);
    let key = client.describe_key().key_id(id).send().await.unwrap().key_metadata.unwrap();
    assert_eq!(key.deletion_date().unwrap().secs(), NOW + 7 * 86_400);
}
