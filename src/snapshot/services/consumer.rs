//! Lambda functions that read streams.

use serde::{Deserialize, Serialize};

/// An event source mapping: a function that is called with what a stream holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consumer {
    /// Id.
    pub id: String,
    /// ARN of the stream that it reads.
    pub source_arn: String,
    /// ARN of the function, perhaps with a version or an alias.
    pub function_arn: String,
    /// `Enabled`, `Disabled`, …
    pub state: String,
    /// What went wrong at the last attempt, in Lambda's words: `OK`, `PROBLEM: Function not found`, …
    pub result: String,
    /// Whether a filter keeps records from the function.
    pub filtered: bool,
    /// ARN of what receives the records that failed, where something does.
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub on_failure: Option<String>,
}
