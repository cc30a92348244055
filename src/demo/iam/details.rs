//! GetAccountAuthorizationDetails: everything about everyone, filtered and page by page.

use std::collections::BTreeMap;

use winterbaume_iam::views::{GroupView, IamStateView, RoleView, UserView};

use super::{attachments, boundaries, is_aws_managed, xml};
use crate::demo::answer::Answer;
use crate::demo::clock::iso;
use crate::demo::connector::fields;

/// The lists of the answer, in their order.
const LISTS: [&str; 4] = ["UserDetailList", "GroupDetailList", "RoleDetailList", "Policies"];

/// Answers with the page that the form fields `Filter.member.N`, `MaxItems` and `Marker` ask for.
pub(super) fn answer(state: &IamStateView, used: &BTreeMap<String, i64>, body: &[u8]) -> Answer {
    let asked: BTreeMap<String, String> = fields(body).collect();
    let filters: Vec<&str> =
        asked.iter().filter(|(name, _)| name.starts_with("Filter.")).map(|(_, v)| v.as_str()).collect();
    let most = match asked.get("MaxItems").map_or(Ok(100), |text| text.parse::<usize>()) {
        Ok(most @ 1..=1000) => most,
        _ => return Answer::xml_error(400, "ValidationError", "MaxItems must be between 1 and 1000"),
    };
    let start = asked.get("Marker").and_then(|marker| marker.parse().ok()).unwrap_or(0_usize);

    let entries = entries(state, used, &filters);
    let page: Vec<_> = entries.iter().skip(start).take(most).collect();
    let mut result = String::new();
    for (position, name) in LISTS.iter().enumerate() {
        let members = page.iter().filter(|entry| entry.0 == position).map(|entry| entry.2.clone());
        result += &xml::list(name, members);
    }
    let more = start + most < entries.len();
    result += &xml::leaf("IsTruncated", &more.to_string());
    if more {
        result += &xml::leaf("Marker", &(start + most).to_string());
    }
    xml::response("GetAccountAuthorizationDetails", &result)
}

/// Every entry that the filters let through: its list, its name, its XML; sorted by these.
fn entries(
    state: &IamStateView,
    used: &BTreeMap<String, i64>,
    filters: &[&str],
) -> Vec<(usize, String, String)> {
    let wanted = |kind: &str| filters.is_empty() || filters.contains(&kind);
    let mut entries = Vec::new();
    if wanted("User") {
        entries.extend(state.users.values().map(|u| (0, u.name.clone(), user(u, state))));
    }
    if wanted("Group") {
        entries.extend(state.groups.values().map(|g| (1, g.name.clone(), group(g))));
    }
    if wanted("Role") {
        entries.extend(state.roles.values().map(|r| (2, r.name.clone(), role(r, used.get(&r.name)))));
    }
    for policy in state.policies.values() {
        let (attached, bounding) = (attachments(state, &policy.arn), boundaries(state, &policy.arn));
        // Of AWS's own policies only those in use are listed.
        let listed = match is_aws_managed(policy) {
            true => wanted("AWSManagedPolicy") && attached + bounding > 0,
            false => wanted("LocalManagedPolicy"),
        };
        if listed {
            let versions = xml::list("PolicyVersionList", policy.versions.iter().map(xml::version));
            entries.push((3, policy.arn.clone(), xml::policy(policy, attached, bounding) + &versions));
        }
    }
    entries.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
    entries
}

fn user(user: &UserView, state: &IamStateView) -> String {
    let mut groups: Vec<&str> = state
        .groups
        .values()
        .filter(|group| group.members.contains(&user.name))
        .map(|group| group.name.as_str())
        .collect();
    groups.sort_unstable();
    head("User", &user.path, &user.name, &xml::id("AIDA", &user.arn), &user.arn)
        + &xml::inline("UserPolicyList", &user.inline_policies)
        + &xml::list("GroupList", groups.into_iter().map(str::to_owned))
        + &xml::attached(&user.attached_policies)
        + &xml::boundary(user.permissions_boundary.as_deref())
        + &xml::tags(&user.tags)
}

fn group(group: &GroupView) -> String {
    head("Group", &group.path, &group.name, &xml::id("AGPA", &group.arn), &group.arn)
        + &xml::attached(&group.attached_policies)
        + &xml::inline("GroupPolicyList", &group.inline_policies)
}

fn role(role: &RoleView, used: Option<&i64>) -> String {
    let used = used.map(|at| {
        let inner = xml::leaf("LastUsedDate", &iso(*at)) + &xml::leaf("Region", "eu-west-1");
        format!("<RoleLastUsed>{inner}</RoleLastUsed>")
    });
    head("Role", &role.path, &role.name, &xml::id("AROA", &role.arn), &role.arn)
        + &xml::leaf("AssumeRolePolicyDocument", &xml::encode(&role.assume_role_policy_document))
        + "<InstanceProfileList/>"
        + &xml::inline("RolePolicyList", &role.inline_policies)
        + &xml::attached(&role.attached_policies)
        + &xml::boundary(role.permissions_boundary.as_deref())
        + &xml::tags(&role.tags)
        + &used.unwrap_or_default()
}

fn head(kind: &str, path: &str, name: &str, id: &str, arn: &str) -> String {
    xml::leaf("Path", path)
        + &xml::leaf(&format!("{kind}Name"), name)
        + &xml::leaf(&format!("{kind}Id"), id)
        + &xml::leaf("Arn", arn)
        + &xml::leaf("CreateDate", xml::CREATED)
}
