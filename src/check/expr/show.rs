//! Values for people: as text in a message, and cut to size beside a finding.

use serde_json::{Value as Json, json};

use super::Value;
use crate::facts::{PARTIAL, UNKNOWN};

/// Characters of a text that are shown.
const TEXT: usize = 200;
/// Elements of a list, or fields of an object, that are shown.
const ELEMENTS: usize = 10;
/// Levels of lists and objects that are shown.
const LEVELS: usize = 3;

/// A value in a message.
pub(super) fn text(value: &Value) -> String {
    match value {
        Value::String(s) => cut_text(s),
        Value::Int(i) => i.to_string(),
        Value::UInt(u) => u.to_string(),
        Value::Float(f) => number(*f),
        Value::Bool(b) => b.to_string(),
        Value::Null => "none".to_owned(),
        Value::List(items) if items.is_empty() => "none".to_owned(),
        Value::List(items) => {
            let shown: Vec<String> = items.iter().take(ELEMENTS).map(text).collect();
            match items.len().saturating_sub(ELEMENTS) {
                0 => shown.join(", "),
                more => format!("{} and {more} more", shown.join(", ")),
            }
        }
        _ => "?".to_owned(),
    }
}

/// At most three digits after the point, and none that say nothing.
fn number(f: f64) -> String {
    let rounded = format!("{f:.3}");
    rounded.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn cut_text(s: &str) -> String {
    match s.char_indices().nth(TEXT) {
        None => s.to_owned(),
        Some((end, _)) => format!("{}…", &s[..end]),
    }
}

/// The value of a fact, bounded in size; what is unknown within it is named so.
pub(super) fn cut(json: &Json) -> Json {
    cut_to(json, LEVELS)
}

fn cut_to(json: &Json, levels: usize) -> Json {
    match json {
        Json::String(s) => Json::String(cut_text(s)),
        Json::Array(items) if levels == 0 && !items.is_empty() => json!("…"),
        Json::Array(items) => Json::Array(list(items, levels)),
        Json::Object(fields) => {
            if let Some(items) = fields.get(PARTIAL).and_then(Json::as_array) {
                let mut shown = list(items, levels);
                shown.push(json!("… and what was not seen"));
                return Json::Array(shown);
            }
            if fields.contains_key(UNKNOWN) {
                return json!("unknown");
            }
            if levels == 0 {
                return json!("…");
            }
            let mut names: Vec<&String> = fields.keys().collect();
            names.sort();
            let shown = names.into_iter().take(2 * ELEMENTS);
            Json::Object(shown.map(|name| (cut_text(name), cut_to(&fields[name], levels - 1))).collect())
        }
        other => other.clone(),
    }
}

fn list(items: &[Json], levels: usize) -> Vec<Json> {
    let inner = levels.saturating_sub(1);
    let mut shown: Vec<Json> = items.iter().take(ELEMENTS).map(|item| cut_to(item, inner)).collect();
    if items.len() > ELEMENTS {
        shown.push(json!(format!("… and {} more", items.len() - ELEMENTS)));
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_shown_plainly_and_bounded() {
        assert_eq!(text(&Value::Float(0.97)), "0.97");
        assert_eq!(text(&Value::Float(2.0)), "2");
        assert_eq!(text(&Value::Null), "none");
        let many: Vec<Value> = (0..12).map(Value::Int).collect();
        assert_eq!(text(&Value::List(many.into())), "0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 2 more");
        assert_eq!(text(&Value::from("é".repeat(500))).chars().count(), 201);
    }

    #[test]
    fn facts_are_cut_and_say_what_was_not_seen() {
        let deep = json!({"a": {"b": {"c": {"d": 1}}}});
        assert_eq!(cut(&deep), json!({"a": {"b": {"c": "…"}}}));
        let partial = json!({"$partial": [{"x": 1, "y": {"$unknown": "g"}}], "$unknown": "g"});
        assert_eq!(cut(&partial), json!([{"x": 1, "y": "unknown"}, "… and what was not seen"]));
        let long: Vec<usize> = (0..100_000).collect();
        assert_eq!(cut(&json!(long)).as_array().unwrap().len(), 11);
    }
}
