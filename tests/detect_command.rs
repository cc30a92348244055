//! `dynaudit detect` from outside: what goes in, what comes out, and what never does.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper of a test fails as the test does"
)]

#[allow(dead_code, reason = "a part of it is used here")]
#[path = "detect/support.rs"]
mod support;

use std::io::Write;

use assert_cmd::Command;
use base64::{Engine, engine::general_purpose::STANDARD};
use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};
use support::fill;

/// Exit code, standard output and standard error.
fn detect(args: &[&str], input: impl Into<Vec<u8>>) -> (i32, String, String) {
    let dir = tempfile::tempdir().unwrap();
    let mut command = Command::cargo_bin("dynaudit").unwrap();
    let command = command.env_clear().current_dir(dir.path()).arg("detect").args(args);
    let out = command.write_stdin(input).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (out.status.code().unwrap(), text(out.stdout), text(out.stderr))
}

fn verdicts(out: &str) -> Vec<Value> {
    out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Line and path of each verdict.
fn places(out: &str) -> Vec<(u64, String)> {
    let place = |v: &Value| (v["line"].as_u64().unwrap(), v["path"].as_str().unwrap().to_owned());
    verdicts(out).iter().map(place).collect()
}

fn token(seed: u64) -> String {
    fill("ghp_<w36>", seed)
}

fn lines(items: &[Value]) -> String {
    items.iter().map(|item| format!("{item}\n")).collect()
}

#[test]
fn every_form_of_an_item_is_read_line_by_line() {
    let items = [
        json!({ "id": 1, "auth": { "tokens": [{ "refresh": token(1) }] } }),
        json!({ "pk": { "S": "u" }, "t": { "M": { "x": { "L": [{ "S": token(2) }] } } } }),
        json!({ "Item": { "pk": { "N": "7" }, "b": { "B": STANDARD.encode(token(3)) } } }),
        json!({ "Keys": { "pk": { "S": "u" } }, "NewImage": { "t": { "SS": ["a", token(4)] } } }),
        json!({ "Item": { "S": "no export" }, "t": token(5) }),
        json!([token(6)]),
        json!(token(7)),
        json!({ "note": "nothing" }),
    ];
    let (code, out, err) = detect(&[], lines(&items));
    assert_eq!((code, err.lines().count()), (0, 1), "{err}");
    let expected = [
        (1, "auth.tokens[].refresh"),
        (2, "t.x[]"),
        (3, "b"),
        (4, "NewImage.t[]"),
        (5, "t"),
        (6, "$[]"),
        (7, "$"),
    ];
    assert_eq!(places(&out), expected.map(|(line, path)| (line, path.to_owned())));
    for verdict in verdicts(&out) {
        for field in ["kind", "confidence", "verified", "preview", "digest"] {
            assert!(!verdict[field].is_null(), "{field} in {verdict}");
        }
    }
    (1..8).for_each(|seed| assert!(!out.contains(&token(seed)[4..12]) && !err.contains(&token(seed)[4..12])));
}

#[test]
fn a_bad_line_is_named_without_its_content_and_stops_nothing() {
    let planted = token(1);
    let mut input = format!("{{\"a\":\"{planted}\n\n{planted}\n").into_bytes();
    input.extend(b"{\"a\":\xff\xfe}\n");
    input.extend(format!("{}\n", "[".repeat(100_000)).bytes());
    input.extend(format!("{{\"b\":\"\u{1b}[2J {planted} ").bytes());
    input.extend(b"\xff\"}\r\n");
    let (code, out, err) = detect(&[], input);
    assert_eq!((code, places(&out)), (3, vec![(6, "b".to_owned())]), "{err}");
    let named = ["-:1: not JSON", "-:3: not JSON", "-:4: not JSON", "-:5: nested too deeply"];
    named.iter().for_each(|line| assert!(err.contains(line), "{line} in {err}"));
    assert!(!err.contains(&planted[4..10]) && !out.contains(&planted[4..10]));
}

#[test]
fn the_order_is_that_of_the_input_on_any_number_of_threads() {
    let item =
        |n: u64| json!({ "n": n, "t": if n.is_multiple_of(3) { token(n) } else { "word ".repeat(100) } });
    let input = lines(&(0..5000).map(item).collect::<Vec<_>>());
    let key = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(&key, [7; 32]).unwrap();
    let key = key.path().to_str().unwrap();
    let said = |threads| detect(&["--threads", threads, "--digest-key-file", key], input.clone()).1;
    let one = said("1");
    assert_eq!(places(&one).len(), 1667);
    assert!(places(&one).windows(2).all(|w| w[0].0 < w[1].0));
    assert!(["2", "3", "8"].iter().all(|threads| said(threads) == one));
}

#[test]
fn by_column_joins_the_items() {
    let items: Vec<Value> = (0..50).map(|n| json!({ "t": token(n % 5), "name": "x" })).collect();
    let (code, out, _) = detect(&["--by-column"], lines(&items));
    let rows = verdicts(&out);
    assert_eq!((code, rows.len()), (0, 1));
    assert_eq!(
        (&rows[0]["path"], &rows[0]["items"], &rows[0]["items_with_path"]),
        (&json!("t"), &json!(50), &json!(50))
    );
    assert_eq!(rows[0]["digests"].as_array().unwrap().len(), 5);
    let (_, table, _) = detect(&["--by-column", "--format", "table"], lines(&items));
    assert!(table.starts_with("    ITEMS") && table.contains("50 of 50"), "{table}");
}

#[test]
fn what_is_gzipped_is_unpacked() {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(lines(&[json!({ "t": token(1) })]).as_bytes()).unwrap();
    let mut packed = packed.finish().unwrap();
    assert_eq!(places(&detect(&[], packed.clone()).1), [(1, "t".to_owned())]);
    packed.truncate(packed.len() - 6);
    assert_eq!(detect(&[], packed).0, 2);
}

#[test]
fn a_strong_hash_is_said_where_all_is_asked_for() {
    let strong = fill("$2b$12$<w53>", 1);
    let input =
        lines(&[json!({ "password_hash": strong }), json!({ "password_hash": fill("$2b$04$<w53>", 2) })]);
    assert_eq!(places(&detect(&[], input.clone()).1).len(), 1);
    let rows = verdicts(&detect(&["--all"], input).1);
    assert_eq!(rows.iter().map(|row| row["flagged"].as_bool().unwrap()).collect::<Vec<_>>(), [false, true]);
}

#[test]
fn the_configuration_adds_patterns_and_leaves_out() {
    let config = tempfile::NamedTempFile::new().unwrap();
    let text = r#"
[[detect.pattern]]
id = "acme-key"
pattern = 'acme_[0-9a-f]{16}'
kind = "api-key"
matches = ["acme_0011223344556677"]
misses = ["acme_0011"]

[[detect.allow]]
pattern = '^acme_0000'
reason = "keys of the sandbox"
matches = ["acme_0000112233445566"]
misses = ["acme_0011223344556677"]

[[detect.ignore]]
path = "old.*"
reason = "revoked"
until = "2999-12-31"

[[detect.ignore]]
path = "t"
reason = "was"
until = "2020-01-01"

[[detect.ignore]]
path = "never"
reason = "typo"
until = "2999-12-31"
"#;
    std::fs::write(&config, text).unwrap();
    let path = config.path().to_str().unwrap();
    let items = [
        json!({ "a": fill("acme_<h16>", 1), "b": format!("acme_0000{}", fill("<h12>", 2)) }),
        json!({ "old": { "x": token(1) }, "t": token(2) }),
    ];
    let (code, out, err) = detect(&["--config", path], lines(&items));
    assert_eq!((code, places(&out)), (0, vec![(1, "a".to_owned()), (2, "t".to_owned())]), "{err}");
    assert_eq!(verdicts(&out)[0]["rule"], "acme-key");
    for said in
        ["its day has passed: t (was)", "1 at old.* (revoked)", "ignored nothing, remove it: never (typo)"]
    {
        assert!(err.contains(said), "{said} in {err}");
    }
    std::fs::write(&config, text.replace("[0-9a-f]{16}", "[0-9a-f]{17}")).unwrap();
    let (code, out, err) = detect(&["--config", path], lines(&items));
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(err.contains("does not match this example") && err.contains(":6:12"), "{err}");
}

#[test]
fn what_cannot_be_read_is_exit_2() {
    for args in [
        &["missing.jsonl"][..],
        &["."],
        &["--min-confidence", "2"],
        &["--threads", "0"],
        &["--format", "xml"],
    ] {
        let (code, out, err) = detect(args, "");
        assert_eq!((code, out.as_str()), (2, ""), "{args:?}");
        assert!(err.starts_with("error: "), "{err}");
    }
}

#[test]
fn a_closed_pipe_is_no_error() {
    let items = lines(&(0..20_000).map(|n| json!({ "t": token(n) })).collect::<Vec<_>>());
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("i.jsonl"), items).unwrap();
    let program = assert_cmd::cargo::cargo_bin("dynaudit");
    let mut child = std::process::Command::new(program)
        .args(["detect", "-q", "i.jsonl"])
        .current_dir(dir.path())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}
