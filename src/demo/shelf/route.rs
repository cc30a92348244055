//! Operations of the REST services, read off their paths, and what the path names.

use crate::demo::connector::decode;

/// The operation, and what its path names outermost first. Nothing of [`crate::collect`] is used: who asks and who
/// answers must not share a mistake.
pub(in crate::demo) fn of(service: &str, uri: &str) -> Option<(String, Vec<String>)> {
    let path = uri.split_once("://").map_or(uri, |(_, rest)| rest.find('/').map_or("/", |at| &rest[at..]));
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let parts: Vec<String> = path.split('/').filter(|part| !part.is_empty()).map(decode).collect();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let (operation, about): (&str, &[&str]) = match (service, parts.as_slice()) {
        ("backup", ["account-settings"]) => ("DescribeRegionSettings", &[]),
        ("backup", ["backup", "plans"]) => ("ListBackupPlans", &[]),
        ("backup", ["backup", "plans", plan, "selections"]) => ("ListBackupSelections", &[plan]),
        ("backup", ["backup", "plans", plan, "selections", one]) => ("GetBackupSelection", &[plan, one]),
        ("backup", ["backup-vaults"]) => ("ListBackupVaults", &[]),
        ("backup", ["backup-vaults", vault, "access-policy"]) => ("GetBackupVaultAccessPolicy", &[vault]),
        ("backup", ["backup-vaults", vault, "recovery-points"]) => {
            ("ListRecoveryPointsByBackupVault", &[vault])
        }
        ("lambda", ["2015-03-31", "event-source-mappings"]) => ("ListEventSourceMappings", &[]),
        ("s3", [bucket]) => (s3(query)?, &[bucket]),
        ("s3-control", ["v20180820", "configuration", "publicAccessBlock"]) => ("GetPublicAccessBlock", &[]),
        _ => return None,
    };
    Some((operation.to_owned(), about.iter().map(|part| (*part).to_owned()).collect()))
}

fn s3(query: &str) -> Option<&'static str> {
    match query.split(['&', '=']).next()? {
        "location" => Some("GetBucketLocation"),
        "policyStatus" => Some("GetBucketPolicyStatus"),
        "publicAccessBlock" => Some("GetPublicAccessBlock"),
        "encryption" => Some("GetBucketEncryption"),
        "list-type" => Some("ListObjectsV2"),
        _ => None,
    }
}
