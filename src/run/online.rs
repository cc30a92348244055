//! The commands that talk to AWS, or to the embedded account as if it were AWS.

use std::{future::Future, path::Path, process, sync::Arc, time::Instant};

use tokio::{runtime::Runtime, sync::watch};

use super::{
    Error, Outcome,
    assess::{Ready, has_holes},
    console::Console,
    options::Config,
    preflight,
    progress::Line,
};
use crate::{
    cli,
    collect::{self, Plan, Progress, Regions, Sampling, calls, clients, export},
    config::{Format, RegionName, digest_key, writable},
    report::text::counted,
    snapshot::{Snapshot, Topic, file},
};

/// Tables that are asked about at the same time.
const CONCURRENCY: usize = 16;

/// `dynaudit audit`
pub fn audit(args: &cli::Audit, config: &Config, console: &Console) -> Result<Outcome, Error> {
    let ready = Ready::new(&args.report, config, None)?;
    keepable(args.save.as_deref())?;
    let mut plan = plan(&args.sampling)?;
    plan.topics = ready.topics();
    let calls = calls::needed(plan.sampling.is_some(), &plan.topics);
    if args.preflight {
        narrow(&mut plan);
    }
    let (run, stop) = Run::start(console)?;
    let snapshot = run.account(&args.account, plan, stop)?;
    if args.preflight {
        return preflight::tell(&snapshot, &calls, args.report.format == Format::Json, console);
    }
    keep(&snapshot, args.save.as_deref())?;
    ready.report(&snapshot, console)
}

/// Leaves of a plan what tells who asks and what binds them; no table is looked at.
fn narrow(plan: &mut Plan) {
    plan.topics = [Topic::Organization].into();
    plan.sampling = None;
    // No table has such a name.
    plan.table = Some(" ".to_owned());
}

/// `dynaudit collect`
pub fn collect(args: &cli::Collect, console: &Console) -> Result<Outcome, Error> {
    keepable(Some(&args.output))?;
    let plan = plan(&args.sampling)?;
    let (run, stop) = Run::start(console)?;
    let snapshot = run.account(&args.account, plan, stop)?;
    let digest = file::save(&snapshot, &args.output)?;
    let tables = snapshot.accounts.iter().map(|a| a.tables.len() as u64).sum();
    console.note(&format!(
        "{}: {}, {}, SHA-256 {digest}",
        args.output.display(),
        counted(tables, "table", "tables"),
        counted(snapshot.gaps.len() as u64, "gap", "gaps"),
    ));
    let holes = has_holes(&mut snapshot.gaps.values());
    Ok(if holes { Outcome::Incomplete } else { Outcome::Clean })
}

/// `dynaudit demo`
#[cfg(feature = "demo")]
pub fn demo(args: &cli::Demo, config: &Config, console: &Console) -> Result<Outcome, Error> {
    use crate::{demo, detect::DigestKey};

    let ready = Ready::new(&args.report, config, None)?;
    keepable(args.save.as_deref())?;
    let mut plan = plan(&args.sampling)?;
    if args.sampling.digest_key_file.is_none() {
        // Nothing here is secret, and two demos should be alike to the last byte.
        plan.digest_key = DigestKey::from_bytes(b"the embedded account's digest key").map_err(failed)?;
    }
    plan.topics = ready.topics();
    let calls = calls::needed(plan.sampling.is_some(), &plan.topics);
    if args.preflight {
        narrow(&mut plan);
    }
    plan.regions = Regions::Given(demo::REGIONS.map(str::to_owned).to_vec());
    let (run, stop) = Run::start(console)?;
    let snapshot = run.collect(|progress| async move {
        let account = demo::account().await.map_err(failed)?;
        let sdk = account.sdk_config(demo::REGIONS[0]);
        // The account stands still at one instant; ages are reckoned from it, and a demo says the same each day.
        collect::collect(&sdk, plan, progress, stop).await.map_err(failed)
    })?;
    if args.preflight {
        return preflight::tell(&snapshot, &calls, args.report.format == Format::Json, console);
    }
    keep(&snapshot, args.save.as_deref())?;
    ready.report(&snapshot, console)
}

fn failed(error: impl ToString) -> Error {
    Error::Collect(error.to_string())
}

fn keepable(path: Option<&Path>) -> Result<(), Error> {
    Ok(path.map_or(Ok(()), writable)?)
}

fn keep(snapshot: &Snapshot, path: Option<&Path>) -> Result<(), Error> {
    if let Some(path) = path {
        file::save(snapshot, path)?;
    }
    Ok(())
}

/// What to collect; the Regions are those of the embedded account or of the options, and set later.
fn plan(args: &cli::Sampling) -> Result<Plan, Error> {
    let sampling =
        Sampling { items: args.sample_items, rcu_budget: args.rcu_budget.0, share: args.capacity_share.0 };
    Ok(Plan {
        regions: Regions::All,
        table: None,
        exports: export::open(&args.from_export).map_err(|error| Error::Refused(error.to_string()))?,
        sampling: (!args.no_sample).then_some(sampling),
        seed: args.seed,
        digest_key: digest_key(args.digest_key_file.as_deref())?,
        concurrency: CONCURRENCY,
        topics: Topic::ALL.into(),
    })
}

/// A collection under way, which Ctrl-C stops.
struct Run<'a> {
    // Lives until the report is out, so that Ctrl-C keeps its meaning.
    runtime: Runtime,
    console: &'a Console,
}

/// Turns true at the first Ctrl-C.
type Stop = watch::Receiver<bool>;

impl<'a> Run<'a> {
    fn start(console: &'a Console) -> Result<(Self, Stop), Error> {
        let runtime = Runtime::new().map_err(failed)?;
        let (sender, stop) = watch::channel(false);
        let notes = console.clone();
        runtime.spawn(async move {
            let mut asked = false;
            while tokio::signal::ctrl_c().await.is_ok() {
                // The second time, or where nobody listens any more, there is nothing to wait for.
                if asked || sender.send(true).is_err() {
                    process::exit(130);
                }
                asked = true;
                notes.note("interrupted: telling what was seen; once more ends at once");
            }
        });
        Ok((Self { runtime, console }, stop))
    }

    /// Collects from the account that options and environment name.
    fn account(&self, account: &cli::Account, mut plan: Plan, stop: Stop) -> Result<Snapshot, Error> {
        plan.table = plan.table.or_else(|| account.table.as_ref().map(|t| t.0.clone()));
        let mut given: Vec<String> = account.region.iter().map(|r| r.0.clone()).collect();
        given.sort();
        given.dedup();
        let session = clients::Session {
            profile: account.profile.clone(),
            region: given.first().cloned(),
            endpoint_url: account.endpoint_url.as_ref().map(|e| e.0.clone()),
        };
        let all = account.all_regions;
        self.collect(|progress| async move {
            let sdk = clients::load(&session).await;
            if !all && given.is_empty() {
                let region = sdk.region().map(ToString::to_string).ok_or_else(no_region)?;
                given.push(region.parse::<RegionName>()?.0);
            }
            plan.regions = if all { Regions::All } else { Regions::Given(given) };
            collect::collect(&sdk, plan, progress, stop).await.map_err(failed)
        })
    }

    /// Waits for `work`, showing how far it has come.
    fn collect<F>(&self, work: impl FnOnce(Arc<dyn Progress>) -> F) -> Result<Snapshot, Error>
    where
        F: Future<Output = Result<Snapshot, Error>>,
    {
        let began = Instant::now();
        let line = Arc::new(Line::new(self.console.shows_progress()));
        let snapshot = self.runtime.block_on(work(line.clone()));
        line.clear();
        if snapshot.is_ok() {
            self.console.note(&format!("collected in {:.1} s", began.elapsed().as_secs_f64()));
        }
        snapshot
    }
}

fn no_region() -> Error {
    Error::Refused(
        "no Region: give --region or --all-regions, or set AWS_REGION or a profile that has one".into(),
    )
}
