//! The tree of a table's paths with what was seen at each: bounded, and the same in whatever order items come.

use std::collections::{BTreeMap, BTreeSet, btree_map::Entry};

use super::{
    key::{ValueDigest, hex},
    path::{Path, Segment, Step, render},
    prevalence::{Parts, worth, worth_unseen},
    rules::Hit,
    verdict::{lengths, preview},
};
use crate::snapshot::{
    Timestamp,
    sample::{Basis, MAX_DIGESTS, SecretKind, SecretTrait, Sighting},
};

/// Differing names of one map's entries, above which the map is a dictionary and its entries fold into `{*}`.
pub(crate) const MAX_ENTRIES: usize = 64;
/// Differing attribute names of a table, above which they fold.
const MAX_ATTRIBUTES: usize = 1024;
/// Places and groups kept of one table; above it dictionaries are seen in ever smaller maps.
const MAX_PLACES: usize = 8192;
/// Places that one item may add: more than an item of 400 KB has names.
const MAX_NEW_PLACES: usize = 100_000;
/// Items told apart exactly when places fold; of later ones only the number is kept.
const MAX_EXACT: u64 = 16_384;

/// A set of items by their number.
#[derive(Default, Clone)]
struct Items {
    seen: Vec<u64>,
    later: u64,
    last: Option<u64>,
}

impl Items {
    fn add(&mut self, item: u64) {
        if item >= MAX_EXACT {
            self.later += u64::from(self.last != Some(item));
            self.last = Some(item);
            return;
        }
        let (word, bit) = ((item / 64) as usize, item % 64);
        if self.seen.len() <= word {
            self.seen.resize(word + 1, 0);
        }
        self.seen[word] |= 1 << bit;
    }

    fn join(&mut self, other: &Items) {
        if self.seen.len() < other.seen.len() {
            self.seen.resize(other.seen.len(), 0);
        }
        self.seen.iter_mut().zip(&other.seen).for_each(|(a, b)| *a |= b);
        self.later += other.later;
        self.last = self.last.max(other.last);
    }

    /// Of each part its size and how many of the set lie there, as far as items are told apart.
    fn by_part(&self, total: u64, parts: &Parts) -> Vec<(u64, u64)> {
        let has = |item: u64| {
            let word = self.seen.get((item / 64) as usize).copied().unwrap_or(0);
            word >> (item % 64) & 1
        };
        parts.count(total.min(MAX_EXACT), |range| range.map(has).sum())
    }

    fn count(&self) -> u64 {
        self.seen.iter().map(|w| u64::from(w.count_ones())).sum::<u64>() + self.later
    }
}

/// What one rule saw at one place. Every field joins in any order to the same.
struct Group {
    items: Items,
    basis: Basis,
    confidence: f64,
    lengths: (u64, u64),
    preview: String,
    digests: BTreeSet<ValueDigest>,
    traits: BTreeSet<SecretTrait>,
    /// When the oldest was issued.
    oldest: Option<i64>,
}

impl Group {
    fn join(&mut self, other: Group) {
        self.items.join(&other.items);
        self.basis = self.basis.max(other.basis);
        self.confidence = self.confidence.max(other.confidence);
        self.lengths = (self.lengths.0.min(other.lengths.0), self.lengths.1.max(other.lengths.1));
        if other.preview < self.preview {
            self.preview = other.preview;
        }
        self.digests.extend(other.digests);
        while self.digests.len() > MAX_DIGESTS {
            self.digests.pop_last();
        }
        self.traits.extend(other.traits);
        self.oldest = [self.oldest, other.oldest].into_iter().flatten().min();
    }
}

/// One place in the items of a table.
#[derive(Default)]
pub(crate) struct Place {
    items: Items,
    inner: BTreeMap<Segment, Place>,
    folded: bool,
    groups: BTreeMap<(SecretKind, &'static str), Group>,
}

impl Place {
    /// Notes that `item` has this place.
    fn visit(&mut self, item: u64) {
        self.items.add(item);
    }

    /// Notes a secret.
    fn record(&mut self, item: u64, hit: &Hit, digest: ValueDigest) {
        let group = Group {
            items: Items::default(),
            basis: hit.basis,
            confidence: hit.confidence,
            lengths: lengths(hit),
            preview: preview(hit),
            digests: BTreeSet::from([digest]),
            traits: hit.traits.clone(),
            oldest: hit.issued,
        };
        self.add(hit.kind, hit.rule, group).add(item);
    }

    fn add(&mut self, kind: SecretKind, rule: &'static str, group: Group) -> &mut Items {
        match self.groups.entry((kind, rule)) {
            Entry::Occupied(have) => {
                let have = have.into_mut();
                have.join(group);
                &mut have.items
            }
            Entry::Vacant(place) => &mut place.insert(group).items,
        }
    }

    /// The place at the end of a path; where the tree takes no new places, the nearest one that there is.
    fn at(&mut self, path: Option<&Path<'_>>, room: &mut Room) -> &mut Place {
        match path {
            None => self,
            Some(path) => self.at(path.up, room).step(path.step, room),
        }
    }

    fn step(&mut self, step: Step<'_>, room: &mut Room) -> &mut Place {
        let segment = match step {
            Step::Name(_) if self.folded => Segment::Star,
            other => Segment::from(other),
        };
        if !self.inner.contains_key(&segment) {
            if room.places == 0 {
                return self;
            }
            room.places -= 1;
            room.grown = true;
        }
        self.inner.entry(segment).or_default()
    }

    fn join(&mut self, other: Place) {
        self.items.join(&other.items);
        self.folded |= other.folded;
        for (segment, place) in other.inner {
            match self.inner.get_mut(&segment) {
                Some(have) => have.join(place),
                None => {
                    self.inner.insert(segment, place);
                }
            }
        }
        for ((kind, rule), group) in other.groups {
            self.add(kind, rule, group);
        }
    }

    /// Folds maps with more than `limit` differing entries; tells how many places and groups are left.
    fn fold(&mut self, limit: usize, own_limit: usize) -> usize {
        let names = self.inner.keys().filter(|s| matches!(s, Segment::Name(_))).count();
        if names > own_limit || (self.folded && names > 0) {
            self.folded = true;
            let mut star = Place::default();
            let mut kept = BTreeMap::new();
            for (segment, place) in std::mem::take(&mut self.inner) {
                match segment {
                    Segment::Name(_) | Segment::Star => star.join(place),
                    other => {
                        kept.insert(other, place);
                    }
                }
            }
            kept.insert(Segment::Star, star);
            self.inner = kept;
        }
        1 + self.groups.len() + self.inner.values_mut().map(|place| place.fold(limit, limit)).sum::<usize>()
    }

    fn sightings(&self, path: &mut Vec<Segment>, of: &Whole<'_>, out: &mut Vec<Sighting>) {
        let Whole { total, parts, unseen } = *of;
        let with_path = self.items.count().min(total);
        for ((kind, rule), group) in &self.groups {
            let items = group.items.count().min(with_path);
            out.push(Sighting {
                path: render(path),
                kind: *kind,
                rule: (*rule).to_owned(),
                basis: group.basis,
                confidence: confidence(group, items, with_path),
                items,
                items_with_path: with_path,
                effective_items: worth(total, &group.items.by_part(total, parts), unseen),
                min_len: group.lengths.0,
                max_len: group.lengths.1,
                preview: group.preview.clone(),
                digests: group.digests.iter().map(|digest| hex(digest)).collect(),
                traits: group.traits.clone(),
                oldest: group.oldest.map(Timestamp),
            });
        }
        for (segment, place) in &self.inner {
            path.push(segment.clone());
            place.sightings(path, of, out);
            path.pop();
        }
    }
}

/// A format speaks for itself. A likely secret is less likely where few values of its path look like one:
/// full from half of them on, down to two fifths where hardly any does. Two decimals.
fn confidence(group: &Group, items: u64, with_path: u64) -> f64 {
    let share = items as f64 / with_path.max(1) as f64;
    let scale = if group.basis == Basis::Likely { 0.4 + 0.6 * (share * 2.0).min(1.0) } else { 1.0 };
    (group.confidence * scale * 100.0).round() / 100.0
}

/// How many places one item may add, before the tree folds again.
struct Room {
    places: usize,
    grown: bool,
}

/// The sample that sightings are of.
pub(crate) struct Whole<'a> {
    /// Its items.
    pub(crate) total: u64,
    pub(crate) parts: &'a Parts,
    /// How many independent items it is worth for what it does not hold; None where that is all.
    pub(crate) unseen: Option<f64>,
}

/// All places of a table.
pub(crate) struct Tree {
    /// The items themselves; attributes are one step away.
    root: Place,
    room: Room,
    limit: usize,
}

impl Tree {
    pub(crate) fn new() -> Self {
        Self {
            root: Place::default(),
            room: Room { places: MAX_NEW_PLACES, grown: false },
            limit: MAX_ENTRIES,
        }
    }

    /// Notes that `item` has a place; without a path, that it is there.
    pub(crate) fn visit(&mut self, item: u64, path: Option<&Path<'_>>) {
        self.root.at(path, &mut self.room).visit(item);
    }

    /// Notes a secret.
    pub(crate) fn record(&mut self, item: u64, path: &Path<'_>, hit: &Hit, digest: ValueDigest) {
        self.root.at(Some(path), &mut self.room).record(item, hit, digest);
    }

    /// Whether places are refused, and what is seen counts for the place that holds it.
    pub(crate) fn is_full(&self) -> bool {
        self.room.places == 0
    }

    /// Folds after an item.
    pub(crate) fn settle(&mut self) {
        if !self.room.grown {
            return;
        }
        let mut places = self.fold();
        while places > MAX_PLACES && self.limit > 1 {
            self.limit /= 2;
            places = self.fold();
        }
        self.room = Room { places: if places > MAX_PLACES { 0 } else { MAX_NEW_PLACES }, grown: false };
    }

    fn fold(&mut self) -> usize {
        self.root.fold(self.limit, self.limit * (MAX_ATTRIBUTES / MAX_ENTRIES))
    }

    /// Sightings by path, kind, rule.
    pub(crate) fn sightings(&self, of: &Whole<'_>) -> Vec<Sighting> {
        let mut out = Vec::new();
        self.root.sightings(&mut Vec::new(), of, &mut out);
        out.sort_by(|a, b| (&a.path, a.kind, &a.rule).cmp(&(&b.path, b.kind, &b.rule)));
        out
    }

    /// How many independent items the sample is worth for what it does not hold; None where it is worth them all.
    pub(crate) fn worth_unseen(&self, total: u64, parts: &Parts) -> Option<f64> {
        let names = self.root.inner.values().map(|place| place.items.by_part(total, parts));
        worth_unseen(total, parts, names)
    }
}
