//! Facts of a table's sample: what its items hold, counted.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Serialize;

use super::{Collection, Fact, Gaps};
use crate::{
    detect::{
        prevalence::{at_most, percent},
        shown_name,
    },
    snapshot::{
        self, Seen,
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
    /// Largest share of the items, 0 to 1, that could hold what was not found, with 95 % confidence, one-sided; of a table with a
    /// sort key, of those that its item collections begin with.
    pub missed_share: Fact<f64>,
    /// That share in words: `1.5 % of its items`, or `12 % of the items that its collections begin with`.
    pub missed: Fact<String>,
    /// Share of items that carry a client-side encryption header, 0 to 1.
    pub encrypted_share: f64,
    /// Whether some items were encrypted by the legacy DynamoDB Encryption Client.
    pub legacy_encryption: bool,
    /// The attribute that time to live looks at; null where that is off, or no sampled item has it.
    pub expiry: Fact<Option<Expiry>>,
    /// Other top-level attributes that, by their names, say when the item is of no more use.
    pub expiries: Collection<Expiry>,
    /// Items with a token in them that lack the attribute of time to live; 0 where that is off.
    pub lasting_tokens: Fact<i64>,
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

/// An attribute that says when its item is of no more use, counted over the sample.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Expiry {
    /// Name.
    pub attribute: String,
    /// Sampled items that have it.
    pub items: i64,
    /// Of these, items in which it is a number of seconds since the epoch: the one form that time to live reads.
    pub seconds: i64,
    /// Items in which it is a number of milliseconds.
    pub milliseconds: i64,
    /// Items in which it is a text that writes a time.
    pub text: i64,
    /// Items in which it is no time at all: a duration, a word, another type.
    pub other: i64,
    /// Items whose time passed more than a week ago, whatever its form.
    pub expired: i64,
    /// Of these, more than five years ago: time to live does not remove them.
    pub ancient: i64,
    /// Items whose time lies more than five years ahead.
    pub distant: i64,
}

/// The facts of one sample.
pub fn facts(table: &snapshot::Table, sample: &snapshot::Sample) -> Sample {
    let contents = &sample.contents;
    let (expiry, expiries) = expiries(table, sample);
    let encrypted = contents.encrypted_items + contents.legacy_encrypted_items;
    // A sort key would let items lie together, and count for less.
    let untold = table.description.gap().filter(|_| sample.stopped != Stopped::Everything);
    Sample {
        items_read: sample.items_read as i64,
        complete: sample.stopped == Stopped::Everything,
        missed_share: Fact::unless(untold, missed_share(sample)),
        missed: Fact::unless(untold, {
            let of = if begins_only(table) { BEGINNINGS } else { "its items" };
            format!("{} of {of}", percent(missed_share(sample), false))
        }),
        encrypted_share: if sample.items_read == 0 {
            0.0
        } else {
            encrypted as f64 / sample.items_read as f64
        },
        legacy_encryption: contents.legacy_encrypted_items > 0,
        expiry,
        expiries,
        lasting_tokens: lasting_tokens(table, sample),
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

/// What a sample of which [`begins_only`] holds speaks of.
pub const BEGINNINGS: &str = "the items that its collections begin with";

/// Whether of a table's item collections only the first items were looked at. Scan reads a collection from its lowest sort key on
/// (AWS documentation: "Scan"), and a sample goes on to another one before its end.
pub fn begins_only(table: &snapshot::Table) -> bool {
    let has_sort_key = |table: &snapshot::Table| {
        table.description.value().is_some_and(|d| d.keys.iter().any(|key| key.role == "RANGE"))
    };
    let is_a_part =
        |sample: &snapshot::Sample| sample.stopped != Stopped::Everything && sample.source.is_none();
    table.sample.value().is_some_and(is_a_part) && has_sort_key(table)
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

/// The attribute that time to live looks at, and the others.
fn expiries(
    table: &snapshot::Table,
    sample: &snapshot::Sample,
) -> (Fact<Option<Expiry>>, Collection<Expiry>) {
    let all = &sample.contents.expiries;
    let ttl = match &table.time_to_live {
        Seen::Gap(gap) => {
            return (Fact::Unknown(gap.into()), Collection::unseen(gap));
        }
        Seen::Value(ttl) => ttl.attribute.as_deref().filter(|_| ttl.is_on()).map(shown_name),
    };
    let watched = all.iter().find(|one| Some(&one.attribute) == ttl.as_ref());
    let own = match (watched, &sample.gap) {
        (None, Some(gap)) if ttl.is_some() => Fact::Unknown(gap.into()),
        _ => Fact::Known(watched.map(expiry)),
    };
    let others = all.iter().filter(|one| Some(&one.attribute) != ttl.as_ref());
    (own, Collection { items: others.map(expiry).collect(), gaps: (&sample.gap).into() })
}

fn expiry(one: &snapshot::expiry::Expiry) -> Expiry {
    let times = one.seconds + one.milliseconds + one.text;
    Expiry {
        attribute: one.attribute.clone(),
        items: one.items as i64,
        seconds: one.seconds as i64,
        milliseconds: one.milliseconds as i64,
        text: one.text as i64,
        other: one.items.saturating_sub(times) as i64,
        expired: one.expired as i64,
        ancient: one.ancient as i64,
        distant: one.distant as i64,
    }
}

/// Unknown where none was seen and the sample was cut short, or what time to live looks at was not told.
fn lasting_tokens(table: &snapshot::Table, sample: &snapshot::Sample) -> Fact<i64> {
    let seen = sample.contents.lasting_tokens as i64;
    let cut = sample.gap.as_ref().filter(|_| seen == 0);
    Fact::unless(Gaps::from(table.time_to_live.gap()).and(cut), seen)
}
