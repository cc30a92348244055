//! Secrets kept so that whoever reads them gets nothing: digests, ciphertexts, references to a store. Counted, for what is
//! done well is a finding too.

use std::collections::BTreeMap;

use super::{
    benign::{is_ciphertext, is_stored_elsewhere},
    names::Hint,
    path::Path,
    unpack,
    words::words,
};
use crate::snapshot::sample::{Guard, MAX_PROTECTED, Protected};

/// The places of a table where secrets are kept so.
#[derive(Default)]
pub(crate) struct Guarded {
    /// Items, and the last of them.
    places: BTreeMap<(String, Guard), (u64, u64)>,
}

impl Guarded {
    /// Notes a value of `item`.
    pub(crate) fn note(&mut self, item: u64, path: &Path<'_>, guard: Guard) {
        let place = (path.render(), guard);
        if self.places.len() >= MAX_PROTECTED && !self.places.contains_key(&place) {
            return;
        }
        let (items, last) = self.places.entry(place).or_insert((0, u64::MAX));
        *items += u64::from(*last != item);
        *last = item;
    }

    /// By path.
    pub(crate) fn finish(self) -> Vec<Protected> {
        self.places.into_iter().map(|((path, guard), (items, _))| Protected { path, guard, items }).collect()
    }
}

/// How a value that is no readable secret guards one, by its look and by what its name says: `hint`, or `disarmed`.
pub(crate) fn guard(text: &str, hint: Option<Hint>, disarmed: bool) -> Option<Guard> {
    let secret = matches!(
        hint,
        Some(Hint::Secret(_) | Hint::AwsSecret | Hint::Password | Hint::CodeSeed | Hint::Mnemonic)
    );
    match () {
        () if (secret || disarmed) && is_ciphertext(text) => Some(Guard::Ciphertext),
        () if secret && is_stored_elsewhere(text) => Some(Guard::Reference),
        () if disarmed && is_digest(text) => Some(Guard::Digest),
        () => None,
    }
}

/// Whether a name says that a secret lies there as its digest or its ciphertext: `refresh_token_hash`, `encryptedPassword`.
pub(crate) fn is_disarmed(name: &str) -> bool {
    const MARKS: &[&str] = &[
        "cipher",
        "ciphertext",
        "digest",
        "enc",
        "encrypted",
        "hash",
        "hashed",
        "hmac",
        "sealed",
        "sha",
        "tokenized",
        "wrapped",
    ];
    const NOUNS: &[&str] = &["cookie", "credential", "key", "password", "pin", "secret", "session", "token"];
    let words = words(name);
    let has = |of: &[&str]| words.iter().any(|word| of.contains(&word.as_str()));
    has(MARKS) && has(NOUNS)
}

/// A digest of SHA-1 or SHA-2 in hex or base64.
fn is_digest(text: &str) -> bool {
    let text =
        ["sha1:", "sha256:", "sha512:"].iter().find_map(|start| text.strip_prefix(start)).unwrap_or(text);
    let hex = matches!(text.len(), 40 | 56 | 64 | 96 | 128) && text.bytes().all(|b| b.is_ascii_hexdigit());
    let packed = (27..=88).contains(&text.len())
        && unpack::base64(text).is_some_and(|bytes| matches!(bytes.expose().len(), 20 | 32 | 48 | 64));
    hex || packed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snapshot::sample::SecretKind;

    #[test]
    fn a_guarded_secret_is_told_by_name_and_form() {
        let token = Some(Hint::Secret(SecretKind::AccessToken));
        let hex = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae";
        let kms = format!("AQICAH{}", "aB3x".repeat(20));
        for (text, hint, disarmed, guarded) in [
            (hex, None, true, Some(Guard::Digest)),
            ("LCa0a2j/xo/5m0U8HTBBNBNCLXBkg7+g+YpeiGJm564=", None, true, Some(Guard::Digest)),
            (hex, token, false, None),
            (hex, None, false, None),
            ("active", None, true, None),
            (kms.as_str(), token, false, Some(Guard::Ciphertext)),
            (kms.as_str(), None, true, Some(Guard::Ciphertext)),
            (kms.as_str(), None, false, None),
            ("arn:aws:secretsmanager:eu-west-1:111122223333:secret:a", token, false, Some(Guard::Reference)),
            ("/var/lib/file", token, false, None),
        ] {
            assert_eq!(guard(text, hint, disarmed), guarded, "{text}");
        }
        for name in
            ["refresh_token_hash", "encryptedPassword", "hashed_token", "api_key_hmac", "session_sha256"]
        {
            assert!(is_disarmed(name), "{name}");
        }
        for name in ["commit_hash", "token", "content_sha256", "password"] {
            assert!(!is_disarmed(name), "{name}");
        }
    }
}
