//! Where the company's data also lies: replicas, backups, exports, what was imported, a Kinesis stream, Contributor Insights.

use serde_json::json;

use super::stores::Store;
use super::{AWAY, FAR, HOME, Seed};
use crate::demo::kms::key_id;
use crate::demo::{ACCOUNT, Error, PARTNER_ACCOUNT};

pub(super) async fn plant(seed: &Seed<'_>) -> Result<(), Error> {
    let table = |name: &str| format!("arn:aws:dynamodb:{HOME}:{ACCOUNT}:table/{name}");

    // Encrypted with the AWS managed key there, though with a customer key at home; unprotected too.
    seed.days_ago(120);
    let replicas = json!([{ "Create": { "RegionName": AWAY } }]);
    seed.call(HOME, "UpdateTable", json!({ "TableName": "orders", "ReplicaUpdates": replicas })).await?;

    // A trial in a third Region, whose key somebody is about to remove.
    seed.days_ago(90);
    let key = format!("arn:aws:kms:{FAR}:{ACCOUNT}:key/{}", key_id("trial"));
    let replicas = json!([{ "Create": { "RegionName": FAR, "KMSMasterKeyId": key } }]);
    seed.call(HOME, "UpdateTable", json!({ "TableName": "orders", "ReplicaUpdates": replicas })).await?;

    // The old gateway's keys came by way of a bucket, and stayed in it.
    seed.days_ago(60);
    let import = json!({ "TableCreationParameters": { "TableName": "api_keys" }, "InputFormat": "DYNAMODB_JSON",
        "S3BucketSource": { "S3Bucket": "harbourline-migration", "S3KeyPrefix": "gateway/api-keys/" } });
    seed.call(HOME, "ImportTable", import).await?;

    // A table that is gone, and the backup that nobody removed with it.
    seed.days_ago(410);
    seed.call(HOME, "CreateTable", Store::new("campaigns_2025", "campaign_id", "").into_body()).await?;
    for (name, title, age) in [
        ("campaigns_2025", "campaigns-before-removal", 400),
        ("catalogue", "catalogue-monthly", 20),
        ("sessions", "sessions-before-migration", 190),
    ] {
        seed.days_ago(age);
        seed.call(HOME, "CreateBackup", json!({ "TableName": name, "BackupName": title })).await?;
    }
    seed.days_ago(399);
    seed.call(HOME, "DeleteTable", json!({ "TableName": "campaigns_2025" })).await?;

    seed.days_ago(45);
    for export in [
        json!({ "TableArn": table("orders"), "S3Bucket": "harbourline-analytics", "S3Prefix": "orders/",
                "S3SseAlgorithm": "KMS", "S3SseKmsKeyId": "alias/harbourline/catalogue" }),
        json!({ "TableArn": table("users"), "S3Bucket": "ferrylink-dropbox", "S3BucketOwner": PARTNER_ACCOUNT,
                "S3Prefix": "harbourline/users/", "S3SseAlgorithm": "AES256" }),
    ] {
        seed.call(HOME, "ExportTableToPointInTime", export).await?;
    }

    let stream = format!("arn:aws:kinesis:{HOME}:{ACCOUNT}:stream/audit-archive");
    let kinesis = json!({ "TableName": "audit_log", "StreamArn": stream });
    seed.call(HOME, "EnableKinesisStreamingDestination", kinesis).await?;

    for (region, name) in [(AWAY, "metrics"), (HOME, "api_keys")] {
        let insights = json!({ "TableName": name, "ContributorInsightsAction": "ENABLE" });
        seed.call(region, "UpdateContributorInsights", insights).await?;
    }
    Ok(())
}
