//! Names that are secrets themselves: a map keyed by session tokens names none of them.

use std::collections::{HashMap, HashSet};

use super::{
    budget::Budget,
    names::{Hint, hint},
    randomness::{is_mail, is_random, is_uuid},
    rules::{self, Hit},
};

/// Names remembered; a table has far fewer, and what is not remembered is looked at again.
const MAX_REMEMBERED: usize = 4096;
/// Longest name remembered, in bytes.
const MAX_NAME: usize = 256;

/// What a name is.
pub(crate) enum Known {
    /// A name, which may be shown.
    Name,
    /// A value: masked, with the secrets in it.
    Value(Vec<Hit>),
}

/// Decides which names are shown, and remembers what names say.
#[derive(Default)]
pub(crate) struct Mask {
    clean: HashSet<Box<str>>,
    /// By what holds the name, then by the name.
    hints: HashMap<Box<str>, HashMap<Box<str>, Option<Hint>>>,
    hinted: usize,
}

impl Mask {
    /// Whether the name may be shown, and the secrets in it.
    pub(crate) fn name(&mut self, name: &str, budget: &mut Budget) -> Known {
        if self.clean.contains(name) {
            return Known::Name;
        }
        if !budget.work(name.len()) {
            return Known::Value(Vec::new());
        }
        let hits = rules::find(name.as_bytes(), budget);
        if !hits.is_empty() || is_dynamic(name) {
            return Known::Value(hits);
        }
        if self.clean.len() < MAX_REMEMBERED && name.len() <= MAX_NAME {
            self.clean.insert(name.into());
        }
        Known::Name
    }

    /// What a name, held by another, says of its value.
    pub(crate) fn hint(&mut self, holder: Option<&str>, name: &str) -> Option<Hint> {
        let held = holder.unwrap_or("");
        if let Some(known) = self.hints.get(held).and_then(|names| names.get(name)) {
            return *known;
        }
        let said = hint(&[holder, Some(name)]);
        if self.hinted < MAX_REMEMBERED && held.len() <= MAX_NAME && name.len() <= MAX_NAME {
            self.hinted += 1;
            self.hints.entry(held.into()).or_default().insert(name.into(), said);
        }
        said
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
