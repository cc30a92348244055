//! IAM's users, groups and roles, put into the snapshot's own types.

use std::collections::BTreeMap;

use aws_sdk_iam::types::{
    AttachedPermissionsBoundary, AttachedPolicy, GroupDetail, PolicyDetail, RoleDetail, Tag, UserDetail,
};
use percent_encoding::percent_decode_str;

use super::describe::moment;
use crate::snapshot::principal::Principal;

/// A policy document without its URL encoding (AWS documentation: "GetAccountAuthorizationDetails"). Some emulators
/// send it plain; decoding that could change it. What does not decode is kept, for the engine to call malformed.
pub(super) fn decoded(document: &str) -> String {
    if document.trim_start().starts_with('{') {
        return document.to_owned();
    }
    percent_decode_str(document).decode_utf8().map_or_else(|_| document.to_owned(), |text| text.into_owned())
}

/// The last part of an ARN's path: a policy's name where the answer lacks it.
pub(super) fn name_of(arn: &str) -> String {
    arn.rsplit('/').next().unwrap_or_default().to_owned()
}

pub(super) fn user(user: &UserDetail) -> Principal {
    let mut groups = user.group_list().to_vec();
    groups.sort();
    Principal {
        arn: text(user.arn()),
        name: text(user.user_name()),
        path: text(user.path()),
        id: text(user.user_id()),
        created: user.create_date().map(moment),
        groups,
        inline: inline(user.user_policy_list()),
        attached: attached(user.attached_managed_policies()),
        boundary: boundary(user.permissions_boundary()),
        tags: tags(user.tags()),
        ..Principal::default()
    }
}

pub(super) fn group(group: &GroupDetail) -> Principal {
    Principal {
        arn: text(group.arn()),
        name: text(group.group_name()),
        path: text(group.path()),
        id: text(group.group_id()),
        created: group.create_date().map(moment),
        inline: inline(group.group_policy_list()),
        attached: attached(group.attached_managed_policies()),
        ..Principal::default()
    }
}

pub(super) fn role(role: &RoleDetail) -> Principal {
    Principal {
        arn: text(role.arn()),
        name: text(role.role_name()),
        path: text(role.path()),
        id: text(role.role_id()),
        created: role.create_date().map(moment),
        inline: inline(role.role_policy_list()),
        attached: attached(role.attached_managed_policies()),
        boundary: boundary(role.permissions_boundary()),
        trust: role.assume_role_policy_document().map(decoded),
        tags: tags(role.tags()),
        last_used: role.role_last_used().and_then(|used| used.last_used_date()).map(moment),
        ..Principal::default()
    }
}

fn text(given: Option<&str>) -> String {
    given.unwrap_or_default().to_owned()
}

fn inline(policies: &[PolicyDetail]) -> BTreeMap<String, String> {
    let named = |p: &PolicyDetail| (text(p.policy_name()), decoded(p.policy_document().unwrap_or_default()));
    policies.iter().map(named).collect()
}

fn attached(policies: &[AttachedPolicy]) -> Vec<String> {
    let mut arns: Vec<String> = policies.iter().filter_map(|p| p.policy_arn()).map(str::to_owned).collect();
    arns.sort();
    arns
}

fn boundary(boundary: Option<&AttachedPermissionsBoundary>) -> Option<String> {
    boundary.and_then(|b| b.permissions_boundary_arn()).map(str::to_owned)
}

fn tags(tags: &[Tag]) -> BTreeMap<String, String> {
    tags.iter().map(|tag| (tag.key().to_owned(), tag.value().to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_decoded_only_where_they_are_encoded() {
        assert_eq!(decoded("%7B%22a%22%3A%22x%2By+z%22%7D"), r#"{"a":"x+y+z"}"#);
        assert_eq!(decoded(r#" {"a":"100%25"}"#), r#" {"a":"100%25"}"#);
        assert_eq!(decoded("%7B%FF"), "%7B%FF");
        assert_eq!(name_of("arn:aws:iam::1:policy/team/Reader"), "Reader");
    }
}
