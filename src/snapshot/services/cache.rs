//! DynamoDB Accelerator: clusters that keep items of tables in memory.

use serde::{Deserialize, Serialize};

use crate::snapshot::Seen;

/// A DAX cluster.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cluster {
    /// Amazon Resource Name.
    pub arn: String,
    /// Name.
    pub name: String,
    /// `available`, `modifying`, …
    pub status: String,
    /// `ENABLED` or `DISABLED`: encryption at rest.
    pub encryption: String,
    /// `NONE` or `TLS`: encryption of the endpoint.
    pub endpoint_encryption: String,
    /// Role with which it reads tables.
    pub role_arn: String,
    /// Availability Zones of its nodes, one for each node, sorted.
    pub zones: Vec<String>,
    /// DescribeSecurityGroups: ranges of addresses that reach its port, sorted; none where nobody asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reachable_from: Option<Seen<Vec<String>>>,
    /// DescribeParameters: how long it keeps items, in milliseconds.
    pub ttl: Seen<CacheTtl>,
}

/// How long a cluster keeps what it read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CacheTtl {
    /// Items, in milliseconds; 0 is for ever.
    pub record_millis: i64,
    /// Results of queries and scans, in milliseconds; 0 is for ever.
    pub query_millis: i64,
}
