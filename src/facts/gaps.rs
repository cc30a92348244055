//! The gaps behind which one fact lies, how facts carry them, and those that are found on the way to facts.

use std::{collections::BTreeMap, fmt::Display};

use serde::{Serialize, Serializer};
use serde_json::Value as Json;

use super::UNKNOWN;
use crate::snapshot::{Gap, GapId, ResourceId, Why};

/// Gaps that one fact names at most: where more hide it, these come first.
const MOST: usize = 8;

/// What hides a fact, each once, in the order in which it was met: the fact is told once all of them are mended.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Gaps(Vec<GapId>);

impl Gaps {
    /// Whether nothing hides it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = &GapId> {
        self.0.iter()
    }

    /// These, and more.
    #[must_use]
    pub fn and(mut self, more: impl Into<Gaps>) -> Self {
        self.add(more);
        self
    }

    /// Adds what hides it as well.
    pub fn add(&mut self, more: impl Into<Gaps>) {
        self.extend(more.into().0);
    }

    /// What an unknown fact or an incomplete collection names in JSON; none where it is neither.
    pub fn named(fact: &Json) -> Option<Self> {
        let id = |gap: &Json| gap.as_str().map(|gap| GapId(gap.to_owned()));
        match fact.get(UNKNOWN)? {
            Json::Array(gaps) => Some(gaps.iter().filter_map(id).collect()),
            gap => Some(id(gap).into()),
        }
    }
}

/// Files a gap that was found on the way to a fact, and gives its id.
pub(super) fn file(gaps: &mut BTreeMap<GapId, Gap>, gap: Gap) -> GapId {
    let id = gap.id();
    gaps.entry(id.clone()).or_insert(gap);
    id
}

/// Files a gap for a document on `on` that could not be read, and gives its id.
pub(super) fn malformed(
    gaps: &mut BTreeMap<GapId, Gap>,
    document: &str,
    on: &str,
    error: &impl Display,
) -> GapId {
    let message = format!("{document}: {error}");
    let on = ResourceId(on.to_owned());
    file(gaps, Gap { call: "policy document".to_owned(), on, why: Why::Malformed, message })
}

impl Extend<GapId> for Gaps {
    fn extend<I: IntoIterator<Item = GapId>>(&mut self, more: I) {
        for gap in more {
            if self.0.len() == MOST {
                break;
            }
            if !self.0.contains(&gap) {
                self.0.push(gap);
            }
        }
    }
}

impl FromIterator<GapId> for Gaps {
    fn from_iter<I: IntoIterator<Item = GapId>>(all: I) -> Self {
        let mut gaps = Self::default();
        gaps.extend(all);
        gaps
    }
}

impl<'a> FromIterator<&'a GapId> for Gaps {
    fn from_iter<I: IntoIterator<Item = &'a GapId>>(all: I) -> Self {
        all.into_iter().cloned().collect()
    }
}

impl From<GapId> for Gaps {
    fn from(gap: GapId) -> Self {
        Self(vec![gap])
    }
}

impl From<&GapId> for Gaps {
    fn from(gap: &GapId) -> Self {
        Self(vec![gap.clone()])
    }
}

impl From<Option<GapId>> for Gaps {
    fn from(gap: Option<GapId>) -> Self {
        gap.into_iter().collect()
    }
}

impl From<Option<&GapId>> for Gaps {
    fn from(gap: Option<&GapId>) -> Self {
        gap.into_iter().collect()
    }
}

impl From<Option<&Gaps>> for Gaps {
    fn from(gaps: Option<&Gaps>) -> Self {
        gaps.cloned().unwrap_or_default()
    }
}

impl From<&Option<GapId>> for Gaps {
    fn from(gap: &Option<GapId>) -> Self {
        gap.as_ref().into()
    }
}

impl From<&Vec<GapId>> for Gaps {
    fn from(gaps: &Vec<GapId>) -> Self {
        gaps.iter().collect()
    }
}

impl From<&Gaps> for Gaps {
    fn from(gaps: &Gaps) -> Self {
        gaps.clone()
    }
}

impl Serialize for Gaps {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.as_slice() {
            [gap] => gap.serialize(serializer),
            gaps => gaps.serialize(serializer),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_gap_is_carried_once_through_json() {
        let gap = |id: &str| GapId(id.to_owned());
        let one: Gaps = gap("a").into();
        let also = Some(gap("b"));
        let two = one.clone().and(&also).and(None::<GapId>).and(gap("a"));
        assert_eq!(two, [gap("a"), gap("b")].into_iter().collect());
        assert_eq!(json!({ UNKNOWN: &one }), json!({ "$unknown": "a" }));
        assert_eq!(json!({ UNKNOWN: &two }), json!({ "$unknown": ["a", "b"] }));
        for gaps in [one, two, Gaps::default()] {
            assert_eq!(Gaps::named(&json!({ UNKNOWN: &gaps })), Some(gaps));
        }
        assert_eq!(Gaps::named(&json!({ "name": "a" })), None);
    }

    #[test]
    fn no_more_are_named_than_anyone_reads() {
        let many: Gaps = (0..100).map(|at| GapId(at.to_string())).collect();
        assert_eq!(many.iter().count(), MOST);
    }
}
