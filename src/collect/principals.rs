//! Users, groups, roles and managed policies: all of IAM's authorisation details, and the policies they leave out.

use std::collections::BTreeSet;
use std::sync::Arc;

use aws_sdk_iam::Client;
use aws_sdk_iam::types::{EntityType, ManagedPolicyDetail, PolicyVersion};

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
        // Each page as soon as it is there: the SDK's own form of a large account is several times as large.
        let people = Principals {
            users: out.user_detail_list().iter().map(entities::user).collect(),
            groups: out.group_detail_list().iter().map(entities::group).collect(),
            roles: out.role_detail_list().iter().map(entities::role).collect(),
            ..Principals::default()
        };
        Ok(Page { items: vec![(people, out.policies.unwrap_or_default())], next })
    })
    .await;
    let mut found =
        Principals { gap: fault.map(|fault| desk.gap(call, on, &fault)), ..Principals::default() };
    let mut policies = Vec::new();
    for (people, more) in answers {
        found.users.extend(people.users);
        found.groups.extend(people.groups);
        found.roles.extend(people.roles);
        policies.extend(more);
    }
    for list in [&mut found.users, &mut found.groups, &mut found.roles] {
        list.sort_by(|a, b| a.arn.cmp(&b.arn));
    }
    let mut needed = attached(&found);
    // Local policies count whether attached or not. Of the AWS managed ones AWS lists those that are attached, some
    // emulators all 1,500.
    let local = policies.iter().filter_map(|p| p.arn()).filter(|arn| !arn.contains(":iam::aws:"));
    needed.extend(local.map(str::to_owned));
    for policy in policies.iter().filter(|p| p.arn().is_some_and(|arn| needed.contains(arn))) {
        if let Some((arn, policy)) = told(desk, policy) {
            found.policies.insert(arn, policy);
        }
    }
    needed.retain(|arn| !found.policies.contains_key(arn));
    found.policies.extend(fetch_all(desk, client, home, needed).await);
    found
}

/// Every policy that something is attached to or bounded by.
fn attached(found: &Principals) -> BTreeSet<String> {
    let all = found.users.iter().chain(&found.groups).chain(&found.roles);
    all.flat_map(|p| p.attached.iter().chain(&p.boundary)).cloned().collect()
}

/// A policy in its default version, where the answer holds that version's document.
fn told(desk: &Desk, policy: &ManagedPolicyDetail) -> Option<(String, ManagedPolicy)> {
    let arn = policy.arn()?.to_owned();
    let default = policy.default_version_id();
    let is_default =
        |v: &&PolicyVersion| v.is_default_version() || (default.is_some() && v.version_id() == default);
    let version = policy.policy_version_list().iter().find(is_default)?;
    let text = document(entities::decoded(version.document()?));
    let others = policy.policy_version_list().iter().filter(|other| !is_default(other));
    let others = others.filter_map(|v| Some((v.version_id()?.to_owned(), entities::decoded(v.document()?))));
    let policy = ManagedPolicy {
        name: policy.policy_name().map_or_else(|| entities::name_of(&arn), str::to_owned),
        version: default.or(version.version_id()).map(str::to_owned),
        document: desk.seen(&calls::GET_ACCOUNT_AUTHORIZATION_DETAILS, &arn, text),
        others: Some(others.collect()),
    };
    Some((arn, policy))
}

/// Policies that are attached, or serve as a boundary, but whose document was not in the answer.
async fn fetch_all(
    desk: &Arc<Desk>,
    client: &Client,
    home: &str,
    missing: BTreeSet<String>,
) -> Vec<(String, ManagedPolicy)> {
    side_by_side(missing, |arn| {
        let (desk, client, home) = (Arc::clone(desk), client.clone(), home.to_owned());
        async move {
            let policy = fetch(&desk, &client, &home, &arn).await;
            (arn, policy)
        }
    })
    .await
}

async fn fetch(desk: &Desk, client: &Client, home: &str, arn: &str) -> ManagedPolicy {
    let named =
        |version, document| ManagedPolicy { name: entities::name_of(arn), version, document, others: None };
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
