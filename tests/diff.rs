//! Two runs held against each other: what changed, and what one of the two could not see.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::{collections::BTreeSet, fs, path::Path};

use assert_cmd::Command;
use dynaudit::snapshot::{Snapshot, Timestamp, file, sample::SecretKind, sample::Stopped};
use serde_json::{Value, json};
use support::{
    add_table,
    build::{add_role, described, document, encrypt, sample, see},
    with_table,
};

/// Runs `dynaudit` in `dir`, without what the environment may say.
fn dynaudit(dir: &Path, args: &[&str]) -> (i32, String, String) {
    let mut command = Command::cargo_bin("dynaudit").unwrap();
    let out = command.current_dir(dir).env_clear().args(["--color", "never"]).args(args).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (out.status.code().unwrap(), text(out.stdout), text(out.stderr))
}

fn diff(old: &Snapshot, new: &Snapshot) -> (i32, Value, String) {
    let dir = tempfile::tempdir().unwrap();
    file::save(old, &dir.path().join("old.json")).unwrap();
    file::save(new, &dir.path().join("new.json")).unwrap();
    let (code, out, said) = dynaudit(dir.path(), &["diff", "old.json", "new.json", "--format", "json"]);
    let (again, text, _) = dynaudit(dir.path(), &["diff", "old.json", "new.json"]);
    assert_eq!(code, again);
    (code, serde_json::from_str(&out).unwrap_or_else(|_| json!(said)), text)
}

fn company() -> Snapshot {
    let mut snapshot = with_table("sessions");
    add_table(&mut snapshot, "carts");
    encrypt(&mut snapshot, "CUSTOMER");
    add_role(
        &mut snapshot,
        "reporting",
        json!([{ "Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": "*" }]),
    );
    snapshot
}

fn next_day(snapshot: &Snapshot) -> Snapshot {
    Snapshot { taken: Timestamp(snapshot.taken.0 + 86_400), ..snapshot.clone() }
}

fn states(diff: &Value, list: &str) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let row = |row: &Value| match list {
        "readers" => format!(
            "{} {} {}",
            text(&row["state"]),
            text(&row["road"]),
            text(&row["table"]).rsplit('/').next().unwrap()
        ),
        "subjects" => format!("{} {}", text(&row["state"]), text(&row["subject"]["kind"])),
        _ => format!("{} {}", text(&row["state"]), text(&row["check"])),
    };
    diff[list].as_array().unwrap().iter().map(row).collect()
}

#[test]
fn a_day_later_nothing_differs() {
    let (code, diff, text) = diff(&company(), &next_day(&company()));
    assert_eq!(code, 0, "{diff}");
    assert!(text.contains("nothing that both saw differs"), "{text}");
}

#[test]
fn a_reader_gained_and_a_key_lost_are_told_by_table_and_road() {
    let mut changed = next_day(&company());
    let scan =
        json!([{ "Effect": "Allow", "Action": ["dynamodb:GetItem", "dynamodb:Scan"], "Resource": "*" }]);
    changed.accounts[0].principals.roles[0].inline.insert("own".into(), document(scan));
    described(&mut changed).encryption = None;
    let (code, told, text) = diff(&company(), &changed);
    assert_eq!(code, 1);
    let readers = states(&told, "readers");
    assert!(readers.contains(&"new scan carts".to_owned()), "{readers:?}");
    assert!(text.contains("gained") && text.contains("role/reporting"), "{text}");
    assert!(states(&told, "findings").contains(&"new aws-owned-key".to_owned()), "{told}");
    assert!(states(&told, "subjects").iter().any(|row| row == "changed table"), "{told}");
    // And the other way round.
    let (_, told, _) = diff(&changed, &next_day(&company()));
    assert!(states(&told, "readers").contains(&"gone scan carts".to_owned()), "{told}");
    assert!(states(&told, "findings").contains(&"gone aws-owned-key".to_owned()), "{told}");
}

#[test]
fn a_table_is_new_or_gone_and_one_that_was_not_listed_is_neither() {
    let (code, told, _) = diff(&with_table("orders"), &company());
    assert_eq!(code, 1);
    assert!(states(&told, "subjects").contains(&"new table".to_owned()));
    assert!(states(&told, "subjects").contains(&"gone table".to_owned()));

    let mut hidden = next_day(&company());
    let denied = support::gap("dynamodb:ListTables", "eu-west-1", dynaudit::snapshot::Why::Denied);
    let account = &mut hidden.accounts[0];
    account.tables.clear();
    account.keys.clear();
    account.regions[0].tables = dynaudit::snapshot::Listed::missing(denied.id());
    hidden.gaps.insert(denied.id(), denied);
    let (_, told, _) = diff(&company(), &hidden);
    let tables = states(&told, "subjects");
    assert!(
        tables.contains(&"not-seen-now table".to_owned()) && !tables.contains(&"gone table".to_owned()),
        "{told}"
    );
    assert!(!states(&told, "findings").iter().any(|row| row.starts_with("gone")), "{told}");
}

#[test]
fn a_token_that_appears_is_new_and_one_that_the_sample_did_not_meet_is_not_gone() {
    let mut seen = company();
    see(&mut seen, "refresh_token", SecretKind::Jwt);
    sample(&mut seen).stopped = Stopped::Items;
    let (code, told, _) = diff(&company(), &seen);
    assert_eq!(code, 1);
    assert!(states(&told, "subjects").contains(&"new attribute".to_owned()), "{told}");
    let mut unmet = next_day(&company());
    sample(&mut unmet).stopped = Stopped::Items;
    let (_, told, _) = diff(&seen, &unmet);
    assert!(states(&told, "subjects").contains(&"not-seen-now attribute".to_owned()), "{told}");
    assert!(!states(&told, "subjects").contains(&"gone attribute".to_owned()), "{told}");
}

#[test]
fn what_became_unreadable_is_not_seen_and_not_gone() {
    let mut hidden = next_day(&with_table("orders"));
    support::deny_description(&mut hidden);
    let (code, told, _) = diff(&with_table("orders"), &hidden);
    assert_eq!(code, 3, "{told}");
    assert!(!told.to_string().contains("\"state\":\"gone\""), "{told}");
}

#[test]
fn reports_and_bundles_are_compared_by_what_they_hold() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    file::save(&with_table("orders"), &dir.join("s.json")).unwrap();
    let outputs = ["--output", "json=r.json", "--output", "evidence=e.zip", "--verdicts", "all"];
    dynaudit(dir, &[&["assess", "s.json"][..], &outputs].concat());
    assert_eq!(dynaudit(dir, &["diff", "s.json", "e.zip"]).0, 0);
    let (code, text, _) = dynaudit(dir, &["diff", "r.json", "e.zip"]);
    assert!(code == 3 && text.contains("not compared: facts and readers"), "{text}");
    fs::write(dir.join("x.json"), "[]").unwrap();
    assert_eq!(dynaudit(dir, &["diff", "x.json", "s.json"]).0, 2);
    assert_eq!(dynaudit(dir, &["diff", "none.json", "s.json"]).0, 2);
}

#[test]
fn what_could_steer_a_terminal_is_shown_as_an_escape() {
    let mut hostile = next_day(&company());
    add_role(
        &mut hostile,
        "x\u{1b}[2J\u{202e}",
        json!([{ "Effect": "Allow", "Action": "dynamodb:*", "Resource": "*" }]),
    );
    let (_, _, text) = diff(&company(), &hostile);
    assert!(text.contains("role/x") && !text.contains('\u{1b}') && !text.contains('\u{202e}'), "{text}");
}

#[test]
fn two_reports_of_the_same_say_the_same() {
    let dir = tempfile::tempdir().unwrap();
    file::save(&company(), &dir.path().join("s.json")).unwrap();
    dynaudit(dir.path(), &["assess", "s.json", "--output", "json=r.json", "--verdicts", "all"]);
    let (code, said, _) = dynaudit(dir.path(), &["diff", "r.json", "r.json"]);
    assert_eq!(code, 0, "{said}");
    let (code, said, _) = dynaudit(dir.path(), &["diff", "r.json", "s.json"]);
    assert!(code != 0 && said.contains("holds findings alone"), "{said}");
}

#[test]
fn with_a_table_that_is_gone_go_its_secrets_in_reports_too() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let mut old = company();
    see(&mut old, "refresh_token", SecretKind::Jwt);
    let deleted = old.accounts[0].tables[0].clone();
    let mut new = next_day(&old);
    new.accounts[0].tables.retain(|table| table.name != deleted.name);
    new.accounts[0].regions[0].tables.items.retain(|name| *name != deleted.name);
    // A table whose sample met it no longer, and a list that broke off, say no such thing.
    let mut unmet = next_day(&company());
    sample(&mut unmet).stopped = Stopped::Items;
    let mut cut = new.clone();
    let denied = support::gap("dynamodb:ListTables", "eu-west-1", dynaudit::snapshot::Why::Denied);
    cut.accounts[0].regions[0].tables.gap = Some(denied.id());
    cut.gaps.insert(denied.id(), denied);
    for (name, snapshot) in [("old", &old), ("new", &new), ("unmet", &unmet), ("cut", &cut)] {
        file::save(snapshot, &dir.join("s.json")).unwrap();
        let report = format!("json={name}.json");
        dynaudit(dir, &["assess", "s.json", "--verdicts", "all", "--output", &report]);
    }
    let states = |new: &str| {
        let told = dynaudit(dir, &["diff", "old.json", new, "--format", "json"]).1;
        let told: Value = serde_json::from_str(&told).unwrap();
        let of = |row: &&Value| row["subject"]["table"] == deleted.name.as_str();
        let secret = |row: &&Value| row["subject"]["kind"] == "attribute";
        let rows = told["findings"].as_array().unwrap().iter().filter(of).filter(secret);
        rows.map(|row| row["state"].as_str().unwrap().to_owned()).collect::<BTreeSet<_>>()
    };
    assert_eq!(states("new.json"), BTreeSet::from(["gone".to_owned()]));
    assert_eq!(states("unmet.json"), BTreeSet::from(["not-seen-now".to_owned()]));
    assert_eq!(states("cut.json"), BTreeSet::from(["not-seen-now".to_owned()]));
}
