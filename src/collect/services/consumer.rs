//! Lambda: the functions that read streams, all of a Region in one list.

use serde_json::Value;

use super::value::{maybe, text};
use super::{Asker, path, query};
use crate::collect::calls;
use crate::snapshot::Listed;
use crate::snapshot::services::Consumer;

/// The mappings whose source is a stream of a table.
pub(super) async fn consumers(asker: &Asker<'_>) -> Listed<Consumer> {
    if let Some(gap) = asker.unasked(&calls::LIST_EVENT_SOURCE_MAPPINGS) {
        return Listed::missing(gap);
    }
    let call = &calls::LIST_EVENT_SOURCE_MAPPINGS;
    let page = |token| path(&[], query(&[], "Marker", token));
    let found = asker.listed(call, asker.region, "EventSourceMappings", "NextMarker", page).await;
    let mut items: Vec<Consumer> = found.items.iter().map(consumer).collect();
    items.retain(|consumer| consumer.source_arn.contains(":dynamodb:"));
    items.sort_by(|a, b| a.id.cmp(&b.id));
    Listed { items, gap: found.gap }
}

fn consumer(mapping: &Value) -> Consumer {
    Consumer {
        id: text(mapping, "UUID"),
        source_arn: text(mapping, "EventSourceArn"),
        function_arn: text(mapping, "FunctionArn"),
        state: text(mapping, "State"),
        result: text(mapping, "LastProcessingResult"),
        filtered: mapping["FilterCriteria"]["Filters"].as_array().is_some_and(|filters| !filters.is_empty()),
        on_failure: maybe(&mapping["DestinationConfig"]["OnFailure"], "Destination"),
    }
}
