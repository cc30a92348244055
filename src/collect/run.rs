//! The steps of a collection in their order: who asks, then people and Regions side by side, then keys.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_types::SdkConfig;
use tokio::sync::{Semaphore, watch};

use super::calls::{self, CALLS, Call, SCAN};
use super::clients::Clients;
use super::clock::Clock;
use super::desk::Desk;
use super::export::{self, Export, Exports};
use super::fault::Fault;
use super::pace::Pace;
use super::pages::side_by_side;
use super::piece::piece;
use super::region::{self, Found};
use super::regions::{Partition, partition_of};
use super::sample::{Sampler, Scans};
use super::veil::Veiled;
use super::{
    Error, Halt, Plan, Progress, Regions, Sampling, activity, keys, organization, principals, second,
    services,
};
use crate::detect::Detector;
use crate::snapshot::pieces::{Head, Pieces};
use crate::snapshot::{
    Account, FORMAT, Gap, GapId, Identity, Key, Organization, Principals, ResourceId, Scope, Seen, Snapshot,
    Timestamp, Topic, Why,
};
use crate::source::glob;

/// What every Region's work shares.
#[derive(Clone)]
pub(super) struct Run {
    pub(super) desk: Arc<Desk>,
    pub(super) clients: Arc<Clients>,
    pub(super) partition: &'static Partition,
    /// The account's id, or `unknown`.
    pub(super) account: String,
    table: Option<String>,
    pub(super) sampling: Option<Sampling>,
    exports: Arc<BTreeMap<String, Export>>,
    turns: Arc<Semaphore>,
    seed: u64,
    pub(super) detector: Arc<Detector>,
    topics: BTreeSet<Topic>,
    /// Topics that Regions without tables are asked about, too.
    pub(super) everywhere: BTreeSet<Topic>,
    pub(super) kept: Option<Arc<Pieces>>,
    taken: Timestamp,
}

impl Run {
    /// Whether the plan's pattern takes this table.
    pub(super) fn wants(&self, table: &str) -> bool {
        self.table.as_deref().is_none_or(|pattern| glob::matches(pattern, table))
    }

    /// The same run with books of its own.
    pub(super) fn apart(&self) -> Self {
        Self { desk: Arc::new(self.desk.apart()), ..self.clone() }
    }

    /// What samples the tables of a Region.
    pub(super) fn sampler(&self, region: &str) -> Sampler {
        Sampler {
            scans: match (self.sampling, self.unasked(Topic::Items)) {
                (Some(_), Some(gap)) => Scans::Not(gap),
                (Some(sampling), None) => {
                    Scans::Of { client: self.clients.scans(region), sampling, seed: self.seed }
                }
                (None, _) => Scans::Not(self.not_asked(&SCAN.name(), "items were not to be read")),
            },
            now: self.taken,
            exports: Arc::clone(&self.exports),
            turns: Arc::clone(&self.turns),
            detector: Arc::clone(&self.detector),
        }
    }

    /// The gap that stands for what `call` tells, where nothing that was asked for needs it.
    pub(super) fn needless(&self, call: &Call) -> Option<GapId> {
        let first = call.topics.first().filter(|_| !call.serves(&self.topics))?;
        self.unasked(*first)
    }

    /// The gap that stands for a topic which nothing that was asked for needs.
    pub(super) fn unasked(&self, topic: Topic) -> Option<GapId> {
        let call = CALLS.iter().find(|call| call.topics.first() == Some(&topic))?;
        (!self.topics.contains(&topic)).then(|| self.not_asked(&call.name(), "no check of this run needs it"))
    }

    fn not_asked(&self, call: &str, message: &str) -> GapId {
        self.desk.record(Gap {
            call: call.to_owned(),
            on: ResourceId(self.named()),
            why: Why::NotAsked,
            message: message.to_owned(),
        })
    }

    /// The account as gaps name it.
    fn named(&self) -> String {
        format!("account {}", self.account)
    }
}

/// Collects one account. What could not be seen is in the snapshot as gaps; once `stop` says so, what was not
/// yet reached becomes gaps too, and the snapshot comes soon.
///
/// # Errors
/// See [`Error`]: only where nothing at all can be collected.
pub async fn collect(
    sdk: &SdkConfig,
    plan: Plan,
    progress: Arc<dyn Progress>,
    stop: watch::Receiver<Halt>,
) -> Result<Snapshot, Error> {
    let regions = regions(sdk, plan.regions)?;
    let partition = partition_of(&regions[0]);
    let clock = Clock::over(sdk.time_source().unwrap_or_default());
    let in_place = !plan.exports.in_buckets().is_empty();
    let clients = Clients::new(sdk, plan.sampling.is_some()).reading_exports(in_place).by(&clock);
    let clients = Arc::new(clients);
    let sleep = sdk.sleep_impl().unwrap_or_else(|| SharedAsyncSleep::new(TokioSleep::new()));
    let pace = Pace::towards(sdk.endpoint_url());
    let desk = Arc::new(Desk::new(pace, clock.clone(), sleep, plan.concurrency, progress, stop));

    let identity = identify(&desk, &clients, partition).await?;
    // Where no check looks at items, no export is read either.
    let exports = if plan.topics.contains(&Topic::Items) { plan.exports } else { Exports::default() };
    let exports = exports.opened(&desk, &clients, &regions[0]).await;
    let exports = exports.map_err(|error| Error::Export(error.to_string()))?;
    let known = identity.value().map(|identity| identity.account.clone());
    let detector = Arc::new(Detector::new(plan.digest_key).with(plan.own));
    let scope =
        scope(&regions, plan.table.clone(), plan.sampling, plan.second_look, plan.seed, detector.key_id());
    let mut run = Run {
        desk,
        clients,
        partition,
        account: known.clone().unwrap_or_else(|| "unknown".to_owned()),
        table: plan.table,
        sampling: plan.sampling,
        exports: Arc::new(exports),
        turns: export::turns(),
        seed: plan.seed,
        detector,
        topics: plan.topics,
        everywhere: plan.everywhere,
        // Where nobody knows the account, another's pieces could be taken for this one's.
        kept: plan.kept.filter(|_| known.is_some()),
        taken: Timestamp(clock.seconds()),
    };
    run.taken = begin(&run, &scope, run.taken);
    let (run, principals, found, above) = if let Some(id) = known {
        let run = Arc::new(run);
        // What takes no table does not wait for the slowest one.
        let (principals, found, above) =
            tokio::join!(people(&run), look(&run, regions), Box::pin(above(&run, id)));
        (run, principals, found, above)
    } else {
        // Where STS does not tell the account, IAM's ARNs may; tables that refuse to be described need it.
        let unnamed = Arc::new(run.clone());
        let principals = people(&unnamed).await;
        let everyone = principals.users.iter().chain(&principals.groups).chain(&principals.roles);
        if let Some(account) = everyone.filter_map(|p| account_of(&p.arn)).next() {
            run.account = account;
        }
        let run = Arc::new(run);
        let found = look_or_leave(&run, regions).await?;
        let tables = || found.iter().flat_map(|found| &found.tables);
        let told = tables().filter(|t| t.description.value().is_some()).find_map(|t| account_of(&t.arn));
        let id = if run.account == "unknown" { told } else { None };
        let above = above(&run, id.unwrap_or_else(|| run.account.clone())).await;
        (run, principals, found, above)
    };
    Ok(assemble(scope, run, identity, principals, found, above).await)
}

/// What holds for an account as a whole.
struct Above {
    id: String,
    public_access_blocked: Seen<bool>,
    guardrails: Seen<Option<Organization>>,
}

async fn above(run: &Arc<Run>, id: String) -> Above {
    let (public_access_blocked, guardrails) =
        tokio::join!(services::bucket::account_blocked(run, &id), bound(run, &id));
    Above { id, public_access_blocked, guardrails }
}

async fn assemble(
    scope: Scope,
    run: Arc<Run>,
    identity: Seen<Identity>,
    principals: Principals,
    found: Vec<Found>,
    above: Above,
) -> Snapshot {
    let (regions, tables): (Vec<_>, Vec<_>) = found.into_iter().map(|f| (f.region, f.tables)).unzip();
    let mut tables: Vec<_> = tables.into_iter().flatten().collect();
    if scope.second_look {
        second::look(&run, &mut tables).await;
    }
    export::unread(&run.exports, &tables.iter().map(|table| table.arn.as_str()).collect(), &run.desk);
    let keys = ask_keys(
        &run,
        keys::named(&tables, regions.iter().flat_map(|r| &r.orphan_backups.items)).into_iter().collect(),
    )
    .await;
    let buckets = services::bucket::buckets(&run, &tables, &regions).await;
    let Above { id, public_access_blocked, guardrails } = above;
    run.desk.progress.done(run.desk.effort());
    let (calls, gaps) = run.desk.books();
    let partition = run.partition.name.to_owned();
    let account = Account {
        id,
        partition,
        identity,
        regions,
        tables,
        keys,
        buckets,
        public_access_blocked,
        principals,
        guardrails,
    };
    let (tool, taken) = (env!("CARGO_PKG_VERSION").to_owned(), run.taken);
    Snapshot { format: FORMAT, tool, taken, scope, accounts: vec![account], calls, gaps }
}

/// Who asks. Credentials that are missing or not accepted here would be refused everywhere, so they end the run.
async fn identify(desk: &Desk, clients: &Clients, partition: &Partition) -> Result<Seen<Identity>, Error> {
    let call = &calls::GET_CALLER_IDENTITY;
    let client = clients.sts(partition.home);
    let answer = desk.ask(call, partition.home, || client.get_caller_identity().send()).await;
    let answer = answer.and_then(|out| match (out.arn, out.account) {
        (Some(arn), Some(account)) => Ok(Identity { arn, account, user_id: out.user_id.unwrap_or_default() }),
        _ => Err(Fault::own(Why::Malformed, "the answer names no account")),
    });
    match &answer {
        Ok(_) => desk.trust(),
        Err(fault) if fault.no_credentials() => return Err(Error::NoCredentials),
        Err(fault) if fault.bad_credentials() => return Err(Error::BadCredentials(fault.words())),
        Err(_) => {}
    }
    Ok(desk.seen(call, "account unknown", answer))
}

/// When the run began: where an earlier one is taken up, when that did.
fn begin(run: &Run, scope: &Scope, now: Timestamp) -> Timestamp {
    let Some(kept) = &run.kept else { return now };
    // Those of every Region a second time: a run that is asked less does not take up this one's pieces.
    let topics = run.topics.iter().chain(&run.everywhere).copied().collect();
    let exports = run.exports.iter().map(|(table, export)| (table.clone(), export.time)).collect();
    kept.begin(&Head::new(run.account.clone(), scope.clone(), topics, exports, run.detector.own_id(), now))
}

async fn people(run: &Arc<Run>) -> Principals {
    if let Some(gap) = run.unasked(Topic::Principals) {
        return Principals { gap: Some(gap), ..Principals::default() };
    }
    piece(run, "principals".to_owned(), async |run: Arc<Run>| {
        let home = run.partition.home;
        let mut found = principals::principals(&run.desk, &run.clients.iam(home), home, &run.named()).await;
        Box::pin(activity::add(&run, &mut found, &run.named())).await;
        found.veiled(&run.detector)
    })
    .await
}

async fn bound(run: &Arc<Run>, account: &str) -> Seen<Option<Organization>> {
    piece(run, "organization".to_owned(), async |run: Arc<Run>| {
        organization::organization(&run, account).await.veiled(&run.detector)
    })
    .await
}

async fn look(run: &Arc<Run>, regions: Vec<String>) -> Vec<Found> {
    side_by_side(regions, |name| region::region(Arc::clone(run), name)).await
}

/// Where nothing answered so far, one Region decides whether the others are worth the wait.
async fn look_or_leave(run: &Arc<Run>, mut regions: Vec<String>) -> Result<Vec<Found>, Error> {
    let others = if run.desk.heard() { Vec::new() } else { regions.split_off(1) };
    let mut found = look(run, regions).await;
    if !run.desk.heard() && !run.desk.stopped() {
        return Err(Error::Unreachable(run.desk.first_gap()));
    }
    found.extend(look(run, others).await);
    Ok(found)
}

async fn ask_keys(run: &Arc<Run>, arns: Vec<String>) -> Vec<Key> {
    side_by_side(arns, |arn| {
        let run = Arc::clone(run);
        async move {
            piece(&run, format!("key {arn}"), async |run: Arc<Run>| {
                keys::key(&run, &arn).await.veiled(&run.detector)
            })
            .await
        }
    })
    .await
}

fn scope(
    regions: &[String],
    table: Option<String>,
    sampling: Option<Sampling>,
    second_look: bool,
    seed: u64,
    digest_key_id: String,
) -> Scope {
    Scope {
        regions: regions.to_vec(),
        table,
        sampled: sampling.is_some(),
        sample_items: sampling.map_or(0, |s| s.items),
        rcu_budget: sampling.map_or(0.0, |s| s.rcu_budget),
        second_look,
        seed,
        digest_key_id,
    }
}

/// The Regions to look at, sorted, each once; never none.
fn regions(sdk: &SdkConfig, asked: Regions) -> Result<Vec<String>, Error> {
    let mut regions = match asked {
        Regions::Given(names) => names,
        Regions::All => {
            let near = sdk.region().map_or("us-east-1", |region| region.as_ref());
            partition_of(near).regions.iter().map(|region| (*region).to_owned()).collect()
        }
    };
    regions.retain(|region| !region.is_empty());
    regions.sort();
    regions.dedup();
    if regions.is_empty() { Err(Error::NoRegion) } else { Ok(regions) }
}

/// The account in an ARN: its fifth part, if that is twelve digits.
fn account_of(arn: &str) -> Option<String> {
    let account = arn.split(':').nth(4)?;
    (account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit())).then(|| account.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_are_read_from_arns() {
        assert_eq!(account_of("arn:aws:iam::123456789012:user/a").as_deref(), Some("123456789012"));
        assert_eq!(account_of("arn:aws:iam::aws:policy/a"), None);
        assert_eq!(account_of("x"), None);
    }
}
