//! Facts of a secret seen under one path of a table's items, and of the places it is copied to.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Collection, Fact};
use crate::snapshot::sample::{Basis, SecretKind};

/// A secret seen under one path of a table's items.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Attribute {
    /// Path, for example `auth.tokens[].refresh`.
    pub path: String,
    /// What it is.
    pub kind: SecretKind,
    /// The rule that recognised it.
    pub rule: String,
    /// How it was recognised.
    pub basis: Basis,
    /// 0 to 1: how likely a value under this path is such a secret.
    pub confidence: f64,
    /// Sampled items in which it was seen.
    pub items: i64,
    /// Share of the sampled items that have the path in which it was seen, 0 to 1.
    pub share: f64,
    /// Whether the path lies inside a map, a list, or something packed.
    pub nested: bool,
    /// Whether it is the table's partition or sort key, shown in clear in logs of data events.
    pub table_key: Fact<bool>,
    /// Whether it is a key of a secondary index.
    pub index_key: Fact<bool>,
    /// Whether expired items of the table are removed.
    pub expires: Fact<bool>,
    /// Whether the JWT's header says `alg: none`.
    pub jwt_alg_none: bool,
    /// Whether the JWT has no expiry.
    pub jwt_no_expiry: bool,
    /// Whether the JWT lives longer than 24 hours.
    pub jwt_long_lived: bool,
    /// Whether the password hash is fast, unsalted or of a low cost.
    pub weak_hash: bool,
    /// Second places that the attribute is copied to.
    pub copies: Collection<Copy>,
}

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
}
