//! What sampling saw in a table's items: paths, kinds, counts, shapes and digests, and never a value.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{bounded, expiry::Expiry};

/// Attribute names of a table that are told: the most frequent ones.
pub const MAX_NAMES: usize = 1_000;
/// Distinct digests that are told of one sort of secret under one path.
pub const MAX_DIGESTS: usize = 8;
/// Paths that are told of secrets that are kept well.
pub const MAX_PROTECTED: usize = 256;
/// Attributes that may tell when an item expires, beside that of time to live.
pub const MAX_EXPIRIES: usize = 64;
/// Attributes that are looked at for data of people and of cards.
pub const MAX_PERSONAL: usize = 1_000;

/// The outcome of sampling one table.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sample {
    /// Items read and looked through.
    pub items_read: u64,
    /// Scans that were answered.
    pub requests: u64,
    /// Read capacity units that DynamoDB says were consumed.
    pub rcu_consumed: f64,
    /// Whether some of it had to be estimated from the items' sizes, because the endpoint did not say.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub rcu_estimated: bool,
    /// Parts that the key space was cut into (`TotalSegments`).
    pub segments: u32,
    /// Parts of which at least one page was read.
    pub segments_read: u32,
    /// Where the items came from, where that was not a scan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    /// What the first look took, where there was a second one; the counts above are of both.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first: Option<Look>,
    /// Why reading stopped.
    pub stopped: Stopped,
    /// What cut the reading short, where that was neither the budget nor the number of items asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gap: Option<super::GapId>,
    /// What the items held.
    pub contents: Contents,
}

impl Sample {
    /// The gap that stands in its place: it tells what was spent, and a fault came before the first item.
    pub fn unread(&self) -> Option<&super::GapId> {
        self.gap.as_ref().filter(|_| self.items_read == 0)
    }

    /// Whether every item of the table was read, and each looked through to its end.
    pub fn is_whole(&self) -> bool {
        self.stopped == Stopped::Everything && self.gap.is_none() && self.contents.cut_items == 0
    }
}

/// What one look at a table took.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Look {
    /// Items read.
    pub items_read: u64,
    /// Read capacity units consumed.
    pub rcu_consumed: f64,
}

/// Where items were read, other than by a scan of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Source {
    /// An export to Amazon S3, which holds the table as it was at a moment.
    Export {
        /// That moment.
        time: super::Timestamp,
    },
}

/// Why sampling stopped.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stopped {
    /// Every item of the table was read.
    #[default]
    Everything,
    /// As many items as asked for were read.
    Items,
    /// The read-capacity budget was spent.
    Budget,
    /// The share of the table's provisioned capacity that a sample may take gave no more in the time for one table.
    Share,
    /// The table throttled, and what was read so far had to do.
    Throttled,
    /// The call failed midway; what was read so far stands.
    Failed,
    /// The run was interrupted.
    Interrupted,
    /// The time that the run was given was over.
    Deadline,
}

/// What the sampled items of one table held. Names and paths are masked where they hold a secret themselves.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contents {
    /// Items looked through.
    pub items: u64,
    /// Top-level attribute names, with the number of items that have them (the 1,000 most frequent).
    #[serde(deserialize_with = "bounded::counts::<MAX_NAMES, _>")]
    pub names: BTreeMap<String, u64>,
    /// Items that carry the AWS Database Encryption SDK's header (`aws_dbe_head`).
    pub encrypted_items: u64,
    /// Items that carry the legacy DynamoDB Encryption Client's material description.
    pub legacy_encrypted_items: u64,
    /// How many independent items the sample is worth for what it does not hold: fewer than were read where
    /// neighbours resemble each other; absent where it is worth them all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective_items: Option<f64>,
    /// Items that were too deep or too large to be looked through to the end.
    pub cut_items: u64,
    /// Secrets seen, by path, kind and rule.
    pub sightings: Vec<Sighting>,
    /// Top-level attributes most of whose values are data of people or of cards.
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        deserialize_with = "bounded::list::<{ MAX_PERSONAL * PersonalKind::COUNT }, _, _>"
    )]
    pub personal: Vec<Personal>,
    /// Secrets seen that the configuration wants left out of the judgement.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ignored: Vec<Ignored>,
    /// Paths under which secrets are kept so that reading them gives nothing.
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        deserialize_with = "bounded::list::<MAX_PROTECTED, _, _>"
    )]
    pub protected: Vec<Protected>,
    /// Top-level attributes that say when their items are of no more use, by name; with that of time to live.
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        deserialize_with = "bounded::list::<{ MAX_EXPIRIES + 1 }, _, _>"
    )]
    pub expiries: Vec<Expiry>,
    /// Items in which a token was found.
    pub token_items: u64,
    /// Of these, items without the attribute of time to live; none where that is off.
    pub lasting_tokens: u64,
}

/// Secrets that the configuration wants left out of the judgement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ignored {
    /// Path of the attribute, as in [`Sighting`].
    pub path: String,
    /// What it is.
    pub kind: SecretKind,
    /// The rule that recognised it.
    pub rule: String,
    /// Items in which it was seen.
    pub items: u64,
    /// Why it is left out.
    pub reason: String,
}

/// Secrets kept so that reading them gives nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Protected {
    /// Path of the attribute, as in [`Sighting`].
    pub path: String,
    /// How.
    pub guard: Guard,
    /// Sampled items in which it was seen.
    pub items: u64,
}

/// How a secret is kept so that reading it gives nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Guard {
    /// As its digest, plain or keyed.
    Digest,
    /// Encrypted by the client.
    Ciphertext,
    /// In a store of secrets that is named in its place.
    Reference,
}

/// Data of people or of cards under one attribute, counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Personal {
    /// Top-level attribute that holds it, itself or inside.
    pub attribute: String,
    /// What it is.
    pub kind: PersonalKind,
    /// Sampled items in which it was seen.
    pub items: u64,
}

/// What data of people or of cards is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PersonalKind {
    /// The number of a payment card.
    CardNumber,
    /// An e-mail address.
    Email,
    /// A telephone number in its international form.
    Phone,
    /// An international bank account number.
    Iban,
}

impl PersonalKind {
    /// How many there are.
    const COUNT: usize = 4;
}

/// One sort of secret seen under one path.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sighting {
    /// Path of the attribute: `auth.tokens[].refresh`; what was unpacked on the way is marked (`blob|json.token`).
    pub path: String,
    /// What it is.
    pub kind: SecretKind,
    /// The rule that recognised it, for example `github-pat` or `bcrypt`.
    pub rule: String,
    /// How sure that is.
    pub basis: Basis,
    /// 0 to 1: how likely a value under this path is a secret of this kind.
    pub confidence: f64,
    /// Items in which it was seen.
    pub items: u64,
    /// Items that have the path at all.
    pub items_with_path: u64,
    /// How many independent items the sample is worth for it; absent where it is worth them all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective_items: Option<f64>,
    /// Shortest value, in bytes.
    pub min_len: u64,
    /// Longest value, in bytes.
    pub max_len: u64,
    /// A masked look at one value: never more than a public prefix and the length.
    pub preview: String,
    /// Keyed digests of the first distinct values, sorted; eight at most.
    #[serde(deserialize_with = "bounded::list::<MAX_DIGESTS, _, _>")]
    pub digests: Vec<String>,
    /// What is wrong with it beside its being there.
    pub traits: BTreeSet<SecretTrait>,
    /// When the oldest one was issued, by itself or by what lies beside it, where something tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oldest: Option<super::Timestamp>,
}

impl Sighting {
    /// Whether it is worth a word: a password's hash is, only where something is wrong with it.
    pub fn is_flagged(&self) -> bool {
        is_flagged(self.kind, &self.traits)
    }
}

/// Whether a secret of this kind, with what is wrong with it, is a fault.
pub(crate) fn is_flagged(kind: SecretKind, traits: &BTreeSet<SecretTrait>) -> bool {
    kind != SecretKind::PasswordHash || !traits.is_empty()
}

/// What a secret is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SecretKind {
    /// Nothing that names a provider or a use, but random, and named like a secret.
    OpaqueToken,
    /// JSON Web Token, signed or encrypted.
    Jwt,
    /// A token that names a session.
    SessionToken,
    /// An OAuth or bearer access token.
    AccessToken,
    /// An OAuth refresh token.
    RefreshToken,
    /// An API key without a known provider's format.
    ApiKey,
    /// A token or key in a known provider's format.
    ProviderToken,
    /// An AWS access key id, alone or with its secret.
    AwsAccessKey,
    /// A private key: PEM, OpenSSH, JWK.
    PrivateKey,
    /// A URL or connection string with a password in it.
    ConnectionString,
    /// A readable password.
    Password,
    /// A password hash in a known format.
    PasswordHash,
}

impl SecretKind {
    /// All of them.
    pub const ALL: [SecretKind; 12] = [
        SecretKind::OpaqueToken,
        SecretKind::Jwt,
        SecretKind::SessionToken,
        SecretKind::AccessToken,
        SecretKind::RefreshToken,
        SecretKind::ApiKey,
        SecretKind::ProviderToken,
        SecretKind::AwsAccessKey,
        SecretKind::PrivateKey,
        SecretKind::ConnectionString,
        SecretKind::Password,
        SecretKind::PasswordHash,
    ];

    /// The word used in checks and reports.
    pub fn as_str(self) -> &'static str {
        match self {
            SecretKind::OpaqueToken => "opaque-token",
            SecretKind::Jwt => "jwt",
            SecretKind::SessionToken => "session-token",
            SecretKind::AccessToken => "access-token",
            SecretKind::RefreshToken => "refresh-token",
            SecretKind::ApiKey => "api-key",
            SecretKind::ProviderToken => "provider-token",
            SecretKind::AwsAccessKey => "aws-access-key",
            SecretKind::PrivateKey => "private-key",
            SecretKind::ConnectionString => "connection-string",
            SecretKind::Password => "password",
            SecretKind::PasswordHash => "password-hash",
        }
    }
}

/// How a secret was recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// By its name and its randomness.
    Likely,
    /// By a format that hardly anything else has.
    Shaped,
    /// By a checksum or a structure that decodes.
    Verified,
}

/// What is wrong with a secret beside its being there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SecretTrait {
    /// A JWT whose header says `alg: none`.
    JwtAlgNone,
    /// A JWT without an `exp` claim.
    JwtNoExpiry,
    /// A JWT that lives longer than 24 hours.
    JwtLongLived,
    /// A password hash made by a fast digest (MD5, SHA-1, SHA-2).
    HashFast,
    /// A password hash without a salt.
    HashUnsalted,
    /// A password hash with a cost below what is recommended.
    HashLowCost,
}
