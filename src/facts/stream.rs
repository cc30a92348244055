//! Facts of a table's stream.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::{
    Fact, Node, access,
    table::{ResourcePolicy, subject},
};
use crate::{
    finding::SubjectKind,
    snapshot::{self, Gap, GapId, Seen},
};

/// A table's stream: 24 hours of changes, with an ARN and a policy of its own.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Stream {
    /// Amazon Resource Name.
    pub arn: String,
    /// Whether it is on; one that was switched off stays readable for 24 hours.
    pub enabled: bool,
    /// What a record holds.
    pub view: View,
    /// Resource-based policy of the stream; null where it has none.
    pub policy: Fact<Option<ResourcePolicy>>,
}

/// What a stream record holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum View {
    /// Keys only.
    KeysOnly,
    /// The item after the change.
    NewImage,
    /// The item before the change.
    OldImage,
    /// Both.
    NewAndOldImages,
    /// Not said.
    Unspecified,
}

/// The node of a table's stream, if it has one.
pub fn nodes(table: &snapshot::Table, account: &str, gaps: &mut BTreeMap<GapId, Gap>) -> Vec<Node> {
    let description = match &table.description {
        Seen::Value(description) => description,
        Seen::Gap(gap) => {
            return vec![Node::unlisted(subject(SubjectKind::Stream, table, &table.arn, account, []), gap)];
        }
    };
    let Some(arn) = &description.latest_stream_arn else { return Vec::new() };
    let stream = description.stream.clone().unwrap_or_default();
    let facts = Stream {
        arn: arn.clone(),
        enabled: stream.enabled,
        view: match stream.view.as_deref() {
            Some("KEYS_ONLY") => View::KeysOnly,
            Some("NEW_IMAGE") => View::NewImage,
            Some("OLD_IMAGE") => View::OldImage,
            Some("NEW_AND_OLD_IMAGES") => View::NewAndOldImages,
            _ => View::Unspecified,
        },
        policy: access::resource_policy(&table.stream_policy, arn, account, gaps),
    };
    vec![Node::new(subject(SubjectKind::Stream, table, arn, account, []), &facts)]
}
