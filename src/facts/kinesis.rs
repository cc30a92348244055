//! Facts of the Kinesis streams that receive a table's changes.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Collection, Fact, encryption::account_of};
use crate::snapshot::{self, Seen, Services, services::kinesis::StreamSummary};

/// A Kinesis stream that receives every change.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Kinesis {
    /// ARN of the stream.
    pub arn: String,
    /// `ACTIVE`, `ENABLE_FAILED`, …
    pub status: String,
    /// Whether it belongs to another account.
    pub external: bool,
    /// Whether a KMS key encrypts it.
    pub encrypted: Fact<bool>,
    /// Days for which it keeps what it received.
    pub keeps_days: Fact<i64>,
}

/// The Kinesis streams of `table`, in an account of this id; `services` are those of its Region.
pub fn of(table: &snapshot::Table, account: &str, services: &Services) -> Collection<Kinesis> {
    match &table.kinesis {
        Seen::Gap(gap) => Collection::unseen(gap),
        Seen::Value(destinations) => Collection::whole(
            destinations
                .iter()
                .map(|d| Kinesis {
                    arn: d.arn.clone(),
                    status: d.status.clone(),
                    external: account_of(&d.arn).is_some_and(|owner| owner != account),
                    encrypted: told(services, &d.arn, |summary| summary.encryption == "KMS"),
                    keeps_days: told(services, &d.arn, |summary| summary.retention_hours / 24),
                })
                .collect(),
        ),
    }
}

fn told<T>(services: &Services, arn: &str, read: impl FnOnce(&StreamSummary) -> T) -> Fact<T> {
    match services.kinesis_streams.iter().find(|stream| stream.arn == arn) {
        Some(stream) => Fact::of(&stream.summary, read),
        None => Fact::Unknown(Services::not_collected().id().into()),
    }
}
