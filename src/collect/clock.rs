//! The clock of a run: this machine's, set right by what AWS says where that is minutes off.
//!
//! AWS documentation: "Troubleshoot Signature Version 4 signing for AWS API requests" (a signature is good for five minutes).

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_smithy_async::time::{SharedTimeSource, TimeSource};

/// Seconds that a clock may be off before a signature by it is refused, less a minute.
const OFF: i64 = 240;

/// A clock that can be set right while others read it.
#[derive(Debug, Clone)]
pub(super) struct Clock {
    own: SharedTimeSource,
    /// Seconds that AWS is ahead of this machine.
    ahead: Arc<AtomicI64>,
}

impl Clock {
    /// A clock over another.
    pub(super) fn over(own: SharedTimeSource) -> Self {
        Self { own, ahead: Arc::default() }
    }

    /// A signature was refused by a service whose clock says `there`, in seconds since 1970. Sets this clock right, and says
    /// whether a request that is signed anew may be taken.
    pub(super) fn learn(&self, there: i64) -> bool {
        let off = there.saturating_sub(seconds(self.now()));
        if off.abs() > OFF {
            self.ahead.fetch_add(off, Ordering::Relaxed);
        }
        self.ahead.load(Ordering::Relaxed) != 0
    }

    /// Seconds since 1970.
    pub(super) fn seconds(&self) -> i64 {
        seconds(self.now())
    }
}

impl TimeSource for Clock {
    fn now(&self) -> SystemTime {
        let ahead = self.ahead.load(Ordering::Relaxed);
        let by = Duration::from_secs(ahead.unsigned_abs());
        let now = self.own.now();
        let right = if ahead < 0 { now.checked_sub(by) } else { now.checked_add(by) };
        right.unwrap_or(now)
    }
}

fn seconds(time: SystemTime) -> i64 {
    let since = time.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    i64::try_from(since).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use aws_smithy_async::time::StaticTimeSource;

    use super::*;

    #[test]
    fn a_clock_far_off_is_set_right_and_one_that_is_not_is_left() {
        let at =
            |seconds| SharedTimeSource::new(StaticTimeSource::new(UNIX_EPOCH + Duration::from_secs(seconds)));
        let clock = Clock::over(at(10_000));
        assert!(!clock.learn(10_100), "the signature is wrong, and not the clock");
        assert_eq!(clock.seconds(), 10_000);
        assert!(clock.learn(6_400));
        assert_eq!(clock.seconds(), 6_400);
        assert!(clock.learn(6_410), "another call was refused before the clock was set right");
        assert_eq!(clock.seconds(), 6_400);
    }
}
