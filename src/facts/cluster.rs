//! Facts of a DAX cluster.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::{Fact, Gaps, Node};
use crate::{
    finding::{Subject, SubjectKind},
    snapshot::{Account, Region, Services},
};

/// A DynamoDB Accelerator cluster: it reads tables with a role of its own, and keeps items in memory.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Cluster {
    /// Amazon Resource Name.
    pub arn: String,
    /// Name.
    pub name: String,
    /// Whether it is encrypted at rest.
    pub encrypted: bool,
    /// Whether clients must talk TLS to it.
    pub tls: bool,
    /// Number of nodes.
    pub nodes: i64,
    /// Number of Availability Zones that they lie in.
    pub zones: i64,
    /// ARN of the role with which it reads tables.
    pub role: String,
    /// Whether that role reads every table of the account outright; null where it is not a role of the account.
    pub role_reads_every_table: Fact<Option<bool>>,
    /// Whether its security groups let any address reach its port.
    pub open_to_world: Fact<bool>,
    /// Seconds for which it keeps an item; null where for ever.
    pub item_ttl_seconds: Fact<Option<i64>>,
    /// Seconds for which it keeps the result of a query; null where for ever.
    pub query_ttl_seconds: Fact<Option<i64>>,
}

/// Whether each role reads every table, by ARN, as its node has it.
pub fn reads_every_table(principals: &[Node]) -> Roles {
    let fact = |node: &Node| {
        let fact = &node.facts["reads_every_table"];
        (node.subject.arn.clone(), Fact::unless(Gaps::named(fact).unwrap_or_default(), fact.as_bool()))
    };
    principals.iter().map(fact).collect()
}

/// Of each role by ARN whether it reads every table.
pub type Roles = BTreeMap<String, Fact<Option<bool>>>;

/// The nodes of a Region's clusters.
pub fn nodes(region: &Region, account: &Account, roles: &Roles) -> Vec<Node> {
    let subject = |arn: &str, names| Subject {
        kind: SubjectKind::Cluster,
        arn: arn.to_owned(),
        account: account.id.clone(),
        region: Some(region.name.clone()),
        table: None,
        tables: None,
        names,
    };
    let seconds = |millis: i64| (millis != 0).then_some(millis / 1000);
    let clusters = &region.services.clusters;
    let mut nodes: Vec<Node> = clusters
        .items
        .iter()
        .map(|cluster| {
            let mut zones = cluster.zones.clone();
            zones.dedup();
            let facts = Cluster {
                arn: cluster.arn.clone(),
                name: cluster.name.clone(),
                encrypted: cluster.encryption.starts_with("ENABL"),
                tls: cluster.endpoint_encryption == "TLS",
                nodes: cluster.zones.len() as i64,
                zones: zones.len() as i64,
                role: cluster.role_arn.clone(),
                role_reads_every_table: match (roles.get(&cluster.role_arn), &account.principals.gap) {
                    (Some(known), _) => known.clone(),
                    (None, Some(gap)) => Fact::Unknown(gap.into()),
                    (None, None) => Fact::Known(None),
                },
                open_to_world: match &cluster.reachable_from {
                    Some(ranges) => {
                        Fact::of(ranges, |ranges| ranges.iter().any(|range| range.ends_with("/0")))
                    }
                    None => Fact::Unknown(Services::not_collected().id().into()),
                },
                item_ttl_seconds: Fact::of(&cluster.ttl, |ttl| seconds(ttl.record_millis)),
                query_ttl_seconds: Fact::of(&cluster.ttl, |ttl| seconds(ttl.query_millis)),
            };
            Node::new(subject(&cluster.arn, Default::default()), &facts)
        })
        .collect();
    if let Some(gap) = &clusters.gap {
        let place = format!("arn:{}:dax:{}:{}:cache/*", account.partition, region.name, account.id);
        let names = [("which".to_owned(), "(not listed)".to_owned())].into();
        nodes.push(Node::unlisted(subject(&place, names), gap));
    }
    nodes
}
