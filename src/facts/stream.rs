//! Facts of a table's stream.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::{
    Collection, Fact, Node, access,
    encryption::account_of,
    logged,
    table::{Around, ResourcePolicy, subject},
};
use crate::{
    finding::SubjectKind,
    snapshot::{self, Gap, GapId, Seen, services},
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
    /// Lambda functions that read it.
    pub consumers: Collection<Consumer>,
    /// Whether CloudTrail records every read of it.
    pub logged: Fact<bool>,
}

/// A Lambda function that reads a stream.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Consumer {
    /// ARN of the function.
    pub function: String,
    /// Whether it is called at present.
    pub enabled: bool,
    /// Whether the function is of another account.
    pub external: bool,
    /// Whether Lambda could not call it at the last attempt.
    pub broken: bool,
    /// ARN of what receives the records that failed; null where nothing does.
    pub on_failure: Option<String>,
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
pub fn nodes(table: &snapshot::Table, around: &Around<'_>, gaps: &mut BTreeMap<GapId, Gap>) -> Vec<Node> {
    let account = around.account.id.as_str();
    let services = around.services(&table.region);
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
        consumers: Collection {
            items: services
                .consumers
                .items
                .iter()
                .filter(|c| c.source_arn == *arn)
                .map(|c| consumer(c, account))
                .collect(),
            gaps: (&services.consumers.gap).into(),
        },
        logged: logged::of(services, &table.region, arn, &logged::STREAM).reads,
        policy: access::resource_policy(&table.stream_policy, arn, account, gaps),
    };
    vec![Node::new(subject(SubjectKind::Stream, table, arn, account, []), &facts)]
}

fn consumer(consumer: &services::Consumer, account: &str) -> Consumer {
    Consumer {
        function: consumer.function_arn.clone(),
        enabled: consumer.state.starts_with("Enabl"),
        external: account_of(&consumer.function_arn).is_some_and(|owner| owner != account),
        broken: consumer.result.starts_with("PROBLEM"),
        on_failure: consumer.on_failure.clone(),
    }
}
