//! Where in a table to read: how many segments the key space is cut into, and in which order they are drawn.

use std::collections::HashMap;

use sha2::{Digest, Sha256};

use super::Sampling;

/// Most segments that Scan takes (AWS documentation: "Scan", TotalSegments).
const MOST_SEGMENTS: u64 = 1_000_000;
/// Segments that a sample should touch.
const VISITS: u64 = 20;
/// The same where items lie in collections, which may hold a thing all together or not at all: sixty of which none
/// holds it leave at most 5 % of such.
const COLLECTIONS: u64 = 60;
/// Most segments of a table whose items lie in collections. All of a collection is in one segment (AWS documentation:
/// "Scanning tables in DynamoDB", parallel scan), so that of as many segments as items nearly all would be empty,
/// and an empty one costs as much as a page.
const COLLECTED_SEGMENTS: u64 = 256;
/// Segments of a table whose size is not known, or whose items lie in a few collections.
pub(super) const COARSE: u32 = 8;
/// Segments after which it shows whether most are empty.
pub(super) const BARREN: u32 = 20;

/// How a table is cut up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cut {
    /// `TotalSegments`.
    pub(super) segments: u32,
    /// Items to take from one segment before going to the next.
    pub(super) chunk: u64,
}

/// Cuts a table so that a segment holds about as many items as are taken from it. A table with no more items than
/// the sample is read in one piece, which takes the fewest requests; so is one that reports 0 items, because the
/// count lags by hours. Of a table whose items may lie in `collections`, less is taken from more places.
pub(super) fn cut(item_count: Option<i64>, collections: bool, sampling: &Sampling) -> Cut {
    let (visits, most) =
        if collections { (COLLECTIONS, COLLECTED_SEGMENTS) } else { (VISITS, MOST_SEGMENTS) };
    // Each visit costs at least half a unit, and a quarter of the budget is left to larger items.
    let visits = visits.min((sampling.rcu_budget * 1.5) as u64).max(1);
    let chunk = if collections { sampling.items / visits } else { sampling.items.div_ceil(visits) }.max(1);
    match item_count.map(|count| u64::try_from(count).unwrap_or(0)) {
        None => Cut { segments: COARSE, chunk },
        Some(count) if count <= sampling.items => Cut { segments: 1, chunk: u64::MAX },
        Some(count) => Cut { segments: u32::try_from((count / chunk).clamp(1, most)).unwrap_or(1), chunk },
    }
}

/// Draws each number below a bound once, in an order that the table's ARN and the seed decide.
pub(super) struct Draw {
    random: fastrand::Rng,
    total: u32,
    drawn: u32,
    /// A shuffle of up to a million numbers, of which only those are kept that were moved.
    moved: HashMap<u32, u32>,
}

impl Draw {
    pub(super) fn new(total: u32, arn: &str, seed: u64) -> Self {
        let digest = Sha256::new().chain_update(seed.to_be_bytes()).chain_update(arn).finalize();
        let mut first = [0; 8];
        first.copy_from_slice(&digest[..8]);
        let random = fastrand::Rng::with_seed(u64::from_be_bytes(first));
        Self { random, total, drawn: 0, moved: HashMap::new() }
    }
}

impl Iterator for Draw {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        if self.drawn == self.total {
            return None;
        }
        let place = self.random.u32(self.drawn..self.total);
        let last = self.moved.remove(&self.drawn).unwrap_or(self.drawn);
        let chosen = if place == self.drawn { last } else { self.moved.insert(place, last).unwrap_or(place) };
        self.drawn += 1;
        Some(chosen)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const USUAL: Sampling = Sampling { items: 200, rcu_budget: 50.0, share: 0.05 };

    #[test]
    fn small_tables_are_one_piece_and_large_ones_many() {
        let cut = |count, budget| super::cut(count, false, &Sampling { rcu_budget: budget, ..USUAL });
        for count in [0, 1, 200] {
            assert_eq!(cut(Some(count), 50.0).segments, 1);
        }
        assert_eq!(cut(Some(10_000), 50.0), Cut { segments: 1_000, chunk: 10 });
        assert_eq!(cut(Some(i64::MAX), 50.0).segments, 1_000_000);
        assert_eq!(cut(Some(-5), 50.0).segments, 1);
        assert_eq!(cut(None, 50.0).segments, COARSE);
        assert_eq!(cut(Some(500), 0.5).chunk, 200);
    }

    #[test]
    fn collections_are_met_in_more_places_and_empty_segments_are_few() {
        for (count, items, budget, want) in [
            (10_000_000, 200, 50.0, Cut { segments: 256, chunk: 3 }),
            (300, 200, 50.0, Cut { segments: 100, chunk: 3 }),
            (10_000, 200, 10.0, Cut { segments: 256, chunk: 13 }),
            (10_000, 20, 50.0, Cut { segments: 256, chunk: 1 }),
            (200, 200, 50.0, Cut { segments: 1, chunk: u64::MAX }),
        ] {
            assert_eq!(cut(Some(count), true, &Sampling { items, rcu_budget: budget, ..USUAL }), want);
        }
    }

    #[test]
    fn a_draw_is_a_permutation_that_arn_and_seed_decide() {
        let draw = |arn, seed| Draw::new(300, arn, seed).collect::<Vec<_>>();
        let first = draw("a", 7);
        assert_eq!(first.iter().collect::<BTreeSet<_>>().len(), 300);
        assert_eq!(first, draw("a", 7));
        assert_ne!(first, draw("b", 7));
        assert_ne!(first, draw("a", 8));
        assert_ne!(first, (0..300).collect::<Vec<_>>());
    }
}
