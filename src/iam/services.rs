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
        _ => true,
    }
}

/// What a resource's policy is to identity-based policies for `action`, given in lower case: a key policy and
/// a role's trust policy come first, others stand beside ("Policy evaluation for requests within a single
/// account").
pub fn rule(action: &str) -> Rule {
    match parts(action) {
        ("kms", _) | ("sts", _) => Rule::ResourceFirst,
        _ => Rule::Either,
    }
}

/// Whether the root user may make this call at all ("AssumeRole": root user credentials are refused).
pub(super) fn open_to_root(action: &str) -> bool {
    action != "sts:assumerole"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_sorted() {
        for list in [UNDER_RCPS, DYNAMODB_ACROSS_ACCOUNTS, DYNAMODB_NOT_AT_ALL, KMS_ACROSS_ACCOUNTS] {
            assert!(list.is_sorted());
        }
    }
}
