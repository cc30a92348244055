//! JSON that keeps what `serde_json::Value` forgets: repeated keys and the order of members.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use super::Malformed;

/// A JSON value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Json {
    Null,
    /// A string, a number or a boolean: policies write values as any of them.
    Scalar {
        text: String,
        quoted: bool,
    },
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Json {
    /// Reads a document; a byte order mark and white space around it are allowed.
    pub(super) fn parse(text: &str) -> Result<Self, Malformed> {
        let text = text.trim_start_matches('\u{feff}').trim();
        if text.is_empty() {
            return Err(Malformed::new("document", "it is empty"));
        }
        serde_json::from_str(text).map_err(|error| {
            // The message of a syntax error names no content, only what was expected where.
            let (line, column) = (error.line(), error.column());
            Malformed::new("document", format!("not JSON at line {line}, column {column}"))
        })
    }

    /// What sort of value it is, for messages.
    pub(super) fn sort(&self) -> &'static str {
        match self {
            Json::Null => "null",
            Json::Scalar { quoted: true, .. } => "a string",
            Json::Scalar { quoted: false, .. } => "a number or boolean",
            Json::List(_) => "a list",
            Json::Object(_) => "an object",
        }
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

fn bare<E>(value: impl ToString) -> Result<Json, E> {
    Ok(Json::Scalar { text: value.to_string(), quoted: false })
}

impl<'de> Visitor<'de> for Reader {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }
    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }
    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        bare(value)
    }
    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        bare(value)
    }
    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        bare(value)
    }
    fn visit_f64<E>(self, value: f64) -> Result<Json, E> {
        bare(value)
    }
    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(Json::Scalar { text: value.to_owned(), quoted: true })
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Json, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Json::List(items))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Json::Object(members))
    }
}
