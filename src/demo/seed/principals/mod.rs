//! The company's people and roles in IAM.

mod managed;
mod people;
mod roles;

use serde_json::{Value, json};
use winterbaume_iam::views::{AttachedPolicyView, IamStateView, InlinePolicyView};

use crate::demo::{ACCOUNT, Embedded, Error};

pub(super) async fn plant(account: &Embedded) -> Result<(), Error> {
    let mut view = IamStateView::default();
    view.policies.extend(managed::policies().into_iter().map(|policy| (policy.arn.clone(), policy)));
    view.groups.extend(people::groups().into_iter().map(|group| (group.name.clone(), group)));
    view.users.extend(people::users().into_iter().map(|user| (user.name.clone(), user)));
    for (role, used) in roles::roles() {
        if let Some(used) = used {
            account.0.iam.use_role(&role.name, used);
        }
        view.roles.insert(role.name.clone(), role);
    }
    account.0.iam.add(view).await
}

/// A policy of one version with these statements.
fn document(statements: Value) -> String {
    json!({ "Version": "2012-10-17", "Statement": statements }).to_string()
}

/// An inline policy.
fn inline(name: &str, statements: Value) -> InlinePolicyView {
    InlinePolicyView { policy_name: name.to_owned(), policy_document: document(statements) }
}

/// An attached policy, of AWS (`aws/AdministratorAccess`) or the account's own.
fn attached(name: &str) -> AttachedPolicyView {
    let (owner, path) = match name.strip_prefix("aws/") {
        Some(path) => ("aws", path),
        None => (ACCOUNT, name),
    };
    AttachedPolicyView {
        policy_name: path.rsplit('/').next().unwrap_or(path).to_owned(),
        policy_arn: format!("arn:aws:iam::{owner}:policy/{path}"),
    }
}

/// An Allow statement.
fn allow(actions: Value, resources: Value) -> Value {
    json!({ "Effect": "Allow", "Action": actions, "Resource": resources })
}

/// A Deny statement.
fn deny(actions: Value, resources: Value) -> Value {
    json!({ "Effect": "Deny", "Action": actions, "Resource": resources })
}

/// A statement under a condition.
fn under(mut statement: Value, condition: Value) -> Value {
    statement["Condition"] = condition;
    statement
}

/// ARN of a table, or of what a pattern names, in the home Region.
fn table(name: &str) -> String {
    format!("arn:aws:dynamodb:eu-west-1:{ACCOUNT}:table/{name}")
}
