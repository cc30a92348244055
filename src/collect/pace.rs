//! How fast to ask: a lane for each operation and Region, slower after throttling, slowly recovering.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::calls::Call;

/// Lanes by operation and Region: AWS throttles each API of a Region by itself.
#[derive(Debug, Default)]
pub struct Pace {
    /// On this machine: an emulator, which has no limits to keep below.
    local: bool,
    lanes: Mutex<HashMap<(&'static str, String), Lane>>,
}

/// Calls a second, below the documented limits so that others can work beside us.
///
/// AWS documentation: the API reference pages of DescribeContinuousBackups and DescribeBackup (10 a second),
/// ListTagsOfResource (10), ListBackups (5); "Quotas in Amazon DynamoDB" (2,500 a second for DescribeTable and
/// its kin); "Request quotas for each AWS KMS API operation" (100 a second for ListGrants).
fn limit(call: &Call) -> f64 {
    match (call.service, call.operation) {
        ("dynamodb", "ListBackups" | "ListExports") => 4.0,
        ("dynamodb", "DescribeContinuousBackups" | "ListTagsOfResource" | "DescribeBackup") => 9.0,
        ("dynamodb", "DescribeExport" | "DescribeTimeToLive" | "DescribeContributorInsights") => 10.0,
        ("kms", "ListGrants") => 50.0,
        ("iam", _) => 10.0,
        ("dynamodb" | "kms" | "sts", _) => 100.0,
        // Services beyond the card: a handful of calls, and their limits are low and often not documented.
        _ => 8.0,
    }
}

impl Pace {
    /// The pace for an endpoint; none is AWS itself.
    pub(super) fn towards(endpoint: Option<&str>) -> Self {
        let host = endpoint.and_then(|url| url.split_once("://")).map_or("", |(_, rest)| rest);
        let local = ["127.0.0.1", "localhost", "[::1]"].iter().any(|name| host.starts_with(name));
        Self { local, lanes: Mutex::default() }
    }

    /// Whether the endpoint is an emulator on this machine, which serves nobody else.
    pub(super) fn is_local(&self) -> bool {
        self.local
    }

    /// How long to wait before the next call of this sort; the turn is taken.
    pub(super) fn turn(&self, call: &Call, region: &str, now: Instant) -> Duration {
        self.lane(call, region, |lane| lane.turn(now))
    }

    /// The service throttled: halve the rate.
    pub(super) fn throttled(&self, call: &Call, region: &str) {
        self.lane(call, region, Lane::slow_down);
    }

    /// The service answered: recover a little.
    pub(super) fn answered(&self, call: &Call, region: &str) {
        self.lane(call, region, Lane::recover);
    }

    fn lane<T>(&self, call: &Call, region: &str, use_it: impl FnOnce(&mut Lane) -> T) -> T {
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        let rate = if self.local { LOCAL } else { limit(call) };
        let lane = lanes.entry((call.operation, region.to_owned())).or_insert_with(|| Lane::new(rate));
        use_it(lane)
    }
}

/// Calls a second to an emulator on this machine.
const LOCAL: f64 = 1000.0;
/// Calls that may go at once after a silence.
const BURST: f64 = 5.0;
/// However often it is throttled, a lane never falls below this many calls a second.
const FLOOR: f64 = 0.5;

/// A token bucket, kept as the moment at which the next call is due.
#[derive(Debug)]
struct Lane {
    full: f64,
    rate: f64,
    due: Option<Instant>,
}

impl Lane {
    fn new(rate: f64) -> Self {
        Self { full: rate, rate, due: None }
    }

    fn turn(&mut self, now: Instant) -> Duration {
        let burst = Duration::from_secs_f64(BURST / self.rate);
        let earliest = now.checked_sub(burst).unwrap_or(now);
        let due = self.due.map_or(earliest, |due| due.max(earliest));
        self.due = Some(due + Duration::from_secs_f64(1.0 / self.rate));
        due.saturating_duration_since(now)
    }

    fn slow_down(&mut self) {
        self.rate = (self.rate / 2.0).max(FLOOR);
    }

    fn recover(&mut self) {
        self.rate = (self.rate + self.full / 50.0).min(self.full);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::calls::{DESCRIBE_CONTINUOUS_BACKUPS, DESCRIBE_TABLE};

    fn waited(pace: &Pace, call: &Call, calls: usize, now: Instant) -> f64 {
        (0..calls).map(|_| pace.turn(call, "eu-west-1", now)).max().unwrap_or_default().as_secs_f64()
    }

    #[test]
    fn slow_lanes_keep_below_their_limit_and_do_not_slow_others() {
        let (pace, now) = (Pace::default(), Instant::now());
        let slow = waited(&pace, &DESCRIBE_CONTINUOUS_BACKUPS, 106, now);
        assert!((10.0..12.0).contains(&slow), "{slow}");
        assert!(waited(&pace, &DESCRIBE_TABLE, 100, now) < 1.0);
    }

    #[test]
    fn only_an_endpoint_on_this_machine_is_asked_freely() {
        let slow =
            |endpoint| waited(&Pace::towards(endpoint), &DESCRIBE_CONTINUOUS_BACKUPS, 106, Instant::now());
        assert!(slow(Some("http://127.0.0.1:4566")) < 1.0 && slow(Some("http://localhost")) < 1.0);
        assert!(slow(Some("https://vpce-1.dynamodb.eu-west-1.vpce.amazonaws.com")) > 9.0 && slow(None) > 9.0);
    }

    #[test]
    fn throttling_halves_the_rate_and_answers_restore_it() {
        let mut lane = Lane::new(100.0);
        lane.slow_down();
        assert_eq!(lane.rate, 50.0);
        (0..10).for_each(|_| lane.slow_down());
        assert_eq!(lane.rate, FLOOR);
        (0..49).for_each(|_| lane.recover());
        assert!(lane.rate < 100.0);
        (0..2).for_each(|_| lane.recover());
        assert_eq!(lane.rate, 100.0);
    }
}
