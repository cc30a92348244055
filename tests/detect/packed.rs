//! Secrets inside maps, lists, sets, bytes, JSON, base64, DynamoDB JSON, and inside names.

use std::io::Write;

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use dynaudit::detect::Value;

use crate::support::{assert_masked, fill, item, look, map, s};

fn token() -> String {
    fill("ghp_<w36>", 9)
}

fn paths(value: Value<'_>) -> Vec<String> {
    look(&[item([("data", value)])]).sightings.into_iter().map(|one| one.path).collect()
}

#[test]
fn every_wrapping_has_its_path() {
    let json = format!(r#"{{"a":{{"token":"{}"}}}}"#, token());
    for (value, path) in [
        (
            map([("auth", map([("tokens", Value::L(vec![map([("refresh", s(token()))])]))]))]),
            "data.auth.tokens[].refresh",
        ),
        (Value::L(vec![s("x"), s(token())]), "data[]"),
        (Value::B(token().into_bytes().into()), "data"),
        (Value::L(vec![Value::B(token().into_bytes().into())]), "data[]"),
        (s(json.clone()), "data|json.a.token"),
        (Value::B(json.clone().into_bytes().into()), "data|json.a.token"),
        (s(STANDARD.encode(&json)), "data|base64|json.a.token"),
        (s(URL_SAFE_NO_PAD.encode(token())), "data|base64"),
        (s(STANDARD.encode(STANDARD.encode(&json))), "data|base64|base64|json.a.token"),
        (s(format!(r#"{{"a":{{"S":"{}"}}}}"#, token())), "data|json.a"),
        (s(format!(r#"{{"a":{{"M":{{"b":{{"L":[{{"S":"{}"}}]}}}}}}}}"#, token())), "data|json.a.b[]"),
        (s(format!(r#"{{"a":{{"B":"{}"}}}}"#, STANDARD.encode(token()))), "data|json.a"),
        (s(serde_json::to_string(&json).unwrap()), "data|json|json.a.token"),
        (s(format!(r#"{{"a":"{}","a":"other"}}"#, token())), "data|json.a"),
    ] {
        assert_eq!(paths(value), [path]);
    }
}

#[test]
fn five_layers_are_too_many() {
    let wrapped = |layers| (0..layers).fold(token(), |inner, _| STANDARD.encode(inner));
    assert_eq!(paths(s(wrapped(4))), ["data|base64|base64|base64|base64"]);
    assert!(paths(s(wrapped(5))).is_empty());
}

#[test]
fn what_is_compressed_is_unpacked() {
    let json = format!(r#"{{"a":{{"token":"{}"}}}}"#, token());
    let (gzip, zlib) = (gzip(json.as_bytes()), zlib(json.as_bytes()));
    let bytes = |bytes: &[u8]| Value::B(bytes.to_vec().into());
    assert_eq!(paths(bytes(&gzip)), ["data|gzip|json.a.token"]);
    assert_eq!(paths(bytes(&zlib)), ["data|zlib|json.a.token"]);
    assert_eq!(paths(bytes(&zstd(json.as_bytes()))), ["data|zstd|json.a.token"]);
    assert_eq!(paths(s(STANDARD.encode(&gzip))), ["data|base64|gzip|json.a.token"]);
    assert_eq!(paths(s(hex(&gzip))), ["data|hex|gzip|json.a.token"]);
    let broken = format!("{} {}", token(), "word ".repeat(20_000));
    let broken = self::gzip(broken.as_bytes());
    assert_eq!(paths(bytes(&broken[..broken.len() - 9])), ["data|gzip"]);
}

#[test]
fn serialised_objects_are_named_and_searched() {
    let object = |start: &[u8], end: &[u8]| {
        Value::B([start, b"\xf0", token().as_bytes(), b"\0\xff", end].concat().into())
    };
    assert_eq!(paths(object(&[0x80, 4, 0x95], b".")), ["data|pickle"]);
    assert_eq!(paths(object(&[0xac, 0xed, 0, 5], b"")), ["data|java"]);
    assert_eq!(paths(object(&[0x0a, 0x28], b"")), ["data"]);
}

#[test]
fn a_token_that_begins_like_a_packing_by_chance_is_a_token() {
    let starts: [&[u8]; 9] = [
        &[0x80, 2],
        &[0x80, 4],
        &[0x80, 4, 0x95],
        &[0x78, 0x01],
        &[0x78, 0x9c],
        &[0x78, 0xda],
        &[0x1f, 0x8b, 8],
        &[0x28, 0xb5, 0x2f, 0xfd],
        &[0xac, 0xed, 0],
    ];
    let mut rng = fastrand::Rng::with_seed(7);
    for start in starts {
        for _ in 0..200 {
            let mut bytes = start.to_vec();
            bytes.resize_with(32, || rng.u8(..));
            for token in [URL_SAFE_NO_PAD.encode(&bytes), hex(&bytes)] {
                let seen = look(&[item([("refresh_token", s(token.clone()))])]).sightings;
                let paths: Vec<&str> = seen.iter().map(|one| one.path.as_str()).collect();
                assert_eq!(paths, ["refresh_token"], "{token}");
            }
        }
    }
}

#[test]
fn names_and_values_within_a_text_are_told_apart() {
    let secret = fill("<w43>", 3);
    for (text, path) in [
        (
            format!("https://api.example.com/v1?page=2&access_token={secret}&sort=asc"),
            "data|query.access_token",
        ),
        (
            format!("https://app.example.com/cb#access_token={secret}&token_type=bearer"),
            "data|query.access_token",
        ),
        (format!("lang=en&refresh_token={secret}&submit=Save+all"), "data|form.refresh_token"),
        (format!("session_token={secret}"), "data|form.session_token"),
        (format!("theme=dark; session_token={secret}; Path=/; Secure"), "data|cookie.session_token"),
        (format!("Accept: */*\r\nX-Api-Key: {secret}\r\nHost: example.com\r\n"), "data|headers.X-Api-Key"),
        (format!("# settings\nexport DEBUG=1\nAPI_KEY=\"{secret}\"\n"), "data|settings.API_KEY"),
        (format!("%7B%22refresh_token%22%3A%22{secret}%22%7D"), "data|percent|json.refresh_token"),
        (
            format!("state=%7B%22refresh_token%22%3A%22{secret}%22%7D&a=1"),
            "data|form.state|json.refresh_token",
        ),
    ] {
        assert_eq!(paths(s(text)), [path]);
    }
    let pair = map([("Name", s("refresh_token")), ("Value", s(secret))]);
    assert_eq!(paths(pair), ["data.Value"]);
}

#[test]
fn a_bomb_is_unpacked_as_far_as_the_budget_goes() {
    let bomb = gzip(&vec![b'a'; 64 << 20]);
    let seen = look(&[item([("data", Value::B(bomb.into())), ("note", s(token()))])]);
    assert_eq!((seen.cut_items, seen.sightings.len()), (1, 1));
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    out.write_all(bytes).and_then(|()| out.finish()).unwrap()
}

fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    out.write_all(bytes).and_then(|()| out.finish()).unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn the_name_outside_speaks_for_an_opaque_value_inside() {
    let secret = fill("<w43>", 1);
    let value = s(format!(r#"{{"session":{{"refresh_token":"{secret}"}}}}"#));
    assert_eq!(paths(value), ["data|json.session.refresh_token"]);
    let value = map([("tokens", Value::L(vec![s(secret)]))]);
    assert_eq!(paths(value), ["data.tokens[]"]);
}

#[test]
fn a_map_keyed_by_secrets_names_none() {
    let keys: Vec<String> = (0..5).map(|n| fill("ghp_<w36>", n)).collect();
    let opaque: Vec<String> = (0..5).map(|n| fill("<w43>", 100 + n)).collect();
    let sessions =
        keys.iter().chain(&opaque).map(|key| (key.clone().into(), map([("user", s("u"))]))).collect();
    let seen = look(&[item([
        ("sessions", Value::M(sessions)),
        (keys[0].as_str(), s("x")),
        ("someone@example.com", s("x")),
    ])]);
    keys.iter().chain(&opaque).for_each(|key| assert_masked(&seen, key));
    assert_masked(&seen, "someone@example.com");
    assert_eq!(seen.names.keys().collect::<Vec<_>>(), ["sessions", "{*}"]);
    let found: Vec<_> = seen.sightings.iter().map(|one| (one.path.as_str(), one.rule.as_str())).collect();
    assert_eq!(
        found,
        [("sessions.{*}", "named-random"), ("sessions.{*}", "github-token"), ("{*}", "github-token")]
    );
    assert_eq!(seen.sightings[1].digests.len(), 5);
}

#[test]
fn a_dictionary_folds_and_counts_items_once() {
    let items: Vec<_> = (0..40)
        .map(|n| {
            let map = (0..5)
                .map(|k| (format!("user-{}", n * 5 + k).into(), map([("token", s(token()))])))
                .collect();
            item([("by_user", Value::M(map))])
        })
        .collect();
    let seen = look(&items).sightings;
    assert_eq!(seen.len(), 1);
    assert_eq!(
        (seen[0].path.as_str(), seen[0].items, seen[0].items_with_path),
        ("by_user.{*}.token", 40, 40)
    );
}
