//! A small account that answers every call: two tables, a key, a backup, an export, people.

use serde_json::{Value, json};

use crate::fake::{Asked, Reply, error, json};
use crate::services;

pub const KEY: &str = "arn:aws:kms:eu-west-1:123456789012:key/k-1";
pub const ORDERS: &str = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders";
pub const MANAGED: &str = "arn:aws:iam::aws:policy/ReadOnlyAccess";

/// What a healthy account answers. `orders` lies in eu-west-1 with all that a table can have, `plain` in us-east-1.
pub fn answer(asked: &Asked) -> Reply {
    match asked.service.as_str() {
        "dynamodb" => dynamodb(asked),
        "kms" => kms(asked),
        "iam" => iam(asked),
        "sts" => xml(
            "GetCallerIdentity",
            "<Arn>arn:aws:iam::123456789012:user/me</Arn><UserId>AIDA1</UserId><Account>123456789012</Account>",
        ),
        _ => services::answer(asked),
    }
}

fn dynamodb(asked: &Asked) -> Reply {
    let europe = asked.region == "eu-west-1";
    let arn = asked.text("ResourceArn");
    match asked.operation.as_str() {
        "ListTables" => json(json!({ "TableNames": [if europe { "orders" } else { "plain" }] })),
        "DescribeTable" if europe => json(json!({ "Table": orders() })),
        "DescribeTable" => json(json!({ "Table": table("plain", &asked.region) })),
        "DescribeContinuousBackups" => json(json!({ "ContinuousBackupsDescription": {
            "ContinuousBackupsStatus": "ENABLED",
            "PointInTimeRecoveryDescription": { "PointInTimeRecoveryStatus": "ENABLED", "RecoveryPeriodInDays": 35,
                "EarliestRestorableDateTime": 1.7e9, "LatestRestorableDateTime": 1.75e9 } } })),
        "DescribeTimeToLive" => json(
            json!({ "TimeToLiveDescription": { "TimeToLiveStatus": "ENABLED", "AttributeName": "ttl" } }),
        ),
        "ListTagsOfResource" => json(json!({ "Tags": [{ "Key": "team", "Value": "shop" }] })),
        "GetResourcePolicy" if arn == ORDERS => {
            json(json!({ "Policy": "{\"Statement\":[]}", "RevisionId": "1" }))
        }
        "GetResourcePolicy" => error(asked, "PolicyNotFoundException"),
        "DescribeKinesisStreamingDestination" => {
            json(json!({ "TableName": "orders", "KinesisDataStreamDestinations": [
            { "StreamArn": "arn:aws:kinesis:eu-west-1:123456789012:stream/s", "DestinationStatus": "ACTIVE" }] }))
        }
        "DescribeContributorInsights" => json(json!({ "ContributorInsightsStatus": "ENABLED",
            "ContributorInsightsRuleList": ["b", "a"] })),
        "ListBackups" if europe => json(
            json!({ "BackupSummaries": [backup("orders", "b1", "id-orders"), backup("gone", "b2", "id-gone")] }),
        ),
        "ListBackups" => json(json!({ "BackupSummaries": [] })),
        "DescribeBackup" => json(json!({ "BackupDescription": { "SourceTableFeatureDetails": {
            "SSEDescription": { "Status": "ENABLED", "SSEType": "KMS", "KMSMasterKeyArn": KEY } } } })),
        "ListExports" if europe => json(json!({ "ExportSummaries": [
            { "ExportArn": format!("{ORDERS}/export/e1"), "ExportStatus": "COMPLETED", "ExportType": "FULL_EXPORT" }] })),
        "ListExports" => json(json!({ "ExportSummaries": [] })),
        "DescribeExport" => json(
            json!({ "ExportDescription": { "S3Bucket": "bucket", "S3SseAlgorithm": "KMS", "ItemCount": 3 } }),
        ),
        "ListImports" if europe => {
            json(json!({ "ImportSummaryList": [{ "ImportArn": format!("{ORDERS}/import/i1"),
            "ImportStatus": "COMPLETED", "TableArn": ORDERS,
            "S3BucketSource": { "S3Bucket": "bucket", "S3KeyPrefix": "moved/" } }] }))
        }
        "ListImports" => json(json!({ "ImportSummaryList": [] })),
        "ListGlobalTables" => json(json!({ "GlobalTables": [] })),
        "Scan" => scan(asked),
        other => panic!("dynamodb:{other} is not expected"),
    }
}

fn scan(asked: &Asked) -> Reply {
    let all = ["1", "2", "3"];
    let start =
        asked.get("ExclusiveStartKey")["id"]["S"].as_str().and_then(|id| id.parse().ok()).unwrap_or(0);
    let end = (start + asked.get("Limit").as_u64().unwrap() as usize).min(all.len());
    let items: Vec<Value> = all[start..end]
        .iter()
        .map(|id| json!({ "id": { "S": id }, "secret": { "S": "tok-PLAINTEXT" } }))
        .collect();
    let mut page = json!({ "Items": items, "Count": items.len(), "ScannedCount": items.len(),
        "ConsumedCapacity": { "TableName": "t", "CapacityUnits": 0.5 } });
    if end < all.len() {
        page["LastEvaluatedKey"] = json!({ "id": { "S": end.to_string() } });
    }
    json(page)
}

pub fn table(name: &str, region: &str) -> Value {
    json!({
        "TableName": name, "TableArn": format!("arn:aws:dynamodb:{region}:123456789012:table/{name}"),
        "TableId": format!("id-{name}"), "TableStatus": "ACTIVE", "ItemCount": 3, "TableSizeBytes": 99,
        "KeySchema": [{ "AttributeName": "id", "KeyType": "HASH" }],
        "AttributeDefinitions": [{ "AttributeName": "id", "AttributeType": "S" }],
        "BillingModeSummary": { "BillingMode": "PAY_PER_REQUEST" }, "CreationDateTime": 1.6e9
    })
}

fn orders() -> Value {
    let mut orders = table("orders", "eu-west-1");
    orders["SSEDescription"] = json!({ "Status": "ENABLED", "SSEType": "KMS", "KMSMasterKeyArn": KEY });
    orders["StreamSpecification"] = json!({ "StreamEnabled": true, "StreamViewType": "NEW_IMAGE" });
    orders["LatestStreamArn"] = json!(format!("{ORDERS}/stream/2026"));
    orders["Replicas"] =
        json!([{ "RegionName": "us-west-2", "ReplicaStatus": "ACTIVE", "KMSMasterKeyId": "k-2" }]);
    orders["GlobalSecondaryIndexes"] = json!([{ "IndexName": "by-day", "KeySchema": [{ "AttributeName": "day", "KeyType": "HASH" }],
        "Projection": { "ProjectionType": "INCLUDE", "NonKeyAttributes": ["b", "a"] }, "IndexStatus": "ACTIVE" }]);
    orders
}

fn backup(table: &str, id: &str, table_id: &str) -> Value {
    let arn = format!("arn:aws:dynamodb:eu-west-1:123456789012:table/{table}");
    json!({ "TableName": table, "TableId": table_id, "TableArn": arn, "BackupArn": format!("{arn}/backup/{id}"),
        "BackupName": id, "BackupStatus": "AVAILABLE", "BackupType": "USER", "BackupCreationDateTime": 1.7e9 })
}

fn kms(asked: &Asked) -> Reply {
    let key = asked.text("KeyId");
    match asked.operation.as_str() {
        "DescribeKey" => {
            json(json!({ "KeyMetadata": { "KeyId": "k", "Arn": key, "AWSAccountId": "123456789012",
            "KeyState": "Enabled", "KeyManager": "CUSTOMER", "KeySpec": "SYMMETRIC_DEFAULT", "Origin": "AWS_KMS" } }))
        }
        "GetKeyRotationStatus" if key == KEY => {
            json(json!({ "KeyRotationEnabled": true, "RotationPeriodInDays": 365 }))
        }
        "GetKeyRotationStatus" => error(asked, "UnsupportedOperationException"),
        "GetKeyPolicy" => json(json!({ "Policy": "{\"Statement\":[]}" })),
        "ListGrants" => json(
            json!({ "Grants": [{ "GrantId": "g", "GranteePrincipal": "arn:aws:iam::123456789012:role/app",
            "Operations": ["Encrypt", "Decrypt"] }], "Truncated": false }),
        ),
        "ListResourceTags" => {
            json(json!({ "Tags": [{ "TagKey": "t", "TagValue": "v" }], "Truncated": false }))
        }
        other => panic!("kms:{other} is not expected"),
    }
}

pub fn xml(operation: &str, result: &str) -> Reply {
    Reply::Http(
        200,
        format!(
            "<{operation}Response><{operation}Result>{result}</{operation}Result><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></{operation}Response>"
        ),
    )
}

pub fn user(name: &str) -> String {
    format!(
        "<member><Path>/</Path><UserName>{name}</UserName><UserId>AIDA</UserId><Arn>arn:aws:iam::123456789012:user/{name}</Arn>\
        <CreateDate>2024-01-01T00:00:00Z</CreateDate><UserPolicyList><member><PolicyName>p</PolicyName>\
        <PolicyDocument>%7B%22Statement%22%3A%5B%5D%7D</PolicyDocument></member></UserPolicyList>\
        <GroupList><member>staff</member></GroupList><AttachedManagedPolicies><member><PolicyName>ReadOnlyAccess</PolicyName>\
        <PolicyArn>{MANAGED}</PolicyArn></member></AttachedManagedPolicies></member>"
    )
}

fn iam(asked: &Asked) -> Reply {
    match asked.operation.as_str() {
        "GetAccountAuthorizationDetails" => xml(
            "GetAccountAuthorizationDetails",
            &format!(
                "<IsTruncated>false</IsTruncated><UserDetailList>{}</UserDetailList>\
            <Policies><member><Arn>arn:aws:iam::123456789012:policy/team/Local</Arn><DefaultVersionId>v2</DefaultVersionId>\
            <PolicyVersionList><member><VersionId>v1</VersionId><Document>old</Document><IsDefaultVersion>false</IsDefaultVersion></member>\
            <member><VersionId>v2</VersionId><Document>%7B%7D</Document><IsDefaultVersion>true</IsDefaultVersion></member></PolicyVersionList></member>\
            <member><Arn>arn:aws:iam::aws:policy/NotAttached</Arn></member></Policies>",
                user("ann")
            ),
        ),
        "GetPolicy" => xml(
            "GetPolicy",
            &format!(
                "<Policy><Arn>{}</Arn><DefaultVersionId>v9</DefaultVersionId></Policy>",
                asked.text("PolicyArn")
            ),
        ),
        "GetPolicyVersion" => xml(
            "GetPolicyVersion",
            "<PolicyVersion><Document>%7B%22a%22%3A1%7D</Document><VersionId>v9</VersionId><IsDefaultVersion>true</IsDefaultVersion></PolicyVersion>",
        ),
        "GenerateCredentialReport" => xml("GenerateCredentialReport", "<State>COMPLETE</State>"),
        // A user whose password is on and whose one key is active.
        "GetCredentialReport" => xml(
            "GetCredentialReport",
            "<Content>dXNlcixhcm4scGFzc3dvcmRfZW5hYmxlZCxtZmFfYWN0aXZlLGFjY2Vzc19rZXlfMV9hY3RpdmUsYWNjZXNzX2tleV8xX2xhc3Rfcm90YXRlZAphbm4sYXJuOmF3czppYW06OjEyMzQ1Njc4OTAxMjp1c2VyL2Fubix0cnVlLGZhbHNlLHRydWUsMjAyNi0wMS0wMVQwMDowMDowMCswMDowMAo=</Content>\
            <ReportFormat>text/csv</ReportFormat>",
        ),
        "GenerateServiceLastAccessedDetails" => {
            xml("GenerateServiceLastAccessedDetails", "<JobId>00000000-0000-0000-0000-000000000000</JobId>")
        }
        "GetServiceLastAccessedDetails" => xml(
            "GetServiceLastAccessedDetails",
            "<JobStatus>COMPLETED</JobStatus><JobCreationDate>2026-01-01T00:00:00Z</JobCreationDate>\
            <JobCompletionDate>2026-01-01T00:00:00Z</JobCompletionDate><IsTruncated>false</IsTruncated>\
            <ServicesLastAccessed><member><ServiceName>Amazon DynamoDB</ServiceName>\
            <ServiceNamespace>dynamodb</ServiceNamespace><LastAuthenticated>2026-01-02T00:00:00Z</LastAuthenticated>\
            </member></ServicesLastAccessed>",
        ),
        other => panic!("iam:{other} is not expected"),
    }
}
