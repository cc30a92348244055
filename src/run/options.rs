//! Options from three places: the command line, then `DYNAUDIT_…` in the environment, then a profile of the
//! configuration file, then their own defaults.
//!
//! A profile's values become the defaults of the options that they name, and each option gets a variable: so
//! what clap makes of a value is the same wherever it comes from.

use std::{
    collections::BTreeSet,
    env,
    ffi::{OsStr, OsString},
    path::{Path, PathBuf},
};

use clap::{
    Arg, ArgAction, ArgMatches, Command, CommandFactory, FromArgMatches,
    error::{ContextKind, ContextValue},
    parser::ValueSource,
};

use crate::{
    cli::Cli,
    config::file::{File, Profile, Setting},
    report::text::inert,
    source::{Problem, near, redact},
};

/// The file that is read where no other is named.
const FILE: &str = "dynaudit.toml";

/// What the name of each variable begins with.
const PREFIX: &str = "DYNAUDIT_";

/// The configuration in force.
#[derive(Debug, Default)]
pub struct Config {
    /// What the file says; empty where there is none.
    pub file: File,
    /// The file.
    pub path: Option<PathBuf>,
    /// The profile in use.
    pub profile: Option<String>,
}

/// Why the options cannot be used, or why there is nothing to run.
pub enum Stop {
    /// Help that was asked for, or a mistake on the command line.
    Usage(Box<clap::Error>),
    /// A configuration that is wrong; text of several lines.
    Config(String),
}

impl From<clap::Error> for Stop {
    fn from(error: clap::Error) -> Self {
        Stop::Usage(Box::new(redacted(error)))
    }
}

/// A mistake without the password of a URL that it quotes.
fn redacted(mut error: clap::Error) -> clap::Error {
    for kind in [ContextKind::InvalidValue, ContextKind::InvalidArg] {
        if let Some(ContextValue::String(value)) = error.get(kind) {
            let value = ContextValue::String(redact::user_info(value));
            error.insert(kind, value);
        }
    }
    error
}

/// Reads the options from `args` (with the program's name first), the environment and the configuration.
///
/// # Errors
/// A mistake in one of them, or help that was asked for.
pub fn parse(args: &[OsString]) -> Result<(Cli, Config), Stop> {
    misspelt_variable(env::vars_os().map(|(name, _)| name))?;
    let config = config(args)?;
    let matches = command(&config)?.try_get_matches_from(args)?;
    Ok((Cli::from_arg_matches(&matches)?, config))
}

/// Refuses a variable that is all but one of ours: what is ignored would be missed in the night. Others may be
/// somebody else's.
fn misspelt_variable(names: impl Iterator<Item = OsString>) -> Result<(), Stop> {
    let command = Cli::command();
    let mut all = Vec::new();
    options(&command, &mut all);
    let known: BTreeSet<String> = all.iter().filter_map(|arg| arg.get_long()).map(variable).collect();
    let ours = |name: &OsString| name.to_str().filter(|name| name.starts_with(PREFIX)).map(str::to_owned);
    let bare = |name: &str| name.strip_prefix(PREFIX).unwrap_or_default().to_owned();
    for name in names.filter_map(|name| ours(&name)).filter(|name| !known.contains(name)) {
        let words: Vec<String> = known.iter().map(|known| bare(known)).collect();
        if let Some(near) = near::nearest(&bare(&name), words.iter().map(String::as_str)) {
            let name = inert(&name);
            return Err(Stop::Config(format!("there is no variable {name}; did you mean `{PREFIX}{near}`?")));
        }
    }
    Ok(())
}

/// The configuration that the arguments or the environment name.
fn config(args: &[OsString]) -> Result<Config, Stop> {
    // What else is wrong with the arguments is said later, by the whole command.
    let first = with_variables(Cli::command()).ignore_errors(true).try_get_matches_from(args);
    let Ok(first) = first else { return Ok(Config::default()) };
    let named = first.try_get_one::<PathBuf>("config").ok().flatten().cloned();
    let path = named.or_else(|| Some(PathBuf::from(FILE)).filter(|path| path.is_file()));
    let profile = first.try_get_one::<String>("config_profile").ok().flatten().cloned();
    let file = match &path {
        Some(path) => File::load(path).map_err(Stop::Config)?,
        None => File::default(),
    };
    match &profile {
        Some(name) if !file.profiles.contains_key(name) => {
            let known = file.profiles.keys().map(String::as_str);
            let help =
                near::help(name, "there are", known).map_or_else(String::new, |help| format!("; {help}"));
            let place = path.as_deref().unwrap_or(Path::new(FILE)).display();
            Err(Stop::Config(format!("{place} has no [profile.{name}]{help}")))
        }
        _ => Ok(Config { file, path, profile }),
    }
}

/// The command line, with the profile's values as defaults.
fn command(config: &Config) -> Result<Command, Stop> {
    let command = with_variables(Cli::command());
    // Every profile is looked through, not only the one in use: a mistake should not wait for its night.
    let mut problems = Vec::new();
    for profile in config.file.profiles.values() {
        problems.extend(profile.iter().filter_map(|(name, setting)| mistake(&command, name, setting)));
    }
    if !problems.is_empty() {
        problems.sort_by_key(|problem: &Problem| problem.span.start);
        return Err(Stop::Config(config.file.complain(&problems)));
    }
    Ok(match config.profile.as_ref().and_then(|name| config.file.profiles.get(name)) {
        Some(profile) => everywhere(command, &|arg| with_default(arg, profile)),
        None => command,
    })
}

/// Applies `change` to every option of the command and of those below it.
fn everywhere(command: Command, change: &dyn Fn(Arg) -> Arg) -> Command {
    let below: Vec<String> = command.get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
    let command = command.mut_args(|arg| if arg.get_long().is_some() { change(arg) } else { arg });
    below
        .into_iter()
        .fold(command, |command, name| command.mut_subcommand(name, |sub| everywhere(sub, change)))
}

/// Each option may be set by a variable: `--fail-on` by `DYNAUDIT_FAIL_ON`.
fn with_variables(command: Command) -> Command {
    everywhere(command, &|arg| match (arg.get_action(), arg.get_long()) {
        (ArgAction::Set | ArgAction::Append | ArgAction::SetTrue, Some(long)) => {
            let name = variable(long);
            arg.env(name).hide_env(true)
        }
        _ => arg,
    })
}

fn variable(long: &str) -> String {
    format!("{PREFIX}{}", long.replace('-', "_").to_uppercase())
}

fn with_default(arg: Arg, profile: &Profile) -> Arg {
    match arg.get_long().and_then(|long| profile.get(long)) {
        Some(setting) => arg.default_values(setting.values.clone()),
        None => arg,
    }
}

/// What is wrong with an option of a profile.
fn mistake(command: &Command, name: &str, setting: &Setting) -> Option<Problem> {
    let mut all: Vec<&Arg> = Vec::new();
    options(command, &mut all);
    let Some(arg) = all.iter().find(|arg| arg.get_long() == Some(name)) else {
        let known: BTreeSet<&str> = all.iter().filter_map(|arg| arg.get_long()).collect();
        let problem = Problem::new(setting.name.clone(), format!("there is no option `--{name}`"));
        return Some(problem.help(near::help(name, "there are", known.iter().copied())));
    };
    // One option alone, so that neither others that are needed nor variables have a say.
    let alone = Command::new("profile").no_binary_name(true).disable_help_flag(true);
    let alone = alone.arg((*arg).clone().env(None::<&str>).global(false).required(false));
    let words: Vec<String> = match arg.get_action() {
        ArgAction::SetTrue if setting.values == ["true"] => vec![format!("--{name}")],
        ArgAction::SetTrue if setting.values == ["false"] => Vec::new(),
        ArgAction::SetTrue => {
            return Some(Problem::new(setting.value.clone(), format!("`{name}` is true or false")));
        }
        _ => setting.values.iter().map(|value| format!("--{name}={value}")).collect(),
    };
    let error = alone.try_get_matches_from(words).err().filter(|error| {
        // It conflicts with what is not here; the whole command has its say on that.
        error.kind() != clap::error::ErrorKind::MissingRequiredArgument
    })?;
    let said = redacted(error).to_string();
    let said = said.lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned();
    Some(Problem::new(setting.value.clone(), said))
}

fn options<'c>(command: &'c Command, all: &mut Vec<&'c Arg>) {
    all.extend(command.get_arguments().filter(|arg| arg.get_long().is_some()));
    command.get_subcommands().for_each(|sub| options(sub, all));
}

/// One option as it is in force: name, value, where it comes from.
pub type InForce = (String, String, String);

/// The options that the command called `name` would run with.
///
/// # Errors
/// There is no such command, or a variable is wrong.
pub fn in_force(config: &Config, name: &str) -> Result<Vec<InForce>, String> {
    let whole = command(config).map_err(|_| "the configuration is wrong".to_owned())?;
    let sub = whole.find_subcommand(name).cloned();
    let sub = sub.ok_or_else(|| format!("there is no command `{name}`"))?;
    // Without what is needed but has no default: only options are shown.
    let sub = sub.mut_args(|arg| arg.required(false));
    let globals: Vec<Arg> = whole.get_arguments().filter(|arg| arg.is_global_set()).cloned().collect();
    let sub = globals.into_iter().fold(sub, Command::arg);
    let matches = sub.clone().try_get_matches_from([name]).map_err(|error| error.to_string())?;
    let profile = config.profile.as_ref().and_then(|name| config.file.profiles.get(name));
    let shown = sub.get_arguments().filter_map(|arg| {
        let long = arg.get_long()?;
        let values = raw(&matches, arg)?;
        let source = match matches.value_source(arg.get_id().as_str())? {
            ValueSource::EnvVariable => variable(long),
            _ if profile.is_some_and(|profile| profile.contains_key(long)) => {
                format!("[profile.{}]", config.profile.as_deref().unwrap_or_default())
            }
            _ => "default".to_owned(),
        };
        Some((format!("--{long}"), values, source))
    });
    Ok(shown.collect())
}

/// The values of an option as they were written.
fn raw(matches: &ArgMatches, arg: &Arg) -> Option<String> {
    let values = matches.try_get_raw(arg.get_id().as_str()).ok().flatten()?;
    Some(values.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(", "))
}
