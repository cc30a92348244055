//! The reference pages in `docs/` are what the code generates; `UPDATE_DOCS=1` writes them anew.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{collections::BTreeSet, env, fs, path::Path};

use dynaudit::check::{Library, pages, reference};

fn updating() -> bool {
    env::var_os("UPDATE_DOCS").is_some()
}

fn in_step(path: &str, generated: &str) {
    if updating() {
        fs::create_dir_all(Path::new(path).parent().unwrap()).unwrap();
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
    in_step("docs/checks.md", &pages::index(&Library::builtin().unwrap()));
}

#[test]
fn every_check_has_its_page_and_no_page_is_left_over() {
    let pages = pages::pages(&Library::builtin().unwrap());
    let names: BTreeSet<String> = pages.iter().map(|(id, _)| format!("{id}.md")).collect();
    for (id, page) in &pages {
        in_step(&format!("docs/checks/{id}.md"), page);
    }
    for entry in fs::read_dir("docs/checks").unwrap() {
        let (path, name) = entry.map(|e| (e.path(), e.file_name().into_string().unwrap())).unwrap();
        if updating() && !names.contains(&name) {
            fs::remove_file(path).unwrap();
        } else {
            assert!(names.contains(&name), "docs/checks/{name} is of no check");
        }
    }
}
