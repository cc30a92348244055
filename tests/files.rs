//! Files that somebody names: what never comes and never ends is refused in time, no two outputs are one file, and what is said
//! of a file or an option holds no secret.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg(unix)]

mod support;

use std::{
    fs,
    io::{Read, Seek},
    path::Path,
    process::{Command, Output, Stdio},
    thread,
    time::{Duration, Instant},
};

use dynaudit::snapshot::file;
use support::with_table;

/// Longest that a refusal may take: a pipe is given five seconds, and there may be two.
const PATIENCE: Duration = Duration::from_secs(20);

/// Where a file is named; which of `pipe`, `zero` and `dir` is put in the place of `@`.
const DOORS: &[(&str, &[&str])] = &[
    // A directory is a bundle of evidence.
    ("assess @", ALL),
    ("diff @ s.json", ALL),
    ("diff s.json @", ALL),
    ("who-can @ --table sessions", ALL),
    ("verify @", &["pipe", "zero"]),
    ("verify s.json --key @", ALL),
    ("--config @ assess s.json", ALL),
    ("assess s.json --baseline @", ALL),
    ("assess s.json --checks @", &["pipe", "zero"]),
    ("assess s.json --output evidence=e.zip --sign-key @", ALL),
    ("assess s.json --output evidence=e.zip --previous @", ALL),
    ("checks test @", &["pipe", "zero"]),
    ("checks list --checks @", &["pipe", "zero"]),
    ("simulate @", ALL),
    // What comes without end is looked at without end.
    ("detect @", &["pipe", "dir"]),
    ("detect s.json --digest-key-file @", ALL),
];
const ALL: &[&str] = &["pipe", "zero", "dir"];

#[cfg(feature = "demo")]
const ONLINE: &[(&str, &[&str])] = &[
    ("demo --digest-key-file @", ALL),
    ("AWS_CONFIG_FILE=@ audit --region eu-west-1", ALL),
    ("AWS_SHARED_CREDENTIALS_FILE=@ audit --region eu-west-1 --profile x", ALL),
    ("AWS_CONFIG_FILE=@ audit --profile x", ALL),
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
    // What is said may be more than a pipe holds.
    let (out, err) = (tempfile::tempfile().unwrap(), tempfile::tempfile().unwrap());
    command
        .args(words)
        .stdin(Stdio::null())
        .stdout(out.try_clone().unwrap())
        .stderr(err.try_clone().unwrap());
    let mut child = command.spawn().unwrap();
    let began = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if began.elapsed() > PATIENCE {
            child.kill().unwrap();
            child.wait().unwrap();
            return None;
        }
        thread::sleep(Duration::from_millis(20));
    };
    Some(Output { status, stdout: all(out), stderr: all(err) })
}

fn all(mut file: fs::File) -> Vec<u8> {
    let mut bytes = Vec::new();
    file.rewind().unwrap();
    file.read_to_end(&mut bytes).unwrap();
    bytes
}

#[test]
fn what_never_comes_or_never_ends_is_refused_by_name() {
    let dir = place();
    let lines: Vec<(String, &str)> = DOORS
        .iter()
        .chain(ONLINE)
        .flat_map(|(line, kinds)| kinds.iter().map(|kind| (line.replace('@', kind), *kind)))
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
    let line = "demo --fail-on never --format json --check readable-password --from-export pipe-data";
    let out = run(dir.path(), line).unwrap();
    let report: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
    let gaps = report["gaps"].as_array().unwrap();
    let told = gaps.iter().any(|gap| gap["message"].as_str().unwrap().contains("no plain file"));
    assert!(out.status.code() == Some(3) && told, "{}: {gaps:?}", out.status);
}

#[test]
fn two_outputs_never_go_to_one_file() {
    let dir = place();
    std::os::unix::fs::symlink(dir.path().join("dir"), dir.path().join("link")).unwrap();
    let lines = [
        "assess s.json --output json=a --output csv=a",
        "assess s.json --output json=a --output csv=./a",
        "assess s.json --output json=dir/a --output csv=link/a",
        "assess s.json --output-dir link --output json --output csv=dir/findings.json",
        "assess s.json --output-dir new --output json --output csv=./new/findings.json",
    ];
    let saved = [
        "demo --output json=a --save a",
        "demo --output json=a --save ./a",
        "demo --output json=dir/a --save link/a",
        "demo --output-dir link --output all --save dir/findings.csv",
    ];
    for line in lines.iter().chain(saved.iter().filter(|_| cfg!(feature = "demo"))) {
        let out = run(dir.path(), line).unwrap();
        let said = String::from_utf8(out.stderr).unwrap();
        assert!(out.status.code() == Some(2) && said.contains("one file"), "{line}: {}, {said}", out.status);
    }
}

#[test]
fn a_directory_of_outputs_is_for_its_owner() {
    use std::os::unix::fs::PermissionsExt;
    let dir = place();
    let out = run(dir.path(), "assess s.json --fail-on never --output-dir new/below --output json").unwrap();
    assert!(out.status.success());
    for made in ["new", "new/below"] {
        assert_eq!(
            fs::metadata(dir.path().join(made)).unwrap().permissions().mode() & 0o777,
            0o700,
            "{made}"
        );
    }
}

#[test]
fn a_full_disk_is_named_in_every_form() {
    let dir = place();
    for form in ["json", "html", "sarif", "csv", "markdown", "oscal"] {
        let out = run(dir.path(), &format!("assess s.json --output {form}=/dev/full")).unwrap();
        let said = String::from_utf8(out.stderr).unwrap();
        assert!(out.status.code() == Some(2) && said.contains("No space left on device"), "{form}: {said}");
    }
}

#[test]
fn no_secret_is_in_what_is_said_of_an_option_or_the_configuration() {
    let dir = place();
    let config = |name: &str, text: &str| fs::write(dir.path().join(name), text).unwrap();
    config("profile", "[profile.x]\nendpoint-url = \"http://user:CANARY@host\"\n");
    config(
        "pattern",
        "[[detect.pattern]]\nid = \"x\"\npattern = \"CANARY(\"\nmatches = [\"CANARY\"]\nmisses = [\"y\"]\n",
    );
    config(
        "example",
        "[[detect.pattern]]\nid = \"x\"\npattern = \"x\"\nmatches = [\"CANARY\"]\nmisses = [\"y\"]\n",
    );
    config("syntax", "[detect]\n[[detect.allow]]\npattern = \"CANARY\n");
    config("environment", "AWS_SECRET_ACCESS_KEY=CANARY\n");
    config("key", "CANARY\n");
    let lines = [
        ("--config profile assess s.json", "endpoint-url = \"http://***********@host\""),
        ("--config pattern assess s.json", "pattern = \"*******\""),
        ("--config example assess s.json", "the pattern does not match this example"),
        ("--config syntax assess s.json", "syntax:3:"),
        ("--config environment assess s.json", "environment:1:"),
        ("--config key assess s.json", "key:1:"),
    ];
    let online = [
        ("audit --region eu-west-1 --endpoint-url http://user:CANARY@host", "http://***********@host"),
        ("audit --region eu-west-1 --endpoint-url user:CANARY@host", "***********@host"),
        ("audit --region eu-west-1 --endpoint-url=http://user:C@NARY:CANARY/@host", "*@host"),
        ("DYNAUDIT_ENDPOINT_URL=http://user:CANARY@host audit --region eu-west-1", "http://***********@host"),
        ("AWS_ENDPOINT_URL=ftp://user:CANARY@host audit --region eu-west-1", "AWS_ENDPOINT_URL"),
        ("AWS_ENDPOINT_URL_STS=user:CANARY@host audit --region eu-west-1", "AWS_ENDPOINT_URL_STS"),
        ("audit --rcu-budget 1e308", "from 0.5 to 1000000000"),
    ];
    for (line, shown) in lines.iter().chain(online.iter().filter(|_| cfg!(feature = "demo"))) {
        let out = run(dir.path(), line).unwrap();
        let said = String::from_utf8(out.stderr).unwrap();
        assert!(out.status.code() == Some(2) && said.contains(shown), "{line}: {}, {said}", out.status);
        assert!(!said.contains("CANARY"), "{line}: {said}");
    }
}
