//! Snapshot → facts → findings → report: the one way, for a live run and for a file alike.

use std::{collections::BTreeSet, io, path::PathBuf, time::Instant};

use super::{
    Error, Outcome,
    bundle::{baseline, previous},
    console::Console,
    notify,
    options::Config,
    state::StateDir,
};
use crate::source::glob;
use crate::{
    check::{
        Check, Library, command,
        judge::{self, judge_chosen},
    },
    cli,
    config::{Format, Program, Verdicts, files, is_folder, room, writable},
    facts::{
        build::build_with,
        sensitivity::{Rules, sighted},
        topics,
    },
    finding::{
        Finding, Severity, State, Verdict,
        accept::{Acceptance, Accepts, accept},
        triage::{Baseline, Today, triage},
    },
    remedy::prove::{Ground, plan},
    report::{
        View,
        attest::{self, Signer, Sum},
        effort::Effort,
        evidence, reach, summary,
        text::inert,
        view::{CheckRow, Tally},
    },
    snapshot::{Gap, GapId, Snapshot, Topic, Why, draft::Draft, file::digest, folder},
};

/// All that a report needs beside the snapshot, found good before AWS is asked anything.
pub struct Ready {
    library: Library,
    chosen: BTreeSet<String>,
    framework: Option<&'static str>,
    verdicts: Verdicts,
    threshold: Option<Severity>,
    baseline: Option<Baseline>,
    accept: Vec<Acceptance>,
    config: Option<String>,
    sensitivity: Rules,
    signer: Option<Box<dyn Signer>>,
    previous: Option<Sum>,
    format: Format,
    outputs: Vec<(Format, PathBuf)>,
    /// Directory of a job that runs again and again.
    pub(super) state: Option<StateDir>,
    on_change: Option<Program>,
    summary: bool,
}

impl Ready {
    /// Loads and type-checks the checks (`own`, where a bundle is judged once more), and looks whether the files asked
    /// for can be made.
    ///
    /// # Errors
    /// A check is not right or not there; a file cannot be made.
    pub fn new(args: &cli::Report, config: &Config, own: Option<&[(String, String)]>) -> Result<Self, Error> {
        let state = args.state_dir.as_deref().map(StateDir::hold).transpose()?;
        let baseline = match (&args.baseline, &state) {
            (Some(path), _) => Some(baseline(path)?),
            (None, Some(state)) => Some(state.baseline()?),
            (None, None) => None,
        };
        if args.on_change.is_some() && baseline.is_none() {
            return Err(Error::Refused(
                "--on-change needs a --baseline or a --state-dir to tell a change by".into(),
            ));
        }
        let outputs = files(&args.output, args.output_dir.as_deref())?;
        let sealed = args.format == Format::Evidence || outputs.iter().any(|(f, _)| *f == Format::Evidence);
        let idle = [
            ("--output-dir", args.output_dir.is_some() && args.output.is_empty(), "--output"),
            ("--sign-key", args.sign_key.is_some() && !sealed, "an evidence bundle: --output evidence=FILE"),
            ("--sign-kms", args.sign_kms.is_some() && !sealed, "an evidence bundle: --output evidence=FILE"),
            ("--previous", args.previous.is_some() && !sealed, "an evidence bundle: --output evidence=FILE"),
        ];
        if let Some((option, _, needed)) = idle.iter().find(|(_, idle, _)| *idle) {
            return Err(Error::Refused(format!("{option} does nothing without {needed}")));
        }
        if let Some(dir) = &args.output_dir {
            folder::private(dir).map_err(|error| Error::Write(dir.clone(), error))?;
        }
        for (format, path) in &outputs {
            if *format == Format::Evidence && is_folder(path) { room(path)? } else { writable(path)? }
        }
        if args.sign_kms.is_some() && cfg!(not(feature = "aws")) {
            return Err(Error::Absent("--sign-kms", "aws"));
        }
        let key = args.sign_key.as_deref().map(attest::signing_key).transpose()?;
        let library = match own {
            Some(own) => {
                let own: Vec<(&str, &str)> = own.iter().map(|(id, text)| (&**id, &**text)).collect();
                Library::of(&own, &args.dirs)?
            }
            None => Library::to_judge(&args.dirs)?,
        };
        for id in args.only.iter().chain(&args.skip) {
            command::show(&library, id).map_err(Error::Refused)?;
        }
        // A bundle has the checks that were chosen, and the configuration is of all.
        for acceptance in config.file.accept.iter().filter(|_| own.is_none()) {
            let Accepts::Subjects { check, .. } = &acceptance.what else { continue };
            if !library.checks().iter().any(|known| glob::matches(check, &known.id)) {
                let why = command::show(&library, check).err().unwrap_or_default();
                return Err(Error::Refused(format!("{}: {why}", acceptance.place)));
            }
        }
        let framework = args.framework.map(|controls| controls.0.name);
        let chosen: BTreeSet<String> = library
            .checks()
            .iter()
            .filter(|check| framework.is_none_or(|name| check.maps.contains_key(name)))
            .map(|c| c.id.clone())
            .filter(|id| args.only.is_empty() || args.only.contains(id))
            .filter(|id| !args.skip.contains(id))
            .collect();
        if chosen.is_empty() {
            return Err(Error::Refused("no check is left to judge by".to_owned()));
        }
        Ok(Self {
            library,
            chosen,
            framework,
            verdicts: args.verdicts.clone(),
            threshold: args.fail_on.threshold(),
            baseline,
            accept: config.file.accept.clone(),
            config: config.file.text().map(str::to_owned),
            sensitivity: config.file.sensitivity.clone(),
            signer: key.map(|key| Box::new(key) as Box<dyn Signer>),
            previous: args.previous.as_deref().map(previous).transpose()?,
            format: args.format,
            outputs,
            state,
            on_change: args.on_change.clone(),
            summary: args.summary,
        })
    }

    /// Whether a snapshot may be kept at `path`: a file can be made there, and no report goes there.
    ///
    /// # Errors
    /// It may not.
    #[cfg(feature = "aws")]
    pub fn keepable(&self, path: &std::path::Path) -> Result<(), Error> {
        writable(path)?;
        Ok(crate::config::apart(path, &self.outputs)?)
    }

    /// The same, with the key of AWS KMS that is to sign, if one is, in the account of `session`.
    ///
    /// # Errors
    /// It cannot sign, as far as can be told before.
    #[cfg(feature = "aws")]
    pub fn signed(self, args: &cli::Report, session: &crate::collect::Session) -> Result<Self, Error> {
        let Some(arn) = &args.sign_kms else { return Ok(self) };
        let kms = super::sign::Kms::open(&arn.0, crate::collect::load(session))?;
        Ok(Self { signer: Some(Box::new(kms)), ..self })
    }

    /// What the chosen checks need to be asked about, beside the tables themselves.
    pub fn topics(&self) -> BTreeSet<Topic> {
        told_by(self.chosen(), &self.sensitivity)
    }

    /// What they need to be asked of Regions without tables, too.
    pub fn everywhere(&self) -> BTreeSet<Topic> {
        let of = |check: &Check| topics::everywhere(&check.elements().map(String::as_str).collect());
        self.chosen().flat_map(of).collect()
    }

    fn chosen(&self) -> impl Iterator<Item = &Check> {
        self.library.checks().iter().filter(|check| self.chosen.contains(&check.id))
    }

    /// Judges the snapshot and reports; `took` is what collecting it took, where that was now.
    ///
    /// # Errors
    /// A report cannot be written.
    pub fn report(
        &self,
        snapshot: &Snapshot,
        took: Option<Effort>,
        console: &Console,
    ) -> Result<Outcome, Error> {
        let began = Instant::now();
        let facts = build_with(snapshot, &self.sensitivity);
        let mut gaps = snapshot.gaps.clone();
        gaps.extend(facts.gaps.clone());
        // What is flagged or unknown decides the exit code; of the rest a number is enough unless it is asked for.
        let wanted = &self.verdicts.0;
        // Against a baseline, what is clear is what was resolved; and evidence is of what is well, too.
        let writes = |wanted: &[Format]| {
            self.outputs.iter().map(|(format, _)| format).chain([&self.format]).any(|f| wanted.contains(f))
        };
        let evidence = writes(&[Format::Evidence]);
        let all = evidence || self.baseline.is_some();
        let told = |v| all || matches!(v, Verdict::Flagged | Verdict::Unknown) || wanted.contains(&v);
        let judged = judge_chosen(self.chosen(), &facts, &gaps, |_, verdict| told(verdict));
        let mut judged = judged.whole().map_err(Error::Refused)?;
        // What was not asked about, since no verdict needs it, is no gap in what was asked.
        let needed: BTreeSet<&GapId> =
            judged.findings.iter().flat_map(|f| &f.missing).map(|missing| &*missing.gap).collect();
        gaps.retain(|id, gap| gap.why != Why::NotAsked || needed.contains(id));
        let accepted = accept(&mut judged.findings, &self.accept, snapshot.taken);
        let triage = self.baseline.as_ref().map(|baseline| {
            let today = Today {
                snapshot,
                checks: &self.chosen,
                by_sample: topics::by_sample,
                sighted: sighted(&snapshot.accounts),
            };
            triage(&mut judged.findings, gaps.values(), baseline, &today)
        });
        // A run that ends early ends somewhere each night: what it does not reach is never what is known.
        let known = |gap: &Gap| {
            !gap.why.is_unreached() && self.baseline.as_ref().is_some_and(|b| b.gaps.contains(&gap.id()))
        };
        let fresh = |f: &&Finding| match &self.baseline {
            None => true,
            Some(baseline) if f.verdict == Verdict::Unknown => !baseline.unknown.contains(&f.fingerprint),
            Some(_) => f.state != Some(State::Unchanged),
        };
        let counts = |f: &&Finding| f.accepted.is_none() && fresh(f);
        let outcome = outcome(
            judged.findings.iter().filter(counts),
            gaps.values().filter(|gap| !known(gap)),
            self.threshold,
        );
        // Whatever is flagged beside, findings are not what such a run has to tell.
        let outcome = if snapshot.is_blind() {
            console.warn("no table could be listed, so nothing about tables was assessed");
            Outcome::Incomplete
        } else {
            outcome
        };
        let digest = digest(snapshot).map_err(|e| Error::Refused(e.to_string()))?;
        // It judges part of the account a second time, so only where somebody reads it.
        let more = writes(&[Format::Remediation, Format::Html, Format::Evidence])
            .then(|| (reach::rows(&facts), Ground::of(&facts)));
        // A large account has room for one of each: facts go before others are made, and findings are never copied.
        drop(facts);
        let (readers, plan) = more.map_or_else(Default::default, |(readers, ground)| {
            let checks = (&self.library, &self.chosen);
            (readers, plan(snapshot, checks, &ground, &judged.findings, &self.sensitivity))
        });
        let rows = self.rows(&judged.tally);
        let judging_seconds = rounded(began.elapsed().as_secs_f64());
        let took = took.map(|took| Effort { judging_seconds, ..took });
        let mut view = View::new(snapshot, digest, rows, &gaps, judged.findings, &Verdict::ALL.into())
            .with_triage(triage)
            .with_acceptances(accepted)
            .with_more(readers, plan)
            .with_effort(took)
            .under(self.framework);
        let bundle = evidence.then(|| self.bundle(&mut view, snapshot)).transpose();
        // What could not be signed is not written, and costs no other report.
        let (bundle, unsigned) = match bundle {
            Ok(bundle) => (bundle, None),
            Err(error) => (None, Some(error)),
        };
        let rest = view.show(wanted);
        let mut view = view.under(self.framework);
        // A code that says that something is amiss is never all that is said.
        let silent = outcome == Outcome::Clean && console.is_silent(&view);
        let written = console.report(&view, bundle.as_ref(), self.format, &self.outputs, silent);
        match (written, unsigned) {
            (Err(error), Some(unsigned)) => return Err(Error::Several(vec![unsigned, error])),
            (Err(error), None) | (Ok(()), Some(error)) => return Err(error),
            (Ok(()), None) => {}
        }
        view.take_back(rest);
        view.show(&[Verdict::Flagged, Verdict::Unknown].into());
        self.tell(&view.under(self.framework), console, silent)?;
        Ok(outcome)
    }

    /// Says how the run went, tells of changes, and last leaves the run to the next one: what could not be told is
    /// then told again.
    fn tell(&self, left: &View, console: &Console, silent: bool) -> Result<(), Error> {
        let line = summary::line(left);
        if !silent {
            console.summary(&line, self.summary);
        }
        let changed = left.triage.as_ref().filter(|triage| !triage.is_quiet());
        if let (Some(program), Some(triage)) = (&self.on_change, changed) {
            notify::tell(program, left, triage, &line)?;
        }
        Ok(self.state.as_ref().map_or(Ok(()), |state| state.leave(left))?)
    }

    /// The evidence bundle of a run, as an archive from which it goes to where it is wanted; `view` has every verdict.
    fn bundle(&self, view: &mut View, snapshot: &Snapshot) -> Result<Draft, Error> {
        let mut wanted = self.outputs.iter().filter(|(format, _)| *format == Format::Evidence);
        let places: Vec<String> = wanted.clone().map(|(_, path)| path.display().to_string()).collect();
        let failed = |error: io::Error| {
            let places = places.join(", ");
            Error::Refused(format!("cannot write {places}: the evidence bundle cannot be made: {error}"))
        };
        let asked = self.signer.as_ref().map_or(&[][..], |signer| signer.calls());
        // A bundle tells of the call that signs it: where that fails, there is no bundle.
        for call in asked {
            view.coverage.calls.entry((*call).to_owned()).or_default().made += 1;
        }
        let name = |check: &Check| format!("{}/{}.toml", check.group, check.id);
        let sources = evidence::Sources {
            snapshot,
            checks: self.chosen().map(|check| (name(check), check.source.as_str())).collect(),
            config: self.config.as_deref(),
            previous: self.previous.clone(),
            signer: self.signer.as_deref(),
        };
        // Where there must be room for it anyway.
        let place = wanted.find(|(_, path)| !is_folder(path)).map(|(_, path)| path.as_path());
        let made =
            Draft::of(place).and_then(|draft| evidence::bundle(view, sources, draft.file()).map(|()| draft));
        made.map_err(|error| {
            if let Some(count) = asked.last().and_then(|call| view.coverage.calls.get_mut(*call)) {
                count.failed += 1;
            }
            failed(error)
        })
    }

    fn rows(&self, tally: &judge::Tally) -> Vec<CheckRow> {
        let verdicts = |check: &Check| tally.get(&check.id).map(Tally::from).unwrap_or_default();
        self.chosen().map(|check| CheckRow::of(check, verdicts(check))).collect()
    }
}

/// Seconds to the millisecond, which is more than two runs have in common.
pub fn rounded(seconds: f64) -> f64 {
    (seconds * 1000.0).round() / 1000.0
}

/// How a run ended. What nobody asked for is no gap in what was asked: a nightly job may end clean.
/// Where a verdict needed it, the verdict is unknown, and that counts.
fn outcome<'a>(
    findings: impl Iterator<Item = &'a Finding>,
    mut gaps: impl Iterator<Item = &'a Gap>,
    threshold: Option<Severity>,
) -> Outcome {
    let findings: Vec<&Finding> = findings.collect();
    let fails = |f: &&Finding| f.verdict == Verdict::Flagged && threshold.is_some_and(|t| f.severity >= t);
    if findings.iter().any(fails) {
        Outcome::Flagged
    } else if findings.iter().any(|f| f.verdict == Verdict::Unknown) || has_holes(&mut gaps) {
        Outcome::Incomplete
    } else {
        Outcome::Clean
    }
}

/// Whether something that was asked for could not be seen.
pub fn has_holes<'a>(gaps: &mut impl Iterator<Item = &'a Gap>) -> bool {
    gaps.any(|gap| gap.why != Why::NotAsked)
}

/// What a run of these checks asks about, beside the tables themselves.
fn told_by<'a>(checks: impl IntoIterator<Item = &'a Check>, rules: &Rules) -> BTreeSet<Topic> {
    let facts = checks.into_iter().flat_map(Check::facts).map(String::as_str);
    // What the configuration calls sensitive by its tags is shown of every finding.
    let by_tags = [&rules.sensitive, &rules.pci].iter().any(|rule| !rule.tags.is_empty());
    topics::needed(facts).into_iter().chain(by_tags.then_some(Topic::Tags)).collect()
}

/// What a run of the checks whose ids match one of `patterns` asks about; every topic where there is no pattern.
///
/// # Errors
/// A pattern that no check matches.
pub fn topics_of(library: &Library, patterns: &[String], rules: &Rules) -> Result<BTreeSet<Topic>, Error> {
    if patterns.is_empty() {
        return Ok(Topic::ALL.into());
    }
    let mut chosen: Vec<&Check> = Vec::new();
    for pattern in patterns {
        let before = chosen.len();
        chosen.extend(library.checks().iter().filter(|check| glob::matches(pattern, &check.id)));
        if chosen.len() == before {
            return Err(Error::Refused(format!("no check is called `{}`", inert(pattern))));
        }
    }
    Ok(told_by(chosen, rules))
}
