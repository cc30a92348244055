//! Files that somebody names: a pipe without a writer, what has no end and a directory are refused in time, and a pipe works.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg(unix)]

mod support;

use std::{
    fs,
    path::Path,
    process::{Command, Output, Stdio},
    thread,
    time::{Duration, Instant},
};

use dynaudit::snapshot::file;
use support::with_table;

/// Longest that a refusal may take: a pipe is given five seconds, and there may be two.
const PATIENCE: Duration = Duration::from_secs(20);

/// Where a file is named; which of `pipe`, `zero` and `dir` is put in the place of `FILE`.
const DOORS: &[(&str, &[&str])] = &[
    // A directory is a bundle of evidence.
    ("assess FILE", ALL),
    ("diff FILE s.json", ALL),
    ("diff s.json FILE", ALL),
    ("who-can FILE --table sessions", ALL),
    ("verify FILE", &["pipe", "zero"]),
    ("verify s.json --key FILE", ALL),
    ("--config FILE assess s.json", ALL),
    ("assess s.json --baseline FILE", ALL),
    ("assess s.json --checks FILE", &["pipe", "zero"]),
    ("assess s.json --output evidence=e.zip --sign-key FILE", ALL),
    ("assess s.json --output evidence=e.zip --previous FILE", ALL),
    ("checks test FILE", &["pipe", "zero"]),
    ("checks list --checks FILE", &["pipe", "zero"]),
    ("simulate FILE", ALL),
    // What comes without end is looked at without end.
    ("detect FILE", &["pipe", "dir"]),
    ("detect s.json --digest-key-file FILE", ALL),
];
const ALL: &[&str] = &["pipe", "zero", "dir"];

#[cfg(feature = "demo")]
const ONLINE: &[(&str, &[&str])] = &[
    ("demo --digest-key-file FILE", ALL),
    ("AWS_CONFIG_FILE=FILE audit --region eu-west-1", ALL),
    ("AWS_SHARED_CREDENTIALS_FILE=FILE audit --region eu-west-1 --profile x", ALL),
    ("AWS_CONFIG_FILE=FILE audit --profile x", ALL),
    ("demo --from-export pipe-summary", &["pipe-summary"]),
    ("demo --from-export zero-list", &["zero-list"]),
];
#[cfg(not(feature = "demo"))]
const ONLINE: &[(&str, &[&str])] = &[];

fn fifo(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

fn place() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name);
    fifo(&at("pipe"));
    std::os::unix::fs::symlink("/dev/zero", at("zero")).unwrap();
    fs::create_dir(at("dir")).unwrap();
    file::save(&with_table("sessions"), &at("s.json")).unwrap();
    for export in ["pipe-summary", "zero-list", "pipe-data"] {
        fs::create_dir_all(at(export).join("data")).unwrap();
        fs::write(at(export).join("manifest-summary.json"), SUMMARY).unwrap();
        fs::write(at(export).join("manifest-files.json"), LIST).unwrap();
    }
    fs::remove_file(at("pipe-summary/manifest-summary.json")).unwrap();
    fifo(&at("pipe-summary/manifest-summary.json"));
    fs::remove_file(at("zero-list/manifest-files.json")).unwrap();
    std::os::unix::fs::symlink("/dev/zero", at("zero-list/manifest-files.json")).unwrap();
    fifo(&at("pipe-data/data/a.json.gz"));
    dir
}

const SUMMARY: &str = r#"{"tableArn": "arn:aws:dynamodb:eu-west-1:111122223333:table/users",
    "exportTime": "2026-10-01T00:00:00Z", "itemCount": 1, "outputFormat": "DYNAMODB_JSON", "exportType": "FULL_EXPORT"}"#;
const LIST: &str = r#"{"itemCount": 1, "dataFileS3Key": "AWSDynamoDB/1/data/a.json.gz"}"#;

/// Runs a line of words, which begins with a variable or none; none where it did not end in time.
fn run(dir: &Path, line: &str) -> Option<Output> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dynaudit"));
    command.env_clear().env("HOME", dir).env("AWS_EC2_METADATA_DISABLED", "true").current_dir(dir);
    let mut words = line.split(' ').peekable();
    if let Some((name, value)) = words.peek().and_then(|word| word.split_once('='))
        && !name.starts_with('-')
    {
        command.env(name, value);
        words.next();
    }
    command.args(words).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let began = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if began.elapsed() > PATIENCE {
            child.kill().unwrap();
            child.wait().unwrap();
            return None;
        }
        thread::sleep(Duration::from_millis(20));
    }
    Some(child.wait_with_output().unwrap())
}

#[test]
fn what_never_comes_or_never_ends_is_refused_by_name() {
    let dir = place();
    let lines: Vec<(String, &str)> = DOORS
        .iter()
        .chain(ONLINE)
        .flat_map(|(line, kinds)| kinds.iter().map(|kind| (line.replace("FILE", kind), *kind)))
        .collect();
    let wrong: Vec<String> = thread::scope(|scope| {
        let runs: Vec<_> =
            lines.iter().map(|(line, kind)| (line, kind, scope.spawn(|| run(dir.path(), line)))).collect();
        let said = runs.into_iter().filter_map(|(line, kind, run)| {
            let Some(out) = run.join().unwrap() else { return Some(format!("{line}: does not end")) };
            let said = String::from_utf8(out.stderr).unwrap();
            let right = out.status.code() == Some(2) && said.contains(kind) && out.stdout.is_empty();
            (!right).then(|| format!("{line}: {}, {said}", out.status))
        });
        said.collect()
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A pipe for each of these, into which its text is written once somebody reads.
#[test]
fn a_pipe_with_a_writer_is_a_file() {
    let dir = place();
    let snapshot = fs::read(dir.path().join("s.json")).unwrap();
    for (line, text) in [
        ("assess pipe --fail-on never", snapshot.as_slice()),
        ("assess s.json --fail-on never --config pipe", b"[profile.x]\n"),
        ("detect dir.jsonl --digest-key-file pipe", &[7; 32]),
    ] {
        fs::write(dir.path().join("dir.jsonl"), "{\"a\":{\"S\":\"b\"}}\n").unwrap();
        let path = dir.path().join("pipe");
        let writer = thread::spawn({
            let text = text.to_owned();
            move || {
                thread::sleep(Duration::from_millis(200));
                fs::write(path, text).unwrap();
            }
        });
        let out = run(dir.path(), line).unwrap();
        writer.join().unwrap();
        let said = String::from_utf8(out.stderr).unwrap();
        assert!(out.status.success(), "{line}: {}, {said}", out.status);
    }
}

#[cfg(feature = "demo")]
#[test]
fn a_pipe_among_the_files_of_an_export_is_a_gap() {
    let dir = place();
    let out = run(dir.path(), "demo --fail-on never --format json --from-export pipe-data").unwrap();
    let report: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
    let gaps = report["gaps"].as_array().unwrap();
    let told = gaps.iter().any(|gap| gap["message"].as_str().unwrap().contains("no plain file"));
    assert!(out.status.code() == Some(3) && told, "{}: {gaps:?}", out.status);
}
