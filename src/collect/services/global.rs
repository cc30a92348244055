//! DynamoDB: the global tables of version 2017.11.29, which no other call tells of.
//!
//! AWS documentation: "DynamoDB global tables versions".

use super::Asker;
use crate::collect::calls;
use crate::collect::pages::{Page, pages};
use crate::snapshot::Listed;

/// Names of the legacy global tables that have a replica in the Region.
pub(super) async fn legacy(asker: &Asker<'_>) -> Listed<String> {
    if let Some(gap) = asker.unasked(&calls::LIST_GLOBAL_TABLES) {
        return Listed::missing(gap);
    }
    let (call, run) = (&calls::LIST_GLOBAL_TABLES, asker.run);
    let client = run.clients.dynamodb(asker.region);
    let (tables, fault) = pages(|token| {
        let client = &client;
        async move {
            let send = || {
                let from = token.clone();
                client
                    .list_global_tables()
                    .region_name(asker.region)
                    .set_exclusive_start_global_table_name(from)
                    .send()
            };
            let out = run.desk.ask(call, asker.region, send).await?;
            let next = out.last_evaluated_global_table_name;
            Ok(Page { items: out.global_tables.unwrap_or_default(), next })
        }
    })
    .await;
    let mut items: Vec<String> = tables.into_iter().filter_map(|table| table.global_table_name).collect();
    items.sort();
    Listed { items, gap: fault.map(|fault| run.desk.gap(call, asker.region, &fault)) }
}
