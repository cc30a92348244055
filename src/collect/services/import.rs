//! DynamoDB: the imports from S3, all of a Region in one list.

use aws_sdk_dynamodb::types::ImportSummary;

use super::Asker;
use crate::collect::calls;
use crate::collect::describe::moment;
use crate::collect::pages::{Page, pages};
use crate::snapshot::Listed;
use crate::snapshot::services::Import;

/// The imports of the Region's tables.
pub(super) async fn imports(asker: &Asker<'_>) -> Listed<Import> {
    if let Some(gap) = asker.unasked(&calls::LIST_IMPORTS) {
        return Listed::missing(gap);
    }
    let (call, run) = (&calls::LIST_IMPORTS, asker.run);
    let client = run.clients.dynamodb(asker.region);
    let (summaries, fault) = pages(|token| {
        let client = &client;
        async move {
            let send = || client.list_imports().set_next_token(token.clone()).send();
            let out = run.desk.ask(call, asker.region, send).await?;
            Ok(Page { items: out.import_summary_list.unwrap_or_default(), next: out.next_token })
        }
    })
    .await;
    let mut items: Vec<Import> = summaries.iter().map(import).collect();
    items.retain(|import| import.table_arn.rsplit('/').next().is_some_and(|table| run.wants(table)));
    items.sort_by(|a, b| a.arn.cmp(&b.arn));
    Listed { items, gap: fault.map(|fault| run.desk.gap(call, asker.region, &fault)) }
}

fn import(summary: &ImportSummary) -> Import {
    let source = summary.s3_bucket_source();
    Import {
        arn: summary.import_arn().unwrap_or_default().to_owned(),
        status: summary.import_status().map(|s| s.as_str().to_owned()).unwrap_or_default(),
        table_arn: summary.table_arn().unwrap_or_default().to_owned(),
        bucket: source.map(|s| s.s3_bucket().to_owned()),
        bucket_owner: source.and_then(|s| s.s3_bucket_owner()).map(str::to_owned),
        prefix: source.and_then(|s| s.s3_key_prefix()).map(str::to_owned),
        started: summary.start_time().map(moment),
    }
}
