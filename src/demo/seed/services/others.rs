//! Lambda, Kinesis, S3, DAX, VPC endpoints, scaling and AWS Config: a little of each, not all of it right.

use serde_json::{Value, json};

use super::Laying;
use crate::demo::seed::{AWAY, HOME};
use crate::demo::{ACCOUNT, PARTNER_ACCOUNT};

pub(super) fn plant(shelf: &Laying<'_>, streams: &[(&str, String)]) {
    consumers(shelf, streams);
    buckets(shelf);
    caches(shelf);
    network(shelf);
    guests(shelf);
    rules(shelf);
    integrations(shelf);

    let archive = format!("arn:aws:kinesis:{HOME}:{ACCOUNT}:stream/audit-archive");
    let summary = json!({ "StreamDescriptionSummary": { "StreamName": "audit-archive", "StreamARN": archive,
        "EncryptionType": "NONE", "RetentionPeriodHours": 8_760 } });
    shelf.lay(HOME, "kinesis:DescribeStreamSummary", &archive, summary);

    // Reads of `legacy_users` grow with their load, writes were forgotten; `events` has both.
    let target = |table: &str, way: &str| {
        json!({ "ServiceNamespace": "dynamodb", "ResourceId": format!("table/{table}"),
            "ScalableDimension": format!("dynamodb:table:{way}CapacityUnits") })
    };
    let targets = [target("legacy_users", "Read"), target("events", "Read"), target("events", "Write")];
    let call = "application-autoscaling:DescribeScalableTargets";
    shelf.lay(HOME, call, "", json!({ "ScalableTargets": targets }));

    let recorder = json!({ "name": "default", "recordingGroup": { "allSupported": true } });
    shelf.lay(
        HOME,
        "config:DescribeConfigurationRecorders",
        "",
        json!({ "ConfigurationRecorders": [recorder] }),
    );
    let status = json!({ "ConfigurationRecordersStatus": [{ "name": "default", "recording": true }] });
    shelf.lay(HOME, "config:DescribeConfigurationRecorderStatus", "", status);
}

/// Who reads the streams: nobody that of `webhooks`, a partner's function that of `oauth_tokens`.
fn consumers(shelf: &Laying<'_>, streams: &[(&str, String)]) {
    let mapping = |table: &str, function: String| {
        let source = streams.iter().find(|(name, _)| *name == table).map(|(_, arn)| arn.as_str());
        json!({ "UUID": format!("m-{table}"), "EventSourceArn": source, "FunctionArn": function,
            "State": "Enabled", "LastProcessingResult": "OK" })
    };
    let function = |account: &str, name: &str| format!("arn:aws:lambda:{HOME}:{account}:function:{name}");
    let mappings: Vec<Value> = vec![
        mapping("orders", function(ACCOUNT, "index-orders")),
        mapping("oauth_tokens", function(PARTNER_ACCOUNT, "mirror-grants")),
    ];
    shelf.lay(HOME, "lambda:ListEventSourceMappings", "", json!({ "EventSourceMappings": mappings }));
}

/// The company's own bucket is shut; the partner's tells only where it lies; the one of the move was forgotten.
fn buckets(shelf: &Laying<'_>) {
    for bucket in ["harbourline-analytics", "ferrylink-dropbox", "harbourline-migration"] {
        let place = format!(
            "<LocationConstraint xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">{HOME}</LocationConstraint>"
        );
        shelf.lay(AWAY, "s3:GetBucketLocation", bucket, place.into());
    }
    let listed = |count: u32| format!("<ListBucketResult><KeyCount>{count}</KeyCount></ListBucketResult>");
    for (bucket, count) in
        [("harbourline-analytics", 1), ("ferrylink-dropbox", 1), ("harbourline-migration", 1)]
    {
        shelf.lay(HOME, "s3:ListObjectsV2", bucket, listed(count).into());
    }
    let open = "<PolicyStatus><IsPublic>TRUE</IsPublic></PolicyStatus>";
    shelf.lay(HOME, "s3:GetBucketPolicyStatus", "ferrylink-dropbox", open.into());
    let blocks = ["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"];
    let blocks: String = blocks.iter().map(|block| format!("<{block}>true</{block}>")).collect();
    let blocks = format!("<PublicAccessBlockConfiguration>{blocks}</PublicAccessBlockConfiguration>");
    shelf.lay(HOME, "s3:GetPublicAccessBlock", "harbourline-analytics", blocks.into());
    let rule = |algorithm: &str| {
        format!(
            "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>{algorithm}\
             </SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>"
        )
    };
    shelf.lay(HOME, "s3:GetBucketEncryption", "harbourline-analytics", rule("aws:kms").into());
    shelf.lay(HOME, "s3:GetBucketEncryption", "ferrylink-dropbox", rule("AES256").into());
}

/// Grants are queried in the lake, too.
fn integrations(shelf: &Laying<'_>) {
    let grants = format!("arn:aws:dynamodb:{HOME}:{ACCOUNT}:table/oauth_tokens");
    let inbound = json!({ "InboundIntegrations": [{ "SourceArn": grants, "Status": "ACTIVE",
        "IntegrationArn": format!("arn:aws:glue:{HOME}:{ACCOUNT}:integration:grants-lake"),
        "TargetArn": format!("arn:aws:glue:{HOME}:{ACCOUNT}:database/lake") }] });
    shelf.lay(HOME, "glue:DescribeInboundIntegrations", "", inbound);
    let none = "<DescribeIntegrationsResponse><DescribeIntegrationsResult><Integrations/>\
        </DescribeIntegrationsResult></DescribeIntegrationsResponse>";
    for region in [HOME, AWAY] {
        shelf.lay(region, "redshift:DescribeIntegrations", "", none.into());
    }
}

/// One cluster, from before anyone thought of it.
fn caches(shelf: &Laying<'_>) {
    let arn = format!("arn:aws:dax:{HOME}:{ACCOUNT}:cache/sessions-cache");
    let cluster = json!({ "ClusterName": "sessions-cache", "ClusterArn": arn, "Status": "available",
        "Nodes": [{ "NodeId": "a", "AvailabilityZone": "eu-west-1a" }],
        "SSEDescription": { "Status": "DISABLED" }, "ClusterEndpointEncryptionType": "NONE",
        "IamRoleArn": format!("arn:aws:iam::{ACCOUNT}:role/dax"),
        "SecurityGroups": [{ "SecurityGroupIdentifier": "sg-0dax", "Status": "active" }],
        "ParameterGroup": { "ParameterGroupName": "default.dax1.0" } });
    shelf.lay(HOME, "dax:DescribeClusters", "", json!({ "Clusters": [cluster] }));
    let parameter = |name: &str, value: &str| json!({ "ParameterName": name, "ParameterValue": value });
    let parameters = [parameter("query-ttl-millis", "300000"), parameter("record-ttl-millis", "0")];
    shelf.lay(HOME, "dax:DescribeParameters", "default.dax1.0", json!({ "Parameters": parameters }));
}

/// A gateway that anything may leave through.
fn network(shelf: &Laying<'_>) {
    let endpoints = format!(
        "<DescribeVpcEndpointsResponse><vpcEndpointSet><item><vpcEndpointId>vpce-0a1b</vpcEndpointId>\
         <vpcId>vpc-0harbour</vpcId><vpcEndpointType>Gateway</vpcEndpointType><state>available</state>\
         <serviceName>com.amazonaws.{HOME}.dynamodb</serviceName><policyDocument>{}</policyDocument>\
         <routeTableIdSet><item>rtb-0c</item></routeTableIdSet></item></vpcEndpointSet></DescribeVpcEndpointsResponse>",
        r#"{"Version":"2008-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}"#,
    );
    shelf.lay(HOME, "ec2:DescribeVpcEndpoints", "", endpoints.into());
    let none = "<DescribeVpcEndpointsResponse><vpcEndpointSet/></DescribeVpcEndpointsResponse>";
    shelf.lay(AWAY, "ec2:DescribeVpcEndpoints", "", none.into());
    networks(shelf);
}

/// The functions of the company; the second VPC was made for a trial, and has no endpoint.
fn networks(shelf: &Laying<'_>) {
    let answer = |operation: &str, set: &str, items: &str| {
        format!("<{operation}Response><{set}>{items}</{set}></{operation}Response>")
    };
    let vpc = |id: &str| format!("<item><vpcId>{id}</vpcId><ownerId>{ACCOUNT}</ownerId></item>");
    let interface = |vpc: &str, kind: &str| {
        format!("<item><vpcId>{vpc}</vpcId><interfaceType>{kind}</interfaceType></item>")
    };
    let vpcs = vpc("vpc-0harbour") + &vpc("vpc-0trial");
    let interfaces = interface("vpc-0harbour", "lambda") + &interface("vpc-0trial", "interface");
    for (region, vpcs, interfaces) in [(HOME, vpcs.as_str(), interfaces.as_str()), (AWAY, "", "")] {
        shelf.lay(region, "ec2:DescribeVpcs", "", answer("DescribeVpcs", "vpcSet", vpcs).into());
        let set = answer("DescribeNetworkInterfaces", "networkInterfaceSet", interfaces);
        shelf.lay(region, "ec2:DescribeNetworkInterfaces", "", set.into());
    }
    let open = "<item><groupId>sg-0dax</groupId><ipPermissions><item><ipProtocol>tcp</ipProtocol>\
        <fromPort>8111</fromPort><toPort>8111</toPort><ipRanges><item><cidrIp>0.0.0.0/0</cidrIp></item></ipRanges>\
        </item></ipPermissions></item>";
    let groups = answer("DescribeSecurityGroups", "securityGroupInfo", open);
    shelf.lay(HOME, "ec2:DescribeSecurityGroups", "", groups.into());
}

/// The pool of the travellers' app lets guests in, with the portal's own role.
fn guests(shelf: &Laying<'_>) {
    let id = format!("{HOME}:00000000-harbourline");
    let pools = json!({ "IdentityPools": [{ "IdentityPoolId": id, "IdentityPoolName": "travellers" }] });
    shelf.lay(HOME, "cognito-identity:ListIdentityPools", "", pools);
    let pool = json!({ "IdentityPoolId": id, "IdentityPoolName": "travellers", "AllowUnauthenticatedIdentities": true });
    shelf.lay(HOME, "cognito-identity:DescribeIdentityPool", &id, pool);
    let role = format!("arn:aws:iam::{ACCOUNT}:role/passenger-portal");
    let roles = json!({ "IdentityPoolId": id, "Roles": { "authenticated": role, "unauthenticated": role } });
    shelf.lay(HOME, "cognito-identity:GetIdentityPoolRoles", &id, roles);
}

/// Deletions reach the people on duty; the rule about policies lost its target.
fn rules(shelf: &Laying<'_>) {
    let rule = |name: &str, events: &[&str]| {
        let pattern = json!({ "source": ["aws.dynamodb"], "detail-type": ["AWS API Call via CloudTrail"],
            "detail": { "eventName": events } });
        json!({ "Name": name, "Arn": format!("arn:aws:events:{HOME}:{ACCOUNT}:rule/{name}"), "State": "ENABLED",
            "EventPattern": pattern.to_string() })
    };
    let rules = [rule("tables-deleted", &["DeleteTable"]), rule("tables-opened", &["PutResourcePolicy"])];
    shelf.lay(HOME, "events:ListRules", "", json!({ "Rules": rules }));
    let topic = format!("arn:aws:sns:{HOME}:{ACCOUNT}:on-duty");
    shelf.lay(
        HOME,
        "events:ListTargetsByRule",
        "tables-deleted",
        json!({ "Targets": [{ "Id": "1", "Arn": topic }] }),
    );
}
