//! What is known of a request before it is made: the keys that conditions and variables ask for.

use std::{collections::BTreeMap, sync::Arc};

/// A condition key of a request that has not been made yet.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Value {
    /// In the request with these values.
    Present(Vec<String>),
    /// Either in the request with these values, or not in it.
    Maybe(Vec<String>),
    /// Not in the request.
    Absent,
    /// Up to the caller or the moment.
    Unknown,
}

/// Keys with their values. Names ignore letter case, as AWS does.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Keys {
    values: BTreeMap<String, Value>,
    /// What a key of a family (`aws:principaltag/`) is if not named above.
    families: Vec<(String, Value)>,
    /// Where keys that are not named here are looked up.
    base: Option<Arc<Keys>>,
}

impl Keys {
    /// No keys: all unknown.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets `key`.
    #[must_use]
    pub fn with(mut self, key: &str, value: Value) -> Self {
        self.values.insert(key.to_lowercase(), value);
        self
    }

    /// Sets `key` to one value.
    #[must_use]
    pub fn with_one(self, key: &str, value: &str) -> Self {
        self.with(key, Value::Present(vec![value.to_owned()]))
    }

    /// Says what keys that start with `prefix` are unless set by name.
    #[must_use]
    pub fn with_family(mut self, prefix: &str, value: Value) -> Self {
        self.families.push((prefix.to_lowercase(), value));
        self
    }

    /// These keys, with `base` behind them: a request's own over those of its resource.
    #[must_use]
    pub fn over(mut self, base: Arc<Keys>) -> Self {
        self.base = Some(base);
        self
    }

    fn get(&self, key: &str) -> Option<&Value> {
        self.values
            .get(key)
            .or_else(|| self.families.iter().find(|(prefix, _)| key.starts_with(prefix)).map(|(_, v)| v))
            .or_else(|| self.base.as_ref()?.get(key))
    }
}

/// The context of one request: what the caller brings, then what the resource brings.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// Keys of the caller.
    pub caller: &'a Keys,
    /// Keys of the resource and the request.
    pub resource: &'a Keys,
}

impl<'a> Context<'a> {
    /// The value of `key`, given in lower case.
    pub fn get(&self, key: &str) -> &'a Value {
        self.caller.get(key).or_else(|| self.resource.get(key)).unwrap_or(&Value::Unknown)
    }
}
