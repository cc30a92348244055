//! CloudTrail: one trail records every table but the one that was too busy, and an event data store records writes.

use serde_json::json;

use super::Laying;
use crate::demo::ACCOUNT;
use crate::demo::seed::{AWAY, HOME};

pub(super) fn plant(shelf: &Laying<'_>) {
    let arn = format!("arn:aws:cloudtrail:{HOME}:{ACCOUNT}:trail/harbourline");
    let busy = format!("arn:aws:dynamodb:{HOME}:{ACCOUNT}:table/sessions");
    let trail = json!({ "Name": "harbourline", "TrailARN": arn, "HomeRegion": HOME, "IsMultiRegionTrail": true,
        "S3BucketName": "harbourline-trail", "LogFileValidationEnabled": false });
    for region in [HOME, AWAY] {
        shelf.lay(region, "cloudtrail:DescribeTrails", "", json!({ "trailList": [trail] }));
    }
    shelf.lay(HOME, "cloudtrail:GetTrailStatus", &arn, json!({ "IsLogging": true }));
    let data = |kind: &str| json!([{ "Field": "eventCategory", "Equals": ["Data"] }, { "Field": "resources.type", "Equals": [kind] }]);
    let mut tables = data("AWS::DynamoDB::Table");
    if let Some(fields) = tables.as_array_mut() {
        fields.push(json!({ "Field": "resources.ARN", "NotEquals": [busy] }));
    }
    let selectors = json!({ "TrailARN": arn, "AdvancedEventSelectors": [{ "Name": "tables", "FieldSelectors": tables }] });
    shelf.lay(HOME, "cloudtrail:GetEventSelectors", &arn, selectors);

    let store = format!("arn:aws:cloudtrail:{HOME}:{ACCOUNT}:eventdatastore/0b5c2f1e");
    let listed = json!({ "EventDataStores": [{ "EventDataStoreArn": store, "Name": "writes" }] });
    shelf.lay(HOME, "cloudtrail:ListEventDataStores", "", listed);
    let mut writes = data("AWS::DynamoDB::Table");
    if let Some(fields) = writes.as_array_mut() {
        fields.push(json!({ "Field": "readOnly", "Equals": ["false"] }));
    }
    let details = json!({ "EventDataStoreArn": store, "Name": "writes", "Status": "ENABLED", "MultiRegionEnabled": false,
        "AdvancedEventSelectors": [{ "Name": "writes", "FieldSelectors": writes }] });
    shelf.lay(HOME, "cloudtrail:GetEventDataStore", &store, details);
}
