//! A run in one line, for a log.

use super::{
    View,
    text::{cell, count, counted},
};
use crate::finding::triage::Triage;

/// Longest line, in columns.
const MOST: usize = 400;

/// The line: what is flagged and what of it is new, what was not assessed, what was resolved; without a line feed.
pub fn line(view: &View) -> String {
    let accounts: Vec<&str> = view.run.accounts.iter().map(|account| account.id.as_str()).collect();
    let mut said = format!(
        "dynaudit: account {}: {} flagged",
        cell(&accounts.join(", "), 60),
        count(view.summary.verdicts.flagged)
    );
    if let Some(triage) = &view.triage {
        said += &format!(" ({})", came_up(triage));
    }
    said += &format!(", {} not assessed", count(view.summary.verdicts.unknown));
    if let Some(triage) = &view.triage {
        let n = |list: usize| count(list as u64);
        said += &format!(", {} resolved", n(triage.resolved.len()));
        said += &format!(", {} not seen again", n(triage.not_seen_again.len()));
        said += &format!(", {} no longer assessed", n(triage.not_assessed.len()));
    }
    said += &format!("; {}", counted(view.summary.gaps, "gap", "gaps"));
    if view.gaps.iter().any(|gap| gap.why.is_unreached()) {
        said += "; ended early";
    }
    cell(&said, MOST)
}

/// Flagged findings that somebody has to look at, counted.
pub(super) fn came_up(triage: &Triage) -> String {
    let ended = match triage.acceptance_ended {
        0 => String::new(),
        n => format!(", {} no longer accepted", count(n)),
    };
    format!("{} new, {} reopened{ended}", count(triage.new), count(triage.reopened))
}
