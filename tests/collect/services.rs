//! What the other services of the small account answer.

use serde_json::json;

use crate::account::ORDERS;
use crate::fake::{Asked, Reply, error, json};

const TRAIL: &str = "arn:aws:cloudtrail:eu-west-1:123456789012:trail/t";

fn organizations(asked: &Asked, operation: &str) -> Reply {
    match operation {
        "DescribeOrganization" => {
            json(json!({ "Organization": { "Id": "o-1", "MasterAccountId": "999999999999" } }))
        }
        "ListParents" if asked.text("ChildId") == "123456789012" => {
            json(json!({ "Parents": [{ "Id": "ou-1", "Type": "ORGANIZATIONAL_UNIT" }] }))
        }
        "ListParents" => json(json!({ "Parents": [{ "Id": "r-1", "Type": "ROOT" }] })),
        "ListPoliciesForTarget" if asked.text("Filter") == "RESOURCE_CONTROL_POLICY" => {
            error(asked, "PolicyTypeNotEnabledException")
        }
        "ListPoliciesForTarget" => json(json!({ "Policies": [{ "Id": "p-full", "Name": "FullAWSAccess" }] })),
        "DescribePolicy" => json(json!({ "Policy": { "Content": "{\"Statement\":[]}" } })),
        "ListAccounts" => json(json!({ "Accounts": [{ "Id": "999999999999" }, { "Id": "123456789012" }] })),
        other => panic!("organizations:{other} is not expected"),
    }
}

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
        ("backup", "ListBackupPlans") => json(json!({ "BackupPlansList": [] })),
        ("backup", "ListBackupSelections") => json(json!({ "BackupSelectionsList": [] })),
        ("backup", "ListBackupVaults") => json(json!({ "BackupVaultList": [] })),
        ("cloudtrail", "DescribeTrails") => json(json!({ "trailList": [
            { "Name": "t", "TrailARN": TRAIL, "HomeRegion": "eu-west-1", "IsMultiRegionTrail": true, "KmsKeyId": "k" }] })),
        // Only at home: the trail is a shadow in the other Region.
        ("cloudtrail", "GetTrailStatus") if europe => json(json!({ "IsLogging": true })),
        ("cloudtrail", "GetEventSelectors") if europe => {
            json(json!({ "TrailARN": TRAIL, "EventSelectors": [{ "ReadWriteType": "All",
            "DataResources": [{ "Type": "AWS::DynamoDB::Table", "Values": ["arn:aws:dynamodb"] }] }] }))
        }
        ("cloudtrail", "ListEventDataStores") => json(json!({ "EventDataStores": [
            { "EventDataStoreArn": format!("arn:store:{}", asked.region), "Name": "lake" }] })),
        ("cloudtrail", "GetEventDataStore") => json(json!({ "EventDataStoreArn": "arn:store", "Status": "ENABLED", "AdvancedEventSelectors": [
            { "FieldSelectors": [{ "Field": "eventCategory", "Equals": ["Data"], "NotEndsWith": ["x"] }] }] })),
        ("lambda", "ListEventSourceMappings") => json(json!({ "EventSourceMappings": [
            { "UUID": "m", "EventSourceArn": format!("{ORDERS}/stream/2026"), "FunctionArn": "arn:f", "State": "Enabled",
              "DestinationConfig": { "OnFailure": { "Destination": "arn:sqs" } } },
            { "UUID": "q", "EventSourceArn": "arn:aws:sqs:eu-west-1:123456789012:q" }] })),
        ("kinesis", "DescribeStreamSummary") => json(json!({ "StreamDescriptionSummary": {
            "EncryptionType": "KMS", "KeyId": "k", "RetentionPeriodHours": 48 } })),
        ("dax", "DescribeClusters") => {
            json(json!({ "Clusters": [{ "ClusterName": "c", "ClusterArn": "arn:c",
            "Nodes": [{ "AvailabilityZone": "b" }, { "AvailabilityZone": "a" }],
            "SSEDescription": { "Status": "ENABLED" }, "SecurityGroups": [{ "SecurityGroupIdentifier": "sg-1" }],
            "ParameterGroup": { "ParameterGroupName": "g" } }] }))
        }
        ("dax", "DescribeParameters") => json(json!({ "Parameters": [
            { "ParameterName": "record-ttl-millis", "ParameterValue": "60000" },
            { "ParameterName": "query-ttl-millis", "ParameterValue": "0" }] })),
        ("application-autoscaling", "DescribeScalableTargets") => json(json!({ "ScalableTargets": [
            { "ResourceId": "table/orders", "ScalableDimension": "dynamodb:table:ReadCapacityUnits" }] })),
        ("config", "DescribeConfigurationRecorders") => json(json!({ "ConfigurationRecorders": [
            { "name": "r", "recordingGroup": { "allSupported": false, "resourceTypes": ["AWS::DynamoDB::Table"] } }] })),
        ("config", "DescribeConfigurationRecorderStatus") => {
            json(json!({ "ConfigurationRecordersStatus": [{ "name": "r", "recording": true }] }))
        }
        ("ec2", "DescribeVpcEndpoints") => {
            assert_eq!(asked.text("Filter.1.Value.1"), format!("com.amazonaws.{}.dynamodb", asked.region));
            Reply::Http(
                200,
                format!(
                    "<DescribeVpcEndpointsResponse><vpcEndpointSet><item><vpcEndpointId>vpce-1</vpcEndpointId><vpcEndpointType>Gateway\
                </vpcEndpointType><serviceName>com.amazonaws.{}.dynamodb</serviceName><policyDocument>{{&quot;a&quot;:1}}\
                </policyDocument><routeTableIdSet><item>rtb-1</item></routeTableIdSet></item></vpcEndpointSet></DescribeVpcEndpointsResponse>",
                    asked.region
                ),
            )
        }
        ("ec2", "DescribeVpcs") => Reply::Http(
            200,
            "<DescribeVpcsResponse><vpcSet><item><vpcId>vpc-1</vpcId><ownerId>123456789012</ownerId></item><item><vpcId>vpc-2</vpcId>\
            <ownerId>999999999999</ownerId></item></vpcSet></DescribeVpcsResponse>"
                .into(),
        ),
        ("ec2", "DescribeNetworkInterfaces") => Reply::Http(
            200,
            "<DescribeNetworkInterfacesResponse><networkInterfaceSet><item><vpcId>vpc-1</vpcId><interfaceType>lambda</interfaceType></item><item>\
            <vpcId>vpc-1</vpcId><interfaceType>vpc_endpoint</interfaceType></item></networkInterfaceSet></DescribeNetworkInterfacesResponse>"
                .into(),
        ),
        ("ec2", "DescribeSecurityGroups") => {
            assert_eq!(asked.text("GroupId.1"), "sg-1");
            Reply::Http(
                200,
                "<DescribeSecurityGroupsResponse><securityGroupInfo><item><ipPermissions><item><ipProtocol>tcp</ipProtocol><fromPort>8000</fromPort>\
                <toPort>9000</toPort><ipRanges><item><cidrIp>10.0.0.0/8</cidrIp></item></ipRanges><ipv6Ranges/></item>\
                <item><ipProtocol>tcp</ipProtocol><fromPort>443</fromPort><toPort>443</toPort><ipRanges><item>\
                <cidrIp>0.0.0.0/0</cidrIp></item></ipRanges></item></ipPermissions></item></securityGroupInfo></DescribeSecurityGroupsResponse>"
                    .into(),
            )
        }
        ("cognito-identity", "ListIdentityPools") if europe => json(json!({ "IdentityPools": [
            { "IdentityPoolId": "eu-west-1:1", "IdentityPoolName": "app" }] })),
        ("cognito-identity", "ListIdentityPools") => json(json!({ "IdentityPools": [] })),
        ("cognito-identity", "DescribeIdentityPool") => {
            json(json!({ "IdentityPoolId": asked.text("IdentityPoolId"), "AllowUnauthenticatedIdentities": true }))
        }
        ("cognito-identity", "GetIdentityPoolRoles") => {
            json(json!({ "IdentityPoolId": asked.text("IdentityPoolId"), "Roles": { "unauthenticated": "arn:aws:iam::123456789012:role/guest" } }))
        }
        ("events", "ListRules") if europe => json(json!({ "Rules": [
            { "Name": "told", "Arn": "arn:rule", "State": "ENABLED", "EventPattern": "{\"source\":[\"aws.dynamodb\"]}" },
            { "Name": "off", "State": "DISABLED", "EventPattern": "{\"source\":[\"aws.dynamodb\"]}" },
            { "Name": "nightly", "State": "ENABLED", "ScheduleExpression": "rate(1 day)" }] })),
        ("events", "ListRules") => json(json!({ "Rules": [] })),
        ("events", "ListTargetsByRule") => json(json!({ "Targets": [{ "Id": "1", "Arn": "arn:sns" }] })),
        ("s3", "GetBucketLocation") => {
            assert_eq!((asked.region.as_str(), asked.uri.as_str()), ("us-east-1", "/bucket?location"));
            Reply::Http(200, "<LocationConstraint>EU</LocationConstraint>".into())
        }
        ("s3", "GetBucketPolicyStatus") if europe => error(asked, "NoSuchBucketPolicy"),
        ("s3", "GetPublicAccessBlock") if europe => Reply::Http(
            200,
            "<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls>\
            <IgnorePublicAcls>true</IgnorePublicAcls><BlockPublicPolicy>TRUE</BlockPublicPolicy>\
            <RestrictPublicBuckets>true</RestrictPublicBuckets></PublicAccessBlockConfiguration>"
                .into(),
        ),
        ("s3", "GetBucketEncryption") if europe => Reply::Http(
            200,
            "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault>\
            <SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>"
                .into(),
        ),
        ("s3", "ListObjectsV2") if europe => {
            let prefix = asked.uri.split("&prefix=").nth(1);
            assert!(asked.uri.contains("&max-keys=1"), "{}", asked.uri);
            let count = u8::from(prefix.is_some_and(|prefix| prefix.starts_with("AWSDynamoDB")));
            Reply::Http(200, format!("<ListBucketResult><KeyCount>{count}</KeyCount></ListBucketResult>"))
        }
        ("s3-control", "GetPublicAccessBlock") => error(asked, "NoSuchPublicAccessBlockConfiguration"),
        ("glue", "DescribeInboundIntegrations") if europe => json(json!({ "InboundIntegrations": [
            { "IntegrationArn": "arn:i", "SourceArn": ORDERS, "TargetArn": "arn:lake", "Status": "ACTIVE" },
            { "IntegrationArn": "arn:j", "SourceArn": "arn:aws:rds:x", "TargetArn": "arn:lake" }] })),
        ("glue", "DescribeInboundIntegrations") => json(json!({})),
        ("redshift", "DescribeIntegrations") => {
            Reply::Http(200, "<DescribeIntegrationsResponse><DescribeIntegrationsResult><Integrations/></DescribeIntegrationsResult></DescribeIntegrationsResponse>".into())
        }
        ("organizations", operation) => organizations(asked, operation),
        (service, operation) => panic!("{service}:{operation} is not expected at {}", asked.uri),
    }
}
