//! The commands that talk to AWS, or to the embedded account as if it were AWS.

use std::{future::Future, path::Path, process, sync::Arc, time::Instant};

use tokio::{
    runtime::{Builder, Runtime},
    sync::watch,
};

use super::{
    Error, Outcome,
    assess::{Ready, has_holes},
    console::Console,
    ignore::Ignores,
    options::Config,
    preflight,
    progress::Line,
    state::StateDir,
};
use crate::{
    cli,
    collect::{
        self, Exports, Halt, Plan, Progress, Regions, Sampling,
        calls::{self, Beyond},
        clients, export,
    },
    config::{Format, RegionName, Span, detection::Detection, digest_key, writable},
    detect::Own,
    report::{
        effort::Effort,
        text::{counted, inert},
    },
    snapshot::{Snapshot, Topic, Why, file, pieces::Pieces},
};

/// Tables that are asked about, and calls that are under way, at the same time.
const CONCURRENCY: usize = 64;

/// `dynaudit audit`
pub fn audit(args: &cli::Audit, config: &Config, console: &Console) -> Result<Outcome, Error> {
    let ready = Ready::new(&args.report, config, None)?;
    args.save.as_deref().map_or(Ok(()), |path| ready.keepable(path))?;
    let (mut plan, ignores) = plan(&args.sampling, config, console, ready.state.as_ref())?;
    plan.topics = ready.topics();
    plan.everywhere = ready.everywhere();
    let signing = args.report.sign_kms.as_ref().map(|key| key.0.as_str());
    let exports = plan.exports.in_buckets().to_vec();
    let beyond = Beyond { sampled: plan.sampling.is_some(), signing, exports: &exports };
    let calls = calls::needed(&beyond, &plan.topics);
    let mut ready = ready;
    if args.preflight {
        narrow(&mut plan);
    } else {
        ready = ready.signed(&args.report, &session(&args.account))?;
        plan.kept = kept(&args.account, ready.state.as_ref())?;
    }
    let kept = plan.kept.clone();
    let (run, stop) = Run::start(console, args.account.max_duration)?;
    let (snapshot, took) = run.account(&args.account, plan, stop)?;
    if args.preflight {
        return preflight::tell(&snapshot, &calls, &beyond, args.report.format == Format::Json, console);
    }
    left_out(&snapshot, &ignores, console);
    let saved = keep(&snapshot, args.save.as_deref());
    let outcome = both(saved, ready.report(&snapshot, Some(took), console))?;
    done(&snapshot, kept.as_deref());
    Ok(outcome)
}

/// Leaves of a plan what tells who asks and what binds them; no table is looked at.
fn narrow(plan: &mut Plan) {
    plan.topics = [Topic::Organization, Topic::Principals].into();
    plan.sampling = None;
    plan.exports = Exports::default();
    // Nor is it a piece of an audit that goes on.
    plan.kept = None;
    // No table has such a name.
    plan.table = Some(" ".to_owned());
}

/// `dynaudit collect`
pub fn collect(args: &cli::Collect, config: &Config, console: &Console) -> Result<Outcome, Error> {
    writable(&args.output)?;
    let state = args.state_dir.as_deref().map(StateDir::hold).transpose()?;
    let (mut plan, ignores) = plan(&args.sampling, config, console, state.as_ref())?;
    plan.kept = kept(&args.account, state.as_ref())?;
    let kept = plan.kept.clone();
    let (run, stop) = Run::start(console, args.account.max_duration)?;
    let (snapshot, _) = run.account(&args.account, plan, stop)?;
    left_out(&snapshot, &ignores, console);
    let digest = file::save(&snapshot, &args.output)?;
    done(&snapshot, kept.as_deref());
    let tables = snapshot.accounts.iter().map(|a| a.tables.len() as u64).sum();
    // What nobody asked for is no gap in what was asked.
    let unseen = snapshot.gaps.values().filter(|gap| gap.why != Why::NotAsked).count();
    console.note(&format!(
        "{}: {}, {}, SHA-256 {digest}",
        args.output.display(),
        counted(tables, "table", "tables"),
        counted(unseen as u64, "gap", "gaps"),
    ));
    let holes = has_holes(&mut snapshot.gaps.values());
    Ok(if holes { Outcome::Incomplete } else { Outcome::Clean })
}

/// `dynaudit demo`
#[cfg(feature = "demo")]
pub fn demo(args: &cli::Demo, config: &Config, console: &Console) -> Result<Outcome, Error> {
    use crate::{demo, detect::DigestKey};

    let ready = Ready::new(&args.report, config, None)?;
    args.save.as_deref().map_or(Ok(()), |path| ready.keepable(path))?;
    let (mut plan, ignores) = plan(&args.sampling, config, console, None)?;
    if args.sampling.digest_key_file.is_none() {
        // Nothing here is secret, and two demos should be alike to the last byte.
        plan.digest_key = DigestKey::from_bytes(b"the embedded account's digest key").map_err(failed)?;
    }
    plan.topics = ready.topics();
    plan.everywhere = ready.everywhere();
    if args.report.sign_kms.is_some() {
        return Err(Error::Refused("the embedded account has no key that signs: use --sign-key".into()));
    }
    if !plan.exports.in_buckets().is_empty() {
        return Err(Error::Refused(
            "the embedded account has no bucket: give --from-export a directory".into(),
        ));
    }
    let beyond = Beyond { sampled: plan.sampling.is_some(), ..Beyond::default() };
    let calls = calls::needed(&beyond, &plan.topics);
    if args.preflight {
        narrow(&mut plan);
    }
    plan.regions = Regions::Given(demo::REGIONS.map(str::to_owned).to_vec());
    let (run, stop) = Run::start(console, None)?;
    let (snapshot, _) = run.collect(None, |progress| async move {
        let account = demo::account().await.map_err(failed)?;
        let sdk = account.sdk_config(demo::REGIONS[0]);
        // The account stands still at one instant; ages are reckoned from it, and a demo says the same each day.
        collect::collect(&sdk, plan, progress, stop).await.map_err(failed)
    })?;
    if args.preflight {
        return preflight::tell(&snapshot, &calls, &beyond, args.report.format == Format::Json, console);
    }
    left_out(&snapshot, &ignores, console);
    let saved = keep(&snapshot, args.save.as_deref());
    // Nor is it told what a demo took, which would be another each time.
    both(saved, ready.report(&snapshot, None, console))
}

/// Which account the options name, and the Region to start from.
fn session(account: &cli::Account) -> clients::Session {
    clients::Session {
        profile: account.profile.clone(),
        region: account.region.iter().map(|region| region.0.clone()).min(),
        endpoint_url: account.endpoint_url.as_ref().map(|e| e.0.clone()),
    }
}

fn failed(error: impl ToString) -> Error {
    Error::Collect(error.to_string())
}

fn keep(snapshot: &Snapshot, path: Option<&Path>) -> Result<(), Error> {
    if let Some(path) = path {
        file::save(snapshot, path)?;
    }
    Ok(())
}

/// What went wrong of two things, each of which was tried whatever became of the other.
fn both<T>(first: Result<(), Error>, second: Result<T, Error>) -> Result<T, Error> {
    match (first, second) {
        (Ok(()), second) => second,
        (Err(first), Ok(_)) => Err(first),
        (Err(first), Err(second)) => Err(Error::Several(vec![first, second])),
    }
}

/// Where the pieces of a run are kept, if anywhere.
fn kept(args: &cli::Account, state: Option<&StateDir>) -> Result<Option<Arc<Pieces>>, Error> {
    match state {
        Some(state) => Ok(Some(Arc::new(state.pieces(args.resume)))),
        None if args.resume => {
            Err(Error::Refused("--resume needs the --state-dir of the run that it takes up".into()))
        }
        None => Ok(None),
    }
}

/// The run is told. What it did not reach may still be reached by one that takes it up.
fn done(snapshot: &Snapshot, kept: Option<&Pieces>) {
    if let Some(kept) = kept.filter(|_| !snapshot.gaps.values().any(|gap| gap.why.is_unreached())) {
        kept.clear();
    }
}

/// What to collect, and the exceptions that the detector is given; the Regions are those of the embedded account or of the
/// options, and set later.
fn plan(
    args: &cli::Sampling,
    config: &Config,
    console: &Console,
    state: Option<&StateDir>,
) -> Result<(Plan, Ignores), Error> {
    let kept = state.filter(|_| args.digest_key_file.is_none()).map(StateDir::digest_key).transpose()?;
    let Detection { own, ignores } = config.file.detect.clone();
    let ignores = Ignores::today(ignores);
    ignores.expired().for_each(|said| console.warn(&said));
    let sampling =
        Sampling { items: args.sample_items, rcu_budget: args.rcu_budget.0, share: args.capacity_share.0 };
    let plan = Plan {
        regions: Regions::All,
        table: None,
        exports: Exports::open(&args.from_export).map_err(|error| Error::Refused(error.to_string()))?,
        sampling: (!args.no_sample).then_some(sampling),
        second_look: args.second_look,
        seed: args.seed,
        digest_key: digest_key(args.digest_key_file.as_deref().or(kept.as_deref()))?,
        own: Own { ignored: ignores.exceptions(), ..own },
        concurrency: CONCURRENCY,
        topics: Topic::ALL.into(),
        everywhere: Default::default(),
        kept: None,
    };
    Ok((plan, ignores))
}

/// Says which exports were not read, which exceptions of the configuration left something out, and which nothing.
fn left_out(snapshot: &Snapshot, ignores: &Ignores, console: &Console) {
    for gap in snapshot.gaps.values().filter(|gap| gap.call == export::UNREAD) {
        console.warn(&format!("{}: {}", gap.on, gap.message));
    }
    let samples = snapshot.accounts.iter().flat_map(|a| &a.tables).filter_map(|table| table.sample.value());
    for one in samples.flat_map(|sample| &sample.contents.ignored) {
        ignores.cover(&one.path, &one.rule);
    }
    ignores.unused().for_each(|said| console.note(&said));
}

/// A collection under way, which Ctrl-C, SIGTERM and its own time limit stop.
struct Run<'a> {
    /// One thread listens until the report is out, so that Ctrl-C keeps its meaning.
    _listens: Runtime,
    console: &'a Console,
}

/// Says so at the first signal, and when the time is over.
type Stop = watch::Receiver<Halt>;

impl<'a> Run<'a> {
    fn start(console: &'a Console, most: Option<Span>) -> Result<(Self, Stop), Error> {
        let listens = Builder::new_multi_thread().worker_threads(1).enable_all().build().map_err(failed)?;
        let (sender, stop) = watch::channel(Halt::Go);
        let sender = Arc::new(sender);
        if let Some(Span(most)) = most {
            let (sender, notes) = (Arc::clone(&sender), console.clone());
            listens.spawn(async move {
                tokio::time::sleep(most).await;
                let late = |halt: &mut Halt| {
                    let goes = *halt == Halt::Go;
                    if goes {
                        *halt = Halt::Deadline;
                    }
                    goes
                };
                // Where nobody listens any more, everything was seen in time.
                if !sender.is_closed() && sender.send_if_modified(late) {
                    notes.note("the time is over: telling what was seen");
                }
            });
        }
        let notes = console.clone();
        listens.spawn(async move {
            let mut asked = false;
            while let Some(code) = signal().await {
                // The second time, or where nobody listens any more, there is nothing to wait for.
                if asked || sender.is_closed() {
                    process::exit(code);
                }
                sender.send_if_modified(|halt| {
                    let goes = *halt == Halt::Go;
                    if goes {
                        *halt = Halt::Interrupted;
                    }
                    goes
                });
                asked = true;
                notes.note("interrupted: telling what was seen; once more ends at once");
            }
        });
        Ok((Self { _listens: listens, console }, stop))
    }

    /// Collects from the account that options and environment name.
    fn account(
        &self,
        account: &cli::Account,
        mut plan: Plan,
        stop: Stop,
    ) -> Result<(Snapshot, Effort), Error> {
        plan.table = plan.table.or_else(|| account.table.as_ref().map(|t| t.0.clone()));
        let mut given: Vec<String> = account.region.iter().map(|r| r.0.clone()).collect();
        given.sort();
        given.dedup();
        let session = session(account);
        let all = account.all_regions;
        let kept = plan.kept.clone();
        self.collect(kept.as_deref(), |progress| async move {
            let sdk = clients::load(&session).await.map_err(failed)?;
            if !all && given.is_empty() {
                let region = sdk.region().map(ToString::to_string).ok_or_else(no_region)?;
                given.push(region.parse::<RegionName>()?.0);
            }
            plan.regions = if all { Regions::All } else { Regions::Given(given) };
            let snapshot = collect::collect(&sdk, plan, progress, stop).await;
            snapshot.map_err(|error| match (&error, &session.profile) {
                (collect::Error::NoCredentials, Some(profile)) => no_profile(profile),
                _ => failed(error),
            })
        })
    }

    /// Waits for `work`, showing how far it has come; what it took comes with it.
    fn collect<F>(
        &self,
        kept: Option<&Pieces>,
        work: impl FnOnce(Arc<dyn Progress>) -> F,
    ) -> Result<(Snapshot, Effort), Error>
    where
        F: Future<Output = Result<Snapshot, Error>>,
    {
        let began = Instant::now();
        let line = Arc::new(Line::new(self.console.shows_progress()));
        // One thread asks: it waits far more than it works, and what it frees, judging uses again. Exports are read beside it.
        let asks = Builder::new_current_thread().enable_all().build().map_err(failed)?;
        let snapshot = asks.block_on(work(line.clone()));
        // Judging has the room of its connections; a look-up of a name that hangs is not waited for.
        asks.shutdown_background();
        line.clear();
        if let Some(pieces @ 1..) = kept.map(Pieces::taken_up) {
            self.console
                .note(&format!("taken up: {} of an earlier run", counted(pieces as u64, "piece", "pieces")));
        }
        if let Some(why) = kept.and_then(|kept| kept.failure()) {
            self.console.warn(&format!("this run could not be taken up if it were killed: {why}"));
        }
        let (snapshot, took) = (snapshot?, line.took(began.elapsed().as_secs_f64()));
        self.console.note(&format!("collected in {:.1} s: {}", took.collecting_seconds, took.said()));
        Ok((snapshot, took))
    }
}

/// Waits for the next signal that asks to end, and gives the exit code that stands for it; none where none will come.
#[cfg(unix)]
async fn signal() -> Option<i32> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate()).ok()?;
    tokio::select! {
        pressed = tokio::signal::ctrl_c() => pressed.ok().map(|()| 130),
        asked = terminate.recv() => asked.map(|()| 143),
    }
}

#[cfg(not(unix))]
async fn signal() -> Option<i32> {
    tokio::signal::ctrl_c().await.ok().map(|()| 130)
}

fn no_profile(name: &str) -> Error {
    Error::Collect(format!(
        "the profile `{}` gives no credentials\n  help: see that the shared configuration files hold it; for SSO run \
         `aws sso login` for it first",
        inert(name)
    ))
}

fn no_region() -> Error {
    Error::Refused(
        "no Region: give --region or --all-regions, or set AWS_REGION or a profile that has one".into(),
    )
}
