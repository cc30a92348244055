//! Frameworks and their controls: how each control stands by the checks that bear on it, and which none decides.

use std::{collections::BTreeMap, sync::LazyLock};

use schemars::JsonSchema;
use serde::Serialize;

use super::view::{CheckRow, Tally};
use crate::finding::{Finding, Verdict};

/// One file for each framework: `name | title | scope`, then `id | short name` in the framework's own order.
const FILES: [&str; 9] = [
    include_str!("framework/pci-dss-4.0.1.txt"),
    include_str!("framework/soc2.txt"),
    include_str!("framework/hipaa.txt"),
    include_str!("framework/iso-27001-2022.txt"),
    include_str!("framework/nist-800-53-r5.txt"),
    include_str!("framework/gdpr.txt"),
    include_str!("framework/aws-fsbp.txt"),
    include_str!("framework/owasp-api-2023.txt"),
    include_str!("framework/cwe.txt"),
];

static KNOWN: LazyLock<Vec<Framework>> = LazyLock::new(|| FILES.iter().filter_map(|f| read(f)).collect());

/// A framework as its file tells it.
#[derive(Debug, PartialEq, Eq)]
pub struct Framework {
    /// Name that checks use in `maps`, for example `PCI-DSS-4.0.1`.
    pub name: &'static str,
    /// Name to print.
    pub title: &'static str,
    /// Which of its controls are listed.
    pub scope: &'static str,
    /// Controls by id, with a short name, in the framework's order.
    pub controls: Vec<(&'static str, &'static str)>,
}

/// The frameworks known here.
pub fn known() -> &'static [Framework] {
    &KNOWN
}

fn read(file: &'static str) -> Option<Framework> {
    let mut lines = file.lines();
    let mut head = lines.next()?.split('|').map(str::trim);
    let (name, title, scope) = (head.next()?, head.next()?, head.next()?);
    let controls =
        lines.filter_map(|line| line.split_once('|')).map(|(id, name)| (id.trim(), name.trim())).collect();
    Some(Framework { name, title, scope, controls })
}

/// How a control stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// A check that bears on it flagged something.
    Failed,
    /// Nothing is flagged, and something could not be assessed.
    NotAssessed,
    /// What the checks here look at is clear; what they do not look at is not judged.
    Clear,
    /// The checks that bear on it concern nothing that is there, or did not run.
    NotApplicable,
    /// No check here bears on it.
    NotDecided,
}

impl State {
    /// The word to print.
    pub fn as_str(self) -> &'static str {
        match self {
            State::Failed => "failed",
            State::NotAssessed => "not assessed",
            State::Clear => "clear",
            State::NotApplicable => "not applicable",
            State::NotDecided => "not decided here",
        }
    }
}

/// A framework as a run leaves it.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Standing {
    /// Name that checks use.
    pub name: String,
    /// Name to print.
    pub title: String,
    /// Which of its controls are listed.
    pub scope: String,
    /// Its controls, in its own order.
    pub controls: Vec<Control>,
}

/// A control with what the checks that bear on it said.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Control {
    /// Its id in the framework.
    pub id: String,
    /// A short name of ours.
    pub name: String,
    /// How it stands.
    pub state: State,
    /// Verdicts of its checks, counted.
    pub verdicts: Tally,
    /// Checks that bear on it, by id.
    pub checks: Vec<String>,
}

impl Standing {
    /// Where a check stands among the controls: at the first that it bears on.
    fn place(&self, checks: &BTreeMap<&str, usize>, finding: &Finding) -> usize {
        checks.get(finding.check.as_str()).copied().unwrap_or(self.controls.len())
    }

    /// Puts findings in the order of the controls; findings of one control stay in the order that they had.
    pub(super) fn order(&self, findings: &mut [Finding]) {
        let mut places = BTreeMap::new();
        for (at, control) in self.controls.iter().enumerate() {
            for check in &control.checks {
                places.entry(check.as_str()).or_insert(at);
            }
        }
        findings.sort_by_key(|finding| self.place(&places, finding));
    }

    /// How many controls are in this state.
    pub fn count(&self, state: State) -> usize {
        self.controls.iter().filter(|control| control.state == state).count()
    }
}

/// How the framework of this name stands by `checks`. Of `findings`, those that do not bear on a control (card data,
/// where there is none) do not count against it.
pub fn standing(name: &str, checks: &[CheckRow], findings: &[Finding]) -> Standing {
    let framework = known().iter().find(|framework| framework.name == name);
    let mut bearing: BTreeMap<&str, Vec<&CheckRow>> = BTreeMap::new();
    for check in checks {
        for id in check.maps.get(name).into_iter().flatten() {
            bearing.entry(id).or_default().push(check);
        }
    }
    let mut outside: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in findings.iter().filter(|finding| finding.pci_scope == Some(false)) {
        outside.entry(&finding.check).or_default().push(finding);
    }
    let control = |id: &str, short: &str, checks: &[&CheckRow]| {
        let beside = checks.iter().filter_map(|check| outside.get(check.id.as_str())).flatten();
        control(id, short, checks, beside.filter(|finding| !finding.bears(name, id)).copied())
    };
    let listed = framework.map_or(&[][..], |framework| &framework.controls);
    let mut controls: Vec<Control> =
        listed.iter().map(|(id, name)| control(id, name, &bearing.remove(id).unwrap_or_default())).collect();
    // What a check of the user's own maps to and no list has; a test keeps ours in the lists.
    controls.extend(bearing.iter().map(|(id, checks)| control(id, "", checks)));
    Standing {
        name: name.to_owned(),
        title: framework.map_or(name, |framework| framework.title).to_owned(),
        scope: framework.map_or("", |framework| framework.scope).to_owned(),
        controls,
    }
}

/// Every framework that a check maps to: those known here first, in their order.
pub fn all(checks: &[CheckRow], findings: &[Finding]) -> Vec<Standing> {
    let mut names: Vec<&str> = known().iter().map(|framework| framework.name).collect();
    names.retain(|name| checks.iter().any(|check| check.maps.contains_key(*name)));
    let mut own: Vec<&str> = checks.iter().flat_map(|check| check.maps.keys()).map(String::as_str).collect();
    own.sort_unstable();
    own.dedup();
    own.retain(|name| !names.contains(name));
    names.extend(own);
    names.into_iter().map(|name| standing(name, checks, findings)).collect()
}

fn control<'a>(
    id: &str,
    name: &str,
    checks: &[&CheckRow],
    beside: impl Iterator<Item = &'a Finding>,
) -> Control {
    let mut verdicts = Tally::default();
    checks.iter().for_each(|check| verdicts.add(check.verdicts));
    for finding in beside {
        let counted = match finding.verdict {
            Verdict::Flagged => &mut verdicts.flagged,
            Verdict::Unknown => &mut verdicts.unknown,
            Verdict::Clear => &mut verdicts.clear,
            Verdict::NotApplicable => continue,
        };
        *counted = counted.saturating_sub(1);
        verdicts.not_applicable += 1;
    }
    let state = match verdicts {
        _ if checks.is_empty() => State::NotDecided,
        Tally { flagged: 1.., .. } => State::Failed,
        Tally { unknown: 1.., .. } => State::NotAssessed,
        Tally { clear: 1.., .. } => State::Clear,
        _ => State::NotApplicable,
    };
    let checks = checks.iter().map(|check| check.id.clone()).collect();
    Control { id: id.to_owned(), name: name.to_owned(), state, verdicts, checks }
}
