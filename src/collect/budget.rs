//! How much of a table may still be read, and how many items the next request may ask for.

use super::Sampling;
use crate::snapshot::sample::Stopped;

/// Bytes that half a read capacity unit pays for in an eventually consistent read
/// (AWS documentation: "DynamoDB read and write operations", capacity unit consumption for reads).
const STEP: f64 = 4096.0;
/// The least that any request costs.
const LEAST: f64 = 0.5;
/// Most bytes of an item, and of a page (AWS documentation: "Quotas in Amazon DynamoDB", item size; "Scan").
const ITEM: f64 = 400.0 * 1024.0;
const PAGE: f64 = 1024.0 * 1024.0;

/// Read capacity units for these bytes read at once, eventually consistent.
pub(super) fn cost(bytes: u64) -> f64 {
    ((bytes as f64 / STEP).ceil() * LEAST).max(LEAST)
}

/// What one request brought.
pub(super) struct Read {
    /// How many items were asked for at most.
    pub(super) limit: u64,
    pub(super) items: u64,
    /// Size of all items, estimated.
    pub(super) bytes: u64,
    /// Size of the largest one, estimated.
    pub(super) largest: u64,
    /// What DynamoDB says that it cost.
    pub(super) consumed: Option<f64>,
}

/// The items and the read capacity that are left for one table.
#[derive(Debug)]
pub(super) struct Purse {
    budget: f64,
    items_left: u64,
    /// Most that one request should cost: what a provisioned table can give in a second.
    ceiling: f64,
    /// Largest item seen, in bytes; 0 before the first.
    largest: f64,
    /// What an item weighs on an average, in bytes, as the table's description has it.
    average: Option<f64>,
    pub(super) consumed: f64,
    pub(super) items: u64,
    pub(super) requests: u64,
    /// Whether some request's cost had to be estimated.
    pub(super) estimated: bool,
    /// What the request under way was booked with each time that its answer was lost, and with which limit.
    lost: Vec<(u64, f64)>,
}

impl Purse {
    /// `per_second` is what a table gives of its read capacity, `average` the bytes of one of its items, where they are known.
    pub(super) fn new(sampling: &Sampling, per_second: Option<f64>, average: Option<f64>) -> Self {
        Self {
            budget: sampling.rcu_budget,
            items_left: sampling.items,
            ceiling: per_second.map_or(f64::INFINITY, |units| units.max(1.0)),
            largest: 0.0,
            average,
            consumed: 0.0,
            items: 0,
            requests: 0,
            estimated: false,
            lost: Vec::new(),
        }
    }

    /// The next request's limit, at most `wanted`; or why there must be no next request.
    ///
    /// Before an item was seen the limit is 1. After that, as many items of the largest size seen as what is left
    /// pays for: only items that are larger still can make a request cost more than that.
    pub(super) fn limit(&self, wanted: u64) -> Result<u64, Stopped> {
        let left = self.budget - self.consumed;
        if self.items_left == 0 {
            return Err(Stopped::Items);
        }
        if left <= 0.0 || (self.requests > 0 && left < LEAST) {
            return Err(Stopped::Budget);
        }
        if self.largest == 0.0 {
            return Ok(1);
        }
        let bytes = (left.min(self.ceiling) / LEAST).floor() * STEP;
        // `as` saturates, so an unbounded budget is no trap.
        let affordable = (bytes / self.largest).floor() as u64;
        Ok(affordable.min(wanted).min(self.items_left).max(1))
    }

    /// Books a request that may have been carried out, and whose answer was lost: as dear as a page of `limit` such items may be.
    /// Gives what that is.
    pub(super) fn lose(&mut self, limit: u64) -> f64 {
        let item = match self.average {
            None if self.largest == 0.0 => ITEM,
            average => self.largest.max(average.unwrap_or_default()),
        };
        let paid = cost((item * limit as f64).min(PAGE).ceil() as u64);
        self.estimated = true;
        self.consumed += paid;
        self.requests += 1;
        self.lost.push((limit, paid));
        paid
    }

    /// The limit with which a request whose answer was lost is made once more, at most `limit`; none where it cannot be afforded.
    /// What is booked may have come up to the budget, but not beyond: this request is then the one that may pass it.
    pub(super) fn again(&self, limit: u64) -> Option<u64> {
        match self.limit(limit) {
            Ok(limit) => Some(limit),
            Err(Stopped::Budget) if self.consumed <= self.budget => Some(1),
            Err(_) => None,
        }
    }

    /// Books what a request brought, and gives what it cost. A cost below the least that DynamoDB charges is no
    /// cost: some emulators say nothing, or 0.
    pub(super) fn book(&mut self, read: &Read) -> f64 {
        let told = read.consumed.filter(|units| *units >= LEAST && units.is_finite());
        let paid = told.unwrap_or_else(|| cost(read.bytes));
        self.estimated |= told.is_none();
        self.consumed += paid;
        // The same page cost the same where its answer was lost.
        for (limit, booked) in self.lost.drain(..) {
            if limit == read.limit {
                self.consumed -= (booked - paid).max(0.0);
            }
        }
        self.requests += 1;
        self.items += read.items;
        self.items_left = self.items_left.saturating_sub(read.items);
        if read.items > 0 {
            // What was paid for, less the step that was rounded up, cannot be more than what the items weigh.
            let weighed = (paid / LEAST - 1.0).max(0.0) * STEP / read.items as f64;
            self.largest = self.largest.max(read.largest as f64).max(weighed).max(1.0);
        }
        paid
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_budget_is_passed_by_one_request_at_most(
            sizes in prop::collection::vec(1u64..400_000, 0..400),
            items in 1u64..300,
            budget in 0.1f64..80.0,
            told in any::<bool>(),
            per_second in prop::option::of(1.0f64..100.0),
        ) {
            let mut purse = Purse::new(&Sampling { items, rcu_budget: budget, share: 0.05 }, per_second, None);
            let (mut place, mut before) = (0, 0.0);
            while place < sizes.len() {
                let Ok(limit) = purse.limit(10) else { break };
                prop_assert!(limit >= 1 && (purse.requests > 0 || limit == 1));
                let page: Vec<u64> = sizes[place..].iter().take(limit as usize).copied().collect();
                place += page.len();
                let bytes = page.iter().sum();
                before = purse.consumed;
                prop_assert!(before < budget);
                let largest = page.iter().copied().max().unwrap_or(0);
                let consumed = told.then(|| cost(bytes));
                purse.book(&Read { limit, items: page.len() as u64, bytes, largest, consumed });
            }
            prop_assert!(purse.items <= items);
            prop_assert!(purse.requests == 0 || before < budget);
        }

        #[test]
        fn equal_items_never_pass_the_budget(size in 1u64..400_000, items in 1u64..500, budget in 50.0f64..200.0) {
            let mut purse = Purse::new(&Sampling { items, rcu_budget: budget, share: 0.05 }, None, None);
            while let Ok(limit) = purse.limit(u64::MAX) {
                let bytes = limit * size;
                purse.book(&Read { limit, items: limit, bytes, largest: size, consumed: Some(cost(bytes)) });
            }
            // One item alone may cost more than what is left; that request is the one that may pass it.
            prop_assert!(purse.consumed <= budget + cost(size));
        }
    }

    #[test]
    fn what_was_lost_is_as_dear_as_it_may_have_been() {
        let sampling = Sampling { items: 9, rcu_budget: 60.0, share: 0.05 };
        let lost = |average, limit| Purse::new(&sampling, None, average).lose(limit);
        assert_eq!((lost(None, 1), lost(Some(99.0), 1), lost(Some(9000.0), 2)), (50.0, 0.5, 2.5));
        assert_eq!(lost(Some(9000.0), 9999), 128.0, "a page");
        let mut purse = Purse::new(&sampling, None, Some(99.0));
        purse.book(&Read { limit: 1, items: 1, bytes: 400_000, largest: 400_000, consumed: Some(49.0) });
        assert!(purse.lose(1) == 49.0 && purse.estimated && purse.limit(9) == Err(Stopped::Budget));
        assert_eq!(purse.again(1), None);
    }

    #[test]
    fn what_was_lost_cost_what_the_same_page_costs() {
        let sampling = Sampling { items: 9, rcu_budget: 50.0, share: 0.05 };
        let mut purse = Purse::new(&sampling, None, None);
        assert_eq!((purse.limit(9), purse.lose(1), purse.again(1)), (Ok(1), 50.0, Some(1)), "once more");
        let small = Read { limit: 1, items: 1, bytes: 100, largest: 100, consumed: Some(0.5) };
        assert_eq!((purse.book(&small), purse.consumed, purse.limit(9)), (0.5, 1.0, Ok(8)));
        // A page of another limit says nothing of it.
        purse.lose(8);
        purse.book(&Read { limit: 4, items: 4, bytes: 400, largest: 100, consumed: Some(0.5) });
        assert_eq!((purse.consumed, purse.requests, purse.items), (2.0, 4, 5));
    }

    #[test]
    fn a_cost_that_nobody_told_is_estimated_and_said() {
        let mut purse = Purse::new(&Sampling { items: 9, rcu_budget: 9.0, share: 0.05 }, None, None);
        assert_eq!(purse.book(&Read { limit: 1, items: 1, bytes: 4097, largest: 4097, consumed: None }), 1.0);
        assert!(purse.estimated);
    }
}
