//! The options of `diff`.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use crate::config::Lines;

pub(super) const EXIT_CODES: &str = "\
Exit codes:
  0  both saw the same
  1  something differs
  2  the two cannot be compared: no such file, or none of the three kinds
  3  nothing that both saw differs, but one of them could not see what the other did";

/// `diff`
///
/// Findings, readers by table and road, and the facts of every subject. What one of the two could not see is said as
/// such, and is neither new nor gone.
#[derive(Debug, Args)]
pub struct Diff {
    /// The old run: a snapshot, a JSON report, or an evidence bundle
    #[arg(value_name = "OLD", value_hint = ValueHint::FilePath)]
    pub old: PathBuf,
    /// The new run
    #[arg(value_name = "NEW", value_hint = ValueHint::FilePath)]
    pub new: PathBuf,
    /// Form of the answer
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: Lines,
    /// Add the checks of this directory; repeatable. Snapshots and bundles are judged anew, both by the same checks
    #[arg(long = "checks", value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub dirs: Vec<PathBuf>,
}
