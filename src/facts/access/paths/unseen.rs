//! Ways that may be there and were not seen: whom clusters, keys and tables that were not listed could lead further.

use super::{
    cached::{askers, is_cached, reads},
    edges::Search,
    means::Gives,
    serving,
};
use crate::{
    facts::access::{Access, bits::Bits, subjects::Subject},
    snapshot::GapId,
};

/// Ways that may be there and were not seen.
pub(super) struct Unseen {
    /// Why they were not.
    pub(super) gap: GapId,
    /// Whom one of them could lead to a table that they do not read.
    pub(super) by: Bits,
}

/// Ways by clusters that were not listed, and by clusters and keys to tables that were not. `any`: what each subject
/// reads itself.
pub(super) fn unseen(access: &Access, search: &Search<'_>, any: &[Bits]) -> Option<Unseen> {
    let size = access.subjects.len();
    let numbers = |found: Vec<(usize, &Subject)>| Bits::of(size, found.into_iter().map(|(at, _)| at));
    if let Some(gap) = access.unlisted.as_ref().or(access.doubts.hidden.as_ref()) {
        let clusters = !access.scene.clusters.is_empty() || access.scene.clusters_unlisted.is_some();
        let by = askers(access, |means| means.gives == Gives::Decrypt || clusters && is_cached(means));
        let by = numbers(by);
        return (!by.is_empty()).then(|| Unseen { gap: gap.clone(), by });
    }
    let gap = access.scene.clusters_unlisted.clone()?;
    let unread = access.targets.len();
    let mut behind = Bits::none(unread + 1);
    let (_, roles) = serving("dax", &search.trusts, &search.ground, &search.stacks);
    for role in roles.iter() {
        behind.add(&reads(access, role).1);
        if access.subjects.get(role).is_some_and(|subject| !subject.unread.is_empty()) {
            behind.insert(unread);
        }
    }
    let mut by = numbers(askers(access, is_cached));
    let idle = |at: &usize| any.get(*at).is_some_and(|own| behind.without(own).is_empty());
    by = by.without(&Bits::of(size, by.iter().filter(idle)));
    (!by.is_empty()).then_some(Unseen { gap, by })
}
