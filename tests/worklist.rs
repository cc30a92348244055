//! What is looked at and what is left out, row by row: each row of the worklist names checks that there are, or why it has none, and
//! each check shows how it flags, how it clears, and how it says that it could not tell.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
};

use dynaudit::check::Library;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    /// Checks that look at it.
    by: Vec<String>,
    /// What of it is left out, and why.
    left: Option<String>,
    /// How it is looked at, where that is no check of its own.
    note: Option<String>,
}

/// Rows of the worklist, by their group's first letters.
const SIZES: [(&str, usize); 10] = [
    ("COV", 6),
    ("DAT", 21),
    ("ENC", 17),
    ("GOV", 4),
    ("IAM", 19),
    ("LOG", 8),
    ("NET", 4),
    ("RBP", 8),
    ("REP", 21),
    ("RES", 11),
];

fn rows() -> BTreeMap<String, Row> {
    let groups: BTreeMap<String, BTreeMap<String, Row>> =
        toml::from_str(&fs::read_to_string("tests/worklist/rows.toml").unwrap()).unwrap();
    groups.into_values().flatten().collect()
}

#[test]
fn each_row_has_a_check_or_a_reason() {
    let rows = rows();
    let mut sizes: BTreeMap<&str, usize> = BTreeMap::new();
    for id in rows.keys() {
        *sizes.entry(&id[..3]).or_default() += 1;
    }
    assert_eq!(sizes.into_iter().collect::<Vec<_>>(), SIZES);
    assert_eq!(rows.len(), 119);
    let library = Library::builtin().unwrap();
    let known: BTreeSet<&str> = library.checks().iter().map(|check| check.id.as_str()).collect();
    for (id, row) in &rows {
        assert!(!row.by.is_empty() || row.left.is_some(), "{id} has neither a check nor a reason");
        let strange: Vec<_> = row.by.iter().filter(|check| !known.contains(check.as_str())).collect();
        assert!(strange.is_empty(), "{id} names what is no check: {strange:?}");
    }
}

#[test]
fn each_check_shows_how_it_flags_clears_and_cannot_tell() {
    for check in Library::builtin().unwrap().checks() {
        let shown = check.examples().join(" ");
        for word in ["(flagged)", "(clear)", "(unknown)"] {
            assert!(shown.contains(word), "{} has no example that is {word}", check.id);
        }
    }
}

#[test]
fn the_page_is_in_step() {
    let mut out = String::from(
        "# Row by row\n\nEach row of the list of what an audit of DynamoDB should look at, the checks that look at it, and what is left out. \
         Generated from `tests/worklist/rows.toml`: do not edit.\n\n| row | checks | left out, and why; or how |\n|---|---|---|\n",
    );
    for (id, row) in rows() {
        let checks: Vec<String> =
            row.by.iter().map(|check| format!("[{check}](checks/{check}.md)")).collect();
        let words: Vec<&str> = row.left.iter().chain(&row.note).map(String::as_str).collect();
        out.push_str(&format!("| {id} | {} | {} |\n", checks.join(", "), words.join("; ")));
    }
    if env::var_os("UPDATE_DOCS").is_some() {
        fs::write("docs/worklist.md", &out).unwrap();
    }
    let found = fs::read_to_string("docs/worklist.md").unwrap_or_default();
    assert!(found == out, "docs/worklist.md is out of step: run `UPDATE_DOCS=1 cargo test --test worklist`");
}
