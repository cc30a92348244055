//! How far a sample speaks for its table: exact intervals for a share, and how many items a sample is worth whose
//! items resemble their neighbours.

use std::collections::BTreeMap;

use statrs::function::beta::inv_beta_reg;

use super::key::ValueDigest;

#[cfg(test)]
mod coverage;

/// How sure an interval is.
const SURE: f64 = 0.95;
/// Resemblance of names below which it is taken for chance: of twenty parts that are alike, fewer than one in a
/// hundred shows more.
const CHANCE: f64 = 1.5;

/// The two-sided 95 % interval of a share, from 0 to 1, of which a sample worth `size` items holds `hits`
/// (Clopper and Pearson, 1934; on an effective size as Korn and Graubard, 1998). It is never narrower than it says.
pub fn interval(hits: f64, size: f64) -> (f64, f64) {
    let tail = (1.0 - SURE) / 2.0;
    let low = if hits <= 0.0 { 0.0 } else { inv_beta_reg(hits, size - hits + 1.0, tail) };
    let high = if hits >= size { 1.0 } else { inv_beta_reg(hits + 1.0, size - hits, 1.0 - tail) };
    (low, high)
}

/// The one-sided 95 % bound, from 0 to 1, of the share of what a sample worth `size` items does not hold at all.
pub fn at_most(size: f64) -> f64 {
    if size <= 0.0 { 1.0 } else { 1.0 - (1.0 - SURE).powf(1.0 / size) }
}

/// A share as a percentage of two digits, rounded away from what is claimed: `down` for a lower end, else up.
pub fn percent(share: f64, down: bool) -> String {
    let percent = (share * 100.0).clamp(0.0, 100.0);
    if percent == 0.0 {
        return "0 %".to_owned();
    }
    let digits = (1 - percent.log10().floor() as i32).clamp(0, 6);
    let scale = 10f64.powi(digits);
    // What a share is off by as a binary fraction must not move its last digit.
    let (scaled, slack) = (percent * scale, 1e-9);
    let rounded = if down { (scaled + slack).floor() } else { (scaled - slack).ceil() } / scale;
    let text = format!("{rounded:.*}", digits as usize);
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    format!("{text} %")
}

/// Where the parts of a sample lie, by item: items of one part were read next to each other.
#[derive(Debug, Default)]
pub(super) struct Parts {
    /// First item of a run, and the part it belongs to. A part may have several runs.
    runs: Vec<(u64, u32)>,
    /// Items of each item collection, by the digest of its partition key; empty where nobody tells.
    collections: BTreeMap<ValueDigest, u64>,
}

impl Parts {
    /// From `item` on, items belong to `part`.
    pub(super) fn begin(&mut self, item: u64, part: u32) {
        if self.runs.last().is_none_or(|&(_, last)| last != part) {
            self.runs.push((item, part));
        }
    }

    /// Counts an item for its item collection.
    pub(super) fn collect(&mut self, partition_key: ValueDigest) {
        *self.collections.entry(partition_key).or_default() += 1;
    }

    /// How many independent items the sample is worth for what whole item collections hold or do not hold
    /// (Kish, 1965: the effective size of unequal clusters); None where no collection has two of its items.
    fn collected(&self) -> Option<f64> {
        let items: u64 = self.collections.values().sum();
        let squares: f64 = self.collections.values().map(|&items| (items as f64).powi(2)).sum();
        (squares > items as f64).then(|| (items as f64).powi(2) / squares)
    }

    /// Of each part its number of items below `end`, and how many of them `holds` counts in a range.
    pub(super) fn count(&self, end: u64, holds: impl Fn(std::ops::Range<u64>) -> u64) -> Vec<(u64, u64)> {
        let ends = self.runs.iter().skip(1).map(|&(first, _)| first).chain([end]);
        let mut parts: Vec<(u32, u64, u64)> = Vec::new();
        for (&(first, part), next) in self.runs.iter().zip(ends) {
            let range = first.min(end)..next.min(end);
            parts.push((part, range.end - range.start, holds(range)));
        }
        parts.sort_unstable();
        let mut joined: Vec<(u32, u64, u64)> = Vec::new();
        for (part, size, hits) in parts {
            match joined.last_mut() {
                Some(last) if last.0 == part => {
                    last.1 += size;
                    last.2 += hits;
                }
                _ => joined.push((part, size, hits)),
            }
        }
        joined.into_iter().map(|(_, size, hits)| (size, hits)).filter(|&(size, _)| size > 0).collect()
    }
}

/// By how much items of one part resemble each other in whether they hold something: the variance of the share
/// over that of as many independent items (the design effect). None where one part, or all or nothing, tells nothing.
fn resemblance(parts: &[(u64, u64)]) -> Option<f64> {
    let (size, hits) = parts.iter().fold((0, 0), |(n, x), &(size, hits)| (n + size, x + hits));
    if parts.len() < 2 || hits == 0 || hits == size {
        return None;
    }
    let (n, count) = (size as f64, parts.len() as f64);
    let share = hits as f64 / n;
    let apart: f64 = parts.iter().map(|&(size, hits)| (hits as f64 - share * size as f64).powi(2)).sum();
    let variance = count / (count - 1.0) * apart / (n * n);
    Some(variance / (share * (1.0 - share) / n))
}

/// How many independent items a sample of `total` items is worth for a share, by its hits in each part; None where
/// it is worth them all. Few parts make the resemblance itself uncertain, which lowers the worth (Korn and Graubard,
/// 1998). All or nothing shows no resemblance, and is worth what the sample is for what it does not hold.
pub(super) fn worth(total: u64, parts: &[(u64, u64)], unseen: Option<f64>) -> Option<f64> {
    let Some(effect) = resemblance(parts) else { return unseen };
    let unsure = (student(total as f64 - 1.0) / student(parts.len() as f64 - 1.0)).powi(2);
    let worth = total as f64 / effect.max(f64::MIN_POSITIVE) * unsure;
    (worth < total as f64).then(|| worth.max(1.0))
}

/// The same for what the sample does not hold, judged by its item collections, and by how the names that it does hold
/// are spread. DynamoDB places collections by a digest of their partition key, and keeps the items of each together
/// (AWS documentation: "KeySchemaElement"), so that a thing can lie side by side within a collection, and no further.
pub(super) fn worth_unseen(
    total: u64,
    parts: &Parts,
    names: impl Iterator<Item = Vec<(u64, u64)>>,
) -> Option<f64> {
    let effects: Vec<f64> = names
        .filter(|parts| {
            let (size, hits) = parts.iter().fold((0, 0), |(n, x), &(size, hits)| (n + size, x + hits));
            // A name that nearly all or hardly any items have says nothing about neighbours.
            hits * 20 >= size && (size - hits) * 20 >= size
        })
        .filter_map(|parts| resemblance(&parts))
        .collect();
    let mean = effects.iter().sum::<f64>() / effects.len().max(1) as f64;
    let by_name = (mean > CHANCE).then(|| (total as f64 / mean).max(1.0));
    parts.collected().into_iter().chain(by_name).reduce(f64::min)
}

/// The two-sided 95 % quantile of Student's distribution, through the incomplete beta function.
fn student(freedom: f64) -> f64 {
    let x = inv_beta_reg(freedom / 2.0, 0.5, 1.0 - SURE);
    (freedom * (1.0 - x) / x).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(got: f64, want: f64) {
        assert!((got - want).abs() < 6e-5, "{got} is not {want}");
    }

    #[test]
    fn ends_are_rounded_away_from_what_is_claimed() {
        for (share, down, up) in [
            (0.0, "0 %", "0 %"),
            (0.008_17, "0.81 %", "0.82 %"),
            (0.014_87, "1.4 %", "1.5 %"),
            (0.123_4, "12 %", "13 %"),
            (0.999_4, "99 %", "100 %"),
            (0.5, "50 %", "50 %"),
            (0.07, "7 %", "7 %"),
            (1.0, "100 %", "100 %"),
            (1e-12, "0 %", "0.000001 %"),
        ] {
            assert_eq!(
                (percent(share, true).as_str(), percent(share, false).as_str()),
                (down, up),
                "{share}"
            );
        }
    }

    /// Figures of published tables of the exact binomial interval.
    #[test]
    fn intervals_are_those_of_the_tables() {
        for (hits, size, low, high) in [
            (0.0, 10.0, 0.0, 0.3085),
            (1.0, 20.0, 0.0013, 0.2487),
            (10.0, 100.0, 0.0490, 0.1762),
            (5.0, 10.0, 0.1871, 0.8129),
            (10.0, 10.0, 0.6915, 1.0),
        ] {
            let (l, h) = interval(hits, size);
            near(l, low);
            near(h, high);
        }
    }

    #[test]
    fn nothing_in_two_hundred_is_at_most_one_and_a_half_percent() {
        near(at_most(200.0), 0.01487);
        near(at_most(1.0), 0.95);
        near(at_most(0.0), 1.0);
    }

    #[test]
    fn students_quantiles_are_those_of_the_tables() {
        for (freedom, want) in [(1.0, 12.7062), (5.0, 2.5706), (19.0, 2.0930), (199.0, 1.9720)] {
            near(student(freedom), want);
        }
    }

    #[test]
    fn parts_that_hold_all_or_nothing_are_worth_about_their_number() {
        let parts: Vec<(u64, u64)> = (0..20).map(|part| (10, if part % 4 == 0 { 10 } else { 0 })).collect();
        let got = worth(200, &parts, None).unwrap_or(0.0);
        assert!((15.0..20.0).contains(&got), "{got}");
    }

    #[test]
    fn items_that_do_not_resemble_each_other_are_all_worth_one() {
        let parts: Vec<(u64, u64)> = (0..20).map(|_| (10, 1)).collect();
        assert_eq!(worth(200, &parts, Some(20.0)), None);
        assert_eq!(worth(200, &[(200, 7)], None), None, "one part tells nothing");
        assert_eq!(worth(200, &[(100, 100), (100, 100)], None), None, "all tells nothing");
        assert_eq!(
            worth(200, &[(100, 100), (100, 100)], Some(20.0)),
            Some(20.0),
            "but what the collections tell"
        );
    }

    #[test]
    fn what_is_not_seen_is_judged_by_the_names_that_are() {
        let apart: Vec<(u64, u64)> = (0..20).map(|part| (10, if part % 2 == 0 { 10 } else { 0 })).collect();
        let alike: Vec<(u64, u64)> = (0..20).map(|_| (10, 5)).collect();
        let rare: Vec<(u64, u64)> = (0..20).map(|part| (10, u64::from(part == 3))).collect();
        assert!(worth_unseen(200, &Parts::default(), [apart].into_iter()).is_some_and(|worth| worth < 25.0));
        assert_eq!(worth_unseen(200, &Parts::default(), [alike, rare].into_iter()), None);
        assert_eq!(worth_unseen(200, &Parts::default(), std::iter::empty()), None);
    }

    #[test]
    fn collections_are_worth_their_number_however_many_items_of_them_were_read() {
        let worth_of = |sizes: &[u8]| {
            let mut parts = Parts::default();
            for (name, &size) in sizes.iter().enumerate() {
                (0..size).for_each(|_| parts.collect([name as u8; 16]));
            }
            worth_unseen(200, &parts, std::iter::empty())
        };
        assert_eq!(worth_of(&[10; 20]), Some(20.0));
        assert_eq!(worth_of(&[1; 200]), None, "one item of each is worth them all");
        assert!(
            worth_of(&[181, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1])
                .is_some_and(|n| n < 1.3)
        );
    }

    #[test]
    fn a_part_that_is_read_again_is_still_one_part() {
        let mut parts = Parts::default();
        for (item, part) in [(0, 7), (3, 7), (5, 2), (9, 7)] {
            parts.begin(item, part);
        }
        assert_eq!(parts.count(12, |range| range.end - range.start), [(4, 4), (8, 8)]);
        assert_eq!(parts.count(4, |_| 0), [(4, 0)], "what lies beyond the end counts nowhere");
    }
}
