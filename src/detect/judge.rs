//! What a scalar without a known format is, by its name and its look.

use std::{borrow::Cow, collections::BTreeSet};

use super::{
    benign::{is_ciphertext, is_cleared, is_reference},
    identity::{Id, id},
    mnemonic::is_mnemonic,
    names::{Hint, hint},
    password::{is_chosen, is_readable},
    randomness::{is_random, is_random_bytes, is_short_random, is_uuid},
    rules::{Hit, Length, is_ripple_seed, is_secret_access_key, raw_hash},
    unpack,
    words::words,
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
    /// What the name says that a pair of `name` and `value` gives its value.
    pub named: Option<Hint>,
}

/// A text under a name that says `hint`.
pub(crate) fn text(text: &str, hint: Option<Hint>, beside: Beside) -> Option<Hit> {
    let exact = Length::Exact(text.len());
    if (beside.key_id || hint == Some(Hint::AwsSecret)) && is_secret_access_key(text) {
        return hit("aws-secret-access-key", SecretKind::AwsAccessKey, Basis::Shaped, 0.85, exact);
    }
    if text.len() >= 64 && is_der(text) {
        return hit("private-key-der", SecretKind::PrivateKey, Basis::Verified, 0.95, exact);
    }
    if is_mnemonic(text) {
        return hit("mnemonic", SecretKind::PrivateKey, Basis::Verified, 0.95, exact);
    }
    if is_ripple_seed(text) {
        return hit("xrp-seed", SecretKind::PrivateKey, Basis::Verified, 0.95, exact);
    }
    match hint? {
        Hint::Secret(kind) => secret(text, kind, 0.75),
        Hint::AwsSecret => secret(text, SecretKind::OpaqueToken, 0.7),
        Hint::Password | Hint::PasswordHash => password(text, hint?, beside),
        Hint::Code => code(text),
        Hint::CodeSeed => code_seed(text),
        Hint::Mnemonic => mnemonic(text),
        Hint::Grant => {
            let grant = (24..=512).contains(&text.len())
                && is_random(text)
                && !is_cleared(text)
                && id(text).is_none();
            grant.then(|| hit("oauth-code", SecretKind::OpaqueToken, Basis::Likely, 0.6, exact)).flatten()
        }
        Hint::Link => link(text),
        // What digests a thing names it in a store: a key of hex digits alone says nothing under such a name.
        Hint::Key if text.len() < 20 || text.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-') => None,
        Hint::Service | Hint::Key => {
            let key = is_random(text) && text.len() <= 256 && !is_cleared(text) && id(text).is_none();
            key.then(|| hit("service-key", SecretKind::ApiKey, Basis::Likely, 0.6, exact)).flatten()
        }
    }
}

/// Whether a text is the DER of a private key in base64 or hex.
fn is_der(text: &str) -> bool {
    match text.as_bytes() {
        [b'M', ..] => unpack::base64(text).is_some_and(|bytes| unpack::is_private_der(bytes.expose())),
        [b'3', b'0', ..] => unpack::hex(text).is_some_and(|bytes| unpack::is_private_der(bytes.expose())),
        _ => false,
    }
}

/// A token, key or secret by its name.
fn secret(text: &str, kind: SecretKind, confidence: f64) -> Option<Hit> {
    let exact = Length::Exact(text.len());
    if is_cleared(text) || is_dated(text) {
        return None;
    }
    if is_uuid(text) {
        // One that is made of the time names a session more often than it opens one.
        let names = kind == SecretKind::SessionToken && id(text) == Some(Id::Time);
        return (!names).then(|| hit("named-uuid", kind, Basis::Likely, 0.6, exact)).flatten();
    }
    if matches!(id(text), Some(Id::Prefixed | Id::Number)) {
        return None;
    }
    // A cookie with its name: that says whether it is a session's.
    if kind == SecretKind::SessionToken
        && let Some((name, value)) = text.split_once('=')
        && !value.trim_start_matches('=').is_empty()
        && hint(&[None, Some(name)]).is_none()
    {
        return None;
    }
    if is_random(text) {
        return hit("named-random", kind, Basis::Likely, confidence, exact);
    }
    if is_short_random(text) {
        return hit("named-random", kind, Basis::Likely, 0.6, exact);
    }
    // A scheme before it: `Token …`, `ApiKey …`, `sso-key …:…`.
    if let Some((scheme, rest)) = text.split_once(' ')
        && scheme.len() <= 20
        && (is_random(rest) || is_uuid(rest) || is_short_random(rest))
    {
        return hit("named-random", kind, Basis::Likely, confidence, Length::Exact(rest.len()));
    }
    // `user:password`, as registries and proxies keep it in base64.
    if matches!(kind, SecretKind::AccessToken | SecretKind::OpaqueToken)
        && let Some((user, password)) = text.split_once(':')
        && (1..=64).contains(&user.len())
        && user.bytes().all(|b| b.is_ascii_alphanumeric() || b"._@-".contains(&b))
        && (is_chosen(password) || is_worded(password))
    {
        return hit(
            "basic-auth",
            SecretKind::Password,
            Basis::Likely,
            0.75,
            Length::Password(password.len()),
        );
    }
    (is_chosen(text) || is_worded(text))
        .then(|| hit("named-secret", kind, Basis::Likely, 0.6, Length::Password(text.len())))
        .flatten()
}

/// Whether a text is made like a passphrase of a generator: words with joints of more than one sort, and digits at the end.
fn is_worded(text: &str) -> bool {
    let words = text.trim_end_matches(|c: char| c.is_ascii_digit());
    let joints: BTreeSet<u8> = words.bytes().filter(|b| !b.is_ascii_alphabetic()).collect();
    (12..=64).contains(&text.len())
        && words.len() < text.len()
        && joints.len() >= 2
        && joints.iter().all(|b| b"-_.".contains(b))
}

/// Whether a text begins with a date and a time, as sort keys do (`2026-03-14T10:00:00Z#57`).
fn is_dated(text: &str) -> bool {
    let form = b"0000-00-00T00:";
    text.len() > form.len()
        && text.bytes().zip(form).all(|(b, f)| if *f == b'0' { b.is_ascii_digit() } else { b == *f })
}

fn password(text: &str, hint: Hint, beside: Beside) -> Option<Hit> {
    if let Some((rule, traits)) = raw_hash(text, beside.salt, hint == Hint::PasswordHash) {
        let hash = hit(rule, SecretKind::PasswordHash, Basis::Shaped, 0.8, Length::Exact(text.len()));
        return hash.map(|hit| Hit { traits, ..hit });
    }
    if is_ciphertext(text) || is_reference(text) || is_label(text) {
        return None;
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

/// Whether a text is what a form writes beside a field for passwords: that word, in a sentence or in another language.
fn is_label(text: &str) -> bool {
    let plain =
        text.chars().all(|c| c.is_alphabetic() || matches!(c, ' ' | '?' | '!' | '.' | ':' | '-' | '\''));
    let ticket = text.contains(' ') && text.split(' ').any(|word| word == "pass");
    (ticket
        || plain && !text.eq_ignore_ascii_case("password") && !text.bytes().all(|b| b.is_ascii_lowercase()))
        && words(text).iter().any(|word| word == "password")
}

/// Digits, or a few groups of letters and digits, or several of them.
fn code(text: &str) -> Option<Hit> {
    let mut parts = text.split([',', ' ', '\n', ';']).filter(|part| !part.is_empty());
    if let (Some(first), Some(_)) = (parts.next(), parts.next())
        && text.len() <= 1024
        && (6..=40).contains(&first.len())
        && text.bytes().any(|b| b.is_ascii_digit())
        && parts.all(|part| {
            part.len() == first.len() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        })
    {
        return hit("named-code", SecretKind::OpaqueToken, Basis::Likely, 0.6, Length::Password(first.len()));
    }
    // The recovery key of BitLocker: eight groups of six digits.
    let grouped = text.split('-').count() >= 6
        && text.split('-').all(|group| group.len() >= 4 && group.bytes().all(|b| b.is_ascii_digit()));
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let plain = text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let numeric = digits == text.len() && (4..=10).contains(&digits);
    let mixed = plain && (6..=40).contains(&text.len()) && digits > 0 && digits < text.len();
    let drawn = is_random(text) && text.len() <= 128;
    let a_code = (numeric || mixed || drawn || grouped) && !is_cleared(text) && !is_uuid(text);
    a_code
        .then(|| hit("named-code", SecretKind::OpaqueToken, Basis::Likely, 0.6, Length::Password(text.len())))
        .flatten()
}

/// Base32, with or without spaces, or anything random.
fn code_seed(text: &str) -> Option<Hit> {
    let packed: Vec<u8> = text.bytes().filter(|b| !matches!(b, b' ' | b'-' | b'=')).collect();
    let base32 = (16..=128).contains(&packed.len())
        && packed.iter().all(|b| matches!(b, b'A'..=b'Z' | b'a'..=b'z' | b'2'..=b'7'));
    let drawn = is_random(text) && text.len() <= 256;
    ((base32 || drawn) && !is_cleared(text))
        .then(|| hit("totp-seed", SecretKind::OpaqueToken, Basis::Shaped, 0.85, Length::Exact(text.len())))
        .flatten()
}

/// Twelve to twenty-four short words, as BIP-39 counts them, or the seed itself.
fn mnemonic(text: &str) -> Option<Hit> {
    let words: Vec<&str> = text.split([' ', ',', '-']).filter(|w| !w.is_empty()).collect();
    let phrase = matches!(words.len(), 12 | 15 | 18 | 21 | 24 | 25)
        && words.iter().all(|w| (3..=8).contains(&w.len()) && w.bytes().all(|b| b.is_ascii_lowercase()));
    let length = Length::Exact(text.len());
    if phrase {
        return hit("mnemonic", SecretKind::PrivateKey, Basis::Shaped, 0.85, length);
    }
    (is_random(text) && text.len() >= 25 && !is_cleared(text))
        .then(|| hit("wallet-seed", SecretKind::PrivateKey, Basis::Likely, 0.7, length))
        .flatten()
}

/// A link with something drawn in its path or query.
fn link(text: &str) -> Option<Hit> {
    let (_, rest) = text.split_once("://")?;
    let (_, rest) = rest.split_once('/')?;
    let drawn = rest
        .split(['/', '?', '&', '=', '#'])
        .find(|part| part.len() >= 16 && (is_random(part) || is_uuid(part)) && !is_cleared(part))?;
    hit("login-link", SecretKind::OpaqueToken, Basis::Likely, 0.65, Length::Exact(drawn.len()))
}

/// A number under a name that says `hint`: a PIN, a code, or a password of digits.
pub(crate) fn number(digits: &str, hint: Option<Hint>) -> Option<Hit> {
    let rule = match hint? {
        Hint::Password => ("named-password", SecretKind::Password),
        Hint::Code => ("named-code", SecretKind::OpaqueToken),
        _ => return None,
    };
    let is_pin = (4..=16).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    let length = Length::Password(digits.len());
    is_pin.then(|| hit(rule.0, rule.1, Basis::Likely, 0.65, length)).flatten()
}

/// Bytes that are no text, under a name that says `hint`.
pub(crate) fn bytes(bytes: &[u8], hint: Option<Hint>) -> Option<Hit> {
    let length = Length::Exact(bytes.len());
    if unpack::is_private_der(bytes) {
        return hit("private-key-der", SecretKind::PrivateKey, Basis::Verified, 0.95, length);
    }
    let kind = match hint? {
        Hint::Secret(kind) => kind,
        Hint::AwsSecret | Hint::CodeSeed => SecretKind::OpaqueToken,
        Hint::Mnemonic => SecretKind::PrivateKey,
        _ => return None,
    };
    is_random_bytes(bytes).then(|| hit("named-random", kind, Basis::Likely, 0.6, length)).flatten()
}

/// The private member of a key that is written as a JSON object.
pub(crate) fn key_object(rule: &'static str, secret: &str) -> Option<Hit> {
    let public = if rule == "jwk" { "JWK " } else { "" };
    hit(rule, SecretKind::PrivateKey, Basis::Verified, 0.95, Length::Exact(secret.len()))
        .map(|hit| Hit { public: Cow::Borrowed(public), ..hit })
}

/// The signature of a JSON Web Signature that is written as JSON.
pub(crate) fn jws(signature: &str) -> Option<Hit> {
    hit("jwt", SecretKind::Jwt, Basis::Verified, 0.95, Length::Exact(signature.len()))
        .map(|hit| Hit { public: Cow::Borrowed("JWS "), ..hit })
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
        issued: None,
        span: 0..usize::MAX,
    })
}
