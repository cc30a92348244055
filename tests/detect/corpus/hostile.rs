//! Lines made to break a scanner: deep, huge, many, packed without end, no text, no JSON.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::json;

use super::{draw::Draw, gzip};

/// Lines by name. All are what a table of up to 400 KB an item, or a file of anything, may hold.
pub fn lines(draw: &mut Draw) -> Vec<(&'static str, Vec<u8>)> {
    let one = |value: serde_json::Value| json!({ "a": value }).to_string().into_bytes();
    let text = |text: String| one(json!({ "S": text }));
    let bytes = |bytes: &[u8]| one(json!({ "B": STANDARD.encode(bytes) }));
    let token = draw.text("<!crc62 ghp_>");
    let deep = |open: &str, close: &str, levels: usize| {
        format!("{{\"a\":{}{}{}}}", open.repeat(levels), "{\"S\":\"x\"}", close.repeat(levels)).into_bytes()
    };
    let many = |count: usize, draw: &mut Draw| {
        let entries = (0..count).map(|n| (format!("a{n}"), json!({ "S": draw.chars('w', 12) })));
        serde_json::Value::Object(entries.collect()).to_string().into_bytes()
    };
    let tokens_as_keys = |draw: &mut Draw| {
        let entries = (0..2000).map(|_| (draw.text("<!crc62 ghp_>"), json!({ "N": "1" })));
        json!({ "sessions": { "M": entries.collect::<serde_json::Map<_, _>>() } }).to_string().into_bytes()
    };
    let again_and_again = |mut body: Vec<u8>, up_to: usize| {
        while body.len() < up_to {
            body = STANDARD.encode(&body).into_bytes();
        }
        String::from_utf8(body).unwrap_or_default()
    };
    let json_in_json = (0..12).fold(token.clone(), |inner, _| json!({ "j": inner }).to_string());
    let bomb = gzip(&vec![b'a'; 64 << 20]);
    let bombs = (0..3).fold(vec![b'0'; 16 << 20], |inner, _| gzip(&inner));
    vec![
        ("400 KB of a", text("a".repeat(400 << 10))),
        ("400 KB of base64 letters", text(draw.chars('b', 400 << 10))),
        ("400 KB of hex", text(draw.chars('h', 400 << 10))),
        ("400 KB of opening brackets", text("[".repeat(400 << 10))),
        ("400 KB of {\\\"", text("{\"".repeat(200 << 10))),
        ("400 KB of keywords", text("sk_live_ghp_xoxb-eyJAKIA://:@=password".repeat(10_500))),
        ("400 KB of eyJ.", text("eyJ.".repeat(100 << 10))),
        ("400 KB of eyJ", text("eyJ".repeat(136_000))),
        ("400 KB of AKIA", text("AKIA".repeat(100 << 10))),
        ("400 KB of ghp_ and blanks", text("ghp_ ".repeat(80 << 10))),
        ("400 KB of ://", text("://".repeat(136_000))),
        ("400 KB of ://@", text("://@".repeat(100 << 10))),
        ("400 KB of secret=", text("secret=".repeat(58_000))),
        ("400 KB of sentences", text("the key is secret is ".repeat(19_500))),
        ("400 KB of colons", text(":".repeat(400 << 10))),
        ("400 KB of -----BEGIN", text("-----BEGIN ".repeat(37_000))),
        ("400 KB of quotes", text("\"".repeat(400 << 10))),
        ("JSON 100 deep in a text", text(format!("{}\"{token}\"{}", "[".repeat(100), "]".repeat(100)))),
        ("a line of 1 MB", text(draw.text("<!prose en> ").repeat(8 << 10))),
        ("400 KB of PEM headers", text("-----BEGIN RSA PRIVATE KEY-----\n".repeat(12_800))),
        ("400 KB of %25", text("%25".repeat(136_000))),
        ("400 KB of k=v&", text("k=v&".repeat(100 << 10))),
        ("400 KB of cookies", text("a=b; ".repeat(80 << 10))),
        ("400 KB of backslashes", text("\\".repeat(400 << 10))),
        ("400 KB of spaces and a token", text(" ".repeat(400 << 10) + &token)),
        ("400 KB of one long number", one(json!({ "N": "9".repeat(400 << 10) }))),
        ("32 levels of maps", deep("{\"M\":{\"m\":", "}}", 32)),
        ("32 levels of lists", deep("{\"L\":[", "]}", 32)),
        ("100,000 levels of plain lists", deep("[", "]", 100_000)),
        ("100,000 levels of plain maps", deep("{\"m\":", "}", 100_000)),
        ("JSON in JSON, 12 times", text(json_in_json)),
        ("1 MB of base64 of base64 …", text(again_and_again(token.clone().into_bytes(), 700 << 10))),
        ("gzip of 64 MB", bytes(&bomb)),
        ("gzip of 64 MB, as text", text(STANDARD.encode(&bomb))),
        ("gzip of gzip of gzip of 16 MB", bytes(&bombs)),
        ("10,000 attributes", many(10_000, draw)),
        ("2,000 tokens as keys", tokens_as_keys(draw)),
        ("2,000 tokens in one text", text((0..2000).map(|_| draw.text("<!crc62 ghp_> ")).collect())),
        (
            "invalid UTF-8 in bytes",
            bytes(&[&[0xff, 0xfe, 0x80][..], token.as_bytes(), &[0xc0, 0xaf]].concat()),
        ),
        ("300 KB of random bytes", bytes(&draw.bytes(300 << 10))),
        ("invalid UTF-8 in the line", [b"{\"a\":{\"S\":\"\xff\xfe\x80", token.as_bytes(), b"\"}}"].concat()),
        ("a lone surrogate", format!("{{\"a\":{{\"S\":\"\\ud800{token}\\udfff\"}}}}").into_bytes()),
        ("a lone surrogate in a name", format!("{{\"\\ud800\":{{\"S\":\"{token}\"}}}}").into_bytes()),
        ("NULs", text("\0".repeat(1000) + &token + "\0")),
        (
            "terminal escapes in a name",
            json!({ "\u{1b}]0;x\u{7}\u{1b}[2J\u{202e}": { "S": token } }).to_string().into_bytes(),
        ),
        ("a name of 60 KB", json!({ "n".repeat(60 << 10): { "S": token } }).to_string().into_bytes()),
        (
            "numbers beyond any",
            br#"{"a":1e999999,"b":-0.0000000000000000000000000000000000000001e-999,"c":{"N":"1e5000"}}"#
                .to_vec(),
        ),
        ("a name twice", format!("{{\"a\":{{\"S\":\"x\"}},\"a\":{{\"S\":\"{token}\"}}}}").into_bytes()),
        ("no JSON", b"{\"a\": tru".to_vec()),
        ("a bare text", b"\"just text\"".to_vec()),
        ("an empty line", Vec::new()),
    ]
}
