//! What a value lies in: a map, a list, JSON in text, base64, gzip, a URL, a cookie, a sentence.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value as Json, json};

use super::{draw::Draw, gzip};

/// Carriers with their weights.
const CARRIERS: [(&str, usize); 22] = [
    ("plain", 34),
    ("map", 9),
    ("list", 6),
    ("set", 3),
    ("deep", 5),
    ("json", 8),
    ("json-twice", 2),
    ("dynamodb-json", 3),
    ("base64", 4),
    ("base64-json", 4),
    ("base64url-json", 2),
    ("hex", 2),
    ("gzip-json", 3),
    ("zlib-json", 1),
    ("bytes", 3),
    ("bytes-json", 2),
    ("url-query", 3),
    ("form", 2),
    ("cookie", 2),
    ("header", 2),
    ("pair", 2),
    ("sentence", 3),
];

/// A carrier that the value fits into. Only what says itself what it is may stand in a sentence.
pub fn choose(draw: &mut Draw, value: &[u8], speaks: bool) -> &'static str {
    let total: usize = CARRIERS.iter().map(|(_, weight)| weight).sum();
    let text = String::from_utf8_lossy(value);
    let one_word = value.len() < 400 && !text.contains(char::is_whitespace) && !text.contains("://");
    loop {
        let mut roll = draw.below(total);
        let Some((carrier, _)) = CARRIERS.iter().find(|(_, weight)| {
            let hit = roll < *weight;
            roll = roll.wrapping_sub(*weight);
            hit
        }) else {
            continue;
        };
        let fits = match *carrier {
            "sentence" => one_word && speaks && text.is_ascii(),
            "url-query" | "cookie" | "form" => one_word && text.is_ascii(),
            "header" => value.len() < 400 && !text.contains('\n') && text.is_ascii() && !text.contains(": "),
            _ => true,
        };
        if fits {
            return carrier;
        }
    }
}

/// Whether the value's own name stands inside of the carrier.
pub fn names_inside(carrier: &str) -> bool {
    !matches!(carrier, "plain" | "list" | "set" | "base64" | "hex" | "bytes" | "sentence")
}

/// The attribute's value, as DynamoDB JSON.
pub fn carry(draw: &mut Draw, carrier: &str, name: &str, value: Vec<u8>) -> Json {
    let text = String::from_utf8(value).unwrap_or_else(|_| panic!("values are text"));
    let object = || {
        let mut map = serde_json::Map::new();
        map.insert("n".into(), json!(3));
        map.insert(name.to_owned(), json!(text.clone()));
        map.insert("ok".into(), json!(true));
        Json::Object(map).to_string()
    };
    let (url, bytes) = (percent(&text), |bytes: &[u8]| json!({ "B": STANDARD.encode(bytes) }));
    match carrier {
        "plain" => scalar(draw, text),
        "map" => json!({ "M": { name: scalar(draw, text), "n": { "N": "7" } } }),
        "list" => json!({ "L": [scalar(draw, text)] }),
        "set" => json!({ "SS": [text] }),
        "deep" => {
            json!({ "M": { "a": { "L": [{ "M": { "cfg": { "M": { name: { "S": text } } } } }] }, "b": { "NULL": true } } })
        }
        "json" => json!({ "S": object() }),
        "json-twice" => json!({ "S": json!(object()).to_string() }),
        "dynamodb-json" => json!({ "S": json!({ "rec": { "M": { name: { "S": text } } } }).to_string() }),
        "base64" => json!({ "S": STANDARD.encode(text) }),
        "base64-json" => json!({ "S": STANDARD.encode(object()) }),
        "base64url-json" => {
            json!({ "S": base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(object()) })
        }
        "hex" => json!({ "S": text.bytes().map(|byte| format!("{byte:02x}")).collect::<String>() }),
        "gzip-json" => bytes(&gzip(object().as_bytes())),
        "zlib-json" => bytes(&zlib(object().as_bytes())),
        "bytes" => bytes(text.as_bytes()),
        "bytes-json" => bytes(object().as_bytes()),
        "url-query" => {
            json!({ "S": format!("https://api.{}.com/v1/items?page=2&{name}={url}&sort=asc", draw.chars('a', 7)) })
        }
        "form" => json!({ "S": format!("lang=en&{name}={url}&submit=Save+all") }),
        "cookie" => json!({ "S": format!("theme=dark; {name}={url}; Path=/; SameSite=Lax") }),
        "header" => {
            json!({ "S": format!("Accept: */*\r\nX-{}: {text}\r\nHost: example.com\r\n", name.replace('_', "-")) })
        }
        "pair" => json!({ "L": [{ "M": { "name": { "S": name }, "value": { "S": text } } }] }),
        "sentence" => json!({ "S": format!("please use {text} for the import, thanks") }),
        other => panic!("no carrier {other}"),
    }
}

/// Text, or a number where it is one, now and then.
fn scalar(draw: &mut Draw, text: String) -> Json {
    let number = text.len() < 16 && text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    if number && draw.percent(50) { json!({ "N": text }) } else { json!({ "S": text }) }
}

fn percent(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

fn zlib(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut out = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    out.write_all(bytes).and_then(|()| out.finish()).unwrap_or_else(|error| panic!("{error}"))
}
