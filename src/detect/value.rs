//! An item's values as the detector takes them: borrowed where it can be, zeroised when dropped, never shown.

use std::{fmt, mem};

use super::secret::Secret;

/// A value of DynamoDB's data model ("DynamoDB Developer Guide, Supported data types"). A set is a list here.
///
/// What it owns is zeroised on drop; `Debug` shows the shape alone.
pub enum Value<'a> {
    /// Text.
    S(Secret<'a, str>),
    /// A number, as its decimal digits.
    N(Secret<'a, str>),
    /// Bytes.
    B(Secret<'a, [u8]>),
    /// True or false.
    Bool(bool),
    /// Null.
    Null,
    /// A map.
    M(Map<'a>),
    /// A list or a set.
    L(Vec<Value<'a>>),
}

/// The entries of a map. A name given twice stands twice: a secret may hide in either.
pub type Map<'a> = Vec<(Secret<'a, str>, Value<'a>)>;

/// One item: attribute names and values.
pub struct Item<'a>(pub Map<'a>);

/// Moves what lies in `value` to `rest`, so that no depth of nesting needs a deep stack.
fn empty<'a>(value: &mut Value<'a>, rest: &mut Vec<Value<'a>>) {
    match value {
        Value::M(map) => rest.extend(mem::take(map).into_iter().map(|(_, value)| value)),
        Value::L(list) => rest.append(list),
        _ => {}
    }
}

impl Drop for Value<'_> {
    fn drop(&mut self) {
        let nests = |value: &Value<'_>| matches!(value, Value::M(_) | Value::L(_));
        let deep = match self {
            Value::M(map) => map.iter().any(|(_, value)| nests(value)),
            Value::L(list) => list.iter().any(nests),
            _ => false,
        };
        if deep {
            let mut rest = Vec::new();
            empty(self, &mut rest);
            while let Some(mut value) = rest.pop() {
                empty(&mut value, &mut rest);
            }
        }
    }
}

impl fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::S(text) => write!(f, "S({} bytes)", text.expose().len()),
            Value::N(text) => write!(f, "N({} bytes)", text.expose().len()),
            Value::B(bytes) => write!(f, "B({} bytes)", bytes.expose().len()),
            Value::Bool(_) => f.write_str("Bool"),
            Value::Null => f.write_str("Null"),
            Value::M(map) => write!(f, "M({} entries)", map.len()),
            Value::L(list) => write!(f, "L({} values)", list.len()),
        }
    }
}

impl fmt::Debug for Item<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Item({} attributes)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_million_nested_lists_are_dropped_without_a_deep_stack() {
        let mut value = Value::S("x".into());
        for _ in 0..1_000_000 {
            value = Value::L(vec![value]);
        }
        assert_eq!(format!("{value:?}"), "L(1 values)");
        drop(value);
    }

    #[test]
    fn debug_shows_the_shape_and_nothing_else() {
        let planted = "planted-value";
        let item = Item(vec![
            ("m".into(), Value::M(vec![(planted.into(), Value::Null)])),
            (planted.into(), Value::S(planted.into())),
        ]);
        let shown = format!("{item:?} {:?}", item.0.iter().map(|(_, value)| value).collect::<Vec<_>>());
        assert_eq!(shown, "Item(2 attributes) [M(1 entries), S(13 bytes)]");
    }
}
