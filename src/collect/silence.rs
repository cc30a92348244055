//! Whether something still answers: what failed on end for long is given up, and tried now and then.

use std::time::{Duration, Instant};

/// Why a call brought no answer, where to ask again may help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trouble {
    /// Too many calls for the service.
    Throttled,
    /// No answer came in time, or no connection.
    Lost,
}

/// When to give up: so many failures in a row, over so long; throttled ones are waited out longer.
const THROTTLED: (u32, Duration) = (20, Duration::from_secs(45));
const LOST: (u32, Duration) = (4, Duration::from_secs(15));
/// The same for an endpoint, or a Region, that never answered at all.
const NEVER: (u32, Duration) = (2, Duration::from_secs(3));
/// How often one call tries whether it answers again.
const PROBE: Duration = Duration::from_secs(5);
const PROBE_NEVER: Duration = Duration::from_secs(30);

/// Failures since the last answer.
#[derive(Debug, Default)]
pub(super) struct Silence {
    heard: bool,
    put_off: bool,
    failing: Option<Failing>,
}

#[derive(Debug)]
struct Failing {
    since: Instant,
    failures: u32,
    last: Trouble,
    probed: Instant,
}

impl Silence {
    /// Something answered.
    pub(super) fn broken(&mut self) {
        *self = Self { heard: true, ..Self::default() };
    }

    /// Something came that was no answer (calls are too many, an error of the service's own, a page that was spoilt): whoever sends it
    /// is there, and yet it is no sign that anything will be answered.
    pub(super) fn put_off(&mut self) {
        self.put_off = true;
    }

    /// A call failed.
    pub(super) fn failed(&mut self, trouble: Trouble, now: Instant) {
        let first = Failing { since: now, failures: 0, last: trouble, probed: now };
        let failing = self.failing.get_or_insert(first);
        failing.failures += 1;
        failing.last = trouble;
    }

    /// Why an operation is given up, if it is.
    pub(super) fn operation_given_up(&mut self, now: Instant) -> Option<Trouble> {
        let rule = match self.failing.as_ref()?.last {
            Trouble::Throttled => THROTTLED,
            Trouble::Lost => LOST,
        };
        self.given_up(rule, PROBE, now)
    }

    /// Whether an endpoint, or a Region, is given up because it never answered.
    pub(super) fn place_given_up(&mut self, now: Instant) -> Option<Trouble> {
        let rule = if self.put_off { LOST } else { NEVER };
        if self.heard { None } else { self.given_up(rule, PROBE_NEVER, now) }
    }

    fn given_up(&mut self, rule: (u32, Duration), probe: Duration, now: Instant) -> Option<Trouble> {
        let failing = self.failing.as_mut()?;
        if failing.failures < rule.0 || now.saturating_duration_since(failing.since) < rule.1 {
            return None;
        }
        if now.saturating_duration_since(failing.probed) >= probe {
            failing.probed = now;
            return None;
        }
        Some(failing.last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_never_answers_is_given_up_and_tried_now_and_then() {
        let (mut silence, now) = (Silence::default(), Instant::now());
        let after = |seconds: u64| now + Duration::from_secs(seconds);
        (0..9).for_each(|_| silence.failed(Trouble::Lost, now));
        assert_eq!(silence.operation_given_up(now), None);
        assert_eq!(silence.operation_given_up(after(20)), None, "the one that tries");
        assert_eq!(silence.operation_given_up(after(21)), Some(Trouble::Lost));
        assert_eq!(silence.operation_given_up(after(26)), None);
        (0..20).for_each(|_| silence.failed(Trouble::Throttled, after(27)));
        assert_eq!(silence.operation_given_up(after(28)), None, "throttling is waited out longer");
        assert_eq!(silence.operation_given_up(after(46)), None);
        assert_eq!(silence.operation_given_up(after(47)), Some(Trouble::Throttled));
        silence.broken();
        assert_eq!(silence.operation_given_up(after(60)), None);
    }

    #[test]
    fn a_place_that_ever_answered_is_not_given_up_as_a_whole() {
        let (mut silence, now) = (Silence::default(), Instant::now());
        let after = |seconds: u64| now + Duration::from_secs(seconds);
        silence.failed(Trouble::Lost, now);
        assert_eq!(silence.place_given_up(after(9)), None, "once is chance");
        silence.failed(Trouble::Lost, after(9));
        assert_eq!(silence.place_given_up(after(10)), Some(Trouble::Lost));
        assert_eq!(silence.place_given_up(after(31)), None, "the one that tries");
        assert_eq!(silence.place_given_up(after(32)), Some(Trouble::Lost));
        silence.broken();
        (0..9).for_each(|_| silence.failed(Trouble::Lost, after(40)));
        assert_eq!(silence.place_given_up(after(99)), None);
    }

    #[test]
    fn a_place_that_puts_off_and_never_answers_is_given_up_later() {
        let (mut silence, now) = (Silence::default(), Instant::now());
        let after = |seconds: u64| now + Duration::from_secs(seconds);
        silence.put_off();
        (0..3).for_each(|_| silence.failed(Trouble::Lost, now));
        assert_eq!(silence.place_given_up(after(16)), None, "three may be chance");
        silence.failed(Trouble::Lost, after(16));
        assert_eq!(silence.place_given_up(after(17)), Some(Trouble::Lost));
        silence.broken();
        assert_eq!(silence.place_given_up(after(18)), None);
    }
}
