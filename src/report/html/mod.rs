//! HTML: one page that needs no network, for people. The page's frame is drawn here, its rows by its own script.
//!
//! Texts of the account come into it in two ways: through the template, which escapes them, and as JSON
//! in which `<` and `>` are escaped, which the script puts on the page as text. The Content-Security-Policy
//! lets no other script run.

mod graph;
mod rows;
mod texts;

use std::{
    collections::BTreeSet,
    error::Error,
    io::{self, BufWriter, Write},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use minijinja::{AutoEscape, Environment, Value, context};
use sha2::{Digest, Sha256};

use self::texts::Texts;
use super::{
    View,
    framework::{self, State},
    json as form, remediation,
    summary::came_up,
    text::inert,
};
use crate::{finding::Severity, remedy::projection::advice};

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// Writes the page.
///
/// # Errors
/// What `out` said.
pub fn render(view: &View, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Environment::new();
    page.set_auto_escape_callback(|_| AutoEscape::Html);
    page.set_formatter(|out, state, value| match value.as_str() {
        // What steers a terminal or turns the reading direction is shown, not obeyed, here too.
        Some(text) if !value.is_safe() => {
            minijinja::escape_formatter(out, state, &Value::from(inert(text).into_owned()))
        }
        _ => minijinja::escape_formatter(out, state, value),
    });
    let (before, after) = PAGE.split_once("{{ data }}").unwrap_or((PAGE, ""));
    page.add_template("before", before).map_err(io::Error::other)?;
    page.add_template("after", after).map_err(io::Error::other)?;
    let severity = |severity: &Severity| {
        let count = view.summary.flagged.get(severity).copied().unwrap_or(0);
        context! { name => severity.as_str(), count }
    };
    let secret: BTreeSet<&str> = view.plan.projections.iter().map(|p| p.arn.as_str()).collect();
    let graph = graph::draw(&view.readers, &secret);
    let frame = context! {
        run => view.run,
        summary => view.summary,
        total => view.summary.verdicts.all(),
        since => view.triage.as_ref().map(|triage| context! {
            taken => triage.baseline.map_or_else(|| "the baseline".to_owned(), |taken| taken.to_string()),
            came_up => came_up(triage), unchanged => triage.unchanged, resolved => triage.resolved.len(),
            unreached => triage.unreached,
        }),
        coverage => view.coverage,
        checks => view.checks.len(),
        severities => Severity::ALL.iter().map(severity).collect::<Vec<_>>(),
        frameworks => frameworks(view),
        asked => view.framework.is_some(),
        readers => readers(view),
        graph => Value::from_safe_string(graph.0),
        graph_note => graph.1,
        projections => projections(view),
        kinds => kinds(view),
        proposals => proposals(view),
        accepted => view.acceptances.iter().map(|a| context! {
            place => a.place, what => a.what, by => a.by.said(), state => a.state.as_str(), findings => a.findings,
        }).collect::<Vec<_>>(),
        gap_groups => view.gap_groups.iter().map(|g| context! {
            call => g.call, why => g.why, gaps => g.gaps, on => g.on, message => g.message, unknown => g.unknown,
        }).collect::<Vec<_>>(),
        style => Value::from_safe_string(STYLE.to_owned()),
        style_hash => hash(STYLE),
        script => Value::from_safe_string(SCRIPT.to_owned()),
        script_hash => hash(SCRIPT),
    };
    let part = |name: &str, out: &mut dyn Write| {
        let template = page.get_template(name).map_err(io::Error::other)?;
        template.render_captured_to(frame.clone(), out).map(drop).map_err(cause)
    };
    // What the frame is drawn around is most of the page, and is written as it is made.
    part("before", out)?;
    let mut data = BufWriter::with_capacity(1 << 16, &mut *out);
    form::line(&rows::of(view, &rows::tables(view), &Texts::default()), &mut data)?;
    data.flush()?;
    drop(data);
    part("after", out)
}

/// What the system said, of which the engine says no more than that there was something.
fn cause(error: minijinja::Error) -> io::Error {
    let said = error.source().and_then(|source| source.downcast_ref::<io::Error>());
    match said.map(|said| (said.raw_os_error(), said)) {
        Some((Some(code), _)) => io::Error::from_raw_os_error(code),
        Some((None, said)) => io::Error::new(said.kind(), said.to_string()),
        None => io::Error::other(error),
    }
}

/// The source expression by which a policy names a script or style ("CSP: hash-source").
fn hash(text: &str) -> Value {
    Value::from_safe_string(format!("sha256-{}", STANDARD.encode(Sha256::digest(text))))
}

/// Text that may hold lines, inert.
fn code(text: &str) -> String {
    text.lines().map(inert).collect::<Vec<_>>().join("\n")
}

fn readers(view: &View) -> Vec<Value> {
    let row = |row: &super::reach::ReaderRow| {
        let names: Vec<&str> = row
            .tables
            .iter()
            .map(|arn| arn.split_once(":table/").map_or(arn.as_str(), |(_, name)| name))
            .collect();
        let more = row.count.saturating_sub(names.len() as u64);
        context! {
            names => row.names.join(", "), external => row.external, condition => row.condition, roads => row.roads,
            tables => names.join(", "), count => row.count, more,
        }
    };
    view.readers.iter().take(1000).map(row).collect()
}

fn projections(view: &View) -> Vec<Value> {
    let one = |projection: &crate::remedy::Projection| {
        let left = projection.left_out.iter().map(|(name, kinds)| {
            let kinds: Vec<&str> = kinds.iter().map(|kind| kind.as_str()).collect();
            format!("{name} ({})", kinds.join(", "))
        });
        let requests = remediation::requests(projection);
        context! {
            table => projection.table, region => projection.region, arn => projection.arn,
            left_out => left.collect::<Vec<_>>(), keys => projection.secret_keys, partial => projection.partial,
            indexes => projection.indexes.iter().map(|(name, include)| context! { name, include }).collect::<Vec<_>>(),
            requests => requests.iter().map(|(form, _, text)| block(form, text)).collect::<Vec<_>>(),
        }
    };
    view.plan.projections.iter().map(one).collect()
}

fn kinds(view: &View) -> Vec<Value> {
    let kinds: BTreeSet<_> =
        view.plan.projections.iter().flat_map(|p| p.left_out.values().flatten()).collect();
    kinds.into_iter().map(|kind| context! { kind => kind.as_str(), advice => advice(*kind) }).collect()
}

fn proposals(view: &View) -> Vec<Value> {
    let one = |proposal: &crate::remedy::Proposal| {
        let commands = proposal.commands.join("\n");
        let policies = proposal.policies.as_deref().unwrap_or_default();
        let policies: Vec<Value> =
            policies.iter().map(|policy| block("Policy", &remediation::pretty(policy))).collect();
        context! {
            name => proposal.name, arn => proposal.arn, why => proposal.policies.as_ref().err(),
            closes => proposal.closes, lessens => proposal.lessens, loses => proposal.loses, leaves => proposal.leaves, dropped => proposal.dropped,
            policies, commands => block("AWS CLI", &commands),
        }
    };
    view.plan.proposals.iter().map(one).collect()
}

/// Code to copy. The template's own formatter would show its line feeds as escapes, so it is escaped here.
fn block(form: &str, text: &str) -> Value {
    let safe =
        code(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    context! { form, text => Value::from_safe_string(safe) }
}

fn frameworks(view: &View) -> Vec<Value> {
    let all =
        view.framework.clone().map_or_else(|| framework::all(&view.checks, &view.findings), |one| vec![one]);
    let one = |standing: &framework::Standing| {
        let decided = standing.controls.iter().filter(|control| control.state != State::NotDecided);
        let open = standing.controls.iter().filter(|control| control.state == State::NotDecided);
        let state = |state| standing.count(state);
        context! {
            title => standing.title, scope => standing.scope, failed => state(State::Failed),
            clear => state(State::Clear), not_assessed => state(State::NotAssessed), decided => decided.clone().count(),
            controls => decided.map(|control| context! {
                id => control.id, name => control.name, state => control.state.as_str(),
                class => match control.state {
                    State::Failed => "failed", State::NotAssessed => "open", State::Clear => "met", _ => "",
                },
                flagged => control.verdicts.flagged, unknown => control.verdicts.unknown,
                clear => control.verdicts.clear, checks => control.checks,
            }).collect::<Vec<_>>(),
            open => open.map(|control| context! { id => control.id, name => control.name }).collect::<Vec<_>>(),
        }
    };
    all.iter().map(one).collect()
}
