//! Parse, run, exit code.

use std::{env, process::ExitCode};

use dynaudit::run::{
    self,
    options::{self, Stop},
};

fn main() -> ExitCode {
    run::hook::install();
    let args: Vec<_> = env::args_os().collect();
    match options::parse(&args) {
        Ok((cli, config)) => run::run(&cli, &config),
        Err(Stop::Usage(error)) => {
            // Help goes to standard output, a mistake to standard error; a closed pipe is neither's concern.
            let _ = error.print();
            ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
        }
        Err(Stop::Config(said)) => run::console::refuse(&said),
    }
}
