//! What a text packs: base64, hex, percent-encoding, pairs of names and values; and what of bytes is text.

use base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

use memchr::memchr2;

use super::{
    inflate::is_packed,
    look::Sorts,
    pairs::{pairs, percent},
    secret::Secret,
    value::Value,
};

const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_allow_trailing_bits(true)
    .with_decode_padding_mode(DecodePaddingMode::Indifferent);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);

/// Shortest text that is taken as packed, in bytes.
const MIN_PACKED: usize = 12;

/// Base64 or base64url, padded or not.
pub(crate) fn base64(text: &str) -> Option<Secret<'static, [u8]>> {
    let url = memchr2(b'-', b'_', text.as_bytes()).is_some();
    let bytes = if url { URL_SAFE.decode(text) } else { STANDARD.decode(text) };
    bytes.ok().map(Secret::from)
}

/// What a text packs, and the name of the packing. Anything decodes; only what can be read, or be unpacked further,
/// counts.
pub(crate) fn unpack(text: &str, sorts: Sorts) -> Option<(&'static str, Value<'_>)> {
    let (all, text) = (text, trimmed(text));
    if text.len() < 4 {
        return None;
    }
    let sorts = if text.len() == all.len() { sorts } else { Sorts::of(text.as_bytes()) };
    if (sorts.may_be_encoded() || text.starts_with("data:"))
        && let Some(bytes) = encoded(text)
    {
        return Some(bytes);
    }
    if !sorts.may_be_pairs() {
        return None;
    }
    if let Some((how, map)) = pairs(text) {
        return Some((how, Value::M(map)));
    }
    if !sorts.may_be_percent() {
        return None;
    }
    percent(text).map(|text| ("percent", Value::S(text)))
}

/// A text without the white space around it, which hardly any has.
pub(crate) fn trimmed(text: &str) -> &str {
    match text.as_bytes() {
        [b'!'..=b'~'] | [b'!'..=b'~', .., b'!'..=b'~'] => text,
        _ => text.trim(),
    }
}

/// Hex or base64 of something with a meaning.
fn encoded(text: &str) -> Option<(&'static str, Value<'_>)> {
    let text = match text.strip_prefix("data:").and_then(|uri| uri.split_once(";base64,")) {
        Some((_, text)) => text,
        None => text,
    };
    let head = text.as_bytes().get(..text.len().min(64)).filter(|head| head.len() >= MIN_PACKED)?;
    if text.len().is_multiple_of(2) && hex_start(head).is_some_and(|start| begins_well(&start)) {
        let all = head.iter().all(u8::is_ascii_hexdigit);
        let worth = all && has_meaning(&unhex(head)?);
        if let Some(bytes) = worth.then(|| unhex(text.as_bytes())).flatten() {
            return meaning("hex", bytes.into());
        }
    }
    let alphabet = |b: &u8| b.is_ascii_alphanumeric() || b"+/=-_".contains(b);
    if !base64_start(head).is_some_and(|start| begins_well(&start))
        || !head.iter().all(|b| alphabet(b) || matches!(b, b'\r' | b'\n'))
    {
        return None;
    }
    // Three bytes of every four characters, to see whether the rest is worth it.
    let mut start = [0; 18];
    let mut signs = head.iter().filter(|b| alphabet(b) && **b != b'=');
    let mut filled = 0;
    for (three, from) in start.chunks_exact_mut(3).zip(0..) {
        let Some(bytes) = four(&mut signs) else { break };
        three.copy_from_slice(&bytes);
        filled = from * 3 + 3;
    }
    if !has_meaning(&start[..filled]) {
        return None;
    }
    let bytes = if text.contains('\n') {
        base64(&text.split_ascii_whitespace().collect::<String>())?
    } else {
        base64(text)?
    };
    meaning("base64", bytes)
}

fn meaning(how: &'static str, bytes: Secret<'static, [u8]>) -> Option<(&'static str, Value<'static>)> {
    let is_text = readable(bytes.expose()).is_some_and(|inner| inner.len() >= 6);
    (is_text || is_packed(bytes.expose())).then(|| (how, Value::B(bytes)))
}

/// The first six bytes of what hex digits stand for.
fn hex_start(head: &[u8]) -> Option<[u8; 6]> {
    let mut start = [0; 6];
    for (byte, pair) in start.iter_mut().zip(head.chunks_exact(2)) {
        *byte = unhex_one(pair)?;
    }
    Some(start)
}

/// The three bytes that the next four characters of base64 stand for.
fn four<'b>(signs: &mut impl Iterator<Item = &'b u8>) -> Option<[u8; 3]> {
    let mut sextet = || {
        Some(u32::from(match signs.next()? {
            b @ b'A'..=b'Z' => b - b'A',
            b @ b'a'..=b'z' => b - b'a' + 26,
            b @ b'0'..=b'9' => b - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        }))
    };
    let all = sextet()? << 18 | sextet()? << 12 | sextet()? << 6 | sextet()?;
    let [_, a, b, c] = all.to_be_bytes();
    Some([a, b, c])
}

/// The first six bytes of what base64 stands for.
fn base64_start(head: &[u8]) -> Option<[u8; 6]> {
    let mut signs = head.iter();
    let ([a, b, c], [d, e, f]) = (four(&mut signs)?, four(&mut signs)?);
    Some([a, b, c, d, e, f])
}

/// Whether six bytes may begin a text or a packing: nearly all that is drawn at random ends here.
fn begins_well(start: &[u8; 6]) -> bool {
    is_packed(start) || whole_characters(start).is_some_and(|text| !has_controls(text))
}

/// Whether the first bytes begin a text or a packing; a text may be cut inside of a character.
fn has_meaning(start: &[u8]) -> bool {
    let text = whole_characters(start).unwrap_or_default();
    is_packed(start) || readable(text.as_bytes()).is_some_and(|text| text.len() * 2 > start.len())
}

/// Bytes as a text, but for a character that they break off in.
fn whole_characters(bytes: &[u8]) -> Option<&str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Some(text),
        Err(error) if error.error_len().is_none() => std::str::from_utf8(&bytes[..error.valid_up_to()]).ok(),
        Err(_) => None,
    }
}

fn has_controls(text: &str) -> bool {
    text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
}

/// Bytes that hex digits stand for.
pub(crate) fn hex(text: &str) -> Option<Secret<'static, [u8]>> {
    text.len().is_multiple_of(2).then(|| unhex(text.as_bytes())).flatten().map(Secret::from)
}

fn unhex(digits: &[u8]) -> Option<Vec<u8>> {
    digits.chunks_exact(2).map(unhex_one).collect()
}

fn unhex_one(pair: &[u8]) -> Option<u8> {
    let digit = |b: u8| match b {
        b'0'..=b'9' => Some(b - b'0'),
        b'a'..=b'f' => Some(b - b'a' + 10),
        b'A'..=b'F' => Some(b - b'A' + 10),
        _ => None,
    };
    Some(digit(pair[0])? << 4 | digit(pair[1])?)
}

/// Whether `bytes` are the DER of a private key, or a store of some: PKCS #1, PKCS #8, SEC 1, PKCS #12.
pub(crate) fn is_private_der(bytes: &[u8]) -> bool {
    let Some((inner, rest)) = element(bytes, 0x30) else { return false };
    if !rest.is_empty() {
        return false;
    }
    let Some((version, after)) = element(inner, 0x02) else {
        // An encrypted PKCS #8: an algorithm of PKCS #5, and the ciphertext.
        return element(inner, 0x30).is_some_and(|(algorithm, cipher)| {
            algorithm.starts_with(b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x05")
                && element(cipher, 0x04).is_some_and(|(_, rest)| rest.is_empty())
        });
    };
    match version {
        // PKCS #8 names an algorithm, SEC 1 goes on with the key, PKCS #1 with eight numbers.
        [0] => {
            element(after, 0x30).is_some_and(|(_, key)| element(key, 0x04).is_some())
                || element(after, 0x02).is_some_and(|(modulus, _)| modulus.len() >= 64)
        }
        [1] => {
            element(after, 0x04).is_some()
                || element(after, 0x30).is_some_and(|(_, key)| element(key, 0x04).is_some())
        }
        [3] => element(after, 0x30).is_some_and(|(_, mac)| element(mac, 0x30).is_some()),
        _ => false,
    }
}

/// The content of a DER element of type `tag`, and what follows it (ITU-T X.690).
fn element(bytes: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (&first, rest) = bytes.split_first()?;
    let (&length, rest) = rest.split_first()?;
    let (length, rest) = match length {
        0..=0x7f => (usize::from(length), rest),
        0x81..=0x84 => {
            let (digits, rest) = rest.split_at_checked(usize::from(length & 0x7f))?;
            (digits.iter().fold(0, |all, digit| all << 8 | usize::from(*digit)), rest)
        }
        _ => return None,
    };
    (first == tag).then(|| rest.split_at_checked(length)).flatten()
}

/// `bytes` as a text that can be read: UTF-8, mostly ASCII, no control characters but line ends and tabs.
pub(crate) fn readable(bytes: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(bytes).ok()?;
    let ascii = bytes.iter().filter(|b| b.is_ascii()).count();
    (!has_controls(text) && ascii * 2 >= bytes.len()).then_some(text)
}
