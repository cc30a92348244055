//! One operation in one Region: how often it may be asked, how quick it is, and whether it still answers.

use std::time::{Duration, Instant};

/// Calls that may go at once after a silence.
const BURST: f64 = 4.0;
/// However often it is throttled, a lane keeps this share of its full rate: then somebody else uses the rest.
const LEAST: f64 = 0.25;
/// One burst of throttling comes as many answers, and slows the lane down once.
const EPOCH: Duration = Duration::from_secs(1);
/// A lane is given up after so many failures in a row, over so long; throttled ones are waited out longer.
const THROTTLED: (u32, Duration) = (20, Duration::from_secs(45));
const LOST: (u32, Duration) = (4, Duration::from_secs(15));
/// How often one call tries whether a lane that was given up answers again.
const PROBE: Duration = Duration::from_secs(5);

/// A token bucket, kept as the moment at which the next call is due.
#[derive(Debug)]
pub(super) struct Lane {
    full: f64,
    rate: f64,
    due: Option<Instant>,
    slowed: Option<Instant>,
    /// The quickest answer so far.
    quick: Option<Duration>,
    silence: Option<Silence>,
}

/// Why a call brought no answer, where to ask again may help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trouble {
    /// Too many calls for the service.
    Throttled,
    /// No answer came in time, or no connection.
    Lost,
}

/// Failures since the last answer.
#[derive(Debug)]
struct Silence {
    since: Instant,
    failures: u32,
    last: Trouble,
    probed: Instant,
}

impl Lane {
    /// A lane for so many calls a second.
    pub(super) fn new(rate: f64) -> Self {
        Self { full: rate, rate, due: None, slowed: None, quick: None, silence: None }
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
        self.silence = None;
        self.rate = (self.rate + self.full / 50.0).min(self.full);
        let quick = self.quick.map_or(took, |quick| quick.min(took));
        self.quick = Some(quick);
        took <= quick * 3 + Duration::from_millis(20)
    }

    /// No answer; throttling slows the lane down.
    pub(super) fn failed(&mut self, trouble: Trouble, now: Instant) {
        let silence =
            self.silence.get_or_insert(Silence { since: now, failures: 0, last: trouble, probed: now });
        silence.failures += 1;
        silence.last = trouble;
        let again = self.slowed.is_none_or(|slowed| now.saturating_duration_since(slowed) >= EPOCH);
        if trouble == Trouble::Throttled && again {
            self.slowed = Some(now);
            self.rate = (self.rate / 2.0).max(self.full * LEAST);
        }
    }

    /// Why the lane is given up, if it is. Now and then one call is let through to see.
    pub(super) fn given_up(&mut self, now: Instant) -> Option<Trouble> {
        let silence = self.silence.as_mut()?;
        let (failures, time) = match silence.last {
            Trouble::Throttled => THROTTLED,
            Trouble::Lost => LOST,
        };
        if silence.failures < failures || now.saturating_duration_since(silence.since) < time {
            return None;
        }
        if now.saturating_duration_since(silence.probed) >= PROBE {
            silence.probed = now;
            return None;
        }
        Some(silence.last)
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
    fn a_lane_that_never_answers_is_given_up_and_tried_now_and_then() {
        let (mut lane, now) = (Lane::new(100.0), Instant::now());
        let after = |seconds: u64| now + Duration::from_secs(seconds);
        (0..9).for_each(|_| lane.failed(Trouble::Lost, now));
        assert_eq!(lane.given_up(now), None);
        assert_eq!(lane.given_up(after(20)), None, "the one that tries");
        assert_eq!(lane.given_up(after(21)), Some(Trouble::Lost));
        assert_eq!(lane.given_up(after(26)), None);
        (0..20).for_each(|_| lane.failed(Trouble::Throttled, after(27)));
        assert_eq!(lane.given_up(after(28)), None, "throttling is waited out longer");
        assert_eq!(lane.given_up(after(46)), None);
        assert_eq!(lane.given_up(after(47)), Some(Trouble::Throttled));
        lane.answered(Duration::ZERO);
        assert_eq!(lane.given_up(after(60)), None);
    }

    #[test]
    fn an_answer_is_slow_beside_the_quickest() {
        let mut lane = Lane::new(100.0);
        let milliseconds = Duration::from_millis;
        assert!(lane.answered(milliseconds(30)) && lane.answered(milliseconds(100)));
        assert!(!lane.answered(milliseconds(120)));
    }
}
