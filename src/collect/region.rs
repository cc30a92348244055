//! One Region: its list of tables, each table side by side, and the copies that belong to them.

use std::collections::HashSet;
use std::sync::Arc;

use aws_sdk_dynamodb::Client;

use super::calls;
use super::copies::{self, Copies};
use super::pages::{Page, pages, side_by_side};
use super::piece::piece;
use super::run::Run;
use super::sample::Sampler;
use super::seat::{Seat, Seats};
use super::services::{self, tags, tags::Tags};
use super::tables::{self, Named};
use super::veil::Veiled;
use crate::snapshot::table::{Backup, Table};
use crate::snapshot::{Listed, Region, Services, Topic, Why};

/// What a Region holds.
pub(super) struct Found {
    pub(super) region: Region,
    pub(super) tables: Vec<Table>,
}

/// Collects a Region. One that is not enabled for the account is asked once and has one gap.
pub(super) async fn region(run: Arc<Run>, name: String) -> Found {
    run.desk.progress.region(&name);
    let client = run.clients.dynamodb(&name);
    let named = |what: &str| format!("{what} {name}");
    let listed = piece(&run, named("list"), async |run: Arc<Run>| list(&run, &client, &name).await).await;
    if let Some(gap) = listed.gap.clone().filter(|gap| run.desk.because(gap, Why::RegionDisabled)) {
        let services = Services::unseen(&gap);
        let orphan_backups = Listed::missing(gap);
        let region = Region { name, disabled: true, tables: listed, orphan_backups, services };
        return Found { region, tables: Vec::new() };
    }
    let empty = listed.is_whole() && listed.items.is_empty();
    let wanted: Vec<String> = listed.items.iter().filter(|table| run.wants(table)).cloned().collect();
    run.desk.progress.tables(&name, wanted.len());
    let names: HashSet<String> = wanted.iter().cloned().collect();
    let tags = match wanted.is_empty() || run.unasked(Topic::Tags).is_some() {
        true => Tags::new(),
        false => piece(&run, named("tags"), async |run: Arc<Run>| tags::tags(&run, &name).await).await,
    };
    let (mut tables, copies, mut services) = tokio::join!(
        each(&run, &client, &name, wanted, Arc::new(tags)),
        piece(&run, named("copies"), async |run: Arc<Run>| {
            copies::copies(&run, &client, &name, |table| run.wants(table), &names, empty).await
        }),
        piece(&run, named("services"), async |run: Arc<Run>| services::services(&run, &name, empty).await),
    );
    services.kinesis_streams = piece(&run, named("kinesis"), async |run: Arc<Run>| {
        services::kinesis_streams(&run, &name, &tables).await
    })
    .await;
    let orphan_backups = join(copies, &mut tables, &listed);
    Found { region: Region { name, disabled: false, tables: listed, orphan_backups, services }, tables }
}

/// Where tables may be missing from the list, a backup without a table need not be an orphan.
fn join(copies: Copies, tables: &mut [Table], listed: &Listed<String>) -> Listed<Backup> {
    let mut orphans = copies::join(copies, tables);
    orphans.gap = orphans.gap.or(listed.gap.clone());
    orphans
}

async fn list(run: &Run, client: &Client, region: &str) -> Listed<String> {
    let call = &calls::LIST_TABLES;
    let (mut items, fault) = pages(|token| async move {
        let send = || client.list_tables().limit(100).set_exclusive_start_table_name(token.clone()).send();
        let out = run.desk.ask(call, region, send).await?;
        Ok(Page { items: out.table_names.unwrap_or_default(), next: out.last_evaluated_table_name })
    })
    .await;
    items.sort();
    items.dedup();
    Listed { items, gap: fault.map(|fault| run.desk.gap(call, region, &fault)) }
}

async fn each(
    run: &Arc<Run>,
    client: &Client,
    region: &str,
    names: Vec<String>,
    tags: Arc<Tags>,
) -> Vec<Table> {
    let sampler = Arc::new(run.sampler(region));
    let seats = Seats::new(run.desk.tables);
    side_by_side(names, |name| {
        let (run, client, sampler) = (Arc::clone(run), client.clone(), Arc::clone(&sampler));
        let (region, tags, seats) = (region.to_owned(), Arc::clone(&tags), seats.clone());
        async move {
            let seat = seats.take().await;
            one(&run, &client, &sampler, &region, &name, (&tags, &seat)).await
        }
    })
    .await
}

async fn one(
    run: &Arc<Run>,
    client: &Client,
    sampler: &Sampler,
    region: &str,
    name: &str,
    (tags, seat): (&Tags, &Seat),
) -> Table {
    let arn = format!("arn:{}:dynamodb:{region}:{}:table/{name}", run.partition.name, run.account);
    let table = piece(run, format!("table {arn}"), async |run: Arc<Run>| {
        tables::table(&run, client, sampler, &Named { name, region, arn: &arn, tags, seat })
            .await
            .veiled(&run.detector)
    })
    .await;
    run.desk.progress.table_done(&table.arn);
    table
}
