//! OSCAL Assessment Results (NIST, "OSCAL Assessment Results Model"): for an assessor's own tools.
//!
//! A flagged verdict is an observation and belongs to a risk; a control of a framework is a finding where something
//! decides it. What was not assessed is an observation with its reason and never a finding: OSCAL knows
//! `satisfied` and `not-satisfied` alone, and neither would be true.

mod parts;

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{self, Write},
};

use serde::Serialize;
use serde_json::{Value, json};

use self::parts::{Ids, control_id, line, prop};
use super::{
    View,
    framework::{self, Control, Standing, State},
    json as form,
    view::CheckRow,
};
use crate::finding::{Finding, Verdict};

/// The version of the model that is written.
const VERSION: &str = "1.1.3";

/// Writes the document. What is clear is counted in the findings of controls; it is an observation of its own only
/// where the report shows it.
///
/// # Errors
/// What `out` said.
pub fn render(view: &View, out: &mut dyn Write) -> io::Result<()> {
    let ids = Ids::of(view);
    let taken = view.run.taken.to_string();
    let standings =
        view.framework.clone().map_or_else(|| framework::all(&view.checks, &view.findings), |one| vec![one]);
    let shown: Vec<&Finding> = view.findings.iter().filter(|f| f.verdict != Verdict::NotApplicable).collect();
    let accounts: Vec<&str> = view.run.accounts.iter().map(|account| account.id.as_str()).collect();
    let head = json!({
        "uuid": ids.make("result", ""),
        "title": "DynamoDB audit",
        "description": line(&format!(
            "{} checks on {}: {} flagged, {} not assessed, {} clear, {} not applicable.",
            view.checks.len(), accounts.join(", "), view.summary.verdicts.flagged,
            view.summary.verdicts.unknown, view.summary.verdicts.clear, view.summary.verdicts.not_applicable,
        )),
        "start": taken,
        "end": taken,
        "props": [
            prop("snapshot-sha256", &view.run.snapshot_sha256),
            prop("flagged", &view.summary.verdicts.flagged.to_string()),
            prop("not-assessed", &view.summary.verdicts.unknown.to_string()),
            prop("clear", &view.summary.verdicts.clear.to_string()),
            prop("gaps", &view.summary.gaps.to_string()),
        ],
        "local-definitions": parts::definitions(view, &ids, &shown),
        "reviewed-controls": reviewed(&standings),
    });
    let risks = risks(view, &ids, &shown);
    let controls = decided(&standings);
    let mut by_check = ByCheck::new();
    shown.iter().for_each(|finding| by_check.entry(&finding.check).or_default().push(finding));
    let plan = ids.make("plan", "");
    let document = Document {
        head: json!({
            "uuid": ids.make("document", ""),
            "metadata": {
                "title": line(&format!("DynamoDB audit of {}", accounts.join(", "))),
                "last-modified": taken,
                "version": view.run.version,
                "oscal-version": VERSION,
            },
            "import-ap": { "href": format!("#{plan}") },
        }),
        results: [Assessed {
            head,
            observations: filled(&shown, || shown.iter().map(|f| parts::observation(&ids, &taken, f))),
            risks: filled(&risks, || risks.iter()),
            findings: filled(&controls, || {
                controls.iter().map(|(standing, control)| finding(&ids, standing, control, &by_check))
            }),
        }],
        back_matter: json!({ "resources": [{
            "uuid": plan,
            "title": "What was looked at",
            "description": line(&format!(
                "No assessment plan was written apart. Regions: {}; tables: {} listed, {} described, {} sampled; \
                 {} items read. A sample proves what it holds, and never that a table holds nothing else.",
                view.coverage.regions.iter().map(|r| r.region.as_str()).collect::<Vec<_>>().join(", "),
                view.coverage.tables.listed, view.coverage.tables.described, view.coverage.tables.sampled,
                view.coverage.items.read,
            )),
        }] }),
    };
    form::write(&BTreeMap::from([("assessment-results", document)]), out)
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Document<R> {
    #[serde(flatten)]
    head: Value,
    results: [R; 1],
    back_matter: Value,
}

/// What is long is made as it is written. The model has no empty lists.
#[derive(Serialize)]
struct Assessed<O, R, F> {
    #[serde(flatten)]
    head: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    observations: Option<O>,
    #[serde(skip_serializing_if = "Option::is_none")]
    risks: Option<R>,
    #[serde(skip_serializing_if = "Option::is_none")]
    findings: Option<F>,
}

/// The elements that `each` makes of a list; none where that is empty.
fn filled<T, F>(list: &[T], each: F) -> Option<form::Each<F>> {
    (!list.is_empty()).then_some(form::Each(each))
}

/// The controls that something here looked at, and in words those that stay open.
fn reviewed(standings: &[Standing]) -> Value {
    let selection = |standing: &Standing| {
        let looked_at = |control: &&Control| control.state != State::NotDecided;
        let controls: Vec<Value> = standing
            .controls
            .iter()
            .filter(looked_at)
            .map(|control| json!({ "control-id": control_id(&standing.name, &control.id) }))
            .collect();
        if controls.is_empty() {
            return None;
        }
        let open = |state| {
            let ids = standing.controls.iter().filter(|c| c.state == state).map(|c| c.id.as_str());
            ids.collect::<Vec<_>>().join(", ")
        };
        let mut remarks = Vec::new();
        for (state, said) in [
            (State::NotAssessed, "Not assessed, since something could not be seen"),
            (State::NotApplicable, "Concerning nothing that is there"),
            (State::NotDecided, "Not decided by any check here"),
        ] {
            let ids = open(state);
            if !ids.is_empty() {
                remarks.push(format!("{said}: {ids}."));
            }
        }
        let mut out = json!({ "description": line(&standing.title), "include-controls": controls });
        if !remarks.is_empty() {
            out["remarks"] = json!(remarks.join("\n"));
        }
        Some(out)
    };
    let selections: Vec<Value> = standings.iter().filter_map(selection).collect();
    match selections.is_empty() {
        // A selection is required; checks that map to no control are of none.
        true => json!({ "control-selections": [{ "description": "No check here is mapped to a control." }] }),
        false => json!({ "control-selections": selections }),
    }
}

/// One risk for each check that flagged something, with the observations that show it.
fn risks<'a>(view: &View, ids: &'a Ids<'_>, shown: &[&Finding]) -> Vec<Resting<'a>> {
    let mut all = ByCheck::new();
    for finding in shown.iter().filter(|f| f.verdict == Verdict::Flagged) {
        all.entry(&finding.check).or_default().push(finding);
    }
    let risk = |(id, findings): (&str, Vec<&Finding>)| {
        let first = findings.first()?;
        let check = view.check(id);
        let text = |get: fn(&CheckRow) -> &str| line(check.map_or("", get));
        let accepted = findings.iter().all(|finding| finding.accepted.is_some());
        let head = json!({
            "uuid": ids.make("risk", id),
            "title": line(&first.title),
            "description": line(&format!("{} of {}", first.title, findings.len())),
            "statement": text(|check| &check.why),
            "props": [prop("check", id), prop("severity", first.severity.as_str())],
            "status": if accepted { "deviation-approved" } else { "open" },
            "remediations": [{
                "uuid": ids.make("remediation", id),
                "lifecycle": "recommendation",
                "title": "How to mend it",
                "description": text(|check| &check.fix),
            }],
        });
        Some(Resting { head, related_observations: related(ids, &findings), related_risks: Vec::new() })
    };
    all.into_iter().filter_map(risk).collect()
}

/// A risk, or a finding of a control, with the observations that it rests on: of many controls, each names thousands.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Resting<'a> {
    #[serde(flatten)]
    head: Value,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_observations: Vec<Related<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_risks: Vec<Value>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Related<'a> {
    observation_uuid: &'a str,
}

fn related<'a>(ids: &'a Ids<'_>, findings: &[&Finding]) -> Vec<Related<'a>> {
    findings.iter().map(|f| Related { observation_uuid: ids.observation(f) }).collect()
}

/// Verdicts by the check that they are of.
type ByCheck<'a> = BTreeMap<&'a str, Vec<&'a Finding>>;

/// The controls that something decides.
fn decided(standings: &[Standing]) -> Vec<(&Standing, &Control)> {
    let all = standings.iter().flat_map(|s| s.controls.iter().map(move |control| (s, control)));
    all.filter(|(_, control)| matches!(control.state, State::Failed | State::Clear)).collect()
}

/// One finding for a control that something decides.
fn finding<'a>(
    ids: &'a Ids<'_>,
    standing: &Standing,
    control: &Control,
    by_check: &ByCheck<'_>,
) -> Resting<'a> {
    let (state, reason) = match control.state {
        State::Failed => ("not-satisfied", "fail"),
        _ => ("satisfied", "pass"),
    };
    let id = control_id(&standing.name, &control.id);
    let of = |verdict: Verdict| {
        let bearing = control.checks.iter().filter_map(|check| by_check.get(check.as_str()));
        let bears = move |f: &&&Finding| f.verdict == verdict && f.bears(&standing.name, &control.id);
        bearing.flatten().filter(bears).copied()
    };
    let flagged: Vec<&Finding> = of(Verdict::Flagged).collect();
    let risks: BTreeSet<&str> = flagged.iter().map(|f| f.check.as_str()).collect();
    let tally = control.verdicts;
    let head = json!({
        "uuid": ids.make("finding", &id),
        "title": line(&format!("{} {} {}", standing.title, control.id, control.name)),
        "description": line(&format!(
            "{} flagged, {} not assessed, {} clear by {}. What these checks do not look at is not judged.",
            tally.flagged, tally.unknown, tally.clear, control.checks.join(", "),
        )),
        "props": [prop("framework", &standing.name), prop("control", &control.id)],
        "target": {
            "type": "objective-id",
            "target-id": id,
            "status": { "state": state, "reason": reason },
        },
    });
    let rests_on: Vec<&Finding> = if flagged.is_empty() { of(Verdict::Clear).collect() } else { flagged };
    let risks = risks.iter().map(|check| json!({ "risk-uuid": ids.make("risk", check) }));
    Resting { head, related_observations: related(ids, &rests_on), related_risks: risks.collect() }
}
