//! AWS access keys: the id, which tells the account, and the secret half.

use std::borrow::Cow;

use super::{Found, Match, Rule, is_filler};
use crate::{
    detect::randomness::{is_random, is_wordy},
    snapshot::sample::{Basis, SecretKind},
};

pub(super) fn rules() -> Vec<Rule> {
    vec![
        Rule::token("aws-access-key-id", &["AKIA", "ASIA", "ABIA", "ACCA"], "[A-Z2-7]{16}")
            .kind(SecretKind::AwsAccessKey)
            .check(key_id),
        Rule::token(
            "aws-secret-access-key",
            &[
                "secret_access_key",
                "_secret_access_key",
                "secretaccesskey",
                "awssecretaccesskey",
                "secret_key",
                "_secret_key",
            ],
            r#"["']?\s{0,4}[:=]\s{0,4}["']?(?P<s>[A-Za-z0-9/+]{40})"#,
        )
        .kind(SecretKind::AwsAccessKey)
        .any_case()
        .needs("=:")
        .check(secret_key),
        Rule::token("aws-bedrock-key", &["ABSKQmVkcm9ja0FQSUtleS"], "[A-Za-z0-9+/]{40,}={0,2}"),
    ]
}

/// Since 2019 a key id carries the account's number: base32 after the prefix, a one, then 40 bits.
/// An id without the one is of the older layout, which does not tell the account.
fn key_id(found: &Match<'_>) -> Option<Found> {
    let tail = found.tail();
    if is_filler(tail) {
        return None;
    }
    let bits = tail.iter().take(10).try_fold(0_u64, |bits, b| {
        let digit = match b {
            b'A'..=b'Z' => b - b'A',
            b'2'..=b'7' => b - b'2' + 26,
            _ => return None,
        };
        Some(bits << 5 | u64::from(digit))
    })?;
    // Fifty bits: the mark of the layout, forty of the account, nine of the rest.
    let account = (bits >> 9) & 0xFF_FFFF_FFFF;
    let verified = bits >> 49 == 1 && (1..=999_999_999_999).contains(&account);
    // Letters alone may be words, such as the name of a Region: then the layout must speak for them.
    if tail.iter().all(u8::is_ascii_uppercase) && (!verified || is_wordy(tail)) {
        return None;
    }
    found.found(if verified { Basis::Verified } else { Basis::Shaped })
}

fn secret_key(found: &Match<'_>) -> Option<Found> {
    let text = std::str::from_utf8(found.secret).ok()?;
    is_secret_access_key(text).then_some(())?;
    found.found(Basis::Shaped).map(|f| Found { public: Cow::Borrowed(""), ..f })
}

/// Forty characters of base64 that look random and are not the hex digits of a SHA-1.
pub(crate) fn is_secret_access_key(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 40
        && bytes.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'+'))
        && !bytes.iter().all(u8::is_ascii_hexdigit)
        && bytes.iter().any(u8::is_ascii_uppercase)
        && bytes.iter().any(u8::is_ascii_lowercase)
        && !is_filler(bytes)
        && is_random(text)
}
