//! The binary from outside: help, exit codes, bad input, and what goes where.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::{
    io::Read,
    path::{Path, PathBuf},
    process::Stdio,
};

use assert_cmd::Command;
use dynaudit::snapshot::{Listed, Snapshot, file};
use support::{build::deny, deny_description, empty, unsample, with_table};

/// The binary in an environment without AWS, without colours asked for, in an empty directory.
fn dynaudit(dir: &Path, args: &[&str]) -> Command {
    let mut command = Command::cargo_bin("dynaudit").unwrap();
    command.env_clear().env("HOME", dir).env("AWS_EC2_METADATA_DISABLED", "true").current_dir(dir).args(args);
    command
}

fn dir() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

fn saved(dir: &Path, snapshot: &Snapshot) -> PathBuf {
    let path = dir.join("s.json");
    file::save(snapshot, &path).unwrap();
    path
}

/// Exit code, standard output and standard error.
fn run(dir: &Path, args: &[&str]) -> (i32, String, String) {
    let out = dynaudit(dir, args).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (out.status.code().unwrap(), text(out.stdout), text(out.stderr))
}

fn assess(snapshot: &Snapshot, args: &[&str]) -> (i32, String, String) {
    let dir = dir();
    saved(dir.path(), snapshot);
    run(dir.path(), &[&["assess", "s.json"], args].concat())
}

#[test]
fn help_names_every_command_and_the_exit_codes() {
    let dir = dir();
    let (code, out, err) = run(dir.path(), &["--help"]);
    assert_eq!((code, err.as_str()), (0, ""));
    for word in ["assess", "checks", "completions", "man", "Exit codes:", "Examples:"] {
        assert!(out.contains(word), "{word} in {out}");
    }
    for command in ["assess", "checks", "completions", "man", "audit", "collect", "demo", "policy"] {
        let (code, out, _) = run(dir.path(), &[command, "--help"]);
        assert!(code == 0 && out.contains("Usage:"), "{command}: {out}");
    }
}

#[test]
fn a_bad_option_is_exit_2_on_standard_error() {
    let dir = dir();
    saved(dir.path(), &empty());
    for args in [
        &["frobnicate"][..],
        &["assess"],
        &["assess", "s.json", "--format", "xml"],
        &["assess", "s.json", "--fail-on", "sometimes"],
        &["assess", "s.json", "--verdicts", "flaged"],
        &["assess", "s.json", "--output", "json"],
        &["assess", "s.json", "--output", "json=no/such/directory/r.json"],
        &["assess", "s.json", "--check", "no-such-check"],
        &["assess", "s.json", "--checks", "no-such-directory"],
        &["assess", "missing.json"],
        &["assess", "."],
        &["audit", "--region", "eu-west-1.evil.example"],
        &["audit", "--region", "eu-west-1", "--all-regions"],
        &["audit", "--no-sample", "--sample-items", "5"],
        &["audit", "--rcu-budget", "0"],
        &["audit", "--endpoint-url", "file:///etc/passwd"],
        &["audit", "--table", "a[bc]"],
        &["audit", "--digest-key-file", "missing"],
        &["audit", "--checks", "no-such-directory"],
        &["collect"],
        &["man", "frobnicate"],
        &["-q", "-v", "assess", "s.json"],
    ] {
        let (code, out, err) = run(dir.path(), args);
        assert_eq!((code, out.as_str()), (2, ""), "{args:?}: {err}");
        assert!(err.starts_with("error"), "{args:?}: {err}");
    }
}

#[test]
fn a_file_that_is_no_snapshot_is_exit_2_and_inert() {
    let dir = dir();
    std::fs::write(dir.path().join("evil.json"), "{\"format\": 1, \"\\u001b[2J\\n\u{202e}\": 1}").unwrap();
    let (code, _, err) = run(dir.path(), &["assess", "evil.json"]);
    assert_eq!(code, 2);
    assert!(
        err.contains("damaged snapshot") && !err.contains('\u{1b}') && !err.contains('\u{202e}'),
        "{err:?}"
    );
}

#[test]
fn a_wrong_check_is_exit_2_before_the_snapshot_is_read() {
    let dir = dir();
    std::fs::create_dir(dir.path().join("mine")).unwrap();
    std::fs::write(dir.path().join("mine/wrong.toml"), "tabel = 1\n").unwrap();
    let (code, out, err) = run(dir.path(), &["assess", "missing.json", "--checks", "mine"]);
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(err.starts_with("error") && !err.contains("missing.json"), "{err}");
    assert!(err.contains("toml:1:"), "names file and line: {err}");
}

#[test]
fn an_account_without_tables_is_clean() {
    let (code, out, err) = assess(&empty(), &["--fail-on", "high"]);
    assert_eq!(code, 0, "{out}{err}");
    // Standard error is no terminal: the line for the log, and nothing else.
    assert!(err.starts_with("dynaudit: account 111122223333: ") && err.lines().count() == 1, "{err}");
    let (_, _, err) = assess(&empty(), &["--fail-on", "high", "--quiet"]);
    assert_eq!(err, "");
}

#[test]
fn what_is_flagged_is_exit_1_down_to_the_threshold() {
    let snapshot = with_table("sessions");
    let (code, out, _) = assess(&snapshot, &["--check", "deletion-protection-off"]);
    assert_eq!(code, 1);
    assert!(out.contains("deletion-protection-off") && out.contains("sessions"), "{out}");
    let (code, ..) = assess(&snapshot, &["--check", "deletion-protection-off", "--fail-on", "critical"]);
    assert_eq!(code, 0);
    let (code, ..) = assess(&snapshot, &["--fail-on", "never", "--check", "deletion-protection-off"]);
    assert_eq!(code, 0);
    let (code, out, _) = assess(&snapshot, &["--skip", "deletion-protection-off", "--fail-on", "never"]);
    assert!(code != 1 && !out.contains("deletion-protection-off"), "{out}");
}

#[test]
fn what_was_refused_is_unknown_and_exit_3() {
    let mut snapshot = with_table("sessions");
    let gap = deny_description(&mut snapshot);
    let (code, out, _) = assess(&snapshot, &["--format", "json", "--check", "deletion-protection-off"]);
    assert_eq!(code, 3, "{out}");
    let report: serde_json::Value = serde_json::from_str(&out).unwrap();
    let finding = &report["findings"][0];
    assert_eq!(finding["verdict"], "unknown");
    assert_eq!(finding["missing"][0]["gap"], gap.0);
    assert_eq!(finding["missing"][0]["call"], "dynamodb:DescribeTable");
    let (_, table, _) = assess(&snapshot, &[]);
    assert!(table.contains("dynamodb:DescribeTable denied"), "{table}");
}

#[test]
fn without_samples_the_checks_of_items_are_not_assessed() {
    let mut snapshot = with_table("sessions");
    unsample(&mut snapshot);
    let (code, out, _) = assess(&snapshot, &["--fail-on", "never", "--verdicts", "all", "--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(report["coverage"]["items"]["asked"], false);
    let unknown = report["summary"]["verdicts"]["unknown"].as_u64().unwrap();
    assert_eq!(code, if unknown > 0 { 3 } else { 0 });
    let (_, table, _) = assess(&snapshot, &[]);
    assert!(table.contains("none read: --no-sample"), "{table}");
}

#[test]
fn the_same_snapshot_gives_the_same_bytes_everywhere() {
    let dir = dir();
    saved(dir.path(), &with_table("sessions"));
    let args = ["assess", "s.json", "--format", "json", "--output", "json=r.json", "--output", "table=r.txt"];
    let (_, first, _) = run(dir.path(), &args);
    let (_, second, _) = run(dir.path(), &args);
    assert_eq!(first, second);
    assert_eq!(std::fs::read_to_string(dir.path().join("r.json")).unwrap(), first);
    let (_, table, _) = run(dir.path(), &["assess", "s.json"]);
    assert_eq!(std::fs::read_to_string(dir.path().join("r.txt")).unwrap(), table);
    let stdin = dynaudit(dir.path(), &["assess", "-", "--format", "json"])
        .pipe_stdin(dir.path().join("s.json"))
        .unwrap()
        .output()
        .unwrap();
    assert_eq!(String::from_utf8(stdin.stdout).unwrap(), first);
}

#[test]
fn colours_are_for_terminals_or_for_who_asks() {
    let snapshot = with_table("sessions");
    assert!(!assess(&snapshot, &[]).1.contains('\u{1b}'));
    assert!(assess(&snapshot, &["--color", "always"]).1.contains('\u{1b}'));
    assert!(!assess(&snapshot, &["--color", "always", "--format", "json"]).1.contains('\u{1b}'));
}

#[test]
fn a_closed_pipe_is_no_error() {
    let dir = dir();
    let mut snapshot = empty();
    for n in 0..3000 {
        support::add_table(&mut snapshot, &format!("table-{n}"));
    }
    saved(dir.path(), &snapshot);
    let mut child = std::process::Command::new(assert_cmd::cargo::cargo_bin("dynaudit"))
        .args(["assess", "s.json", "--format", "json", "--verdicts", "all", "--fail-on", "never", "--check"])
        .arg("deletion-protection-off")
        .current_dir(dir.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut some = [0; 10];
    child.stdout.take().unwrap().read_exact(&mut some).unwrap();
    let out = child.wait_with_output().unwrap();
    assert_eq!(out.status.code(), Some(0), "{}", String::from_utf8_lossy(&out.stderr));
    let err = String::from_utf8(out.stderr).unwrap();
    assert!(err.starts_with("dynaudit: ") && err.lines().count() == 1, "the line for the log alone: {err}");
}

#[test]
fn completions_and_manual_pages_are_made() {
    let dir = dir();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let (code, out, _) = run(dir.path(), &["completions", shell]);
        assert!(code == 0 && out.contains("dynaudit"), "{shell}");
    }
    let (code, page, _) = run(dir.path(), &["man"]);
    assert!(code == 0 && page.contains(".TH dynaudit"), "{page}");
    let (code, page, _) = run(dir.path(), &["man", "assess"]);
    assert!(code == 0 && page.contains("fail\\-on"), "{page}");
}

#[test]
fn checks_are_listed_and_shown() {
    let dir = dir();
    let (code, out, _) = run(dir.path(), &["checks", "list"]);
    assert!(code == 0 && out.contains("deletion-protection-off"), "{out}");
    let (code, out, _) = run(dir.path(), &["checks", "show", "deletion-protection-off"]);
    assert!(code == 0 && out.contains("deletion-protection-off"), "{out}");
    let (code, _, err) = run(dir.path(), &["checks", "show", "deletion-protection-of"]);
    assert!(code == 2 && err.contains("did you mean `deletion-protection-off`?"), "{err}");
}

#[test]
fn a_new_check_is_a_file_that_overwrites_none() {
    let dir = dir();
    let (code, ..) = run(dir.path(), &["checks", "new", "mine.toml", "--over", "attribute"]);
    assert_eq!(code, 0);
    let text = std::fs::read_to_string(dir.path().join("mine.toml")).unwrap();
    assert!(text.contains("over") && text.contains("\"attribute\""), "{text}");
    for args in [&["checks", "new", "mine.toml"][..], &["checks", "new", "b.toml", "--over", "tabel"]] {
        let (code, _, err) = run(dir.path(), args);
        assert!(code == 2 && err.starts_with("error"), "{err}");
    }
}

#[test]
fn a_run_that_could_list_no_table_says_so_whatever_is_flagged() {
    let mut snapshot = empty();
    let id = deny(&mut snapshot, "dynamodb:ListTables", "eu-west-1");
    snapshot.accounts[0].regions[0].tables = Listed::missing(id);
    assert!(snapshot.is_blind());
    let (code, out, err) = assess(&snapshot, &[]);
    assert_eq!(code, 3, "{err}");
    assert!(out.contains("none could be listed in eu-west-1: nothing about tables was assessed"), "{out}");
    assert!(err.contains("nothing about tables was assessed"), "{err}");
    assert!(!empty().is_blind());
}
