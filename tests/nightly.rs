//! A job that runs again and again: what it keeps, what it tells, and what it does when it cannot.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

#[path = "nightly/first.rs"]
mod first;
#[path = "nightly/gone.rs"]
mod gone;
#[path = "nightly/missed.rs"]
mod missed;
#[path = "nightly/told.rs"]
mod told;

use std::{fs, path::Path};

use assert_cmd::Command;
use dynaudit::snapshot::{Seen, Snapshot, Timestamp, file, sample::SecretKind};
use serde_json::{Value, json};
use support::{
    add_table,
    build::{add_role, described, encrypt, see},
    with_table,
};

/// Runs `dynaudit` in `dir`, without what the environment may say.
fn dynaudit(dir: &Path, args: &[&str]) -> (i32, String, String) {
    let mut command = Command::cargo_bin("dynaudit").unwrap();
    command.current_dir(dir).env_clear().env("PATH", "/usr/bin:/bin").args(["--color", "never"]).args(args);
    let out = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (out.status.code().unwrap(), text(out.stdout), text(out.stderr))
}

/// Judges the snapshot as one night of the job in `dir` would.
fn night(dir: &Path, snapshot: &Snapshot, args: &[&str]) -> (i32, String, String) {
    file::save(snapshot, &dir.join("s.json")).unwrap();
    let job = ["assess", "s.json", "--state-dir", "state", "--format", "json"];
    dynaudit(dir, &[&job, args].concat())
}

fn company() -> Snapshot {
    let mut snapshot = with_table("sessions");
    add_table(&mut snapshot, "carts");
    encrypt(&mut snapshot, "CUSTOMER");
    let get = json!([{ "Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": "*" }]);
    add_role(&mut snapshot, "reporting", get);
    snapshot
}

fn next_day(snapshot: &Snapshot) -> Snapshot {
    Snapshot { taken: Timestamp(snapshot.taken.0 + 86_400), ..snapshot.clone() }
}

#[test]
fn a_change_is_told_the_next_night_and_the_night_after_is_silent() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let (code, _, said) = night(dir, &company(), &["--quiet"]);
    assert_eq!(code, 1, "the first night everything is new: {said}");

    let mut changed = next_day(&company());
    let scan =
        json!([{ "Effect": "Allow", "Action": ["dynamodb:GetItem", "dynamodb:Scan"], "Resource": "*" }]);
    changed.accounts[0].principals.roles[0].inline.insert("own".into(), support::build::document(scan));
    described(&mut changed).encryption = None;
    let (code, report, said) = night(dir, &changed, &["--quiet", "--summary"]);
    let report: Value = serde_json::from_str(&report).unwrap();
    let new: Vec<(&str, &str)> = (report["findings"].as_array().unwrap().iter())
        .filter(|finding| finding["state"] == "new")
        .map(|finding| (finding["check"].as_str().unwrap(), finding["subject"]["kind"].as_str().unwrap()))
        .collect();
    assert_eq!(code, 1, "{said}");
    let expected = [("reads-every-table", "principal"), ("aws-owned-key", "table")];
    assert_eq!(new, expected, "the role and the table, and nobody else");
    assert!(said.contains(&format!("({} new, 0 reopened)", new.len())), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");

    let (code, out, said) = night(dir, &next_day(&changed), &["--quiet", "--summary"]);
    assert_eq!((code, out.as_str(), said.as_str()), (0, "", ""));
}

#[test]
fn what_cannot_be_read_any_more_is_kept_and_is_not_new_when_it_is_back() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    night(dir, &with_table("orders"), &[]);
    let mut hidden = next_day(&with_table("orders"));
    support::deny_description(&mut hidden);
    let (code, report, _) = night(dir, &hidden, &[]);
    let report: Value = serde_json::from_str(&report).unwrap();
    assert_eq!(code, 3, "a gap that the baseline does not have");
    assert_eq!(report["triage"]["resolved"], json!([]));
    assert!(!report["triage"]["not_assessed"].as_array().unwrap().is_empty());
    let (code, report, _) = night(dir, &next_day(&hidden), &["--quiet"]);
    assert_eq!((code, report.as_str()), (0, ""), "the same gap again");
    let (code, report, said) = night(dir, &next_day(&with_table("orders")), &["--quiet"]);
    assert_eq!((code, report.as_str(), said.as_str()), (0, "", ""), "known findings are back");
}

#[cfg(unix)]
#[test]
fn what_it_keeps_is_for_its_owner_alone() {
    use std::os::unix::fs::MetadataExt;
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    night(dir, &with_table("orders"), &["--output", "csv=r.csv"]);
    let mode = |path: &str| fs::metadata(dir.join(path)).unwrap().mode() & 0o777;
    assert_eq!(mode("state"), 0o700);
    for file in ["state/baseline.json", "state/lock", "r.csv", "s.json"] {
        assert_eq!(mode(file), 0o600, "{file}");
    }
    // Who may write to it could say what is known.
    fs::set_permissions(dir.join("state"), std::os::unix::fs::PermissionsExt::from_mode(0o777)).unwrap();
    let (code, _, said) = night(dir, &with_table("orders"), &[]);
    assert!(code == 2 && said.contains("written by others"), "{said}");
}

#[test]
fn a_second_run_is_refused_while_the_first_is_alive_and_no_longer() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    fs::create_dir(dir.join("state")).unwrap();
    #[cfg(unix)]
    fs::set_permissions(dir.join("state"), std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    fs::write(dir.join("state/lock"), "process 4711 since 2026-11-01T03:17:00Z\n").unwrap();
    let held = fs::File::open(dir.join("state/lock")).unwrap();
    held.lock().unwrap();
    let (code, out, said) = night(dir, &with_table("orders"), &[]);
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(
        said.contains("process 4711 since 2026-11-01T03:17:00Z holds") && said.contains("lock"),
        "{said}"
    );
    // The file of a process that is dead stays, and holds nobody up.
    drop(held);
    assert_eq!(night(dir, &with_table("orders"), &["--fail-on", "never"]).0, 0);
}

#[test]
fn a_baseline_that_is_damaged_is_no_first_night() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    night(dir, &with_table("orders"), &[]);
    fs::write(dir.join("state/baseline.json"), "{").unwrap();
    let (code, _, said) = night(dir, &with_table("orders"), &[]);
    assert!(code == 2 && said.contains("baseline.json"), "{said}");
    assert_eq!(fs::read_to_string(dir.join("state/baseline.json")).unwrap(), "{", "left as it is");
}

#[cfg(unix)]
#[test]
fn a_program_is_told_of_changes_and_of_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let told = ["--on-change", "sh -c 'cat >> told.json'"];
    night(dir, &with_table("orders"), &told);
    let first: Value = serde_json::from_str(&fs::read_to_string(dir.join("told.json")).unwrap()).unwrap();
    assert!(first["new"].as_array().unwrap().len() >= 4 && first["reopened"] == json!([]), "{first}");
    assert!(first["summary"].as_str().unwrap().starts_with("dynaudit: account 111122223333"));
    let size = fs::metadata(dir.join("told.json")).unwrap().len();
    night(dir, &next_day(&with_table("orders")), &told);
    assert_eq!(fs::metadata(dir.join("told.json")).unwrap().len(), size, "nothing changed");

    // No shell: what would be one's to expand is a word.
    let mut more = next_day(&with_table("orders"));
    add_table(&mut more, "carts");
    let (code, _, said) = night(dir, &more, &["--on-change", "no-such-program; touch $HOME/pwned"]);
    assert!(code == 2 && said.contains("--on-change: `no-such-program;` cannot be started"), "{said}");
    let (code, _, said) = night(dir, &more, &["--on-change", "sh -c 'exit 7'"]);
    assert!(code == 2 && said.contains("`sh` failed: exit status: 7"), "{said}");
    // What could not be told is told the next time.
    fs::remove_file(dir.join("told.json")).unwrap();
    let (code, ..) = night(dir, &more, &told);
    let again: Value = serde_json::from_str(&fs::read_to_string(dir.join("told.json")).unwrap()).unwrap();
    let tables: Vec<&Value> =
        again["new"].as_array().unwrap().iter().map(|finding| &finding["subject"]["table"]).collect();
    assert!(code == 1 && !tables.is_empty() && tables.iter().all(|table| **table == "carts"), "{again}");
}

#[test]
fn a_program_without_anything_to_tell_a_change_by_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    file::save(&with_table("orders"), &dir.path().join("s.json")).unwrap();
    let (code, _, said) = dynaudit(dir.path(), &["assess", "s.json", "--on-change", "true"]);
    assert!(code == 2 && said.contains("--baseline"), "{said}");
}

#[cfg(unix)]
#[test]
fn a_full_disk_leaves_the_old_report_and_costs_no_other() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let job = "--output json=big.json --output csv=/dev/full --output junit=small.xml --format csv --check deletion-protection-off --verdicts all";
    let job: Vec<&str> = job.split(' ').collect();
    let first = night(dir, &with_table("orders"), &["--fail-on", "never"]);
    assert_eq!(first.0, 0);
    let baseline = fs::read(dir.join("state/baseline.json")).unwrap();
    fs::write(dir.join("big.json"), "the old report").unwrap();
    let mut many = with_table("orders");
    (0..400).for_each(|n| add_table(&mut many, &format!("table-{n}")));
    file::save(&many, &dir.join("s.json")).unwrap();
    // No file may grow beyond 400 blocks of 512 or 1024 bytes; the signal that would say so is off, as on a disk that is full.
    let binary = assert_cmd::cargo::cargo_bin("dynaudit");
    let script = "trap '' XFSZ; ulimit -f 400; exec \"$@\"";
    let out = std::process::Command::new("sh")
        .args(["-c", script, "sh"])
        .arg(binary)
        .args(["assess", "s.json", "--state-dir", "state"])
        .args(&job)
        .current_dir(dir)
        .output()
        .unwrap();
    let said = String::from_utf8(out.stderr).unwrap();
    assert_eq!(out.status.code(), Some(2), "{said}");
    assert!(said.contains("cannot write big.json") && said.contains("cannot write /dev/full"), "{said}");
    assert_eq!(fs::read_to_string(dir.join("big.json")).unwrap(), "the old report");
    assert!(
        fs::read_to_string(dir.join("small.xml")).unwrap().ends_with("</testsuites>\n"),
        "the others are there"
    );
    assert!(out.stdout.starts_with(b"check,") || out.stdout.iter().filter(|b| **b == b'\n').count() > 400);
    assert_eq!(fs::read(dir.join("state/baseline.json")).unwrap(), baseline, "what was not told stays new");
    let left: Vec<_> =
        fs::read_dir(dir).unwrap().filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect();
    assert!(!left.iter().any(|name| name.contains(".part")), "{left:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn no_core_is_dumped() {
    use std::process::{Command, Stdio};
    let mut child = Command::new(assert_cmd::cargo::cargo_bin("dynaudit"))
        .args(["detect", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let path = format!("/proc/{}/limits", child.id());
    let limits = || fs::read_to_string(&path).unwrap();
    let core = |limits: String| limits.lines().find(|l| l.starts_with("Max core")).unwrap().to_owned();
    let began = std::time::Instant::now();
    let mut said = core(limits());
    while began.elapsed().as_secs() < 10 && !said.contains("0                    0") {
        said = core(limits());
    }
    drop(child.stdin.take());
    child.wait().unwrap();
    let words: Vec<&str> = said.split_whitespace().collect();
    assert_eq!(words[4..6], ["0", "0"], "{said}");
}

#[test]
fn a_bundle_is_a_baseline_too() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    file::save(&with_table("orders"), &dir.join("s.json")).unwrap();
    dynaudit(dir, &["assess", "s.json", "--output", "evidence=e.zip"]);
    let again = ["assess", "s.json", "--baseline", "e.zip", "--quiet", "--format", "json"];
    assert_eq!(dynaudit(dir, &again), (0, String::new(), String::new()));
    // A bundle whose report is damaged is none.
    fs::write(dir.join("half.zip"), &fs::read(dir.join("e.zip")).unwrap()[..500]).unwrap();
    assert_eq!(dynaudit(dir, &["assess", "s.json", "--baseline", "half.zip"]).0, 2);
}

#[test]
fn a_table_that_is_gone_is_resolved_once() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let mut two = with_table("orders");
    add_table(&mut two, "carts");
    night(dir, &two, &[]);
    let (code, report, _) = night(dir, &next_day(&with_table("orders")), &[]);
    let report: Value = serde_json::from_str(&report).unwrap();
    assert!(code == 0 && !report["triage"]["resolved"].as_array().unwrap().is_empty());
    let (_, report, _) = night(dir, &next_day(&with_table("orders")), &[]);
    let report: Value = serde_json::from_str(&report).unwrap();
    assert_eq!(report["triage"]["resolved"], json!([]));
    // Unseen is another matter than gone.
    let mut unseen = next_day(&with_table("orders"));
    unseen.accounts[0].tables[0].tags = Seen::Gap(support::deny_description(&mut unseen));
    let (code, ..) = night(dir, &unseen, &[]);
    assert_eq!(code, 3);
}

#[test]
fn a_code_that_is_not_zero_is_never_all_that_is_said() {
    let dir = tempfile::tempdir().unwrap();
    let mut snapshot = with_table("orders");
    support::deny_description(&mut snapshot);
    let quiet = ["--quiet", "--fail-on", "never"];
    night(dir.path(), &snapshot, &quiet);
    night(dir.path(), &next_day(&snapshot), &[&quiet[..], &["--skip", "aws-owned-key"]].concat());
    // What the check does not know is no change of the account, and yet new to the one who reads the code.
    let (code, out, _) = night(dir.path(), &next_day(&next_day(&snapshot)), &quiet);
    assert_eq!(code, 3);
    assert!(out.contains("aws-owned-key"), "{out}");
}

#[cfg(unix)]
#[test]
fn what_no_check_of_the_run_needs_is_no_gap() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let gaps = |checks: &[&str]| {
        let args = [&["--on-change", "sh -c 'cat > told.json'", "--summary"], checks].concat();
        let mut snapshot = with_table("orders");
        see(&mut snapshot, "refresh_token", SecretKind::Jwt);
        let (_, report, said) = night(dir, &snapshot, &args);
        let report: Value = serde_json::from_str(&report).unwrap();
        let told: Value = serde_json::from_str(&fs::read_to_string(dir.join("told.json")).unwrap()).unwrap();
        fs::remove_dir_all(dir.join("state")).unwrap();
        let listed = report["gaps"].as_array().unwrap().len();
        assert_eq!(report["summary"]["gaps"], listed);
        let words = if listed == 1 { "; 1 gap\n".to_owned() } else { format!("; {listed} gaps\n") };
        assert!(said.contains(&words), "{said}");
        let new = told["new_gaps"].as_array().unwrap().len();
        assert_eq!(report["triage"]["new_gaps"].as_array().unwrap().len(), new);
        (listed, new)
    };
    // The snapshot lacks the organization's policies, which were not asked for.
    assert_eq!(gaps(&["--check", "deletion-protection-off"]), (0, 0));
    assert_eq!(gaps(&["--check", "no-guard-rail", "--check", "deletion-protection-off"]), (1, 1));
}
