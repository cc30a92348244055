//! CloudTrail: trails and event data stores, with what they select.

use serde::{Deserialize, Serialize};

use crate::snapshot::Seen;

/// A trail that records events of the Region.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trail {
    /// Amazon Resource Name.
    pub arn: String,
    /// Name.
    pub name: String,
    /// Region that it was made in, where it is asked about.
    pub home: String,
    /// Whether it records every Region.
    pub multi_region: bool,
    /// Whether it is the organization's.
    pub organization: bool,
    /// Bucket that receives its files.
    pub bucket: String,
    /// KMS key that encrypts its files, where one does.
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub key_id: Option<String>,
    /// Whether digests let a change of its files be found out.
    pub validated: bool,
    /// GetTrailStatus: whether it records at present.
    pub logging: Seen<bool>,
    /// GetEventSelectors.
    pub selectors: Seen<Selectors>,
}

/// An event data store of CloudTrail Lake.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventStore {
    /// Amazon Resource Name.
    pub arn: String,
    /// Name.
    pub name: String,
    /// GetEventDataStore.
    pub details: Seen<StoreDetails>,
}

/// The answer of GetEventDataStore.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoreDetails {
    /// `ENABLED`, `STOPPED_INGESTION`, …
    pub status: String,
    /// Whether it records every Region.
    pub multi_region: bool,
    /// KMS key that encrypts it, where one does.
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub key_id: Option<String>,
    /// What it records.
    pub selectors: Selectors,
}

/// What a trail or a store records beside management events.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Selectors {
    /// Classic selectors about tables.
    pub classic: Vec<Classic>,
    /// Advanced selectors, each a list of fields that must all fit.
    pub advanced: Vec<Vec<Field>>,
}

/// A classic selector.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Classic {
    /// `ReadOnly`, `WriteOnly` or `All`.
    pub kind: String,
    /// ARNs of tables, or `arn:aws:dynamodb` for all of them.
    pub tables: Vec<String>,
}

/// One field of an advanced selector; every list that is not empty must be met.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// `eventCategory`, `resources.type`, `resources.ARN`, `readOnly`, `eventName`, …
    pub name: String,
    /// Equal to one of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub equals: Vec<String>,
    /// Equal to none of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_equals: Vec<String>,
    /// Begins with one of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub starts_with: Vec<String>,
    /// Begins with none of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_starts_with: Vec<String>,
    /// Ends with one of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ends_with: Vec<String>,
    /// Ends with none of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_ends_with: Vec<String>,
}
