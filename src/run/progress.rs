//! How far a collection has come, as one line on the terminal.

use std::{
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::assess::rounded;
use crate::{
    collect,
    report::{effort::Effort, text::count},
};

/// Counts what was reached, and shows it if there is a terminal to show it on.
pub struct Line {
    bar: ProgressBar,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    regions: BTreeSet<String>,
    found: u64,
    done: u64,
    items: u64,
    took: (u64, u64, u64),
}

impl Line {
    /// A line, drawn only if `shown`.
    pub fn new(shown: bool) -> Self {
        let target = if shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(None, target);
        // The template is ours; were it wrong, the plain style would do.
        if let Ok(style) = ProgressStyle::with_template("{spinner} {elapsed} {wide_msg}") {
            bar.set_style(style);
        }
        bar.set_message("finding credentials");
        if shown {
            bar.enable_steady_tick(Duration::from_millis(120));
        }
        Self { bar, seen: Mutex::default() }
    }

    /// Takes the line away.
    pub fn clear(&self) {
        self.bar.finish_and_clear();
    }

    /// What the collection took, in so many seconds; nothing was sent before it is done.
    pub fn took(&self, seconds: f64) -> Effort {
        let (requests, throttled, sent_again) = self.seen.lock().unwrap_or_else(PoisonError::into_inner).took;
        Effort { requests, throttled, sent_again, collecting_seconds: rounded(seconds), judging_seconds: 0.0 }
    }

    fn update(&self, change: impl FnOnce(&mut Seen)) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut seen);
        self.bar.set_message(format!(
            "Regions {} · tables {} of {} · items {}",
            count(seen.regions.len() as u64),
            count(seen.done),
            count(seen.found),
            count(seen.items),
        ));
    }
}

impl collect::Progress for Line {
    fn region(&self, region: &str) {
        self.update(|seen| {
            seen.regions.insert(region.to_owned());
        });
    }
    fn tables(&self, _region: &str, found: usize) {
        self.update(|seen| seen.found += found as u64);
    }
    fn table_done(&self, _arn: &str) {
        self.update(|seen| seen.done += 1);
    }
    fn items(&self, more: u64) {
        self.update(|seen| seen.items += more);
    }
    fn done(&self, effort: &collect::Effort) {
        self.update(|seen| seen.took = effort.figures());
    }
}
