//! Names that are secrets themselves: a map keyed by session tokens names none of them.

use std::collections::{HashMap, hash_map::Entry};

use foldhash::fast::RandomState;

use super::{
    budget::Budget,
    guard::is_disarmed,
    look::Sorts,
    names::{Hint, hint, wraps},
    randomness::{is_mail, is_random, is_short_random, is_uuid},
    rules::{self, Hit},
};

/// Names remembered; a table has far fewer, and what is not remembered is looked at again.
const MAX_REMEMBERED: usize = 4096;
/// Longest name remembered, in bytes.
const MAX_NAME: usize = 256;

/// What a name is.
pub(crate) enum Known {
    /// A name, which may be shown.
    Name(Named),
    /// A value: masked, with the secrets in it.
    Value(Vec<Hit>),
}

/// A name that was looked at.
#[derive(Clone, Copy)]
pub(crate) struct Named {
    /// Its number, if it is remembered.
    id: Option<u32>,
    /// What it says by itself.
    pub alone: Option<Hint>,
    /// Whether it says that a secret lies there as its digest or its ciphertext.
    pub disarmed: bool,
    /// Whether it says nothing of its own, and hands on what holds it.
    pub wraps: bool,
}

/// Decides which names are shown, and remembers what they say.
#[derive(Default)]
pub(crate) struct Mask {
    clean: HashMap<Box<str>, Named, RandomState>,
    /// What a name says that another one holds, by the numbers of both.
    held: HashMap<(u32, u32), Option<Hint>, RandomState>,
}

impl Mask {
    /// Whether the name may be shown, and the secrets in it.
    pub(crate) fn name(&mut self, name: &str, budget: &mut Budget) -> Known {
        if let Some(named) = self.clean.get(name) {
            return Known::Name(*named);
        }
        if !budget.work(name.len()) {
            return Known::Value(Vec::new());
        }
        // Maps keyed by UUIDs are common, and no format is one.
        if is_uuid(name) {
            return Known::Value(Vec::new());
        }
        let hits = rules::find(name.as_bytes(), Sorts::of(name.as_bytes()), budget);
        if !hits.is_empty() || is_dynamic(name) {
            return Known::Value(hits);
        }
        let alone = hint(&[None, Some(name)]);
        if is_drawn(name, alone.is_some()) {
            return Known::Value(hits);
        }
        let room = self.clean.len() < MAX_REMEMBERED && name.len() <= MAX_NAME;
        let id = room.then_some(self.clean.len() as u32);
        let named = Named { id, alone, disarmed: is_disarmed(name), wraps: wraps(name) };
        if room {
            self.clean.insert(name.into(), named);
        }
        Known::Name(named)
    }

    /// What a name says of its value; `holder` is the name of what holds it.
    pub(crate) fn hint(&mut self, holder: Option<(&str, Named)>, name: (&str, Named)) -> Option<Hint> {
        let Some((holder, held)) = holder else { return name.1.alone };
        let (Some(outer), Some(inner)) = (held.id, name.1.id) else {
            return hint(&[Some(holder), Some(name.0)]);
        };
        let room = self.held.len() < MAX_REMEMBERED;
        match self.held.entry((outer, inner)) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(place) => {
                let said = hint(&[Some(holder), Some(name.0)]);
                if room {
                    place.insert(said);
                }
                said
            }
        }
    }
}

/// Whether a name, or a part of it, is a value whatever it says: random, a UUID, an address, a long number.
fn is_dynamic(name: &str) -> bool {
    let mut parts =
        name.split(|c: char| c.is_whitespace() || matches!(c, '#' | ':' | '/' | '|' | ',' | ';' | '=' | '"'));
    let digits = name.bytes().filter(u8::is_ascii_digit).count();
    is_mail(name)
        || (digits >= 7 && digits * 2 > name.len())
        || parts.any(|part| is_random(part) || is_uuid(part) || is_mail(part))
}

/// Whether the whole of a name is random. One that is `telling` may be written strangely (`telnyx_api_v2_key`): it is a
/// value only where a word of it is.
fn is_drawn(name: &str, telling: bool) -> bool {
    let mut words = name.split(|c: char| !c.is_ascii_alphanumeric());
    if telling { words.any(|w| is_random(w) || is_short_random(w)) } else { is_random(name) }
}
