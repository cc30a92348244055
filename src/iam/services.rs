//! What services do their own way: the one place where the engine knows a service by name.

use super::evaluate::Rule;

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

/// Actions on a bucket's policy: only identities of the account that owns the bucket may take them, and its root
/// user may whatever the policy denies ("PutBucketPolicy").
const BUCKET_POLICY: &[&str] = &["deletebucketpolicy", "getbucketpolicy", "putbucketpolicy"];

/// Actions on a queue that its policy cannot grant to another account ("Limitations of Amazon SQS custom policies").
const SQS_NOT_ACROSS_ACCOUNTS: &[&str] = &[
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

fn parts(action: &str) -> (&str, &str) {
    action.split_once(':').unwrap_or(("", action))
}

/// Whether resource control policies have a say in `action`, given in lower case.
pub(super) fn under_rcps(action: &str) -> bool {
    // "RCPs do not impact the kms:RetireGrant permission."
    UNDER_RCPS.binary_search(&parts(action).0).is_ok() && action != "kms:retiregrant"
}

/// Whether a resource's policy can grant `action`, given in lower case: to another account (`across`), or to
/// its own.
pub fn granted_by_resource(action: &str, across: bool) -> bool {
    match parts(action) {
        ("dynamodb", name) if across => DYNAMODB_ACROSS_ACCOUNTS.contains(&name),
        ("dynamodb", name) => !DYNAMODB_NOT_AT_ALL.contains(&name),
        ("kms", name) if across => KMS_ACROSS_ACCOUNTS.contains(&name),
        ("kms", name) => !KMS_WITHOUT_KEY.contains(&name),
        ("s3", name) if across => !BUCKET_POLICY.contains(&name),
        ("sqs", name) if across => !SQS_NOT_ACROSS_ACCOUNTS.contains(&name),
        ("sts", name) => !STS_WITHOUT_ROLE.contains(&name),
        // The one policy that a resource of IAM has is a role's trust policy, and that is about AWS STS ("How IAM works
        // with other AWS services").
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

/// Whether the root user may make this call at all ("AssumeRole": root user credentials are refused).
pub(super) fn open_to_root(action: &str) -> bool {
    action != "sts:assumerole"
}

/// Whether the root user of a resource's account may take `action` whatever the resource's policy denies.
pub(super) fn beyond_own_policy(action: &str) -> bool {
    matches!(parts(action), ("s3", name) if BUCKET_POLICY.contains(&name))
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
        for list in [
            UNDER_RCPS,
            DYNAMODB_ACROSS_ACCOUNTS,
            DYNAMODB_NOT_AT_ALL,
            KMS_ACROSS_ACCOUNTS,
            KMS_WITHOUT_KEY,
            SQS_NOT_ACROSS_ACCOUNTS,
            STS_WITHOUT_ROLE,
        ] {
            assert!(list.is_sorted());
        }
    }
}
