//! Facts of an account.

use schemars::JsonSchema;
use serde::Serialize;

use super::Fact;

/// An AWS account.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Account {
    /// Twelve digits, or `unknown`.
    pub id: String,
    /// `aws`, `aws-cn`, `aws-us-gov`, …
    pub partition: String,
    /// Number of tables in the Regions looked at.
    pub tables: Fact<i64>,
    /// Number of tables in whose samples a secret was seen.
    pub sensitive_tables: i64,
    /// ARN of who ran the audit.
    pub auditor: Fact<String>,
    /// Whether the auditor's own policies let it change or delete tables or items.
    pub auditor_can_write: Fact<bool>,
    /// Regions that were asked for.
    pub regions: super::Collection<Region>,
}

/// A Region of the account.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Region {
    /// For example `eu-west-1`.
    pub name: String,
    /// Number of tables.
    pub tables: Fact<i64>,
}
