//! The first gap of each sort that hides something from every principal alike, found once.

use super::{subjects::Subject, targets::Target};
use crate::snapshot::GapId;

/// Gaps of an account's tables and principals.
#[derive(Debug, Default)]
pub(super) struct Doubts {
    /// Behind which a way into some table may lie.
    pub(super) hidden: Option<GapId>,
    /// The same, of a table that holds secrets or may hold some.
    pub(super) hidden_sensitive: Option<GapId>,
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
            hidden: targets.iter().find_map(Target::hidden).cloned(),
            hidden_sensitive: targets.iter().filter(secret).find_map(Target::hidden).cloned(),
            own_unread: targets.iter().find_map(|target| target.own_unread.clone()),
            undescribed: targets.iter().find_map(|target| target.undescribed.clone()),
            trust: subjects.iter().find_map(|subject| subject.trust.as_ref().err()).cloned(),
            unread: unread.filter_map(|(at, s)| Some((at, s.unread.first()?.clone()))).collect(),
        }
    }
}
