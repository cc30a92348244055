//! The reference pages in `docs/` are what the code generates; `UPDATE_DOCS=1` writes them anew.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{env, fs};

use dynaudit::check::{Library, reference};

fn in_step(path: &str, generated: &str) {
    if env::var_os("UPDATE_DOCS").is_some() {
        fs::create_dir_all("docs").unwrap();
        fs::write(path, generated).unwrap();
    }
    let found = fs::read_to_string(path).unwrap_or_default();
    assert!(found == generated, "{path} is out of step: run `UPDATE_DOCS=1 cargo test --test generated`");
}

#[test]
fn the_fact_reference_is_in_step() {
    in_step("docs/facts.md", &reference::facts());
}

#[test]
fn the_check_reference_is_in_step() {
    in_step("docs/checks.md", &reference::checks(&Library::builtin().unwrap()));
}
