//! The company's KMS keys: some kept well, one never rotated, one about to be deleted, one shared.

use std::collections::HashMap;

use serde_json::{Value, json};
use winterbaume_kms::views::{GrantConstraintsView, GrantView, KeyView, KmsStateView};

use super::{AWAY, DAY, FAR, HOME};
use crate::demo::clock::iso;
use crate::demo::kms::{alias, blank_key, key_id};
use crate::demo::{ACCOUNT, Embedded, NOW, PARTNER_ACCOUNT};

pub(super) async fn plant(account: &Embedded) {
    let mut view = KmsStateView::default();
    let mut add = |name: &str, description: &str, change: &dyn Fn(&mut KeyView), more: Option<Value>| {
        let mut key = blank_key(HOME, &key_id(name), description, NOW - 700 * DAY);
        key.key_rotation_enabled = true;
        key.tags = HashMap::from([("team".to_owned(), "platform".to_owned())]);
        change(&mut key);
        let alias = alias(HOME, &format!("alias/harbourline/{name}"), &key.key_id);
        view.aliases.insert(alias.alias_name.clone(), alias);
        view.key_policies.insert(key.key_id.clone(), policy(more).to_string());
        view.keys.insert(key.key_id.clone(), key);
    };
    add("catalogue", "Catalogue and vault", &|_| (), None);
    add("orders", "Orders, home Region", &|_| (), None);
    add("oauth", "OAuth tokens", &|key| key.key_rotation_enabled = false, None);
    add("shared", "Audit log, shared with the log archive", &|_| (), Some(partner_statement()));
    add("invoices", "Invoices until 2025", &pending_deletion, None);

    // The grant outlived the integration that it was made for.
    let grant = GrantView {
        grant_id: "0f".repeat(32),
        grant_token: String::new(),
        key_id: key_id("oauth"),
        grantee_principal: format!("arn:aws:iam::{PARTNER_ACCOUNT}:role/ferrylink-sync"),
        retiring_principal: None,
        operations: vec!["Decrypt".to_owned(), "DescribeKey".to_owned()],
        constraints: Some(GrantConstraintsView {
            encryption_context_subset: Some(HashMap::from([(
                "aws:dynamodb:tableName".to_owned(),
                "oauth_tokens".to_owned(),
            )])),
            encryption_context_equals: None,
        }),
        issuing_account: format!("arn:aws:iam::{ACCOUNT}:root"),
        name: Some("ferrylink-migration".to_owned()),
        creation_date: iso(NOW - 420 * DAY),
    };
    view.grants.insert(grant.grant_id.clone(), grant);
    account.0.kms.add(HOME, view).await;
    let mut view = KmsStateView::default();
    let mut trial = blank_key(FAR, &key_id("trial"), "Trial of a third Region", NOW - 95 * DAY);
    pending_deletion(&mut trial);
    view.key_policies.insert(trial.key_id.clone(), policy(None).to_string());
    view.keys.insert(trial.key_id.clone(), trial);
    account.0.kms.add(FAR, view).await;
    // The replica's Region has only the AWS managed key.
    account.0.kms.managed(AWAY).await;
}

fn pending_deletion(key: &mut KeyView) {
    key.key_state = "PendingDeletion".to_owned();
    key.enabled = false;
    key.key_rotation_enabled = false;
    key.deletion_date = Some(iso(NOW + 5 * DAY));
}

/// The policy that the console gives a key, with the company's administrators, and what is added.
fn policy(more: Option<Value>) -> Value {
    let root = format!("arn:aws:iam::{ACCOUNT}:root");
    let mut statements = vec![json!({
        "Sid": "EnableIamPolicies", "Effect": "Allow", "Principal": { "AWS": root },
        "Action": "kms:*", "Resource": "*",
    })];
    statements.extend(more);
    json!({ "Version": "2012-10-17", "Statement": statements })
}

fn partner_statement() -> Value {
    json!({
        "Sid": "LogArchive", "Effect": "Allow",
        "Principal": { "AWS": format!("arn:aws:iam::{PARTNER_ACCOUNT}:root") },
        "Action": ["kms:Decrypt", "kms:DescribeKey"], "Resource": "*",
    })
}
