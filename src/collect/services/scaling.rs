//! Application Auto Scaling's targets and AWS Config's recorders: a list each.

use serde_json::json;

use super::value::{flag, list, text, texts};
use super::{Asker, body};
use crate::collect::calls;
use crate::snapshot::Listed;
use crate::snapshot::services::{Recorder, ScalableTarget};

/// What of DynamoDB scales.
pub(super) async fn targets(asker: &Asker<'_>) -> Listed<ScalableTarget> {
    if let Some(gap) = asker.unasked(&calls::DESCRIBE_SCALABLE_TARGETS) {
        return Listed::missing(gap);
    }
    let call = &calls::DESCRIBE_SCALABLE_TARGETS;
    let page = |token: Option<String>| {
        let mut fields = json!({ "ServiceNamespace": "dynamodb", "MaxResults": 50 });
        if let Some(token) = token {
            fields["NextToken"] = token.into();
        }
        body(fields)
    };
    let found = asker.listed(call, asker.region, "ScalableTargets", "NextToken", page).await;
    let target = |target| ScalableTarget {
        resource: text(target, "ResourceId"),
        dimension: text(target, "ScalableDimension"),
    };
    let mut items: Vec<ScalableTarget> = found.items.iter().map(target).collect();
    items.sort();
    Listed { items, gap: found.gap }
}

/// What AWS Config records.
pub(super) async fn recorders(asker: &Asker<'_>) -> Listed<Recorder> {
    if let Some(gap) = asker.unasked(&calls::DESCRIBE_CONFIGURATION_RECORDERS) {
        return Listed::missing(gap);
    }
    let (describe, status) =
        (&calls::DESCRIBE_CONFIGURATION_RECORDERS, &calls::DESCRIBE_CONFIGURATION_RECORDER_STATUS);
    let found =
        asker.ask(describe, body(json!({}))).await.and_then(|out| list(&out, "ConfigurationRecorders"));
    let found = match found {
        Ok(found) => found,
        Err(fault) => return Listed::missing(asker.run.desk.gap(describe, asker.region, &fault)),
    };
    let running = asker.ask(status, body(json!({}))).await;
    let running = match running.and_then(|out| list(&out, "ConfigurationRecordersStatus")) {
        Ok(running) => running,
        Err(fault) => return Listed::missing(asker.run.desk.gap(status, asker.region, &fault)),
    };
    let mut items = Vec::with_capacity(found.len());
    for recorder in &found {
        let (name, group) = (text(recorder, "name"), &recorder["recordingGroup"]);
        let excludes = text(&group["recordingStrategy"], "useOnly") == "EXCLUSION_BY_RESOURCE_TYPES";
        let types = if excludes {
            texts(&group["exclusionByResourceTypes"], "resourceTypes")
        } else {
            texts(group, "resourceTypes")
        };
        let types = match types {
            Ok(types) => types,
            Err(fault) => return Listed::missing(asker.run.desk.gap(describe, asker.region, &fault)),
        };
        let recording = running.iter().any(|one| text(one, "name") == name && flag(one, "recording"));
        items.push(Recorder { all: flag(group, "allSupported"), types, excludes, recording, name });
    }
    items.sort_by(|a, b| a.name.cmp(&b.name));
    Listed::whole(items)
}
