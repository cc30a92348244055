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
    let control = text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'));
    let ascii = bytes.iter().filter(|b| b.is_ascii()).count();
    (!control && ascii * 2 >= bytes.len()).then_some(text)
}
