//! What other services of a Region tell about its tables, one file a service, each asked only for a topic of the run.

mod backup;
pub(super) mod bucket;
mod cache;
mod consumer;
mod global;
mod identity;
mod import;
mod integration;
mod kinesis;
mod network;
mod rules;
mod scaling;
pub(super) mod tags;
mod trail;
pub(super) mod value;

use serde_json::Value;

use super::calls::Call;
use super::empty;
use super::fault::Fault;
use super::light::Question;
use super::pages::{Page, pages};
use super::run::Run;
use crate::snapshot::services::KinesisStream;
use crate::snapshot::table::Table;
use crate::snapshot::{GapId, Listed, Seen, Services};

/// Everything about one Region; of an empty one, which has no tables, what is told of it all the same.
pub(super) async fn services(run: &Run, region: &str, empty: bool) -> Services {
    let asker = Asker { empty, ..Asker::of(run, region) };
    // Each on the heap: together they would not fit on a small stack.
    let (
        backup,
        trails,
        clusters,
        consumers,
        endpoints,
        vpcs,
        imports,
        integrations,
        legacy_global_tables,
        identity_pools,
        rules,
        recorders,
        scalable_targets,
    ) = tokio::join!(
        Box::pin(backup::backup(&asker)),
        Box::pin(trail::trails(&asker)),
        Box::pin(cache::clusters(&asker)),
        Box::pin(consumer::consumers(&asker)),
        Box::pin(network::endpoints(&asker)),
        Box::pin(network::vpcs(&asker)),
        Box::pin(import::imports(&asker)),
        Box::pin(integration::integrations(&asker)),
        Box::pin(global::legacy(&asker)),
        Box::pin(identity::pools(&asker)),
        Box::pin(rules::rules(&asker)),
        Box::pin(scaling::recorders(&asker)),
        Box::pin(scaling::targets(&asker)),
    );
    let ((backup_opt_in, backup_plans, vaults), (trails, event_stores)) = (backup, trails);
    Services {
        backup_opt_in,
        backup_plans,
        vaults,
        clusters,
        consumers,
        endpoints,
        event_stores,
        identity_pools,
        imports,
        integrations,
        kinesis_streams: Vec::new(),
        legacy_global_tables,
        recorders,
        rules,
        scalable_targets,
        trails,
        vpcs,
    }
}

/// The Kinesis streams that these tables of the Region name.
pub(super) async fn kinesis_streams(run: &Run, region: &str, tables: &[Table]) -> Vec<KinesisStream> {
    kinesis::streams(&Asker::of(run, region), tables).await
}

/// Asks the services of one Region.
pub(super) struct Asker<'a> {
    pub(super) run: &'a Run,
    pub(super) region: &'a str,
    /// Whether the Region is known to have no tables.
    empty: bool,
}

impl<'a> Asker<'a> {
    pub(super) fn of(run: &'a Run, region: &'a str) -> Self {
        Self { run, region, empty: false }
    }

    pub(super) async fn ask(&self, call: &'static Call, question: Question) -> Result<Value, Fault> {
        let send = || self.run.clients.light(call, self.region, question.clone());
        self.run.desk.ask(call, self.region, send).await
    }

    /// A REST operation with the arguments of its path.
    async fn get(&self, call: &'static Call, arguments: &[&str]) -> Result<Value, Fault> {
        self.ask(call, path(arguments, Vec::new())).await
    }

    /// Reads the list in `member` of the answers page by page; `ask` makes the question for a token.
    async fn listed(
        &self,
        call: &'static Call,
        on: &str,
        member: &str,
        next: &str,
        ask: impl Fn(Option<String>) -> Question,
    ) -> Listed<Value> {
        let (items, fault) = self.every_page(call, member, next, ask).await;
        Listed { items, gap: fault.map(|fault| self.run.desk.gap(call, on, &fault)) }
    }

    /// As [`Self::listed`], for what needs no gap since it is had another way.
    async fn every_page(
        &self,
        call: &'static Call,
        member: &str,
        next: &str,
        ask: impl Fn(Option<String>) -> Question,
    ) -> (Vec<Value>, Option<Fault>) {
        pages(|token| {
            let question = ask(token);
            async move { page_of(self.ask(call, question).await?, member, next) }
        })
        .await
    }

    pub(super) fn seen<T>(&self, call: &'static Call, on: &str, answer: Result<T, Fault>) -> Seen<T> {
        self.run.desk.seen(call, on, answer)
    }

    /// The gap that stands for what `call` would tell, where nothing that was asked for needs it or the Region has no
    /// tables that it would be about.
    fn unasked(&self, call: &Call) -> Option<GapId> {
        self.run.needless(call).or_else(|| if self.empty { empty::unasked(self.run, call) } else { None })
    }
}

/// One page of the list in `member`.
pub(super) fn page_of(answer: Value, member: &str, next: &str) -> Result<Page<Value>, Fault> {
    Ok(Page { items: value::list(&answer, member)?, next: value::maybe(&answer, next) })
}

fn body(fields: Value) -> Question {
    Question::Body(fields)
}

pub(super) fn path(arguments: &[&str], query: Vec<(&'static str, String)>) -> Question {
    Question::Path(arguments.iter().map(|a| (*a).to_owned()).collect(), query)
}

/// A query of `fixed` and, where there is one, the token under `name`.
pub(super) fn query(
    fixed: &[(&'static str, &str)],
    name: &'static str,
    token: Option<String>,
) -> Vec<(&'static str, String)> {
    let fixed = fixed.iter().map(|(name, value)| (*name, (*value).to_owned()));
    fixed.chain(token.map(|token| (name, token))).collect()
}
