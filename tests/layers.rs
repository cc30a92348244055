//! Imports run downward only, and the SDK is named where the design says.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::{fs, path::Path};

/// From the bottom up; rooms of one row may not import each other.
const LAYERS: &[&[&str]] = &[
    &["snapshot", "source"],
    &["detect", "finding", "iam", "kms"],
    &["collect", "demo", "facts", "simulate"],
    &["check"],
    &["remedy"],
    &["report"],
    &["cli", "config"],
    &["run"],
    &["main"],
];

/// Pairs that lie in one row and yet go one way.
const SIDEWAYS: &[(&str, &str)] = &[
    ("snapshot", "source"), // what a damaged file says is made inert
    ("kms", "iam"),         // a key policy is a policy
    ("cli", "config"),      // an option's value is made valid as it is parsed
];

/// Where a crate's name may stand.
const HOMES: &[(&str, &[&str])] = &[
    ("aws_config", &["collect/"]),
    // The log names whom it keeps silent.
    ("aws_sdk_", &["collect/", "demo/", "run/log"]),
    ("aws_smithy_", &["collect/", "demo/", "run/log"]),
    ("aws_types", &["collect/", "demo/"]),
    ("aws_credential_types", &["collect/", "demo/"]),
    ("cel::", &["check/typeck", "check/expr"]),
    ("winterbaume_", &["demo/"]),
    ("dynoxide", &["demo/"]),
    ("comfy_table", &["report/"]),
    ("clap", &["cli", "config", "run", "main.rs"]),
];

#[test]
fn imports_run_downward() {
    let mut wrong = Vec::new();
    for (file, text) in sources() {
        let room = room_of(&file);
        let Some(own) = rank(room) else {
            if room != "lib" {
                wrong.push(format!("{file}: the room `{room}` is in no layer"));
            }
            continue;
        };
        for imported in imports(&text) {
            let Some(other) = rank(&imported) else { continue };
            let allowed = imported == room || other < own || SIDEWAYS.contains(&(room, imported.as_str()));
            if !allowed {
                wrong.push(format!("{file}: `{room}` imports `{imported}`, which does not lie below it"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_crate_is_named_at_home_only() {
    let mut wrong = Vec::new();
    for (file, text) in sources() {
        for (name, homes) in HOMES {
            let at_home = homes.iter().any(|home| file.starts_with(home));
            if !at_home && code(&text).any(|line| names(line, name)) {
                wrong.push(format!("{file} names `{name}`, whose home is {homes:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_tests_above_can_fail() {
    assert_eq!(
        imports("use crate::run::go;\nuse crate::{cli, facts::{a, b}, check::Library};"),
        ["run", "cli", "facts", "check"]
    );
    assert!(names("let x: aws_types::SdkConfig;", "aws_types"));
    assert!(!names("let draws_types = 1;", "aws_types"));
}

fn rank(room: &str) -> Option<usize> {
    LAYERS.iter().position(|row| row.contains(&room))
}

fn room_of(file: &str) -> &str {
    file.split(['/', '.']).next().unwrap_or(file)
}

/// Whether `line` has `name` at the start of a word.
fn names(line: &str, name: &str) -> bool {
    line.match_indices(name).any(|(at, _)| {
        !line[..at].chars().next_back().is_some_and(|before| before.is_alphanumeric() || before == '_')
    })
}

/// Lines that are not comments.
fn code(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| !line.trim_start().starts_with("//"))
}

/// First segments of every path that starts with `crate::`, groups included.
fn imports(text: &str) -> Vec<String> {
    let text: String = code(text).collect::<Vec<_>>().join("\n");
    let mut found = Vec::new();
    for (at, _) in text.match_indices("crate::") {
        let rest = &text[at + "crate::".len()..];
        if let Some(group) = rest.strip_prefix('{') {
            let mut depth = 0;
            let mut word = String::new();
            for c in group.chars() {
                match c {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    ',' if depth == 0 => found.push(std::mem::take(&mut word)),
                    _ if depth == 0 => word.push(c),
                    _ => {}
                }
            }
            found.push(word);
        } else {
            found.push(rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect());
        }
    }
    found
        .iter()
        .map(|word| word.trim().split("::").next().unwrap_or_default().trim().to_owned())
        .filter(|word| !word.is_empty())
        .collect()
}

/// Every source file, by its path below `src/`.
fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    let mut open = vec![root.clone()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let name = path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
                found.push((name, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found.sort();
    assert!(found.len() > 20, "the sources were not found");
    found
}
