//! Secrets inside maps, lists, sets, bytes, JSON, base64, DynamoDB JSON, and inside names.

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
fn three_layers_of_base64_are_too_many() {
    let thrice = STANDARD.encode(STANDARD.encode(STANDARD.encode(token())));
    assert!(paths(s(thrice)).is_empty());
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
