//! What a JSON text is, by the names at its beginning.

use std::fmt;

use serde::de::{Deserializer, Error, IgnoredAny, MapAccess, Visitor};

use super::words::words;

/// What a text claims to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A snapshot of this format.
    Snapshot(u64),
    /// A report, made from one.
    Report,
    /// None of them, for this reason.
    Foreign(String),
    /// The beginning does not tell.
    Untold,
}

/// Tells what a text is by its beginning; `whole` if that is all of it. The first of the two names decides.
pub fn kind(head: &[u8], whole: bool) -> Kind {
    if head.iter().find(|byte| !byte.is_ascii_whitespace()) != Some(&b'{') {
        return Kind::Foreign("it is not a JSON object".to_owned());
    }
    let mut found = None;
    let read = serde_json::Deserializer::from_slice(head).deserialize_map(Names(&mut found));
    match (found, read) {
        (Some(kind), _) => kind,
        (None, Ok(())) => Kind::Foreign("it has no `format`".to_owned()),
        (None, Err(error)) if error.is_eof() && !whole => Kind::Untold,
        (None, Err(error)) => Kind::Foreign(words(&error)),
    }
}

struct Names<'a>(&'a mut Option<Kind>);

impl<'de> Visitor<'de> for Names<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<String>()? {
            *self.0 = match name.as_str() {
                "format" => Some(Kind::Snapshot(map.next_value()?)),
                "schema" => Some(Kind::Report),
                _ => {
                    map.next_value::<IgnoredAny>()?;
                    continue;
                }
            };
            // What follows is not looked at.
            return Err(A::Error::custom("found"));
        }
        Ok(())
    }
}
