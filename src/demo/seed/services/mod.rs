//! What the company's other services say about its tables.

mod backup;
mod organization;
mod others;
mod tags;
mod trail;

use serde_json::Value;

use crate::demo::{Embedded, locked};

pub(super) fn plant(account: &Embedded, streams: &[(&str, String)]) {
    let shelf = Laying { account };
    tags::plant(&shelf);
    backup::plant(&shelf);
    trail::plant(&shelf);
    organization::plant(&shelf);
    others::plant(&shelf, streams);
}

/// Lays out answers.
struct Laying<'a> {
    account: &'a Embedded,
}

impl Laying<'_> {
    /// The answer of `service:Operation` in a Region, about something or, with an empty text, about all.
    fn lay(&self, region: &str, call: &str, about: &str, answer: Value) {
        locked(&self.account.0.shelf).lay(region, call, about, answer);
    }
}
