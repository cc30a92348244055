//! Loading: the program's own checks, a user's directories, and what is refused.

use std::{fs, path::Path};

use super::super::Library;

const CHECK: &str = r#"
title = "T"
severity = "low"
over = "table"
flag = 'table.global'
message = "{table.name}"
why = "W"
fix = "F"
[[example]]
is = "flagged"
given = { table = { global = true } }
[[example]]
is = "clear"
"#;

fn put(dir: &Path, name: &str, text: &str) {
    let path = dir.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

#[test]
fn the_programs_checks_load_and_are_complete() {
    let library = Library::builtin().unwrap();
    assert!(!library.checks().is_empty());
    for check in library.checks() {
        assert!(check.origin == format!("checks/{}/{}.toml", check.group, check.id), "{}", check.origin);
        assert!(check.examples().len() >= 2);
        assert!(!check.maps.is_empty(), "{} maps to nothing", check.id);
        assert!(!check.title.ends_with('.'), "{}", check.title);
        assert!(check.facts().next().is_some(), "{} reads no fact", check.id);
    }
    let first = &library.checks()[0].id;
    assert!(library.get(first).is_some_and(|check| check.id == *first));
    assert!(library.get("no-such").is_none());
}

#[test]
fn a_users_directory_is_read_whole_and_a_file_alone_too() {
    let dir = tempfile::tempdir().unwrap();
    put(dir.path(), "deep/er/my-check.toml", CHECK);
    put(dir.path(), "other-check.toml", CHECK);
    put(dir.path(), "README.md", "not a check");
    let library = Library::with_dirs(&[dir.path().to_owned()]).unwrap();
    assert_eq!(library.get("my-check").unwrap().group, "er");
    assert!(library.get("other-check").is_some());
    let library = Library::with_dirs(&[dir.path().join("other-check.toml")]).unwrap();
    assert!(library.get("other-check").is_some() && library.get("my-check").is_none());
}

#[cfg(unix)]
#[test]
fn links_do_not_loop_and_the_same_file_counts_once() {
    let dir = tempfile::tempdir().unwrap();
    put(dir.path(), "a/my-check.toml", CHECK);
    std::os::unix::fs::symlink(dir.path(), dir.path().join("a/loop")).unwrap();
    std::os::unix::fs::symlink(dir.path().join("a/my-check.toml"), dir.path().join("other.toml")).unwrap();
    let library = Library::with_dirs(&[dir.path().to_owned(), dir.path().join("a")]).unwrap();
    assert_eq!(library.checks().len(), Library::builtin().unwrap().checks().len() + 1);
}

#[test]
fn two_checks_of_one_id_are_refused_with_both_places() {
    let dir = tempfile::tempdir().unwrap();
    put(dir.path(), "a/my-check.toml", CHECK);
    put(dir.path(), "b/my-check.toml", CHECK);
    let error = Library::with_dirs(&[dir.path().to_owned()]).unwrap_err().to_string();
    let (a, b) = (dir.path().join("a/my-check.toml"), dir.path().join("b/my-check.toml"));
    assert_eq!(
        error,
        format!("error: two checks are called `my-check`\n --> {}\n --> {}", a.display(), b.display())
    );
}

#[test]
fn every_problem_of_every_file_is_told_at_once() {
    let dir = tempfile::tempdir().unwrap();
    put(dir.path(), "a-check.toml", &CHECK.replace("table.global'", "table.globl'"));
    put(dir.path(), "b-check.toml", &CHECK.replace("\"low\"", "\"lwo\""));
    put(dir.path(), "c-check.toml", &CHECK.replace("global = true", "global = false"));
    let error = Library::with_dirs(&[dir.path().to_owned()]).unwrap_err();
    assert_eq!(error.problems.len(), 3, "{error}");
}

#[test]
fn what_cannot_be_read_is_an_error_and_never_skipped() {
    let dir = tempfile::tempdir().unwrap();
    let missing = Library::with_dirs(&[dir.path().join("none")]).unwrap_err().to_string();
    assert!(missing.starts_with("error: cannot read checks: "), "{missing}");
    put(dir.path(), "large-check.toml", &format!("{CHECK}#{}", "x".repeat(256 << 10)));
    let large = Library::with_dirs(&[dir.path().to_owned()]).unwrap_err().to_string();
    assert!(large.starts_with("error: cannot read checks: it is larger than 256 KiB\n --> "), "{large}");
    fs::write(dir.path().join("large-check.toml"), [0xff, 0xfe]).unwrap();
    let binary = Library::with_dirs(&[dir.path().to_owned()]).unwrap_err().to_string();
    assert!(binary.starts_with("error: cannot read checks: "), "{binary}");
}

#[test]
fn hostile_files_are_refused_and_never_a_crash() {
    let dir = tempfile::tempdir().unwrap();
    for (text, name) in [
        (format!("a = {}", "[".repeat(100_000)), "nested"),
        (format!("flag = '{}'", "!".repeat(1_999)), "nots"),
        (CHECK.replace("table.global'", &format!("{}table.global'", "-".repeat(1_901))), "minus"),
        (CHECK.replace("table.global'", &format!("table{}'", ".a".repeat(990))), "fields"),
        (CHECK.replace("table.global'", &format!("{}1 == 1'", "1 + ".repeat(480))), "sum"),
        (
            CHECK.replace("table.global'", &format!("{}table.global'", "table.global == ".repeat(120))),
            "equals",
        ),
        (
            CHECK.replace("table.global'", &format!("{}table.global'", "true ? true : ".repeat(140))),
            "choices",
        ),
        (CHECK.replace("table.global'", &format!("{}a{}'", "size(".repeat(24), ")".repeat(24))), "calls"),
        (
            CHECK.replace("table.global'", &format!("{}true{}'", "a.all(x,".repeat(24), ")".repeat(24))),
            "loops",
        ),
        (CHECK.replace("{table.name}", &"{".repeat(5_001)), "braces"),
        (CHECK.replace("'table.global'", "\"\\u0000\""), "zero"),
        (String::new(), "empty"),
    ] {
        put(dir.path(), "my-check.toml", &text);
        let error = Library::with_dirs(&[dir.path().to_owned()]);
        assert!(error.is_err(), "{name} was accepted");
    }
}
