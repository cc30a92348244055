//! The evidence bundle: intact as it was made, and no byte of it can change unseen.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "support/archive.rs"]
mod archive;
#[path = "evidence/claims.rs"]
mod claims;
#[path = "evidence/folder.rs"]
mod folder;
mod support;

use std::{fs, io::Cursor, path::Path, sync::LazyLock};

use archive::{pack, unpack, verify};
use assert_cmd::Command;
use dynaudit::{
    finding::{Severity, Verdict},
    report::{
        attest::{self, Envelope, Signer},
        evidence::{STATEMENT, SUMS, Sources, bundle},
    },
    snapshot::file,
};
use ed25519_dalek::{SigningKey, pkcs8::EncodePublicKey};
use support::{finding, view_of, with_table};

fn key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

fn made(key: Option<&SigningKey>, previous: Option<attest::Sum>) -> Vec<u8> {
    let snapshot = with_table("orders");
    let findings = vec![
        finding("check-a", Severity::High, Verdict::Flagged, "orders"),
        finding("check-b", Severity::Low, Verdict::Clear, "orders"),
    ];
    let view = view_of(&snapshot, findings, &Verdict::ALL);
    let sources = Sources {
        snapshot: &snapshot,
        checks: vec![("mine/check-a.toml".into(), "title = \"a\"\n")],
        config: Some("[profile.nightly]\n"),
        previous,
        signer: key.map(|key| key as &dyn attest::Signer),
    };
    let mut out = Cursor::new(Vec::new());
    bundle(&view, sources, &mut out).unwrap();
    out.into_inner()
}

#[test]
fn a_bundle_is_the_same_each_time_and_intact() {
    let archive = made(Some(&key()), None);
    assert_eq!(archive, made(Some(&key()), None));
    let verified = verify(&archive, Some(&key().key()));
    assert!(verified.is_intact(), "{verified:?}");
    assert_eq!(verified.digests.len(), 8);
    let statement = serde_json::from_slice::<Envelope>(&unpack(&archive)[STATEMENT]);
    let told = statement.unwrap().statement().unwrap().predicate;
    assert_eq!(
        (told.result.as_str(), told.failed_tests, told.passed_tests),
        ("FAILED", vec!["check-a".into()], vec!["check-b".into()])
    );
    assert_eq!(told.configuration.len(), 2, "the check and the configuration");
}

#[test]
fn a_byte_that_changes_anywhere_is_found_and_its_file_named() {
    let archive = made(Some(&key()), None);
    let members = unpack(&archive);
    for signed in [true, false] {
        let archive = if signed { archive.clone() } else { made(None, None) };
        // Every byte of the end of the directory, and some of the rest; the archive's own tests flip them all.
        for at in (0..archive.len()).filter(|at| at % 499 == 0 || archive.len() - at < 800) {
            let mut other = archive.clone();
            other[at] ^= 1;
            assert!(!verify(&other, None).is_intact(), "byte {at}");
        }
    }
    for name in members.keys() {
        let mut other = members.clone();
        let bytes = other.get_mut(name).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        // Packed anew, so that the archive itself is right.
        let verified = verify(&pack(&other), None);
        assert!(verified.wrong.contains_key(name), "{name}: {verified:?}");
    }
}

/// Where the bytes of each member lie in the archive, by name.
fn places(archive: &[u8]) -> Vec<(String, std::ops::Range<usize>)> {
    let mut at = 0;
    let place = |(name, bytes): (String, Vec<u8>)| {
        let start = at + 30 + name.len();
        at = start + bytes.len();
        (name, start..at)
    };
    unpack(archive).into_iter().map(place).collect()
}

/// One bundle for all the cases below.
static SIGNED: LazyLock<Vec<u8>> = LazyLock::new(|| made(Some(&key()), None));

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(120))]

    /// In the file of the archive as it lies there: whichever member, byte and bits.
    #[test]
    fn a_byte_of_a_member_that_changes_names_it(which in 0..8_usize, share in 0.0..1.0_f64, bits in 1..=255_u8) {
        let archive = SIGNED.clone();
        let (name, place) = places(&archive).swap_remove(which);
        let at = place.start + ((place.len() as f64) * share) as usize;
        let mut other = archive;
        other[at] ^= bits;
        let verified = verify(&other, Some(&key().key()));
        proptest::prop_assert!(verified.wrong.contains_key(&name), "byte {} of {name}: {verified:?}", at - place.start);
    }

    /// The archive's own bytes: headers, directory, end. No file is blamed for them.
    #[test]
    fn a_byte_of_the_archive_that_changes_is_told_of_the_archive(at in 0..100_000_usize, bits in 1..=255_u8) {
        let archive = SIGNED.clone();
        let own: Vec<usize> = {
            let members = places(&archive);
            (0..archive.len()).filter(|at| !members.iter().any(|(_, place)| place.contains(at))).collect()
        };
        let mut other = archive;
        other[own[at % own.len()]] ^= bits;
        let wrong = verify(&other, None).wrong;
        proptest::prop_assert_eq!(wrong.keys().map(String::as_str).collect::<Vec<_>>(), ["the archive"]);
    }
}

#[test]
fn nothing_stands_before_after_or_between() {
    let archive = made(Some(&key()), None);
    let first = &places(&archive)[0];
    let between = [&archive[..first.1.end], b"x", &archive[first.1.end..]].concat();
    // The end of the directory says how long a comment is, and here one is said and given.
    let mut commented = archive.clone();
    let length = commented.len() - 2;
    commented[length] = 4;
    commented.extend(b"note");
    let twice = [&archive[..first.1.end], &archive[..]].concat();
    for other in
        [[b"x", &archive[..]].concat(), [&archive[..], b"x"].concat(), between, commented, twice, vec![]]
    {
        assert!(!verify(&other, None).is_intact(), "{} bytes", other.len());
    }
}

#[test]
fn a_member_that_was_replaced_is_named_though_the_list_of_sums_was_mended() {
    let members = unpack(&made(Some(&key()), None));
    for name in members.keys().filter(|name| ![STATEMENT, SUMS].contains(&name.as_str())) {
        let mut other = members.clone();
        other.insert(name.clone(), b"forged".to_vec());
        let line = |(name, bytes): (&String, &Vec<u8>)| format!("{}  {name}\n", attest::sum(bytes).sha256);
        let list: String = other.iter().filter(|(name, _)| *name != SUMS).map(line).collect();
        other.insert(SUMS.into(), list.into_bytes());
        let verified = verify(&pack(&other), Some(&key().key()));
        assert!(verified.wrong.contains_key(name), "{name}: {verified:?}");
    }
}

#[test]
fn files_that_are_missing_or_added_are_named() {
    let members = unpack(&made(None, None));
    for name in members.keys() {
        let mut other = members.clone();
        other.remove(name);
        assert!(verify(&pack(&other), None).wrong.contains_key(name), "{name}");
    }
    let mut other = members;
    other.insert("more.txt".into(), vec![1]);
    assert!(verify(&pack(&other), None).wrong.contains_key("more.txt"));
}

#[test]
fn a_statement_made_anew_is_not_signed_by_the_key() {
    let verifying = key().key();
    assert!(!verify(&made(None, None), Some(&verifying)).is_intact(), "not signed");
    let other = SigningKey::from_bytes(&[8; 32]);
    assert!(!verify(&made(Some(&other), None), Some(&verifying)).is_intact(), "by another");
    // The right name of the key, and another's signature.
    let mut members = unpack(&made(Some(&other), None));
    let mut forged: serde_json::Value = serde_json::from_slice(&members[STATEMENT]).unwrap();
    let right: serde_json::Value =
        serde_json::from_slice(&unpack(&made(Some(&key()), None))[STATEMENT]).unwrap();
    forged["signatures"][0]["keyid"] = right["signatures"][0]["keyid"].clone();
    members.insert(STATEMENT.into(), serde_json::to_vec_pretty(&forged).unwrap());
    // A forger mends the list, too.
    let line = |(name, bytes): (&String, &Vec<u8>)| format!("{}  {name}\n", attest::sum(bytes).sha256);
    let list: String = members.iter().filter(|(name, _)| *name != SUMS).map(line).collect();
    members.insert(SUMS.into(), list.into_bytes());
    let verified = verify(&pack(&members), Some(&verifying));
    assert!(verified.signature.is_some(), "{verified:?}");
}

#[test]
fn the_list_of_sums_is_as_sha256sum_reads_it() {
    let members = unpack(&made(None, None));
    let listed = String::from_utf8(members[SUMS].clone()).unwrap();
    assert_eq!(listed.lines().count(), members.len() - 1);
    for line in listed.lines() {
        let (sum, name) = line.split_once("  ").unwrap();
        assert_eq!(sum, attest::sum(&members[name]).sha256);
    }
}

#[test]
fn bundles_name_the_one_before() {
    let first = made(Some(&key()), None);
    let second = made(Some(&key()), Some(verify(&first, None).statement().unwrap()));
    assert_eq!(verify(&second, None).previous, verify(&first, None).digest);
    let mut broken = first;
    let middle = broken.len() / 2;
    broken[middle] ^= 1;
    assert!(verify(&broken, None).statement().is_err());
}

/// Runs `dynaudit` in `dir`, without what the environment may say.
fn dynaudit(dir: &Path, args: &[&str]) -> (i32, String, String) {
    let mut command = Command::cargo_bin("dynaudit").unwrap();
    let out = command.current_dir(dir).env_clear().args(["--color", "never"]).args(args).output().unwrap();
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    (out.status.code().unwrap(), text(&out.stdout), text(&out.stderr))
}

#[test]
fn the_command_line_makes_verifies_and_judges_a_bundle_once_more() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    file::save(&with_table("orders"), &dir.join("s.json")).unwrap();
    let public = key().verifying_key().to_public_key_pem(Default::default()).unwrap();
    let private = ed25519_dalek::pkcs8::EncodePrivateKey::to_pkcs8_pem(&key(), Default::default()).unwrap();
    fs::write(dir.join("key.pem"), private.as_bytes()).unwrap();
    fs::write(dir.join("key.pub"), public).unwrap();
    let (code, first, _) = dynaudit(
        dir,
        &[
            "assess",
            "s.json",
            "--format",
            "json",
            "--verdicts",
            "all",
            "--output",
            "evidence=e.zip",
            "--sign-key",
            "key.pem",
        ],
    );
    assert_eq!(code, 1);
    let (code, said, _) = dynaudit(dir, &["verify", "e.zip", "--key", "key.pub"]);
    assert!(code == 0 && said.contains("intact"), "{said}");
    let (_, again, _) = dynaudit(dir, &["assess", "e.zip", "--format", "json", "--verdicts", "all"]);
    assert_eq!(first, again);
    // What was changed since is neither judged nor held against anything.
    let mut bytes = fs::read(dir.join("e.zip")).unwrap();
    let (_, place) = places(&bytes).into_iter().find(|(name, _)| name == "findings.json").unwrap();
    bytes[place.start + place.len() / 2] ^= 1;
    fs::write(dir.join("changed.zip"), bytes).unwrap();
    for args in [
        &["assess", "changed.zip"][..],
        &["assess", "s.json", "--baseline", "changed.zip"],
        &["diff", "e.zip", "changed.zip"],
        &["who-can", "changed.zip", "--table", "orders"],
        &["assess", "s.json", "--output", "evidence=f.zip", "--previous", "changed.zip"],
    ] {
        let (code, _, said) = dynaudit(dir, args);
        assert!(code == 2 && said.contains("no intact bundle"), "{args:?}: {said}");
    }

    // The same as a directory, beside the archive: of one signing.
    let both =
        ["assess", "e.zip", "--output", "evidence=g.zip", "--output", "evidence=g/", "--format", "evidence"];
    let mut command = Command::cargo_bin("dynaudit").unwrap();
    let shown = command.current_dir(dir).env_clear().args(both).output().unwrap().stdout;
    assert_eq!(shown, fs::read(dir.join("g.zip")).unwrap());
    let (code, said, _) = dynaudit(dir, &["verify", "g.zip", "g/"]);
    assert!(code == 1 && said.matches(": intact;").count() == 1, "no chain: {said}");
    for file in unpack(&shown) {
        assert_eq!(fs::read(dir.join("g").join(&file.0)).unwrap(), file.1, "{}", file.0);
    }
    for args in [
        &["assess", "g", "--format", "json", "--verdicts", "all"][..],
        &["assess", "e.zip", "--format", "json", "--verdicts", "all"],
    ] {
        assert_eq!(dynaudit(dir, args).1, first, "{args:?}");
    }
    assert_eq!(dynaudit(dir, &["diff", "g", "e.zip"]).0, 0);
    assert_eq!(dynaudit(dir, &["assess", "s.json", "--baseline", "g/"]).0, 0);
    let asked: Vec<_> = ["s.json", "e.zip", "g"]
        .into_iter()
        .map(|file| dynaudit(dir, &["who-can", file, "--table", "orders", "--format", "json"]))
        .collect();
    assert!(asked[0].1.contains("orders") && asked.iter().all(|one| *one == asked[0]), "{asked:?}");
    for (place, why) in
        [("evidence=g/", "not empty"), ("json=h/", "directory"), ("evidence=none/e/", "none/e/")]
    {
        let (code, _, said) = dynaudit(dir, &["assess", "s.json", "--output", place]);
        assert!(code == 2 && said.contains(why), "{place}: {said}");
    }
    fs::write(dir.join("g/more"), "x").unwrap();
    for args in [&["assess", "g"][..], &["who-can", "g", "--table", "orders"], &["diff", "g", "e.zip"]] {
        let (code, _, said) = dynaudit(dir, args);
        assert!(code == 2 && said.contains("no intact bundle: more: "), "{args:?}: {said}");
    }
    let (code, _, _) =
        dynaudit(dir, &["assess", "s.json", "--output", "evidence=f.zip", "--previous", "e.zip"]);
    assert_eq!(code, 1);
    assert_eq!(dynaudit(dir, &["verify", "e.zip", "f.zip"]).0, 0);
    let (code, said, _) = dynaudit(dir, &["verify", "f.zip", "e.zip"]);
    assert!(code == 1 && said.contains("chain"), "{said}");
    let (code, said, _) = dynaudit(dir, &["verify", "f.zip", "--key", "key.pub"]);
    assert!(code == 1 && said.contains("not signed by this key"), "{said}");
    assert_eq!(dynaudit(dir, &["verify", "s.json"]).0, 1);
    assert_eq!(dynaudit(dir, &["verify", "none.zip"]).0, 2);
    assert_eq!(dynaudit(dir, &["verify", "e.zip", "--key", "key.pem"]).0, 2);
}
