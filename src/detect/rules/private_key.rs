//! Private keys: PEM and OpenSSH armour, and JSON Web Keys.

use std::borrow::Cow;

use base64::{Engine, engine::general_purpose::STANDARD};
use zeroize::Zeroizing;

use super::{Found, Match, Rule};
use crate::{
    detect::{Map, Value},
    snapshot::sample::{Basis, SecretKind},
};

pub(super) fn rules() -> Vec<Rule> {
    vec![
        // The body may have its lines' ends written out as `\n`, and headers; two dashes end it.
        Rule::token(
            "private-key",
            &["-----BEGIN "],
            r"([A-Z0-9]{2,10} ){0,2}PRIVATE KEY( BLOCK)?-----((?:[^-]|-[^-]){64,}?)-----END ",
        )
        .kind(SecretKind::PrivateKey)
        .check(armour),
        // The same in base64 within a text, as a kubeconfig holds it.
        Rule::token("private-key-base64", &["LS0tLS1CRUdJTiB"], "[A-Za-z0-9+/]{80,}={0,2}")
            .kind(SecretKind::PrivateKey)
            .check(packed),
    ]
}

/// Labels of RFC 7468 and of OpenSSL, OpenSSH and OpenPGP: the only ones ever shown.
const LABELS: &[&str] = &["RSA", "EC", "DSA", "OPENSSH", "ENCRYPTED", "PGP", "SSH2 ENCRYPTED", "ANY"];

fn armour(found: &Match<'_>) -> Option<Found> {
    let after = std::str::from_utf8(found.tail()).ok()?;
    let label = after.split("PRIVATE KEY").next().unwrap_or("").trim_end();
    let known = LABELS.iter().find(|known| **known == label);
    let public = match known {
        Some(known) => Cow::Owned(format!("-----BEGIN {known} PRIVATE KEY-----")),
        None => Cow::Borrowed("-----BEGIN PRIVATE KEY-----"),
    };
    let body = std::str::from_utf8(found.group(3)).ok()?;
    // Written-out line ends, headers (`Proc-Type: …`) and OpenPGP's checksum are not part of the data.
    let lines = body.replace("\\r", "").replace("\\n", "\n");
    let data: Zeroizing<String> = Zeroizing::new(
        lines.lines().map(str::trim).filter(|l| !l.contains(':') && !l.starts_with('=')).collect(),
    );
    if data.len() < 48 {
        return None;
    }
    let bytes = Zeroizing::new(STANDARD.decode(data.as_bytes()).unwrap_or_default());
    // DER begins with a SEQUENCE, OpenSSH's format with its name, an OpenPGP packet with its high bit set.
    let decodes = bytes.first() == Some(&0x30)
        || bytes.starts_with(b"openssh-key-v1\0")
        || (label == "PGP" && bytes.first().is_some_and(|b| b & 0x80 != 0));
    found.found(if decodes { Basis::Verified } else { Basis::Shaped }).map(|f| Found { public, ..f })
}

/// A value that is nothing else is unpacked, which says more.
fn packed(found: &Match<'_>) -> Option<Found> {
    let whole = found.whole;
    let bytes = Zeroizing::new(STANDARD.decode(whole.get(..whole.len() / 4 * 4)?).ok()?);
    let label = bytes.get(..64)?.windows(11).any(|eleven| eleven == b"PRIVATE KEY");
    label.then(|| found.found(Basis::Likely)).flatten().map(|f| Found { public: Cow::Borrowed(""), ..f })
}

/// A key written as a JSON object: its rule, and the member that makes it private.
///
/// `d` of a JSON Web Key, or `k` of a symmetric one (RFC 7517, RFC 7518 §6); `value` of a key in a keyset of Tink.
pub(crate) fn key_object<'m>(map: &'m Map<'_>) -> Option<(&'static str, &'static str, &'m str)> {
    let text = |name: &str| match map.iter().find(|(n, _)| n.expose() == name) {
        Some((_, Value::S(text))) => Some(text.expose()),
        _ => None,
    };
    let (rule, name) = match (text("kty"), text("keyMaterialType")) {
        (Some("RSA" | "EC" | "OKP"), _) => ("jwk", "d"),
        (Some("oct"), _) => ("jwk", "k"),
        (None, Some("SYMMETRIC" | "ASYMMETRIC_PRIVATE")) => ("tink-keyset", "value"),
        _ => return None,
    };
    let secret = text(name)?;
    let base64 = |b: u8| b.is_ascii_alphanumeric() || b"-_=+/".contains(&b);
    (secret.len() >= 16 && secret.bytes().all(base64)).then_some((rule, name, secret))
}
