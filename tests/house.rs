//! The house rules that no compiler keeps: sizes, first lines, checks in their folders, no leftovers.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::{
    fs,
    path::{Path, PathBuf},
};

const FOLDERS: [&str; 6] = ["access", "encryption", "exposure", "items", "monitoring", "recovery"];

#[test]
fn no_file_is_above_400_lines_and_most_are_short() {
    let mut sizes: Vec<(usize, PathBuf)> = Vec::new();
    for file in rust_files() {
        sizes.push((fs::read_to_string(&file).unwrap().lines().count(), file));
    }
    sizes.sort();
    let (longest, file) = sizes.last().unwrap();
    assert!(*longest <= 400, "{} has {longest} lines", file.display());
    let (median, _) = sizes[sizes.len() / 2];
    assert!(median <= 200, "the median file has {median} lines");
}

#[test]
fn every_file_says_first_what_it_does() {
    for file in rust_files() {
        let text = fs::read_to_string(&file).unwrap();
        let first = text.lines().next().unwrap_or_default();
        assert!(first.starts_with("//! ") && first.len() > 15, "{}: {first:?}", file.display());
    }
}

#[test]
fn a_check_lies_in_one_of_six_folders_under_a_kebab_case_name() {
    let mut seen = Vec::new();
    // The harness on independent servers is told of each check, too: what it must flag there, or that nothing is planted.
    let truth = fs::read_to_string(root().join("tests/live/truth.py")).unwrap();
    let told: Vec<&str> = truth.split(|c: char| c.is_whitespace() || c == '"').collect();
    for file in files(&root().join("checks"), "toml") {
        let folder = file.parent().unwrap().file_name().unwrap().to_string_lossy().into_owned();
        assert!(FOLDERS.contains(&folder.as_str()), "{}", file.display());
        let id = file.file_stem().unwrap().to_string_lossy().into_owned();
        let kebab =
            id.split('-').all(|word| !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase()));
        assert!(kebab, "{}", file.display());
        assert!(!seen.contains(&id), "two checks are called {id}");
        assert!(
            told.contains(&id.as_str()),
            "tests/live/truth.py has no rule for {id}, nor has NOTHING_PLANTED"
        );
        seen.push(id);
    }
    assert!(seen.len() >= 25, "{} checks", seen.len());
}

#[test]
fn nothing_is_left_over() {
    let words = [
        concat!("to", "do!("),
        concat!("unimple", "mented!("),
        concat!("FIX", "ME"),
        concat!("#[ig", "nore"),
    ];
    for file in rust_files() {
        let text = fs::read_to_string(&file).unwrap();
        for word in words {
            assert!(!text.contains(word), "{} holds {word}", file.display());
        }
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn rust_files() -> Vec<PathBuf> {
    let mut found = files(&root().join("src"), "rs");
    found.extend(files(&root().join("tests"), "rs"));
    found
}

fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if path.extension().is_some_and(|e| e == ending) {
            found.push(path);
        }
    }
    found.sort();
    found
}
