//! Facts of a global table's replica.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Fact, table::KeyOwner};

/// A replica in another Region.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Replica {
    /// Region.
    pub region: String,
    /// `ACTIVE`, `INACCESSIBLE_ENCRYPTION_CREDENTIALS`, `REGION_DISABLED`, …
    pub status: String,
    /// Whose key encrypts it. A customer managed key is named by the table itself; that no key is
    /// named leaves the AWS owned and the AWS managed key, which only the replica's Region tells apart.
    pub key_owner: Fact<KeyOwner>,
    /// Whether its encryption gives you less control than the table's own.
    pub weaker: Fact<bool>,
    /// Whether DynamoDB has lost the use of its key.
    pub inaccessible: bool,
    /// Whether it lies in another account.
    pub external: bool,
    /// Account it lies in.
    pub account: String,
}
