//! Facts of a table's sample: how much was read, and what it held.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    detect::prevalence::at_most,
    snapshot::{
        self,
        sample::{Contents, PersonalKind, SecretKind, Sighting, Stopped},
    },
};

/// What sampling saw.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Sample {
    /// Items read.
    pub items_read: i64,
    /// Whether every item of the table was read.
    pub complete: bool,
    /// Largest share of the items, 0 to 1, that could hold what was not found, with 95 % confidence, one-sided.
    pub missed_share: f64,
    /// Share of items that carry a client-side encryption header, 0 to 1.
    pub encrypted_share: f64,
    /// Whether some items were encrypted by the legacy DynamoDB Encryption Client.
    pub legacy_encryption: bool,
    /// Top-level attribute that looks like an expiry (by its name) though it is not the TTL attribute; null where none does.
    pub expiry_attribute: Option<String>,
    /// Number of paths under which a secret was seen.
    pub secrets: i64,
    /// Number of paths under which a secret was seen that can be used as it lies there: no hash, confidence 0.6 and more.
    pub readable: i64,
    /// Paths under which secrets are kept so that reading them gives nothing: a digest, a ciphertext, the name of a secret in a
    /// store, a password's hash without a fault.
    pub protected: Vec<String>,
    /// Paths under which secrets were seen that the configuration leaves out, each with its reason.
    pub ignored: Vec<String>,
    /// Top-level attributes that hold numbers of payment cards.
    pub cards: Vec<String>,
    /// Top-level attributes that hold e-mail addresses, telephone numbers or bank accounts of people.
    pub personal: Vec<String>,
}

/// The facts of a table's sample.
pub fn of(table: &snapshot::Table, sample: &snapshot::Sample) -> Sample {
    let contents = &sample.contents;
    let ttl = table.time_to_live.value().and_then(|ttl| ttl.attribute.as_deref());
    let encrypted = contents.encrypted_items + contents.legacy_encrypted_items;
    Sample {
        items_read: sample.items_read as i64,
        complete: sample.stopped == Stopped::Everything,
        missed_share: missed_share(sample),
        encrypted_share: if sample.items_read == 0 {
            0.0
        } else {
            encrypted as f64 / sample.items_read as f64
        },
        legacy_encryption: contents.legacy_encrypted_items > 0,
        expiry_attribute: contents.names.keys().find(|n| is_expiry(n) && Some(n.as_str()) != ttl).cloned(),
        secrets: contents.sightings.len() as i64,
        readable: contents.sightings.iter().filter(|one| is_readable(one)).count() as i64,
        protected: protected(contents),
        ignored: contents.ignored.iter().map(|one| format!("{} ({})", one.path, one.reason)).collect(),
        cards: personal(contents, |kind| kind == PersonalKind::CardNumber),
        personal: personal(contents, |kind| kind != PersonalKind::CardNumber),
    }
}

/// The largest share of a table's items, 0 to 1, that can hold what its sample does not (95 %, one-sided), rounded up.
pub fn missed_share(sample: &snapshot::Sample) -> f64 {
    if sample.stopped == Stopped::Everything {
        return 0.0;
    }
    let bound = at_most(sample.contents.effective_items.unwrap_or(sample.items_read as f64));
    (bound * 1000.0).ceil() / 1000.0
}

/// Whether a secret can be used as it lies there.
fn is_readable(one: &Sighting) -> bool {
    one.kind != SecretKind::PasswordHash && one.confidence >= 0.6
}

/// The paths under which secrets are kept well, each once.
fn protected(contents: &Contents) -> Vec<String> {
    let hashes =
        contents.sightings.iter().filter(|one| one.kind == SecretKind::PasswordHash && !one.is_flagged());
    let kept = contents.protected.iter().map(|one| &one.path).chain(hashes.map(|one| &one.path));
    let paths: BTreeSet<&String> = kept.collect();
    paths.into_iter().cloned().collect()
}

/// The attributes that hold data of such kinds, each once.
fn personal(contents: &Contents, of: impl Fn(PersonalKind) -> bool) -> Vec<String> {
    let mut names: Vec<String> =
        contents.personal.iter().filter(|one| of(one.kind)).map(|one| one.attribute.clone()).collect();
    names.dedup();
    names
}

/// Whether an attribute's name says that it holds the time after which its item is of no use.
fn is_expiry(name: &str) -> bool {
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
    [
        "ttl",
        "expires",
        "expiresat",
        "expireat",
        "expiry",
        "expiration",
        "expirationtime",
        "expirydate",
        "validuntil",
    ]
    .iter()
    .any(|word| plain == *word || plain.strip_prefix("token").or(plain.strip_prefix("session")) == Some(word))
}

#[cfg(test)]
mod tests {
    use super::is_expiry;

    #[test]
    fn an_expiry_is_known_by_its_name() {
        for name in ["ttl", "expires_at", "expiresAt", "TokenExpiry", "session_expires_at", "expiration-time"]
        {
            assert!(is_expiry(name), "{name}");
        }
        for name in ["expired_count", "title", "expires_notified", "token", "experience"] {
            assert!(!is_expiry(name), "{name}");
        }
    }
}
