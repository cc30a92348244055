//! HTML: one page that needs no network, for people. The page's frame is drawn here, its rows by its own script.
//!
//! Texts of the account come into it in two ways: through the template, which escapes them, and as JSON
//! in which `<` and `>` are escaped, which the script puts on the page as text. The Content-Security-Policy
//! lets no other script run.

mod graph;

use std::{
    borrow::Cow,
    collections::{BTreeSet, HashMap},
    error::Error,
    io::{self, BufWriter, Write},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use minijinja::{AutoEscape, Environment, Value, context};
use serde::Serialize;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::{
    View,
    framework::{self, State},
    json::{self as form, Each},
    label, remediation,
    summary::came_up,
    text::inert,
    view::CheckRow,
};
use crate::{
    finding::{Finding, Severity, Subject, Verdict},
    remedy::projection::advice,
};

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
    form::line(&rows(view, &tables(view)), &mut data)?;
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

/// What the script draws: checks and tables once, findings as rows that refer to them by number.
#[derive(Serialize)]
struct Rows<'a, R: Serialize> {
    checks: Vec<serde_json::Value>,
    tables: Vec<Cow<'a, str>>,
    rows: R,
    readers: Vec<serde_json::Value>,
}

/// Tables that findings are about, each with its number, in the order in which they come.
type Tables<'a> = (Vec<&'a str>, HashMap<&'a str, i64>);

fn tables(view: &View) -> Tables<'_> {
    let (mut tables, mut known): Tables<'_> = Default::default();
    // What a key encrypts may lie where nobody looked: a replica there is no table of this report.
    let listed: BTreeSet<_> =
        view.coverage.regions.iter().map(|r| (r.account.as_str(), r.region.as_str())).collect();
    let looked_at = |subject: &&Subject| {
        subject.region.as_deref().is_some_and(|region| listed.contains(&(subject.account.as_str(), region)))
    };
    let subjects = view.findings.iter().map(|finding| &*finding.subject).filter(looked_at);
    for arn in subjects.filter_map(table_of) {
        known.entry(arn).or_insert_with(|| {
            tables.push(arn);
            tables.len() as i64 - 1
        });
    }
    (tables, known)
}

fn rows<'a>(view: &'a View, (tables, known): &'a Tables<'a>) -> Rows<'a, impl Serialize> {
    let checks = view.checks.iter().map(|c| {
        json!({
            "id": c.id, "group": c.group, "title": c.title, "why": c.why, "fix": c.fix, "maps": c.maps,
            "recipe": c.recipe,
        })
    });
    let readers = view.readers.iter().map(|row| {
        let reached = row.tables.iter().filter_map(|arn| known.get(arn.as_str()));
        let more = row.count > row.tables.len() as u64;
        json!([
            row.names,
            row.external,
            row.condition,
            row.roads,
            reached.collect::<Vec<_>>(),
            row.count,
            more
        ])
    });
    Rows {
        checks: checks.collect(),
        tables: tables.iter().copied().map(inert).collect(),
        readers: readers.collect(),
        rows: Each(move || view.findings.iter().filter_map(move |finding| row(view, known, finding))),
    }
}

/// The table that a subject is or lies in.
fn table_of(subject: &Subject) -> Option<&str> {
    subject.table.as_ref().and_then(|_| table_arn(&subject.arn))
}

/// A finding as the script takes it: in the order of a list, which is shorter than names of fields for each.
fn row<'a>(
    view: &View,
    known: &HashMap<&str, i64>,
    finding: &'a Finding,
) -> Option<impl Serialize + use<'a>> {
    let subject = &finding.subject;
    let table = table_of(subject).and_then(|arn| known.get(arn));
    let check = view.checks.binary_search_by(|check| check.id.as_str().cmp(&finding.check)).ok()?;
    // A table's own ARN stands in the list of tables.
    let arn = match inert(&subject.arn) {
        own if table.is_some() && table_arn(&subject.arn) == Some(&*own) => Cow::Borrowed(""),
        other => other,
    };
    Some((
        Severity::ALL.iter().position(|s| *s == finding.severity),
        verdict(finding.verdict),
        check,
        inert(&label::name(subject)).into_owned(),
        inert(&label::said(finding)).into_owned(),
        arn,
        inert(subject.region.as_deref().unwrap_or("")),
        table.copied().unwrap_or(-1),
        finding.fingerprint.as_str(),
        more(&view.checks[check], finding),
    ))
}

/// Numbers that the script's list of verdicts has.
fn verdict(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Flagged => 0,
        Verdict::Unknown => 1,
        Verdict::Clear => 2,
        Verdict::NotApplicable => 3,
    }
}

/// `arn:…:table/Name` of the ARN of a table or of a part of it.
fn table_arn(arn: &str) -> Option<&str> {
    let start = arn.find(":table/")? + ":table/".len();
    let end = arn[start..].find('/').map_or(arn.len(), |at| start + at);
    Some(&arn[..end])
}

/// What only the opened finding shows: for flagged ones the evidence, for unknown ones what is missing.
fn more(check: &CheckRow, finding: &Finding) -> serde_json::Value {
    let mut more = serde_json::Map::new();
    if finding.verdict == Verdict::Flagged && !is_plain(&finding.subject) {
        let steps = check.recipe.steps(&finding.subject);
        let steps: Vec<_> = steps.iter().map(|step| json!([step.form, step.text])).collect();
        more.insert("$steps".to_owned(), json!(steps));
    } else if !finding.subject.names.is_empty() {
        more.insert("$names".to_owned(), json!(finding.subject.names));
    }
    if let Some(state) = finding.state {
        more.insert("Since the baseline".to_owned(), json!(state));
    }
    if finding.verdict == Verdict::Flagged {
        if !finding.evidence.is_empty() {
            more.insert("Evidence".to_owned(), json!(finding.evidence));
        }
        if let Some(tables) = &finding.subject.tables {
            more.insert("Tables".to_owned(), json!(tables.first));
        }
    }
    if !finding.missing.is_empty() {
        let missing =
            finding.missing.iter().map(|m| format!("{}: {} on {} ({})", m.fact, m.call, m.on, m.why));
        more.insert("Missing".to_owned(), json!(missing.collect::<Vec<_>>()));
    }
    more.into()
}

/// Whether every name of a subject is the same in every language that recipes are written in, so that the page's script
/// may put it in; others come made out.
fn is_plain(subject: &Subject) -> bool {
    let plain = |text: &str| {
        !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "_-.:/@+=,".contains(c))
    };
    let table = subject.table.iter().map(String::as_str);
    table.chain([subject.arn.as_str(), subject.account.as_str()]).all(plain)
        && subject.names.values().all(|name| plain(name))
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
