//! What a run took of AWS and of time: the one part of a report that is another each time.

use schemars::JsonSchema;
use serde::Serialize;

use super::{
    View,
    text::{count, counted},
};

/// What a run took, up to its report. A snapshot that is judged again, and the embedded account, have none.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
pub struct Effort {
    /// Requests sent, each attempt counted.
    pub requests: u64,
    /// Of these, those that AWS throttled.
    pub throttled: u64,
    /// Of these, those that were sent once more after a failure.
    pub sent_again: u64,
    /// Seconds by the clock on the wall that asking and sampling took, which go on side by side.
    pub collecting_seconds: f64,
    /// Seconds that judging took; 0 before that.
    pub judging_seconds: f64,
}

impl Effort {
    /// The requests in words: `89 requests, 14 throttled, 10 sent again`.
    pub fn said(&self) -> String {
        let mut said = counted(self.requests, "request", "requests");
        for (n, what) in [(self.throttled, "throttled"), (self.sent_again, "sent again")] {
            if n > 0 {
                said.push_str(&format!(", {} {what}", count(n)));
            }
        }
        said
    }

    /// The same, with the seconds.
    pub(super) fn line(&self) -> String {
        let (asking, judging) = (self.collecting_seconds, self.judging_seconds);
        format!("{}; {asking:.1} s collecting, {judging:.1} s judging", self.said())
    }
}

impl View {
    /// The view with what the run took.
    #[must_use]
    pub fn with_effort(mut self, effort: Option<Effort>) -> Self {
        self.run.effort = effort;
        self
    }
}
