//! Projections: the attributes of a table without those that hold secrets, as an expression in which every name is
//! an alias, so that reserved words, dots and blanks in names do not matter ("Expression attribute names (aliases) in
//! DynamoDB", "Reserved words in DynamoDB").

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::snapshot::{Seen, Snapshot, Table, sample::SecretKind};

/// A secret at least this likely is left out.
const LIKELY: f64 = 0.5;
/// Names that a sample keeps; a table with as many may have more.
const MOST_NAMES: usize = 1000;

/// The attributes of one table without its secrets.
#[derive(Debug, Clone, PartialEq)]
pub struct Projection {
    /// ARN of the table.
    pub arn: String,
    /// Its name.
    pub table: String,
    /// Its Region.
    pub region: String,
    /// Attributes to return, sorted: the table's keys, and what was seen and holds no secret.
    pub kept: Vec<String>,
    /// Top-level attributes that are left out, with the kinds of the secrets in them.
    pub left_out: BTreeMap<String, BTreeSet<SecretKind>>,
    /// Keys of the table that hold a secret: a request cannot leave them out.
    pub secret_keys: Vec<String>,
    /// Whether there may be attributes that are not listed: names that were masked, too many of them, or no item.
    pub partial: bool,
    /// Indexes that copy something that is left out, each with what it should include (`INCLUDE`) in its place.
    pub indexes: Vec<(String, Vec<String>)>,
}

impl Projection {
    /// `#a0, #a1, …`.
    pub fn expression(&self) -> String {
        (0..self.kept.len()).map(|n| format!("#a{n}")).collect::<Vec<_>>().join(", ")
    }

    /// Alias → name.
    pub fn names(&self) -> Value {
        let pairs = self.kept.iter().enumerate().map(|(n, name)| (format!("#a{n}"), json!(name)));
        Value::Object(pairs.collect())
    }
}

/// One projection for each table in which secrets were seen, by ARN.
pub fn of(snapshot: &Snapshot) -> Vec<Projection> {
    let tables = snapshot.accounts.iter().flat_map(|account| &account.tables);
    let mut all: Vec<Projection> = tables.filter_map(one).collect();
    all.sort_by(|a, b| a.arn.cmp(&b.arn));
    all
}

fn one(table: &Table) -> Option<Projection> {
    let Seen::Value(sample) = &table.sample else { return None };
    let contents = &sample.contents;
    let mut left_out: BTreeMap<String, BTreeSet<SecretKind>> = BTreeMap::new();
    for seen in contents.sightings.iter().filter(|s| s.confidence >= LIKELY && s.is_flagged()) {
        left_out.entry(top_level(&seen.path, &contents.names)).or_default().insert(seen.kind);
    }
    if left_out.is_empty() {
        return None;
    }
    let description = table.description.value();
    let keys: Vec<String> =
        description.into_iter().flat_map(|d| &d.keys).map(|key| key.name.clone()).collect();
    let secret_keys: Vec<String> = keys.iter().filter(|key| left_out.contains_key(*key)).cloned().collect();
    let readable = |name: &&String| !name.contains(['{', '\\']);
    let mut kept: BTreeSet<String> = contents
        .names
        .keys()
        .filter(readable)
        .filter(|name| !left_out.contains_key(*name))
        .cloned()
        .collect();
    kept.extend(keys.iter().cloned());
    let indexes = description.into_iter().flat_map(|d| &d.indexes).filter_map(|index| {
        let own: BTreeSet<&String> = keys.iter().chain(index.keys.iter().map(|key| &key.name)).collect();
        let copies = match index.projection.as_str() {
            "ALL" => left_out.keys().any(|name| !own.contains(name)),
            _ => index.included.iter().any(|name| left_out.contains_key(name) && !own.contains(name)),
        };
        let wanted = if index.projection == "ALL" {
            kept.iter().collect::<Vec<_>>()
        } else {
            index.included.iter().filter(|name| !left_out.contains_key(*name)).collect()
        };
        let include = wanted.into_iter().filter(|name| !own.contains(name)).cloned().collect();
        copies.then(|| (index.name.clone(), include))
    });
    Some(Projection {
        arn: table.arn.clone(),
        table: table.name.clone(),
        region: table.region.clone(),
        indexes: indexes.collect(),
        partial: contents.names.len() >= MOST_NAMES || contents.names.keys().any(|name| !readable(&name)),
        kept: kept.into_iter().collect(),
        left_out,
        secret_keys,
    })
}

/// The attribute that a path leads through. Names may hold dots themselves, so the longest name that was seen counts.
fn top_level(path: &str, names: &BTreeMap<String, u64>) -> String {
    let leads = |name: &&String| {
        path.strip_prefix(name.as_str())
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[', '|']))
    };
    let longest = names.keys().filter(leads).max_by_key(|name| name.len());
    longest.cloned().unwrap_or_else(|| path.split(['.', '[', '|']).next().unwrap_or(path).to_owned())
}

/// How a secret of this kind is taken back, and how it is kept instead.
pub fn advice(kind: SecretKind) -> &'static str {
    use SecretKind as K;
    match kind {
        K::Jwt | K::AccessToken => {
            "Let it expire within minutes and do not store it: keep its id (`jti`) and expiry. Revoke what is out by rotating the signing key or ending the sessions."
        }
        K::SessionToken => {
            "Store HMAC-SHA-256 of the token under a key from Secrets Manager or KMS, and look sessions up by that. End all sessions once."
        }
        K::RefreshToken => {
            "Store a keyed hash where it is only compared; encrypt it on the client where it is sent on. Revoke all at the issuer, and turn refresh token rotation on."
        }
        K::ApiKey | K::OpaqueToken => {
            "Store a keyed hash (HMAC-SHA-256) and a short prefix to recognise it by. Issue new keys, and end the old ones after a time of overlap."
        }
        K::ProviderToken => {
            "Revoke it with its provider and issue another; keep that in Secrets Manager with rotation, and its secret's name in the item."
        }
        K::AwsAccessKey => {
            "Deactivate and delete the access key (iam:UpdateAccessKey, iam:DeleteAccessKey), look at its last use, and let the workload take a role."
        }
        K::PrivateKey => {
            "Make a new key pair in KMS or an HSM, revoke the certificate, and keep no private key in items."
        }
        K::ConnectionString => {
            "Change the password in it, keep it in Secrets Manager with rotation, and its secret's name in the item."
        }
        K::Password => {
            "Store a hash by Argon2id or scrypt with a salt of each, never the password. Have all of them changed."
        }
        K::PasswordHash => "Hash anew by Argon2id at the next logon, or wrap the old hash in it at once.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_name_that_was_seen_is_the_attribute() {
        let names = ["a", "a.b", "auth"].map(|name| (name.to_owned(), 1)).into();
        assert_eq!(top_level("a.b.c", &names), "a.b");
        assert_eq!(top_level("a[].c", &names), "a");
        assert_eq!(top_level("auth|json.token", &names), "auth");
        assert_eq!(top_level("other.token", &names), "other");
    }
}
