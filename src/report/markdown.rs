//! Markdown, for a pull request or a ticket: counts, the findings as a table, what was not seen.

use std::io::{self, Write};

use super::{
    View, label,
    summary::came_up,
    text::{cell, count, counted},
    view::Tally,
};
use crate::finding::{Finding, Severity, State, Verdict};

/// Findings shown; a comment on a pull request holds 65,536 characters.
const ROWS: usize = 200;
/// Columns of a cell.
const CUT: usize = 240;

/// Writes the report.
///
/// # Errors
/// What `out` said.
pub fn render(view: &View, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "# DynamoDB audit\n")?;
    for account in &view.run.accounts {
        let caller = account.caller.as_deref().unwrap_or("a caller that AWS did not name");
        writeln!(out, "Account {} as {}, {}.", text(&account.id), text(caller), view.run.taken)?;
    }
    writeln!(out, "\n| severity | flagged |\n|---|---:|")?;
    for severity in Severity::ALL {
        let n = view.summary.flagged.get(&severity).copied().unwrap_or(0);
        writeln!(out, "| {severity} | {} |", count(n))?;
    }
    let t = view.summary.verdicts;
    writeln!(
        out,
        "\n{} verdicts by {} checks: {} flagged, **{} not assessed**, {} clear, {} not applicable.",
        count(t.all()),
        view.checks.len(),
        count(t.flagged),
        count(t.unknown),
        count(t.clear),
        count(t.not_applicable)
    )?;
    since(view, out)?;
    controls(view, out)?;
    findings(view, out)?;
    accepted(view, out)?;
    gaps(view, out)
}

/// What changed since the earlier run, where there is one.
fn since(view: &View, out: &mut dyn Write) -> io::Result<()> {
    let Some(triage) = &view.triage else { return Ok(()) };
    let taken = triage.baseline.map_or_else(|| "the baseline".to_owned(), |taken| taken.to_string());
    let (unchanged, resolved) = (count(triage.unchanged), count(triage.resolved.len() as u64));
    writeln!(out, "\nSince {taken}: **{}**, {unchanged} unchanged, {resolved} resolved.", came_up(triage))?;
    if triage.unreached > 0 {
        let gaps = counted(triage.unreached, "gap is", "gaps are");
        writeln!(out, "\n**The run ended early**: {gaps} of what it did not reach.")?;
    }
    Ok(())
}

/// What is accepted, and what no longer is.
fn accepted(view: &View, out: &mut dyn Write) -> io::Result<()> {
    if view.acceptances.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n## Accepted risks\n\n| where | what | by | state | findings |\n|---|---|---|---|---:|")?;
    for row in &view.acceptances {
        let (place, what, by) = (text(&row.place), text(&row.what), text(&row.by.said()));
        writeln!(out, "| {place} | {what} | {by} | {} | {} |", row.state.as_str(), count(row.findings))?;
    }
    Ok(())
}

/// Every control of the framework that was asked for, those that nothing here decides too.
fn controls(view: &View, out: &mut dyn Write) -> io::Result<()> {
    let Some(framework) = &view.framework else { return Ok(()) };
    writeln!(
        out,
        "\n## {}\n\n{}\n\n| control | name | state | flagged | not assessed | clear | checks |\n|---|---|---|---:|---:|---:|---|",
        text(&framework.title),
        text(&framework.scope)
    )?;
    for control in &framework.controls {
        let Tally { flagged, unknown, clear, .. } = control.verdicts;
        let (id, name, state) = (text(&control.id), text(&control.name), control.state.as_str());
        let checks = text(&control.checks.join(", "));
        writeln!(out, "| {id} | {name} | {state} | {flagged} | {unknown} | {clear} | {checks} |")?;
    }
    Ok(())
}

fn findings(view: &View, out: &mut dyn Write) -> io::Result<()> {
    if view.findings.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "\n## Findings\n\n| severity | verdict | check | subject | what was seen |\n|---|---|---|---|---|"
    )?;
    // What an earlier run told too comes last, for not all may be shown.
    let known = |finding: &&Finding| finding.state == Some(State::Unchanged);
    let (known, fresh): (Vec<&Finding>, Vec<&Finding>) = view.findings.iter().partition(known);
    for finding in fresh.into_iter().chain(known).take(ROWS) {
        let mut verdict = match finding.verdict {
            Verdict::Unknown => "not assessed",
            Verdict::Flagged if finding.accepted.is_some() => "accepted",
            verdict => verdict.as_str(),
        }
        .to_owned();
        if let Some(state) = finding.state {
            verdict += &format!(", {}", state.as_str());
        }
        let place = finding.subject.region.as_deref().unwrap_or(&finding.subject.account);
        writeln!(
            out,
            "| {} | {verdict} | {} | {} ({}) | {} |",
            finding.severity,
            text(&finding.check),
            text(&label::name(&finding.subject)),
            text(place),
            text(&label::said(finding)),
        )?;
    }
    match view.findings.len().checked_sub(ROWS) {
        Some(more @ 1..) => writeln!(out, "\n… and {} more; the JSON report has all.", count(more as u64)),
        _ => Ok(()),
    }
}

fn gaps(view: &View, out: &mut dyn Write) -> io::Result<()> {
    if view.gap_groups.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "\n## Not seen\n\n| call | why | times | on | verdicts not assessed |\n|---|---|---:|---|---:|"
    )?;
    for group in &view.gap_groups {
        writeln!(
            out,
            "| {} | {} | {} | {} | {} |",
            text(&group.call),
            group.why,
            count(group.gaps),
            text(&group.on),
            count(group.unknown)
        )?;
    }
    Ok(())
}

/// Text of others in a cell of a table: nothing in it is markup, a link, a mention or a column's end.
pub(super) fn text(text: &str) -> String {
    let cut = cell(text, CUT);
    let mut out = String::with_capacity(cut.len());
    let mut rest = cut.chars();
    while let Some(c) = rest.next() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // A mention tells people, `#1` links an issue, `://` and `www.` a page: an entity shows the same
            // and does neither.
            '@' => out.push_str("&#64;"),
            '#' => out.push_str("&#35;"),
            ':' if rest.as_str().starts_with("//") => out.push_str("&#58;"),
            '.' if out.to_lowercase().ends_with("www") => out.push_str("&#46;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '$' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}
