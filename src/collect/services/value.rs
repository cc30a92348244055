//! Readers of answers as JSON values: what is absent is absent, what is of another kind is malformed.

use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::collect::fault::Fault;
use crate::snapshot::{Timestamp, Why};

/// The list under `name`; an absent one is empty, and so is the empty element that XML has for it.
pub(in crate::collect) fn list(value: &Value, name: &str) -> Result<Vec<Value>, Fault> {
    match &value[name] {
        Value::Array(items) => Ok(items.clone()),
        Value::Null => Ok(Vec::new()),
        Value::String(text) if text.is_empty() => Ok(Vec::new()),
        _ => Err(Fault::own(Why::Malformed, &format!("`{name}` is not a list"))),
    }
}

/// The texts in the list under `name`, sorted.
pub(in crate::collect) fn texts(value: &Value, name: &str) -> Result<Vec<String>, Fault> {
    let malformed = || Fault::own(Why::Malformed, &format!("`{name}` is not a list of texts"));
    let items = list(value, name)?;
    let texts: Option<Vec<String>> = items.iter().map(|item| item.as_str().map(str::to_owned)).collect();
    let mut texts = texts.ok_or_else(malformed)?;
    texts.sort();
    Ok(texts)
}

/// The object under `name`.
pub(in crate::collect) fn object<'a>(value: &'a Value, name: &str) -> Result<&'a Value, Fault> {
    let inner = &value[name];
    let missing = || Fault::own(Why::Malformed, &format!("the answer has no `{name}`"));
    if inner.is_object() { Ok(inner) } else { Err(missing()) }
}

/// The text under `name`; empty where there is none.
pub(in crate::collect) fn text(value: &Value, name: &str) -> String {
    maybe(value, name).unwrap_or_default()
}

/// The text under `name`, where there is one that is not empty.
pub(in crate::collect) fn maybe(value: &Value, name: &str) -> Option<String> {
    value[name].as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

/// Whether `name` is true, as JSON or as XML has it.
pub(in crate::collect) fn flag(value: &Value, name: &str) -> bool {
    value[name].as_bool().unwrap_or_else(|| text(value, name).eq_ignore_ascii_case("true"))
}

/// The moment under `name`: seconds since the epoch, or RFC 3339.
pub(in crate::collect) fn moment(value: &Value, name: &str) -> Option<Timestamp> {
    match &value[name] {
        Value::Number(seconds) => seconds.as_f64().map(|seconds| Timestamp(seconds as i64)),
        Value::String(text) => {
            OffsetDateTime::parse(text, &Rfc3339).ok().map(|time| Timestamp(time.unix_timestamp()))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn absent_is_empty_and_another_kind_is_malformed() {
        let value =
            json!({ "a": ["y", "x"], "b": "", "c": "text", "d": [1], "t": 1.5, "u": "2026-11-01T09:00:00Z" });
        assert_eq!(texts(&value, "a").unwrap(), ["x", "y"]);
        assert!(list(&value, "b").unwrap().is_empty() && list(&value, "none").unwrap().is_empty());
        assert!(list(&value, "c").is_err() && texts(&value, "d").is_err() && object(&value, "c").is_err());
        assert_eq!(
            (moment(&value, "t"), moment(&value, "u")),
            (Some(Timestamp(1)), Some(Timestamp(1_793_523_600)))
        );
        assert_eq!((moment(&value, "c"), maybe(&value, "b")), (None, None));
    }
}
