//! Samples a table: random segments, a page at a time, within the budget; items are looked at and wiped.
//!
//! Items are wiped when dropped. The keys that say where to go on, and the buffers of the HTTP client and of TLS,
//! are the SDK's to keep; nothing of them is kept or logged here.

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::scan::ScanOutput;
use aws_sdk_dynamodb::types::ReturnConsumedCapacity;
use tokio::sync::Semaphore;

use super::Sampling;
use super::budget::{Purse, Read, cost};
use super::calls;
use super::desk::Desk;
use super::export::Export;
use super::fault::Fault;
use super::item::{self, Raw};
use super::seat::Seat;
use super::spread::{self, Draw};
use crate::detect::{Detector, Tally};
use crate::snapshot::sample::Stopped;
use crate::snapshot::table::Description;
use crate::snapshot::{GapId, Sample, Seen, Timestamp, Why};

/// What samples the tables of one Region.
pub(super) struct Sampler {
    pub(super) scans: Scans,
    /// What ages are reckoned from.
    pub(super) now: Timestamp,
    /// Exports that are read in place of their tables.
    pub(super) exports: Arc<BTreeMap<String, Export>>,
    /// How many of them at one time.
    pub(super) turns: Arc<Semaphore>,
    pub(super) detector: Arc<Detector>,
}

/// How to scan, or the gap that stands where that was not asked for.
pub(super) enum Scans {
    /// Items may be read.
    Of { client: Client, sampling: Sampling, seed: u64 },
    /// The caller asked not to look.
    Not(GapId),
}

/// Longest that one table's sample waits for its share of the table's capacity.
const PATIENCE: Duration = Duration::from_secs(60);

/// The table to sample.
pub(super) struct Target<'a> {
    pub(super) name: &'a str,
    pub(super) region: &'a str,
    pub(super) arn: &'a str,
    pub(super) description: Option<&'a Description>,
    /// The attribute that time to live looks at, where it is on.
    pub(super) ttl: Option<&'a str>,
    /// Its seat among the tables in work, where it has one.
    pub(super) seat: Option<&'a Seat>,
}

impl Target<'_> {
    /// Read capacity units a second that all who read the table have together, where there is such a bound
    /// (AWS documentation: "DynamoDB maximum throughput for on-demand tables").
    fn bound(&self) -> Option<i64> {
        let description = self.description?;
        let units = match description.billing.as_str() {
            "PROVISIONED" => Some(description.read_units),
            _ => description.max_read_units,
        };
        units.filter(|units| *units > 0)
    }

    /// Bytes of an item, as far as the table's description tells.
    fn average(&self) -> Option<f64> {
        let (items, bytes) = (self.description?.items?, self.description?.bytes?);
        (items > 0 && bytes > 0).then(|| bytes as f64 / items as f64)
    }

    /// The attribute that tells the table's item collections apart, where it may have such: it has a sort key.
    fn collected_by(&self) -> Option<&str> {
        let keys = &self.description?.keys;
        let named = |role: &str| keys.iter().find(|key| key.role == role).map(|key| key.name.as_str());
        named("RANGE").and(named("HASH"))
    }
}

/// Statuses in which DynamoDB reads no items (AWS documentation: "DynamoDB table archival").
const UNREADABLE: &[&str] = &["ARCHIVED", "ARCHIVING", "INACCESSIBLE_ENCRYPTION_CREDENTIALS"];

impl Sampler {
    fn tally(&self, table: &Target<'_>) -> Tally {
        self.detector.tally().expiring(self.now, table.ttl)
    }

    /// Samples one table.
    pub(super) async fn sample(&self, desk: &Arc<Desk>, table: &Target<'_>) -> Seen<Sample> {
        if let Some(export) = self.exports.get(table.arn) {
            return Seen::Value(export.sample(desk, &self.turns, self.tally(table)).await);
        }
        let sampling = match &self.scans {
            Scans::Not(gap) => return Seen::Gap(gap.clone()),
            Scans::Of { sampling, .. } => *sampling,
        };
        let gap = |fault: &Fault| desk.gap(&calls::SCAN, table.arn, fault);
        let status = table.description.map_or("", |d| d.status.as_str());
        if UNREADABLE.contains(&status) {
            return Seen::Gap(gap(&Fault::own(
                Why::Failed,
                &format!("no items can be read while the table is {status}"),
            )));
        }
        if sampling.items == 0 || sampling.rcu_budget <= 0.0 {
            return Seen::Gap(gap(&Fault::own(Why::Budget, "the budget allows no item")));
        }
        self.scan(desk, table, sampling).await
    }

    /// Scans within `most`. The cut and the order of its parts are those of the plan, so that a scan that may read
    /// more reads what one that may read less does, and goes on from there.
    pub(super) async fn scan(&self, desk: &Desk, table: &Target<'_>, most: Sampling) -> Seen<Sample> {
        let (client, sampling, seed) = match &self.scans {
            Scans::Not(gap) => return Seen::Gap(gap.clone()),
            Scans::Of { client, sampling, seed } => (client, sampling, *seed),
        };
        let collected_by = table.collected_by();
        let cut = spread::cut(table.description.and_then(|d| d.items), collected_by.is_some(), sampling);
        let per_second =
            table.bound().filter(|_| !desk.is_alone()).map(|units| units as f64 * sampling.share);
        let average = table.average();
        if let Some(units) = per_second
            && cost(average.unwrap_or_default() as u64) > units * PATIENCE.as_secs_f64()
        {
            let words = "not sampled: one item would take more than the share of the table's capacity (--capacity-share)";
            return Seen::Gap(desk.gap(&calls::SCAN, table.arn, &Fault::own(Why::Budget, words)));
        }
        let mut reading = Reading {
            desk,
            client,
            table,
            segments: cut.segments,
            chunk: cut.chunk,
            per_second,
            waited: Duration::ZERO,
            owed: Duration::ZERO,
            purse: Purse::new(&most, per_second, average),
            touched: HashSet::new(),
            tally: self.tally(table).collected_by(collected_by),
        };
        let (stopped, fault) = reading.run(seed).await;
        // A sample cut short by a fault keeps what it has, and the gap says why there is no more.
        let gap = fault.as_ref().map(|fault| desk.gap(&calls::SCAN, table.arn, fault));
        match gap {
            Some(gap) if reading.purse.requests == 0 => Seen::Gap(gap),
            gap => Seen::Value(reading.finish(stopped, gap)),
        }
    }
}

/// One table being read.
struct Reading<'a> {
    desk: &'a Desk,
    client: &'a Client,
    table: &'a Target<'a>,
    segments: u32,
    chunk: u64,
    /// Read capacity units a second that a provisioned table gives to the sample.
    per_second: Option<f64>,
    /// How long was waited for them so far, and what is still to wait before the next request.
    waited: Duration,
    owed: Duration,
    purse: Purse,
    touched: HashSet<u32>,
    tally: Tally,
}

impl Reading<'_> {
    /// Takes a chunk from each segment in the order drawn, then goes back to those that held more. A table may keep all
    /// its items in a few collections: where none of the first segments holds anything it is cut up anew, coarsely, and where
    /// few do every other visit goes on in one of them, so that the budget is not spent on nothing.
    async fn run(&mut self, seed: u64) -> (Stopped, Option<Fault>) {
        let mut draw = Draw::new(self.segments, self.table.arn, seed);
        let mut open: VecDeque<(u32, Raw)> = VecDeque::new();
        let (mut drawn, mut met, mut went_back) = (0, 0, false);
        loop {
            if drawn == spread::BARREN && met == 0 && self.segments > spread::COARSE {
                self.segments = spread::COARSE;
                self.touched.clear();
                draw = Draw::new(self.segments, self.table.arn, seed);
            }
            let is_sparse = drawn >= spread::BARREN && met * 4 < drawn;
            let back = if is_sparse && !went_back { open.pop_front() } else { None };
            went_back = back.is_some();
            let (segment, mut from) = match back {
                Some((segment, key)) => (segment, Some(key)),
                None => match draw.next() {
                    Some(segment) => (segment, None),
                    None => match open.pop_front() {
                        Some((segment, key)) => (segment, Some(key)),
                        None => return (Stopped::Everything, None),
                    },
                },
            };
            let is_new = from.is_none();
            drawn += u32::from(is_new);
            let before = self.purse.items;
            let mut wanted = self.chunk;
            loop {
                let limit = match self.purse.limit(wanted) {
                    Ok(limit) => limit,
                    Err(stopped) => return (stopped, None),
                };
                if self.waited.saturating_add(self.owed) > PATIENCE {
                    return (Stopped::Share, None);
                }
                let (items, next) = match self.page(segment, limit, from.take()).await {
                    Ok(page) => page,
                    Err(fault) => return (stopped_by(&fault), Some(fault)),
                };
                let Some(next) = next else { break };
                wanted = wanted.saturating_sub(items);
                if wanted == 0 {
                    open.push_back((segment, next));
                    break;
                }
                from = Some(next);
            }
            met += u32::from(is_new && self.purse.items > before);
        }
    }

    /// Reads one page and looks at each item; gives how many there were, and where to go on.
    async fn page(
        &mut self,
        segment: u32,
        limit: u64,
        from: Option<Raw>,
    ) -> Result<(u64, Option<Raw>), Fault> {
        // A provisioned table gives its units evenly; taking them faster would take them from its users.
        let owed = std::mem::take(&mut self.owed);
        if !owed.is_zero() {
            self.waited += owed;
            // A sample that waits is small, and holds up no other table.
            self.table.seat.inspect(|seat| seat.leave());
            self.desk.pause(owed).await?;
        }
        let request = self
            .client
            .scan()
            .table_name(self.table.name)
            .consistent_read(false)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .total_segments(i32::try_from(self.segments).unwrap_or(i32::MAX))
            .segment(i32::try_from(segment).unwrap_or(i32::MAX))
            .set_exclusive_start_key(from.clone());
        let (desk, region, mut limit) = (self.desk, self.table.region, limit);
        let next = |fault: Option<&Fault>| {
            let mut wait = Duration::ZERO;
            if fault.is_some_and(|fault| fault.is_done) {
                (wait, limit) = self.lost(limit)?;
            }
            Some((wait, request.clone().limit(i32::try_from(limit).unwrap_or(i32::MAX)).send()))
        };
        let page = desk.ask_for(&calls::SCAN, region, next).await?;
        if let Err(fault) = sound(&page, from.as_ref()) {
            self.purse.lose(limit);
            return Err(fault);
        }
        let consumed = page.consumed_capacity.as_ref().and_then(|c| c.capacity_units());
        let next = page.last_evaluated_key.filter(|key| !key.is_empty());
        let items = page.items.unwrap_or_default();
        let sizes = || items.iter().map(item::size);
        let read = Read {
            limit,
            items: items.len() as u64,
            bytes: sizes().sum(),
            largest: sizes().max().unwrap_or(0),
            consumed,
        };
        self.tally.part(segment);
        for raw in items {
            self.tally.look(&item::take(raw));
        }
        let paid = self.purse.book(&read);
        self.touched.insert(segment);
        self.desk.progress.items(read.items);
        self.owed = self.worth(paid);
        Ok((read.items, next))
    }

    /// Books a request whose answer was lost. Gives how long to wait before it is made again and for how many items at most,
    /// where it can be afforded once more.
    fn lost(&mut self, limit: u64) -> Option<(Duration, u64)> {
        let paid = self.purse.lose(limit);
        let wait = self.worth(paid);
        self.waited = self.waited.saturating_add(wait);
        let again = self.purse.again(limit)?;
        (self.waited <= PATIENCE).then_some((wait, again))
    }

    /// In how much time the table gives so many units to the sample.
    fn worth(&self, units: f64) -> Duration {
        let time = self.per_second.map(|per_second| Duration::try_from_secs_f64(units / per_second));
        time.map_or(Duration::ZERO, |time| time.unwrap_or(Duration::MAX))
    }

    fn finish(self, stopped: Stopped, gap: Option<GapId>) -> Sample {
        Sample {
            items_read: self.purse.items,
            requests: self.purse.requests,
            rcu_consumed: self.purse.consumed,
            rcu_estimated: self.purse.estimated,
            segments: self.segments,
            segments_read: u32::try_from(self.touched.len()).unwrap_or(u32::MAX),
            source: None,
            first: None,
            stopped,
            gap,
            contents: self.tally.finish(),
        }
    }
}

/// What a fault makes of a reading.
pub(super) fn stopped_by(fault: &Fault) -> Stopped {
    match fault.why {
        Why::Throttled => Stopped::Throttled,
        Why::Interrupted => Stopped::Interrupted,
        Why::Deadline => Stopped::Deadline,
        _ => Stopped::Failed,
    }
}

/// Whether a page holds what it says, and goes on from where it began.
fn sound(page: &ScanOutput, from: Option<&Raw>) -> Result<(), Fault> {
    let consumed = page.consumed_capacity.as_ref().and_then(|c| c.capacity_units()).unwrap_or_default();
    // Without a filter, what was looked at is what is returned.
    let counted = usize::try_from(page.count()) == Ok(page.items().len())
        && (page.scanned_count() == 0 || page.scanned_count() == page.count());
    if !counted || !consumed.is_finite() || consumed < 0.0 {
        return Err(Fault::own(Why::Malformed, "the answer contradicts itself"));
    }
    if from.is_some() && page.last_evaluated_key() == from {
        return Err(Fault::own(Why::Endless, "a page's key came twice"));
    }
    Ok(())
}
