//! Which calls tell which facts: for the reference. What a run asks is decided in `topics.rs` and `collect/calls.rs`.

use std::collections::BTreeSet;

use crate::snapshot::Topic;

const TABLE: &[&str] = &["dynamodb:DescribeTable"];
const SAMPLE: &[&str] = &["dynamodb:Scan"];
const BACKUPS: &[&str] = &["dynamodb:ListBackups"];
const POLICIES: &[&str] = &[
    "iam:GetAccountAuthorizationDetails",
    "dynamodb:GetResourcePolicy",
    "dynamodb:ListTagsOfResource",
    "tag:GetResources",
    "kms:DescribeKey",
    "kms:GetKeyPolicy",
    "kms:ListGrants",
    "kms:ListResourceTags",
];
const KEY: &[&str] = &["kms:DescribeKey"];

/// Facts, by how their paths begin, and the calls that tell them; every one that fits counts.
const TOLD: &[(&str, &[&str])] = &[
    ("account.auditor", &["sts:GetCallerIdentity", "iam:GetAccountAuthorizationDetails"]),
    ("account.tables", &["dynamodb:ListTables"]),
    ("attribute.", SAMPLE),
    ("attribute.copies", TABLE),
    ("attribute.copies", &["dynamodb:DescribeKinesisStreamingDestination", "dynamodb:ListExports"]),
    ("attribute.copies", BACKUPS),
    ("attribute.expires", &["dynamodb:DescribeTimeToLive"]),
    ("attribute.index_key", TABLE),
    ("attribute.readers", POLICIES),
    ("attribute.table_key", TABLE),
    ("backup.", BACKUPS),
    ("backup.key_owner", &["dynamodb:DescribeBackup", "kms:DescribeKey"]),
    ("copy.", TABLE),
    ("copy.", &["dynamodb:DescribeKinesisStreamingDestination", "dynamodb:ListExports"]),
    ("copy.", BACKUPS),
    ("export.", &["dynamodb:ListExports", "dynamodb:DescribeExport"]),
    ("grant.", &["kms:ListGrants"]),
    ("imported.", &["dynamodb:ListImports"]),
    ("index.", TABLE),
    ("key.", KEY),
    ("key.grants", &["kms:ListGrants"]),
    ("key.policy", &["kms:GetKeyPolicy"]),
    ("key.rotation", &["kms:GetKeyRotationStatus"]),
    ("principal.", POLICIES),
    ("reader.", POLICIES),
    ("replica.", TABLE),
    (
        "replica.differ",
        &[
            "dynamodb:DescribeContinuousBackups",
            "dynamodb:DescribeTimeToLive",
            "dynamodb:GetResourcePolicy",
            "dynamodb:ListTagsOfResource",
        ],
    ),
    ("replica.key_owner", KEY),
    ("replica.weaker", KEY),
    ("stream.", TABLE),
    ("stream.policy", &["dynamodb:GetResourcePolicy"]),
    ("table.access", POLICIES),
    ("table.age_days", TABLE),
    ("table.billing", TABLE),
    ("table.bytes", TABLE),
    ("table.class", TABLE),
    ("table.deletion_protection", TABLE),
    ("table.disassociation_protection", TABLE),
    ("table.encryption", TABLE),
    ("table.encryption.key", KEY),
    ("table.encryption.owner", KEY),
    ("table.global", TABLE),
    ("table.has_backup", &["dynamodb:DescribeContinuousBackups", "dynamodb:ListBackups"]),
    ("table.indexes", TABLE),
    ("table.insights_on", &["dynamodb:DescribeContributorInsights"]),
    ("table.items", TABLE),
    ("table.legacy_global", &["dynamodb:ListGlobalTables"]),
    ("table.kinesis", &["dynamodb:DescribeKinesisStreamingDestination"]),
    ("table.pitr", &["dynamodb:DescribeContinuousBackups"]),
    ("table.policy", &["dynamodb:GetResourcePolicy"]),
    ("table.protection.points", BACKUPS),
    ("table.restored", TABLE),
    ("table.sample", SAMPLE),
    ("table.sensitive", SAMPLE),
    ("table.status", TABLE),
    ("table.stream_on", TABLE),
    ("table.tags", &["tag:GetResources", "dynamodb:ListTagsOfResource"]),
    ("table.throughput_capped", TABLE),
    ("table.ttl", &["dynamodb:DescribeTimeToLive"]),
];

/// The calls of DynamoDB, IAM, KMS and STS that tell the facts at `paths`, sorted.
pub fn told<'a>(paths: impl IntoIterator<Item = &'a str>) -> BTreeSet<&'static str> {
    let paths = paths.into_iter();
    paths
        .flat_map(|path| {
            TOLD.iter().filter(move |(fact, _)| path.starts_with(fact)).flat_map(|(_, calls)| *calls)
        })
        .copied()
        .collect()
}

/// Every call that tells a fact.
pub fn all() -> BTreeSet<&'static str> {
    TOLD.iter().flat_map(|(_, calls)| *calls).copied().collect()
}

/// What a topic is, in the words of the service that tells it; none where the calls above tell it.
pub fn beyond(topic: Topic) -> Option<String> {
    use Topic::*;
    match topic {
        ContinuousBackups | Copies | GlobalTables | Imports | Insights | Items | Keys | KeySettings
        | Principals | Streaming | TablePolicies | Tags | TimeToLive => None,
        _ => Some(serde_json::to_value(topic).ok()?.as_str()?.replace('-', " ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fact_is_told_by_every_call_that_fits() {
        assert_eq!(told(["table.ttl.enabled"]), ["dynamodb:DescribeTimeToLive"].into());
        assert_eq!(told(["attribute.expires"]), ["dynamodb:DescribeTimeToLive", "dynamodb:Scan"].into());
        assert!(told(["table.name", "vault.locked"]).is_empty());
    }
}
