//! A run ready to be rendered: sorted, counted, nothing left to decide.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Serialize;

use super::{coverage::Coverage, effort::Effort, framework, reach::ReaderRow};
use crate::{
    check::{Check, Recipe},
    finding::{Finding, Severity, Verdict, accept::AcceptanceRow, triage::Triage},
    remedy::Plan,
    snapshot::{Gap, GapId, ResourceId, Scope, Snapshot, Timestamp, Why},
};

/// The version of the JSON report's own form; raised when a reader of the old one would misread it.
pub const SCHEMA: u32 = 1;

/// A run, as the JSON report has it.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(title = "dynaudit report")]
pub struct View {
    /// Version of this form.
    pub schema: u32,
    /// What ran, when, as whom, and on what it was asked to look at.
    pub run: Run,
    /// What was looked at.
    pub coverage: Coverage,
    /// All verdicts, counted, shown below or not.
    pub summary: Summary,
    /// What could not be seen, by id.
    pub gaps: Vec<GapRow>,
    /// Findings with one of the verdicts asked for, the worst first.
    pub findings: Vec<Finding>,
    /// The checks that ran, by id.
    pub checks: Vec<CheckRow>,
    /// What holding against an earlier run came to, where there was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub triage: Option<Triage>,
    /// How the controls of the framework that was asked for stand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub framework: Option<framework::Standing>,
    /// Accepted risks of the configuration, and what became of each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub acceptances: Vec<AcceptanceRow>,
    /// Who reads which tables; empty unless some form of the report shows it.
    #[serde(skip)]
    pub readers: Vec<ReaderRow>,
    /// What is proposed beside what each check says; empty unless some form of the report shows it.
    #[serde(skip)]
    pub plan: Plan,
    /// Gaps alike, counted together.
    #[serde(skip)]
    pub gap_groups: Vec<GapGroup>,
    /// Which verdicts were asked for.
    #[serde(skip)]
    pub verdicts: BTreeSet<Verdict>,
}

/// What ran, when and as whom.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Run {
    /// `dynaudit`.
    pub tool: String,
    /// Its version, which judged.
    pub version: String,
    /// Version of the dynaudit that collected.
    pub collected_by: String,
    /// When the collection started.
    #[schemars(with = "String")]
    pub taken: Timestamp,
    /// SHA-256 of the snapshot file, in hex.
    pub snapshot_sha256: String,
    /// What was asked for.
    pub scope: Scope,
    /// Accounts, by id.
    pub accounts: Vec<AccountRow>,
    /// What the run took; absent where nothing was asked for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effort: Option<Effort>,
}

/// One account.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct AccountRow {
    /// Twelve digits, or `unknown`.
    pub id: String,
    /// `aws`, `aws-cn`, `aws-us-gov`, …
    pub partition: String,
    /// ARN of who asked; null where STS did not tell.
    pub caller: Option<String>,
}

/// Verdicts, counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Tally {
    /// The fault is there.
    pub flagged: u64,
    /// Not assessed: something needed could not be seen.
    pub unknown: u64,
    /// The fault is not there.
    pub clear: u64,
    /// The check does not concern the subject.
    pub not_applicable: u64,
}

impl From<&BTreeMap<Verdict, u64>> for Tally {
    fn from(counts: &BTreeMap<Verdict, u64>) -> Self {
        let of = |verdict| counts.get(&verdict).copied().unwrap_or(0);
        Self {
            flagged: of(Verdict::Flagged),
            unknown: of(Verdict::Unknown),
            clear: of(Verdict::Clear),
            not_applicable: of(Verdict::NotApplicable),
        }
    }
}

impl Tally {
    /// Adds what another counted.
    pub(super) fn add(&mut self, other: Tally) {
        self.flagged += other.flagged;
        self.unknown += other.unknown;
        self.clear += other.clear;
        self.not_applicable += other.not_applicable;
    }

    /// All of them.
    pub fn all(&self) -> u64 {
        self.flagged + self.unknown + self.clear + self.not_applicable
    }
}

/// All verdicts, counted.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Summary {
    /// By verdict.
    pub verdicts: Tally,
    /// Flagged ones by severity; every severity is there.
    pub flagged: BTreeMap<Severity, u64>,
    /// Gaps.
    pub gaps: u64,
}

/// Something that could not be seen.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct GapRow {
    /// Names it; `missing` of a finding refers to it.
    pub id: GapId,
    /// The call that failed, as `service:Operation`, or the step of our own that did.
    pub call: String,
    /// What it was about.
    pub on: ResourceId,
    /// Why.
    pub why: Why,
    /// The service's error code or our own reason, and the missing permission where there is one.
    pub message: String,
    /// How many flagged or unknown verdicts it touches.
    pub verdicts: u64,
}

/// Gaps of one call for one reason.
#[derive(Debug, Clone, PartialEq)]
pub struct GapGroup {
    /// The call.
    pub call: String,
    /// Why.
    pub why: Why,
    /// How many such gaps.
    pub gaps: u64,
    /// What the first of them is about.
    pub on: String,
    /// Its message.
    pub message: String,
    /// How many verdicts are unknown for one of them.
    pub unknown: u64,
    /// How many verdicts stand though one of them is missing.
    pub weakened: u64,
}

/// A check that ran.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct CheckRow {
    /// The name of its file.
    pub id: String,
    /// The folder of its file: what it is about, such as `access` or `encryption`.
    pub group: String,
    /// What is wrong, in a few words.
    pub title: String,
    /// How bad.
    pub severity: Severity,
    /// Why it matters.
    pub why: String,
    /// How to mend it.
    pub fix: String,
    /// How to mend one resource: commands and snippets in which `<table>`, `<arn>` and the like stand for its names.
    #[serde(skip_serializing_if = "is_empty")]
    pub recipe: Recipe,
    /// Controls of frameworks that it bears on.
    pub maps: BTreeMap<String, Vec<String>>,
    /// What it said, counted.
    pub verdicts: Tally,
}

impl CheckRow {
    /// The row of a check that said this.
    pub fn of(check: &Check, verdicts: Tally) -> Self {
        Self {
            id: check.id.clone(),
            group: check.group.clone(),
            title: check.title.clone(),
            severity: check.severity,
            why: check.why.clone(),
            fix: check.fix.clone(),
            recipe: check.recipe.clone(),
            maps: check.maps.clone(),
            verdicts,
        }
    }

    /// The controls that bear on what a finding is about: framework and id.
    pub fn controls<'a>(&'a self, finding: &'a Finding) -> impl Iterator<Item = (&'a str, &'a str)> {
        let all =
            self.maps.iter().flat_map(|(name, ids)| ids.iter().map(move |id| (name.as_str(), id.as_str())));
        all.filter(|(name, id)| finding.bears(name, id))
    }
}

impl View {
    /// Sorts and counts. `findings` are at least all that are flagged or unknown; those with one of
    /// `verdicts` are shown. `checks` come with their verdicts counted.
    pub fn new(
        snapshot: &Snapshot,
        digest: String,
        mut checks: Vec<CheckRow>,
        gaps: &BTreeMap<GapId, Gap>,
        mut findings: Vec<Finding>,
        verdicts: &BTreeSet<Verdict>,
    ) -> Self {
        checks.sort_by(|a, b| a.id.cmp(&b.id));
        let mut tally = Tally::default();
        checks.iter().for_each(|c| tally.add(c.verdicts));
        let mut flagged: BTreeMap<Severity, u64> = Severity::ALL.iter().map(|s| (*s, 0)).collect();
        for finding in findings.iter().filter(|f| f.verdict == Verdict::Flagged) {
            *flagged.entry(finding.severity).or_default() += 1;
        }
        let gap_groups = group(gaps, &findings);
        let gap_rows = rows(gaps, &findings);
        findings.retain(|f| verdicts.contains(&f.verdict));
        findings.sort_by(Finding::order);
        Self {
            schema: SCHEMA,
            run: Run {
                tool: env!("CARGO_PKG_NAME").to_owned(),
                version: env!("CARGO_PKG_VERSION").to_owned(),
                collected_by: snapshot.tool.clone(),
                taken: snapshot.taken,
                snapshot_sha256: digest,
                scope: snapshot.scope.clone(),
                accounts: snapshot
                    .accounts
                    .iter()
                    .map(|a| AccountRow {
                        id: a.id.clone(),
                        partition: a.partition.clone(),
                        caller: a.identity.value().map(|i| i.arn.clone()),
                    })
                    .collect(),
                effort: None,
            },
            coverage: Coverage::of(snapshot),
            summary: Summary { verdicts: tally, flagged, gaps: gaps.len() as u64 },
            gaps: gap_rows,
            findings,
            checks,
            gap_groups,
            verdicts: verdicts.clone(),
            triage: None,
            framework: None,
            readers: Vec::new(),
            plan: Plan::default(),
            acceptances: Vec::new(),
        }
    }

    /// The view with what became of accepted risks.
    #[must_use]
    pub fn with_acceptances(self, acceptances: Vec<AcceptanceRow>) -> Self {
        Self { acceptances, ..self }
    }

    /// The view with what holding against an earlier run came to.
    #[must_use]
    pub fn with_triage(self, triage: Option<Triage>) -> Self {
        Self { triage, ..self }
    }

    /// The view with who reads what, and what is proposed.
    #[must_use]
    pub fn with_more(self, readers: Vec<ReaderRow>, plan: Plan) -> Self {
        Self { readers, plan, ..self }
    }

    /// Shows only findings of these verdicts, and hands back the others.
    pub fn show(&mut self, verdicts: &BTreeSet<Verdict>) -> Vec<Finding> {
        let hidden = |finding: &Finding| !verdicts.contains(&finding.verdict);
        let mut rest = Vec::with_capacity(self.findings.iter().filter(|f| hidden(f)).count());
        rest.extend(self.findings.extract_if(.., |finding| hidden(finding)));
        self.verdicts.clone_from(verdicts);
        rest
    }

    /// Takes findings in that were handed back.
    pub fn take_back(&mut self, findings: Vec<Finding>) {
        self.findings.extend(findings);
        self.findings.sort_by(Finding::order);
    }

    /// The view in the order of a framework's controls, with how each of them stands.
    #[must_use]
    pub fn under(mut self, framework: Option<&str>) -> Self {
        let Some(name) = framework else { return self };
        let standing = framework::standing(name, &self.checks, &self.findings);
        standing.order(&mut self.findings);
        Self { framework: Some(standing), ..self }
    }

    /// The check of this id.
    pub fn check(&self, id: &str) -> Option<&CheckRow> {
        let found = self.checks.binary_search_by(|check| check.id.as_str().cmp(id));
        found.ok().map(|at| &self.checks[at])
    }
}

fn is_empty(recipe: &Recipe) -> bool {
    *recipe == Recipe::default()
}

/// Whether a gap's touch is counted: the same whatever verdicts are shown.
fn counts(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Flagged | Verdict::Unknown)
}

fn rows(gaps: &BTreeMap<GapId, Gap>, findings: &[Finding]) -> Vec<GapRow> {
    let mut touched: BTreeMap<&GapId, u64> = BTreeMap::new();
    for finding in findings.iter().filter(|f| counts(f.verdict)) {
        for gap in finding.missing.iter().map(|m| &m.gap).collect::<BTreeSet<_>>() {
            *touched.entry(gap).or_default() += 1;
        }
    }
    gaps.iter()
        .map(|(id, gap)| GapRow {
            id: id.clone(),
            call: gap.call.clone(),
            on: gap.on.clone(),
            why: gap.why,
            message: gap.message.clone(),
            verdicts: touched.get(id).copied().unwrap_or(0),
        })
        .collect()
}

/// Groups gaps by call and reason; those that leave most verdicts open come first.
fn group(gaps: &BTreeMap<GapId, Gap>, findings: &[Finding]) -> Vec<GapGroup> {
    let mut groups: BTreeMap<(&str, Why), GapGroup> = BTreeMap::new();
    for gap in gaps.values() {
        let group = groups.entry((&gap.call, gap.why)).or_insert_with(|| GapGroup {
            call: gap.call.clone(),
            why: gap.why,
            gaps: 0,
            on: gap.on.0.clone(),
            message: gap.message.clone(),
            unknown: 0,
            weakened: 0,
        });
        group.gaps += 1;
        if gap.on.0 < group.on {
            group.on.clone_from(&gap.on.0);
            group.message.clone_from(&gap.message);
        }
    }
    for finding in findings.iter().filter(|f| counts(f.verdict)) {
        let keys: BTreeSet<_> = finding.missing.iter().map(|m| (m.call.as_str(), m.why)).collect();
        for key in keys {
            let Some(group) = groups.get_mut(&key) else { continue };
            match finding.verdict {
                Verdict::Unknown => group.unknown += 1,
                _ => group.weakened += 1,
            }
        }
    }
    let mut groups: Vec<GapGroup> = groups.into_values().collect();
    groups.sort_by_key(|g| std::cmp::Reverse(g.unknown));
    groups
}
