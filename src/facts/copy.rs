//! Facts of the second places that an attribute is copied to: indexes, streams, replicas, backups, exports, integrations.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Collection, Gaps, Node, table::subject};
use crate::{
    detect::shown_name,
    finding::SubjectKind,
    snapshot::{
        self, Seen, Services, Timestamp,
        table::{Description, Index},
    },
};

/// A second place to which an attribute is copied.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Copy {
    /// What sort of place.
    pub place: Place,
    /// ARN of it.
    pub arn: String,
    /// Name to print.
    pub name: String,
    /// Days after which the copy is gone by itself; null where it stays.
    pub dies_after_days: Option<i64>,
}

/// Where a copy lies.
#[derive(Debug, Clone, std::marker::Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// A secondary index.
    Index,
    /// The table's stream.
    Stream,
    /// A Kinesis stream.
    Kinesis,
    /// A replica in another Region.
    Replica,
    /// A backup.
    Backup,
    /// An export to S3.
    Export,
    /// A warehouse or a lake, by a zero-ETL integration.
    Integration,
}

/// The places that the top-level attribute `name` (as paths write it) of `table` is copied to.
pub fn of(table: &snapshot::Table, name: &str, services: &Services, taken: Timestamp) -> Collection<Copy> {
    let mut items: Vec<Copy> = Vec::new();
    let mut gaps = Gaps::default();
    match &table.description {
        Seen::Value(description) => described(table, description, name, &mut items),
        Seen::Gap(gap) => gaps.add(gap),
    }
    match &table.kinesis {
        Seen::Value(streams) => items.extend(streams.iter().filter(|s| s.status == "ACTIVE").map(|stream| {
            copy(Place::Kinesis, &stream.arn, stream.arn.rsplit('/').next().unwrap_or(&stream.arn), None)
        })),
        Seen::Gap(gap) => gaps.add(gap),
    }
    items.extend(table.backups.items.iter().filter(|b| b.status == "AVAILABLE").map(|backup| {
        let dies = backup.expires.map(|at| taken.days_until(at));
        copy(Place::Backup, &backup.arn, &backup.name, dies)
    }));
    items.extend(table.exports.items.iter().filter(|e| e.status == "COMPLETED").map(|export| {
        let bucket = export.details.value().and_then(|d| d.bucket.as_deref()).unwrap_or(&export.arn);
        copy(Place::Export, &export.arn, bucket, None)
    }));
    let integrations = services.integrations.items.iter().filter(|one| one.source_arn == table.arn);
    items.extend(integrations.map(|one| {
        let name = one.target_arn.splitn(6, ':').nth(5).unwrap_or(&one.target_arn);
        copy(Place::Integration, &one.target_arn, name, None)
    }));
    let gaps = gaps.and(&table.backups.gap).and(&table.exports.gap).and(&services.integrations.gap);
    Collection { items, gaps }
}

/// A copy in words: where it lies, and when it is gone by itself.
pub fn told(copy: &Copy) -> String {
    let place = match copy.place {
        Place::Index => "index",
        Place::Stream => "the",
        Place::Kinesis => "Kinesis stream",
        Place::Replica => "replica in",
        Place::Backup => "backup",
        Place::Export => "export to",
        Place::Integration => "integration into",
    };
    match copy.dies_after_days {
        None => format!("{place} {} (stays)", copy.name),
        Some(1) => format!("{place} {} (1 day)", copy.name),
        Some(days) => format!("{place} {} ({days} days)", copy.name),
    }
}

/// The nodes of the copies of the attribute that `named` names.
pub fn nodes(
    table: &snapshot::Table,
    copies: &Collection<Copy>,
    named: [(&str, &str); 2],
    account: &str,
) -> Vec<Node> {
    let mut nodes: Vec<Node> = copies
        .items
        .iter()
        .map(|copy| {
            let names = [named[0], named[1], ("copy", copy.name.as_str())];
            Node::new(subject(SubjectKind::Copy, table, &copy.arn, account, names), copy)
        })
        .collect();
    if !copies.gaps.is_empty() {
        let place = subject(SubjectKind::Copy, table, &table.arn, account, named);
        nodes.push(Node::unlisted(place, &copies.gaps));
    }
    nodes
}

fn described(table: &snapshot::Table, description: &Description, name: &str, items: &mut Vec<Copy>) {
    let key = description.keys.iter().any(|key| shown_name(&key.name) == name);
    for index in &description.indexes {
        if key || projects(index, name) {
            items.push(copy(Place::Index, &index.arn, &index.name, None));
        }
    }
    if let (Some(stream), Some(arn)) = (&description.stream, &description.latest_stream_arn)
        && stream.enabled
        && (key || stream.view.as_deref() != Some("KEYS_ONLY"))
    {
        // DynamoDB Streams keeps records for 24 hours (Change data capture for DynamoDB Streams).
        items.push(copy(Place::Stream, arn, "stream", Some(1)));
    }
    for replica in description.replicas.iter().filter(|replica| replica.region != table.region) {
        let arn = match &replica.arn {
            Some(arn) => arn.clone(),
            None => table.arn.replacen(&format!(":{}:", table.region), &format!(":{}:", replica.region), 1),
        };
        items.push(copy(Place::Replica, &arn, &replica.region, None));
    }
}

/// Whether an index holds the attribute; the table's own keys are in every index anyway.
fn projects(index: &Index, name: &str) -> bool {
    index.projection == "ALL"
        || index.keys.iter().any(|key| shown_name(&key.name) == name)
        || (index.projection == "INCLUDE"
            && index.included.iter().any(|included| shown_name(included) == name))
}

fn copy(place: Place, arn: &str, name: &str, dies_after_days: Option<i64>) -> Copy {
    Copy { place, arn: arn.into(), name: name.into(), dies_after_days }
}
