//! The commands that talk to AWS, from outside, on the embedded account and without any.
#![cfg(feature = "demo")]

use std::path::Path;

use assert_cmd::Command;

fn run(dir: &Path, args: &[&str]) -> (i32, String, String) {
    let mut command = Command::cargo_bin("dynaudit").unwrap();
    command.env_clear().env("HOME", dir).env("AWS_EC2_METADATA_DISABLED", "true").current_dir(dir);
    let out = command.args(args).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (out.status.code().unwrap(), text(out.stdout), text(out.stderr))
}

#[test]
fn a_live_run_and_its_snapshot_give_the_same_report() {
    let dir = tempfile::tempdir().unwrap();
    let (live_code, live, _) =
        run(dir.path(), &["demo", "--format", "json", "--verdicts", "all", "--save", "s.json"]);
    let (code, replayed, err) =
        run(dir.path(), &["assess", "s.json", "--format", "json", "--verdicts", "all"]);
    assert_eq!(code, live_code, "{err}");
    assert_eq!(live, replayed);
}

#[test]
fn two_demos_are_alike() {
    let dir = tempfile::tempdir().unwrap();
    let first = run(dir.path(), &["demo", "--quiet"]);
    assert_eq!(first.2, "", "--quiet says nothing");
    assert_eq!(first, run(dir.path(), &["demo", "--quiet"]));
}

#[test]
fn the_policy_reads_items_only_if_asked() {
    let dir = tempfile::tempdir().unwrap();
    let (code, with, _) = run(dir.path(), &["policy"]);
    assert!(code == 0 && with.contains("\"dynamodb:Scan\""), "{with}");
    let (code, without, _) = run(dir.path(), &["policy", "--no-sample"]);
    assert!(code == 0 && without.contains("dynamodb:ListTables") && !without.contains("\"dynamodb:Scan\""));
    serde_json::from_str::<serde_json::Value>(&with).unwrap();
}

#[test]
fn without_a_region_nothing_is_asked() {
    let dir = tempfile::tempdir().unwrap();
    let (code, out, err) = run(dir.path(), &["audit"]);
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(err.contains("no Region") && err.contains("--all-regions"), "{err}");
}

#[test]
fn verbose_output_is_of_dynaudit_alone() {
    let dir = tempfile::tempdir().unwrap();
    let (_, _, err) = run(dir.path(), &["demo", "-vv"]);
    for line in err.lines() {
        let foreign = ["aws_", "hyper", "rustls", "h2::"].iter().any(|t| line.contains(&format!(" {t}")));
        assert!(!foreign, "{line}");
    }
}
