//! The JSON report of an earlier run, read back as a baseline.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{self, BufRead},
    path::{Path, PathBuf},
};

use serde::Deserialize;

use super::view::SCHEMA;
use crate::{
    facts::topics::by_sample,
    finding::{
        Finding, SubjectKind, Verdict,
        triage::{Baseline, Chosen, Triage},
    },
    snapshot::{
        GapId, Timestamp,
        text::{Limits, Text},
    },
};

/// Most that is read of a report.
pub const LIMITS: Limits = Limits { bytes: 4 << 30, values: 1 << 27 };

/// Why a baseline cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file cannot be read.
    #[error("cannot read the baseline {0}: {1}")]
    Read(PathBuf, io::Error),
    /// The file is no JSON report.
    #[error("{0} is no JSON report of dynaudit: {1}; make one with --output json=FILE")]
    Form(PathBuf, String),
    /// The report was written by another version.
    #[error("{0} is a report of form {1}, and this dynaudit reads form {SCHEMA}; make it anew")]
    Schema(PathBuf, u64),
    /// The report leaves out what was flagged.
    #[error("{0} does not list what is flagged and unknown: make it with --verdicts flagged,unknown or all")]
    Verdicts(PathBuf),
}

/// What of a report a baseline needs; the rest is passed over.
#[derive(Deserialize)]
struct Form {
    schema: u64,
    run: Run,
    #[serde(default)]
    coverage: Coverage,
    summary: Summary,
    gaps: Vec<Gap>,
    findings: Vec<Finding>,
    #[serde(default)]
    triage: Option<Triage>,
}

#[derive(Deserialize)]
struct Run {
    taken: Timestamp,
    scope: Scope,
}

#[derive(Deserialize)]
struct Scope {
    table: Option<String>,
    regions: BTreeSet<String>,
}

#[derive(Default, Deserialize)]
struct Coverage {
    #[serde(default)]
    samples: Vec<Sampled>,
}

#[derive(Deserialize)]
struct Sampled {
    table: String,
    /// What an older report does not say.
    sighted: Option<bool>,
}

#[derive(Deserialize)]
struct Summary {
    verdicts: Counts,
}

#[derive(Deserialize)]
struct Counts {
    flagged: usize,
    unknown: usize,
}

#[derive(Deserialize)]
struct Gap {
    id: GapId,
}

/// Reads the report at `path`, packed or not.
///
/// # Errors
/// It cannot be read, is no JSON report of this form, or does not list all that was flagged and unknown.
pub fn load(path: &Path) -> Result<Baseline, Error> {
    let text = Text::open(path).map_err(|error| Error::Read(path.to_owned(), error))?;
    read(text.reader(LIMITS), path)
}

/// Reads a report from what `text` gives of the file at `path`.
///
/// # Errors
/// As [`load`].
pub fn read(text: impl BufRead, path: &Path) -> Result<Baseline, Error> {
    let form: Form = serde_json::from_reader(text).map_err(|error| match error.is_io() {
        true => Error::Read(path.to_owned(), error.into()),
        // The message may quote the file; where it broke is enough.
        false => Error::Form(path.to_owned(), format!("line {}, column {}", error.line(), error.column())),
    })?;
    if form.schema != u64::from(SCHEMA) {
        return Err(Error::Schema(path.to_owned(), form.schema));
    }
    let of = |verdict| form.findings.iter().filter(|f| f.verdict == verdict).count();
    let listed = (of(Verdict::Flagged), of(Verdict::Unknown));
    if listed != (form.summary.verdicts.flagged, form.summary.verdicts.unknown) {
        return Err(Error::Verdicts(path.to_owned()));
    }
    let triage = form.triage.unwrap_or_else(|| Triage { alike: true, ..Triage::default() });
    let Scope { table, mut regions } = form.run.scope;
    regions.extend(triage.left_out);
    let chosen = Chosen { table, alike: triage.alike, regions };
    let samples = form.coverage.samples;
    let says = !samples.is_empty() && samples.iter().all(|sample| sample.sighted.is_some());
    let met = samples.into_iter().filter(|sample| sample.sighted == Some(true)).map(|sample| sample.table);
    let sighted = (says || !triage.not_met.is_empty()).then(|| met.chain(triage.not_met).collect());
    let not_met = triage.unknown_not_seen_again;
    let unknown = form.findings.iter().filter(|f| f.verdict == Verdict::Unknown).chain(&not_met);
    let unknown = unknown.map(|f| f.fingerprint.clone()).collect();
    // What a verdict lacked that the sample did not meet is not new when it is met again.
    let lacked = not_met.iter().chain(&triage.not_seen_again).flat_map(|f| &f.missing);
    let lacked: Vec<GapId> = lacked.map(|missing| GapId::clone(&missing.gap)).collect();
    let (flagged, rest): (Vec<Finding>, Vec<Finding>) =
        form.findings.into_iter().partition(|f| f.verdict == Verdict::Flagged);
    let sampled = rest.into_iter().filter(|f| f.verdict == Verdict::Unknown && may_be_missed(f));
    let kept = triage.not_seen_again.into_iter().chain(triage.not_assessed);
    let resolved = triage.history.into_iter().chain(triage.resolved);
    Ok(Baseline {
        taken: Some(form.run.taken),
        flagged: flagged
            .into_iter()
            .chain(kept)
            .map(|f| (f.fingerprint.clone(), f))
            .collect::<BTreeMap<_, _>>(),
        unknown,
        sampled: sampled.chain(not_met).collect(),
        resolved: resolved.map(|past| (past.fingerprint.clone(), past)).collect(),
        sighted,
        chosen,
        gaps: form.gaps.into_iter().map(|gap| gap.id).chain(lacked).collect(),
    })
}

/// Whether a verdict is not there, or is another, where a sample does not meet what it is about.
fn may_be_missed(finding: &Finding) -> bool {
    let of_items = matches!(finding.subject.kind, SubjectKind::Attribute | SubjectKind::Copy);
    of_items || finding.because.iter().any(|because| by_sample(&because.fact))
}
