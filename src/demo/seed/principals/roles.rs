//! Roles: services that may do too much, services that may do just enough, and doors to the outside.

use std::collections::HashMap;

use serde_json::{Value, json};
use winterbaume_iam::views::RoleView;

use super::{allow, attached, deny, document, inline, table, under};
use crate::demo::{ACCOUNT, NOW, PARTNER_ACCOUNT};

const DAY: i64 = 86_400;

/// Every role, with the second it was last used.
pub(super) fn roles() -> Vec<(RoleView, Option<i64>)> {
    let mut roles = services();
    roles.extend(operations());
    roles.extend(doors());
    roles
}

fn services() -> Vec<(RoleView, Option<i64>)> {
    let read = || json!(["dynamodb:GetItem", "dynamodb:Query"]);
    let own =
        json!({ "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": ["${aws:PrincipalTag/session}"] } });
    let streamed = json!(["dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:DescribeStream"]);
    let decrypt = allow(json!("kms:Decrypt"), json!(format!("arn:aws:kms:eu-west-1:{ACCOUNT}:key/*")));
    vec![
        recent(Role::service("checkout-api", "ecs-tasks").inline(
            "own-session",
            json!([
                under(allow(read(), json!([table("sessions"), table("carts")])), own),
                allow(json!(["dynamodb:PutItem", "dynamodb:UpdateItem"]), json!(table("carts")))
            ]),
        )),
        recent(
            Role::service("booking-service", "ec2")
                .inline("database", json!([allow(json!("dynamodb:*"), json!("*")), decrypt.clone()])),
        ),
        recent(Role::service("oauth-stream-lambda", "lambda").inline(
            "stream",
            json!([allow(streamed, json!(table("oauth_tokens/stream/*"))), decrypt.clone()]),
        )),
        recent(
            Role::service("api-authorizer", "apigateway")
                .inline("lookup", json!([allow(json!("dynamodb:GetItem"), json!(table("api_keys")))])),
        ),
        recent(Role::service("metrics-writer", "ecs-tasks").inline(
            "write-only",
            json!([allow(
                json!(["dynamodb:PutItem", "dynamodb:BatchWriteItem"]),
                json!(format!("arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/metrics"))
            )]),
        )),
        recent(Role::service("session-reaper", "lambda").inline(
            "expire",
            json!([allow(json!(["dynamodb:Scan", "dynamodb:DeleteItem"]), json!(table("sessions")))]),
        )),
        recent(
            Role::service("payments", "ecs-tasks")
                .inline("vault", json!([allow(read(), json!(table("vault"))), decrypt])),
        ),
    ]
}

fn operations() -> Vec<(RoleView, Option<i64>)> {
    let partner = json!({ "AWS": format!("arn:aws:iam::{PARTNER_ACCOUNT}:root") });
    let root = json!({ "AWS": format!("arn:aws:iam::{ACCOUNT}:root") });
    let web = json!({ "Federated": format!("arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com") });
    let branch =
        json!({ "StringLike": { "token.actions.githubusercontent.com:sub": "repo:harbourline/infra:*" } });
    let export = json!(["dynamodb:ExportTableToPointInTime", "dynamodb:DescribeExport"]);
    let backup = json!(["dynamodb:CreateBackup", "dynamodb:ListBackups", "dynamodb:RestoreTableFromBackup"]);
    let sensitive = json!([table("sessions*"), table("oauth_tokens*"), table("api_keys*"), table("vault*")]);
    let audit =
        json!(["dynamodb:Scan", "dynamodb:Describe*", "dynamodb:List*", "dynamodb:GetResourcePolicy"]);
    let query = json!(["dynamodb:Query", "dynamodb:GetItem", "dynamodb:BatchGetItem"]);
    vec![
        recent(
            Role::trusting("platform-admin", root.clone(), "sts:AssumeRole")
                .attach("aws/AdministratorAccess"),
        ),
        // No ExternalId: whoever is in the other account may come in.
        recent(Role::trusting("ferrylink-partner", partner, "sts:AssumeRole").inline(
            "bookings",
            json!([allow(
                query,
                json!([table("oauth_tokens"), table("oauth_tokens/index/*"), table("orders")])
            )]),
        )),
        recent(Role::service("analytics-export", "glue").inline(
            "export",
            json!([
                allow(export, json!([table("*")])),
                allow(json!("s3:PutObject"), json!("arn:aws:s3:::harbourline-analytics/*"))
            ]),
        )),
        recent(
            Role::service("backup-operator", "backup").inline("backup", json!([allow(backup, json!("*"))])),
        ),
        recent(
            Role::trusting("support-desk", root.clone(), "sts:AssumeRole")
                .attach("aws/AmazonDynamoDBReadOnlyAccess")
                .inline("not-the-secrets", json!([deny(json!("dynamodb:*"), sensitive)])),
        ),
        recent(
            Role::trusting("terraform-deploy", web, "sts:AssumeRoleWithWebIdentity")
                .only(branch)
                .attach("aws/PowerUserAccess"),
        ),
        recent(
            Role::trusting("dynaudit-readonly", root.clone(), "sts:AssumeRole")
                .attach("aws/SecurityAudit")
                .inline("sample", json!([allow(audit, json!("*"))])),
        ),
        (
            Role::trusting("data-science", root, "sts:AssumeRole")
                .inline("partiql", json!([allow(json!("dynamodb:PartiQLSelect"), json!(table("events")))]))
                .into_view(),
            Some(NOW - 330 * DAY),
        ),
        // Left over from a migration; never used since.
        (
            Role::service("legacy-importer", "ec2")
                .inline("all-but", json!([{ "Effect": "Allow", "NotAction": "iam:*", "Resource": "*" }]))
                .into_view(),
            None,
        ),
    ]
}

/// Roles through which somebody reads who should not, or who does not read although it seems so.
fn doors() -> Vec<(RoleView, Option<i64>)> {
    let root = json!({ "AWS": format!("arn:aws:iam::{ACCOUNT}:root") });
    let provider =
        |host: &str| json!({ "Federated": format!("arn:aws:iam::{ACCOUNT}:oidc-provider/{host}") });
    let cognito = json!({ "Federated": "cognito-identity.amazonaws.com" });
    let guests =
        json!({ "StringEquals": { "cognito-identity.amazonaws.com:aud": "eu-west-1:00000000-harbourline" } });
    // Scan carries no `dynamodb:LeadingKeys`, and of none "for all" is true.
    let own = json!({
        "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": ["${cognito-identity.amazonaws.com:sub}"] },
    });
    let portal = json!(["dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan"]);
    let names = json!({
        "StringEquals": { "dynamodb:Select": "SPECIFIC_ATTRIBUTES" },
        "ForAllValues:StringEquals": { "dynamodb:Attributes": ["user_id", "email", "name"] },
    });
    let function = format!("arn:aws:lambda:eu-west-1:{ACCOUNT}:function:release-*");
    let key = json!(format!("arn:aws:kms:eu-west-1:{ACCOUNT}:key/*"));
    vec![
        recent(
            Role::trusting("passenger-portal", cognito, "sts:AssumeRoleWithWebIdentity")
                .only(guests)
                .inline("own-session", json!([under(allow(portal, json!(table("sessions"))), own)])),
        ),
        // The table's policy lets it read one index, and nothing else does.
        recent(
            Role::service("route-planner", "ecs-tasks")
                .inline("decrypt", json!([allow(json!("kms:Decrypt"), key)])),
        ),
        // May get items of `users`, but no password.
        recent(
            Role::service("loyalty-mailer", "lambda").inline(
                "names",
                json!([under(allow(json!("dynamodb:GetItem"), json!(table("users"))), names)]),
            ),
        ),
        // Forgotten: the right to decrypt.
        recent(Role::service("refund-worker", "lambda").inline(
            "vault",
            json!([allow(json!(["dynamodb:GetItem", "dynamodb:Query"]), json!(table("vault")))]),
        )),
        // May run code as any role that Lambda may be.
        recent(Role::trusting("release-train", root, "sts:AssumeRole").inline(
            "release",
            json!([
                allow(json!("iam:PassRole"), json!(format!("arn:aws:iam::{ACCOUNT}:role/session-*"))),
                allow(json!(["lambda:CreateFunction", "lambda:InvokeFunction"]), json!(function))
            ]),
        )),
        // Any workflow of anyone's may come in.
        recent(
            Role::trusting(
                "preview-deploy",
                provider("token.actions.githubusercontent.com"),
                "sts:AssumeRoleWithWebIdentity",
            )
            .only(
                json!({ "StringEquals": { "token.actions.githubusercontent.com:aud": "sts.amazonaws.com" } }),
            )
            .inline("preview", json!([allow(json!("dynamodb:Scan"), json!(table("promotions")))])),
        ),
    ]
}

fn recent(role: Role) -> (RoleView, Option<i64>) {
    (role.into_view(), Some(NOW - DAY))
}

/// A role before it is made.
struct Role {
    view: RoleView,
    trust: Value,
}

impl Role {
    fn service(name: &str, service: &str) -> Self {
        let principal = json!({ "Service": format!("{service}.amazonaws.com") });
        Self::trusting(name, principal, "sts:AssumeRole")
    }

    fn trusting(name: &str, principal: Value, action: &str) -> Self {
        let view = RoleView {
            name: name.to_owned(),
            role_id: String::new(),
            account_id: ACCOUNT.to_owned(),
            path: "/".to_owned(),
            arn: format!("arn:aws:iam::{ACCOUNT}:role/{name}"),
            assume_role_policy_document: String::new(),
            description: String::new(),
            create_date: None,
            max_session_duration: 3600,
            tags: HashMap::from([("company".to_owned(), "harbourline".to_owned())]),
            attached_policies: Vec::new(),
            inline_policies: Vec::new(),
            permissions_boundary: None,
        };
        Self { view, trust: json!({ "Effect": "Allow", "Principal": principal, "Action": action }) }
    }

    fn only(mut self, condition: Value) -> Self {
        self.trust = under(self.trust, condition);
        self
    }

    fn inline(mut self, name: &str, statements: Value) -> Self {
        self.view.inline_policies.push(inline(name, statements));
        self
    }

    fn attach(mut self, policy: &str) -> Self {
        self.view.attached_policies.push(attached(policy));
        self
    }

    fn into_view(mut self) -> RoleView {
        self.view.assume_role_policy_document = document(json!([self.trust]));
        self.view
    }
}
