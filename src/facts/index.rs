//! Facts of a secondary index.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Node, table::subject};
use crate::{
    finding::SubjectKind,
    snapshot::{self, Seen},
};

/// A secondary index: a second copy of some attributes, with an ARN of its own.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Index {
    /// Name.
    pub name: String,
    /// Amazon Resource Name.
    pub arn: String,
    /// Global or local.
    pub kind: IndexKind,
    /// What is copied.
    pub projection: Projection,
    /// Names of its key attributes.
    pub keys: Vec<String>,
    /// Attributes that `include` adds.
    pub included: Vec<String>,
}

/// Global or local.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum IndexKind {
    /// Its own keys and capacity.
    Global,
    /// The table's partition key with another sort key.
    Local,
}

/// What an index copies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Projection {
    /// Keys only.
    KeysOnly,
    /// Keys and named attributes.
    Include,
    /// Everything.
    All,
}

/// The facts of one index.
pub fn facts(index: &snapshot::table::Index) -> Index {
    Index {
        name: index.name.clone(),
        arn: index.arn.clone(),
        kind: if index.kind == "local" { IndexKind::Local } else { IndexKind::Global },
        projection: match index.projection.as_str() {
            "ALL" => Projection::All,
            "INCLUDE" => Projection::Include,
            _ => Projection::KeysOnly,
        },
        keys: index.keys.iter().map(|key| key.name.clone()).collect(),
        included: index.included.clone(),
    }
}

/// The nodes of a table's indexes.
pub fn nodes(table: &snapshot::Table, account: &str) -> Vec<Node> {
    match &table.description {
        Seen::Value(description) => description
            .indexes
            .iter()
            .map(|index| {
                let names = [("index", index.name.as_str())];
                Node::new(subject(SubjectKind::Index, table, &index.arn, account, names), &facts(index))
            })
            .collect(),
        Seen::Gap(gap) => {
            vec![Node::unlisted(subject(SubjectKind::Index, table, &table.arn, account, []), gap)]
        }
    }
}
