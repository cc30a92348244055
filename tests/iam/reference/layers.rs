//! The flow charts of "Policy evaluation for requests within a single account" and "Cross-account policy
//! evaluation logic", step by step.

use serde_json::Value as Json;

use super::{
    Asked, Document, Request, applies,
    principal::{Kind, Named},
};

/// Services whose resources RCPs bind, as far as the cases ask ("Resource control policies (RCPs)").
const COVERED: [&str; 6] = ["dynamodb", "kms", "s3", "secretsmanager", "sqs", "sts"];

/// What the policy of a table or stream may grant to another account ("DynamoDB API operations supported by
/// resource-based policies").
const ACROSS: [&str; 18] = [
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
    "scan",
    "tagresource",
    "untagresource",
    "updateitem",
    "updatetable",
];

/// What a resource's policy grants to nobody, or to nobody of another account, beside DynamoDB's.
fn cannot_grant(action: &str, across: bool) -> bool {
    match action {
        // IAM has no resource-based policy but the trust policy, which is about sts ("How IAM works with other AWS
        // services").
        iam if iam.starts_with("iam:") => true,
        // Asked of no key, or of no role.
        "kms:createkey"
        | "kms:listkeys"
        | "kms:listaliases"
        | "sts:getcalleridentity"
        | "sts:getsessiontoken" => true,
        // "PutBucketPolicy"; "Limitations of Amazon SQS custom policies".
        "s3:putbucketpolicy" | "s3:getbucketpolicy" | "s3:deletebucketpolicy" => across,
        "sqs:deletequeue" | "sqs:setqueueattributes" | "sqs:addpermission" | "sqs:createqueue" => across,
        // "Allowing users in other accounts to use a KMS key".
        kms if kms.starts_with("kms:") => {
            across
                && !["decrypt", "encrypt", "describekey", "generatedatakey", "creategrant"]
                    .contains(&&kms[4..])
        }
        _ => false,
    }
}

pub fn decide(request: &Request, asked: Asked<'_>) -> &'static str {
    let caller = &request.caller;
    let action = asked.action.to_lowercase();
    let (service, operation) = action.split_once(':').unwrap();
    let scps = if caller.linked || caller.kind == Kind::Outside { &[][..] } else { &request.scps };
    // "RCPs do not impact the kms:RetireGrant permission" (Resource control policies (RCPs)).
    let covered = COVERED.contains(&service) && action != "kms:retiregrant";
    let rcps = if caller.linked || !covered { &[][..] } else { &request.rcps };

    // Deny evaluation: any policy that applies.
    let own = request
        .identity
        .iter()
        .chain(request.boundary.iter().flatten())
        .chain(request.session.iter().flatten())
        .chain(scps.iter().flatten());
    let theirs = request.resource.iter().chain(rcps.iter().flatten());
    if own.into_iter().any(|document| own_says(document, "Deny", request, asked))
        || theirs.into_iter().any(|document| {
            // Of the policy of its bucket the owner's root user cannot be locked out ("PutBucketPolicy").
            let saved = caller.kind == Kind::Root
                && caller.account == request.owner
                && request.resource.as_ref().is_some_and(|own| std::ptr::eq(own, document))
                && action.starts_with("s3:")
                && action.ends_with("bucketpolicy");
            !saved && named(document, "Deny", request, asked) != Named::No
        })
    {
        return "explicitDeny";
    }

    // RCPs only deny: `RCPFullAWSAccess` cannot be detached from any level ("Resource control policies (RCPs)").
    let allows = |documents: &[Document]| documents.iter().any(|d| own_says(d, "Allow", request, asked));
    let scps_allow = scps.iter().all(|level| allows(level));
    let identity = allows(&request.identity);
    let boundary = request.boundary.as_ref().is_none_or(|documents| allows(documents));
    let session = match &request.session {
        Some(documents) => allows(documents),
        // "If there is no session policy ... if the principal is a role session, then the request is
        // allowed. Otherwise, the request is implicitly denied."
        None => caller.kind != Kind::Federated,
    };
    let within = boundary && session;
    let across = caller.kind != Kind::Outside && caller.account != request.owner;
    let grant = match &request.resource {
        Some(document) if !cannot_grant(&action, across) => named(document, "Allow", request, asked),
        _ => Named::No,
    };

    // Role trust policies and key policies must allow, whatever the identity policies say.
    let resource_first = (service == "kms" && asked.resource.contains(":key/"))
        || (service == "sts" && asked.resource.contains(":role/"));
    let granted = if caller.kind == Kind::Outside {
        grant != Named::No
    } else if caller.kind == Kind::Root && action == "sts:assumerole" {
        // "You cannot use AWS account root user credentials to call AssumeRole" (AssumeRole).
        false
    } else if caller.account != request.owner {
        let side = caller.kind == Kind::Root || (identity && within);
        grant != Named::No && side && (service != "dynamodb" || ACROSS.contains(&operation))
    } else if caller.kind == Kind::Root {
        !resource_first || grant != Named::No
    } else {
        match grant {
            Named::Direct => true,
            Named::Role => within,
            Named::Account => identity && within,
            Named::No => identity && within && !resource_first,
        }
    };
    if granted && scps_allow { "allowed" } else { "implicitDeny" }
}

/// Whether a policy without principals says so.
fn own_says(document: &Document, effect: &str, request: &Request, asked: Asked<'_>) -> bool {
    document
        .statements
        .iter()
        .any(|s| s["Effect"] == effect && applies(s, document.variables, request, asked))
}

/// How closely the statements of that effect name the caller.
fn named(document: &Document, effect: &str, request: &Request, asked: Asked<'_>) -> Named {
    let one = |statement: &Json| {
        if statement["Effect"] != effect || !applies(statement, document.variables, request, asked) {
            return Named::No;
        }
        match (statement.get("Principal"), statement.get("NotPrincipal")) {
            (Some(principal), _) => request.caller.named(principal),
            // "NotPrincipal with a Deny effect will always deny any IAM principal that has a permissions
            // boundary policy attached" (Permissions boundaries for IAM entities).
            (_, Some(_)) if effect == "Deny" && request.boundary.is_some() => Named::Direct,
            (_, Some(except)) if !request.caller.excepted(except, effect == "Allow") => Named::Direct,
            _ => Named::No,
        }
    };
    document.statements.iter().map(one).fold(Named::No, |a, b| if b > a { b } else { a })
}
