//! The first gap of each sort that hides something from every principal alike, found once.

use super::{subjects::Subject, targets::Target};
use crate::{facts::Gaps, snapshot::GapId};

/// Gaps of an account's tables and principals.
#[derive(Debug, Default)]
pub(super) struct Doubts {
    /// Behind which a way into some table may lie.
    pub(super) hidden: Gaps,
    /// The same, of a table that holds secrets or may hold some.
    pub(super) hidden_sensitive: Gaps,
    /// A table's own policy.
    pub(super) own_unread: Option<GapId>,
    /// A table that was not described.
    pub(super) undescribed: Option<GapId>,
    /// A role's trust policy.
    pub(super) trust: Option<GapId>,
    /// Subjects of whom a policy was not read, each with its gap.
    pub(super) unread: Vec<(usize, GapId)>,
}

impl Doubts {
    /// Those of these tables and principals.
    pub(super) fn of(targets: &[Target], subjects: &[Subject]) -> Self {
        let secret = |target: &&Target| target.sensitive || target.unsampled.is_some();
        let unread = subjects.iter().enumerate();
        Self {
            hidden: hidden(targets.iter()),
            hidden_sensitive: hidden(targets.iter().filter(secret)),
            own_unread: targets.iter().find_map(|target| target.own_unread.clone()),
            undescribed: targets.iter().find_map(|target| target.undescribed.clone()),
            trust: subjects.iter().find_map(|subject| subject.trust.as_ref().err()).cloned(),
            unread: unread.filter_map(|(at, s)| Some((at, s.unread.first()?.clone()))).collect(),
        }
    }
}

/// The gaps behind which a way into these tables may lie: the first of each sort.
pub(super) fn hidden<'a>(targets: impl Iterator<Item = &'a Target>) -> Gaps {
    let (mut unread, mut undescribed) = (None, None);
    for target in targets {
        unread = unread.or(target.unread.first());
        undescribed = undescribed.or(target.undescribed.as_ref());
    }
    Gaps::from(unread).and(undescribed)
}
