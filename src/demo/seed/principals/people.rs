//! Users and groups: analysts who may scan everything, a contractor under a boundary, an administrator with MFA.

use std::collections::HashMap;

use serde_json::json;
use winterbaume_iam::views::{AttachedPolicyView, GroupView, InlinePolicyView, UserView};

use super::{allow, attached, inline, table, under};
use crate::demo::ACCOUNT;

pub(super) fn groups() -> Vec<GroupView> {
    let everything = json!([table("*"), format!("arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/*")]);
    let scan = json!(["dynamodb:Scan", "dynamodb:Query", "dynamodb:DescribeTable", "dynamodb:ListTables"]);
    vec![
        group("administrators", &["ravi.iyer"], &["aws/AdministratorAccess"], vec![]),
        group("analysts", &["amara.okafor"], &[], vec![inline("scan", json!([allow(scan, everything)]))]),
        group("engineers", &["jonas.lind", "amara.okafor"], &["HarbourlineEngineers"], vec![]),
    ]
}

pub(super) fn users() -> Vec<UserView> {
    let mfa = json!({ "Bool": { "aws:MultiFactorAuthPresent": "true" } });
    let secrets = json!([table("oauth_tokens"), table("sessions")]);
    let attributes = json!({
        "ForAllValues:StringEquals": { "dynamodb:Attributes": ["order_id", "status", "vessel"] },
        "StringEqualsIfExists": { "dynamodb:Select": "SPECIFIC_ATTRIBUTES" },
    });
    let orders = json!([table("orders"), table("orders/index/*")]);
    let get = json!(["dynamodb:GetItem", "dynamodb:Query"]);
    vec![
        user("amara.okafor", vec![], vec![]),
        user("jonas.lind", vec![], vec![]),
        // Full access, cut down to nothing readable by the boundary.
        UserView {
            permissions_boundary: Some(format!("arn:aws:iam::{ACCOUNT}:policy/ContractorBoundary")),
            ..user("mei.tanaka", vec![attached("aws/AmazonDynamoDBFullAccess")], vec![])
        },
        user("ravi.iyer", vec![], vec![]),
        user(
            "sofia.costa",
            vec![],
            vec![inline("secrets-with-mfa", json!([under(allow(json!("dynamodb:GetItem"), secrets), mfa)]))],
        ),
        // Reads nothing, and two hops on everything that session-reaper reads.
        user(
            "nia.brandt",
            vec![],
            vec![inline(
                "releases",
                json!([allow(
                    json!("sts:AssumeRole"),
                    json!(format!("arn:aws:iam::{ACCOUNT}:role/release-train"))
                )]),
            )],
        ),
        user(
            "support.bot",
            vec![],
            vec![inline("order-status", json!([under(allow(get, orders), attributes)]))],
        ),
        user(
            "ci-deployer",
            vec![],
            vec![inline(
                "seed-tables",
                json!([allow(json!(["dynamodb:BatchGetItem", "dynamodb:BatchWriteItem"]), json!("*"))]),
            )],
        ),
    ]
}

fn user(name: &str, attached: Vec<AttachedPolicyView>, inline: Vec<InlinePolicyView>) -> UserView {
    UserView {
        name: name.to_owned(),
        user_id: String::new(),
        account_id: ACCOUNT.to_owned(),
        path: "/".to_owned(),
        arn: format!("arn:aws:iam::{ACCOUNT}:user/{name}"),
        create_date: None,
        tags: HashMap::from([("company".to_owned(), "harbourline".to_owned())]),
        attached_policies: attached,
        inline_policies: inline,
        permissions_boundary: None,
    }
}

fn group(name: &str, members: &[&str], policies: &[&str], inline: Vec<InlinePolicyView>) -> GroupView {
    GroupView {
        name: name.to_owned(),
        group_id: String::new(),
        account_id: ACCOUNT.to_owned(),
        path: "/".to_owned(),
        arn: format!("arn:aws:iam::{ACCOUNT}:group/{name}"),
        create_date: None,
        members: members.iter().map(|member| (*member).to_owned()).collect(),
        attached_policies: policies.iter().map(|policy| attached(policy)).collect(),
        inline_policies: inline,
    }
}
