//! Names that are secrets themselves: a map keyed by session tokens names none of them.

use std::collections::BTreeSet;

use super::{
    budget::Budget,
    path::{Segment, shown_name},
    randomness::{is_mail, is_random, is_uuid},
    rules::{self, Hit},
};

/// Names remembered as clean; a table has far fewer, and what is not remembered is looked at again.
const MAX_REMEMBERED: usize = 4096;

/// A name as it may be shown.
pub(crate) struct Shown {
    /// The name, or `*`.
    pub segment: Segment,
    /// Secrets in the name.
    pub hits: Vec<Hit>,
}

/// Decides which names are shown.
#[derive(Default)]
pub(crate) struct Mask {
    clean: BTreeSet<String>,
}

impl Mask {
    /// The name as a path shows it, and the secrets in it.
    pub(crate) fn name(&mut self, name: &str, budget: &mut Budget) -> Shown {
        if self.clean.contains(name) {
            return Shown { segment: Segment::Name(shown_name(name)), hits: Vec::new() };
        }
        if !budget.work(name.len()) {
            return Shown { segment: Segment::Star, hits: Vec::new() };
        }
        let hits = rules::find(name.as_bytes(), budget);
        if !hits.is_empty() || is_dynamic(name) {
            return Shown { segment: Segment::Star, hits };
        }
        if self.clean.len() < MAX_REMEMBERED && name.len() <= 256 {
            self.clean.insert(name.to_owned());
        }
        Shown { segment: Segment::Name(shown_name(name)), hits }
    }
}

/// Whether a name, or a part of it, is a value: random, a UUID, an address, a long number.
fn is_dynamic(name: &str) -> bool {
    let parts = || {
        name.split(|c: char| c.is_whitespace() || matches!(c, '#' | ':' | '/' | '|' | ',' | ';' | '=' | '"'))
    };
    let digits = name.bytes().filter(u8::is_ascii_digit).count();
    is_random(name)
        || is_mail(name)
        || (digits >= 7 && digits * 2 > name.len())
        || parts().any(|part| is_random(part) || is_uuid(part) || is_mail(part))
}
