//! The second look: what tables leave of their budgets goes to larger samples of those that are most in doubt.
//!
//! Which tables and how large is settled by the first samples, before anything more is read. A second sample begins with
//! the parts that the first one read and goes on in the same order, so that it is one larger sample of one design, judged
//! as any other; it stands in the first one's place.

use std::sync::Arc;

use super::Sampling;
use super::pages::side_by_side;
use super::piece::piece;
use super::run::Run;
use super::sample::Target;
use crate::detect::{
    prevalence::{at_most, interval},
    suggests,
};
use crate::snapshot::sample::{Basis, Look, Sighting, Stopped};
use crate::snapshot::{Sample, Seen, Table};

/// How many times the items of a first sample a second one reads.
const LARGER: f64 = 5.0;
/// How many times its budget one table may take.
const MOST: f64 = 5.0;
/// A sample that does not cost so many times what the first one did would say little more than it.
const WORTH: f64 = 2.0;
/// Most read capacity units of one request: a page of 1 MB, eventually consistent (AWS documentation: "Scan").
const REQUEST: f64 = 128.0;

/// How much a doubt weighs by what hangs on it. Whether there is a secret at all weighs most, and more where an
/// attribute's name suggests one; how many there are of a proved sort decides hardly anything.
const SUGGESTED: f64 = 3.0;
const UNSEEN: f64 = 1.0;
const UNPROVED: f64 = 0.2;
const PROVED: f64 = 0.02;

/// Looks again at the tables that are most in doubt, in rounds, until nothing is left to spend or to doubt.
pub(super) async fn look(run: &Arc<Run>, tables: &mut [Table]) {
    let Some(sampling) = run.sampling else { return };
    let mut left = pool(&sampling, tables);
    let mut waiting = doubts(&sampling, tables);
    while !run.desk.stopped() {
        let round = settle(&mut waiting, &sampling, tables, left);
        if round.is_empty() {
            return;
        }
        let asked: Vec<_> = round.iter().map(|&(place, most)| (tables[place].clone(), most)).collect();
        let seen = side_by_side(asked, |(table, most)| again(Arc::clone(run), table, most)).await;
        for ((place, _), sample) in round.into_iter().zip(seen) {
            if let Some(first) = tables[place].sample.value() {
                let both = joined(first, sample, sampling.items);
                left -= both.rcu_consumed - first.rcu_consumed;
                tables[place].sample = Seen::Value(both);
            }
        }
    }
}

/// What the first samples left of their budgets together.
fn pool(sampling: &Sampling, tables: &[Table]) -> f64 {
    let scanned = tables.iter().filter_map(|t| t.sample.value()).filter(|sample| sample.source.is_none());
    scanned.map(|sample| sampling.rcu_budget - sample.rcu_consumed).sum()
}

/// The tables to look at again, by place; last the one whose doubt is cheapest to settle.
fn doubts(sampling: &Sampling, tables: &[Table]) -> Vec<usize> {
    let worth = |table: &Table| {
        let first = table.sample.value()?;
        Some(doubt(first)? / price(sampling, first))
    };
    let mut all: Vec<(f64, usize)> =
        tables.iter().enumerate().filter_map(|(place, table)| Some((worth(table)?, place))).collect();
    all.sort_by(|a, b| a.0.total_cmp(&b.0).then_with(|| tables[b.1].arn.cmp(&tables[a.1].arn)));
    all.into_iter().map(|(_, place)| place).collect()
}

/// How much is open about a table; none where a second look would tell no more, or would trouble a busy table.
fn doubt(sample: &Sample) -> Option<f64> {
    let contents = &sample.contents;
    let ended = matches!(sample.stopped, Stopped::Items | Stopped::Budget);
    if !ended || sample.source.is_some() || contents.items == 0 {
        return None;
    }
    let proved = |one: &Sighting| one.basis != Basis::Likely;
    let seen = contents.sightings.iter().map(|one| {
        let size = one.effective_items.unwrap_or(contents.items as f64);
        let (low, high) = interval(one.items as f64 * size / contents.items as f64, size);
        (high - low) * if proved(one) { PROVED } else { UNPROVED }
    });
    let is_proved = |name: &str| {
        contents
            .sightings
            .iter()
            .any(|one| proved(one) && one.path.split(['.', '[', '|']).next() == Some(name))
    };
    let hinted = contents.names.keys().any(|name| suggests(name) && !is_proved(name));
    let size = contents.effective_items.unwrap_or(contents.items as f64);
    let unseen = at_most(size) * if hinted { SUGGESTED } else { UNSEEN };
    Some(seen.fold(unseen, f64::max))
}

/// Items of a larger sample.
fn larger(sampling: &Sampling) -> f64 {
    sampling.items as f64 * LARGER
}

/// What a larger sample costs: a tenth more than as many of the first one's items did.
fn price(sampling: &Sampling, first: &Sample) -> f64 {
    first.rcu_consumed / first.items_read.max(1) as f64 * larger(sampling) * 1.1
}

/// What it may take of that.
fn allowed(sampling: &Sampling, first: &Sample) -> f64 {
    price(sampling, first).min(sampling.rcu_budget * MOST)
}

/// Takes the next round off what waits. Each look has an allowance, and room is kept for the request by which each may
/// pass it, so that all together pass what is left by one request at most.
fn settle(
    waiting: &mut Vec<usize>,
    sampling: &Sampling,
    tables: &[Table],
    left: f64,
) -> Vec<(usize, Sampling)> {
    let (mut round, mut taken) = (Vec::new(), 0.0);
    while let Some(&place) = waiting.last() {
        let Some(first) = tables[place].sample.value() else { break };
        let rcu_budget = allowed(sampling, first).min(left - taken);
        if rcu_budget < first.rcu_consumed * WORTH {
            // The others of the round may take less than they are given: this one is asked about again.
            if !round.is_empty() {
                break;
            }
            waiting.pop();
            continue;
        }
        waiting.pop();
        round.push((place, Sampling { items: larger(sampling) as u64, rcu_budget, ..*sampling }));
        taken += rcu_budget + REQUEST;
    }
    round
}

async fn again(run: Arc<Run>, table: Table, most: Sampling) -> Seen<Sample> {
    piece(&run, format!("second look {}", table.arn), async |run: Arc<Run>| {
        let ttl = table.time_to_live.value().filter(|ttl| ttl.is_on());
        let ttl = ttl.and_then(|ttl| ttl.attribute.as_deref());
        let description = table.description.value();
        let Table { name, region, arn, .. } = &table;
        let target = Target { name, region, arn, description, ttl, seat: None };
        run.sampler(region).scan(&run.desk, &target, most).await
    })
    .await
}

/// The larger sample with what both took. One that broke off before it had read as much as the first tells less.
fn joined(first: &Sample, second: Seen<Sample>, usual: u64) -> Sample {
    let Seen::Value(mut second) = second else { return first.clone() };
    let unseen = unseen(&second, usual);
    second.contents.effective_items = unseen;
    let all = second.contents.items;
    second
        .contents
        .sightings
        .iter_mut()
        .filter(|one| one.items == all)
        .for_each(|one| one.effective_items = unseen);
    let took = Look { items_read: first.items_read, rcu_consumed: first.rcu_consumed };
    let (requests, rcu_consumed) =
        (first.requests + second.requests, first.rcu_consumed + second.rcu_consumed);
    let rcu_estimated = first.rcu_estimated || second.rcu_estimated;
    let whole = second.stopped == Stopped::Everything;
    let mut stands = if whole || second.items_read >= first.items_read { second } else { first.clone() };
    if stands.gap.is_some() {
        // The first sample was done: what ended the second is a gap of the run, and takes nothing from the table.
        (stands.stopped, stands.gap) = (first.stopped, None);
    }
    Sample { requests, rcu_consumed, rcu_estimated, first: Some(took), ..stands }
}

/// What a larger sample is worth for what it does not hold, or holds in each of its items. Nothing shows whether that lies side by side: beyond the size
/// of a usual sample, only further parts narrow the bound, and not more items of a part.
fn unseen(sample: &Sample, usual: u64) -> Option<f64> {
    let items = sample.contents.items as f64;
    let told = sample.contents.effective_items.unwrap_or(items);
    let worth = told.min(usual.max(u64::from(sample.segments_read)) as f64);
    (worth < items).then_some(worth)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_larger_sample_costs_what_its_items_do_and_is_bounded() {
        let sampling = Sampling::default();
        let costs = |items_read, rcu_consumed| {
            let first = Sample { items_read, rcu_consumed, ..Sample::default() };
            (price(&sampling, &first).round(), allowed(&sampling, &first).round())
        };
        assert_eq!((costs(200, 10.0), costs(2, 96.0)), ((55.0, 55.0), (52_800.0, 250.0)));
    }
}
