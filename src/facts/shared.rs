//! The same secret in several places: values whose keyed digests are equal.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Serialize;

use super::{Collection, Gaps};
use crate::snapshot::{Seen, Snapshot, Table, sample::Sighting};

/// Places told of one attribute; a token that lies in more is no better for it.
const MAX_PLACES: usize = 16;

/// Another place in which a sampled value of an attribute lies too.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Elsewhere {
    /// Account of that table.
    pub account: String,
    /// ARN of that table.
    pub arn: String,
    /// Name of that table.
    pub table: String,
    /// Path there.
    pub path: String,
}

/// A place, in the order of [`Elsewhere`]: account, ARN and name of the table, path.
type Place<'a> = (&'a str, &'a str, &'a str, &'a str);

/// Where each digest was seen, over all accounts of a snapshot.
pub struct Shared<'a> {
    places: BTreeMap<&'a str, BTreeSet<Place<'a>>>,
    gaps: Gaps,
}

impl<'a> Shared<'a> {
    /// Reads the samples of all tables.
    pub fn of(snapshot: &'a Snapshot) -> Self {
        let mut places: BTreeMap<&str, BTreeSet<Place<'_>>> = BTreeMap::new();
        let (mut unlisted, mut unread, mut cut) = (None, None, None);
        for account in &snapshot.accounts {
            let mut regions = account.regions.iter().filter(|region| !region.disabled);
            unlisted = unlisted.or_else(|| regions.find_map(|region| region.tables.gap.as_ref()));
            for table in &account.tables {
                let sample = match &table.sample {
                    Seen::Value(sample) => sample,
                    Seen::Gap(gap) => {
                        unread = unread.or(Some(gap));
                        continue;
                    }
                };
                cut = cut.or(sample.gap.as_ref());
                for sighting in &sample.contents.sightings {
                    let place: Place<'_> = (&account.id, &table.arn, &table.name, &sighting.path);
                    for digest in &sighting.digests {
                        places.entry(digest).or_default().insert(place);
                    }
                }
            }
        }
        places.retain(|_, all| all.len() > 1);
        // The first of each sort; more of a sort say no more.
        Self { places, gaps: Gaps::from(unlisted).and(unread).and(cut) }
    }

    /// The other places of what was seen under `path` of `table`.
    pub fn elsewhere(&self, table: &Table, path: &str, seen: &[&Sighting]) -> Collection<Elsewhere> {
        let digests = seen.iter().flat_map(|sighting| &sighting.digests);
        let places = digests.filter_map(|digest| self.places.get(digest.as_str()));
        // The first of them all are among the first of each; a digest of a thousand places is not gone through.
        let others = places.flat_map(|all| {
            all.iter().filter(|(_, arn, _, other)| *arn != table.arn || *other != path).take(MAX_PLACES)
        });
        let others: BTreeSet<&Place<'_>> = others.collect();
        let told = others.into_iter().take(MAX_PLACES).map(|(account, arn, table, path)| Elsewhere {
            account: (*account).to_owned(),
            arn: (*arn).to_owned(),
            table: (*table).to_owned(),
            path: (*path).to_owned(),
        });
        Collection { items: told.collect(), gaps: self.gaps.clone() }
    }
}
