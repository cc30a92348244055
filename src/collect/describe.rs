//! DescribeTable's answer, put into the snapshot's own types.

use aws_sdk_dynamodb::types as sdk;
use aws_smithy_types::DateTime;

use crate::snapshot::Timestamp;
use crate::snapshot::table::{
    Archival, Description, Encryption, Index, KeyElement, Replica, Restore, Stream,
};

/// A moment of AWS, to the second.
pub(super) fn moment(time: &DateTime) -> Timestamp {
    Timestamp(time.secs())
}

/// A KMS key as an ARN: replicas, and some answers, give a bare id or an alias.
pub(super) fn key_arn(named: &str, table_arn: &str, region: &str) -> String {
    if named.starts_with("arn:") {
        return named.to_owned();
    }
    let mut parts = table_arn.split(':');
    let partition = parts.nth(1).unwrap_or("aws");
    let account = parts.nth(2).unwrap_or_default();
    let kind = if named.starts_with("alias/") { "" } else { "key/" };
    format!("arn:{partition}:kms:{region}:{account}:{kind}{named}")
}

/// SSEDescription; the key is made an ARN.
pub(super) fn encryption(sse: &sdk::SseDescription, table_arn: &str, region: &str) -> Encryption {
    Encryption {
        status: sse.status().map(|s| s.as_str().to_owned()).unwrap_or_default(),
        kind: sse.sse_type().map(|t| t.as_str().to_owned()),
        key_arn: sse.kms_master_key_arn().map(|key| key_arn(key, table_arn, region)),
        inaccessible_since: sse.inaccessible_encryption_date_time().map(moment),
    }
}

/// A count that was told; none where it is below 0, as that of throughput without a limit is.
pub(super) fn count(told: Option<i64>) -> Option<i64> {
    told.filter(|count| *count >= 0)
}

/// The whole answer; `arn` is the table's, for keys that are named without theirs.
pub(super) fn description(table: &sdk::TableDescription, arn: &str, region: &str) -> Description {
    let attributes = table.attribute_definitions();
    let keys = |schema: &[sdk::KeySchemaElement]| key_schema(schema, attributes);
    let throughput = table.provisioned_throughput();
    let warm = table.warm_throughput();
    let on_demand = table.on_demand_throughput();
    Description {
        id: table.table_id().map(str::to_owned),
        status: table.table_status().map(|s| s.as_str().to_owned()).unwrap_or_default(),
        created: table.creation_date_time().map(moment),
        keys: keys(table.key_schema()),
        items: count(table.item_count()),
        bytes: count(table.table_size_bytes()),
        // Tables that were never anything else are described without a class and without a billing mode.
        class: (table.table_class_summary().and_then(|c| c.table_class()))
            .map_or_else(|| "STANDARD".to_owned(), |class| class.as_str().to_owned()),
        billing: (table.billing_mode_summary().and_then(|b| b.billing_mode()))
            .map_or_else(|| "PROVISIONED".to_owned(), |mode| mode.as_str().to_owned()),
        read_units: count(throughput.and_then(|t| t.read_capacity_units())).unwrap_or_default(),
        write_units: count(throughput.and_then(|t| t.write_capacity_units())).unwrap_or_default(),
        max_read_units: count(on_demand.and_then(|o| o.max_read_request_units())),
        max_write_units: count(on_demand.and_then(|o| o.max_write_request_units())),
        warm_read_units: count(warm.and_then(|w| w.read_units_per_second())),
        warm_write_units: count(warm.and_then(|w| w.write_units_per_second())),
        deletion_protection: table.deletion_protection_enabled().unwrap_or_default(),
        disassociation_protection: table.disassociation_protection_enabled(),
        encryption: table.sse_description().map(|sse| encryption(sse, arn, region)),
        stream: table.stream_specification().map(|stream| Stream {
            enabled: stream.stream_enabled(),
            view: stream.stream_view_type().map(|v| v.as_str().to_owned()),
        }),
        latest_stream_arn: table.latest_stream_arn().map(str::to_owned),
        indexes: indexes(table, arn, &keys),
        replicas: replicas(table, arn),
        global_table_version: table.global_table_version().map(str::to_owned),
        multi_region_consistency: table.multi_region_consistency().map(|c| c.as_str().to_owned()),
        witnesses: sorted(
            table.global_table_witnesses().iter().filter_map(|w| w.region_name()).map(str::to_owned),
        ),
        restore: table.restore_summary().map(|restore| Restore {
            backup_arn: restore.source_backup_arn().map(str::to_owned),
            table_arn: restore.source_table_arn().map(str::to_owned),
            at: Some(moment(restore.restore_date_time())),
            in_progress: restore.restore_in_progress(),
        }),
        archival: table.archival_summary().map(|archival| Archival {
            reason: archival.archival_reason().map(str::to_owned),
            at: archival.archival_date_time().map(moment),
            backup_arn: archival.archival_backup_arn().map(str::to_owned),
        }),
    }
}

/// The partition key comes first, whatever the order of the answer.
fn key_schema(schema: &[sdk::KeySchemaElement], attributes: &[sdk::AttributeDefinition]) -> Vec<KeyElement> {
    let kind = |name: &str| {
        let definition = attributes.iter().find(|a| a.attribute_name() == name);
        definition.map(|a| a.attribute_type().as_str().to_owned()).unwrap_or_default()
    };
    let mut keys: Vec<KeyElement> = schema
        .iter()
        .map(|element| KeyElement {
            name: element.attribute_name().to_owned(),
            role: element.key_type().as_str().to_owned(),
            kind: kind(element.attribute_name()),
        })
        .collect();
    keys.sort_by_key(|key| key.role != "HASH");
    keys
}

fn indexes(
    table: &sdk::TableDescription,
    arn: &str,
    keys: &dyn Fn(&[sdk::KeySchemaElement]) -> Vec<KeyElement>,
) -> Vec<Index> {
    let name_and_arn = |name: Option<&str>, given: Option<&str>| {
        let name = name.unwrap_or_default().to_owned();
        let arn = given.map_or_else(|| format!("{arn}/index/{name}"), str::to_owned);
        (name, arn)
    };
    let projected = |p: Option<&sdk::Projection>| {
        let kind = p.and_then(|p| p.projection_type()).map(|t| t.as_str().to_owned()).unwrap_or_default();
        let included = p.map(|p| p.non_key_attributes().to_vec()).unwrap_or_default();
        (kind, sorted(included.into_iter()))
    };
    let global = table.global_secondary_indexes().iter().map(|index| {
        let (name, arn) = name_and_arn(index.index_name(), index.index_arn());
        let (projection, included) = projected(index.projection());
        Index {
            name,
            arn,
            kind: "global".to_owned(),
            keys: keys(index.key_schema()),
            projection,
            included,
            status: index.index_status().map(|s| s.as_str().to_owned()).unwrap_or_default(),
            items: count(index.item_count()),
            bytes: count(index.index_size_bytes()),
        }
    });
    let local = table.local_secondary_indexes().iter().map(|index| {
        let (name, arn) = name_and_arn(index.index_name(), index.index_arn());
        let (projection, included) = projected(index.projection());
        Index {
            name,
            arn,
            kind: "local".to_owned(),
            keys: keys(index.key_schema()),
            projection,
            included,
            status: String::new(),
            items: count(index.item_count()),
            bytes: count(index.index_size_bytes()),
        }
    });
    let mut all: Vec<Index> = global.chain(local).collect();
    all.sort_by(|a, b| a.name.cmp(&b.name));
    all
}

fn replicas(table: &sdk::TableDescription, arn: &str) -> Vec<Replica> {
    let mut all: Vec<Replica> = table
        .replicas()
        .iter()
        .map(|replica| {
            let region = replica.region_name().unwrap_or_default().to_owned();
            Replica {
                arn: replica.replica_arn().map(str::to_owned),
                status: replica.replica_status().map(|s| s.as_str().to_owned()).unwrap_or_default(),
                status_message: replica.replica_status_description().map(str::to_owned),
                key_arn: replica
                    .kms_master_key_id()
                    .map(|key| key_arn(key, replica.replica_arn().unwrap_or(arn), &region)),
                inaccessible_since: replica.replica_inaccessible_date_time().map(moment),
                class: (replica.replica_table_class_summary().and_then(|c| c.table_class()))
                    .map(|c| c.as_str().to_owned()),
                region,
            }
        })
        .collect();
    all.sort_by(|a, b| a.region.cmp(&b.region));
    all
}

fn sorted(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

#[cfg(test)]
mod tests {
    use super::key_arn;

    #[test]
    fn keys_become_arns_in_their_own_region() {
        let table = "arn:aws-cn:dynamodb:cn-north-1:123456789012:table/t";
        let arn = "arn:aws-cn:kms:cn-northwest-1:123456789012";
        assert_eq!(key_arn("ab-1", table, "cn-northwest-1"), format!("{arn}:key/ab-1"));
        assert_eq!(key_arn("alias/k", table, "cn-northwest-1"), format!("{arn}:alias/k"));
        assert_eq!(key_arn("arn:aws:kms:x", table, "cn-north-1"), "arn:aws:kms:x");
    }
}
