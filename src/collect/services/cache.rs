//! DAX: clusters and how long they keep items.

use serde_json::{Value, json};

use super::network::reachable_from;
use super::value::{list, maybe, text};
use super::{Asker, body};
use crate::collect::calls;
use crate::collect::describe::count;
use crate::collect::fault::Fault;
use crate::snapshot::services::cache::{CacheTtl, Cluster};
use crate::snapshot::{Listed, Seen, Why};

/// The clusters of the Region.
pub(super) async fn clusters(asker: &Asker<'_>) -> Listed<Cluster> {
    if let Some(gap) = asker.unasked(&calls::DESCRIBE_CLUSTERS) {
        return Listed::missing(gap);
    }
    let call = &calls::DESCRIBE_CLUSTERS;
    let page = |token: Option<String>| match token {
        Some(token) => body(json!({ "MaxResults": 100, "NextToken": token })),
        None => body(json!({ "MaxResults": 100 })),
    };
    let found = asker.listed(call, asker.region, "Clusters", "NextToken", page).await;
    let mut items = Vec::with_capacity(found.items.len());
    for cluster in &found.items {
        let arn = text(cluster, "ClusterArn");
        let nodes = cluster["Nodes"].as_array().into_iter().flatten();
        let mut zones: Vec<String> = nodes.map(|node| text(node, "AvailabilityZone")).collect();
        zones.sort();
        let groups: Vec<String> = list(cluster, "SecurityGroups")
            .unwrap_or_default()
            .iter()
            .map(|group| text(group, "SecurityGroupIdentifier"))
            .filter(|id| !id.is_empty())
            .collect();
        items.push(Cluster {
            name: text(cluster, "ClusterName"),
            status: text(cluster, "Status"),
            encryption: text(&cluster["SSEDescription"], "Status"),
            // A cluster from before endpoints could be encrypted is described without it.
            endpoint_encryption: maybe(cluster, "ClusterEndpointEncryptionType")
                .unwrap_or_else(|| "NONE".to_owned()),
            role_arn: text(cluster, "IamRoleArn"),
            zones,
            reachable_from: match groups.as_slice() {
                // No group, no way in.
                [] => Some(Seen::Value(Vec::new())),
                groups => Some(reachable_from(asker, groups, &arn).await),
            },
            ttl: ttl(asker, &arn, &text(&cluster["ParameterGroup"], "ParameterGroupName")).await,
            arn,
        });
    }
    items.sort_by(|a, b| a.arn.cmp(&b.arn));
    Listed { items, gap: found.gap }
}

async fn ttl(asker: &Asker<'_>, arn: &str, group: &str) -> Seen<CacheTtl> {
    let call = &calls::DESCRIBE_PARAMETERS;
    let answer = asker.ask(call, body(json!({ "ParameterGroupName": group, "MaxResults": 100 }))).await;
    let answer = answer.and_then(|out| {
        let all = list(&out, "Parameters")?;
        Ok(CacheTtl {
            record_millis: millis(&all, "record-ttl-millis")?,
            query_millis: millis(&all, "query-ttl-millis")?,
        })
    });
    asker.seen(call, arn, answer)
}

fn millis(parameters: &[Value], name: &str) -> Result<i64, Fault> {
    let found = parameters.iter().find(|parameter| parameter["ParameterName"] == name);
    let value = found.and_then(|parameter| parameter["ParameterValue"].as_str()?.parse().ok());
    let value = count(value);
    value.ok_or_else(|| Fault::own(Why::Malformed, &format!("there is no `{name}`")))
}
