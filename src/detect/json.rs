//! JSON text as values of our own, so that what was parsed is zeroised like everything else.

use std::{collections::BTreeMap, fmt};

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use super::Value;

/// Why a text is not taken as JSON.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum NotJson {
    /// It is some other text.
    Other,
    /// It nests deeper than the parser goes.
    TooDeep,
}

/// The object, the list or the quoted text that `text` is.
pub(crate) fn parse(text: &str) -> Result<Value, NotJson> {
    let text = text.trim();
    let shape = (text.bytes().next(), text.bytes().last());
    if text.len() < 2
        || !matches!(shape, (Some(b'{'), Some(b'}')) | (Some(b'['), Some(b']')) | (Some(b'"'), Some(b'"')))
    {
        return Err(NotJson::Other);
    }
    serde_json::from_str::<Value>(text).map_err(|error| {
        // The parser has no kind of its own for this; its message holds nothing of the text.
        if error.to_string().starts_with("recursion limit") { NotJson::TooDeep } else { NotJson::Other }
    })
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Json)
    }
}

struct Json;

impl<'de> Visitor<'de> for Json {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::N(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::N(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::N(value.to_string()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::S(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::S(value))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(value) = seq.next_element()? {
            list.push(value);
        }
        Ok(Value::L(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut map = BTreeMap::new();
        while let Some((name, value)) = access.next_entry::<String, Value>()? {
            // A name given twice: a secret may hide in either, so both are kept, as a list.
            match map.remove(&name) {
                Some(first) => map.insert(name, Value::L(vec![first, value])),
                None => map.insert(name, value),
            };
        }
        Ok(Value::M(map))
    }
}
