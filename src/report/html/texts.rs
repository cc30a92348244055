//! The texts of the page's data, each once: rows refer to them by number. What could not be seen is said of thousands of
//! tables in the same words.

use std::{borrow::Cow, cell::RefCell, collections::HashMap};

use serde::{Serialize, Serializer};

/// Texts by the order in which they first came.
#[derive(Debug, Default)]
pub(super) struct Texts<'a>(RefCell<HashMap<Cow<'a, str>, usize>>);

impl<'a> Texts<'a> {
    /// The text's number.
    pub(super) fn number(&self, text: Cow<'a, str>) -> usize {
        let mut known = self.0.borrow_mut();
        let next = known.len();
        *known.entry(text).or_insert(next)
    }
}

/// The list as it is when it is written, which is after all that refers to it.
impl Serialize for Texts<'_> {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        let known = self.0.borrow();
        let mut list = vec![""; known.len()];
        known.iter().for_each(|(text, at)| list[*at] = text);
        out.collect_seq(list)
    }
}
