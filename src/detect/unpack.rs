//! What a scalar packs: base64 of text, text in bytes.

use super::secret::Secret;
use base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_allow_trailing_bits(true)
    .with_decode_padding_mode(DecodePaddingMode::Indifferent);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);

/// Base64 or base64url, padded or not.
pub(crate) fn base64(text: &str) -> Option<Secret<'static, [u8]>> {
    let url = text.bytes().any(|b| b == b'-' || b == b'_');
    let bytes = if url { URL_SAFE.decode(text) } else { STANDARD.decode(text) };
    bytes.ok().map(Secret::from)
}

/// The text that `text` is the base64 of. Anything decodes; only what can be read counts.
pub(crate) fn base64_text(text: &str) -> Option<Secret<'static, str>> {
    let text = text.trim();
    if text.len() < 12 || text.bytes().any(|b| !b.is_ascii_alphanumeric() && !b"+/=-_".contains(&b)) {
        return None;
    }
    let bytes = base64(text)?;
    readable(bytes.expose()).filter(|inner| inner.len() >= 8).map(|inner| inner.to_owned().into())
}

/// `bytes` as a text that can be read: UTF-8, mostly ASCII, no control characters but line ends and tabs.
pub(crate) fn readable(bytes: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(bytes).ok()?;
    let control = text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'));
    let ascii = bytes.iter().filter(|b| b.is_ascii()).count();
    (!control && ascii * 2 >= bytes.len()).then_some(text)
}
