//! CloudTrail: the trails that record a Region, wherever they were made, and its event data stores.

use serde_json::{Value, json};

use super::value::{flag, list, maybe, object, text, texts};
use super::{Asker, body};
use crate::collect::calls;
use crate::collect::fault::Fault;
use crate::snapshot::services::trail::{Classic, EventStore, Field, Selectors, StoreDetails, Trail};
use crate::snapshot::{Listed, Seen};

/// Trails and event data stores.
pub(super) async fn trails(asker: &Asker<'_>) -> (Listed<Trail>, Listed<EventStore>) {
    if let Some(gap) = asker.unasked(&calls::DESCRIBE_TRAILS) {
        return (Listed::missing(gap.clone()), Listed::missing(gap));
    }
    tokio::join!(each_trail(asker), stores(asker))
}

/// Trails of other Regions that record this one are listed too, as shadows; what they are set to is asked where they were
/// made (AWS documentation: "DescribeTrails", "GetEventSelectors", AWS CloudTrail API Reference).
async fn each_trail(asker: &Asker<'_>) -> Listed<Trail> {
    let call = &calls::DESCRIBE_TRAILS;
    let answer = asker.ask(call, body(json!({ "includeShadowTrails": true }))).await;
    let found = match answer.and_then(|out| list(&out, "trailList")) {
        Ok(found) => found,
        Err(fault) => return Listed::missing(asker.run.desk.gap(call, asker.region, &fault)),
    };
    let mut items = Vec::with_capacity(found.len());
    for trail in &found {
        let arn = text(trail, "TrailARN");
        let home = maybe(trail, "HomeRegion").unwrap_or_else(|| asker.region.to_owned());
        let at_home = Asker::of(asker.run, &home);
        let (logging, selectors) = tokio::join!(logging(&at_home, &arn), selectors(&at_home, &arn));
        items.push(Trail {
            name: text(trail, "Name"),
            multi_region: flag(trail, "IsMultiRegionTrail"),
            organization: flag(trail, "IsOrganizationTrail"),
            bucket: text(trail, "S3BucketName"),
            key_id: maybe(trail, "KmsKeyId"),
            validated: flag(trail, "LogFileValidationEnabled"),
            arn,
            home,
            logging,
            selectors,
        });
    }
    items.sort_by(|a, b| a.arn.cmp(&b.arn));
    Listed::whole(items)
}

async fn logging(asker: &Asker<'_>, arn: &str) -> Seen<bool> {
    let call = &calls::GET_TRAIL_STATUS;
    let answer = asker.ask(call, body(json!({ "Name": arn }))).await;
    asker.seen(call, arn, answer.map(|out| flag(&out, "IsLogging")))
}

async fn selectors(asker: &Asker<'_>, arn: &str) -> Seen<Selectors> {
    let call = &calls::GET_EVENT_SELECTORS;
    let answer = asker.ask(call, body(json!({ "TrailName": arn }))).await;
    asker.seen(call, arn, answer.and_then(|out| read(&out)))
}

async fn stores(asker: &Asker<'_>) -> Listed<EventStore> {
    let call = &calls::LIST_EVENT_DATA_STORES;
    let page = |token: Option<String>| match token {
        Some(token) => body(json!({ "NextToken": token })),
        None => body(json!({})),
    };
    let found = asker.listed(call, asker.region, "EventDataStores", "NextToken", page).await;
    let mut items = Vec::with_capacity(found.items.len());
    for store in &found.items {
        let arn = text(store, "EventDataStoreArn");
        let call = &calls::GET_EVENT_DATA_STORE;
        let answer = asker.ask(call, body(json!({ "EventDataStore": arn }))).await;
        let answer = answer.and_then(|out| {
            Ok(StoreDetails {
                status: text(&out, "Status"),
                multi_region: flag(&out, "MultiRegionEnabled"),
                key_id: maybe(&out, "KmsKeyId"),
                selectors: read(&out)?,
            })
        });
        items.push(EventStore { name: text(store, "Name"), details: asker.seen(call, &arn, answer), arn });
    }
    items.sort_by(|a, b| a.arn.cmp(&b.arn));
    Listed { items, gap: found.gap }
}

fn read(out: &Value) -> Result<Selectors, Fault> {
    let mut selectors = Selectors::default();
    for selector in list(out, "EventSelectors")? {
        let mut tables = Vec::new();
        for resources in list(&selector, "DataResources")? {
            if resources["Type"] == "AWS::DynamoDB::Table" {
                tables.extend(texts(&resources, "Values")?);
            }
        }
        selectors.classic.push(Classic { kind: text(&selector, "ReadWriteType"), tables });
    }
    for selector in list(out, "AdvancedEventSelectors")? {
        // A selector is an object; of anything else there is nothing to read.
        object(&json!({ "selector": selector }), "selector")?;
        let fields: Result<Vec<Field>, Fault> =
            list(&selector, "FieldSelectors")?.iter().map(field).collect();
        selectors.advanced.push(fields?);
    }
    Ok(selectors)
}

fn field(field: &Value) -> Result<Field, Fault> {
    Ok(Field {
        name: text(field, "Field"),
        equals: texts(field, "Equals")?,
        not_equals: texts(field, "NotEquals")?,
        starts_with: texts(field, "StartsWith")?,
        not_starts_with: texts(field, "NotStartsWith")?,
        ends_with: texts(field, "EndsWith")?,
        not_ends_with: texts(field, "NotEndsWith")?,
    })
}
