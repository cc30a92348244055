//! How often a call is made again, and how long to wait before: the one layer of retries, for the SDK's are off.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::calls::{Call, Class};
use super::fault::{Fault, Loss};
use crate::snapshot::Why;

/// First wait, doubled each time, and the longest.
const FIRST: Duration = Duration::from_millis(200);
const LONGEST: Duration = Duration::from_secs(5);
/// Longest wait that a service may ask for.
const ASKED: Duration = Duration::from_secs(30);

/// Says that a table's own capacity is used up, where the others are of the account (AWS documentation: "Error handling with
/// DynamoDB").
const BUSY: &[&str] = &["ProvisionedThroughputExceededException"];

/// What is left of the patience with one call.
pub(super) struct Patience {
    throttled: u32,
    busy: u32,
    malformed: u32,
    broken: u32,
    late: u32,
    wait: Duration,
}

impl Patience {
    /// Throttling of metadata calls passes, since the lane grows slower, and so does that of all Scans together; a table whose
    /// own capacity is used up is busy, and left alone soon. What took as long as an attempt may take is tried once more.
    pub(super) fn with(call: &Call) -> Self {
        let (throttled, busy, broken) = match call.class {
            Class::Contents => (6, 2, 2),
            Class::Metadata | Class::Signing | Class::Exports => (12, 12, 4),
        };
        // A connection that breaks within a part of a file leaves an answer that is cut short.
        let malformed = if call.class == Class::Exports { broken } else { 1 };
        Self { throttled, busy, malformed, broken, late: 1, wait: FIRST }
    }

    /// How long to wait before the call is made again; none where it is not. Spread by chance, so that calls that
    /// failed together do not come again together.
    pub(super) fn spend(&mut self, fault: &Fault) -> Option<Duration> {
        let left = match (fault.why, fault.loss) {
            (Why::Throttled, _) if fault.is(BUSY) => &mut self.busy,
            (Why::Throttled, _) => &mut self.throttled,
            (Why::Malformed, _) => &mut self.malformed,
            (Why::Failed, Loss::Broken) => &mut self.broken,
            (Why::Failed, Loss::Late) => &mut self.late,
            _ => return None,
        };
        *left = left.checked_sub(1)?;
        let wait = self.wait.mul_f64(fastrand::f64() / 2.0 + 0.5);
        self.wait = (self.wait * 2).min(LONGEST);
        Some(fault.after.map_or(wait, |after| wait.max(after.min(ASKED))))
    }
}

/// What a run took: all that was sent, beside what each call brought.
#[derive(Debug, Default)]
pub struct Effort {
    sent: AtomicU64,
    throttled: AtomicU64,
    again: AtomicU64,
}

impl Effort {
    pub(super) fn sent(&self) {
        self.sent.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn again(&self) {
        self.again.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn failed(&self, fault: &Fault) {
        self.throttled.fetch_add(u64::from(fault.why == Why::Throttled), Ordering::Relaxed);
    }

    /// Requests sent, those of them that AWS throttled, and those that were made once more after a failure.
    pub fn figures(&self) -> (u64, u64, u64) {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        (read(&self.sent), read(&self.throttled), read(&self.again))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::calls::{DESCRIBE_TABLE, SCAN};

    fn waits(call: &Call, fault: &Fault) -> Vec<Duration> {
        let mut patience = Patience::with(call);
        std::iter::from_fn(|| patience.spend(fault)).collect()
    }

    #[test]
    fn a_busy_table_is_left_alone_and_a_slow_api_is_waited_out() {
        let throttled = Fault::own(Why::Throttled, "");
        let mut busy = throttled.clone();
        busy.code = Some(BUSY[0].to_owned());
        assert_eq!(waits(&SCAN, &busy).len(), 2);
        let few = waits(&SCAN, &throttled);
        assert!((few.len(), few.iter().sum::<Duration>() > Duration::from_secs(5)) == (6, true), "{few:?}");
        let all = waits(&DESCRIBE_TABLE, &throttled);
        assert_eq!(all.len(), 12);
        assert!(all[0] <= FIRST && all.iter().all(|wait| *wait <= LONGEST));
        assert!(all.iter().sum::<Duration>() > Duration::from_secs(20));
    }

    #[test]
    fn the_wait_that_a_service_asks_for_is_kept_up_to_a_bound() {
        let asking = |after| {
            let mut fault = Fault::own(Why::Throttled, "");
            fault.after = Some(Duration::from_secs(after));
            fault
        };
        assert_eq!(waits(&SCAN, &asking(7)), [Duration::from_secs(7); 6]);
        assert_eq!(waits(&SCAN, &asking(9999)), [ASKED; 6]);
    }

    #[test]
    fn what_is_refused_is_not_asked_again() {
        for why in [Why::Denied, Why::Gone, Why::Failed, Why::Interrupted] {
            assert!(waits(&DESCRIBE_TABLE, &Fault::own(why, "")).is_empty(), "{why:?}");
        }
    }
}
