//! Parse, run, exit code.

use std::process::ExitCode;

use clap::Parser;
use dynaudit::{cli::Cli, run};

fn main() -> ExitCode {
    run::hook::install();
    match Cli::try_parse() {
        Ok(cli) => run::run(&cli),
        Err(error) => {
            // Help goes to standard output, a mistake to standard error; a closed pipe is neither's concern.
            let _ = error.print();
            ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
        }
    }
}
