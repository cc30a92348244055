//! Items and secrets made at run time, so that no source file holds anything that looks like a leak.

use std::sync::Arc;

use dynaudit::{
    detect::{Detector, DigestKey, Item, Value},
    snapshot::sample::{Contents, Sighting},
};

/// Fills a template: `<w36>` is 36 random letters and digits.
/// 36 after a start of GitHub's or npm's end with the checksum that these have.
/// `w` base62, `h` hex, `u` base64url, `b` base64, `d` digits, `U` capitals and digits, `A` base32, `l` small letters and digits.
pub fn fill(template: &str, seed: u64) -> String {
    let mut rng = fastrand::Rng::with_seed(seed);
    let mut out = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('<') {
        let (hole, tail) = after.split_once('>').expect("a hole is closed");
        out.push_str(before);
        let count: usize = hole[1..].parse().expect("a hole has a count");
        let alphabet = alphabet(&hole[..1]);
        let mut drawn: String =
            (0..count).map(|_| char::from(alphabet[rng.usize(..alphabet.len())])).collect();
        if count == 36 && CHECKED.iter().any(|start| before.ends_with(start)) {
            let sum = base62(crc32(&drawn.as_bytes()[..30]));
            drawn.replace_range(30.., &sum);
        }
        out.push_str(&drawn);
        rest = tail;
    }
    out + rest
}

/// Starts of tokens whose last six characters are a checksum of the thirty before.
const CHECKED: [&str; 6] = ["ghp_", "gho_", "ghu_", "ghs_", "ghr_", "npm_"];

/// CRC-32 by table-free long division, written for the tests alone.
pub fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 };
        }
    }
    !crc
}

/// Six digits of base 62.
pub fn base62(mut number: u32) -> String {
    let digits = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut out = [b'0'; 6];
    for digit in out.iter_mut().rev() {
        *digit = digits[(number % 62) as usize];
        number /= 62;
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn alphabet(class: &str) -> &'static [u8] {
    let all = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ2345670189abcdefghijklmnopqrstuvwxyz-_+/";
    match class {
        "A" => &all[..32],
        "U" => &all[..36],
        "w" => &all[..62],
        "u" => &all[..64],
        "b" => b"ABCDEFGHIJKLMNOPQRSTUVWXYZ2345670189abcdefghijklmnopqrstuvwxyz+/",
        "d" => b"0123456789",
        "x" => b"0123456789abcdefABCDEF",
        "H" => b"0123456789ABCDEF",
        "z" => b"abcdefghijklmnopqrstuvwxyz",
        "C" => b"ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        "a" => b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
        "p" | "t" => &all[..64],
        "h" => b"0123456789abcdef",
        "l" => b"0123456789abcdefghijklmnopqrstuvwxyz",
        other => panic!("no class {other}"),
    }
}

/// What was drawn for the holes of `template` in `token`.
pub fn drawn<'t>(template: &str, mut token: &'t str) -> Vec<&'t str> {
    let mut parts = Vec::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('<') {
        let (hole, tail) = after.split_once('>').expect("a hole is closed");
        let (part, left) = token[before.len()..].split_at(hole[1..].parse().expect("a hole has a count"));
        parts.push(part);
        (token, rest) = (left, tail);
    }
    parts
}

/// The template with its last hole one shorter: a near miss.
pub fn shorter(template: &str) -> String {
    let (before, hole) = template.rsplit_once('<').expect("a template has a hole");
    let (hole, after) = hole.split_once('>').expect("a hole is closed");
    let count: usize = hole[1..].parse().expect("a hole has a count");
    format!("{before}<{}{}>{after}", &hole[..1], count - 1)
}

pub fn s(text: impl Into<String>) -> Value<'static> {
    Value::S(text.into().into())
}

pub fn map<'a, const N: usize>(entries: [(&'a str, Value<'a>); N]) -> Value<'a> {
    Value::M(entries.into_iter().map(|(name, value)| (name.into(), value)).collect())
}

pub fn item<'a, const N: usize>(entries: [(&'a str, Value<'a>); N]) -> Item<'a> {
    Item(entries.into_iter().map(|(name, value)| (name.into(), value)).collect())
}

pub fn look(items: &[Item<'_>]) -> Contents {
    let detector = Arc::new(Detector::new(DigestKey::from_bytes(&[7; 32]).unwrap()));
    let mut tally = detector.tally();
    for item in items {
        tally.look(item);
    }
    tally.finish()
}

/// What is seen in one text under a name that says nothing.
pub fn in_text(text: &str) -> Vec<Sighting> {
    look(&[item([("note", s(text))])]).sightings
}

/// Rules of what is seen in one text under a name that says nothing.
pub fn rules(text: &str) -> Vec<String> {
    in_text(text).into_iter().map(|sighting| sighting.rule).collect()
}

/// Panics if `contents` hold any six bytes of `secret` in a row.
pub fn assert_masked(contents: &Contents, secret: &str) {
    // Digests are 32 hex digits of an HMAC; six of them meet six digits of a secret by chance now and then.
    let mut contents = contents.clone();
    for digest in contents.sightings.iter_mut().flat_map(|sighting| sighting.digests.drain(..)) {
        assert!(digest.len() == 32 && !digest.contains(secret));
    }
    let shown = format!("{} {contents:?}", serde_json::to_string(&contents).unwrap());
    for part in secret.as_bytes().windows(6) {
        if let Ok(part) = std::str::from_utf8(part) {
            assert!(!shown.contains(part), "six bytes of a secret are shown in {shown}");
        }
    }
}
