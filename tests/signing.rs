//! Evidence signed by a key of AWS KMS: a small KMS of our own on this machine, asked by the binary.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg(feature = "aws")]

#[path = "support/archive.rs"]
mod archive;
mod support;

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpListener,
    path::Path,
    sync::{Arc, Mutex},
    thread,
};

use archive::unpack;
use assert_cmd::Command;
use base64::{Engine, engine::general_purpose::STANDARD};
use dynaudit::{report::attest::PublicKey, snapshot::file};
use p256::{
    ecdsa::{self, signature::hazmat::PrehashSigner},
    pkcs8::EncodePublicKey,
};
use serde_json::{Value, json};
use sha2::Digest;
use support::with_table;

const ARN: &str = "arn:aws:kms:eu-west-1:111122223333:key/1a2b";

type Answer = (u16, Value);

/// Answers KMS's calls on a port of this machine for as long as the test runs; gives its address and a log of operations.
fn kms(answer: impl Fn(&str, &Value) -> Answer + Send + 'static) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let log = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&log);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap());
            let (mut length, mut operation) = (0, String::new());
            loop {
                let mut line = String::new();
                if lines.read_line(&mut line).unwrap_or(0) == 0 || line.trim().is_empty() {
                    break;
                }
                let (name, value) = line.split_once(':').unwrap_or_default();
                match name.to_ascii_lowercase().as_str() {
                    "content-length" => length = value.trim().parse().unwrap(),
                    "x-amz-target" => operation = value.trim().rsplit('.').next().unwrap().to_owned(),
                    _ => {}
                }
            }
            let mut body = vec![0; length];
            lines.read_exact(&mut body).unwrap();
            told.lock().unwrap().push(operation.clone());
            let (status, said) = answer(&operation, &serde_json::from_slice(&body).unwrap_or_default());
            let said = said.to_string();
            let head = "content-type: application/x-amz-json-1.1\r\nconnection: close";
            let _ = write!(
                stream,
                "HTTP/1.1 {status} X\r\n{head}\r\ncontent-length: {}\r\n\r\n{said}",
                said.len()
            );
        }
    });
    (url, log)
}

fn key() -> ecdsa::SigningKey {
    ecdsa::SigningKey::from_slice(&[7; 32]).unwrap()
}

fn public(spec: &str, usage: &str, der: &[u8]) -> Answer {
    (200, json!({ "KeyId": ARN, "KeySpec": spec, "KeyUsage": usage, "PublicKey": STANDARD.encode(der) }))
}

fn p256(usage: &str) -> Answer {
    let der = ecdsa::VerifyingKey::from(&key()).to_public_key_der().unwrap();
    public("ECC_NIST_P256", usage, der.as_bytes())
}

fn digest(asked: &Value, algorithm: &str) -> Vec<u8> {
    assert_eq!(
        (&asked["KeyId"], &asked["MessageType"], &asked["SigningAlgorithm"]),
        (&json!(ARN), &json!("DIGEST"), &json!(algorithm))
    );
    STANDARD.decode(asked["Message"].as_str().unwrap()).unwrap()
}

fn signed(signature: &[u8]) -> Answer {
    (200, json!({ "KeyId": ARN, "Signature": STANDARD.encode(signature) }))
}

fn refused(code: &str) -> Answer {
    (400, json!({ "__type": code, "message": "no" }))
}

fn dynaudit(dir: &Path, url: &str, args: &[&str]) -> (i32, String, String) {
    let mut command = Command::cargo_bin("dynaudit").unwrap();
    command.current_dir(dir).env_clear().env("HOME", dir).env("AWS_ENDPOINT_URL", url);
    command.env("AWS_ACCESS_KEY_ID", "k").env("AWS_SECRET_ACCESS_KEY", "s").env("AWS_REGION", "us-east-1");
    let out = command.args(["--color", "never"]).args(args).output().unwrap();
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    (out.status.code().unwrap(), text(&out.stdout), text(&out.stderr))
}

const SIGN: [&str; 8] =
    ["assess", "s.json", "--sign-kms", ARN, "--output", "evidence=e.zip", "--output", "json=r.json"];

fn ready() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    file::save(&with_table("orders"), &dir.path().join("s.json")).unwrap();
    dir
}

#[test]
fn a_bundle_is_signed_by_a_p256_key_and_verified_offline() {
    for high in [false, true] {
        let dir = ready();
        let dir = dir.path();
        let (url, log) = kms(move |operation, asked| match operation {
            "GetPublicKey" => p256("SIGN_VERIFY"),
            _ => {
                let low: ecdsa::Signature = key().sign_prehash(&digest(asked, "ECDSA_SHA_256")).unwrap();
                let other = ecdsa::Signature::from_scalars(*low.r().as_ref(), -*low.s().as_ref()).unwrap();
                signed((if high { other } else { low }).to_der().as_bytes())
            }
        });
        let (code, _, said) = dynaudit(dir, &url, &SIGN);
        assert_eq!(code, 1, "{said}");
        assert_eq!(*log.lock().unwrap(), ["GetPublicKey", "Sign"]);
        let public = ecdsa::VerifyingKey::from(&key());
        fs::write(dir.join("k.pub"), public.to_public_key_pem(Default::default()).unwrap()).unwrap();
        let (code, said, _) = dynaudit(dir, "http://127.0.0.1:1", &["verify", "e.zip", "--key", "k.pub"]);
        assert!(code == 0 && said.contains(&PublicKey::P256(public).id()), "{said}");
        let members = unpack(&fs::read(dir.join("e.zip")).unwrap());
        let report: Value = serde_json::from_slice(&members["findings.json"]).unwrap();
        assert_eq!(report["coverage"]["calls"]["kms:Sign"], json!({ "made": 1, "failed": 0 }));
        let other = ecdsa::VerifyingKey::from(&ecdsa::SigningKey::from_slice(&[8; 32]).unwrap());
        fs::write(dir.join("o.pub"), other.to_public_key_pem(Default::default()).unwrap()).unwrap();
        assert_eq!(dynaudit(dir, &url, &["verify", "e.zip", "--key", "o.pub"]).0, 1);
    }
}

#[test]
fn an_ed25519_key_of_kms_signs_the_digest() {
    use ed25519_dalek::SigningKey;
    let dir = ready();
    let dir = dir.path();
    let own = SigningKey::from_bytes(&[9; 32]);
    let der = own.verifying_key().to_public_key_der().unwrap();
    let (signer, der) = (own.clone(), der.as_bytes().to_vec());
    let (url, _) = kms(move |operation, asked| match operation {
        "GetPublicKey" => public("ECC_NIST_EDWARDS25519", "SIGN_VERIFY", &der),
        // KMS hashes what it is given once more.
        _ => {
            let given = digest(asked, "ED25519_PH_SHA_512");
            assert_eq!(given.len(), 64);
            let twice = sha2::Sha512::new_with_prefix(given);
            signed(&signer.sign_prehashed(twice, None).unwrap().to_bytes())
        }
    });
    assert_eq!(dynaudit(dir, &url, &SIGN).0, 1);
    let pem = own.verifying_key().to_public_key_pem(Default::default()).unwrap();
    fs::write(dir.join("k.pub"), pem).unwrap();
    assert_eq!(dynaudit(dir, &url, &["verify", "e.zip", "--key", "k.pub"]).0, 0);
}

#[test]
fn a_key_that_cannot_sign_ends_the_run_before_it_begins() {
    let cases = [
        (p256("KEY_AGREEMENT"), "not for SIGN_VERIFY"),
        (public("ECC_NIST_P384", "SIGN_VERIFY", &[]), "ECC_NIST_P384"),
        (public("ECC_NIST_P256", "SIGN_VERIFY", b"x"), "cannot be read"),
        (refused("AccessDeniedException"), "needs kms:GetPublicKey"),
        (refused("DisabledException"), "DisabledException"),
        (refused("UnsupportedOperationException"), "UnsupportedOperationException"),
    ];
    for (answer, word) in cases {
        let dir = ready();
        let (url, log) = kms(move |_, _| answer.clone());
        let (code, out, said) = dynaudit(dir.path(), &url, &SIGN);
        assert!(code == 2 && out.is_empty() && said.contains(word), "{word}: {said}");
        assert!(!dir.path().join("e.zip").exists() && !log.lock().unwrap().contains(&"Sign".to_owned()));
    }
}

#[test]
fn a_signature_that_fails_costs_the_bundle_and_no_other_report() {
    let wrong = ecdsa::SigningKey::from_slice(&[8; 32]).unwrap();
    let wrong: ecdsa::Signature = wrong.sign_prehash(&[1; 32]).unwrap();
    let cases = [
        (refused("AccessDeniedException"), "needs kms:Sign"),
        (signed(wrong.to_der().as_bytes()), "does not fit"),
        (signed(b"none"), "does not fit"),
    ];
    for (answer, word) in cases {
        let dir = ready();
        let (url, _) = kms(move |operation, _| match operation {
            "GetPublicKey" => p256("SIGN_VERIFY"),
            _ => answer.clone(),
        });
        let (code, _, said) = dynaudit(dir.path(), &url, &SIGN);
        assert!(code == 2 && said.contains(word), "{word}: {said}");
        assert!(!dir.path().join("e.zip").exists());
        let report: Value = serde_json::from_slice(&fs::read(dir.path().join("r.json")).unwrap()).unwrap();
        assert!(!report["findings"].as_array().unwrap().is_empty());
        assert_eq!(report["coverage"]["calls"]["kms:Sign"], json!({ "made": 1, "failed": 1 }));
    }
}

#[test]
fn without_a_bundle_or_with_an_alias_nothing_is_asked() {
    let dir = ready();
    let (url, log) = kms(|_, _| refused("AccessDeniedException"));
    let (code, _, said) = dynaudit(dir.path(), &url, &["assess", "s.json", "--sign-kms", ARN]);
    assert!(code == 2 && said.contains("--output evidence=FILE"), "{said}");
    let alias = "arn:aws:kms:eu-west-1:111122223333:alias/a";
    assert_eq!(dynaudit(dir.path(), &url, &["assess", "s.json", "--sign-kms", alias]).0, 2);
    assert!(log.lock().unwrap().is_empty());
}

/// What OpenSSL signs we verify, and it verifies what we took.
#[test]
fn openssl_agrees() {
    let dir = ready();
    let dir = dir.path();
    let openssl = |args: &[&str]| {
        std::process::Command::new("openssl").current_dir(dir).args(args).output().unwrap().status.success()
    };
    assert!(openssl(&["ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", "k.pem"]));
    assert!(openssl(&["pkey", "-in", "k.pem", "-pubout", "-out", "k.pub"]));
    assert!(openssl(&["pkey", "-in", "k.pem", "-pubout", "-outform", "DER", "-out", "k.der"]));
    let at = dir.to_owned();
    let (url, _) = kms(move |operation, asked| match operation {
        "GetPublicKey" => public("ECC_NIST_P256", "SIGN_VERIFY", &fs::read(at.join("k.der")).unwrap()),
        _ => {
            fs::write(at.join("digest"), digest(asked, "ECDSA_SHA_256")).unwrap();
            let words = ["pkeyutl", "-sign", "-inkey", "k.pem", "-in", "digest", "-out", "sig"];
            std::process::Command::new("openssl").current_dir(&at).args(words).output().unwrap();
            signed(&fs::read(at.join("sig")).unwrap())
        }
    });
    let (code, _, said) = dynaudit(dir, &url, &SIGN);
    assert_eq!(code, 1, "{said}");
    assert_eq!(dynaudit(dir, &url, &["verify", "e.zip", "--key", "k.pub"]).0, 0);
    let members = unpack(&fs::read(dir.join("e.zip")).unwrap());
    let envelope: Value = serde_json::from_slice(&members["statement.dsse.json"]).unwrap();
    let kind = envelope["payloadType"].as_str().unwrap();
    let payload = STANDARD.decode(envelope["payload"].as_str().unwrap()).unwrap();
    let mut signed = format!("DSSEv1 {} {kind} {} ", kind.len(), payload.len()).into_bytes();
    signed.extend(payload);
    fs::write(dir.join("pae"), signed).unwrap();
    let signature = STANDARD.decode(envelope["signatures"][0]["sig"].as_str().unwrap()).unwrap();
    fs::write(dir.join("sig2"), signature).unwrap();
    assert!(openssl(&["dgst", "-sha256", "-verify", "k.pub", "-signature", "sig2", "pae"]));
}
