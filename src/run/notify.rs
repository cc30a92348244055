//! Tells a program of the user's what changed: JSON on its standard input, no shell, a minute at most.

use std::{
    io::{self, Write, stderr},
    process::{Child, Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde::Serialize;

use super::Error;
use crate::{
    config::Program,
    finding::{
        Finding, State,
        triage::{Past, Triage},
    },
    report::{View, json, view},
};

/// Longest run of the program.
const MOST: Duration = Duration::from_secs(60);
/// How often it is looked at.
const LOOK: Duration = Duration::from_millis(20);

/// What changed.
#[derive(Serialize)]
struct Changes<'a> {
    schema: u32,
    run: &'a view::Run,
    summary: String,
    new: Vec<&'a Finding>,
    reopened: Vec<&'a Finding>,
    acceptance_ended: Vec<&'a Finding>,
    resolved: &'a [Past],
    not_seen_again: &'a [Finding],
    not_assessed: &'a [Finding],
    new_gaps: Vec<&'a view::GapRow>,
    /// What the run ended before, new or not.
    unreached: Vec<&'a view::GapRow>,
}

/// Starts the program and waits for it. `view` lists at least what is flagged; `summary` says it in a line.
///
/// # Errors
/// It cannot be started, fails, or takes too long.
pub fn tell(program: &Program, view: &View, triage: &Triage, summary: &str) -> Result<(), Error> {
    let of = |state| view.findings.iter().filter(|f| f.state == Some(state)).collect();
    let changes = Changes {
        schema: view::SCHEMA,
        run: &view.run,
        summary: summary.to_owned(),
        new: of(State::New),
        reopened: of(State::Reopened),
        acceptance_ended: of(State::AcceptanceEnded),
        resolved: &triage.resolved,
        not_seen_again: &triage.not_seen_again,
        not_assessed: &triage.not_assessed,
        new_gaps: view.gaps.iter().filter(|gap| triage.new_gaps.contains(&gap.id)).collect(),
        unreached: view.gaps.iter().filter(|gap| gap.why.is_unreached()).collect(),
    };
    let failed = |why: String| Error::Refused(format!("--on-change: `{}` {why}", program.name));
    let mut input = Vec::new();
    json::write(&changes, &mut input).map_err(|error| failed(format!("was not started: {error}")))?;
    let mut child = start(program).map_err(|error| failed(format!("cannot be started: {error}")))?;
    if let Some(mut stdin) = child.stdin.take() {
        // A program that does not read must not hold us up, and one that reads only the first line is no fault.
        thread::spawn(move || drop(stdin.write_all(&input)));
    }
    match wait(&mut child, MOST) {
        Ok(Some(status)) if status.success() => Ok(()),
        Ok(Some(status)) => Err(failed(format!("failed: {status}"))),
        Ok(None) => Err(failed(format!("took longer than {} s and was ended", MOST.as_secs()))),
        Err(error) => Err(failed(format!("was lost: {error}"))),
    }
}

/// What it prints goes to standard error: standard output is the report's.
fn start(program: &Program) -> io::Result<Child> {
    let mut command = Command::new(&program.name);
    command.args(&program.args).stdin(Stdio::piped()).stdout(stderr()).stderr(stderr());
    // A group of its own, so that what it starts ends with it.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command.spawn()
}

fn wait(child: &mut Child, most: Duration) -> io::Result<Option<ExitStatus>> {
    let began = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if began.elapsed() >= most {
            end(child);
            child.wait()?;
            return Ok(None);
        }
        thread::sleep(LOOK);
    }
}

#[cfg(unix)]
fn end(child: &mut Child) {
    use rustix::process::{Pid, Signal, kill_process_group};
    let group = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    // It may have ended just now.
    let _ = group.map(|group| kill_process_group(group, Signal::KILL));
}

#[cfg(not(unix))]
fn end(child: &mut Child) {
    let _ = child.kill();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_program_that_does_not_end_is_ended_with_what_it_started() {
        let program = "sh -c 'sleep 60 & sleep 60'".parse().unwrap();
        let mut child = start(&program).unwrap();
        let began = Instant::now();
        assert!(wait(&mut child, Duration::from_millis(100)).unwrap().is_none());
        assert!(began.elapsed() < Duration::from_secs(10));
    }
}
