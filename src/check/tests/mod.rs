//! The library, the judge and the commands, on small trees of facts.

mod command;
mod judge;
mod library;
mod message;
mod scale;

use std::path::PathBuf;

use super::Library;

/// Eight checks that stay as they are, with those below `dirs`: tests that ask for this or that check must
/// not change when one is added to the program.
fn fixed(dirs: &[PathBuf]) -> Library {
    let dirs: Vec<PathBuf> = std::iter::once("tests/library".into()).chain(dirs.iter().cloned()).collect();
    Library::of(&[], &dirs).unwrap_or_else(|wrong| panic!("{wrong}"))
}
