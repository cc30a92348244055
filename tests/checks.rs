//! Runs every example of every check as a test of its own: `check-id::example-1 (flagged)`.

#![allow(clippy::print_stderr, reason = "the harness is this file itself")]

use std::{process::ExitCode, sync::Arc};

use dynaudit::check::Library;
use libtest_mimic::{Arguments, Trial};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let library = match Library::builtin() {
        Ok(library) => Arc::new(library),
        Err(wrong) => {
            eprintln!("{wrong}");
            return ExitCode::FAILURE;
        }
    };
    let mut trials = Vec::new();
    for (at, check) in library.checks().iter().enumerate() {
        for (index, name) in check.examples().into_iter().enumerate() {
            let library = Arc::clone(&library);
            trials.push(Trial::test(format!("{}::{name}", check.id), move || {
                library.checks()[at].run_example(index).map_err(Into::into)
            }));
        }
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}
