//! The desk that every call goes through: pace, patience, the stop signal, counts and gaps.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use aws_smithy_async::rt::sleep::{AsyncSleep, SharedAsyncSleep};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use tokio::sync::{Semaphore, watch};

use super::calls::{Call, Class};
use super::clock::Clock;
use super::fault::Fault;
use super::pace::Pace;
use super::patience::{Effort, Patience};
use super::{Halt, Progress};
use crate::snapshot::{CallCount, Gap, GapId, ResourceId, Seen, Why};

/// Pages of items that may be on their way at one time.
const PAGES: usize = 16;

/// Shared by everything that asks during one run.
pub(super) struct Desk {
    pub(super) progress: Arc<dyn Progress>,
    /// Tables of a Region that are in work at one time.
    pub(super) tables: usize,
    seats: Arc<Semaphore>,
    /// Pages of items on their way: each may be a megabyte, and several of that once it is read.
    pages: Arc<Semaphore>,
    pace: Arc<Pace>,
    effort: Arc<Effort>,
    clock: Clock,
    sleep: SharedAsyncSleep,
    stop: watch::Receiver<Halt>,
    calls: Mutex<BTreeMap<String, CallCount>>,
    gaps: Mutex<BTreeMap<GapId, Gap>>,
    /// Whether any service answered anything.
    heard: Arc<AtomicBool>,
    /// Whether STS knew the credentials, so that a Region that does not is switched off.
    trusted: Arc<AtomicBool>,
}

impl Desk {
    pub(super) fn new(
        pace: Pace,
        clock: Clock,
        sleep: SharedAsyncSleep,
        concurrency: usize,
        progress: Arc<dyn Progress>,
        stop: watch::Receiver<Halt>,
    ) -> Self {
        let seats = concurrency.clamp(1, 256);
        Self {
            progress,
            tables: (seats / 2).max(1),
            seats: Arc::new(Semaphore::new(seats)),
            pages: Arc::new(Semaphore::new(seats.min(PAGES))),
            pace: Arc::new(pace),
            effort: Arc::default(),
            clock,
            sleep,
            stop,
            calls: Mutex::default(),
            gaps: Mutex::default(),
            heard: Arc::default(),
            trusted: Arc::default(),
        }
    }

    /// The same desk with books of its own, for one piece of the work; [`Desk::enter`] brings them back.
    pub(super) fn apart(&self) -> Self {
        Self {
            progress: Arc::clone(&self.progress),
            tables: self.tables,
            seats: Arc::clone(&self.seats),
            pages: Arc::clone(&self.pages),
            pace: Arc::clone(&self.pace),
            effort: Arc::clone(&self.effort),
            clock: self.clock.clone(),
            sleep: self.sleep.clone(),
            stop: self.stop.clone(),
            calls: Mutex::default(),
            gaps: Mutex::default(),
            heard: Arc::clone(&self.heard),
            trusted: Arc::clone(&self.trusted),
        }
    }

    /// Enters the books of a piece of the work.
    pub(super) fn enter(&self, calls: BTreeMap<String, CallCount>, gaps: BTreeMap<GapId, Gap>) {
        let mut own = held(&self.calls);
        for (call, count) in calls {
            let sum = own.entry(call).or_default();
            sum.made += count.made;
            sum.failed += count.failed;
        }
        drop(own);
        gaps.into_values().for_each(|gap| drop(self.record(gap)));
    }

    /// Makes one call, again where patience allows, and counts it once.
    pub(super) async fn ask<T, E, F>(
        &self,
        call: &'static Call,
        region: &str,
        mut send: impl FnMut() -> F,
    ) -> Result<T, Fault>
    where
        F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        self.ask_for(call, region, |_| Some((Duration::ZERO, send()))).await
    }

    /// The same where each attempt costs something: `next` is told of every fault, and gives the next attempt with the least
    /// time to wait before it, or none where it cannot be afforded.
    pub(super) async fn ask_for<T, E, F>(
        &self,
        call: &'static Call,
        region: &str,
        mut next: impl FnMut(Option<&Fault>) -> Option<(Duration, F)>,
    ) -> Result<T, Fault>
    where
        F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        let mut patience = Patience::with(call);
        let (mut sent, mut set_right) = (false, false);
        // Boxed: the futures of the SDK are large, and wait here in more than one place.
        let mut next = |fault: Option<&Fault>| next(fault).map(|(least, attempt)| (least, Box::pin(attempt)));
        let mut attempts = next(None);
        let outcome = loop {
            let Some((_, attempt)) = attempts.take() else {
                break Err(Fault::own(Why::Budget, "no attempt can be afforded"));
            };
            let mut under_way = false;
            if let Some(trouble) = self.pace.given_up(call, region, Instant::now()) {
                break Err(Fault::given_up(trouble));
            }
            let attempt = async {
                // First the turn, then the seats: who waits in a slow lane keeps no seat from the others.
                loop {
                    let turn = self.pace.turn(call, region, Instant::now());
                    // A timer of no time still waits for the clock's next tick.
                    if !turn.wait.is_zero() {
                        self.sleep.sleep(turn.wait).await;
                    }
                    if self.pace.stands(call, region, &turn) {
                        break;
                    }
                }
                // Never refused: the semaphores are not closed.
                let _page = match call.class {
                    Class::Contents | Class::Exports => self.pages.acquire().await.ok(),
                    Class::Metadata | Class::Signing => None,
                };
                let going = self.pace.enter(call, region).await;
                let _seat = self.seats.acquire().await.ok();
                (sent, under_way) = (true, true);
                self.effort.sent();
                (attempt.await, going)
            };
            let fault = match self.unless_stopped(attempt).await {
                Err(mut stopped) => {
                    stopped.is_done = under_way;
                    next(Some(&stopped));
                    break Err(stopped);
                }
                Ok((Ok(answer), going)) => {
                    self.heard.store(true, Ordering::Relaxed);
                    self.pace.answered(call, region, going);
                    break Ok(answer);
                }
                Ok((Err(error), going)) => {
                    let fault = Fault::of(call, &error);
                    match fault.trouble() {
                        Some(trouble) => self.pace.failed(call, region, going, trouble),
                        None if fault.is_spoilt() => self.pace.spoilt(call, region, going),
                        None => self.pace.answered(call, region, going),
                    }
                    fault
                }
            };
            self.heard.fetch_or(fault.answered(), Ordering::Relaxed);
            self.effort.failed(&fault);
            attempts = next(Some(&fault));
            if !set_right && fault.clock.is_some_and(|there| self.clock.learn(there)) {
                set_right = true;
                continue;
            }
            let Some(least) = attempts.as_ref().map(|(least, _)| *least) else { break Err(fault) };
            let Some(wait) = patience.spend(&fault) else { break Err(fault) };
            if let Err(stopped) = self.pause(wait.max(least)).await {
                break Err(stopped);
            }
            self.effort.again();
        };
        if sent {
            self.count(call, outcome.as_ref().is_err_and(|fault| !fault.is_an_answer(call)));
        }
        tracing::debug!(
            target: "dynaudit", call = call.operation, service = call.service, region,
            outcome = outcome.as_ref().err().map_or("answered", |fault| fault.why.as_str()),
        );
        outcome
    }

    /// What the run took so far.
    pub(super) fn effort(&self) -> &Effort {
        &self.effort
    }

    /// Whether the endpoint serves nobody else, so that there is nobody to be gentle to.
    pub(super) fn is_alone(&self) -> bool {
        self.pace.is_local()
    }

    /// Waits, unless the run is interrupted meanwhile.
    pub(super) async fn pause(&self, time: Duration) -> Result<(), Fault> {
        self.unless_stopped(self.sleep.sleep(time)).await
    }

    async fn unless_stopped<T>(&self, work: impl Future<Output = T>) -> Result<T, Fault> {
        let mut stop = self.stop.clone();
        tokio::select! {
            biased;
            // An error means that nobody is left who could stop the run.
            Ok(by) = stop.wait_for(|halt| *halt != Halt::Go) => Err(Fault::stopped(*by)),
            done = work => Ok(done),
        }
    }

    /// Records why something was not seen.
    pub(super) fn gap(&self, call: &Call, on: &str, fault: &Fault) -> GapId {
        let why = match fault.why {
            Why::RegionDisabled if !self.trusted.load(Ordering::Relaxed) => Why::Denied,
            why => why,
        };
        let message = fault.message(call);
        self.record(Gap { call: call.name(), on: ResourceId(on.to_owned()), why, message })
    }

    /// Records a gap; of two that share an id, the one whose message sorts first stays, whoever came first.
    pub(super) fn record(&self, gap: Gap) -> GapId {
        let id = gap.id();
        let mut gaps = held(&self.gaps);
        match gaps.get(&id) {
            Some(old) if old.message <= gap.message => {}
            _ => {
                gaps.insert(id.clone(), gap);
            }
        }
        id
    }

    /// The value, or a gap in its place.
    pub(super) fn seen<T>(&self, call: &Call, on: &str, answer: Result<T, Fault>) -> Seen<T> {
        match answer {
            Ok(value) => Seen::Value(value),
            Err(fault) => Seen::Gap(self.gap(call, on, &fault)),
        }
    }

    /// Whether a recorded gap has this reason.
    pub(super) fn because(&self, gap: &GapId, why: Why) -> bool {
        held(&self.gaps).get(gap).is_some_and(|gap| gap.why == why)
    }

    /// Whether the run ended before what a recorded gap stands for.
    pub(super) fn unreached(&self, gap: &GapId) -> bool {
        held(&self.gaps).get(gap).is_some_and(|gap| gap.why.is_unreached())
    }

    /// What one of the gaps says, for an error that ends the run.
    pub(super) fn first_gap(&self) -> String {
        let gaps = held(&self.gaps);
        gaps.values().next().map(|gap| format!("{}: {}", gap.call, gap.message)).unwrap_or_default()
    }

    /// STS answered: the credentials are sound.
    pub(super) fn trust(&self) {
        self.trusted.store(true, Ordering::Relaxed);
    }

    /// Whether any service answered so far.
    pub(super) fn heard(&self) -> bool {
        self.heard.load(Ordering::Relaxed)
    }

    /// Tells when the run is stopped.
    pub(super) fn stop_signal(&self) -> watch::Receiver<Halt> {
        self.stop.clone()
    }

    /// Whether the run was stopped.
    pub(super) fn stopped(&self) -> bool {
        *self.stop.borrow() != Halt::Go
    }

    fn count(&self, call: &Call, failed: bool) {
        let mut calls = held(&self.calls);
        let count = calls.entry(call.name()).or_default();
        count.made += 1;
        count.failed += u64::from(failed);
    }

    /// What was counted and what was missed, at the end of the run.
    pub(super) fn books(&self) -> (BTreeMap<String, CallCount>, BTreeMap<GapId, Gap>) {
        (std::mem::take(&mut held(&self.calls)), std::mem::take(&mut held(&self.gaps)))
    }
}

fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}
