//! AWS Backup: a plan by tags that leaves out the table which needs it most, and a vault that others may restore from.

use serde_json::json;

use super::Laying;
use crate::demo::seed::{AWAY, DAY, HOME};
use crate::demo::{ACCOUNT, NOW, PARTNER_ACCOUNT};

pub(super) fn plant(shelf: &Laying<'_>) {
    let table = |name: &str| format!("arn:aws:dynamodb:{HOME}:{ACCOUNT}:table/{name}");
    let vault = format!("arn:aws:backup:{HOME}:{ACCOUNT}:backup-vault:harbourline");

    shelf.lay(HOME, "backup:DescribeRegionSettings", "", opt_in(true));
    let plan = json!({ "BackupPlanId": "p-nightly", "BackupPlanName": "nightly" });
    shelf.lay(HOME, "backup:ListBackupPlans", "", json!({ "BackupPlansList": [plan] }));
    let selection = json!({ "SelectionId": "s-classified", "SelectionName": "classified" });
    let selections = json!({ "BackupSelectionsList": [selection] });
    shelf.lay(HOME, "backup:ListBackupSelections", "p-nightly", selections);
    // Everything that is classified; `orders` was taken out while it was being moved, and stayed out.
    let tag = |value: &str| json!({ "ConditionType": "STRINGEQUALS", "ConditionKey": "data-class", "ConditionValue": value });
    let selection = json!({ "BackupSelection": {
        "SelectionName": "classified", "IamRoleArn": format!("arn:aws:iam::{ACCOUNT}:role/backup"),
        "Resources": [], "NotResources": [table("orders")],
        "ListOfTags": [tag("personal"), tag("restricted"), tag("secret")],
        "Conditions": { "StringEquals": [], "StringNotEquals": [], "StringLike": [], "StringNotLike": [] },
    } });
    shelf.lay(HOME, "backup:GetBackupSelection", "p-nightly/s-classified", selection);

    let kept = json!({ "BackupVaultName": "harbourline", "BackupVaultArn": vault, "Locked": false,
        "NumberOfRecoveryPoints": 2 });
    shelf.lay(HOME, "backup:ListBackupVaults", "", json!({ "BackupVaultList": [kept] }));
    let policy = json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Resource": "*",
        "Principal": { "AWS": format!("arn:aws:iam::{PARTNER_ACCOUNT}:root") },
        "Action": ["backup:StartRestoreJob", "backup:CopyFromBackupVault"] }] });
    let policy = json!({ "BackupVaultName": "harbourline", "Policy": policy.to_string() });
    shelf.lay(HOME, "backup:GetBackupVaultAccessPolicy", "harbourline", policy);
    let point = |id: &str, name: &str, age: i64, keep: Option<i64>| {
        let delete = keep.map(|days| json!({ "DeleteAt": (NOW + days * DAY) as f64 }));
        json!({ "RecoveryPointArn": format!("arn:aws:backup:{HOME}:{ACCOUNT}:recovery-point:{id}"),
            "BackupVaultName": "harbourline", "ResourceArn": table(name), "ResourceType": "DynamoDB",
            "Status": "COMPLETED", "IsEncrypted": true, "CreationDate": (NOW - age * DAY) as f64,
            "CalculatedLifecycle": delete })
    };
    let points = [point("rp-vault", "vault", 1, Some(34)), point("rp-loyalty", "loyalty_2024", 300, None)];
    let points = json!({ "RecoveryPoints": points });
    shelf.lay(HOME, "backup:ListRecoveryPointsByBackupVault", "harbourline", points);

    // A plan for everything, in a Region where AWS Backup was never switched on for DynamoDB.
    shelf.lay(AWAY, "backup:DescribeRegionSettings", "", opt_in(false));
    let plan = json!({ "BackupPlanId": "p-all", "BackupPlanName": "everything" });
    shelf.lay(AWAY, "backup:ListBackupPlans", "", json!({ "BackupPlansList": [plan] }));
    let selection = json!({ "SelectionId": "s-all", "SelectionName": "all" });
    shelf.lay(AWAY, "backup:ListBackupSelections", "p-all", json!({ "BackupSelectionsList": [selection] }));
    let selection = json!({ "BackupSelection": { "SelectionName": "all", "Resources": ["*"] } });
    shelf.lay(AWAY, "backup:GetBackupSelection", "p-all/s-all", selection);
}

fn opt_in(on: bool) -> serde_json::Value {
    json!({ "ResourceTypeOptInPreference": { "DynamoDB": on, "EBS": true } })
}
