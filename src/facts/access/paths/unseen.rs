//! Ways that may be there and were not seen: whom clusters, keys and tables that were not listed could lead further.

use super::{
    cached::{askers, is_cached, reads},
    edges::Search,
    means::Gives,
    serving,
};
use crate::facts::{
    Gaps,
    access::{Access, bits::Bits, subjects::Subject},
};

/// Ways that may be there and were not seen.
pub(super) struct Unseen {
    /// Why they were not.
    pub(super) gaps: Gaps,
    /// Whom one of them could lead to a table that they do not read.
    pub(super) by: Bits,
}

/// Ways by clusters that were not listed, and by clusters and keys to tables that were not. `any`: what each subject
/// reads itself.
pub(super) fn unseen(access: &Access, search: &Search<'_>, any: &[Bits]) -> Vec<Unseen> {
    let size = access.subjects.len();
    let numbers = |found: Vec<(usize, &Subject)>| Bits::of(size, found.into_iter().map(|(at, _)| at));
    let gaps = Gaps::from(&access.unlisted).and(&access.doubts.hidden);
    if !gaps.is_empty() {
        let keyed = numbers(askers(access, |means| means.gives == Gives::Decrypt));
        let mut found = vec![Unseen { gaps: gaps.clone(), by: keyed }];
        let unlisted = access.scene.clusters_unlisted.as_ref();
        if unlisted.is_some() || !access.scene.clusters.is_empty() {
            let by = numbers(askers(access, is_cached));
            found.push(Unseen { gaps: Gaps::from(unlisted).and(gaps), by });
        }
        found.retain(|unseen| !unseen.by.is_empty());
        return found;
    }
    let Some(gap) = access.scene.clusters_unlisted.clone() else { return Vec::new() };
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
    if by.is_empty() { Vec::new() } else { vec![Unseen { gaps: gap.into(), by }] }
}
