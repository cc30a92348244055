//! Facts of the Kinesis streams that receive a table's changes.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Collection, encryption::account_of};
use crate::snapshot::{self, Seen};

/// A Kinesis stream that receives every change.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Kinesis {
    /// ARN of the stream.
    pub arn: String,
    /// `ACTIVE`, `ENABLE_FAILED`, …
    pub status: String,
    /// Whether it belongs to another account.
    pub external: bool,
}

/// The Kinesis streams of `table`, in an account of this id.
pub fn of(table: &snapshot::Table, account: &str) -> Collection<Kinesis> {
    match &table.kinesis {
        Seen::Gap(gap) => Collection { items: Vec::new(), gap: Some(gap.clone()) },
        Seen::Value(destinations) => Collection {
            items: destinations
                .iter()
                .map(|d| Kinesis {
                    arn: d.arn.clone(),
                    status: d.status.clone(),
                    external: account_of(&d.arn).is_some_and(|owner| owner != account),
                })
                .collect(),
            gap: None,
        },
    }
}
