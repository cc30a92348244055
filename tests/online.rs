//! The commands that talk to AWS, from outside, on the embedded account and without any.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
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

#[cfg(unix)]
#[test]
fn a_snapshot_that_cannot_be_kept_costs_no_report() {
    let dir = tempfile::tempdir().unwrap();
    // No file may grow beyond a few blocks; the signal that would say so is off, as on a disk that is full.
    let script = "trap '' XFSZ; ulimit -f 4; exec \"$@\"";
    let out = std::process::Command::new("sh")
        .args(["-c", script, "sh"])
        .arg(assert_cmd::cargo::cargo_bin("dynaudit"))
        .args(["demo", "--quiet", "--save", "s.json", "--format", "csv"])
        .current_dir(dir.path())
        .output()
        .unwrap();
    let said = String::from_utf8(out.stderr).unwrap();
    assert!(out.status.code() == Some(2) && said.contains("s.json"), "{said}");
    assert!(String::from_utf8(out.stdout).unwrap().lines().count() > 100, "the report is there");
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0, "and nothing half written");
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
fn the_policy_reads_exports_only_if_asked_and_below_their_prefix() {
    let dir = tempfile::tempdir().unwrap();
    let (_, without, _) = run(dir.path(), &["policy"]);
    assert!(!without.contains("s3:GetObject"), "{without}");
    let (code, with, err) = run(dir.path(), &["policy", "--with-export", "s3://bucket/a"]);
    assert!(
        code == 0 && with.contains("\"arn:aws:s3:::bucket/a/*\"") && with.contains("\"s3:prefix\""),
        "{err}{with}"
    );
    for (bad, why) in [
        ("s3://arn:aws:s3:eu-west-1:111122223333:accesspoint/p", "name the bucket itself"),
        ("bucket/a", "begins with s3://"),
    ] {
        let (code, _, err) = run(dir.path(), &["policy", "--with-export", bad]);
        assert!(code == 2 && err.contains(why), "{err}");
    }
    for command in ["audit", "collect", "demo"] {
        let (code, _, err) = run(dir.path(), &[command, "--from-export", "s3://name--use1-az4--x-s3/p"]);
        assert!(code == 2 && err.contains("directory buckets"), "{err}");
    }
    let (code, _, err) = run(dir.path(), &["demo", "--from-export", "s3://bucket/p"]);
    assert!(code == 2 && err.contains("the embedded account has no bucket"), "{err}");
    let (code, said, err) = run(dir.path(), &["audit", "--region", "eu-west-1", "--from-export", "nowhere"]);
    assert!(code == 2 && said.is_empty() && err.contains("nowhere"), "{err}");
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

/// Starts an audit of an endpoint that takes connections and never answers, and interrupts it `times` times.
#[cfg(unix)]
fn interrupted(times: usize) -> (Option<i32>, String) {
    use std::{net::TcpListener, process, thread::sleep, time::Duration};
    let dir = tempfile::tempdir().unwrap();
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let child = process::Command::new(assert_cmd::cargo::cargo_bin("dynaudit"))
        .args(["audit", "--region", "eu-west-1", "--endpoint-url", &url, "--format", "json"])
        .env_clear()
        .env("HOME", dir.path())
        .env("AWS_ACCESS_KEY_ID", "test")
        .env("AWS_SECRET_ACCESS_KEY", "test")
        .stdout(process::Stdio::piped())
        .stderr(process::Stdio::piped())
        .spawn()
        .unwrap();
    sleep(Duration::from_millis(1000));
    for _ in 0..times {
        process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    }
    let out = child.wait_with_output().unwrap();
    (out.status.code(), String::from_utf8(out.stdout).unwrap())
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_the_run_and_says_what_was_not_reached() {
    let (code, out) = interrupted(1);
    assert_eq!(code, Some(3), "{out}");
    let report: serde_json::Value = serde_json::from_str(&out).unwrap();
    let gaps = report["gaps"].as_array().unwrap();
    assert!(gaps.iter().any(|gap| gap["why"] == "interrupted"), "{out}");
}

#[test]
fn a_preflight_tells_what_the_caller_lacks_and_audits_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let (code, said, err) = run(dir.path(), &["demo", "--preflight", "--format", "json"]);
    assert_eq!(code, 3, "{err}");
    let told: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert_eq!(told["caller"], "arn:aws:sts::111122223333:assumed-role/dynaudit-readonly/audit");
    let may = |action: &str| {
        let all = told["permissions"].as_array().unwrap();
        all.iter().find(|one| one["action"] == action).map(|one| one["may"].as_str().unwrap().to_owned())
    };
    // The role has an old SecurityAudit and Scan.
    assert_eq!(may("dynamodb:Scan").as_deref(), Some("yes"), "{said}");
    assert_eq!(may("dynamodb:DescribeTable").as_deref(), Some("yes"));
    assert_eq!(may("events:ListRules").as_deref(), Some("no"));
    assert_eq!(may("sts:GetCallerIdentity"), None);
    let audit = &told["aws_managed"][0];
    assert!(
        audit["policy"] == "SecurityAudit" && audit["lacks"].to_string().contains("dynamodb:Scan"),
        "{audit}"
    );

    let few = ["demo", "--preflight", "--check", "point-in-time-recovery-off", "--no-sample"];
    let (_, said, _) = run(dir.path(), &few);
    assert!(
        said.contains("dynamodb:DescribeContinuousBackups") && !said.contains("events:ListRules"),
        "{said}"
    );
    assert!(!said.contains("dynamodb:Scan"), "{said}");
}

#[test]
fn the_policy_of_a_few_checks_takes_only_what_they_need() {
    let dir = tempfile::tempdir().unwrap();
    let (code, said, err) = run(dir.path(), &["policy", "--check", "backup-vault-*", "--no-sample"]);
    assert!(
        code == 0 && said.contains("backup:ListBackupVaults") && !said.contains("cloudtrail:"),
        "{said}{err}"
    );
    let (code, _, err) = run(dir.path(), &["policy", "--check", "nothing-like-it"]);
    assert!(code == 2 && err.contains("no check is called `nothing-like-it`"), "{err}");
}

#[test]
fn where_tags_tell_what_is_sensitive_a_run_and_its_policy_take_them() {
    let dir = tempfile::tempdir().unwrap();
    let check = ["--check", "point-in-time-recovery-off", "--no-sample"];
    let asked = || {
        let (code, policy, err) = run(dir.path(), &[&["policy"][..], &check].concat());
        assert_eq!(code, 0, "{err}");
        let policy: serde_json::Value = serde_json::from_str(&policy).unwrap();
        let statements = policy["Statement"].as_array().unwrap().iter();
        let policy: Vec<String> = statements.map(|one| one["Action"].to_string()).collect();
        let (_, run, _) =
            run(dir.path(), &[&["demo", "--preflight", "--format", "json"][..], &check].concat());
        ["dynamodb:ListTagsOfResource", "tag:GetResources"].map(|action| {
            let named = |text: &str| text.contains(&format!("\"{action}\""));
            (policy.iter().any(|one| named(one)), named(&run))
        })
    };
    assert_eq!(asked(), [(false, false); 2]);
    for section in ["sensitivity", "sensitivity.pci"] {
        let rule = format!("[{section}]\ntags = {{ class = [\"restricted\"] }}\n");
        std::fs::write(dir.path().join("dynaudit.toml"), rule).unwrap();
        assert_eq!(asked(), [(true, true); 2], "{section}");
    }
    // What is told by names takes no tags.
    std::fs::write(dir.path().join("dynaudit.toml"), "[sensitivity]\ntables = [\"pay-*\"]\n").unwrap();
    assert_eq!(asked(), [(false, false); 2]);
}
