//! The subcommands of `checks`.

use std::path::PathBuf;

use clap::{Subcommand, ValueHint};

use crate::config::Over;

/// `checks`
#[derive(Debug, Subcommand)]
pub enum Checks {
    /// List the checks, one a line
    List {
        /// Add the checks of this directory; repeatable
        #[arg(long = "checks", value_name = "DIR", value_hint = ValueHint::DirPath)]
        dirs: Vec<PathBuf>,
    },
    /// Show a check: what it asks, why, how to mend
    Show {
        /// Id of the check
        id: String,
        /// Add the checks of this directory; repeatable
        #[arg(long = "checks", value_name = "DIR", value_hint = ValueHint::DirPath)]
        dirs: Vec<PathBuf>,
    },
    /// Type-check checks and run their examples
    Test {
        /// Directories of checks; the built-in ones are tested too
        #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
        dirs: Vec<PathBuf>,
    },
    /// Write a new check to start from; a file that is there is left alone
    New {
        /// File to make; its name is the check's id
        #[arg(value_name = "FILE.toml", value_hint = ValueHint::FilePath)]
        path: PathBuf,
        /// What the check is about: table, attribute, reader, key, …
        #[arg(long, value_name = "SUBJECT", default_value = "table")]
        over: Over,
    },
}
