//! One operation in one Region: how often it may be asked, how quick it is, and whether it still answers.

use std::time::{Duration, Instant};

use super::silence::{Silence, Trouble};

/// Calls that may go at once after a silence.
const BURST: f64 = 4.0;
/// Up to this share of the rate at which it was last throttled a lane recovers in a few answers, from there on in many.
const QUICK: f64 = 0.75;
const FEW: f64 = 10.0;
const MANY: f64 = 100.0;
/// After so many answers without throttling, twice as fast, and so on: what throttled has passed.
const CALM: f64 = 10.0;

/// A token bucket, kept as the moment at which the next call is due.
#[derive(Debug)]
pub(super) struct Lane {
    full: f64,
    least: f64,
    rate: f64,
    /// The rate at which it was last throttled, or a higher one that was answered since.
    known: f64,
    /// Answers since it was slowed down.
    calm: f64,
    /// How often it was.
    round: u32,
    due: Option<Instant>,
    slowed: Option<Instant>,
    /// The quickest answer so far.
    quick: Option<Duration>,
    silence: Silence,
}

/// When a call may go.
#[derive(Debug, Clone, Copy)]
pub(super) struct Turn {
    pub(super) wait: Duration,
    round: u32,
}

impl Lane {
    /// A lane for so many calls a second, and for no fewer than `least` however often it is throttled: then somebody else
    /// uses the rest.
    pub(super) fn new(rate: f64, least: f64) -> Self {
        Self {
            full: rate,
            least,
            rate,
            known: rate,
            calm: 0.0,
            round: 0,
            due: None,
            slowed: None,
            quick: None,
            silence: Silence::default(),
        }
    }

    /// The next call's turn, which is taken.
    pub(super) fn turn(&mut self, now: Instant) -> Turn {
        let burst = Duration::from_secs_f64(BURST / self.rate);
        let earliest = now.checked_sub(burst).unwrap_or(now);
        let due = self.due.map_or(earliest, |due| due.max(earliest));
        self.due = Some(due + Duration::from_secs_f64(1.0 / self.rate));
        Turn { wait: due.saturating_duration_since(now), round: self.round }
    }

    /// Whether a turn still stands: the lane was not slowed down since it was taken.
    pub(super) fn stands(&self, turn: &Turn) -> bool {
        turn.round == self.round
    }

    /// The service answered: recover a little. Says whether the answer came as quickly as answers do here.
    pub(super) fn answered(&mut self, took: Duration) -> bool {
        self.silence.broken();
        self.calm += 1.0;
        let step = match self.rate < self.known * QUICK {
            true => self.known / FEW,
            false => self.rate / MANY * (1.0 + self.calm / CALM),
        };
        self.rate = (self.rate + step).min(self.full);
        self.known = self.known.max(self.rate);
        let quick = self.quick.map_or(took, |quick| quick.min(took));
        self.quick = Some(quick);
        took <= quick * 3 + Duration::from_millis(20)
    }

    /// No answer; throttling slows the lane down. What was under way when it was last slowed down says nothing of its
    /// present rate.
    pub(super) fn failed(&mut self, trouble: Trouble, began: Instant, now: Instant) {
        self.silence.failed(trouble, now);
        if trouble == Trouble::Throttled && self.slowed.is_none_or(|slowed| began > slowed) {
            self.slowed = Some(now);
            self.known = self.rate;
            self.rate = (self.rate / 2.0).max(self.least);
            self.due = Some(now + Duration::from_secs_f64(1.0 / self.rate));
            self.calm = 0.0;
            self.round += 1;
        }
    }

    /// Why the lane is given up, if it is.
    pub(super) fn given_up(&mut self, now: Instant) -> Option<Trouble> {
        self.silence.operation_given_up(now)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// What a call of the simulation does next.
    enum Step {
        Ask(i32),
        Go(i32, Turn),
        Hear(i32, Instant, bool),
    }

    /// So many calls of 32 askers at a service that answers where `admits` says so, after 20 ms: how many were throttled, and
    /// how many seconds it took.
    fn simulated(lane: &mut Lane, calls: usize, mut admits: impl FnMut(f64) -> bool) -> (usize, f64) {
        let begin = Instant::now();
        let mut steps: BTreeMap<(Instant, usize), Step> = BTreeMap::new();
        let (mut count, mut begun, mut done, mut throttled) = (0, 32.min(calls), 0, 0);
        let mut at = |steps: &mut BTreeMap<_, _>, time: Instant, step: Step| {
            count += 1;
            steps.insert((time, count), step);
        };
        (0..begun).for_each(|_| at(&mut steps, begin, Step::Ask(0)));
        while let Some(((now, _), step)) = steps.pop_first() {
            match step {
                Step::Ask(tries) => {
                    let turn = lane.turn(now);
                    at(&mut steps, now + turn.wait, Step::Go(tries, turn));
                }
                Step::Go(tries, turn) if !lane.stands(&turn) => at(&mut steps, now, Step::Ask(tries)),
                Step::Go(tries, _) => {
                    let heard = admits((now - begin).as_secs_f64());
                    at(&mut steps, now + Duration::from_millis(20), Step::Hear(tries, now, heard));
                }
                Step::Hear(_, _, true) => {
                    lane.answered(Duration::from_millis(20));
                    done += 1;
                    if done == calls {
                        return (throttled, (now - begin).as_secs_f64());
                    }
                    if begun < calls {
                        begun += 1;
                        at(&mut steps, now, Step::Ask(0));
                    }
                }
                Step::Hear(tries, began, false) => {
                    throttled += 1;
                    lane.failed(Trouble::Throttled, began, now);
                    let wait = (0.15 * 2f64.powi(tries)).min(3.75);
                    at(&mut steps, now + Duration::from_secs_f64(wait), Step::Ask(tries + 1));
                }
            }
        }
        unreachable!("every call is answered at last")
    }

    /// A service that answers so many calls a second, and as many at once after a second of rest.
    fn bucket(per_second: f64) -> impl FnMut(f64) -> bool {
        let (mut held, mut last) = (per_second, 0.0);
        move |now| {
            held = (held + (now - last) * per_second).min(per_second);
            last = now;
            let admits = held >= 1.0;
            held -= f64::from(u8::from(admits));
            admits
        }
    }

    #[test]
    fn a_limit_that_nobody_told_is_found_and_kept() {
        for (limit, calls, most) in [(10.0, 80, 15), (5.0, 100, 20), (40.0, 400, 30)] {
            let (throttled, seconds) = simulated(&mut Lane::new(100.0, 4.0), calls, bucket(limit));
            assert!(
                throttled <= most && seconds < 1.5 * calls as f64 / limit,
                "{limit}: {throttled}, {seconds} s"
            );
        }
    }

    #[test]
    fn what_throttles_by_chance_is_not_waited_for_without_end() {
        let mut random = fastrand::Rng::with_seed(1);
        let (_, seconds) = simulated(&mut Lane::new(100.0, 4.0), 24, |_| random.bool());
        assert!(seconds < 20.0, "{seconds} s");
        let (_, seconds) = simulated(&mut Lane::new(100.0, 4.0), 200, |now| now > 3.0);
        assert!(seconds < 30.0, "what throttled has passed: {seconds} s");
    }

    #[test]
    fn a_burst_of_throttling_halves_the_rate_once_and_turns_are_taken_anew() {
        let (mut lane, now) = (Lane::new(100.0, 4.0), Instant::now());
        let turn = lane.turn(now);
        assert!(lane.stands(&turn));
        let later = now + Duration::from_millis(20);
        (0..10).for_each(|_| lane.failed(Trouble::Throttled, now, later));
        assert_eq!(lane.rate, 50.0);
        assert!(!lane.stands(&turn) && lane.turn(later).wait > Duration::ZERO);
        for later in (1..20).map(|n| later + Duration::from_millis(n)) {
            lane.failed(Trouble::Throttled, later, later);
        }
        assert_eq!(lane.rate, 4.0);
    }

    #[test]
    fn an_answer_is_slow_beside_the_quickest() {
        let mut lane = Lane::new(100.0, 2.0);
        let milliseconds = Duration::from_millis;
        assert!(lane.answered(milliseconds(30)) && lane.answered(milliseconds(100)));
        assert!(!lane.answered(milliseconds(120)));
    }
}
