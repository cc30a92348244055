//! What stands around the table of findings: header, summary, what was not assessed, coverage, next steps.

use comfy_table::{ColumnConstraint, Width, presets};

use super::{
    View,
    coverage::total,
    framework::State,
    label, style,
    summary::came_up,
    table::base,
    text::{cell, columns, count, counted},
    view::Tally,
};
use crate::{
    detect::prevalence::percent,
    finding::{Finding, Severity, Verdict, accept::AcceptanceState},
    snapshot::Why,
};

const CUT: usize = 400;
/// Resolved findings that are named.
const MOST: usize = 10;

/// Lines of `label  text`, the text wrapped beside its label.
fn block(title: &str, rows: Vec<(String, String)>, width: u16) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let mut table = base(width);
    table.load_style(presets::NOTHING);
    let widest = rows.iter().map(|(label, _)| columns(label)).max().unwrap_or(0);
    for (label, text) in rows {
        table.add_row([label, text]);
    }
    if let Some(column) = table.column_mut(0) {
        // The label keeps its line if it leaves half of the width to the text.
        column.set_padding((2, 1));
        let fits = u16::try_from(widest).unwrap_or(u16::MAX).saturating_add(3).min(width / 2);
        column.set_constraint(ColumnConstraint::Absolute(Width::Fixed(fits)));
    }
    format!("{}\n{}\n", style::heading(title), table.trim_fmt())
}

/// Whom and what the run was about.
pub(super) fn header(view: &View, width: u16) -> String {
    let rows = view
        .run
        .accounts
        .iter()
        .map(|account| {
            let caller = account.caller.as_deref().unwrap_or("a caller that AWS did not name");
            let regions: Vec<&str> = view
                .coverage
                .regions
                .iter()
                .filter(|r| r.account == account.id)
                .map(|r| r.region.as_str())
                .collect();
            let regions = if regions.is_empty() { "no Region".to_owned() } else { regions.join(", ") };
            let about = format!("as {}, in {}", cell(caller, CUT), cell(&regions, CUT));
            (cell(&format!("account {}", account.id), 60), about)
        })
        .collect();
    let title = format!("dynaudit {} · {}", cell(&view.run.version, 40), view.run.taken);
    block(&title, rows, width)
}

/// How the controls of a framework stand, where one was asked for: those that something here decides, then the rest.
pub(super) fn controls(view: &View, width: u16) -> String {
    let Some(framework) = &view.framework else { return String::new() };
    let mut rows: Vec<(String, String)> = framework
        .controls
        .iter()
        .filter(|control| control.state != State::NotDecided)
        .map(|control| {
            let Tally { flagged, unknown, clear, .. } = control.verdicts;
            let said = format!(
                "{}: {}; {} flagged, {} not assessed, {} clear",
                cell(&control.name, CUT),
                control.state.as_str(),
                count(flagged),
                count(unknown),
                count(clear)
            );
            (cell(&control.id, CUT), said)
        })
        .collect();
    let open = framework.controls.iter().filter(|control| control.state == State::NotDecided);
    let open: Vec<&str> = open.map(|control| control.id.as_str()).collect();
    if !open.is_empty() {
        rows.push(("not decided here".to_owned(), open.join(", ")));
    }
    block(&cell(&format!("Controls of {}", framework.title), CUT), rows, width)
}

/// What changed since the earlier run, where there is one to hold this one against.
pub(super) fn since(view: &View, width: u16) -> String {
    let Some(triage) = &view.triage else { return String::new() };
    let n = |list: &[Finding]| count(list.len() as u64);
    let mut rows =
        vec![("flagged".to_owned(), format!("{}, {} unchanged", came_up(triage), count(triage.unchanged)))];
    for past in triage.resolved.iter().take(MOST) {
        rows.push((
            "resolved".to_owned(),
            cell(&format!("{}: {}", past.check, label::name(&past.subject)), CUT),
        ));
    }
    if let more @ 1.. = triage.resolved.len().saturating_sub(MOST) {
        rows.push(("resolved".to_owned(), format!("… and {} more", count(more as u64))));
    }
    if !triage.not_seen_again.is_empty() {
        let met = format!("{} that today's sample did not meet; kept", n(&triage.not_seen_again));
        rows.push(("not seen again".to_owned(), met));
    }
    if !triage.not_assessed.is_empty() {
        let left = format!("{} that could not be assessed today; kept", n(&triage.not_assessed));
        rows.push(("not assessed".to_owned(), left));
    }
    if !triage.new_gaps.is_empty() {
        rows.push(("not seen".to_owned(), counted(triage.new_gaps.len() as u64, "new gap", "new gaps")));
    }
    if triage.unreached > 0 {
        let left = counted(triage.unreached, "gap, told each night", "gaps, told each night");
        rows.push(("ended early".to_owned(), left));
    }
    let title = match triage.baseline {
        Some(taken) => format!("Since {taken}"),
        None => "Since the baseline".to_owned(),
    };
    block(&title, rows, width)
}

/// Accepted risks: how many findings they take off the list, and those that no longer do.
pub(super) fn accepted(view: &View, width: u16) -> String {
    let used: u64 =
        view.acceptances.iter().filter(|a| a.state == AcceptanceState::Used).map(|a| a.findings).sum();
    let mut rows = Vec::new();
    if used > 0 {
        rows.push(("accepted".to_owned(), counted(used, "finding, not listed", "findings, not listed")));
    }
    for row in &view.acceptances {
        let said = match row.state {
            AcceptanceState::Used => continue,
            AcceptanceState::Expired => {
                format!("expired at the end of {}; {} count again", row.by.until, count(row.findings))
            }
            AcceptanceState::Unmatched => "means nothing that is flagged; take it out".to_owned(),
        };
        rows.push((cell(&row.place, 60), cell(&format!("{}: {said}", row.what), CUT)));
    }
    block("Accepted risks", rows, width)
}

/// Flagged findings by severity, and how many verdicts of which kind.
pub(super) fn summary(view: &View, width: u16) -> String {
    let flagged: Vec<String> = Severity::ALL
        .iter()
        .map(|s| (s, view.summary.flagged.get(s).copied().unwrap_or(0)))
        .map(|(s, n)| {
            let text = format!("{} {s}", count(n));
            if n == 0 { text } else { style::severity(*s, &text) }
        })
        .collect();
    let t = view.summary.verdicts;
    let verdicts = format!(
        "{} by {}: {} flagged, {} not assessed, {} clear, {} not applicable",
        count(t.all()),
        counted(view.checks.len() as u64, "check", "checks"),
        count(t.flagged),
        count(t.unknown),
        count(t.clear),
        count(t.not_applicable),
    );
    // Counts are set by hand: a table would count their colours as columns.
    let title = style::heading("Summary");
    let rest = block("", vec![("verdicts".into(), verdicts)], width);
    let rest = rest.split_once('\n').map_or("", |(_, rows)| rows);
    format!("{title}\n  flagged   {}\n{rest}", flagged.join(" · "))
}

/// What could not be seen, by call and reason, and what that leaves open.
pub(super) fn not_assessed(view: &View, width: u16) -> String {
    let rows = view.gap_groups.iter().map(|g| {
        let times = if g.gaps == 1 { String::new() } else { format!(" ×{}", count(g.gaps)) };
        let touched = match (g.unknown, g.weakened) {
            (0, 0) => "touches no verdict".to_owned(),
            (0, w) => format!("{} stand without it", verdicts(w)),
            (u, 0) => format!("{} not assessed", verdicts(u)),
            (u, w) => {
                format!("{} not assessed, {} stand without it", verdicts(u), count(w))
            }
        };
        let allow =
            if g.why == Why::Denied { format!("; allow {}", cell(&g.call, 80)) } else { String::new() };
        let on = if g.gaps == 1 { cell(&g.on, CUT) } else { format!("{} and others", cell(&g.on, CUT)) };
        let label = format!("{} {}{times}", cell(&g.call, 60), g.why);
        (label, format!("{touched}{allow} ({on}: {})", cell(&g.message, CUT)))
    });
    block("Not seen", rows.collect(), width)
}

/// `1 verdict`, `2 verdicts`.
pub(super) fn verdicts(n: u64) -> String {
    counted(n, "verdict", "verdicts")
}

/// How much of what was looked at.
pub(super) fn coverage(view: &View, width: u16) -> String {
    let c = &view.coverage;
    let partial: Vec<String> =
        c.regions.iter().filter(|r| !r.complete).map(|r| cell(&r.region, 40)).collect();
    let mut tables = format!("{} of {} described", count(c.tables.described), count(c.tables.selected));
    if c.tables.selected != c.tables.listed {
        tables.push_str(&format!("; {} listed, the rest not asked for", count(c.tables.listed)));
    }
    if !partial.is_empty() && partial.len() == c.regions.len() && c.tables.listed == 0 {
        tables = format!("none could be listed in {}: nothing about tables was assessed", partial.join(", "));
    } else if !partial.is_empty() {
        tables.push_str(&format!("; list incomplete in {}", partial.join(", ")));
    }
    let twice: Vec<f64> = c.samples.iter().filter_map(|sample| sample.second_look).collect();
    let twice = match twice.as_slice() {
        [] => String::new(),
        all => format!(
            "; {} looked at twice, for {:.1} of them",
            counted(all.len() as u64, "table", "tables"),
            all.iter().sum::<f64>()
        ),
    };
    let items = if c.items.asked {
        format!(
            "{} read in {} of {}; {:.1} of at most {:.1} read capacity units{twice}",
            count(c.items.read),
            count(c.tables.sampled),
            counted(c.tables.selected, "table", "tables"),
            c.items.rcu_consumed,
            c.items.rcu_budget,
        )
    } else {
        "none read: --no-sample".to_owned()
    };
    let doubt = c.samples.iter().map(|sample| sample.missed_share).fold(0.0, f64::max);
    let contents = if c.samples.is_empty() {
        "not looked at".to_owned()
    } else if doubt == 0.0 {
        "every item was read".to_owned()
    } else {
        let begins = if c.samples.iter().any(|sample| sample.begins_only) {
            "; of tables with a sort key, of those that their item collections begin with"
        } else {
            ""
        };
        format!(
            "what a sample does not hold, at most {} of its table's items do (95 %){begins}",
            percent(doubt, false)
        )
    };
    let p = &c.principals;
    let principals = format!(
        "{}, {}, {}, {}{}",
        counted(p.users, "user", "users"),
        counted(p.groups, "group", "groups"),
        counted(p.roles, "role", "roles"),
        counted(p.policies, "managed policy", "managed policies"),
        if p.complete { "" } else { "; not all of them" },
    );
    let made = total(c.calls.values().map(|n| n.made));
    let failed = total(c.calls.values().map(|n| n.failed));
    let calls = format!("{}, {} failed", counted(made, "call", "calls"), count(failed));
    // Calls are questions with their outcome; a question may take several requests.
    let took = view.run.effort.map(|effort| ("sent", effort.line()));
    let keys = format!("{} of {} described", count(c.keys.described), count(c.keys.named));
    let rows = [
        ("tables", tables),
        ("items", items),
        ("contents", contents),
        ("keys", keys),
        ("principals", principals),
        ("AWS", calls),
    ];
    block("Looked at", rows.into_iter().chain(took).map(|(a, b)| (a.to_owned(), b)).collect(), width)
}

/// Two to four things worth doing next.
pub(super) fn next_steps(view: &View, width: u16) -> String {
    let mut steps = Vec::new();
    if let Some(worst) = view.findings.iter().find(|f| f.verdict == Verdict::Flagged) {
        let id = cell(&worst.check, 80);
        if let Some(check) = view.check(&worst.check) {
            let n = counted(check.verdicts.flagged, "finding", "findings");
            steps.push(("mend first".to_owned(), format!("{id} ({n}): {}", cell(&check.fix, CUT))));
        }
        steps.push(("understand".to_owned(), format!("dynaudit checks show {id}")));
    }
    let denied: Vec<String> = view
        .gap_groups
        .iter()
        .filter(|g| g.why == Why::Denied && is_action(&g.call))
        .map(|g| g.call.clone())
        .collect();
    if !denied.is_empty() {
        let actions = cell(&denied.join(", "), CUT);
        steps.push((
            "see the rest".to_owned(),
            format!("let the auditor call {actions}; `dynaudit policy` prints the statements"),
        ));
    }
    if !steps.is_empty() {
        steps.push((
            "evidence".to_owned(),
            "--format json, with --verdicts all for what was clear".to_owned(),
        ));
    }
    block("Next", steps, width)
}

/// Whether `call` has the form of an IAM action, so that it may stand in a policy.
fn is_action(call: &str) -> bool {
    let word = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    call.split_once(':').is_some_and(|(service, operation)| word(service) && word(operation))
}
