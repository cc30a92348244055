//! Kinesis: the streams that tables of the Region send their changes to.

use std::collections::BTreeSet;

use serde_json::json;

use super::value::{maybe, object, text};
use super::{Asker, body};
use crate::collect::calls;
use crate::collect::describe::count;
use crate::snapshot::Seen;
use crate::snapshot::services::kinesis::{KinesisStream, StreamSummary};
use crate::snapshot::table::Table;

/// The streams that the tables name, each asked about once.
pub(super) async fn streams(asker: &Asker<'_>, tables: &[Table]) -> Vec<KinesisStream> {
    let named: BTreeSet<&str> = tables
        .iter()
        .filter_map(|table| table.kinesis.value())
        .flat_map(|streams| streams.iter().map(|stream| stream.arn.as_str()))
        .collect();
    let mut streams = Vec::with_capacity(named.len());
    for arn in named {
        let summary = match asker.unasked(&calls::DESCRIBE_STREAM_SUMMARY) {
            Some(gap) => Seen::Gap(gap),
            None => summary(asker, arn).await,
        };
        streams.push(KinesisStream { arn: arn.to_owned(), summary });
    }
    streams
}

async fn summary(asker: &Asker<'_>, arn: &str) -> Seen<StreamSummary> {
    let call = &calls::DESCRIBE_STREAM_SUMMARY;
    let answer = asker.ask(call, body(json!({ "StreamARN": arn }))).await.and_then(|out| {
        let summary = object(&out, "StreamDescriptionSummary")?;
        Ok(StreamSummary {
            // Streams that were never encrypted are described as such, or without the field.
            encryption: maybe(summary, "EncryptionType").unwrap_or_else(|| "NONE".to_owned()),
            key_id: Some(text(summary, "KeyId")).filter(|key| !key.is_empty()),
            retention_hours: count(summary["RetentionPeriodHours"].as_i64()).unwrap_or_default(),
        })
    });
    asker.seen(call, arn, answer)
}
