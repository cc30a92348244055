//! The steps of a run in order: options, checks, snapshot, judgement, report, exit code.

pub mod assess;
pub mod bundle;
pub mod console;
mod detect;
mod diff;
pub mod hook;
mod ignore;
mod lines;
mod log;
mod memory;
mod notify;
#[cfg(feature = "aws")]
mod online;
pub mod options;
#[cfg(feature = "aws")]
mod preflight;
#[cfg(feature = "aws")]
mod progress;
#[cfg(feature = "aws")]
mod sign;
mod simulate;
mod state;
mod verify;
mod who_can;

use std::{
    fs::{self, File},
    io::Write,
    panic,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::CommandFactory;

#[cfg(feature = "aws")]
use crate::collect;
use crate::{
    check::{self, Library, command},
    cli::{self, Checks, Cli, Command},
    config, report, snapshot,
};
use console::Console;
use options::Config;

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing flagged at or above the threshold, and all was seen; or the command did what it was asked.
    Clean,
    /// Something is flagged at or above the threshold.
    Flagged,
    /// Nothing is flagged, but something could not be seen or judged.
    Incomplete,
}

/// Why a run could not be made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A value that cannot be used.
    #[error(transparent)]
    Invalid(#[from] config::Invalid),
    /// A check that is not right; its text has lines, and begins with `error`.
    #[error(transparent)]
    Checks(#[from] check::LoadError),
    /// A snapshot that cannot be read or written.
    #[error(transparent)]
    Snapshot(#[from] snapshot::file::Error),
    /// Items that cannot be read.
    #[error("cannot read {0}: {1}")]
    Read(PathBuf, std::io::Error),
    /// An earlier report that cannot be used.
    #[error(transparent)]
    Baseline(#[from] report::baseline::Error),
    /// A key or an envelope that cannot be used.
    #[error(transparent)]
    Attest(#[from] report::attest::Error),
    /// A report that cannot be written.
    #[error("cannot write {0}: {1}")]
    Write(PathBuf, std::io::Error),
    /// The directory of a job that runs again and again cannot be used.
    #[error(transparent)]
    State(#[from] state::Error),
    /// Several things that went wrong; the rest was done.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\nerror: "))]
    Several(Vec<Error>),
    /// Collection that could not begin or go on.
    #[error("{0}")]
    Collect(String),
    /// A command that this build does not have, and the feature that it lacks.
    #[error(
        "this build has no `{0}`: it was built without the feature `{1}`; `assess` and `checks` work offline"
    )]
    Absent(&'static str, &'static str),
    /// Anything else that the user asked for and cannot have.
    #[error("{0}")]
    Refused(String),
}

/// Does what was asked, and says how it went.
pub fn run(cli: &Cli, config: &Config) -> ExitCode {
    memory::guard();
    let console = Console::new(&cli.global);
    log::start(cli.global.verbose);
    let done = panic::catch_unwind(panic::AssertUnwindSafe(|| dispatch(&cli.command, &console, config)));
    match done {
        Ok(Ok(Outcome::Clean)) => ExitCode::SUCCESS,
        Ok(Ok(Outcome::Flagged)) => ExitCode::from(1),
        Ok(Ok(Outcome::Incomplete)) => ExitCode::from(3),
        Ok(Err(error)) => console.error(&error),
        // The hook has said where.
        Err(_) => ExitCode::from(2),
    }
}

fn dispatch(command: &Command, console: &Console, config: &Config) -> Result<Outcome, Error> {
    match command {
        Command::Assess(args) => {
            let mut bundle = bundle::Bundle::open(&args.file)?;
            let checks = bundle.as_mut().map(|bundle| bundle.checks(&args.file)).transpose()?;
            let ready = assess::Ready::new(&args.report, config, checks.as_deref())?;
            #[cfg(feature = "aws")]
            let ready = ready.signed(&args.report, &collect::Session::default())?;
            let snapshot = match &mut bundle {
                Some(bundle) => bundle.snapshot(&args.file)?,
                None => snapshot::file::load(&args.file)?,
            };
            ready.report(&snapshot, None, console)
        }
        Command::Diff(args) => diff::run(args, &config.file.sensitivity, console),
        Command::WhoCan(args) => who_can::run(args, console),
        Command::Simulate(args) => simulate::run(args, console),
        Command::Detect(args) => detect::run(args, config, console),
        Command::Verify(args) => verify::run(args, console),
        Command::Checks(checks) => checks_command(checks, console),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut Cli::command(), "dynaudit", &mut script);
            console.bytes(&script)
        }
        Command::Config(cli::Config::Show { command }) => console.text(&shown(config, command)?),
        Command::Man { command } => manual(command.as_deref(), console),
        #[cfg(feature = "demo")]
        Command::Demo(args) => online::demo(args, config, console),
        #[cfg(feature = "aws")]
        Command::Audit(args) => online::audit(args, config, console),
        #[cfg(feature = "aws")]
        Command::Collect(args) => online::collect(args, config, console),
        #[cfg(feature = "aws")]
        Command::Policy(args) => {
            let region = args.region.as_ref().map_or("us-east-1", |r| r.0.as_str());
            let partition = collect::regions::partition_of(region);
            let library = Library::with_dirs(&args.dirs)?;
            let topics = assess::topics_of(&library, &args.only, &config.file.sensitivity)?;
            let beyond = collect::calls::Beyond {
                sampled: !args.no_sample,
                signing: args.with_signing.as_ref().map(|key| key.0.as_str()),
                exports: &args.with_export,
            };
            console.json(&collect::policy(&beyond, &topics, partition))
        }
        #[cfg(not(feature = "demo"))]
        Command::Demo(_) => Err(Error::Absent("demo", "demo")),
        #[cfg(not(feature = "aws"))]
        Command::Audit(_) => Err(Error::Absent("audit", "aws")),
        #[cfg(not(feature = "aws"))]
        Command::Collect(_) => Err(Error::Absent("collect", "aws")),
        #[cfg(not(feature = "aws"))]
        Command::Policy(_) => Err(Error::Absent("policy", "aws")),
    }
}

fn checks_command(checks: &Checks, console: &Console) -> Result<Outcome, Error> {
    match checks {
        Checks::List { dirs } => console.text(&command::list(&Library::with_dirs(dirs)?)),
        Checks::Show { id, dirs } => {
            console.text(&command::show(&Library::with_dirs(dirs)?, id).map_err(Error::Refused)?)
        }
        Checks::Test { dirs } => console.text(&command::test(dirs)?),
        Checks::New { path, over } => {
            let failed = |error| Error::Write(path.clone(), error);
            let dir = path.parent().unwrap_or(Path::new(""));
            fs::create_dir_all(dir).map_err(|error| Error::Write(dir.to_owned(), error))?;
            let mut file = File::create_new(path).map_err(failed)?;
            file.write_all(command::new(over.0).as_bytes()).map_err(failed)?;
            console.note(&format!("{}: edit it, then `dynaudit checks test DIR`", path.display()));
            Ok(Outcome::Clean)
        }
    }
}

/// The configuration in force, for people.
fn shown(config: &Config, command: &str) -> Result<String, Error> {
    let options = options::in_force(config, command).map_err(Error::Refused)?;
    let file = config.path.as_ref().map_or("none".to_owned(), |path| path.display().to_string());
    let mut out = format!("file     {file}\nprofile  {}\n\n", config.profile.as_deref().unwrap_or("none"));
    let widest =
        |get: fn(&options::InForce) -> &String| options.iter().map(|o| get(o).len()).max().unwrap_or(0);
    let (name_width, value_width) = (widest(|o| &o.0), widest(|o| &o.1).min(40));
    for (name, value, source) in &options {
        out.push_str(&format!("{name:name_width$}  {value:value_width$}  {source}\n"));
    }
    for accepted in &config.file.accept {
        let by = (&accepted.owner, &accepted.until, &accepted.reason);
        out.push_str(&format!("\naccepted at {}: by {}, until {}: {}", accepted.place, by.0, by.1, by.2));
    }
    Ok(out.trim_end().to_owned() + "\n")
}

fn manual(name: Option<&str>, console: &Console) -> Result<Outcome, Error> {
    let mut whole = Cli::command();
    // Only a command that was built knows its full name and the options that it inherits.
    whole.build();
    let page = match name {
        None => Some(&whole),
        Some(name) => whole.find_subcommand(name),
    };
    let Some(page) = page else {
        return Err(Error::Refused(format!("there is no command `{}`", name.unwrap_or_default())));
    };
    let mut text = Vec::new();
    let rendered = clap_mangen::Man::new(page.clone()).render(&mut text);
    rendered.map_err(|e| Error::Write("standard output".into(), e))?;
    console.bytes(&text)
}
