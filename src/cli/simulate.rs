//! The options of `simulate`.

use std::path::PathBuf;

use clap::{Args, ValueEnum, ValueHint};

pub(super) const EXAMPLES: &str = "\
Examples:
  dynaudit simulate request.json
  dynaudit simulate < requests.jsonl > answers.jsonl    one line out for each line in
  dynaudit simulate --unknown symbolic request.json     what must hold, where keys are not given";

pub(super) const EXIT_CODES: &str = "\
Exit codes:
  0  all is answered
  2  the run could not be made: bad option, bad file
  3  some input has no answer, and an Error says why";

/// `simulate`
///
/// The members of the input are those of SimulateCustomPolicy, with policies as text or as JSON, and
/// SessionPolicyInputList, ServiceControlPolicyInputList and ResourceControlPolicyInputList (lists of levels,
/// root first; one list of policies is one level).
#[derive(Debug, Args)]
pub struct Simulate {
    /// A JSON object, an array of them, or JSON Lines [default: -, standard input]
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub file: Option<PathBuf>,
    /// What a context key is that is not given: not in the request, or open
    #[arg(long, value_name = "HOW", default_value = "absent")]
    pub unknown: UnknownKeys,
}

/// What a context key is that is not given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum UnknownKeys {
    /// Not in the request, as for AWS's simulator
    Absent,
    /// Anything; the decision may be conditional
    Symbolic,
}
