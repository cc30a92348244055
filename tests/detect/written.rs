//! Passwords written in commands, configuration files, statements and sentences, and texts that only speak of them.

use std::time::{Duration, Instant};

use dynaudit::snapshot::sample::{SecretKind, Sighting};

use crate::support::{assert_masked, fill, in_text, item, look, rules, s};

/// Forms of passwords: drawn, chosen, words with a number.
const FORMS: [&str; 5] = ["<w14>7q", "<w9>4!Kx", "meadow-<z5>27", "<z6>.<z6>.falcon<d2>", "Aq<d2><w20>"];

fn lines(file: &'static str) -> impl Iterator<Item = (usize, String)> {
    let written = file.lines().zip(1..).filter(|(line, _)| !line.starts_with('#') && !line.is_empty());
    written.map(|(line, number)| {
        let marked = line.replace("\\\\", "\0").replace("\\n", "\n").replace("\\t", "\t");
        (number, marked.replace('\0', "\\"))
    })
}

#[test]
fn a_password_is_found_where_it_is_written() {
    let mut missed = Vec::new();
    for (number, text) in lines(include_str!("corpus/written.txt")) {
        for (form, seed) in FORMS.iter().zip(1_u64..) {
            let password = fill(form, seed * 1000 + number as u64);
            let seen = look(&[item([("note", s(text.replace("@@", &password)))])]);
            assert_masked(&seen, &password);
            let alone = look(&[item([("password", s(password.clone()))])]);
            // A connection string counts as a whole, and so does a value of a pair.
            let counts = |one: &Sighting| {
                matches!(one.rule.as_str(), "connection-string" | "named-password")
                    || one.digests == alone.sightings[0].digests
            };
            if !seen.sightings.iter().any(counts) {
                let rules: Vec<&str> = seen.sightings.iter().map(|one| one.rule.as_str()).collect();
                missed.push(format!("{number}: {form} {rules:?}"));
            }
        }
    }
    assert!(missed.is_empty(), "{} missed, by line of the file: {missed:#?}", missed.len());
}

#[test]
fn texts_that_speak_of_passwords_are_left_alone() {
    let flagged: Vec<String> = lines(include_str!("corpus/unwritten.txt"))
        .filter_map(|(number, text)| {
            let found = rules(&text);
            (!found.is_empty()).then(|| format!("{number}: {text:?} {found:?}"))
        })
        .collect();
    assert!(flagged.is_empty(), "{} flagged: {flagged:#?}", flagged.len());
}

#[test]
fn tokens_of_commands_and_keys_in_base64_are_found() {
    let key = fill("-----BEGIN PRIVATE KEY-----\nMIG<b60>\n<b64>\n<b20>\n-----END PRIVATE KEY-----\n", 1);
    let packed = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, key);
    for (text, kind) in [
        (
            fill(
                "kubeadm join 10.1.2.3:6443 --token <l6>.<l16> --discovery-token-ca-cert-hash sha256:<h64>",
                2,
            ),
            SecretKind::OpaqueToken,
        ),
        (fill("key \"dyn\" {\n\talgorithm hmac-md5;\n\tsecret \"<b43>=\";\n};", 4), SecretKind::OpaqueToken),
        (fill("vault login --token <w32>", 3), SecretKind::OpaqueToken),
        (format!("users:\n- name: a\n  user:\n    client-key-data: {packed}\n"), SecretKind::PrivateKey),
    ] {
        let kinds: Vec<SecretKind> = in_text(&text).into_iter().map(|one| one.kind).collect();
        assert_eq!(kinds, [kind], "{text}");
    }
}

/// 100 KB of each beginning: what is looked at grows with the text.
#[test]
fn beginnings_again_and_again_cost_little() {
    for again in [
        "password=",
        "-p ",
        "mysql -p",
        "curl -u a:",
        "secret \"",
        "docker login ",
        "identified by '",
        ":5432:",
        "define('DB_PASSWORD', '",
        "a:b@tcp(",
        "pass'",
        "--password ",
    ] {
        let text = again.repeat(100 * 1024 / again.len());
        let start = Instant::now();
        drop(in_text(&text));
        assert!(start.elapsed() < Duration::from_secs(5), "{again}: {:?}", start.elapsed());
    }
}
