//! What the other services of the small account answer.

use serde_json::json;

use crate::account::ORDERS;
use crate::fake::{Asked, Reply, error, json};

pub fn answer(asked: &Asked) -> Reply {
    let europe = asked.region == "eu-west-1";
    match (asked.service.as_str(), asked.operation.as_str()) {
        ("tag", "GetResources") if europe && asked.text("PaginationToken").is_empty() => {
            json(json!({ "ResourceTagMappingList": [], "PaginationToken": "more" }))
        }
        ("tag", "GetResources") if europe => json(json!({ "PaginationToken": "", "ResourceTagMappingList": [
            { "ResourceARN": ORDERS, "Tags": [{ "Key": "team", "Value": "shop" }] }] })),
        ("tag", "GetResources") => json(json!({ "ResourceTagMappingList": [] })),
        ("backup", "DescribeRegionSettings") => {
            json(json!({ "ResourceTypeOptInPreference": { "DynamoDB": true } }))
        }
        ("backup", "ListBackupPlans") if europe && !asked.uri.contains("nextToken=") => json(
            json!({ "BackupPlansList": [{ "BackupPlanId": "p2", "BackupPlanName": "second" }], "NextToken": "a/b" }),
        ),
        ("backup", "ListBackupPlans") if europe => {
            assert!(asked.uri.ends_with("?nextToken=a%2Fb"), "{}", asked.uri);
            json(json!({ "BackupPlansList": [{ "BackupPlanId": "p1", "BackupPlanName": "first" }] }))
        }
        ("backup", "ListBackupSelections") if asked.uri.contains("/p1/") => {
            json(json!({ "BackupSelectionsList": [{ "SelectionId": "s", "SelectionName": "all" }] }))
        }
        ("backup", "GetBackupSelection") => json(json!({ "BackupSelection": {
            "Resources": ["*"], "NotResources": [ORDERS],
            "ListOfTags": [{ "ConditionType": "STRINGEQUALS", "ConditionKey": "a", "ConditionValue": "b" }],
            "Conditions": { "StringLike": [{ "ConditionKey": "aws:ResourceTag/env", "ConditionValue": "p*" }] } } })),
        ("backup", "ListBackupVaults") if europe => json(json!({ "BackupVaultList": [
            { "BackupVaultName": "v 1", "BackupVaultArn": "arn:vault", "Locked": true, "LockDate": 1.7e9 },
            { "BackupVaultName": "open", "BackupVaultArn": "arn:open" }] })),
        ("backup", "GetBackupVaultAccessPolicy") if asked.uri.contains("v%201") => {
            json(json!({ "Policy": "{\"Statement\":[]}" }))
        }
        ("backup", "GetBackupVaultAccessPolicy") => error(asked, "ResourceNotFoundException"),
        ("backup", "ListRecoveryPointsByBackupVault") => json(json!({ "RecoveryPoints": [
            { "RecoveryPointArn": "arn:rp", "ResourceArn": ORDERS, "Status": "COMPLETED", "IsEncrypted": true,
              "CreationDate": 1.7e9, "CalculatedLifecycle": { "DeleteAt": 1.8e9 } }] })),
        ("backup", "ListBackupPlans" | "ListBackupSelections" | "ListBackupVaults") => json(json!({})),
        (service, operation) => panic!("{service}:{operation} is not expected at {}", asked.uri),
    }
}
