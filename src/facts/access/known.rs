//! The actions that access is judged by, numbered, and the keys that a request of each carries.

use std::sync::{Arc, LazyLock};

use crate::{
    iam::{
        Keys, Value,
        actions::{self, Action, Fill},
    },
    kms,
};

/// An action and a table name that nobody writes down: only a wildcard matches them.
pub(super) const ANY_ACTION: &str = "dynamodb:~any~";
pub(super) const ANY_TABLE: &str = "~any~";

/// Every action that bears on who can reach data, in lower case, sorted; at most 64.
pub(super) static ACTIONS: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let mut all = actions::names();
    all.extend([kms::DECRYPT, ANY_ACTION]);
    all.sort_unstable();
    all.truncate(64);
    all
});

/// The number of an action of [`ACTIONS`].
pub(super) fn number(action: &str) -> usize {
    ACTIONS.binary_search(&action).unwrap_or(63)
}

/// What a shape fills, as values.
pub(super) fn filled(shape: &[Fill]) -> Vec<(&'static str, Value)> {
    let value = |value: Option<&str>| match value {
        Some(value) => Value::Present(vec![value.to_owned()]),
        None => Value::Absent,
    };
    shape.iter().map(|(key, filled)| (*key, value(*filled))).collect()
}

/// The keys of one request for `action`, over those of its resource: what it fills, what it leaves to the caller,
/// and no other key of DynamoDB.
pub(super) fn keys(action: &Action, filled: Vec<(&'static str, Value)>, resource: &Arc<Keys>) -> Keys {
    let carried = action.keys.iter().fold(Keys::new(), |keys, key| keys.with(key, Value::Unknown));
    let keys = filled.into_iter().fold(carried, |keys, (key, value)| keys.with(key, value));
    keys.with_family("dynamodb:", Value::Absent).over(Arc::clone(resource))
}

#[cfg(test)]
mod tests {
    use super::{ACTIONS, ANY_ACTION, number};

    #[test]
    fn every_action_has_a_number_of_its_own() {
        assert!(ACTIONS.len() < 64, "{} actions, of 63 that have room", ACTIONS.len());
        assert!(ACTIONS.iter().enumerate().all(|(at, action)| number(action) == at));
        assert!(number(ANY_ACTION) < 63);
    }
}
