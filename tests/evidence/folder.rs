//! The evidence bundle as a directory.

use std::{collections::BTreeSet, fs, io::Cursor, path::Path};

use dynaudit::{
    report::{
        attest::Signer,
        evidence::{self, SNAPSHOT, STATEMENT},
    },
    run::bundle::Bundle,
    snapshot::members::Members,
};

use super::{
    archive::{Files, unpack, verify},
    key, made,
};

/// The bundle as a directory at `path`.
fn laid_out(path: &Path) -> Files {
    let archive = made(Some(&key()), None);
    Members::of(Cursor::new(archive.clone())).unwrap().lay_out(path).unwrap();
    unpack(&archive)
}

fn looked_at(path: &Path) -> evidence::Verified {
    evidence::verify(&mut Members::open(path), Some(&key().key())).unwrap()
}

#[test]
fn a_bundle_that_is_a_directory_holds_the_same_files_and_is_verified_as_strictly() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("e");
    let files = laid_out(&path);
    let verified = looked_at(&path);
    assert!(verified.is_intact(), "{verified:?}");
    assert_eq!(verified, verify(&made(Some(&key()), None), Some(&key().key())));
    for (name, bytes) in &files {
        let place = path.join(name);
        assert_eq!(fs::read(&place).unwrap(), *bytes, "{name}");
        let names = |wrong: &str| {
            let verified = looked_at(&path);
            assert!(verified.wrong.contains_key(name), "{name} {wrong}: {verified:?}");
            assert!(verified.wrong.keys().all(|told| told == name), "{name} {wrong}: {verified:?}");
        };
        let mut other = bytes.clone();
        let middle = other.len() / 2;
        other[middle] ^= 1;
        fs::write(&place, other).unwrap();
        names("changed");
        fs::remove_file(&place).unwrap();
        if !name.contains('/') && name != STATEMENT {
            names("missing");
        }
        #[cfg(unix)]
        {
            // A link is refused though what it leads to is the same.
            let elsewhere = dir.path().join("elsewhere");
            fs::write(&elsewhere, bytes).unwrap();
            std::os::unix::fs::symlink(&elsewhere, &place).unwrap();
            assert!(looked_at(&path).wrong[name].contains("link"), "{name}");
            fs::remove_file(&place).unwrap();
        }
        fs::write(&place, bytes).unwrap();
    }
    for extra in ["more.txt", "checks/mine/more.toml", "a/b/c/d/e/f/g/h/i/j"] {
        let place = path.join(extra);
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        fs::write(&place, "x").unwrap();
        let verified = looked_at(&path);
        let told: BTreeSet<&str> = verified.wrong.keys().map(String::as_str).collect();
        let deep = extra.starts_with("a/");
        assert!(told.len() == 1 && told.iter().all(|told| extra.starts_with(told)), "{verified:?}");
        fs::remove_file(&place).unwrap();
        if deep {
            fs::remove_dir_all(path.join("a")).unwrap();
        }
    }
    fs::create_dir(path.join("empty")).unwrap();
    assert!(looked_at(&path).wrong.contains_key("empty/"));
    fs::remove_dir(path.join("empty")).unwrap();
    assert!(looked_at(&path).is_intact());
}

#[test]
fn a_directory_that_holds_something_is_left_as_it_is() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("empty")).unwrap();
    laid_out(&dir.path().join("empty"));
    let full = dir.path().join("full");
    fs::create_dir(&full).unwrap();
    fs::write(full.join("mine"), "x").unwrap();
    let archive = Cursor::new(made(None, None));
    assert!(Members::of(archive).unwrap().lay_out(&full).is_err());
    let left = |path: &Path| -> Vec<_> {
        fs::read_dir(path).unwrap().map(|entry| entry.unwrap().file_name()).collect()
    };
    assert_eq!(left(&full), ["mine"]);
    assert_eq!(left(dir.path()).len(), 2, "nothing is left over");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        for (at, mode) in [("empty", 0o700), ("empty/checks", 0o700), ("empty/snapshot.json", 0o600)] {
            let found = fs::metadata(dir.path().join(at)).unwrap().permissions().mode();
            assert_eq!(found & 0o777, mode, "{at}");
        }
    }
}

#[test]
fn what_a_run_takes_from_a_bundle_is_what_was_verified() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("e");
    laid_out(&path);
    let mut bundle = Bundle::open(&path).unwrap().unwrap();
    assert!(bundle.snapshot(&path).is_ok() && bundle.checks(&path).is_ok());
    // Somebody puts another snapshot in its place, one that reads as well.
    let place = path.join(SNAPSHOT);
    let other = fs::read_to_string(&place).unwrap().replace("orders", "orderz");
    fs::write(&place, other).unwrap();
    let said = bundle.snapshot(&path).unwrap_err().to_string();
    assert!(said.contains("changed while it was read"), "{said}");
}
