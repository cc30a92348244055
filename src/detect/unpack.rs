//! What a scalar packs: base64 of text, text in bytes, DynamoDB JSON.

use std::collections::BTreeMap;

use base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use zeroize::Zeroizing;

use super::Value;

const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_allow_trailing_bits(true)
    .with_decode_padding_mode(DecodePaddingMode::Indifferent);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);

/// Base64 or base64url, padded or not.
pub(crate) fn base64(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let url = text.bytes().any(|b| b == b'-' || b == b'_');
    let bytes = if url { URL_SAFE.decode(text) } else { STANDARD.decode(text) };
    bytes.ok().map(Zeroizing::new)
}

/// The text that `text` is the base64 of. Anything decodes; only what can be read counts.
pub(crate) fn base64_text(text: &str) -> Option<Zeroizing<String>> {
    let text = text.trim();
    if text.len() < 12 || text.bytes().any(|b| !b.is_ascii_alphanumeric() && !b"+/=-_".contains(&b)) {
        return None;
    }
    let bytes = base64(text)?;
    readable(&bytes).filter(|inner| inner.len() >= 8).map(|inner| Zeroizing::new(inner.to_owned()))
}

/// `bytes` as a text that can be read: UTF-8, mostly ASCII, no control characters but line ends and tabs.
pub(crate) fn readable(bytes: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(bytes).ok()?;
    let control = text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'));
    let ascii = bytes.iter().filter(|b| b.is_ascii()).count();
    (!control && ascii * 2 >= bytes.len()).then_some(text)
}

/// What stands inside of a typed value of DynamoDB JSON, `{"S": "…"}`.
pub(crate) enum Typed<'a> {
    /// The value as it is.
    Value(&'a Value),
    /// The bytes that `B` held in base64.
    Bytes(Zeroizing<Vec<u8>>),
}

/// Takes a map of one entry as a typed value ("DynamoDB low-level API, Data type descriptors").
pub(crate) fn typed(map: &BTreeMap<String, Value>) -> Option<Typed<'_>> {
    let (name, value) = map.iter().next().filter(|_| map.len() == 1)?;
    match (name.as_str(), value) {
        ("B", Value::S(text)) => base64(text).map(Typed::Bytes),
        ("S", Value::S(_))
        | ("N", Value::S(_) | Value::N(_))
        | ("BOOL", Value::Bool(_))
        | ("NULL", Value::Bool(_) | Value::Null)
        | ("M", Value::M(_))
        | ("L" | "SS" | "NS" | "BS", Value::L(_)) => Some(Typed::Value(value)),
        _ => None,
    }
}
