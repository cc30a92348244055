//! AWS managed policies, of which the emulator has none: those that DynamoDB accounts commonly attach.
//!
//! The statements keep what bears on DynamoDB, KMS and STS of the published ones (AWS Managed Policy
//! Reference Guide), and leave out other services where that changes no decision about them.

use serde_json::{Value, json};
use winterbaume_iam::views::{ManagedPolicyView, PolicyVersionView};

use super::xml;

/// Every policy, ready to be added.
pub(super) fn policies() -> impl Iterator<Item = ManagedPolicyView> {
    let stream = json!([
        "dynamodb:DescribeStream",
        "dynamodb:GetRecords",
        "dynamodb:GetShardIterator",
        "dynamodb:ListStreams",
        "logs:CreateLogGroup",
        "logs:CreateLogStream",
        "logs:PutLogEvents"
    ]);
    let audit = json!([
        "dynamodb:DescribeContinuousBackups",
        "dynamodb:DescribeExport",
        "dynamodb:DescribeTable",
        "dynamodb:DescribeTimeToLive",
        "dynamodb:GetResourcePolicy",
        "dynamodb:ListBackups",
        "dynamodb:ListExports",
        "dynamodb:ListTables",
        "dynamodb:ListTagsOfResource",
        "iam:GetAccountAuthorizationDetails",
        "iam:GetPolicyVersion",
        "kms:Describe*",
        "kms:Get*",
        "kms:List*",
        "sts:GetCallerIdentity"
    ]);
    let view = json!([
        "dynamodb:BatchGetItem",
        "dynamodb:Describe*",
        "dynamodb:GetItem",
        "dynamodb:GetResourcePolicy",
        "dynamodb:List*",
        "dynamodb:PartiQLSelect",
        "dynamodb:Query",
        "dynamodb:Scan",
        "kms:DescribeKey",
        "kms:ListAliases"
    ]);
    let read = json!([
        "dynamodb:BatchGet*",
        "dynamodb:Describe*",
        "dynamodb:Get*",
        "dynamodb:List*",
        "dynamodb:PartiQLSelect",
        "dynamodb:Query",
        "dynamodb:Scan",
        "iam:Get*",
        "iam:List*",
        "kms:Describe*",
        "kms:Get*",
        "kms:List*",
        "s3:Get*",
        "s3:List*"
    ]);
    let power = json!([
        { "Effect": "Allow", "NotAction": ["iam:*", "organizations:*", "account:*"], "Resource": "*" },
        { "Effect": "Allow", "Action": ["iam:CreateServiceLinkedRole", "iam:ListRoles",
            "organizations:DescribeOrganization"], "Resource": "*" },
    ]);
    let full = json!([
        "dynamodb:*",
        "dax:*",
        "application-autoscaling:*",
        "cloudwatch:GetMetricStatistics",
        "kms:DescribeKey",
        "kms:ListAliases",
        "kinesis:ListStreams",
        "iam:GetRole",
        "iam:ListRoles"
    ]);
    [
        ("", "AdministratorAccess", allow(json!("*"))),
        ("", "PowerUserAccess", power),
        ("", "ReadOnlyAccess", allow(read)),
        ("", "SecurityAudit", allow(audit)),
        ("", "AmazonDynamoDBFullAccess", allow(full)),
        ("", "AmazonDynamoDBReadOnlyAccess", allow(view)),
        ("service-role/", "AWSLambdaDynamoDBExecutionRole", allow(stream)),
    ]
    .into_iter()
    .map(|(path, name, statements)| managed(path, name, &statements))
}

fn allow(actions: Value) -> Value {
    json!([{ "Effect": "Allow", "Action": actions, "Resource": "*" }])
}

fn managed(path: &str, name: &str, statements: &Value) -> ManagedPolicyView {
    let document = json!({ "Version": "2012-10-17", "Statement": statements }).to_string();
    let date = Some(xml::CREATED.to_owned());
    ManagedPolicyView {
        policy_name: name.to_owned(),
        policy_id: String::new(),
        arn: format!("arn:aws:iam::aws:policy/{path}{name}"),
        path: format!("/{path}"),
        default_version_id: "v1".to_owned(),
        description: String::new(),
        create_date: date.clone(),
        update_date: date.clone(),
        is_attachable: true,
        document: document.clone(),
        versions: vec![PolicyVersionView {
            version_id: "v1".to_owned(),
            document,
            is_default_version: true,
            create_date: date,
        }],
        tags: Default::default(),
        attachment_count: 0,
    }
}
