//! Verdicts that the configuration leaves out: which hold today, and which were of no use.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use crate::{config::detection::Ignore, snapshot::Timestamp};

/// The exceptions of a run, each with the number of verdicts that it left out.
pub struct Ignores {
    holding: Vec<(Ignore, AtomicU64)>,
    expired: Vec<Ignore>,
}

impl Ignores {
    /// Those that hold, and those that no longer do.
    pub fn new(all: Vec<Ignore>, now: Timestamp) -> Self {
        let (holding, expired) = all.into_iter().partition::<Vec<_>, _>(|ignore| ignore.holds(now));
        Self { holding: holding.into_iter().map(|ignore| (ignore, AtomicU64::new(0))).collect(), expired }
    }

    /// Those that hold today, and those that no longer do.
    pub fn today(all: Vec<Ignore>) -> Self {
        Self::new(all, Timestamp(time::OffsetDateTime::now_utc().unix_timestamp()))
    }

    /// Those that hold, for a detector that leaves out by itself.
    #[cfg(feature = "aws")]
    pub fn exceptions(&self) -> Vec<crate::detect::Exception> {
        self.holding.iter().map(|(ignore, _)| ignore.exception.clone()).collect()
    }

    /// Whether a verdict is left out; it is counted.
    pub fn cover(&self, path: &str, rule: &str) -> bool {
        let found = self.holding.iter().find(|(ignore, _)| ignore.exception.covers(path, rule));
        found.map(|(_, count)| count.fetch_add(1, Relaxed)).is_some()
    }

    /// What is to be said of exceptions whose day has passed: they leave nothing out.
    pub fn expired(&self) -> impl Iterator<Item = String> {
        self.expired.iter().map(|one| {
            format!(
                "no longer ignored, its day has passed: {} ({})",
                one.exception.path, one.exception.reason
            )
        })
    }

    /// What is to be said at the end: how much was left out, and which exceptions matched nothing.
    pub fn unused(&self) -> impl Iterator<Item = String> {
        self.holding.iter().map(|(one, count)| match count.load(Relaxed) {
            0 => format!("ignored nothing, remove it: {} ({})", one.exception.path, one.exception.reason),
            n => format!(
                "ignored by the configuration: {n} at {} ({})",
                one.exception.path, one.exception.reason
            ),
        })
    }
}
