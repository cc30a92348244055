//! Users, groups, roles and managed policies: all of IAM's authorisation details, and the policies they leave out.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use aws_sdk_iam::Client;
use aws_sdk_iam::operation::get_account_authorization_details::GetAccountAuthorizationDetailsOutput;
use aws_sdk_iam::types::EntityType;

use super::calls;
use super::desk::Desk;
use super::entities;
use super::fault::Fault;
use super::pages::{Page, pages, side_by_side};
use super::tables::document;
use crate::snapshot::principal::{ManagedPolicy, Principals};
use crate::snapshot::{Seen, Why};

/// Entries of one page; IAM may send fewer.
const PAGE: i32 = 500;

/// Reads everyone. `home` is the Region that IAM is signed for, `on` names the account in gaps.
pub(super) async fn principals(desk: &Arc<Desk>, client: &Client, home: &str, on: &str) -> Principals {
    let call = &calls::GET_ACCOUNT_AUTHORIZATION_DETAILS;
    let (answers, fault) = pages(|token| async move {
        let send = || {
            client
                .get_account_authorization_details()
                .filter(EntityType::User)
                .filter(EntityType::Group)
                .filter(EntityType::Role)
                .filter(EntityType::LocalManagedPolicy)
                .filter(EntityType::AwsManagedPolicy)
                .max_items(PAGE)
                .set_marker(token.clone())
                .send()
        };
        let out = desk.ask(call, home, send).await?;
        let next = out.marker.clone().filter(|_| out.is_truncated);
        Ok(Page { items: vec![out], next })
    })
    .await;
    let mut found =
        Principals { gap: fault.map(|fault| desk.gap(call, on, &fault)), ..Principals::default() };
    for answer in answers {
        add(desk, &mut found, answer);
    }
    for list in [&mut found.users, &mut found.groups, &mut found.roles] {
        list.sort_by(|a, b| a.arn.cmp(&b.arn));
    }
    keep_what_is_attached(&mut found);
    fetch_missing(desk, client, home, &mut found).await;
    found
}

fn add(desk: &Desk, found: &mut Principals, answer: GetAccountAuthorizationDetailsOutput) {
    found.users.extend(answer.user_detail_list().iter().map(entities::user));
    found.groups.extend(answer.group_detail_list().iter().map(entities::group));
    found.roles.extend(answer.role_detail_list().iter().map(entities::role));
    for policy in answer.policies() {
        let arn = policy.arn().unwrap_or_default().to_owned();
        let default = policy.default_version_id();
        let version = policy
            .policy_version_list()
            .iter()
            .find(|v| v.is_default_version() || (default.is_some() && v.version_id() == default));
        let text = version.and_then(|v| v.document()).map(entities::decoded);
        let text = text.ok_or_else(|| Fault::own(Why::Malformed, "the default version has no document"));
        let policy = ManagedPolicy {
            name: policy.policy_name().map_or_else(|| entities::name_of(&arn), str::to_owned),
            version: default.or(version.and_then(|v| v.version_id())).map(str::to_owned),
            document: desk.seen(&calls::GET_ACCOUNT_AUTHORIZATION_DETAILS, &arn, text.and_then(document)),
        };
        found.policies.insert(arn, policy);
    }
}

/// Every policy that something is attached to or bounded by.
fn attached(found: &Principals) -> BTreeSet<String> {
    let all = found.users.iter().chain(&found.groups).chain(&found.roles);
    all.flat_map(|p| p.attached.iter().chain(&p.boundary)).cloned().collect()
}

/// AWS lists the AWS managed policies that are attached; some emulators list all 1,500.
fn keep_what_is_attached(found: &mut Principals) {
    let attached = attached(found);
    found.policies.retain(|arn, _| !arn.contains(":iam::aws:") || attached.contains(arn));
}

/// Policies that are attached, or serve as a boundary, but were not in the answer.
async fn fetch_missing(desk: &Arc<Desk>, client: &Client, home: &str, found: &mut Principals) {
    let missing: Vec<String> =
        attached(found).into_iter().filter(|arn| !found.policies.contains_key(arn)).collect();
    let fetched = side_by_side(missing, |arn| {
        let (desk, client, home) = (Arc::clone(desk), client.clone(), home.to_owned());
        async move {
            let policy = fetch(&desk, &client, &home, &arn).await;
            (arn, policy)
        }
    })
    .await;
    found.policies.extend(fetched.into_iter().collect::<BTreeMap<_, _>>());
}

async fn fetch(desk: &Desk, client: &Client, home: &str, arn: &str) -> ManagedPolicy {
    let named = |version, document| ManagedPolicy { name: entities::name_of(arn), version, document };
    let send = || client.get_policy().policy_arn(arn).send();
    let answer = desk.ask(&calls::GET_POLICY, home, send).await.and_then(|out| {
        let version = out.policy.and_then(|p| p.default_version_id);
        version.ok_or_else(|| Fault::own(Why::Malformed, "the policy has no default version"))
    });
    let version = match answer {
        Ok(version) => version,
        Err(fault) => return named(None, Seen::Gap(desk.gap(&calls::GET_POLICY, arn, &fault))),
    };
    let send = || client.get_policy_version().policy_arn(arn).version_id(&version).send();
    let text = desk.ask(&calls::GET_POLICY_VERSION, home, send).await.and_then(|out| {
        let text = out.policy_version.and_then(|v| v.document);
        text.ok_or_else(|| Fault::own(Why::Malformed, "the version has no document"))
    });
    let text = text.map(|text| entities::decoded(&text)).and_then(document);
    let document = desk.seen(&calls::GET_POLICY_VERSION, arn, text);
    named(Some(version), document)
}
