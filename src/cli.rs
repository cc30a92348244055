//! The command line: what can be asked for, and the help that says so. No logic.

mod checks;
mod diff;
mod simulate;
mod who_can;

use std::path::PathBuf;

use clap::{ArgAction, Args, ColorChoice, Parser, Subcommand, ValueHint};
use clap_complete::Shell;

pub use checks::Checks;
pub use diff::Diff;
pub use simulate::{Simulate, UnknownKeys};
pub use who_can::WhoCan;

use crate::config::{
    Controls, Endpoint, FailOn, Format, KeyArn, Lines, Output, Program, Rcu, RegionName, Share, Span,
    TablePattern, Verdicts, place,
};
use crate::source::place::{Place, S3Uri};

const EXIT_CODES: &str = "\
Exit codes:
  0  nothing flagged at or above --fail-on, and all was seen
  1  something is flagged at or above --fail-on
  2  the run could not be made: bad option, bad file, bad check, no credentials
  3  nothing is flagged, but something could not be seen or judged;
     also where no table could be listed, whatever else is flagged";

const EXAMPLES: &str = "\
Examples:
  dynaudit demo                              the whole audit on an account inside of the program
  dynaudit audit --profile prod --all-regions
  dynaudit collect -o prod.json && dynaudit assess prod.json --format json
  dynaudit policy                            the IAM policy that an audit needs";

const AUDIT_EXAMPLES: &str = "\
Examples:
  dynaudit audit                             the account and Region of the AWS environment
  dynaudit audit --region eu-west-1,us-east-1 --table 'prod-*'
  dynaudit audit --all-regions --no-sample   settings and access alone; no item is read
  dynaudit audit --fail-on high --output json=report.json --quiet";

const DETECT_EXAMPLES: &str = "\
Examples:
  dynaudit detect items.jsonl                each item on its own
  dynaudit detect export.json.gz             a file of a DynamoDB export, as it lies in S3
  aws dynamodb scan --table-name t | jq -c '.Items[]' | dynaudit detect --by-column";

const DETECT_EXIT_CODES: &str = "\
Exit codes:
  0  every line was looked at, whatever was found
  2  the run could not be made: bad option, bad file
  3  some line is no item, or was not looked at to its end; standard error names it";

/// Who can read your DynamoDB data, where secrets lie in it, and whether it is locked down.
///
/// A read-only auditor of Amazon DynamoDB: it lists tables, samples items for secrets, looks at
/// encryption, access, exposure, recovery and monitoring, and says what it could not see.
/// It changes nothing, and no item's value leaves it.
#[derive(Debug, Parser)]
#[command(name = "dynaudit", version, arg_required_else_help = true, after_help = EXAMPLES)]
#[command(after_long_help = format!("{EXAMPLES}\n\n{EXIT_CODES}"), disable_help_subcommand = true)]
pub struct Cli {
    /// What holds for every command.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What holds for every command.
#[derive(Debug, Args)]
#[command(next_help_heading = "Diagnostics")]
pub struct Global {
    /// No progress and no notes on standard error; errors stay
    #[arg(long, short, global = true)]
    pub quiet: bool,
    /// Tell on standard error what is done; twice for more. Items never show
    #[arg(long, short, global = true, action = ArgAction::Count, conflicts_with = "quiet")]
    pub verbose: u8,
    /// Colours; auto means on a terminal, and not where NO_COLOR is set
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub color: ColorChoice,
    /// Configuration: accepted risks, profiles of options [default: dynaudit.toml, if it is there]
    #[arg(long, global = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub config: Option<PathBuf>,
    /// Take options from [profile.NAME] of the configuration; what the command line or DYNAUDIT_… says comes first
    #[arg(long, global = true, value_name = "NAME")]
    pub config_profile: Option<String>,
    /// Columns of the table; by default the terminal's, and 120 where there is none
    #[arg(long, global = true, value_name = "COLUMNS", value_parser = clap::value_parser!(u16).range(40..))]
    pub width: Option<u16>,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Audit an account inside of the program: no credentials, no network, nothing to install
    #[command(after_long_help = EXIT_CODES, hide = cfg!(not(feature = "demo")))]
    Demo(Demo),
    /// Audit the account that the AWS environment names
    #[command(after_help = AUDIT_EXAMPLES, hide = cfg!(not(feature = "aws")))]
    #[command(after_long_help = format!("{AUDIT_EXAMPLES}\n\n{EXIT_CODES}"))]
    Audit(Audit),
    /// Gather what an audit needs into a file, and judge nothing
    #[command(hide = cfg!(not(feature = "aws")))]
    Collect(Collect),
    /// Judge what `collect` gathered; offline
    #[command(after_long_help = EXIT_CODES)]
    Assess(Assess),
    /// Tell what differs between two runs: findings, readers, facts; offline
    #[command(after_long_help = diff::EXIT_CODES)]
    Diff(Diff),
    /// Tell who can read a table, an index, a stream or an attribute, and by which path; offline
    #[command(after_help = who_can::EXAMPLES)]
    #[command(after_long_help = format!("{}\n\n{}", who_can::EXAMPLES, who_can::EXIT_CODES))]
    WhoCan(WhoCan),
    /// Decide requests by IAM policies: JSON of IAM's SimulateCustomPolicy in and out; offline
    #[command(after_help = simulate::EXAMPLES)]
    #[command(after_long_help = format!("{}\n\n{}", simulate::EXAMPLES, simulate::EXIT_CODES))]
    Simulate(Simulate),
    /// Find secrets in items that you have at hand: JSON Lines in, one verdict for each attribute out; offline
    #[command(after_help = DETECT_EXAMPLES)]
    #[command(after_long_help = format!("{DETECT_EXAMPLES}\n\n{DETECT_EXIT_CODES}"))]
    Detect(Detect),
    /// List, show, test and make checks
    #[command(subcommand)]
    Checks(Checks),
    /// Print the IAM policy that an audit needs
    #[command(hide = cfg!(not(feature = "aws")))]
    Policy(Policy),
    /// Say whether an evidence bundle is as it was made; offline
    Verify(Verify),
    /// Show the configuration in force, and where each value comes from
    #[command(subcommand)]
    Config(Config),
    /// Print completions for a shell
    Completions {
        /// Which shell
        shell: Shell,
    },
    /// Print the manual page of dynaudit or of one of its commands
    Man {
        /// The command
        command: Option<String>,
    },
}

/// `demo`
#[derive(Debug, Args)]
#[allow(missing_docs, reason = "the option groups document themselves")]
pub struct Demo {
    #[command(flatten)]
    pub sampling: Sampling,
    #[command(flatten)]
    pub report: Report,
    /// Audit nothing: tell which permissions the chosen checks take, and which of them the caller lacks
    #[arg(long, help_heading = "Report")]
    pub preflight: bool,
    /// Keep the snapshot in FILE as evidence, packed where its name ends in .zst; `assess` reads it
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Report")]
    pub save: Option<PathBuf>,
}

/// `audit`
#[derive(Debug, Args)]
#[allow(missing_docs, reason = "the option groups document themselves")]
pub struct Audit {
    #[command(flatten)]
    pub account: Account,
    #[command(flatten)]
    pub sampling: Sampling,
    #[command(flatten)]
    pub report: Report,
    /// Audit nothing: tell which permissions the chosen checks take, and which of them the caller lacks
    #[arg(long, help_heading = "Report")]
    pub preflight: bool,
    /// Keep the snapshot in FILE as evidence, packed where its name ends in .zst; `assess` reads it
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Report")]
    pub save: Option<PathBuf>,
}

/// `collect`
#[derive(Debug, Args)]
#[allow(missing_docs, reason = "the option groups document themselves")]
pub struct Collect {
    #[command(flatten)]
    pub account: Account,
    #[command(flatten)]
    pub sampling: Sampling,
    /// Write the snapshot to FILE, readable by you alone, packed where its name ends in .zst
    #[arg(long, short, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub output: PathBuf,
    /// Directory, made if it is not there, that keeps what is seen until the snapshot is written
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub state_dir: Option<PathBuf>,
}

/// `assess`
#[derive(Debug, Args)]
#[allow(missing_docs, reason = "the option groups document themselves")]
pub struct Assess {
    /// The snapshot, or an evidence bundle, which is judged by its own checks; - is standard input
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub file: PathBuf,
    #[command(flatten)]
    pub report: Report,
}

/// `detect`
#[derive(Debug, Args)]
pub struct Detect {
    /// Items, one a line: plain JSON, DynamoDB JSON or DynamoDB's exports, gzipped or not; - is standard input
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath, default_value = "-")]
    pub file: PathBuf,
    /// Judge the values of each path together, as an audit does, rather than each item on its own
    #[arg(long)]
    pub by_column: bool,
    /// Form of the verdicts; json is one object a line [default: table on a terminal, json elsewhere]
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<Lines>,
    /// List what is at least this likely, 0 to 1
    #[arg(long, value_name = "NUMBER", default_value_t = Share(0.5))]
    pub min_confidence: Share,
    /// List too what is no fault, such as a strong hash of a password
    #[arg(long)]
    pub all: bool,
    /// Key of the digests by which equal secrets are told, 16 bytes at least [default: random for each run]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub digest_key_file: Option<PathBuf>,
    /// Threads that look at items [default: one for each core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub threads: Option<u16>,
}

/// Which account, which Regions, which tables.
#[derive(Debug, Args)]
#[command(next_help_heading = "What to look at")]
pub struct Account {
    /// Profile of the AWS configuration files
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
    /// Region to look at; repeat it, or put commas between [default: the AWS environment's]
    #[arg(long, value_name = "REGION", value_delimiter = ',', conflicts_with = "all_regions")]
    pub region: Vec<RegionName>,
    /// Look at every Region of the partition
    #[arg(long)]
    pub all_regions: bool,
    /// Send every call to this endpoint, for example an emulator's
    #[arg(long, value_name = "URL", value_hint = ValueHint::Url)]
    pub endpoint_url: Option<Endpoint>,
    /// Look only at tables of this name; * and ? stand for other characters
    #[arg(long, value_name = "GLOB")]
    pub table: Option<TablePattern>,
    /// Longest time to spend on looking, such as 90s, 45m or 2h; what was not reached is then not assessed
    #[arg(long, value_name = "TIME")]
    pub max_duration: Option<Span>,
    /// Take up a run that was killed, from what --state-dir keeps of it: what was seen is not asked again
    #[arg(long)]
    pub resume: bool,
}

/// How items are sampled.
#[derive(Debug, Args)]
#[command(next_help_heading = "Sampling of items")]
pub struct Sampling {
    /// Most items to read from a table
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    pub sample_items: u64,
    /// Most read capacity units to spend on a table, but for one request; with --second-look, on all of them together
    #[arg(long, value_name = "UNITS", default_value_t = Rcu(50.0))]
    pub rcu_budget: Rcu,
    /// Most to take of the read capacity of a provisioned table, or of an on-demand one with a maximum, from 0 to 1
    #[arg(long, value_name = "SHARE", default_value_t = Share(0.05))]
    pub capacity_share: Share,
    /// Read a table's items from its export, and not from the table: s3://bucket/prefix, or a copy of it; repeatable
    #[arg(long, value_name = "PLACE", value_hint = ValueHint::DirPath, value_parser = place())]
    pub from_export: Vec<Place>,
    /// Spend what tables leave of their budgets on larger samples of those that are most in doubt
    #[arg(long)]
    pub second_look: bool,
    /// Read no item; checks of items are then not assessed, and say so
    #[arg(long, conflicts_with_all = ["sample_items", "rcu_budget", "capacity_share", "second_look"])]
    pub no_sample: bool,
    /// What the choice of items derives from: the same seed reads the same parts of an unchanged table
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,
    /// Key of the digests by which equal secrets are told, 16 bytes at least [default: random for each run]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub digest_key_file: Option<PathBuf>,
}

/// What is judged, and how it is told.
#[derive(Debug, Args)]
#[command(next_help_heading = "Report")]
pub struct Report {
    /// Form of the report on standard output
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: Format,
    /// Write the report to FILE too, in any form; repeatable. FORMAT alone, or all, names files of --output-dir;
    /// evidence=DIR/ makes the bundle a directory
    #[arg(long, value_name = "FORMAT=FILE")]
    pub output: Vec<Output>,
    /// Directory of the reports that --output names by their form alone; made if it is not there
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub output_dir: Option<PathBuf>,
    /// Verdicts to list: flagged, unknown, clear, not-applicable, or all
    #[arg(long, value_name = "VERDICTS", default_value = "flagged,unknown")]
    pub verdicts: Verdicts,
    /// Sign the evidence bundle's statement with this Ed25519 key (PKCS #8, PEM)
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub sign_key: Option<PathBuf>,
    /// Have this key of AWS KMS sign the evidence bundle's statement: kms:Sign, the one call that does more than read
    #[arg(long, value_name = "ARN", conflicts_with = "sign_key")]
    pub sign_kms: Option<KeyArn>,
    /// Evidence bundle of the run before, which the new one then names
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub previous: Option<PathBuf>,
    /// JSON report or evidence bundle of an earlier run: only what is new, reopened or no longer accepted since then
    /// makes the exit code 1
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub baseline: Option<PathBuf>,
    /// Directory of a job that runs again and again, made if it is not there: the last run is kept there as the
    /// next one's baseline, and two runs at once are refused
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub state_dir: Option<PathBuf>,
    /// Start this program where something changed since the baseline or the run ended early, with the changes as JSON on
    /// its standard input. It is given a minute; no shell sees the words, quotes keep blanks together
    #[arg(long, value_name = "COMMAND")]
    pub on_change: Option<Program>,
    /// Say on standard error in one line how the run went [default: where standard error is no terminal]
    #[arg(long)]
    pub summary: bool,
    /// Lowest severity that makes the exit code 1
    #[arg(long, value_name = "SEVERITY", default_value = "low")]
    pub fail_on: FailOn,
    /// Add the checks of this directory; repeatable
    #[arg(long = "checks", value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub dirs: Vec<PathBuf>,
    /// Run this check alone; repeatable
    #[arg(long = "check", value_name = "ID", value_delimiter = ',')]
    pub only: Vec<String>,
    /// Leave this check out; repeatable
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    pub skip: Vec<String>,
    /// Run the checks that bear on this framework alone, and order the report by its controls: pci-dss-4.0.1, soc2,
    /// hipaa, iso-27001-2022, nist-800-53-r5, gdpr, aws-fsbp, owasp-api-2023 or cwe
    #[arg(long, value_name = "NAME")]
    pub framework: Option<Controls>,
}

/// `verify`
#[derive(Debug, Args)]
pub struct Verify {
    /// The bundle, an archive or a directory; several, the oldest first, must be a chain
    #[arg(value_name = "BUNDLE", required = true, value_hint = ValueHint::FilePath)]
    pub bundles: Vec<PathBuf>,
    /// Public key that must have signed it (PEM)
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub key: Option<PathBuf>,
}

/// `config`
#[derive(Debug, Subcommand)]
pub enum Config {
    /// Show the options that a command would run with, and the accepted risks
    Show {
        /// The command
        #[arg(long = "for", value_name = "COMMAND", default_value = "audit")]
        command: String,
    },
}

/// `policy`
#[derive(Debug, Args)]
pub struct Policy {
    /// Leave out what reads items
    #[arg(long)]
    pub no_sample: bool,
    /// Add what it takes that this key of AWS KMS signs evidence bundles, and name no other key
    #[arg(long, value_name = "ARN")]
    pub with_signing: Option<KeyArn>,
    /// Add what it takes to read exports below this prefix, s3://bucket/prefix, where they lie; repeatable
    #[arg(long, value_name = "S3-URI")]
    pub with_export: Vec<S3Uri>,
    /// A Region of the account's partition: ARNs differ in China and GovCloud
    #[arg(long, value_name = "REGION")]
    pub region: Option<RegionName>,
    /// Only what these checks need: ids, where * and ? stand for other characters; repeatable
    #[arg(long = "check", value_name = "GLOB", value_delimiter = ',')]
    pub only: Vec<String>,
    /// Add the checks of this directory; repeatable
    #[arg(long = "checks", value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub dirs: Vec<PathBuf>,
}
