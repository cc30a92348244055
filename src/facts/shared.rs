//! The same secret in several places: values whose keyed digests are equal.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Serialize;

use super::Collection;
use crate::snapshot::{GapId, Seen, Snapshot, Table, sample::Sighting};

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

/// Where each digest was seen, over all accounts of a snapshot.
pub struct Shared<'a> {
    places: BTreeMap<&'a str, BTreeSet<Elsewhere>>,
    gap: Option<GapId>,
}

impl<'a> Shared<'a> {
    /// Reads the samples of all tables.
    pub fn of(snapshot: &'a Snapshot) -> Self {
        let mut places: BTreeMap<&str, BTreeSet<Elsewhere>> = BTreeMap::new();
        let mut gap = None;
        for account in &snapshot.accounts {
            let unlisted = account.regions.iter().filter(|region| !region.disabled);
            gap = gap.or_else(|| unlisted.filter_map(|region| region.tables.gap.clone()).next());
            for table in &account.tables {
                let sample = match &table.sample {
                    Seen::Value(sample) => sample,
                    Seen::Gap(unread) => {
                        gap.get_or_insert_with(|| unread.clone());
                        continue;
                    }
                };
                if let Some(cut) = &sample.gap {
                    gap.get_or_insert_with(|| cut.clone());
                }
                for sighting in &sample.contents.sightings {
                    let place = Elsewhere {
                        account: account.id.clone(),
                        arn: table.arn.clone(),
                        table: table.name.clone(),
                        path: sighting.path.clone(),
                    };
                    for digest in &sighting.digests {
                        places.entry(digest).or_default().insert(place.clone());
                    }
                }
            }
        }
        places.retain(|_, all| all.len() > 1);
        Self { places, gap }
    }

    /// The other places of what was seen under `path` of `table`.
    pub fn elsewhere(&self, table: &Table, path: &str, seen: &[&Sighting]) -> Collection<Elsewhere> {
        let digests = seen.iter().flat_map(|sighting| &sighting.digests);
        let places = digests.filter_map(|digest| self.places.get(digest.as_str())).flatten();
        let others: BTreeSet<&Elsewhere> =
            places.filter(|place| place.arn != table.arn || place.path != path).collect();
        Collection { items: others.into_iter().take(MAX_PLACES).cloned().collect(), gap: self.gap.clone() }
    }
}
