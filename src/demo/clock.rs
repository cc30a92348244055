//! The account's own clock, which stands still so that two runs give the same dates.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_smithy_async::time::TimeSource;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::Embedded;

/// Seconds since the epoch, shared by everything in one account.
#[derive(Debug)]
pub(super) struct Clock(AtomicI64);

impl Clock {
    pub(super) fn at(seconds: i64) -> Self {
        Self(AtomicI64::new(seconds))
    }

    pub(super) fn set(&self, seconds: i64) {
        self.0.store(seconds, Ordering::Relaxed);
    }

    pub(super) fn seconds(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl dynoxide::storage_backend::Clock for Clock {
    fn now_unix_secs(&self) -> u64 {
        self.seconds().unsigned_abs()
    }

    fn now_unix_secs_f64(&self) -> f64 {
        self.seconds() as f64
    }
}

/// The SDK's clients live at the same instant, so that ages are reckoned from it.
impl TimeSource for Embedded {
    fn now(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(self.0.clock.seconds().unsigned_abs())
    }
}

/// `2026-11-01T09:00:00Z`.
pub(super) fn iso(seconds: i64) -> String {
    OffsetDateTime::from_unix_timestamp(seconds)
        .ok()
        .and_then(|t| t.format(&Rfc3339).ok())
        .unwrap_or_default()
}
