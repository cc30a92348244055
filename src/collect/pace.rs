//! How fast to ask: a lane for each operation of a Region, a door for each service of it, and the documented rates.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::sync::OwnedSemaphorePermit;

use super::calls::Call;
use super::door::Door;
use super::lane::{Lane, Turn};
use super::silence::{Silence, Trouble};

/// Lanes by operation and Region, for AWS throttles each API of a Region by itself; doors by service and Region.
#[derive(Debug, Default)]
pub struct Pace {
    /// On this machine: an emulator, which has no limits to keep below.
    local: bool,
    lanes: Mutex<HashMap<(&'static str, String), Lane>>,
    doors: Mutex<HashMap<(&'static str, String), Arc<Door>>>,
    /// What never answered: services by Region, and Regions as a whole, under no service.
    places: Mutex<HashMap<(&'static str, String), Silence>>,
}

/// In place of a service: all of them.
const ANY: &str = "";

/// Calls a second, a little below the documented limits, so that none is throttled.
///
/// AWS documentation: the API reference pages of DescribeContinuousBackups and DescribeBackup (10 a second),
/// ListTagsOfResource (10), ListBackups (5), DescribeStreamSummary (20); "Quotas in Amazon DynamoDB" (2,500 a second
/// for DescribeTable and its kin); "Best practices design patterns: optimizing Amazon S3 performance" (5,500 GET
/// requests a second for a prefix); "Request quotas for each AWS KMS API operation" (100 a second for ListGrants).
///
/// Beside it the fewest, however often AWS throttles: what is not documented may be far lower than is thought here.
fn limit(call: &Call) -> (f64, f64) {
    let known = |rate: f64| (rate, rate / 4.0);
    match (call.service, call.operation) {
        ("dynamodb", "ListBackups" | "ListExports") => known(4.5),
        ("dynamodb", "DescribeContinuousBackups" | "ListTagsOfResource" | "DescribeBackup") => known(9.8),
        ("dynamodb", "DescribeExport" | "DescribeTimeToLive" | "DescribeContributorInsights") => known(9.8),
        ("kms", "ListGrants") => known(50.0),
        ("iam", _) => known(10.0),
        ("dynamodb" | "kms" | "sts", _) | ("s3", "GetObject") => (100.0, 4.0),
        // Services beyond the card: a handful of calls, and their limits are low and often not documented.
        _ => (8.0, 1.0),
    }
}

/// A call that may go: its place, and when it went.
pub(super) struct Going {
    door: Arc<Door>,
    place: Option<OwnedSemaphorePermit>,
    began: Instant,
}

impl Pace {
    /// The pace for an endpoint; none is AWS itself.
    pub(super) fn towards(endpoint: Option<&str>) -> Self {
        let host = endpoint.and_then(|url| url.split_once("://")).map_or("", |(_, rest)| rest);
        let local = ["127.0.0.1", "localhost", "[::1]"].iter().any(|name| host.starts_with(name));
        Self { local, ..Self::default() }
    }

    /// Whether the endpoint is an emulator on this machine, which serves nobody else.
    pub(super) fn is_local(&self) -> bool {
        self.local
    }

    /// Why a call need not be made at all: the last ones of its sort all failed, for long enough.
    pub(super) fn given_up(&self, call: &Call, region: &str, now: Instant) -> Option<Trouble> {
        let place = || {
            let mut places = held(&self.places);
            let mut up = |service| places.get_mut(&(service, region.to_owned()))?.place_given_up(now);
            up(ANY).or_else(|| up(call.service))
        };
        self.lane(call, region, |lane| lane.given_up(now)).or_else(place)
    }

    /// The turn of the next call of this sort, which is taken.
    pub(super) fn turn(&self, call: &Call, region: &str, now: Instant) -> Turn {
        self.lane(call, region, |lane| lane.turn(now))
    }

    /// Whether a turn still stands; else another is to be taken.
    pub(super) fn stands(&self, call: &Call, region: &str, turn: &Turn) -> bool {
        self.lane(call, region, |lane| lane.stands(turn))
    }

    /// Waits for a place among the calls that are under way at this service of this Region.
    pub(super) async fn enter(&self, call: &Call, region: &str) -> Going {
        let door = Arc::clone(held(&self.doors).entry((call.service, region.to_owned())).or_default());
        let place = door.enter().await;
        Going { door, place, began: Instant::now() }
    }

    /// The call was answered: ask a little faster, and more at a time while answers are quick.
    pub(super) fn answered(&self, call: &Call, region: &str, going: Going) {
        let took = going.began.elapsed();
        let quickly = self.lane(call, region, |lane| lane.answered(took));
        going.door.answered(going.place, quickly);
        self.place(call, region, Silence::broken);
    }

    /// The call was not answered, for a reason that may pass.
    pub(super) fn failed(&self, call: &Call, region: &str, going: Going, trouble: Trouble) {
        self.lane(call, region, |lane| lane.failed(trouble, going.began, Instant::now()));
        match trouble {
            Trouble::Throttled => {
                going.door.throttled(going.place);
                self.place(call, region, Silence::put_off);
            }
            Trouble::Lost => {
                going.door.answered(going.place, false);
                self.place(call, region, |place| place.failed(trouble, Instant::now()));
            }
        }
    }

    /// What came says nothing of what was asked.
    pub(super) fn spoilt(&self, call: &Call, region: &str, going: Going) {
        going.door.answered(going.place, false);
        self.place(call, region, Silence::put_off);
    }

    fn place(&self, call: &Call, region: &str, tell: impl Fn(&mut Silence)) {
        let mut places = held(&self.places);
        for service in [ANY, call.service] {
            tell(places.entry((service, region.to_owned())).or_default());
        }
    }

    fn lane<T>(&self, call: &Call, region: &str, use_it: impl FnOnce(&mut Lane) -> T) -> T {
        let mut lanes = held(&self.lanes);
        let (most, least) = if self.local { LOCAL } else { limit(call) };
        let lane = lanes.entry((call.operation, region.to_owned())).or_insert_with(|| Lane::new(most, least));
        use_it(lane)
    }
}

/// Calls a second to an emulator on this machine, or to what a port of it leads to: at the most, and at the least.
const LOCAL: (f64, f64) = (2000.0, 5.0);

fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::calls::{DESCRIBE_CONTINUOUS_BACKUPS, DESCRIBE_TABLE};

    fn waited(pace: &Pace, call: &Call, calls: usize, now: Instant) -> f64 {
        (0..calls).map(|_| pace.turn(call, "eu-west-1", now).wait).max().unwrap_or_default().as_secs_f64()
    }

    #[test]
    fn slow_lanes_keep_below_their_limit_and_do_not_slow_others() {
        let (pace, now) = (Pace::default(), Instant::now());
        let slow = waited(&pace, &DESCRIBE_CONTINUOUS_BACKUPS, 105, now);
        assert!((10.0..11.0).contains(&slow), "{slow}");
        assert!(waited(&pace, &DESCRIBE_TABLE, 100, now) < 1.0);
    }

    #[test]
    fn only_an_endpoint_on_this_machine_is_asked_freely() {
        let slow =
            |endpoint| waited(&Pace::towards(endpoint), &DESCRIBE_CONTINUOUS_BACKUPS, 106, Instant::now());
        assert!(slow(Some("http://127.0.0.1:4566")) < 1.0 && slow(Some("http://localhost")) < 1.0);
        assert!(slow(Some("https://vpce-1.dynamodb.eu-west-1.vpce.amazonaws.com")) > 9.0 && slow(None) > 9.0);
    }
}
