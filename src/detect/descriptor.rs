//! DynamoDB's type descriptors: what the value is that an object of one entry types.

use super::{Value, secret::Secret, unpack};

/// The value that the one entry of a map types ("DynamoDB low-level API, Data type descriptors"), or that map.
pub(super) fn typed<'a>(name: Secret<'a, str>, mut value: Value<'a>) -> Value<'a> {
    let typed = match (name.expose(), &mut value) {
        ("S", Value::S(_)) | ("M", Value::M(_)) | ("L" | "SS", Value::L(_)) | ("BOOL", Value::Bool(_)) => {
            return value;
        }
        ("N", Value::N(_)) => return value,
        ("NULL", Value::Bool(_) | Value::Null) => return Value::Null,
        ("N", Value::S(digits)) => Some(Value::N(digits.take())),
        ("NS", Value::L(list)) => all(list, |digits| Some(Value::N(digits.take()))),
        ("B", Value::S(text)) => bytes(text),
        ("BS", Value::L(list)) => all(list, bytes),
        _ => None,
    };
    typed.unwrap_or_else(|| Value::M(vec![(name, value)]))
}

/// A set: every element is a text of the type's own form.
fn all<'a>(
    list: &mut [Value<'a>],
    one: impl Fn(&mut Secret<'a, str>) -> Option<Value<'a>>,
) -> Option<Value<'a>> {
    if !list.iter().all(|value| matches!(value, Value::S(_))) {
        return None;
    }
    let texts = list.iter_mut().map(|value| match value {
        Value::S(text) => one(text),
        _ => None,
    });
    texts.collect::<Option<Vec<_>>>().map(Value::L)
}

fn bytes<'a>(text: &mut Secret<'a, str>) -> Option<Value<'a>> {
    unpack::base64(text.expose()).map(Value::B)
}
