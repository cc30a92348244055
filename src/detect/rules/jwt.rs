//! JSON Web Tokens: the header decides whether it is one, the claims how long it lives.

use std::{borrow::Cow, collections::BTreeSet};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::{Found, Match, Rule, is_filler};
use crate::{
    detect::{self, age},
    snapshot::sample::{Basis, SecretKind, SecretTrait},
};

/// `{"`, `{ ` and `{` with a line's end, in base64url. Three parts are signed, five encrypted.
pub(super) fn rules() -> Vec<Rule> {
    vec![
        Rule::token(
            "jwt",
            &["eyJ", "eyA", "ewo", "ew0"],
            r"[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*)?",
        )
        .kind(SecretKind::Jwt)
        .needs(".")
        .check(token),
    ]
}

/// Names of the registry "JSON Web Signature and Encryption Algorithms": the only ones ever shown.
const ALGORITHMS: &[&str] = &[
    "HS256",
    "HS384",
    "HS512",
    "RS256",
    "RS384",
    "RS512",
    "ES256",
    "ES384",
    "ES512",
    "ES256K",
    "PS256",
    "PS384",
    "PS512",
    "EdDSA",
    "Ed25519",
    "none",
    "dir",
    "RSA-OAEP",
    "RSA-OAEP-256",
    "RSA1_5",
    "ECDH-ES",
    "A128KW",
    "A256KW",
    "A128GCMKW",
    "A256GCMKW",
    "ECDH-ES+A128KW",
    "ECDH-ES+A256KW",
    "PBES2-HS256+A128KW",
];

/// Longest life, in seconds, that is not worth a word: a day.
const LONG_LIFE: f64 = 86_400.0;

fn token(found: &Match<'_>) -> Option<Found> {
    let text = std::str::from_utf8(found.whole).ok()?;
    let parts: Vec<&str> = text.split('.').collect();
    let header = object(parts.first()?)?;
    let alg = header.get("alg").and_then(Value::as_str);
    let encrypted = parts.len() == 5;
    // Without `alg` it is some other dotted base64 of JSON (a signed cookie, a cursor).
    if alg.is_none() || (encrypted && !header.contains_key("enc")) {
        return None;
    }
    let none = alg.is_some_and(|a| a.eq_ignore_ascii_case("none"));
    if !encrypted && !none && parts.get(2).is_none_or(|signature| signature.len() < 16) {
        return None;
    }
    let claims = parts.get(1).filter(|_| !encrypted).and_then(|part| object(part));
    if claims.as_ref().is_some_and(is_sample) {
        return None;
    }
    let mut traits = BTreeSet::new();
    let mut issued = None;
    if none {
        traits.insert(SecretTrait::JwtAlgNone);
    }
    if let Some(claims) = claims {
        let number = |name: &str| claims.get(name).and_then(Value::as_f64).map(seconds);
        issued = number("iat").filter(|at| age::is_plausible(*at)).map(|at| at as i64);
        match (number("exp"), number("iat").or_else(|| number("nbf"))) {
            (None, _) => {
                traits.insert(SecretTrait::JwtNoExpiry);
            }
            (Some(exp), Some(from)) if exp - from > LONG_LIFE => {
                traits.insert(SecretTrait::JwtLongLived);
            }
            _ => {}
        }
    }
    let known = ALGORITHMS.iter().find(|known| alg == Some(**known));
    let word = if encrypted { "JWE " } else { "JWT " };
    let public = known.map_or(Cow::Borrowed(word), |known| Cow::Owned(format!("{word}({known}) ")));
    let id = Some(if encrypted { "jwe" } else { "jwt" });
    found.found(Basis::Verified).map(|f| Found { public, traits, id, issued, ..f })
}

/// A date of a claim: seconds since 1970 (RFC 7519, NumericDate), which some issuers write in milliseconds.
fn seconds(date: f64) -> f64 {
    // In seconds, the year 5138.
    if date > 1e11 { date / 1000.0 } else { date }
}

/// The signature of a JSON Web Signature that is written as JSON (RFC 7515, 7.2): a header that is protected, and beside it
/// what signs it.
pub(crate) fn jws_signature<'m>(map: &'m detect::Map<'_>) -> Option<&'m str> {
    let text = |wanted: &str| match map.iter().find(|(name, _)| name.expose() == wanted) {
        Some((_, detect::Value::S(text))) => Some(text.expose()),
        _ => None,
    };
    let (signature, header) = (text("signature")?, text("protected")?);
    let base64url = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    let signs = signature.len() >= 40 && signature.bytes().all(base64url) && !is_filler(signature.as_bytes());
    (signs && object(header)?.get("alg")?.is_string()).then_some(signature)
}

/// The person of every tutorial: `1234567890`, John Doe.
fn is_sample(claims: &Map<String, Value>) -> bool {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    text("sub") == Some("1234567890") && text("name").is_none_or(|name| name == "John Doe")
}

/// The JSON object that `part` is the base64url of.
pub(super) fn object(part: &str) -> Option<Map<String, Value>> {
    let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(part.trim_end_matches('=')).ok()?);
    serde_json::from_slice(&bytes).ok()
}
