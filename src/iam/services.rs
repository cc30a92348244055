//! What services do their own way: the one place where the engine knows a service by name.

use super::{WhoKind, arn::Arn, evaluate::Rule};

/// Services whose resources resource control policies limit, by the prefix of their actions
/// ("Resource control policies: List of AWS services that support RCPs").
const UNDER_RCPS: &[&str] = &[
    "aoss",
    "appconfig",
    "appstream",
    "autoscaling",
    "autoscaling-plans",
    "budgets",
    "clouddirectory",
    "cloudfront",
    "cloudsearch",
    "cloudtrail-data",
    "codeartifact",
    "codebuild",
    "codecommit",
    "codepipeline",
    "cognito-identity",
    "cognito-idp",
    "comprehend",
    "comprehendmedical",
    "compute-optimizer",
    "cost-optimization-hub",
    "dax",
    "dsql",
    "dynamodb",
    "ecr",
    "ecr-public",
    "events",
    "firehose",
    "fis",
    "fms",
    "gamelift",
    "health",
    "inspector-scan",
    "kendra",
    "kinesisvideo",
    "kms",
    "logs",
    "memorydb",
    "networkmonitor",
    "notifications",
    "opensearch",
    "pca-connector-ad",
    "personalize",
    "polly",
    "pricing",
    "resource-groups",
    "rolesanywhere",
    "s3",
    "secretsmanager",
    "servicediscovery",
    "signin",
    "sqs",
    "sts",
    "support",
    "swf",
    "textract",
    "timestream-influxdb",
    "transcribe",
    "transfer",
    "translate",
    "wafv2",
    "workspaces",
    "xray",
];

/// What a resource-based policy of DynamoDB may grant to another account ("DynamoDB API operations supported
/// by resource-based policies": cross-account support). PartiQL, exports, restores, backups, Kinesis
/// destinations and the policy itself are not among them, whatever it says. A replica in another account is
/// granted so, too ("Multi-account global tables: security").
const DYNAMODB_ACROSS_ACCOUNTS: &[&str] = &[
    "associatetablereplica",
    "batchgetitem",
    "batchwriteitem",
    "conditioncheckitem",
    "deleteitem",
    "deletetable",
    "describestream",
    "describetable",
    "getitem",
    "getrecords",
    "getsharditerator",
    "listtagsofresource",
    "putitem",
    "query",
    "readdataforreplication",
    "scan",
    "tagresource",
    "untagresource",
    "updateitem",
    "updatetable",
];

/// What no resource-based policy of DynamoDB grants to anybody (the same page: resource-based policy support).
const DYNAMODB_NOT_AT_ALL: &[&str] = &[
    "createglobaltable",
    "createtable",
    "deletebackup",
    "describebackup",
    "describeendpoints",
    "describeexport",
    "describeglobaltable",
    "describeglobaltablesettings",
    "describeimport",
    "describelimits",
    "importtable",
    "listbackups",
    "listcontributorinsights",
    "listexports",
    "listglobaltables",
    "listimports",
    "liststreams",
    "listtables",
    "restoretablefrombackup",
    "updateglobaltable",
    "updateglobaltablesettings",
];

/// Actions on a KMS key that a key policy may grant to another account; permission to others has no effect
/// ("Allowing users in other accounts to use a KMS key").
const KMS_ACROSS_ACCOUNTS: &[&str] = &[
    "creategrant",
    "decrypt",
    "derivesharedsecret",
    "describekey",
    "encrypt",
    "generatedatakey",
    "generatedatakeypair",
    "generatedatakeypairwithoutplaintext",
    "generatedatakeywithoutplaintext",
    "generatemac",
    "getkeyrotationstatus",
    "getpublickey",
    "listgrants",
    "reencryptfrom",
    "reencryptto",
    "retiregrant",
    "revokegrant",
    "sign",
    "verify",
    "verifymac",
];

/// What no queue policy grants to another account ("Limitations of Amazon SQS custom policies").
const SQS_NOT_ACROSS: &[&str] = &[
    "addpermission",
    "cancelmessagemovetask",
    "createqueue",
    "deletequeue",
    "listmessagemovetasks",
    "listqueues",
    "listqueuetags",
    "removepermission",
    "setqueueattributes",
    "startmessagemovetask",
    "tagqueue",
    "untagqueue",
];

/// Actions of AWS KMS that are asked of no key, so that no key policy has a say ("AWS KMS permissions").
const KMS_WITHOUT_KEY: &[&str] = &[
    "connectcustomkeystore",
    "createcustomkeystore",
    "createkey",
    "deletecustomkeystore",
    "describecustomkeystores",
    "disconnectcustomkeystore",
    "generaterandom",
    "listaliases",
    "listkeys",
    "updatecustomkeystore",
];

/// Actions of AWS STS that are asked of no role ("Actions, resources, and condition keys for AWS Security Token Service").
const STS_WITHOUT_ROLE: &[&str] = &[
    "decodeauthorizationmessage",
    "getaccesskeyinfo",
    "getcalleridentity",
    "getfederationtoken",
    "getservicebearertoken",
    "getsessiontoken",
    "getwebidentitytoken",
];

/// Operations of a bucket's policy itself: callers must belong to the owner's account, whose root user no
/// bucket policy stops ("PutBucketPolicy", "GetBucketPolicy", "DeleteBucketPolicy").
const S3_OWNER_ALONE: &[&str] = &["deletebucketpolicy", "getbucketpolicy", "putbucketpolicy"];

fn parts(action: &str) -> (&str, &str) {
    action.split_once(':').unwrap_or(("", action))
}

/// Whether resource control policies have a say in `action`, given in lower case, of a caller of this sort
/// ("Resource control policies (RCPs)": resources and entities not restricted by RCPs).
pub(super) fn under_rcps(action: &str, resource: &str, caller: WhoKind) -> bool {
    let named = |start: &str| Arn::parse(resource).is_some_and(|arn| arn.resource.starts_with(start));
    let spared = match parts(action) {
        // A grant may be given back, and keys that AWS manages are known by their aliases.
        ("kms", name) => name == "retiregrant" || named("alias/aws/"),
        // A service assumes the role that is linked to it.
        ("sts", _) => caller == WhoKind::Service && named("role/aws-service-role/"),
        _ => false,
    };
    UNDER_RCPS.binary_search(&parts(action).0).is_ok() && !spared
}

/// Whether service control policies have a say in what a caller of this sort does: they bind users, roles and
/// the root user, and nobody else ("Service control policies (SCPs)": SCP effects on permissions).
pub(super) fn under_scps(caller: WhoKind) -> bool {
    !matches!(caller, WhoKind::Service | WhoKind::Provider | WhoKind::Anyone)
}

/// Whether a resource's policy can grant `action`, given in lower case: to another account (`across`), or to
/// its own.
pub fn granted_by_resource(action: &str, across: bool) -> bool {
    match parts(action) {
        ("dynamodb", name) if across => DYNAMODB_ACROSS_ACCOUNTS.contains(&name),
        ("dynamodb", name) => !DYNAMODB_NOT_AT_ALL.contains(&name),
        ("kms", name) if across => KMS_ACROSS_ACCOUNTS.contains(&name),
        ("kms", name) => !KMS_WITHOUT_KEY.contains(&name),
        ("sts", name) => !STS_WITHOUT_ROLE.contains(&name),
        ("sqs", name) if across => !SQS_NOT_ACROSS.contains(&name),
        ("s3", name) if across => !S3_OWNER_ALONE.contains(&name),
        // "Vault access policies": other accounts may copy into a vault, and nothing else.
        ("backup", name) if across => name == "copyintobackupvault",
        // The only resource-based policy of IAM is a role's trust policy, which speaks of STS alone
        // ("Identity-based policies and resource-based policies").
        ("iam", _) => false,
        _ => true,
    }
}

/// What a resource's policy is to identity-based policies for `action`, given in lower case: a key policy and
/// a role's trust policy come first, others stand beside ("Policy evaluation for requests within a single
/// account").
pub fn rule(action: &str) -> Rule {
    match parts(action) {
        ("kms", name) if !KMS_WITHOUT_KEY.contains(&name) => Rule::ResourceFirst,
        ("sts", name) if !STS_WITHOUT_ROLE.contains(&name) => Rule::ResourceFirst,
        _ => Rule::Either,
    }
}

/// Whether a caller of this sort may make the call at all, whatever policies say.
pub(super) fn open_to(caller: WhoKind, action: &str) -> bool {
    match (caller, parts(action)) {
        // "AssumeRole": root user credentials are refused.
        (WhoKind::Root, ("sts", name)) => name != "assumerole",
        // Both take long-term credentials ("Compare AWS STS credentials").
        (WhoKind::Role | WhoKind::Session, ("sts", name)) => {
            !["getfederationtoken", "getsessiontoken"].contains(&name)
        }
        // "GetFederationToken": the session cannot call IAM, nor STS but to learn who it is.
        (WhoKind::FederatedUser, ("iam", _)) => false,
        (WhoKind::FederatedUser, ("sts", name)) => name == "getcalleridentity",
        _ => true,
    }
}

/// Whether a request without credentials may be made at all. STS takes one that brings the token of an identity
/// provider instead ("AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity").
pub fn open_to_unsigned(action: &str) -> bool {
    match parts(action) {
        ("sts", name) => {
            let with_token =
                ["assumerolewithsaml", "assumerolewithwebidentity", "setsourceidentity", "tagsession"];
            with_token.contains(&name)
        }
        ("s3", name) => !S3_OWNER_ALONE.contains(&name),
        _ => true,
    }
}

/// Whether a caller of this sort needs no permission for the call, which no policy can deny either
/// ("GetCallerIdentity", "GetSessionToken").
pub(super) fn needs_no_permission(caller: WhoKind, action: &str) -> bool {
    match parts(action) {
        ("sts", "getcalleridentity") => under_scps(caller),
        ("sts", "getsessiontoken") => matches!(caller, WhoKind::User | WhoKind::Root),
        _ => false,
    }
}

/// Whether a resource's policy cannot lock out the root user of its owner.
pub(super) fn keeps_root(action: &str) -> bool {
    matches!(parts(action), ("s3", name) if S3_OWNER_ALONE.contains(&name))
}

/// The Region in which all requests for `action` are made, for services with a single endpoint ("AWS: Denies access to
/// AWS based on the requested Region").
pub fn only_region(action: &str) -> Option<&'static str> {
    let global =
        ["budgets", "cloudfront", "iam", "importexport", "organizations", "route53", "support", "waf"];
    global.contains(&parts(action).0).then_some("us-east-1")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_sorted() {
        let dynamodb = [DYNAMODB_ACROSS_ACCOUNTS, DYNAMODB_NOT_AT_ALL];
        let keys_and_roles = [KMS_ACROSS_ACCOUNTS, KMS_WITHOUT_KEY, STS_WITHOUT_ROLE];
        let others = [UNDER_RCPS, SQS_NOT_ACROSS, S3_OWNER_ALONE];
        assert!(dynamodb.iter().chain(&keys_and_roles).chain(&others).all(|list| list.is_sorted()));
    }
}
