//! Finds secrets in items, page by page, and keeps counts, shapes and keyed digests, never a value.
//!
//! ```text
//! Item ─walk─▶ scalars with their place ─rules, names, randomness─▶ hits ─tree─▶ Contents
//!       └─unpack─┘ (JSON, base64, hex, gzip, zlib, zstd, forms, URLs, cookies, headers, text in bytes)
//! ```
//!
//! How sure a sighting is: verified (a checksum or a structure decodes) 0.95 to 0.97, shaped 0.8 to 0.85, likely
//! (name and look) 0.6 to 0.75 and less where few values of the path look so. See [`Tally`] for what is bounded.

mod age;
mod benign;
mod budget;
mod descriptor;
mod expiry;
mod guard;
mod identity;
mod inflate;
mod json;
mod judge;
mod key;
mod language;
mod lexicon;
mod literal;
mod look;
mod mask;
mod mnemonic;
mod names;
mod own;
mod pairs;
mod password;
mod path;
mod personal;
pub(crate) mod prevalence;
mod randomness;
mod rules;
mod secret;
mod services;
mod tally;
mod tongues;
mod tree;
mod unpack;
mod value;
mod veil;
mod verdict;
mod walk;
mod words;

use std::{fmt, sync::Arc};

#[cfg(feature = "aws")]
pub(crate) use names::suggests;

pub use key::{DigestKey, DigestKeyError, MIN_KEY_BYTES};
pub use own::{Exception, Own, Pattern};
pub use path::shown_name;
pub use secret::{Content, Secret};
pub use tally::Tally;
pub use value::{Item, Map, Value};
pub use verdict::{Inspector, Looked, NotItem, Verdict};

/// The detector: the rules and the key of the digests. Shared by all tables of a run.
pub struct Detector {
    key: DigestKey,
    own: Own,
}

impl Detector {
    /// A detector with the product's own rules.
    pub fn new(key: DigestKey) -> Self {
        Self { key, own: Own::default() }
    }

    /// The detector with what a user adds to it.
    #[must_use]
    pub fn with(self, own: Own) -> Self {
        Self { own, ..self }
    }

    /// Starts the tally of one table.
    pub fn tally(self: &Arc<Self>) -> Tally {
        Tally::new(Arc::clone(self))
    }

    /// Starts to look at lines one by one.
    pub fn inspector(self: &Arc<Self>) -> Inspector {
        Inspector::new(Arc::clone(self))
    }

    /// Names the key of the digests: 16 hex digits.
    pub fn key_id(&self) -> String {
        self.key.id()
    }

    /// Names what the user added: 16 hex digits that change with it.
    pub fn own_id(&self) -> String {
        self.own.id()
    }

    fn key(&self) -> &DigestKey {
        &self.key
    }
}

impl fmt::Debug for Detector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Detector(…)")
    }
}
