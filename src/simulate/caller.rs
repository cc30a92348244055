//! Who asks, and what follows from that and from the resource's ARN for the request's context.
//!
//! | key | filled in from |
//! |---|---|
//! | `aws:PrincipalArn` | `CallerArn`; for a session of a role, the role's ARN without path |
//! | `aws:PrincipalAccount`, `aws:PrincipalType`, `aws:PrincipalIsAWSService`, `aws:PrincipalServiceName`, `aws:PrincipalServiceNamesList` | `CallerArn` |
//! | `aws:username` | `CallerArn` of a user; no other principal has one |
//! | `aws:userid` | of a root user and of a federated user; the ids of others are not in their ARNs |
//! | `aws:ResourceAccount`, `s3:ResourceAccount` | the owner, where a resource is named |
//! | `aws:RequestedRegion` | the resource's ARN, where it has a Region; `us-east-1` for services with one endpoint, such as IAM |
//! | `kms:CallerAccount` | `CallerArn` |
//!
//! ("AWS global condition context keys", "AWS KMS condition keys".)

use super::{Input, Refused, input::shown};
use crate::iam::{Keys, Value, Who, WhoKind, arn::Arn, services};

/// The caller. Without `CallerArn` it is a principal of the owner's account that no policy names; with a
/// `ResourcePolicy` there must be one, for its `Principal` to be compared with ("SimulateCustomPolicy": CallerArn).
/// A call with a web identity's token is made without credentials, so its caller is the provider whose keys are given.
pub(super) fn who(input: &Input) -> Result<Who, Refused> {
    if let Some(provider) = provider(input) {
        return Ok(provider);
    }
    let Some(arn) = &input.caller else {
        if input.resource_policy.is_some() {
            return Err(Refused::new(
                "CallerArn",
                "a ResourcePolicy needs one to compare its Principal with",
            ));
        }
        let account = input.owner.clone().unwrap_or_default();
        return Ok(Who { kind: WhoKind::User, arn: String::new(), account, id: String::new() });
    };
    Who::parse(arn).ok_or_else(|| {
        let reason = format!("`{}` is no principal that can make a request", shown(arn));
        Refused::new("CallerArn", reason)
    })
}

/// Whether a session is one of a service-linked role, by the role's ARN in the context.
pub(super) fn is_session_of_service_linked(input: &Input) -> bool {
    let session = input.caller.as_deref().and_then(Arn::parse);
    let name = session.and_then(|arn| arn.resource.strip_prefix("assumed-role/")).and_then(|rest| {
        let (role, _) = rest.split_once('/')?;
        Some(role)
    });
    let Some(name) = name else { return false };
    let arn = input.context.iter().find(|(key, _)| key.eq_ignore_ascii_case("aws:PrincipalArn"));
    let resource = arn.and_then(|(_, values)| values.first()).and_then(|arn| Arn::parse(arn));
    resource.is_some_and(|arn| {
        arn.resource.starts_with("role/aws-service-role/") && arn.resource.rsplit('/').next() == Some(name)
    })
}

/// The provider whose token a call brings, by keys such as `token.actions.githubusercontent.com:sub`.
fn provider(input: &Input) -> Option<Who> {
    let web = |action: &String| action.eq_ignore_ascii_case("sts:AssumeRoleWithWebIdentity");
    let named = input.caller.as_deref().and_then(Who::parse);
    if !input.actions.iter().all(web) || named.is_some_and(|who| who.kind == WhoKind::Provider) {
        return None;
    }
    let claims = [":sub", ":aud", ":amr", ":app_id", ":user_id", ":oaud", ":email", ":id"];
    let host = input.context.keys().find_map(|key| {
        let host = claims.iter().find_map(|claim| key.strip_suffix(claim))?;
        host.contains('.').then_some(host)
    })?;
    if let Some(known) = Who::parse(host).filter(|who| who.kind == WhoKind::Provider) {
        return Some(known);
    }
    // Providers that are not built in are of the role's account.
    let role = input.resources.iter().find_map(|resource| Arn::parse(resource))?;
    Who::parse(&format!("arn:{}:iam::{}:oidc-provider/{host}", role.partition, role.account))
}

/// What follows from the caller and the resource.
pub(super) fn keys(who: &Who, action: &str, resource: &str, owner: &str) -> Keys {
    let mut keys = of_caller(who);
    if resource != "*" && !owner.is_empty() {
        keys = keys.with_one("aws:ResourceAccount", owner);
        if action.starts_with("s3:") {
            keys = keys.with_one("s3:ResourceAccount", owner);
        }
    }
    if let Some(arn) = Arn::parse(resource).filter(|arn| !arn.region.is_empty() && arn.region != "*") {
        keys = keys.with_one("aws:RequestedRegion", arn.region);
    } else if let Some(region) = services::only_region(action).filter(|_| !is_elsewhere(who, resource)) {
        keys = keys.with_one("aws:RequestedRegion", region);
    }
    if action.starts_with("kms:") && !who.account.is_empty() {
        keys = keys.with_one("kms:CallerAccount", &who.account);
    }
    keys
}

/// Whether the request is made in another partition than `aws`.
fn is_elsewhere(who: &Who, resource: &str) -> bool {
    let named = Arn::parse(resource).or_else(|| Arn::parse(&who.arn));
    named.is_some_and(|arn| !["aws", "*", ""].contains(&arn.partition))
}

fn of_caller(who: &Who) -> Keys {
    if who.arn.is_empty() {
        return Keys::new();
    }
    let mut keys = Keys::new();
    if !who.account.is_empty() && who.kind != WhoKind::Provider {
        keys = keys.with_one("aws:PrincipalAccount", &who.account);
    }
    let service = who.kind == WhoKind::Service;
    keys = keys.with_one("aws:PrincipalIsAWSService", if service { "true" } else { "false" });
    let name = who.arn.rsplit('/').next().unwrap_or_default();
    let typed = |keys: Keys, arn: &str, sort: &str| {
        keys.with_one("aws:PrincipalArn", arn).with_one("aws:PrincipalType", sort)
    };
    match who.kind {
        WhoKind::User => return typed(keys, &who.arn, "User").with_one("aws:username", name),
        WhoKind::Role => keys = typed(keys, &who.arn, "AssumedRole"),
        WhoKind::Session => keys = typed(keys, &role_of(&who.arn), "AssumedRole"),
        WhoKind::FederatedUser => {
            keys = typed(keys, &who.arn, "FederatedUser")
                .with_one("aws:userid", &format!("{}:{name}", who.account));
        }
        WhoKind::Root => {
            keys = typed(keys, &who.arn, "Account").with_one("aws:userid", &who.account);
        }
        WhoKind::Service => {
            keys = keys
                .with_one("aws:PrincipalServiceName", &who.arn)
                .with_one("aws:PrincipalServiceNamesList", &who.arn);
        }
        WhoKind::Anyone => {
            keys = keys.with_one("aws:PrincipalType", "Anonymous").with("aws:PrincipalArn", Value::Absent);
        }
        WhoKind::Provider | WhoKind::Account => return keys,
    }
    keys.with("aws:username", Value::Absent)
}

/// `arn:aws:sts::111122223333:assumed-role/app/session` → `arn:aws:iam::111122223333:role/app`
fn role_of(session: &str) -> String {
    let Some(arn) = Arn::parse(session) else { return session.to_owned() };
    let role = arn.resource.split('/').nth(1).unwrap_or_default();
    format!("arn:{}:iam::{}:role/{role}", arn.partition, arn.account)
}
