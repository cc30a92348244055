//! The report for people: what was audited, a table of findings, and what follows from it.

use comfy_table::{Cell, ColumnConstraint, ContentArrangement, Table, Width, presets};

use super::{
    View, label, sections, style,
    text::{cell, columns, count},
};
use crate::finding::{Finding, State, Subject, SubjectKind, Verdict};

/// Rows of one check with one verdict; the rest is counted, not shown.
const ROWS_PER_CHECK: usize = 10;
/// Columns of text that a cell may fill over its lines.
const SUBJECT_CUT: usize = 160;
const MESSAGE_CUT: usize = 480;
/// Narrower than this nothing is legible.
const NARROWEST: u16 = 40;

/// The report at `width` columns, with colours as escape sequences: strip them where they are not wanted.
pub fn render(view: &View, width: u16) -> String {
    let width = width.max(NARROWEST);
    let mut out = sections::header(view, width);
    out.push('\n');
    out.push_str(&findings(view, width));
    out.push('\n');
    for section in [
        sections::controls(view, width),
        sections::since(view, width),
        sections::accepted(view, width),
        sections::summary(view, width),
        sections::not_assessed(view, width),
        sections::coverage(view, width),
        sections::next_steps(view, width),
    ] {
        if !section.is_empty() {
            out.push('\n');
            out.push_str(&section);
        }
    }
    out
}

/// Whether each row must say its verdict. By default all rows are flagged, and what is unknown is
/// summed up by its cause.
fn says_verdict(view: &View) -> bool {
    use Verdict::{Clear, Flagged, NotApplicable};
    !view.verdicts.contains(&Flagged) || [Clear, NotApplicable].iter().any(|v| view.verdicts.contains(v))
}

fn findings(view: &View, width: u16) -> String {
    let verdicts = says_verdict(view);
    // What somebody answers for, and what was flagged in an earlier run too, is counted and not listed.
    let listed = |f: &&Finding| match f.state {
        _ if f.accepted.is_some() => false,
        Some(State::Unchanged) if view.triage.is_some() => false,
        _ => verdicts || f.verdict == Verdict::Flagged,
    };
    let shown: Vec<&Finding> = view.findings.iter().filter(listed).collect();
    if shown.is_empty() {
        return nothing(view, verdicts);
    }
    let places = Places::of(view);
    // Room for `… and 1,234 more`, and for what was seen.
    let fold = |wanted: usize, share: u16| wanted.max(16).min(usize::from(width / share));
    let id_columns = fold(shown.iter().map(|f| columns(&f.check)).max().unwrap_or(0), 5);
    let labels: Vec<String> = shown.iter().map(|f| cell(&places.label(&f.subject), SUBJECT_CUT)).collect();
    let label_columns = fold(labels.iter().map(|l| columns(l)).max().unwrap_or(0), 4);

    let mut table = base(width);
    table.load_style(presets::UTF8_FULL_CONDENSED);
    let verdict_heading = verdicts.then_some("VERDICT");
    let headings =
        ["SEVERITY"].into_iter().chain(verdict_heading).chain(["CHECK", "SUBJECT", "WHAT WAS SEEN"]);
    table.set_header(headings.map(style::heading_cell));
    let mut row = |first: Cell, verdict: Option<Verdict>, id: &str, label: &str, said: &str| {
        let mut cells = vec![first];
        cells.extend(verdicts.then(|| verdict.map_or_else(|| Cell::new(""), style::verdict_cell)));
        cells.extend([
            Cell::new(folded(&cell(id, SUBJECT_CUT), id_columns)),
            Cell::new(label),
            Cell::new(said),
        ]);
        table.add_row(cells);
    };
    let mut labels = labels.iter();
    for same in shown.chunk_by(|a, b| a.check == b.check && a.verdict == b.verdict) {
        for (at, (finding, label)) in same.iter().zip(labels.by_ref()).enumerate() {
            if at < ROWS_PER_CHECK {
                let said = cell(&label::said(finding), MESSAGE_CUT);
                row(
                    style::severity_cell(finding.severity),
                    Some(finding.verdict),
                    &finding.check,
                    label,
                    &said,
                );
            }
        }
        if let Some(more) = same.len().checked_sub(ROWS_PER_CHECK).filter(|n| *n > 0) {
            let more = format!("… and {} more", count(more as u64));
            row(Cell::new(""), None, &same[0].check, &more, "all of them: --format json");
        }
    }
    let at = 1 + usize::from(verdicts);
    for (column, text) in [(at, id_columns), (at + 1, label_columns)] {
        if let Some(column) = table.column_mut(column) {
            // A column of padding on either side.
            let fixed = u16::try_from(text + 2).unwrap_or(u16::MAX);
            column.set_constraint(ColumnConstraint::Absolute(Width::Fixed(fixed)));
        }
    }
    table.trim_fmt()
}

/// Columns of the terminal that standard output is, if it is one.
pub fn terminal_width() -> Option<u16> {
    Table::new().width()
}

fn nothing(view: &View, verdicts: bool) -> String {
    if verdicts {
        return "No finding has one of the verdicts asked for.".to_owned();
    }
    if view.triage.as_ref().is_some_and(|triage| triage.unchanged > 0) {
        return "Nothing is flagged that was not flagged before.".to_owned();
    }
    if view.findings.iter().any(|f| f.accepted.is_some()) {
        return "Nothing is flagged that nobody answers for.".to_owned();
    }
    match view.summary.verdicts.unknown {
        0 => "Nothing is flagged.".to_owned(),
        n => format!("Nothing is flagged, and {} could not be reached: see below.", sections::verdicts(n)),
    }
}

/// A check's id over lines of at most `most` columns, each but the last ending in a hyphen, so that none is lost.
fn folded(id: &str, most: usize) -> String {
    let mut out = String::new();
    let mut used = 0;
    for part in id.split_inclusive('-') {
        let wide = columns(part);
        if used > 0 && used + wide > most {
            out.push('\n');
            used = 0;
        }
        out.push_str(part);
        used += wide;
    }
    out
}

/// A table that wraps at `width` whatever it is written to, so that the same input gives the same bytes.
pub(super) fn base(width: u16) -> Table {
    let mut table = Table::new();
    table.set_width(width).set_content_arrangement(ContentArrangement::Dynamic).enforce_styling();
    table
}

/// Whether a subject needs its account and Region told.
struct Places {
    accounts: bool,
    regions: bool,
}

impl Places {
    fn of(view: &View) -> Self {
        Self { accounts: view.run.accounts.len() > 1, regions: view.coverage.regions.len() > 1 }
    }

    /// A subject in a few words; its ARN is in the JSON report.
    fn label(&self, subject: &Subject) -> String {
        let mut out = label::name(subject);
        let region = subject.region.as_deref().filter(|_| self.regions);
        let account = Some(subject.account.as_str()).filter(|_| self.accounts);
        let place: Vec<&str> = account.into_iter().chain(region).collect();
        if !place.is_empty() && subject.kind != SubjectKind::Account {
            out.push_str(&format!(" ({})", place.join(" ")));
        }
        out
    }
}
