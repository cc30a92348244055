//! IAM on winterbaume-iam, with what it leaves out: boundaries at creation, AWS managed policies, encoded documents.

mod details;
mod managed;
mod reports;
mod xml;

use std::collections::BTreeMap;
use std::sync::Mutex;

use bytes::Bytes;
use winterbaume_core::{MockRequest, MockService, StatefulService};
use winterbaume_iam::IamService;
use winterbaume_iam::views::{IamStateView, ManagedPolicyView};

use super::answer::Answer;
use super::connector::{Request, form};
use super::{ACCOUNT, Error, locked};

/// IAM has one state for all Regions; the emulator files it under this one.
const REGION: &str = "us-east-1";

/// The account's users, groups, roles and policies.
pub(super) struct Iam {
    emulator: IamService,
    /// When a role was last used, in seconds since the epoch, by name; the emulator keeps none.
    used: Mutex<BTreeMap<String, i64>>,
}

impl Iam {
    pub(super) async fn new() -> Result<Self, Error> {
        let iam = Self { emulator: IamService::new(), used: Mutex::default() };
        let policies = managed::policies().map(|policy| (policy.arn.clone(), policy)).collect();
        iam.add(IamStateView { policies, ..Default::default() }).await?;
        Ok(iam)
    }

    /// Adds principals and policies as they are.
    pub(super) async fn add(&self, view: IamStateView) -> Result<(), Error> {
        let added = self.emulator.merge(ACCOUNT, REGION, view).await;
        added.map_err(|e| Error::Store(e.to_string()))
    }

    /// Notes when a role was last used.
    pub(super) fn use_role(&self, name: &str, at: i64) {
        locked(&self.used).insert(name.to_owned(), at);
    }

    pub(super) async fn answer(&self, request: Request) -> Answer {
        let body = request.raw.body.clone();
        match request.operation.as_str() {
            // The emulator's own gives one page whatever is asked, without groups, boundaries, tags or
            // encoding.
            "GetAccountAuthorizationDetails" => {
                let state = self.emulator.snapshot(ACCOUNT, REGION).await;
                details::answer(&state, &locked(&self.used), &body)
            }
            // The emulator's documents are not encoded.
            "GetPolicy" | "GetPolicyVersion" => self.policy(&request.operation, &body).await,
            // Reports of another day, and of what the emulator counted.
            "GenerateCredentialReport"
            | "GetCredentialReport"
            | "GenerateServiceLastAccessedDetails"
            | "GetServiceLastAccessedDetails" => {
                let state = self.emulator.snapshot(ACCOUNT, REGION).await;
                let answer = reports::answer(&request.operation, &state, &locked(&self.used), &body);
                answer.unwrap_or_else(|| Answer::xml_error(400, "InvalidAction", "No such action"))
            }
            "CreateUser" => self.create(request.raw, "User").await,
            "CreateRole" => self.create(request.raw, "Role").await,
            _ => self.emulator.handle(request.raw).await.into(),
        }
    }

    /// The emulator drops a boundary that is given at creation, so it is put in a second call.
    async fn create(&self, raw: MockRequest, kind: &str) -> Answer {
        let name = form(&raw.body, &format!("{kind}Name")).unwrap_or_default();
        let boundary = form(&raw.body, "PermissionsBoundary");
        let response = self.emulator.handle(raw.clone()).await;
        if let (200, Some(boundary)) = (response.status, boundary) {
            let fields = format!(
                "Action=Put{kind}PermissionsBoundary&Version=2010-05-08&{kind}Name={}&PermissionsBoundary={}",
                xml::encode(&name),
                xml::encode(&boundary)
            );
            self.emulator.handle(MockRequest { body: Bytes::from(fields), ..raw }).await;
        }
        response.into()
    }

    async fn policy(&self, operation: &str, body: &[u8]) -> Answer {
        let arn = form(body, "PolicyArn").unwrap_or_default();
        let state = self.emulator.snapshot(ACCOUNT, REGION).await;
        let missing = |what: &str| Answer::xml_error(404, "NoSuchEntity", &format!("{what} does not exist."));
        let Some(policy) = state.policies.get(&arn) else { return missing(&format!("Policy {arn}")) };
        if operation == "GetPolicy" {
            let inner = xml::policy(policy, attachments(&state, &arn), boundaries(&state, &arn));
            return xml::response(operation, &format!("<Policy>{inner}</Policy>"));
        }
        let wanted = form(body, "VersionId").unwrap_or_default();
        match policy.versions.iter().find(|version| version.version_id == wanted) {
            Some(version) => {
                let inner = xml::version(version);
                xml::response(operation, &format!("<PolicyVersion>{inner}</PolicyVersion>"))
            }
            None => missing(&format!("Policy {arn} version {wanted}")),
        }
    }
}

/// How many users, groups and roles have a policy attached.
fn attachments(state: &IamStateView, arn: &str) -> usize {
    let users = state.users.values().map(|user| &user.attached_policies);
    let groups = state.groups.values().map(|group| &group.attached_policies);
    let roles = state.roles.values().map(|role| &role.attached_policies);
    users.chain(groups).chain(roles).filter(|list| list.iter().any(|p| p.policy_arn == arn)).count()
}

/// How many users and roles have a policy for their boundary.
fn boundaries(state: &IamStateView, arn: &str) -> usize {
    let users = state.users.values().map(|user| &user.permissions_boundary);
    let roles = state.roles.values().map(|role| &role.permissions_boundary);
    users.chain(roles).filter(|boundary| boundary.as_deref() == Some(arn)).count()
}

/// Whether a policy is AWS's own.
fn is_aws_managed(policy: &ManagedPolicyView) -> bool {
    policy.arn.starts_with("arn:aws:iam::aws:")
}
