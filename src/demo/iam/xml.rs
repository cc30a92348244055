//! IAM's answers in XML: policies, tags, attachments, with documents URL-encoded as IAM encodes them.

use std::collections::{BTreeMap, HashMap};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::{Digest, Sha256};
use winterbaume_iam::views::{AttachedPolicyView, InlinePolicyView, ManagedPolicyView, PolicyVersionView};

use crate::demo::answer::{Answer, escape};

/// What RFC 3986 leaves unencoded, as IAM's reference says.
const UNRESERVED: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// When everything was made: the emulator stamps the real time, which would differ at every run.
pub(super) const CREATED: &str = "2025-02-03T08:30:00Z";

pub(super) fn encode(text: &str) -> String {
    utf8_percent_encode(text, &UNRESERVED).to_string()
}

pub(super) fn response(operation: &str, result: &str) -> Answer {
    Answer::xml(format!(
        "<{operation}Response xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\">\
         <{operation}Result>{result}</{operation}Result>\
         <ResponseMetadata><RequestId>embedded</RequestId></ResponseMetadata></{operation}Response>"
    ))
}

/// An element with text.
pub(super) fn leaf(name: &str, text: &str) -> String {
    format!("<{name}>{}</{name}>", escape(text))
}

/// An element with a `member` for each item.
pub(super) fn list(name: &str, members: impl IntoIterator<Item = String>) -> String {
    let members: String = members.into_iter().map(|m| format!("<member>{m}</member>")).collect();
    format!("<{name}>{members}</{name}>")
}

/// A unique id that depends on the ARN alone; the emulator's are random.
pub(super) fn id(prefix: &str, arn: &str) -> String {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let tail = Sha256::digest(arn);
    let tail = tail.iter().take(17).map(|byte| char::from(ALPHABET[usize::from(byte % 32)]));
    prefix.chars().chain(tail).collect()
}

pub(super) fn tags(tags: &HashMap<String, String>) -> String {
    let sorted: BTreeMap<_, _> = tags.iter().collect();
    list("Tags", sorted.iter().map(|(key, value)| leaf("Key", key) + &leaf("Value", value)))
}

pub(super) fn attached(policies: &[AttachedPolicyView]) -> String {
    let member =
        |p: &AttachedPolicyView| leaf("PolicyName", &p.policy_name) + &leaf("PolicyArn", &p.policy_arn);
    list("AttachedManagedPolicies", policies.iter().map(member))
}

pub(super) fn inline(name: &str, policies: &[InlinePolicyView]) -> String {
    let member = |p: &InlinePolicyView| {
        leaf("PolicyName", &p.policy_name) + &leaf("PolicyDocument", &encode(&p.policy_document))
    };
    list(name, policies.iter().map(member))
}

pub(super) fn boundary(arn: Option<&str>) -> String {
    arn.map(|arn| {
        let inner = leaf("PermissionsBoundaryType", "PermissionsBoundaryPolicy")
            + &leaf("PermissionsBoundaryArn", arn);
        format!("<PermissionsBoundary>{inner}</PermissionsBoundary>")
    })
    .unwrap_or_default()
}

pub(super) fn version(version: &PolicyVersionView) -> String {
    leaf("Document", &encode(&version.document))
        + &leaf("VersionId", &version.version_id)
        + &leaf("IsDefaultVersion", &version.is_default_version.to_string())
        + &leaf("CreateDate", CREATED)
}

pub(super) fn policy(policy: &ManagedPolicyView, attachments: usize, boundaries: usize) -> String {
    leaf("PolicyName", &policy.policy_name)
        + &leaf("PolicyId", &id("ANPA", &policy.arn))
        + &leaf("Arn", &policy.arn)
        + &leaf("Path", &policy.path)
        + &leaf("DefaultVersionId", &policy.default_version_id)
        + &leaf("AttachmentCount", &attachments.to_string())
        + &leaf("PermissionsBoundaryUsageCount", &boundaries.to_string())
        + &leaf("IsAttachable", "true")
        + &leaf("CreateDate", CREATED)
        + &leaf("UpdateDate", CREATED)
}
