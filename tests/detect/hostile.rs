//! Items made to break the detector: deep, huge, many, misleading.

use std::time::Instant;

use dynaudit::detect::Value;

use crate::support::{fill, item, look, s};

#[test]
fn ten_thousand_nested_lists_cut_the_item() {
    let mut value = s(fill("ghp_<w36>", 1));
    for _ in 0..10_000 {
        value = Value::L(vec![value]);
    }
    let seen = look(&[item([("deep", value), ("note", s(fill("ghp_<w36>", 2)))])]);
    assert_eq!((seen.cut_items, seen.sightings.len()), (1, 1));
    let json = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    assert_eq!(look(&[item([("deep", s(json))])]).cut_items, 1);
}

#[test]
fn json_within_json_within_json_ends() {
    let mut text = format!("\"{}\"", fill("ghp_<w36>", 1));
    for _ in 0..12 {
        text = serde_json::to_string(&text).unwrap();
    }
    assert_eq!(look(&[item([("deep", s(text))])]).sightings.len(), 1);
}

#[test]
fn a_megabyte_is_the_most_that_is_looked_at() {
    let seen = look(&[item([("note", s(format!("{}{}", " ".repeat(1024 * 1024), fill("ghp_<w36>", 1))))])]);
    assert_eq!((seen.cut_items, seen.sightings.len()), (1, 0));
}

#[test]
fn keywords_without_end_take_no_quadratic_work() {
    for unit in [
        "eyJ-",
        "sk-",
        "-----BEGIN RSA PRIVATE KEY-----",
        "://a:",
        "ghp_ ",
        "x@y:",
        "Bearer a",
        "password=a",
        "eyJ.",
        "[",
        "\\",
        "MT.",
        ":AA",
        "sig=%",
        "a",
        "a://",
        "ya29.",
        "$argon2id$",
        "{{",
    ] {
        let begun = Instant::now();
        look(&[item([("note", s(unit.repeat(100 * 1024 / unit.len())))])]);
        // Unoptimised and beside other builds a second or two; quadratic work would take minutes.
        assert!(begun.elapsed().as_secs() < 20, "{unit}: {:?}", begun.elapsed());
    }
}

#[test]
fn many_names_keep_the_contents_small() {
    let items: Vec<_> = (0..60)
        .map(|n| {
            let names = (0..200).map(|k| format!("name {}", word(n * 200 + k)));
            let map = names.map(|name| (name.into(), s(fill("ghp_<w36>", 1)))).collect();
            dynaudit::detect::Item(map)
        })
        .collect();
    let seen = look(&items);
    assert_eq!(seen.names.len(), 1000);
    assert_eq!(seen.sightings.iter().map(|one| one.path.as_str()).collect::<Vec<_>>(), ["{*}"]);
    assert_eq!(seen.sightings[0].items, 60);
}

/// A word of letters, so that the name is no number.
fn word(mut n: usize) -> String {
    let mut word = String::new();
    for _ in 0..4 {
        word.push(char::from(b'a' + (n % 26) as u8));
        n /= 26;
    }
    word
}

#[test]
fn names_cannot_move_the_cursor() {
    let seen = look(&[item([("a\u{1b}[2J\n\u{202e}", s(fill("ghp_<w36>", 1)))])]);
    let shown = format!("{} {:?}", seen.sightings[0].path, seen.names.keys());
    assert!(shown.chars().all(|c| !c.is_control() && c != '\u{202e}'), "{shown:?}");
}

#[test]
fn a_crowd_of_tokens_in_one_text_is_bounded() {
    let crowd: Vec<String> = (0..2000).map(|n| fill("ghp_<w36>", n)).collect();
    let seen = look(&[item([("note", s(crowd.join(" ")))])]);
    assert_eq!((seen.cut_items, seen.sightings.len(), seen.sightings[0].digests.len()), (1, 1, 8));
}
