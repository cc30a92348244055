//! VPCs, and the endpoints in them through which DynamoDB is reached.

use serde::{Deserialize, Serialize};

/// A VPC endpoint for DynamoDB.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Endpoint {
    /// Id.
    pub id: String,
    /// VPC that it is in.
    pub vpc: String,
    /// `Gateway` or `Interface`.
    pub kind: String,
    /// `available`, `pending`, …
    pub state: String,
    /// Policy, as JSON; empty where none was given.
    pub policy: String,
    /// Route tables that lead to a gateway, sorted.
    pub route_tables: Vec<String>,
}

/// A VPC that the account owns.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vpc {
    /// Id.
    pub id: String,
    /// Network interfaces of workloads in it; those of endpoints and gateways do not count.
    pub workloads: i64,
}
