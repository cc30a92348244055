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

/// The numbers that the README shows of the demo; the lines above them are shortened.
#[cfg(feature = "demo")]
#[test]
fn the_example_of_the_readme_is_of_the_demo() {
    let dir = tempfile::tempdir().unwrap();
    let csv = dir.path().join("r.csv");
    let mut command = assert_cmd::Command::cargo_bin("dynaudit").unwrap();
    let out = command.env_clear().args(["demo", "--output", &format!("csv={}", csv.display())]).output();
    let demo = String::from_utf8(out.unwrap().stdout).unwrap();
    let readme = fs::read_to_string("README.md").unwrap();
    let (before, rest) = readme.split_once("\nSummary\n").unwrap();
    let (shown, after) = rest.split_once("```").unwrap();
    let now = |line: &str| {
        // By its label; what is cut short has lines of its own below it.
        let label: String = line.chars().take(12).collect();
        let same = |own: &&str| label.starts_with("  ") && label.trim() != "" && own.starts_with(&label);
        demo.lines().find(same).unwrap_or(line).trim_end().to_owned()
    };
    let lines: Vec<String> = shown.lines().map(now).collect();
    let labels = ["  flagged   ", "  verdicts  ", "  tables    ", "  items     "];
    for label in labels {
        assert!(lines.iter().any(|line| line.starts_with(label)) && demo.contains(label), "{label}");
    }
    in_step("README.md", &format!("{before}\nSummary\n{}\n```{after}", lines.join("\n")));
    // Words that no number fits.
    let rough = regex::Regex::new(r"unknown tables|\b1 (tables|keys|access keys|places|readers)\b").unwrap();
    let all = fs::read_to_string(csv).unwrap();
    assert!(!rough.is_match(&all), "{:?}", rough.find(&all));
}
