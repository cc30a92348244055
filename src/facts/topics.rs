//! Which facts need more than the tables themselves to be asked about: the one table from facts to topics.
//!
//! From a topic to its calls it is one step more, in `collect/calls.rs`; so a run asks only what its checks need.

use std::collections::BTreeSet;

use crate::snapshot::Topic;

/// What tells who may reach a table, and open its key: conditions ask for tags, and the organization binds all.
const WHO: &[Topic] = &[
    Topic::KeySettings,
    Topic::Keys,
    Topic::Organization,
    Topic::Principals,
    Topic::TablePolicies,
    Topic::Tags,
];

/// What one table is compared by with another.
const COMPARED: &[Topic] = &[Topic::ContinuousBackups, Topic::TablePolicies, Topic::Tags, Topic::TimeToLive];

/// Facts, by how their paths begin, and the topics that tell them; every one that fits counts.
const NEEDS: &[(&str, &[Topic])] = &[
    ("account.auditor_can_write", WHO),
    ("account.guarded", &[Topic::Organization]),
    ("account.regions.bare_vpcs", &[Topic::Endpoints, Topic::Networks]),
    ("account.regions.recorded", &[Topic::Recorders]),
    ("account.regions.watched", &[Topic::Rules, Topic::Trails]),
    ("account.sensitive", &[Topic::Items]),
    ("attribute.", &[Topic::Items]),
    ("attribute.copies", &[Topic::Copies, Topic::Integrations, Topic::Streaming]),
    ("attribute.expires", &[Topic::TimeToLive]),
    ("attribute.lies_also_in", &[Topic::Copies, Topic::Integrations, Topic::Streaming]),
    ("attribute.readers", WHO),
    ("backup.", &[Topic::Copies]),
    ("backup.key_owner", &[Topic::Keys]),
    ("cluster.", &[Topic::Caches]),
    ("cluster.role_reads_every_table", WHO),
    ("copy.", &[Topic::Copies, Topic::Integrations, Topic::Items, Topic::Streaming]),
    ("endpoint.", &[Topic::Endpoints]),
    ("export.", &[Topic::Copies]),
    ("export.bucket_", &[Topic::Buckets]),
    ("export.emptied", &[Topic::Files]),
    ("grant.", &[Topic::Copies, Topic::KeySettings, Topic::Keys]),
    ("imported.", &[Topic::Imports]),
    ("imported.bucket_", &[Topic::Buckets]),
    ("imported.files", &[Topic::Files]),
    // Backups have keys, too.
    ("key.", &[Topic::Copies, Topic::Keys]),
    ("key.grants", &[Topic::KeySettings]),
    ("key.mixes_sensitivity", &[Topic::Items]),
    // Tags say what is production.
    ("key.mixes_stages", &[Topic::Tags]),
    ("key.policy", &[Topic::KeySettings]),
    ("key.rotation", &[Topic::KeySettings]),
    ("principal.", WHO),
    ("principal.activity.guest_pools", &[Topic::IdentityPools]),
    ("principal.activity.keys", &[Topic::Credentials]),
    ("principal.activity.oldest_key_days", &[Topic::Credentials]),
    ("principal.activity.password", &[Topic::Credentials]),
    ("principal.activity.unused", &[Topic::Usage]),
    ("principal.activity.used_days", &[Topic::Usage]),
    ("principal.indirect", &[Topic::Caches, Topic::Items]),
    ("principal.reads_sensitive", &[Topic::Items]),
    ("reader.", WHO),
    ("reader.reads_sensitive", &[Topic::Items]),
    ("reader.tables.sensitive", &[Topic::Items]),
    ("replica.differences", COMPARED),
    ("replica.differs_in", COMPARED),
    ("replica.key_owner", &[Topic::Keys]),
    ("replica.weaker", &[Topic::Keys]),
    ("stream.consumers", &[Topic::Consumers]),
    ("stream.logged", &[Topic::Trails]),
    ("stream.policy", &[Topic::TablePolicies]),
    ("table.access", WHO),
    ("table.autoscaled", &[Topic::Scaling]),
    ("table.data_events", &[Topic::Trails]),
    ("table.encryption.key", &[Topic::Keys]),
    ("table.encryption.key.grants", &[Topic::KeySettings]),
    ("table.encryption.key.mixes_sensitivity", &[Topic::Items]),
    ("table.encryption.key.mixes_stages", &[Topic::Tags]),
    ("table.encryption.key.policy", &[Topic::KeySettings]),
    ("table.encryption.key.rotation", &[Topic::KeySettings]),
    ("table.encryption.owner", &[Topic::Keys]),
    ("table.has_backup", &[Topic::ContinuousBackups, Topic::Copies]),
    ("table.insights_on", &[Topic::Insights]),
    ("table.integrations", &[Topic::Integrations]),
    ("table.kinesis", &[Topic::KinesisStreams, Topic::Streaming]),
    ("table.known_as", &[Topic::Items]),
    ("table.legacy_global", &[Topic::GlobalTables]),
    ("table.pci_scope", &[Topic::Items]),
    ("table.pitr", &[Topic::ContinuousBackups]),
    ("table.policy", &[Topic::TablePolicies]),
    // Plans choose by tags.
    ("table.protection.plans", &[Topic::BackupPlans, Topic::Tags]),
    ("table.protection.points", &[Topic::BackupPlans, Topic::Copies]),
    ("table.restored", COMPARED),
    ("table.sample", &[Topic::Items, Topic::TimeToLive]),
    ("table.sensitive", &[Topic::Items]),
    ("table.stage", &[Topic::Tags]),
    ("table.tags", &[Topic::Tags]),
    ("table.ttl", &[Topic::TimeToLive]),
    ("use.", &[Topic::Copies, Topic::Keys]),
    ("vault.", &[Topic::BackupPlans]),
];

/// Facts, by how their paths begin, that are told by what a sample happens to meet, and less is told by a sample that
/// does not. What is told of a secret itself is not among them, nor how large the sample was.
const BY_SAMPLE: &[&str] = &[
    "account.pci_scope",
    "account.sensitive",
    "key.mixes_sensitivity",
    "principal.indirect.sensitive",
    "principal.reads_sensitive",
    "reader.reads_sensitive",
    "reader.tables.sensitive",
    "table.encryption.key.mixes_sensitivity",
    "table.known_as",
    "table.pci_scope",
    "table.sample.cards",
    "table.sample.lasting_tokens",
    "table.sample.readable",
    "table.sensitive",
];

/// Whether the fact at `path` is told by what a sample happens to meet.
pub fn by_sample(path: &str) -> bool {
    BY_SAMPLE.iter().any(|fact| path.starts_with(fact))
}

/// The topics that tell the facts at `paths`, such as `table.protection.plans`; what stands above a fact in its path
/// needs all that the fact does.
pub fn needed<'a>(paths: impl IntoIterator<Item = &'a str>) -> BTreeSet<Topic> {
    let mut topics = BTreeSet::new();
    for path in paths {
        let touches = |fact: &str| path.starts_with(fact) || fact.starts_with(&format!("{path}."));
        let found = NEEDS.iter().filter(|(fact, _)| touches(fact)).flat_map(|(_, topics)| *topics);
        topics.extend(found.copied());
    }
    topics
}

/// The topics that a check which reads the facts at `paths` of elements of lists needs of Regions without tables, too: what it
/// reads of Regions, where it does not look at how many tables they have.
pub fn everywhere(paths: &BTreeSet<&str>) -> BTreeSet<Topic> {
    let looks = paths.contains("account.regions.tables");
    needed(paths.iter().copied().filter(|path| !looks && path.starts_with("account.regions.")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{facts::schema, finding::SubjectKind};

    #[test]
    fn every_fact_in_the_tables_is_one() {
        for fact in NEEDS.iter().map(|(fact, _)| fact).chain(BY_SAMPLE) {
            let mut parts = fact.trim_end_matches(['.', '_']).split('.');
            let kind =
                parts.next().and_then(|word| SubjectKind::ALL.into_iter().find(|k| k.as_str() == word));
            let whole = schema(kind.unwrap());
            let mut at = &whole;
            for part in parts {
                // A fact of a list's elements: `account.regions.recorded`.
                if at["type"] == "array" {
                    at = &at["items"];
                    if let Some(name) = at["$ref"].as_str() {
                        at = &whole["$defs"][name.rsplit('/').next().unwrap()];
                    }
                }
                at = &at["properties"][part];
                // What may be null is one of two.
                at = at["anyOf"].get(0).unwrap_or(at);
                if let Some(name) = at["$ref"].as_str() {
                    at = &whole["$defs"][name.rsplit('/').next().unwrap()];
                }
                assert!(at.is_object(), "{fact}");
            }
        }
    }

    #[test]
    fn every_topic_is_needed_by_a_fact() {
        let needed: BTreeSet<Topic> = NEEDS.iter().flat_map(|(_, topics)| *topics).copied().collect();
        assert_eq!(needed, Topic::ALL.into_iter().collect());
    }

    #[test]
    fn what_a_sample_tells_is_by_sample_or_of_what_it_met() {
        let of_itself = ["attribute.", "copy.", "principal.indirect", "table.sample"];
        for (fact, topics) in NEEDS.iter().filter(|(fact, _)| !of_itself.contains(fact)) {
            assert_eq!(topics.contains(&Topic::Items), by_sample(fact), "{fact}");
        }
        assert!(BY_SAMPLE.iter().all(|fact| needed([*fact]).contains(&Topic::Items) || fact.contains("pci")));
    }

    #[test]
    fn regions_without_tables_are_asked_for_a_check_that_does_not_leave_them_out() {
        let asked = |paths: &[&str]| everywhere(&paths.iter().copied().collect());
        assert_eq!(asked(&["account.regions.recorded", "account.tables"]), [Topic::Recorders].into());
        assert_eq!(asked(&["account.regions.watched.exports"]), [Topic::Rules, Topic::Trails].into());
        assert!(asked(&["account.regions.recorded", "account.regions.tables"]).is_empty());
        assert!(asked(&["account.regions.enabled", "table.data_events.reads", "vault.locked"]).is_empty());
    }

    #[test]
    fn a_fact_needs_its_topics_and_no_others() {
        assert!(needed(["table.name", "table.protect", "index.name"]).is_empty());
        assert_eq!(needed(["export.bucket_public"]), [Topic::Buckets, Topic::Copies].into());
        assert_eq!(needed(["table.protection"]), [Topic::BackupPlans, Topic::Copies, Topic::Tags].into());
        assert_eq!(needed(["table.encryption.key.state"]), [Topic::Keys].into());
        assert_eq!(needed(["table.pitr.enabled"]), [Topic::ContinuousBackups].into());
        assert_eq!(needed(["vault.locked"]), [Topic::BackupPlans].into());
    }
}
