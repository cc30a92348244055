//! Attributes that say when their items are of no more use, counted by form and age; never a moment itself.

use serde::{Deserialize, Serialize};

/// One attribute that says when its item is of no more use.
///
/// What a number means is told by its size: of today's times, seconds have ten digits and milliseconds thirteen.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expiry {
    /// Top-level attribute, as paths write it.
    pub attribute: String,
    /// Sampled items that have it.
    pub items: u64,
    /// Of these, numbers that are seconds since the epoch.
    pub seconds: u64,
    /// Numbers that are milliseconds since the epoch.
    pub milliseconds: u64,
    /// Texts that write a time: digits, or a date as ISO 8601 has it.
    pub text: u64,
    /// Times of any form that passed more than a week before the snapshot was taken.
    pub expired: u64,
    /// Of these, times more than five years back.
    pub ancient: u64,
    /// Times of any form more than five years ahead.
    pub distant: u64,
}
