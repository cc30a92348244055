//! Whether an event matches a pattern of Amazon EventBridge (AWS documentation: "Creating Amazon EventBridge event patterns",
//! "Comparison operators for use in event patterns").

use serde_json::Value;

use crate::source::glob;

/// Whether `event` matches `pattern`. What the pattern asks and this cannot tell does not match.
pub fn matches(pattern: &Value, event: &Value) -> bool {
    let Some(fields) = pattern.as_object() else { return false };
    !fields.is_empty()
        && fields.iter().all(|(name, wanted)| match (name.as_str(), wanted) {
            ("$or", Value::Array(any)) => any.iter().any(|one| matches(one, event)),
            (_, Value::Object(_)) => matches_below(wanted, event.get(name)),
            (_, Value::Array(any)) => any.iter().any(|one| value_fits(one, event.get(name))),
            _ => false,
        })
}

/// A field that is absent has no fields of its own, of which a pattern may ask that they be absent.
fn matches_below(pattern: &Value, inner: Option<&Value>) -> bool {
    matches(pattern, inner.unwrap_or(&Value::Null))
}

fn value_fits(wanted: &Value, found: Option<&Value>) -> bool {
    match (wanted, found) {
        (Value::Object(test), _) if test.contains_key("exists") => {
            test.get("exists").and_then(Value::as_bool) == Some(found.is_some())
        }
        (_, None) => false,
        (_, Some(Value::Array(each))) => each.iter().any(|one| value_fits(wanted, Some(one))),
        (Value::Object(test), Some(found)) => {
            test.len() == 1 && test.iter().all(|(operator, operand)| holds(operator, operand, found))
        }
        (wanted, Some(found)) => wanted == found,
    }
}

fn holds(operator: &str, operand: &Value, found: &Value) -> bool {
    let folded = |text: &str| text.to_lowercase();
    let same = |a: &Value, b: &Value| match (a.as_str(), b.as_str()) {
        (Some(a), Some(b)) => folded(a) == folded(b),
        _ => false,
    };
    match (operator, operand, found) {
        ("prefix", Value::String(begin), Value::String(text)) => text.starts_with(begin.as_str()),
        ("suffix", Value::String(end), Value::String(text)) => text.ends_with(end.as_str()),
        ("prefix", Value::Object(fold), Value::String(text)) => fold
            .get("equals-ignore-case")
            .and_then(Value::as_str)
            .is_some_and(|begin| folded(text).starts_with(&folded(begin))),
        ("suffix", Value::Object(fold), Value::String(text)) => fold
            .get("equals-ignore-case")
            .and_then(Value::as_str)
            .is_some_and(|end| folded(text).ends_with(&folded(end))),
        ("equals-ignore-case", _, _) => same(operand, found),
        ("wildcard", Value::String(pattern), Value::String(text)) => wildcard(pattern, text),
        ("anything-but", Value::Array(none), _) => !none.contains(found),
        ("anything-but", Value::Object(test), _) => {
            let one = |(operator, operand): (&String, &Value)| match operand {
                Value::Array(any) => any.iter().any(|one| holds(operator, one, found)),
                one => holds(operator, one, found),
            };
            test.len() == 1 && !test.iter().any(one)
        }
        ("anything-but", one, _) => one != found,
        ("numeric", Value::Array(tests), Value::Number(number)) => {
            number.as_f64().is_some_and(|number| numeric(tests, number))
        }
        _ => false,
    }
}

/// `*` stands for any characters, and nothing else does.
fn wildcard(pattern: &str, text: &str) -> bool {
    // No name of ours holds a question mark, so that one in a pattern fits nothing.
    !pattern.contains('?') && glob::matches(pattern, text)
}

/// Pairs of operator and number.
fn numeric(tests: &[Value], number: f64) -> bool {
    !tests.is_empty()
        && tests.chunks(2).all(|pair| match pair {
            [Value::String(operator), limit] => limit.as_f64().is_some_and(|limit| match operator.as_str() {
                "=" => number == limit,
                "<" => number < limit,
                "<=" => number <= limit,
                ">" => number > limit,
                ">=" => number >= limit,
                _ => false,
            }),
            _ => false,
        })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn patterns_match_as_eventbridge_documents_them() {
        let event = json!({ "source": "aws.dynamodb", "detail": {
            "eventName": "DeleteTable", "resources": ["a", "b"], "size": 5, "errorCode": null } });
        for (pattern, fits) in [
            (json!({ "source": ["aws.dynamodb"] }), true),
            (json!({ "source": ["aws.s3"] }), false),
            (json!({ "source": ["aws.dynamodb"], "detail": { "eventName": ["PutItem"] } }), false),
            (json!({ "detail": { "eventName": ["PutItem", "DeleteTable"] } }), true),
            (json!({ "source": [{ "prefix": "aws." }] }), true),
            (json!({ "source": [{ "suffix": ".s3" }] }), false),
            (json!({ "detail": { "eventName": [{ "prefix": { "equals-ignore-case": "delete" } }] } }), true),
            (json!({ "detail": { "eventName": [{ "equals-ignore-case": "deletetable" }] } }), true),
            (json!({ "detail": { "eventName": [{ "wildcard": "Del*ble" }] } }), true),
            (json!({ "detail": { "eventName": [{ "wildcard": "Del?teTable" }] } }), false),
            (json!({ "detail": { "eventName": [{ "anything-but": "PutItem" }] } }), true),
            (json!({ "detail": { "eventName": [{ "anything-but": ["PutItem", "DeleteTable"] }] } }), false),
            (json!({ "detail": { "eventName": [{ "anything-but": { "prefix": "Delete" } }] } }), false),
            (json!({ "detail": { "eventName": [{ "anything-but": { "suffix": ["x", "Table"] } }] } }), false),
            (json!({ "detail": { "tableName": [{ "exists": false }] } }), true),
            (json!({ "detail": { "eventName": [{ "exists": false }] } }), false),
            (json!({ "detail": { "request": { "tableName": [{ "exists": false }] } } }), true),
            (json!({ "detail": { "request": { "tableName": ["orders"] } } }), false),
            (json!({ "detail": { "resources": ["b"] } }), true),
            (json!({ "detail": { "size": [{ "numeric": [">", 3, "<=", 5] }] } }), true),
            (json!({ "detail": { "size": [{ "numeric": [">", 5] }] } }), false),
            (json!({ "detail": { "errorCode": [null] } }), true),
            (json!({ "$or": [{ "source": ["aws.s3"] }, { "detail": { "size": [5] } }] }), true),
            (json!({ "$or": [{ "source": ["aws.s3"] }] }), false),
            (json!({ "source": [{ "cidr": "10.0.0.0/8" }] }), false),
            (json!({ "source": "aws.dynamodb" }), false),
            (json!({}), false),
            (json!([]), false),
        ] {
            assert_eq!(matches(&pattern, &event), fits, "{pattern}");
        }
    }
}
