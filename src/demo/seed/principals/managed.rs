//! The company's own managed policies, one of them with an older version, one a boundary.

use serde_json::{Value, json};
use winterbaume_iam::views::{ManagedPolicyView, PolicyVersionView};

use super::{allow, deny, document, table};
use crate::demo::ACCOUNT;

pub(super) fn policies() -> Vec<ManagedPolicyView> {
    let old = json!([allow(json!("dynamodb:*"), json!("*"))]);
    let engineers = json!([
        allow(json!(["dynamodb:Describe*", "dynamodb:List*"]), json!("*")),
        allow(
            json!(["dynamodb:GetItem", "dynamodb:Query", "dynamodb:PutItem", "dynamodb:UpdateItem"]),
            json!([table("carts"), table("events"), table("catalogue"), table("catalogue/index/*")])
        ),
    ]);
    let boundary = json!([
        allow(json!(["dynamodb:*", "kms:Decrypt", "s3:*", "logs:*"]), json!("*")),
        deny(
            json!([
                "dynamodb:GetItem",
                "dynamodb:BatchGetItem",
                "dynamodb:Query",
                "dynamodb:Scan",
                "dynamodb:PartiQLSelect",
                "dynamodb:GetRecords",
                "dynamodb:ExportTableToPointInTime"
            ]),
            json!("*")
        ),
    ]);
    vec![policy("HarbourlineEngineers", &[old, engineers]), policy("ContractorBoundary", &[boundary])]
}

/// A policy whose last version is the default.
fn policy(name: &str, versions: &[Value]) -> ManagedPolicyView {
    let last = versions.len();
    let versions: Vec<PolicyVersionView> = (1..)
        .zip(versions)
        .map(|(number, statements)| PolicyVersionView {
            version_id: format!("v{number}"),
            document: document(statements.clone()),
            is_default_version: number == last,
            create_date: None,
        })
        .collect();
    ManagedPolicyView {
        policy_name: name.to_owned(),
        policy_id: String::new(),
        arn: format!("arn:aws:iam::{ACCOUNT}:policy/{name}"),
        path: "/".to_owned(),
        default_version_id: format!("v{last}"),
        description: String::new(),
        create_date: None,
        update_date: None,
        is_attachable: true,
        document: versions.last().map(|version| version.document.clone()).unwrap_or_default(),
        versions,
        tags: Default::default(),
        attachment_count: 0,
    }
}
