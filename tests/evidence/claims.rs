//! Who signed a bundle: only whom a given key verified is told as having signed it.

use std::{fs, path::Path};

use dynaudit::report::{
    attest::{Signer, sum},
    evidence::{STATEMENT, SUMS},
};
use ed25519_dalek::pkcs8::EncodePublicKey;
use serde_json::{Value, json};

use super::{
    archive::{pack, unpack},
    dynaudit, key, made,
};

/// Signed by the key or not, with signatures of others that anybody can write, before and after, and a list of digests that
/// fits again.
fn claiming(dir: &Path, signed: bool, before: &[Value], after: &[Value]) {
    let mut files = unpack(&made(signed.then(key).as_ref(), None));
    let mut envelope: Value = serde_json::from_slice(&files[STATEMENT]).unwrap();
    let own = envelope["signatures"].as_array().unwrap().clone();
    envelope["signatures"] = [before, &own, after].concat().into();
    let bytes = envelope.to_string().into_bytes();
    let (old, new) = (sum(&files[STATEMENT]).sha256, sum(&bytes).sha256);
    let sums = String::from_utf8(files[SUMS].clone()).unwrap().replace(&old, &new);
    files.insert(STATEMENT.into(), bytes);
    files.insert(SUMS.into(), sums.into_bytes());
    fs::write(dir.join("e.zip"), pack(&files)).unwrap();
}

#[test]
fn whom_no_key_verified_merely_claims_to_have_signed() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let public = key().verifying_key().to_public_key_pem(Default::default()).unwrap();
    fs::write(dir.join("key.pub"), public).unwrap();
    let id = key().key().id();
    let by = |name: &str| json!({ "keyid": name, "sig": "AAAA" });
    let verified = || dynaudit(dir, &["verify", "e.zip", "--key", "key.pub"]);
    let alone = || dynaudit(dir, &["verify", "e.zip"]);

    claiming(dir, true, &[], &[by("security-team")]);
    let (code, said, _) = verified();
    let expected = format!("signed by {id}; claims to be signed by \"security-team\": not verified\n");
    assert!(code == 0 && said.ends_with(&expected), "{said}");
    let (code, said, _) = alone();
    let names =
        format!("files, claims to be signed by \"{id}\", \"security-team\": not verified, give --key\n");
    assert!(code == 0 && said.ends_with(&names), "{said}");

    // In the key's own name, too, nobody takes away what fits; with none that fits, nothing is signed.
    claiming(dir, true, &[by(&id)], &[by(&id)]);
    let (code, said, _) = verified();
    assert!(code == 0 && said.ends_with(&format!("files, signed by {id}\n")), "{said}");
    claiming(dir, false, &[], &[by(&id), by("x")]);
    let (code, said, _) = verified();
    assert!(
        code == 1 && said.contains(&format!("claims to be signed by \"{id}\", \"x\": not verified\n")),
        "{said}"
    );
    assert!(said.contains("signature: the signature does not fit the statement"), "{said}");

    // Such a name is free text, and there may be any number.
    let long = format!("\u{1b}[2J\n\"; signed by all {}", "x".repeat(1 << 10));
    let many: Vec<Value> = (0..5000).map(|n| by(&format!("{n} {long}"))).collect();
    claiming(dir, true, &[], &many);
    let (code, said, _) = verified();
    assert!(code == 0 && said.len() < 600 && said.lines().count() == 1, "{said}");
    assert!(!said.contains('\u{1b}') && said.contains("…\" and 4,997 others: not verified"), "{said}");
}
