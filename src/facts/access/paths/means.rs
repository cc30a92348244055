//! Every way from one principal to the rights of another, in one table: what it takes, and what it gives.
//!
//! A means asks at most one action on whom (or what) it is aimed at, and others on resources whose names
//! are up to the caller. Sources: "Actions, resources, and condition keys for AWS Identity and Access
//! Management (IAM)" and its like for each service; "Grant a user permissions to pass a role to an AWS
//! service". What the snapshot does not hold (functions, instances, login profiles) is named as a condition.

use std::{collections::BTreeMap, sync::LazyLock};

use schemars::JsonSchema;
use serde::Serialize;

/// What a hop is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// Assumes a role (`sts:AssumeRole`).
    AssumeRole,
    /// Assumes a role as a user of an identity provider (OpenID Connect).
    WebIdentity,
    /// Assumes a role as a user of a SAML provider.
    Saml,
    /// Makes a service run code or a query of its own as a role (`iam:PassRole`).
    PassRole,
    /// Takes over something that runs as a role already.
    Workload,
    /// Makes an access key of another user.
    AccessKey,
    /// Sets another user's password.
    Password,
    /// Writes itself into the trust policy of a role.
    TrustPolicy,
    /// Gives itself, or one whom it becomes, a policy.
    Policy,
    /// Joins a group.
    Group,
    /// Takes away a permissions boundary.
    Boundary,
    /// Makes a new user or role and gives it a policy.
    NewPrincipal,
    /// Opens a table's key to itself, by its policy or by a grant.
    Key,
    /// Reads through a DAX cluster with the cluster's role.
    Cache,
}

/// What the first action is asked on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum On {
    /// Roles.
    Role,
    /// Users.
    User,
    /// Groups, for the users in them.
    Group,
    /// Managed policies of the account, for whom they are attached to.
    Managed,
    /// Keys of tables.
    Key,
    /// DAX clusters.
    Cluster,
}

/// What it gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gives {
    /// The rights of the target.
    Become,
    /// Any right within the target's boundary, if the caller is the target or can become it.
    AnyPolicy,
    /// The rights of the group beside its own.
    Member,
    /// Its own rights without a boundary.
    Unbound,
    /// Any right, as a new principal.
    New,
    /// The use of a key that held it off.
    Decrypt,
    /// The tables that the cluster's role reads.
    Cached,
}

/// An action on a resource whose name the caller may choose: `*`, or what follows the account in an ARN.
pub type Need = (&'static str, &'static str);

/// One means.
#[derive(Debug, Clone, Copy)]
pub struct Means {
    /// What it is.
    pub step: Step,
    /// The action on the target, if one is needed.
    pub action: Option<&'static str>,
    /// What the target is.
    pub on: On,
    /// The service that the role must trust, and to which it is passed.
    pub service: Option<&'static str>,
    /// All of these are needed too.
    pub with: &'static [Need],
    /// And one of these, if there are any.
    pub either: &'static [Need],
    /// What it gives.
    pub gives: Gives,
    /// A condition that a snapshot cannot tell; empty if there is none.
    pub only_if: &'static str,
}

/// The action that lets a role be handed to a service.
pub const PASS: &str = "iam:PassRole";
/// The action by which one principal becomes a role.
pub const ASSUME: &str = "sts:AssumeRole";

const fn pass(service: &'static str, with: &'static [Need], either: &'static [Need]) -> Means {
    Means {
        step: Step::PassRole,
        action: Some(PASS),
        on: On::Role,
        service: Some(service),
        with,
        either,
        gives: Gives::Become,
        only_if: "",
    }
}

const fn take(service: &'static str, either: &'static [Need], only_if: &'static str) -> Means {
    Means {
        step: Step::Workload,
        action: None,
        on: On::Role,
        service: Some(service),
        with: &[],
        either,
        gives: Gives::Become,
        only_if,
    }
}

const fn own(step: Step, action: &'static str, on: On, gives: Gives, only_if: &'static str) -> Means {
    Means { step, action: Some(action), on, service: None, with: &[], either: &[], gives, only_if }
}

const fn new(with: &'static [Need], either: &'static [Need]) -> Means {
    Means {
        step: Step::NewPrincipal,
        action: None,
        on: On::Role,
        service: None,
        with,
        either,
        gives: Gives::New,
        only_if: "",
    }
}

const OLDER: &str = "an older version of the policy allows more";
const IN_VPC: &str = "it reaches the cluster in its VPC";
const RUNS: &str = "something that it may change runs as the role";

/// Every means beside `sts:AssumeRole`, which comes first and asks the role's trust policy too.
pub const MEANS: &[Means] = &[
    own(Step::Policy, "iam:PutUserPolicy", On::User, Gives::AnyPolicy, ""),
    own(Step::Policy, "iam:AttachUserPolicy", On::User, Gives::AnyPolicy, ""),
    own(Step::Policy, "iam:PutRolePolicy", On::Role, Gives::AnyPolicy, ""),
    own(Step::Policy, "iam:AttachRolePolicy", On::Role, Gives::AnyPolicy, ""),
    own(Step::Policy, "iam:PutGroupPolicy", On::Group, Gives::AnyPolicy, ""),
    own(Step::Policy, "iam:AttachGroupPolicy", On::Group, Gives::AnyPolicy, ""),
    own(Step::Policy, "iam:CreatePolicyVersion", On::Managed, Gives::AnyPolicy, ""),
    own(Step::Policy, "iam:SetDefaultPolicyVersion", On::Managed, Gives::AnyPolicy, OLDER),
    own(Step::Group, "iam:AddUserToGroup", On::Group, Gives::Member, ""),
    own(Step::Boundary, "iam:DeleteUserPermissionsBoundary", On::User, Gives::Unbound, ""),
    own(Step::Boundary, "iam:PutUserPermissionsBoundary", On::User, Gives::Unbound, ""),
    own(Step::Boundary, "iam:DeleteRolePermissionsBoundary", On::Role, Gives::Unbound, ""),
    own(Step::Boundary, "iam:PutRolePermissionsBoundary", On::Role, Gives::Unbound, ""),
    own(Step::TrustPolicy, "iam:UpdateAssumeRolePolicy", On::Role, Gives::Become, ""),
    own(Step::AccessKey, "iam:CreateAccessKey", On::User, Gives::Become, ""),
    own(Step::Password, "iam:CreateLoginProfile", On::User, Gives::Become, "the user has no password yet"),
    own(Step::Password, "iam:UpdateLoginProfile", On::User, Gives::Become, "the user has a password"),
    own(Step::Cache, "dax:GetItem", On::Cluster, Gives::Cached, IN_VPC),
    own(Step::Cache, "dax:BatchGetItem", On::Cluster, Gives::Cached, IN_VPC),
    own(Step::Cache, "dax:Query", On::Cluster, Gives::Cached, IN_VPC),
    own(Step::Cache, "dax:Scan", On::Cluster, Gives::Cached, IN_VPC),
    own(Step::Key, "kms:PutKeyPolicy", On::Key, Gives::Decrypt, ""),
    own(Step::Key, "kms:CreateGrant", On::Key, Gives::Decrypt, ""),
    // The last slash of the first name is the new principal's: both actions are asked on the same one.
    new(&[("iam:CreateRole", "role/")], &[("iam:PutRolePolicy", "role/"), ("iam:AttachRolePolicy", "role/")]),
    new(
        &[("iam:CreateUser", "user/"), ("iam:CreateAccessKey", "user/")],
        &[("iam:PutUserPolicy", "user/"), ("iam:AttachUserPolicy", "user/")],
    ),
    pass(
        "lambda",
        &[("lambda:CreateFunction", "function:")],
        &[
            ("lambda:InvokeFunction", "function:"),
            ("lambda:CreateEventSourceMapping", "*"),
            ("lambda:CreateFunctionUrlConfig", "function:"),
            ("lambda:AddPermission", "function:"),
        ],
    ),
    pass("ec2", &[("ec2:RunInstances", "instance/")], &[]),
    pass(
        "ecs-tasks",
        &[("ecs:RegisterTaskDefinition", "*")],
        &[
            ("ecs:RunTask", "task-definition/"),
            ("ecs:StartTask", "task-definition/"),
            ("ecs:CreateService", "service/"),
        ],
    ),
    pass(
        "glue",
        &[],
        &[
            ("glue:CreateDevEndpoint", "*"),
            ("glue:UpdateDevEndpoint", "devEndpoint/"),
            ("glue:CreateSession", "session/"),
        ],
    ),
    pass("glue", &[("glue:CreateJob", "job/"), ("glue:StartJobRun", "job/")], &[]),
    pass(
        "codebuild",
        &[("codebuild:CreateProject", "project/")],
        &[("codebuild:StartBuild", "project/"), ("codebuild:StartBuildBatch", "project/")],
    ),
    pass(
        "sagemaker",
        &[
            ("sagemaker:CreateNotebookInstance", "notebook-instance/"),
            ("sagemaker:CreatePresignedNotebookInstanceUrl", "notebook-instance/"),
        ],
        &[],
    ),
    pass(
        "sagemaker",
        &[],
        &[
            ("sagemaker:CreateTrainingJob", "training-job/"),
            ("sagemaker:CreateProcessingJob", "processing-job/"),
        ],
    ),
    pass("cloudformation", &[("cloudformation:CreateStack", "stack/")], &[]),
    pass(
        "states",
        &[("states:CreateStateMachine", "stateMachine:"), ("states:StartExecution", "stateMachine:")],
        &[],
    ),
    pass("ssm", &[("ssm:StartAutomationExecution", "automation-definition/")], &[]),
    pass(
        "datapipeline",
        &[
            ("datapipeline:CreatePipeline", "*"),
            ("datapipeline:PutPipelineDefinition", "*"),
            ("datapipeline:ActivatePipeline", "*"),
        ],
        &[],
    ),
    take("lambda", &[("lambda:UpdateFunctionCode", "function:")], RUNS),
    take("ec2", &[("ssm:StartSession", "instance/"), ("ssm:SendCommand", "instance/")], RUNS),
    take("ecs-tasks", &[("ecs:ExecuteCommand", "task/")], RUNS),
    take("codebuild", &[("codebuild:StartBuild", "project/")], RUNS),
    take("sagemaker", &[("sagemaker:CreatePresignedNotebookInstanceUrl", "notebook-instance/")], RUNS),
    take("cloudformation", &[("cloudformation:UpdateStack", "stack/")], RUNS),
];

/// Every action of the table and [`ASSUME`], in lower case, sorted.
pub fn actions() -> &'static [&'static str] {
    static ALL: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
        let mut all: Vec<&str> = LOWER.values().map(String::as_str).collect();
        all.sort_unstable();
        all
    });
    &ALL
}

/// An action of the table in lower case.
pub fn lower(action: &'static str) -> &'static str {
    LOWER.get(action).map_or(action, String::as_str)
}

static LOWER: LazyLock<BTreeMap<&'static str, String>> = LazyLock::new(|| {
    let of = |means: &Means| {
        let more = means.with.iter().chain(means.either).map(|need| need.0);
        means.action.into_iter().chain(more).collect::<Vec<_>>()
    };
    let federated = ["sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML"];
    let all = MEANS.iter().flat_map(of).chain([ASSUME]).chain(federated);
    all.map(|action| (action, action.to_lowercase())).collect()
});

impl Means {
    /// Every action that it may take, in lower case.
    pub fn takes(&self) -> impl Iterator<Item = &'static str> {
        let (with, either) = (self.with, self.either);
        self.action.into_iter().chain(with.iter().chain(either).map(|need| need.0)).map(lower)
    }
}
