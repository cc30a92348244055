//! Items as they come from the SDK: weighed, then moved into the detector's own type, which wipes itself.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;

use crate::detect::{Item, Map, Value};

/// An item, or a key, as the SDK gives it.
pub(super) type Raw = HashMap<String, AttributeValue>;

/// Size of an item in bytes, as DynamoDB reckons it (AWS documentation: "DynamoDB item sizes and formats").
pub(super) fn size(item: &Raw) -> u64 {
    item.iter().map(|(name, value)| name.len() as u64 + weigh(value)).sum()
}

fn weigh(value: &AttributeValue) -> u64 {
    let number = |n: &String| (n.len() as u64).div_ceil(2) + 1;
    match value {
        AttributeValue::S(text) => text.len() as u64,
        AttributeValue::N(digits) => number(digits),
        AttributeValue::B(bytes) => bytes.as_ref().len() as u64,
        AttributeValue::Ss(texts) => texts.iter().map(|t| t.len() as u64).sum(),
        AttributeValue::Ns(numbers) => numbers.iter().map(number).sum(),
        AttributeValue::Bs(all) => all.iter().map(|b| b.as_ref().len() as u64).sum(),
        AttributeValue::L(list) => 3 + list.iter().map(|v| 1 + weigh(v)).sum::<u64>(),
        AttributeValue::M(map) => 3 + map.len() as u64 + size(map),
        // Null and Boolean take one byte; what the SDK does not know cannot be weighed.
        _ => 1,
    }
}

/// Moves an item into the detector's type without copying its values. Names are sorted: the SDK's map has no order.
pub(super) fn take(raw: Raw) -> Item<'static> {
    Item(map(raw))
}

fn map(raw: Raw) -> Map<'static> {
    let mut raw: Vec<_> = raw.into_iter().collect();
    raw.sort_unstable_by(|a, b| a.0.cmp(&b.0));
    raw.into_iter().map(|(name, value)| (name.into(), convert(value))).collect()
}

fn convert(value: AttributeValue) -> Value<'static> {
    match value {
        AttributeValue::S(text) => Value::S(text.into()),
        AttributeValue::N(digits) => Value::N(digits.into()),
        AttributeValue::B(bytes) => Value::B(bytes.into_inner().into()),
        AttributeValue::Bool(truth) => Value::Bool(truth),
        AttributeValue::M(entries) => Value::M(map(entries)),
        AttributeValue::L(list) => Value::L(list.into_iter().map(convert).collect()),
        AttributeValue::Ss(texts) => Value::L(texts.into_iter().map(|t| Value::S(t.into())).collect()),
        AttributeValue::Ns(all) => Value::L(all.into_iter().map(|n| Value::N(n.into())).collect()),
        AttributeValue::Bs(all) => {
            Value::L(all.into_iter().map(|b| Value::B(b.into_inner().into())).collect())
        }
        // Null, and a kind that DynamoDB may add later: its presence is told, its value is not looked at.
        _ => Value::Null,
    }
}
