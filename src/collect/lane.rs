//! One operation in one Region: how often it may be asked, how quick it is, and whether it still answers.

use std::time::{Duration, Instant};

use super::silence::{Silence, Trouble};

/// Calls that may go at once after a silence.
const BURST: f64 = 4.0;
/// However often it is throttled, a lane keeps this share of its full rate: then somebody else uses the rest.
const LEAST: f64 = 0.25;
/// One burst of throttling comes as many answers, and slows the lane down once.
const EPOCH: Duration = Duration::from_secs(1);
/// A token bucket, kept as the moment at which the next call is due.
#[derive(Debug)]
pub(super) struct Lane {
    full: f64,
    rate: f64,
    due: Option<Instant>,
    slowed: Option<Instant>,
    /// The quickest answer so far.
    quick: Option<Duration>,
    silence: Silence,
}

impl Lane {
    /// A lane for so many calls a second.
    pub(super) fn new(rate: f64) -> Self {
        Self { full: rate, rate, due: None, slowed: None, quick: None, silence: Silence::default() }
    }

    /// How long to wait before the next call; the turn is taken.
    pub(super) fn turn(&mut self, now: Instant) -> Duration {
        let burst = Duration::from_secs_f64(BURST / self.rate);
        let earliest = now.checked_sub(burst).unwrap_or(now);
        let due = self.due.map_or(earliest, |due| due.max(earliest));
        self.due = Some(due + Duration::from_secs_f64(1.0 / self.rate));
        due.saturating_duration_since(now)
    }

    /// The service answered: recover a little. Says whether the answer came as quickly as answers do here.
    pub(super) fn answered(&mut self, took: Duration) -> bool {
        self.silence.broken();
        self.rate = (self.rate + self.full / 50.0).min(self.full);
        let quick = self.quick.map_or(took, |quick| quick.min(took));
        self.quick = Some(quick);
        took <= quick * 3 + Duration::from_millis(20)
    }

    /// No answer; throttling slows the lane down.
    pub(super) fn failed(&mut self, trouble: Trouble, now: Instant) {
        self.silence.failed(trouble, now);
        let again = self.slowed.is_none_or(|slowed| now.saturating_duration_since(slowed) >= EPOCH);
        if trouble == Trouble::Throttled && again {
            self.slowed = Some(now);
            self.rate = (self.rate / 2.0).max(self.full * LEAST);
        }
    }

    /// Why the lane is given up, if it is.
    pub(super) fn given_up(&mut self, now: Instant) -> Option<Trouble> {
        self.silence.operation_given_up(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn throttling_halves_the_rate_once_a_burst_and_answers_restore_it() {
        let (mut lane, now) = (Lane::new(100.0), Instant::now());
        (0..10).for_each(|_| lane.failed(Trouble::Throttled, now));
        assert_eq!(lane.rate, 50.0);
        (1..10).for_each(|n| lane.failed(Trouble::Throttled, now + EPOCH * n));
        assert_eq!(lane.rate, 25.0);
        (0..37).for_each(|_| _ = lane.answered(Duration::ZERO));
        assert!(lane.rate < 100.0);
        lane.answered(Duration::ZERO);
        assert_eq!(lane.rate, 100.0);
    }

    #[test]
    fn an_answer_is_slow_beside_the_quickest() {
        let mut lane = Lane::new(100.0);
        let milliseconds = Duration::from_millis;
        assert!(lane.answered(milliseconds(30)) && lane.answered(milliseconds(100)));
        assert!(!lane.answered(milliseconds(120)));
    }
}
