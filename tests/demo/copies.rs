//! Replicas, backups, exports.

use aws_sdk_dynamodb::types::{BackupType, BackupTypeFilter, ReplicaStatus, SseSpecification};
use dynaudit::demo::{NOW, PARTNER_ACCOUNT};

use super::dynamodb::make;
use super::{code, dynamodb, empty, seeded};

const DAY: i64 = 86_400;

#[tokio::test]
async fn each_replica_names_the_other() {
    let account = seeded().await;
    let mut tables = Vec::new();
    for (region, other) in [("eu-west-1", "us-east-1"), ("us-east-1", "eu-west-1")] {
        let client = dynamodb(account, region);
        let table = client.describe_table().table_name("orders").send().await.unwrap().table.unwrap();
        assert_eq!(table.global_table_version(), Some("2019.11.21"));
        let replica = table.replicas().iter().find(|replica| replica.region_name() == Some(other)).unwrap();
        assert_eq!(replica.replica_status(), Some(&ReplicaStatus::Active));
        assert_eq!(table.item_count(), Some(150));
        tables.push(table);
    }
    // The replica is weaker: AWS managed key, no deletion protection, no recovery.
    let key = |n: usize| tables[n].sse_description().unwrap().kms_master_key_arn().unwrap();
    assert!(key(0).starts_with("arn:aws:kms:eu-west-1:") && key(1).starts_with("arn:aws:kms:us-east-1:"));
    let replica = |n: usize, region: &str| {
        tables[n].replicas().iter().find(|replica| replica.region_name() == Some(region)).unwrap()
    };
    assert_eq!(replica(0, "us-east-1").kms_master_key_id(), None);
    assert!(replica(0, "eu-central-1").kms_master_key_id().is_some());
    assert_eq!(replica(1, "eu-west-1").kms_master_key_id(), Some(key(0)));
    assert_eq!(tables[0].deletion_protection_enabled(), Some(true));
    assert_ne!(tables[1].deletion_protection_enabled(), Some(true));
    assert_eq!(tables[1].global_secondary_indexes().len(), 1);
}

#[tokio::test]
async fn backups_outlive_their_table() {
    let client = dynamodb(seeded().await, "eu-west-1");
    let all = client.list_backups().send().await.unwrap();
    let tables: Vec<_> = all.backup_summaries().iter().map(|b| b.table_name().unwrap()).collect();
    assert_eq!(tables, ["campaigns_2025", "catalogue", "sessions"]);
    let page = client.list_backups().limit(2).send().await.unwrap();
    let rest = client
        .list_backups()
        .limit(2)
        .set_exclusive_start_backup_arn(page.last_evaluated_backup_arn)
        .send()
        .await
        .unwrap();
    assert_eq!(rest.backup_summaries().len(), 1);
    assert!(rest.last_evaluated_backup_arn().is_none());

    let mine = client.list_backups().table_name("catalogue").send().await.unwrap();
    let arn = mine.backup_summaries()[0].backup_arn().unwrap();
    assert!(arn.starts_with("arn:aws:dynamodb:eu-west-1:111122223333:table/catalogue/backup/"));
    let backup = client.describe_backup().backup_arn(arn).send().await.unwrap().backup_description.unwrap();
    let details = backup.backup_details.unwrap();
    assert_eq!(details.backup_name(), "catalogue-monthly");
    assert_eq!(details.backup_type(), &BackupType::User);
    assert_eq!(details.backup_creation_date_time().secs(), NOW - 20 * DAY);
    assert!(details.backup_size_bytes() > Some(1_000));
    assert_eq!(backup.source_table_details.unwrap().item_count(), Some(200));
    let key = backup.source_table_feature_details.unwrap().sse_description.unwrap();
    assert!(key.kms_master_key_arn().is_some());
    assert_eq!(
        code(client.describe_backup().backup_arn(format!("{arn}0")).send().await),
        "BackupNotFoundException"
    );
}

#[tokio::test]
async fn a_deleted_table_with_recovery_leaves_a_system_backup() {
    let account = empty().await;
    make(&account, "eu-west-1", "shortlived").await;
    let client = dynamodb(&account, "eu-west-1");
    let on = aws_sdk_dynamodb::types::PointInTimeRecoverySpecification::builder()
        .point_in_time_recovery_enabled(true)
        .build()
        .unwrap();
    let update = client.update_continuous_backups().table_name("shortlived");
    update.point_in_time_recovery_specification(on).send().await.unwrap();
    client.delete_table().table_name("shortlived").send().await.unwrap();
    assert!(client.list_backups().send().await.unwrap().backup_summaries().is_empty());
    let all = client.list_backups().backup_type(BackupTypeFilter::All).send().await.unwrap();
    let backup = &all.backup_summaries()[0];
    assert_eq!(backup.backup_type(), Some(&BackupType::System));
    assert_eq!(backup.backup_name(), Some("shortlived$DeletedTableBackup"));
    assert_eq!(backup.backup_expiry_date_time().unwrap().secs(), NOW + 35 * DAY);
}

#[tokio::test]
async fn exports_are_listed_and_described() {
    let client = dynamodb(seeded().await, "eu-west-1");
    let all = client.list_exports().send().await.unwrap();
    assert_eq!(all.export_summaries().len(), 2);
    let users = "arn:aws:dynamodb:eu-west-1:111122223333:table/users";
    let mine = client.list_exports().table_arn(users).send().await.unwrap();
    let arn = mine.export_summaries()[0].export_arn().unwrap();
    let export = client.describe_export().export_arn(arn).send().await.unwrap().export_description.unwrap();
    assert_eq!(export.export_status().unwrap().as_str(), "COMPLETED");
    assert_eq!(export.table_arn(), Some(users));
    assert_eq!(export.s3_bucket(), Some("ferrylink-dropbox"));
    assert_eq!(export.s3_bucket_owner(), Some(PARTNER_ACCOUNT));
    assert_eq!(export.s3_sse_algorithm().unwrap().as_str(), "AES256");
    assert_eq!(export.start_time().unwrap().secs(), NOW - 45 * DAY);
    assert_eq!(export.item_count(), Some(160));
    let sessions = "arn:aws:dynamodb:eu-west-1:111122223333:table/sessions";
    let refused = client.export_table_to_point_in_time().table_arn(sessions).s3_bucket("b").send().await;
    assert_eq!(code(refused), "PointInTimeRecoveryUnavailableException");
}

#[tokio::test]
async fn encryption_can_be_changed_later() {
    let account = empty().await;
    make(&account, "eu-west-1", "plain").await;
    let client = dynamodb(&account, "eu-west-1");
    let set = |on: bool, key: Option<&str>| {
        let wanted = SseSpecification::builder().enabled(on).set_kms_master_key_id(key.map(str::to_owned));
        client.update_table().table_name("plain").sse_specification(wanted.build()).send()
    };
    let managed = set(true, None).await.unwrap().table_description.unwrap().sse_description.unwrap();
    let kms = aws_sdk_kms::Client::new(&account.sdk_config("eu-west-1"));
    let key = kms.describe_key().key_id("alias/aws/dynamodb").send().await.unwrap().key_metadata.unwrap();
    assert_eq!(managed.kms_master_key_arn(), key.arn());
    let own = kms.create_key().send().await.unwrap().key_metadata.unwrap();
    let changed = set(true, Some(own.key_id())).await.unwrap().table_description.unwrap();
    assert_eq!(changed.sse_description.unwrap().kms_master_key_arn(), own.arn());
    assert_eq!(code(set(true, Some("alias/nothing")).await), "ValidationException");
    assert!(set(false, None).await.unwrap().table_description.unwrap().sse_description.is_none());
}
