//! Hostile lines are looked at in bounded time, and whatever is said of them shows no value.

use std::time::{Duration, Instant};

use dynaudit::detect::{Content, Inspector, Secret};
use proptest::prelude::*;
use serde_json::{Value as Json, json};

use crate::{
    corpus::{Corpus, draw::Draw, hostile},
    judge::detector,
};

/// Unoptimised and beside other tests. `cargo bench --bench quality` holds each to 50 ms.
const PATIENCE: Duration = Duration::from_secs(5);

#[test]
fn no_hostile_line_takes_long_or_is_shown() {
    let (mut draw, mut inspector) = (Draw::new(3), detector().inspector());
    for (name, line) in hostile::lines(&mut draw) {
        let start = Instant::now();
        let looked = inspector.line(&line);
        assert!(start.elapsed() < PATIENCE, "{name}: {:?}", start.elapsed());
        let said = format!("{looked:?}");
        assert!(said.len() < 64 << 10, "{name}: {} bytes are said of it", said.len());
        assert!(said.chars().all(|c| !c.is_control() && c != '\u{202e}'), "{name}");
    }
}

#[test]
fn a_token_is_found_wherever_it_hides() {
    let (mut draw, mut inspector) = (Draw::new(4), detector().inspector());
    let hidden = [
        "400 KB of spaces and a token",
        "JSON in JSON, 12 times",
        "2,000 tokens as keys",
        "2,000 tokens in one text",
        "invalid UTF-8 in the line",
        "a lone surrogate",
        "a lone surrogate in a name",
        "NULs",
        "terminal escapes in a name",
        "a name of 60 KB",
        "a name twice",
    ];
    let lines = hostile::lines(&mut draw);
    for name in hidden {
        let line = &lines.iter().find(|(of, _)| *of == name).unwrap().1;
        let looked = inspector.line(line).unwrap();
        // What is packed more often than anybody packs may be left, but that is said.
        assert!(!looked.verdicts.is_empty() || looked.cut, "{name}: neither found nor said");
    }
}

/// Everything that is said of a labelled item, and the text of the secret in it.
fn said(inspector: &mut Inspector, line: &[u8]) -> String {
    inspector.line(line).map(|looked| format!("{looked:?}")).unwrap_or_default()
}

#[test]
fn a_mask_shows_four_characters_at_most_of_what_was_drawn() {
    let (mut draw, mut inspector) = (Draw::new(5), detector().inspector());
    for class in ['w', 'u', 'h', 'b', 'A', 'p'] {
        for length in [4, 6, 8, 12, 16, 20, 32, 36, 40, 43, 64, 100] {
            for prefix in [
                "",
                "ghp_",
                "sk_live_",
                "AKIA",
                "glpat-",
                "xoxb-1234567890-",
                "Bearer ",
                "eyJhbGciOiJIUzI1NiJ9.",
            ] {
                let secret = draw.chars(class, length);
                for name in
                    ["token", "password", "api_key", "note", "session_id", "aws_secret_access_key", "pin"]
                {
                    let line = json!({ name: { "S": format!("{prefix}{secret}") } }).to_string();
                    let shown = said(&mut inspector, line.as_bytes());
                    // A digest is random hex: a piece of five hex digits may stand in it by chance.
                    let shown = without_digests(&shown);
                    let piece = secret
                        .as_bytes()
                        .windows(5)
                        .find(|five| std::str::from_utf8(five).is_ok_and(|five| shown.contains(five)));
                    assert!(piece.is_none(), "five characters of {prefix}… under {name} are shown: {shown}");
                }
            }
        }
    }
}

fn without_digests(shown: &str) -> String {
    let parts = shown.split("digest: \"").enumerate();
    parts.map(|(n, part)| if n == 0 { part } else { part.get(32..).unwrap_or_default() }).collect()
}

#[test]
fn nothing_of_a_labelled_secret_is_said() {
    let mut inspector = detector().inspector();
    let mut corpus = Corpus::new(6);
    // What makers make of constants: Grafana's and PyPI's prefixes, armour of keys, in JSON or not.
    let armour =
        ["", "RSA ", "EC ", "ENCRYPTED ", "OPENSSH "].map(|of| format!("\"-----BEGIN {of}PRIVATE KEY-----"));
    let prefixes = " eyJrIjoi AGE-SECRET-KEY-1 pypi-AgEIcHlwaS5vcmc pypi-AgENdGVzdC5weXBpLm9yZw -----BEGIN PGP PRIVATE KEY BLOCK-----";
    let documented = corpus.templates() + prefixes + &armour.concat();
    // In other carriers the text holds names, which are said.
    for one in corpus.singles(2, 0).iter().filter(|one| one.carrier == "plain") {
        let Some(text) = one.item[&one.attribute]["S"].as_str() else { continue };
        let shown = without_digests(&said(&mut inspector, one.item.to_string().as_bytes()));
        let chars: Vec<char> = text.chars().collect();
        for eight in chars.windows(8).map(|eight| eight.iter().collect::<String>()) {
            let leaked = shown.contains(&eight) && !documented.contains(&eight);
            assert!(!leaked, "{}: {eight} in {shown}", one.kind);
        }
    }
}

/// Leaves: a name, and a value that says what it is, or not.
fn leaf() -> impl Strategy<Value = (&'static str, String)> {
    let name = proptest::sample::select(vec![
        "v",
        "token",
        "api_key",
        "note",
        "title",
        "refresh_token",
        "id",
        "city",
    ]);
    let value = (0..4000_u64, 0..7_usize).prop_map(|(seed, which)| {
        let shapes =
            ["<!crc62 ghp_>", "sk_live_<w24>", "<w40>", "<!prose en>", "<!uuid>", "<!jwt HS256>", "<d6>"];
        Draw::new(seed).text(shapes[which])
    });
    (name, value)
}

/// The leaf inside of that many maps and lists, whose names say nothing.
fn nest(name: &str, value: &str, ways: &[bool]) -> Json {
    let leaf = json!({ "M": { name: { "S": value } } });
    ways.iter()
        .fold(leaf, |inner, map| if *map { json!({ "M": { "m": inner } }) } else { json!({ "L": [inner] }) })
}

fn verdicts(line: &Json) -> Vec<(String, String)> {
    let looked = detector().inspector().line(line.to_string().as_bytes()).unwrap();
    let mut all: Vec<_> = looked.verdicts.into_iter().map(|one| (one.rule, one.digest)).collect();
    all.sort();
    all
}

/// A value that has no means of being shown, or this would not compile.
fn has_no_voice<T: Content + ?Sized>(_: &Secret<'_, T>) {}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn walking_is_flattening(leaf in leaf(), ways in proptest::collection::vec(any::<bool>(), 0..8)) {
        let (name, value) = leaf;
        let flat = json!({ name: { "S": value } });
        prop_assert_eq!(verdicts(&json!({ "o": nest(name, &value, &ways) })), verdicts(&flat));
        has_no_voice(&Secret::<str>::from(value.as_str()));
    }

    #[test]
    fn any_bytes_are_a_line(line in proptest::collection::vec(any::<u8>(), 0..300)) {
        drop(detector().inspector().line(&line));
    }

    #[test]
    fn any_text_is_a_value(name in any::<String>(), value in any::<String>()) {
        let line = json!({ name: { "S": value } }).to_string();
        prop_assert!(detector().inspector().line(line.as_bytes()).is_ok());
    }

    #[test]
    fn a_line_cut_anywhere_is_no_panic(seed in 0..200_u64, at in 0..2000_usize) {
        let one = &Corpus::new(seed).singles(1, 0)[0];
        let line = one.item.to_string().into_bytes();
        drop(detector().inspector().line(&line[..at.min(line.len())]));
    }
}
