//! What a check may ask about: snapshot and engines joined into a tree of subjects, one file a subject.
//!
//! ```text
//! account ─┬─ key ─┬─ grant
//!          │       └─ use
//!          ├─ principal
//!          ├─ reader
//!          ├─ vault · cluster · endpoint
//!          └─ table ─┬─ attribute ── copy
//!                    ├─ index · stream · replica
//!                    └─ backup · export · imported
//! ```
//!
//! A check sees its subject and all that stand above it. A reader stands beside the tables, not
//! below one: an administrator of 5,000 tables is one subject. The documentation of the fields
//! here is the fact reference.

pub mod access;
pub mod account;
pub mod activity;
pub mod attribute;
pub mod backup;
pub mod build;
pub mod calls;
pub mod cluster;
pub mod compare;
pub mod copy;
pub mod encryption;
pub mod endpoint;
pub mod gained;
mod gaps;
pub mod import;
pub mod index;
pub mod key;
pub mod kinesis;
pub mod known;
pub mod logged;
pub mod outsiders;
pub mod pattern;
pub mod principal;
pub mod protection;
pub mod reader;
pub mod replica;
pub mod restored;
pub mod rights;
pub mod sampled;
pub mod scaling;
pub mod selection;
pub mod sensitivity;
pub mod shared;
pub mod stage;
pub mod stream;
pub mod table;
pub mod topics;
pub mod uses;
pub mod vault;
pub mod watched;

use std::{borrow::Cow, collections::BTreeMap, sync::Arc};

pub use self::gaps::Gaps;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Serialize, Serializer, ser::SerializeMap};

use crate::{
    finding::{Confidence, Subject, SubjectKind},
    snapshot::{Gap, GapId, Seen},
};

/// The whole tree of one snapshot.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// One node for each account.
    pub roots: Vec<Node>,
    /// Gaps that the engines found beside those of the snapshot, such as a policy that does not parse.
    pub gaps: BTreeMap<GapId, Gap>,
    /// Who can reach what, for each account: what the facts of access were told by.
    pub access: Vec<Arc<access::Access>>,
}

/// One subject with its facts and what stands below it.
#[derive(Debug, Clone)]
pub struct Node {
    /// Who it is; `subject.kind` is also the variable's name in expressions.
    pub subject: Subject,
    /// Its facts, serialised: unknown ones as [`Fact`] and [`Collection`] write them, and so all of them together where none
    /// is known. Shared where many nodes have the same.
    pub facts: Arc<serde_json::Value>,
    /// How sure the facts are, where that is less than what AWS says outright.
    pub confidence: Option<Confidence>,
    /// Evidence to print with a finding.
    pub evidence: BTreeMap<String, serde_json::Value>,
    /// What stands below.
    pub children: Vec<Node>,
}

impl Node {
    /// A node without evidence or children.
    pub fn new(subject: Subject, facts: &impl Serialize) -> Self {
        // A fact type that cannot be serialised would be a defect of ours, found by any test that builds one.
        let facts = serde_json::to_value(facts).unwrap_or_default();
        Self::with(subject, Arc::new(facts))
    }

    fn with(subject: Subject, facts: Arc<serde_json::Value>) -> Self {
        Self { subject, facts, confidence: None, evidence: BTreeMap::new(), children: Vec::new() }
    }

    /// Stands for subjects that could not be listed, and for all that would stand below them: every
    /// fact is unknown, so that each check over them says once, for this place, that it could not
    /// assess them, and why.
    pub fn unlisted(subject: Subject, gaps: impl Into<Gaps>) -> Self {
        Self::hidden(subject, Arc::new(serde_json::json!({ UNKNOWN: gaps.into() })))
    }

    fn hidden(subject: Subject, facts: Arc<serde_json::Value>) -> Self {
        let below =
            SubjectKind::ALL.into_iter().filter(|kind| ancestors(*kind).last() == Some(&subject.kind));
        let child = |kind| Self::hidden(Subject { kind, ..subject.clone() }, facts.clone());
        Self { children: below.map(child).collect(), ..Self::with(subject, facts) }
    }
}

/// A fact: known, or unknown with the gaps that hide it.
#[derive(Debug, Clone, PartialEq)]
pub enum Fact<T> {
    /// Seen.
    Known(T),
    /// Not seen. Left out of the value that an expression reads, so that CEL's three-valued logic applies.
    Unknown(Gaps),
}

/// The key under which an unknown fact carries what hides it: `{"$unknown": "<gap>"}`, and a list where that are several.
pub const UNKNOWN: &str = "$unknown";
/// The key under which an incomplete collection carries what was seen: `{"$partial": [...], "$unknown": "<gap>"}`.
pub const PARTIAL: &str = "$partial";

impl<T> Fact<T> {
    /// The fact that `get` reads off a seen value.
    pub fn of<S>(seen: &Seen<S>, get: impl FnOnce(&S) -> T) -> Self {
        match seen {
            Seen::Value(value) => Fact::Known(get(value)),
            Seen::Gap(gap) => Fact::Unknown(gap.into()),
        }
    }

    /// `value`, unless something hides it.
    pub fn unless(gaps: impl Into<Gaps>, value: T) -> Self {
        let gaps = gaps.into();
        if gaps.is_empty() { Fact::Known(value) } else { Fact::Unknown(gaps) }
    }

    /// Derives a fact from this one.
    pub fn and_then<U>(&self, derive: impl FnOnce(&T) -> Fact<U>) -> Fact<U> {
        match self {
            Fact::Known(value) => derive(value),
            Fact::Unknown(gap) => Fact::Unknown(gap.into()),
        }
    }

    /// The value, where known.
    pub fn known(&self) -> Option<&T> {
        match self {
            Fact::Known(value) => Some(value),
            Fact::Unknown(_) => None,
        }
    }
}

impl Fact<bool> {
    /// What was found stands; that nothing was found may be due to what these hide.
    #[must_use]
    pub fn or_hidden(self, gaps: impl Into<Gaps>) -> Self {
        match self {
            Fact::Known(true) => self,
            Fact::Known(false) => Fact::unless(gaps, false),
            Fact::Unknown(own) => Fact::Unknown(own.and(gaps)),
        }
    }
}

impl<T: Serialize> Serialize for Fact<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Fact::Known(value) => value.serialize(serializer),
            Fact::Unknown(gaps) => {
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry(UNKNOWN, gaps)?;
                map.end()
            }
        }
    }
}

impl<T: JsonSchema> JsonSchema for Fact<T> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<T>()
    }
}

/// A list of things that carries its completeness. Its elements are objects, never plain values,
/// so that a question about an element that was not seen is itself unknown.
#[derive(Debug, Clone, PartialEq)]
pub struct Collection<T> {
    /// What was seen.
    pub items: Vec<T>,
    /// Why the rest is missing; none if nothing is.
    pub gaps: Gaps,
}

impl<T> Collection<T> {
    /// Everything there is.
    pub fn whole(items: Vec<T>) -> Self {
        Self { items, gaps: Gaps::default() }
    }

    /// Nothing was seen of it.
    pub fn unseen(gaps: impl Into<Gaps>) -> Self {
        Self { items: Vec::new(), gaps: gaps.into() }
    }
}

impl<T: Serialize> Serialize for Collection<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.gaps.is_empty() {
            return self.items.serialize(serializer);
        }
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry(PARTIAL, &self.items)?;
        map.serialize_entry(UNKNOWN, &self.gaps)?;
        map.end()
    }
}

impl<T: JsonSchema> JsonSchema for Collection<T> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let items = generator.subschema_for::<T>();
        schemars::json_schema!({ "type": "array", "items": items, "x-collection": true })
    }
}

/// The JSON Schema of the facts of `kind`; checks are type-checked against it.
pub fn schema(kind: SubjectKind) -> serde_json::Value {
    let schema = match kind {
        SubjectKind::Account => schemars::schema_for!(account::Account),
        SubjectKind::Key => schemars::schema_for!(key::Key),
        SubjectKind::Grant => schemars::schema_for!(key::Grant),
        SubjectKind::Use => schemars::schema_for!(uses::Use),
        SubjectKind::Principal => schemars::schema_for!(principal::Principal),
        SubjectKind::Reader => schemars::schema_for!(reader::Reader),
        SubjectKind::Cluster => schemars::schema_for!(cluster::Cluster),
        SubjectKind::Endpoint => schemars::schema_for!(endpoint::Endpoint),
        SubjectKind::Vault => schemars::schema_for!(vault::Vault),
        SubjectKind::Table => schemars::schema_for!(table::Table),
        SubjectKind::Index => schemars::schema_for!(index::Index),
        SubjectKind::Stream => schemars::schema_for!(stream::Stream),
        SubjectKind::Replica => schemars::schema_for!(replica::Replica),
        SubjectKind::Backup => schemars::schema_for!(backup::Backup),
        SubjectKind::Export => schemars::schema_for!(backup::Export),
        SubjectKind::Import => schemars::schema_for!(import::Import),
        SubjectKind::Attribute => schemars::schema_for!(attribute::Attribute),
        SubjectKind::Copy => schemars::schema_for!(copy::Copy),
    };
    schema.to_value()
}

/// What stands above `kind`, the nearest last: the variables that a check over it sees beside its own.
pub fn ancestors(kind: SubjectKind) -> &'static [SubjectKind] {
    use SubjectKind as K;
    match kind {
        K::Account => &[],
        K::Key | K::Principal | K::Reader | K::Vault | K::Cluster | K::Endpoint | K::Table => &[K::Account],
        K::Grant | K::Use => &[K::Account, K::Key],
        K::Index | K::Stream | K::Replica | K::Backup | K::Export | K::Import | K::Attribute => {
            &[K::Account, K::Table]
        }
        K::Copy => &[K::Account, K::Table, K::Attribute],
    }
}
