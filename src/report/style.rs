//! Colours: one for each severity, and bold for headings. Written always, stripped where not wanted.

use anstyle::{AnsiColor, Style};
use comfy_table::{Attribute, Cell, Color};

use crate::finding::{Severity, Verdict};

/// A heading.
pub fn heading(text: &str) -> String {
    let bold = Style::new().bold();
    format!("{bold}{text}{bold:#}")
}

/// A severity or what is counted under it.
pub fn severity(severity: Severity, text: &str) -> String {
    let style = match severity {
        Severity::Critical => AnsiColor::Magenta.on_default().bold(),
        Severity::High => AnsiColor::Red.on_default(),
        Severity::Medium => AnsiColor::Yellow.on_default(),
        Severity::Low => AnsiColor::Cyan.on_default(),
        Severity::Info => Style::new().dimmed(),
    };
    format!("{style}{text}{style:#}")
}

/// The same as a cell of a table.
pub fn severity_cell(severity: Severity) -> Cell {
    let cell = Cell::new(severity.as_str());
    match severity {
        Severity::Critical => cell.fg(Color::DarkMagenta).add_attribute(Attribute::Bold),
        Severity::High => cell.fg(Color::DarkRed),
        Severity::Medium => cell.fg(Color::DarkYellow),
        Severity::Low => cell.fg(Color::DarkCyan),
        Severity::Info => cell.add_attribute(Attribute::Dim),
    }
}

/// A verdict as a cell of a table.
pub fn verdict_cell(verdict: Verdict) -> Cell {
    let cell = Cell::new(verdict.as_str());
    match verdict {
        Verdict::Flagged => cell,
        Verdict::Unknown => cell.fg(Color::DarkYellow),
        Verdict::Clear => cell.fg(Color::DarkGreen),
        Verdict::NotApplicable => cell.add_attribute(Attribute::Dim),
    }
}

/// A heading as a cell of a table.
pub fn heading_cell(text: &str) -> Cell {
    Cell::new(text).add_attribute(Attribute::Bold)
}
