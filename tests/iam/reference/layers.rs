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
        within if WITHIN.contains(&within) => across,
        // "Allowing users in other accounts to use a KMS key".
        kms if kms.starts_with("kms:") => {
            across
                && !["decrypt", "encrypt", "describekey", "generatedatakey", "creategrant"]
                    .contains(&&kms[4..])
        }
        _ => false,
    }
}

/// Operations that stay within the account, whatever the policy of the resource says ("Limitations of Amazon SQS custom
/// policies"; "PutBucketPolicy" and its siblings).
const WITHIN: [&str; 15] = [
    "s3:deletebucketpolicy",
    "s3:getbucketpolicy",
    "s3:putbucketpolicy",
    "sqs:addpermission",
    "sqs:cancelmessagemovetask",
    "sqs:createqueue",
    "sqs:deletequeue",
    "sqs:listmessagemovetasks",
    "sqs:listqueues",
    "sqs:listqueuetags",
    "sqs:removepermission",
    "sqs:setqueueattributes",
    "sqs:startmessagemovetask",
    "sqs:tagqueue",
    "sqs:untagqueue",
];

/// Whether the caller's credentials are of no use for the call ("Compare AWS STS credentials", "AssumeRole",
/// "GetFederationToken").
fn barred(caller: &Kind, unsigned: bool, service: &str, operation: &str) -> bool {
    let token = ["assumerolewithsaml", "assumerolewithwebidentity"];
    match caller {
        Kind::Root => service == "sts" && operation == "assumerole",
        Kind::Role => service == "sts" && ["getfederationtoken", "getsessiontoken"].contains(&operation),
        Kind::Federated => service == "iam" || service == "sts",
        Kind::Outside => unsigned && service == "sts" && !token.contains(&operation),
        Kind::User => false,
    }
}

pub fn decide(request: &Request, asked: Asked<'_>) -> &'static str {
    let caller = &request.caller;
    let action = asked.action.to_lowercase();
    let (service, operation) = action.split_once(':').unwrap();
    let scps = if caller.linked || caller.kind == Kind::Outside { &[][..] } else { &request.scps };
    // "RCPs don't impact ... service-linked roles": neither what they do nor that their service assumes them.
    let assumed = service == "sts" && asked.resource.contains(":role/aws-service-role/");
    let linked = caller.linked || (assumed && caller.kind == Kind::Outside);
    // "RCPs do not impact the kms:RetireGrant permission" (Resource control policies (RCPs)).
    let covered = COVERED.contains(&service) && action != "kms:retiregrant";
    let rcps = if linked || !covered { &[][..] } else { &request.rcps };

    // "No permissions are required": no policy is asked ("GetCallerIdentity", "GetSessionToken").
    let long_term = [Kind::User, Kind::Root].contains(&caller.kind);
    if caller.kind != Kind::Outside && action == "sts:getcalleridentity"
        || long_term && action == "sts:getsessiontoken"
    {
        return "allowed";
    }
    // "Even if their bucket policy explicitly denies the root principal's access" ("PutBucketPolicy").
    let owner = caller.kind == Kind::Root && caller.account == request.owner;
    let above = owner && WITHIN.contains(&action.as_str()) && service == "s3";
    let resource = request.resource.as_ref().filter(|_| !above);

    // Deny evaluation: any policy that applies.
    let own = request
        .identity
        .iter()
        .chain(request.boundary.iter().flatten())
        .chain(request.session.iter().flatten())
        .chain(scps.iter().flatten());
    let theirs = resource.into_iter().chain(rcps.iter().flatten());
    if own.into_iter().any(|document| own_says(document, "Deny", request, asked))
        || theirs.into_iter().any(|document| named(document, "Deny", request, asked) != Named::No)
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
    let grant = match resource {
        Some(document) if !cannot_grant(&action, across) => named(document, "Allow", request, asked),
        _ => Named::No,
    };

    // Role trust policies and key policies must allow, whatever the identity policies say.
    let resource_first = (service == "kms" && asked.resource.contains(":key/"))
        || (service == "sts" && asked.resource.contains(":role/"));
    let granted = if barred(&caller.kind, caller.unsigned(), service, operation) {
        false
    } else if caller.kind == Kind::Outside {
        grant != Named::No
    } else if caller.account != request.owner {
        let side = caller.kind == Kind::Root || (identity && within);
        grant != Named::No
            && side
            && (service != "dynamodb" || ACROSS.contains(&operation))
            && (service != "backup" || operation == "copyintobackupvault")
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
