//! How far a collection has come, as one line on the terminal.

use std::{
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::{
    collect,
    report::text::{count, counted},
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
    took: String,
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

    /// What the collection took, in words; empty before it is done.
    pub fn took(&self) -> String {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).took.clone()
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
        let (sent, throttled, again) = effort.figures();
        let told = |n: u64, what: &str| match n {
            0 => String::new(),
            n => format!(", {} {what}", count(n)),
        };
        let took = format!(
            ": {}{}{}",
            counted(sent, "request", "requests"),
            told(throttled, "throttled"),
            told(again, "sent again"),
        );
        self.update(|seen| seen.took = took);
    }
}
