//! Copies of tables: backups and exports, listed once for a Region and joined to their tables.

use std::collections::HashSet;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{BackupSummary, BackupTypeFilter, ExportSummary};

use serde::{Deserialize, Serialize};

use super::calls;
use super::describe::{count, encryption, moment};
use super::desk::Desk;
use super::empty;
use super::pages::{Page, pages};
use super::run::Run;
use crate::snapshot::table::{Backup, Export, ExportDetails, Table};
use crate::snapshot::{Listed, Topic};

/// What a Region's two lists gave.
#[derive(Serialize, Deserialize)]
pub(super) struct Copies {
    pub(super) backups: Listed<Backup>,
    pub(super) exports: Listed<Export>,
}

/// Lists and describes the copies whose table's name is wanted. Exports of tables that are gone are left out: only
/// a table's row has a place for them. An empty Region has no tables.
pub(super) async fn copies(
    run: &Run,
    client: &Client,
    region: &str,
    wanted: impl Fn(&str) -> bool,
    tables: &HashSet<String>,
    empty: bool,
) -> Copies {
    if let Some(gap) = run.unasked(Topic::Copies) {
        return Copies { backups: Listed::missing(gap.clone()), exports: Listed::missing(gap) };
    }
    let desk = &*run.desk;
    let needless = if empty { empty::unasked(run, &calls::LIST_EXPORTS) } else { None };
    let exports = async {
        match needless {
            Some(gap) => Listed::missing(gap),
            None => exports(desk, client, region, tables).await,
        }
    };
    let (backups, exports) = tokio::join!(backups(desk, client, region, wanted), exports);
    Copies { backups, exports }
}

async fn backups(
    desk: &Desk,
    client: &Client,
    region: &str,
    wanted: impl Fn(&str) -> bool,
) -> Listed<Backup> {
    let call = &calls::LIST_BACKUPS;
    let (summaries, fault) = pages(|token| async move {
        let send = || {
            let from = token.clone();
            client
                .list_backups()
                .backup_type(BackupTypeFilter::All)
                .set_exclusive_start_backup_arn(from)
                .send()
        };
        let out = desk.ask(call, region, send).await?;
        Ok(Page { items: out.backup_summaries.unwrap_or_default(), next: out.last_evaluated_backup_arn })
    })
    .await;
    let gap = fault.map(|fault| desk.gap(call, region, &fault));
    let mut items = Vec::new();
    for summary in summaries.iter().filter(|s| wanted(s.table_name().unwrap_or_default())) {
        items.push(backup(desk, client, region, summary).await);
    }
    items.sort_by(|a, b| a.arn.cmp(&b.arn));
    Listed { items, gap }
}

async fn backup(desk: &Desk, client: &Client, region: &str, summary: &BackupSummary) -> Backup {
    let call = &calls::DESCRIBE_BACKUP;
    let arn = summary.backup_arn().unwrap_or_default();
    let answer =
        desk.ask(call, region, || client.describe_backup().backup_arn(arn).send()).await.map(|out| {
            let features = out.backup_description().and_then(|d| d.source_table_feature_details());
            features.and_then(|f| f.sse_description()).map(|sse| encryption(sse, arn, region))
        });
    Backup {
        arn: arn.to_owned(),
        name: summary.backup_name().unwrap_or_default().to_owned(),
        table: summary.table_name().unwrap_or_default().to_owned(),
        table_arn: summary.table_arn().map(str::to_owned),
        table_id: summary.table_id().map(str::to_owned),
        kind: summary.backup_type().map(|k| k.as_str().to_owned()).unwrap_or_default(),
        status: summary.backup_status().map(|s| s.as_str().to_owned()).unwrap_or_default(),
        created: summary.backup_creation_date_time().map(moment),
        expires: summary.backup_expiry_date_time().map(moment),
        bytes: count(summary.backup_size_bytes()),
        encryption: desk.seen(call, arn, answer),
    }
}

async fn exports(desk: &Desk, client: &Client, region: &str, tables: &HashSet<String>) -> Listed<Export> {
    let call = &calls::LIST_EXPORTS;
    let (summaries, fault) = pages(|token| async move {
        let send = || client.list_exports().set_next_token(token.clone()).send();
        let out = desk.ask(call, region, send).await?;
        Ok(Page { items: out.export_summaries.unwrap_or_default(), next: out.next_token })
    })
    .await;
    let gap = fault.map(|fault| desk.gap(call, region, &fault));
    let mut items = Vec::new();
    for summary in
        summaries.iter().filter(|s| tables.contains(table_name(s.export_arn().unwrap_or_default())))
    {
        items.push(export(desk, client, region, summary).await);
    }
    items.sort_by(|a, b| a.arn.cmp(&b.arn));
    Listed { items, gap }
}

async fn export(desk: &Desk, client: &Client, region: &str, summary: &ExportSummary) -> Export {
    let call = &calls::DESCRIBE_EXPORT;
    let arn = summary.export_arn().unwrap_or_default();
    let answer =
        desk.ask(call, region, || client.describe_export().export_arn(arn).send()).await.map(|out| {
            out.export_description().map_or_else(ExportDetails::default, |d| ExportDetails {
                started: d.start_time().map(moment),
                bucket: d.s3_bucket().map(str::to_owned),
                bucket_owner: d.s3_bucket_owner().map(str::to_owned),
                prefix: d.s3_prefix().map(str::to_owned),
                encryption: d.s3_sse_algorithm().map(|a| a.as_str().to_owned()),
                key_id: d.s3_sse_kms_key_id().map(str::to_owned),
                items: count(d.item_count()),
                bytes: count(d.billed_size_bytes()),
            })
        });
    Export {
        arn: arn.to_owned(),
        status: summary.export_status().map(|s| s.as_str().to_owned()).unwrap_or_default(),
        kind: summary.export_type().map(|k| k.as_str().to_owned()),
        details: desk.seen(call, arn, answer),
    }
}

/// The table's name out of `…:table/<name>/export/<id>`.
fn table_name(arn: &str) -> &str {
    arn.split('/').nth(1).unwrap_or_default()
}

/// Gives each table its copies, and what cut the lists short; gives back the backups of no table that still exists.
pub(super) fn join(copies: Copies, tables: &mut [Table]) -> Listed<Backup> {
    let Copies { backups, exports } = copies;
    for table in tables.iter_mut() {
        table.backups.gap = table.backups.gap.take().or(backups.gap.clone());
        table.exports.gap = table.exports.gap.take().or(exports.gap.clone());
    }
    let mut orphans = Listed { items: Vec::new(), gap: backups.gap };
    for backup in backups.items {
        match tables.iter_mut().find(|table| is_of(&backup, table)) {
            Some(table) => table.backups.items.push(backup),
            None => orphans.items.push(backup),
        }
    }
    for export in exports.items {
        if let Some(table) = tables.iter_mut().find(|table| table.name == table_name(&export.arn)) {
            table.exports.items.push(export);
        }
    }
    orphans
}

/// The UUID decides where both are known: a table made anew under an old name is another table.
fn is_of(backup: &Backup, table: &Table) -> bool {
    let id = table.description.value().and_then(|d| d.id.as_ref());
    match (&backup.table_id, id) {
        (Some(backed_up), Some(living)) => backed_up == living,
        _ => match &backup.table_arn {
            Some(arn) => *arn == table.arn,
            None => backup.table == table.name,
        },
    }
}
