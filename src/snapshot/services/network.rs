//! VPC endpoints through which DynamoDB is reached.

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
