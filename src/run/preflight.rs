//! Before an audit: which permissions the chosen checks take, and which of them the caller has.
//!
//! Asked of the same engine that judges everyone else, over the caller's own policies; nothing but IAM's list of principals, the
//! organization's policies and the names of tables is read for it.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Error, Outcome, console::Console};
use crate::{
    collect::calls::{Beyond, Call, Class, GET_OBJECT},
    facts::rights::{May, Rights},
    report::text::inert,
    snapshot::{Account, Gap, Snapshot},
    source::place::S3Uri,
};

/// What policies of AWS lack of the actions that a run may take, as they were published.
const OFFERED: &[(&str, &str, &str, &[&str])] = &[
    (
        "SecurityAudit",
        "v86",
        "2026-05-01",
        &[
            "backup:GetBackupSelection",
            "backup:ListBackupPlans",
            "backup:ListBackupSelections",
            "backup:ListRecoveryPointsByBackupVault",
            "cloudtrail:GetEventDataStore",
            "cloudtrail:ListEventDataStores",
            "dynamodb:DescribeBackup",
            "dynamodb:DescribeContributorInsights",
            "dynamodb:Scan",
        ],
    ),
    ("ReadOnlyAccess", "v182", "2026-04-03", &[]),
];

#[derive(Serialize)]
struct Preflight<'a> {
    /// ARN of the caller; none where STS does not tell.
    caller: Option<&'a str>,
    /// Permissions, by action.
    permissions: Vec<Permission<'a>>,
    /// Of policies of AWS, what they lack of these.
    aws_managed: Vec<Offer<'a>>,
}

#[derive(Serialize)]
struct Permission<'a> {
    action: &'a str,
    why: &'a str,
    /// `yes`, `condition`, `no` or `unknown`.
    may: &'static str,
    /// What could not be read, where that is why.
    #[serde(skip_serializing_if = "Option::is_none")]
    because: Option<String>,
}

#[derive(Serialize)]
struct Offer<'a> {
    policy: &'a str,
    version: &'a str,
    published: &'a str,
    lacks: Vec<&'a str>,
}

/// Says which of `calls` the caller of the snapshot may make.
///
/// # Errors
/// Standard output cannot be written.
pub fn tell(
    snapshot: &Snapshot,
    calls: &[&'static Call],
    beyond: &Beyond<'_>,
    json: bool,
    console: &Console,
) -> Result<Outcome, Error> {
    let Some(account) = snapshot.accounts.first() else { return Ok(Outcome::Incomplete) };
    let caller = account.identity.value().map(|identity| identity.arn.as_str());
    let rights = caller.and_then(|arn| Rights::of(account, arn));
    let unlisted = account.principals.gap.as_ref().or(account.identity.gap());
    let mut actions: BTreeMap<&str, &Call> = BTreeMap::new();
    // Anyone may ask who they are.
    for call in calls.iter().filter(|call| call.service != "sts") {
        actions.entry(call.action).or_insert(call);
    }
    let permission = |(action, call): (&&'static str, &&'static Call)| {
        let may = rights.as_ref().map_or(May::Unknown(unlisted.cloned()), |rights| {
            let each = resources(call, beyond, account);
            let each = each.iter().map(|resource| rights.may(action, resource));
            each.max_by_key(rank).unwrap_or(May::No)
        });
        let (may, gap) = match may {
            May::Yes => ("yes", None),
            May::Perhaps => ("condition", None),
            May::No => ("no", None),
            May::Unknown(gap) => ("unknown", Some(gap)),
        };
        let because = gap.map(|gap| reason(gap.and_then(|gap| snapshot.gaps.get(&gap)), caller));
        Permission { action, why: call.why, may, because }
    };
    let permissions: Vec<Permission<'_>> = actions.iter().map(permission).collect();
    let offer = |(policy, version, published, lacks): &(
        &'static str,
        &'static str,
        &'static str,
        &'static [&'static str],
    )| {
        let lacks = lacks.iter().copied().filter(|action| actions.contains_key(action)).collect();
        Offer { policy, version, published, lacks }
    };
    let told = Preflight { caller, permissions, aws_managed: OFFERED.iter().map(offer).collect() };
    if json {
        console.json(&told)?;
    } else {
        console.text(&text(&told))?;
    }
    let all = told.permissions.iter().all(|permission| permission.may == "yes");
    Ok(if all { Outcome::Clean } else { Outcome::Incomplete })
}

/// Of several resources the worst answer counts.
fn rank(may: &May) -> u8 {
    match may {
        May::Yes => 0,
        May::Perhaps => 1,
        May::Unknown(_) => 2,
        May::No => 3,
    }
}

/// What a call of this run is about, or what is like it.
fn resources(call: &Call, beyond: &Beyond<'_>, account: &Account) -> Vec<String> {
    let examples = || call.resources.iter().map(|pattern| example(pattern, account)).collect();
    match (call.class, beyond.signing) {
        (Class::Signing, Some(key)) => vec![key.to_owned()],
        (Class::Exports, _) => {
            let of = |uri: &S3Uri| match *call == GET_OBJECT {
                true => format!("arn:{}:s3:::{}/{}any", account.partition, uri.bucket, uri.prefix),
                false => format!("arn:{}:s3:::{}", account.partition, uri.bucket),
            };
            beyond.exports.iter().map(of).collect()
        }
        _ => examples(),
    }
}

/// A resource of this account that a pattern names.
fn example(pattern: &str, account: &Account) -> String {
    if pattern == "*" {
        return "*".to_owned();
    }
    let region = account.regions.first().map_or("us-east-1", |region| region.name.as_str());
    let parts: Vec<&str> = pattern.splitn(4, ':').collect();
    let [service, place, owner, resource] = parts.as_slice() else { return pattern.to_owned() };
    let place = if place.is_empty() { "" } else { region };
    let owner = if owner.is_empty() { "" } else { account.id.as_str() };
    format!("arn:{}:{service}:{place}:{owner}:{}", account.partition, resource.replace('*', "any"))
}

fn reason(gap: Option<&Gap>, caller: Option<&str>) -> String {
    match (gap, caller) {
        (Some(gap), _) => format!("{}: {}", gap.call, gap.message),
        (None, None) => "who asks is not known".to_owned(),
        (None, Some(_)) => {
            "the caller is no user or role of this account, or a policy of its own cannot be read".to_owned()
        }
    }
}

fn text(told: &Preflight<'_>) -> String {
    let widest = told.permissions.iter().map(|one| one.action.len()).max().unwrap_or_default();
    let mut out = format!("caller  {}\n\n", inert(told.caller.unwrap_or("not known")));
    for one in &told.permissions {
        let said = match one.may {
            "condition" => "if",
            "unknown" => "?",
            word => word,
        };
        out.push_str(&format!("{said:3}  {:widest$}  {}\n", one.action, one.why));
    }
    let count = |word: &str| told.permissions.iter().filter(|one| one.may == word).count();
    out.push_str(&format!(
        "\n{} permissions: {} there, {} under a condition, {} missing, {} not known\n",
        told.permissions.len(),
        count("yes"),
        count("condition"),
        count("no"),
        count("unknown"),
    ));
    let mut reasons: Vec<&String> = told.permissions.iter().filter_map(|one| one.because.as_ref()).collect();
    reasons.sort();
    reasons.dedup();
    reasons.iter().for_each(|because| out.push_str(&format!("not known, since {}\n", inert(because))));
    for offer in &told.aws_managed {
        let lacks = if offer.lacks.is_empty() { "none of these".to_owned() } else { offer.lacks.join(", ") };
        let (policy, version, published) = (offer.policy, offer.version, offer.published);
        out.push_str(&format!("AWS's {policy} ({version}, {published}) lacks {lacks}\n"));
    }
    out
}
