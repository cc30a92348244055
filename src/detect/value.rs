//! An item's values as the detector takes them: zeroised when dropped, and never shown.

use std::{collections::BTreeMap, fmt, mem};

use zeroize::Zeroize;

/// A value of DynamoDB's data model ("DynamoDB Developer Guide, Supported data types").
///
/// Its content is zeroised on drop; `Debug` shows the shape alone.
pub enum Value {
    /// Text.
    S(String),
    /// A number, as its decimal digits.
    N(String),
    /// Bytes.
    B(Vec<u8>),
    /// True or false.
    Bool(bool),
    /// Null.
    Null,
    /// A map.
    M(BTreeMap<String, Value>),
    /// A list.
    L(Vec<Value>),
    /// A set of texts.
    Ss(Vec<String>),
    /// A set of numbers.
    Ns(Vec<String>),
    /// A set of bytes.
    Bs(Vec<Vec<u8>>),
}

/// One item: attribute names and values.
pub struct Item(pub BTreeMap<String, Value>);

/// Zeroises `value` and moves what lies in it to `rest`, so that no depth of nesting needs a deep stack.
fn empty(value: &mut Value, rest: &mut Vec<Value>) {
    match value {
        Value::S(text) | Value::N(text) => text.zeroize(),
        Value::B(bytes) => bytes.zeroize(),
        Value::Bool(_) | Value::Null => {}
        Value::M(map) => empty_map(map, rest),
        Value::L(list) => rest.append(list),
        Value::Ss(texts) | Value::Ns(texts) => texts.zeroize(),
        Value::Bs(all) => all.zeroize(),
    }
}

fn empty_map(map: &mut BTreeMap<String, Value>, rest: &mut Vec<Value>) {
    for (mut name, value) in mem::take(map) {
        name.zeroize();
        rest.push(value);
    }
}

fn empty_all(mut rest: Vec<Value>) {
    while let Some(mut value) = rest.pop() {
        empty(&mut value, &mut rest);
    }
}

impl Drop for Value {
    fn drop(&mut self) {
        let mut rest = Vec::new();
        empty(self, &mut rest);
        empty_all(rest);
    }
}

impl Drop for Item {
    fn drop(&mut self) {
        let mut rest = Vec::new();
        empty_map(&mut self.0, &mut rest);
        empty_all(rest);
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::S(text) => write!(f, "S({} bytes)", text.len()),
            Value::N(text) => write!(f, "N({} bytes)", text.len()),
            Value::B(bytes) => write!(f, "B({} bytes)", bytes.len()),
            Value::Bool(_) => f.write_str("Bool"),
            Value::Null => f.write_str("Null"),
            Value::M(map) => write!(f, "M({} entries)", map.len()),
            Value::L(list) => write!(f, "L({} values)", list.len()),
            Value::Ss(texts) => write!(f, "Ss({} values)", texts.len()),
            Value::Ns(texts) => write!(f, "Ns({} values)", texts.len()),
            Value::Bs(all) => write!(f, "Bs({} values)", all.len()),
        }
    }
}

impl fmt::Debug for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Item({} attributes)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_million_nested_lists_are_dropped_without_a_deep_stack() {
        let mut value = Value::S("x".to_owned());
        for _ in 0..1_000_000 {
            value = Value::L(vec![value]);
        }
        assert_eq!(format!("{value:?}"), "L(1 values)");
        drop(value);
    }

    #[test]
    fn debug_shows_the_shape_and_nothing_else() {
        let planted = "planted-value";
        let item = Item(BTreeMap::from([
            (planted.to_owned(), Value::S(planted.to_owned())),
            ("m".to_owned(), Value::M(BTreeMap::from([(planted.to_owned(), Value::Null)]))),
        ]));
        let shown = format!("{item:?} {:?}", item.0.values().collect::<Vec<_>>());
        assert_eq!(shown, "Item(2 attributes) [M(1 entries), S(13 bytes)]");
    }

    #[test]
    fn emptying_a_value_zeroises_it() {
        let mut value = Value::S("planted".to_owned());
        let mut rest = Vec::new();
        empty(&mut value, &mut rest);
        assert!(matches!(&value, Value::S(text) if text.is_empty()));
    }
}
