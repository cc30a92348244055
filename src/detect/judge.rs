//! What a scalar without a known format is, by its name and its look.

use std::{borrow::Cow, collections::BTreeSet};

use super::{
    names::Hint,
    password::is_readable,
    randomness::{is_random, is_random_bytes, is_uuid},
    rules::{Hit, Length, is_secret_access_key, raw_hash},
};
use crate::snapshot::sample::{Basis, SecretKind, SecretTrait};

/// What lies beside a value in the same map.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Beside {
    /// An AWS access key id: a value of forty characters is then its secret.
    pub key_id: bool,
    /// A salt: a bare digest is then salted.
    pub salt: bool,
    /// The other members of a Firebase web configuration, which is made to be published.
    pub firebase: bool,
}

/// A text under a name that says `hint`.
pub(crate) fn text(text: &str, hint: Option<Hint>, beside: Beside) -> Option<Hit> {
    let exact = Length::Exact(text.len());
    if (beside.key_id || hint == Some(Hint::AwsSecret)) && is_secret_access_key(text) {
        return hit("aws-secret-access-key", SecretKind::AwsAccessKey, Basis::Shaped, 0.85, exact);
    }
    match hint? {
        Hint::Secret(kind) if is_random(text) => hit("named-random", kind, Basis::Likely, 0.75, exact),
        Hint::Secret(kind) if is_uuid(text) => hit("named-uuid", kind, Basis::Likely, 0.6, exact),
        Hint::Secret(_) => None,
        Hint::AwsSecret if is_random(text) => {
            hit("named-random", SecretKind::OpaqueToken, Basis::Likely, 0.7, exact)
        }
        Hint::AwsSecret => None,
        Hint::Password | Hint::PasswordHash => password(text, hint?, beside),
    }
}

fn password(text: &str, hint: Hint, beside: Beside) -> Option<Hit> {
    if let Some((rule, traits)) = raw_hash(text, beside.salt) {
        let hash = hit(rule, SecretKind::PasswordHash, Basis::Shaped, 0.8, Length::Exact(text.len()));
        return hash.map(|hit| Hit { traits, ..hit });
    }
    if hint == Hint::PasswordHash {
        let long = text.len() >= 20 && is_random(text);
        let exact = Length::Exact(text.len());
        return long
            .then(|| hit("named-hash", SecretKind::PasswordHash, Basis::Likely, 0.6, exact))
            .flatten();
    }
    let readable = is_readable(text) && !is_uuid(text);
    // What is long and random may as well be encrypted.
    let confidence = if text.len() > 32 && is_random(text) { 0.6 } else { 0.75 };
    let length = Length::Password(text.len());
    readable.then(|| hit("named-password", SecretKind::Password, Basis::Likely, confidence, length)).flatten()
}

/// A number under a name that says `hint`: a PIN, or a password of digits.
pub(crate) fn number(digits: &str, hint: Option<Hint>) -> Option<Hit> {
    let is_pin = hint == Some(Hint::Password)
        && (4..=16).contains(&digits.len())
        && digits.bytes().all(|b| b.is_ascii_digit());
    let length = Length::Password(digits.len());
    is_pin.then(|| hit("named-password", SecretKind::Password, Basis::Likely, 0.65, length)).flatten()
}

/// Bytes that are no text, under a name that says `hint`.
pub(crate) fn bytes(bytes: &[u8], hint: Option<Hint>) -> Option<Hit> {
    let Some(Hint::Secret(kind)) = hint else { return None };
    is_random_bytes(bytes)
        .then(|| hit("named-random", kind, Basis::Likely, 0.6, Length::Exact(bytes.len())))
        .flatten()
}

/// The private member of a JSON Web Key.
pub(crate) fn jwk(secret: &str) -> Option<Hit> {
    hit("jwk", SecretKind::PrivateKey, Basis::Verified, 0.95, Length::Exact(secret.len()))
        .map(|hit| Hit { public: Cow::Borrowed("JWK "), ..hit })
}

fn hit(rule: &'static str, kind: SecretKind, basis: Basis, confidence: f64, length: Length) -> Option<Hit> {
    let traits: BTreeSet<SecretTrait> = BTreeSet::new();
    Some(Hit {
        rule,
        kind,
        basis,
        confidence,
        public: Cow::Borrowed(""),
        traits,
        length,
        span: 0..usize::MAX,
    })
}
