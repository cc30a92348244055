//! The snapshot file: whole or not at all, private, the same after a round trip, and never a crash.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "snapshot/messages.rs"]
mod messages;
#[path = "snapshot/packed.rs"]
mod packed;
mod support;

use std::{fs, path::Path};

use dynaudit::snapshot::{Seen, Snapshot, Timestamp, file, sample::Sighting};
use dynaudit::snapshot::{
    sample::{Basis, SecretKind},
    table::Backup,
};
use proptest::prelude::*;
use support::{add_table, deny_description, empty, unsample, with_table};

fn parse(text: &str) -> Result<Snapshot, String> {
    file::parse(text.as_bytes(), Path::new("s.json")).map_err(|e| e.to_string())
}

#[test]
fn a_file_is_private_and_its_digest_is_that_of_its_bytes() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("s.json");
    fs::write(&path, "what was there before").unwrap();
    let snapshot = with_table("sessions");
    let digest = file::save(&snapshot, &path).unwrap();
    let bytes = fs::read(&path).unwrap();
    let sum: String =
        <sha2::Sha256 as sha2::Digest>::digest(&bytes).iter().map(|b| format!("{b:02x}")).collect();
    assert_eq!(digest, sum);
    assert_eq!(file::digest(&file::load(&path).unwrap()).unwrap(), digest);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "nothing is left beside it");
}

#[test]
fn a_link_is_followed_and_a_missing_directory_is_an_error() {
    let dir = tempfile::tempdir().unwrap();
    let (real, link) = (dir.path().join("real.json"), dir.path().join("link.json"));
    fs::write(&real, "").unwrap();
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(&real, &link).unwrap();
        file::save(&empty(), &link).unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(file::load(&real).unwrap(), empty());
    }
    assert!(file::save(&empty(), &dir.path().join("no/such/s.json")).is_err());
}

#[test]
fn what_is_no_snapshot_is_named_for_what_it_is() {
    for (text, said) in [
        ("", "not a JSON object"),
        ("[]", "not a JSON object"),
        ("\"format\"", "not a JSON object"),
        ("{", "not a snapshot"),
        ("{}", "no `format`"),
        (r#"{"schema": 1, "findings": []}"#, "a report"),
        (r#"{"format": "1"}"#, "not a snapshot"),
        (r#"{"format": -1}"#, "not a snapshot"),
        (r#"{"format": 2}"#, "newer dynaudit"),
        (r#"{"format": 0}"#, "collect anew"),
        (r#"{"format": 1}"#, "damaged snapshot"),
    ] {
        let error = parse(text).unwrap_err();
        assert!(error.contains(said) && error.contains("s.json"), "{text}: {error}");
    }
}

#[test]
fn hostile_json_is_an_error_and_not_a_crash() {
    let deep = "[".repeat(5_000_000);
    let objects = r#"{"a":"#.repeat(1_000_000);
    for text in [
        format!(r#"{{"format": 1, "tool": {deep}"#),
        format!(r#"{{"format": 1, "accounts": {objects}"#),
        format!(r#"{{"x": {deep}{}, "format": 1}}"#, "]".repeat(5_000_000)),
        format!(r#"{{"format": 1{}}}"#, r#","x":1"#.repeat(100_000)),
        format!(r#"{{"format": {}}}"#, "9".repeat(1_000_000)),
    ] {
        assert!(parse(&text).is_err());
    }
    let snapshot = serde_json::to_string(&with_table("t")).unwrap();
    for cut in 0..snapshot.len() {
        assert!(!snapshot.is_char_boundary(cut) || parse(&snapshot[..cut]).is_err(), "cut at {cut}");
    }
    let unknown = parse(&snapshot.replacen("\"tool\"", "\"tooth\"", 1)).unwrap_err();
    assert!(unknown.contains("expected one of `format`, `tool`") && unknown.contains("line 1"), "{unknown}");
}

/// A snapshot with something in each corner that a round trip could bend.
fn snapshots() -> impl Strategy<Value = Snapshot> {
    let name = proptest::string::string_regex("[\\PC\\x00-\\x1f\u{202e}]{0,12}").unwrap();
    (
        proptest::collection::btree_set(name, 0..4),
        any::<(i64, u64, bool, bool)>(),
        proptest::num::f64::NORMAL | proptest::num::f64::ZERO,
    )
        .prop_map(|(names, (time, n, deny, sampled), number)| {
            let number = number.abs();
            let mut snapshot = empty();
            snapshot.taken = Timestamp(time);
            snapshot.scope.seed = n;
            snapshot.scope.rcu_budget = number;
            for name in &names {
                add_table(&mut snapshot, name);
                let table = snapshot.accounts[0].tables.last_mut().unwrap();
                table.policy = Seen::Value(Some(name.clone()));
                table.tags = Seen::Value([(name.clone(), name.clone())].into());
                if let Seen::Value(sample) = &mut table.sample {
                    sample.items_read = n.max(1);
                    sample.rcu_consumed = number;
                    sample.contents.names.insert(name.clone(), n);
                    sample.contents.sightings.push(sighting(name, 1.0 / (1.0 + number)));
                }
                table.backups.items.push(backup(name, time));
            }
            if deny && !names.is_empty() {
                deny_description(&mut snapshot);
            }
            if !sampled {
                unsample(&mut snapshot);
            }
            snapshot
        })
}

fn sighting(path: &str, confidence: f64) -> Sighting {
    Sighting {
        path: path.into(),
        kind: SecretKind::Jwt,
        rule: "jwt".into(),
        basis: Basis::Verified,
        confidence,
        items: 1,
        items_with_path: 2,
        effective_items: None,
        min_len: 3,
        max_len: u64::MAX,
        preview: "eyJ…".into(),
        digests: vec!["00".into()],
        traits: [].into(),
        oldest: None,
    }
}

fn backup(name: &str, time: i64) -> Backup {
    Backup {
        arn: name.into(),
        name: name.into(),
        table: name.into(),
        table_arn: None,
        table_id: Some(name.into()),
        kind: "USER".into(),
        status: "AVAILABLE".into(),
        created: Some(Timestamp(time)),
        expires: None,
        bytes: Some(time.saturating_abs()),
        encryption: Seen::Value(None),
    }
}

proptest! {
    #[test]
    fn a_round_trip_changes_nothing(snapshot in snapshots()) {
        let text = serde_json::to_string(&snapshot).unwrap();
        let again = parse(&text).unwrap();
        prop_assert_eq!(&again, &snapshot);
        prop_assert_eq!(file::digest(&again).unwrap(), file::digest(&snapshot).unwrap());
    }
}

#[test]
fn what_a_snapshot_lists_it_holds() {
    let refused = |change: fn(&mut Snapshot)| {
        let mut snapshot = empty();
        ["orders", "carts"].iter().for_each(|name| add_table(&mut snapshot, name));
        assert!(parse(&serde_json::to_string(&snapshot).unwrap()).is_ok());
        change(&mut snapshot);
        parse(&serde_json::to_string(&snapshot).unwrap()).unwrap_err().to_string()
    };
    assert!(
        refused(|s| s.accounts[0].tables.truncate(1)).contains("accounts[0].regions[0].tables.items[1]: ")
    );
    assert!(refused(|s| s.accounts[0].regions.clear()).contains("scope.regions[0]"));
    assert!(refused(|s| s.accounts[0].tables = vec![s.accounts[0].tables[0].clone(); 2]).contains("twice"));
    assert!(refused(|s| s.accounts = vec![s.accounts[0].clone(); 2]).contains("twice"));
}
