//! Snapshot and engines → the tree of facts.

use super::Facts;
use crate::snapshot::Snapshot;

/// Joins everything that a check may ask about.
pub fn build(_snapshot: &Snapshot) -> Facts {
    Facts::default()
}
