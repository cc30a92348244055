//! Facts of which changes of tables somebody is told of at once: a sample event of each is held against every rule.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

use super::{Fact, Gaps, pattern};
use crate::snapshot::{Account, Region, Seen, services::Rule};

/// Which changes a rule of EventBridge reacts to, whatever the table.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Watched {
    /// Changes of tables' resource policies.
    pub policies: Fact<bool>,
    /// Deletions of tables.
    pub deletions: Fact<bool>,
    /// Changes of point-in-time recovery.
    pub recovery: Fact<bool>,
    /// Exports to S3.
    pub exports: Fact<bool>,
}

/// What is watched in a Region. EventBridge hears of calls through a trail alone (AWS documentation: "AWS service events
/// delivered via AWS CloudTrail").
pub fn of(region: &Region, account: &Account) -> Watched {
    let watched = |operation: &str| watched(region, &event(region, account, operation));
    Watched {
        policies: watched("PutResourcePolicy"),
        deletions: watched("DeleteTable"),
        recovery: watched("UpdateContinuousBackups"),
        exports: watched("ExportTableToPointInTime"),
    }
}

fn watched(region: &Region, event: &Value) -> Fact<bool> {
    let services = &region.services;
    let mut gaps = Gaps::from(&services.rules.gap);
    let mut found = false;
    for rule in services.rules.items.iter().filter(|rule| fits(rule, event)) {
        match &rule.targets {
            Seen::Value(0) => {}
            Seen::Value(_) => found = true,
            Seen::Gap(unseen) => gaps.add(unseen),
        }
    }
    if found { recorded(region) } else { Fact::unless(gaps, false) }
}

fn fits(rule: &Rule, event: &Value) -> bool {
    serde_json::from_str(&rule.pattern).is_ok_and(|pattern| pattern::matches(&pattern, event))
}

/// Whether a trail records the Region's calls.
fn recorded(region: &Region) -> Fact<bool> {
    let trails = &region.services.trails;
    let here = || trails.items.iter().filter(|trail| trail.multi_region || trail.home == region.name);
    let logs = here().any(|trail| trail.logging.value() == Some(&true));
    let hidden = here().find_map(|trail| trail.logging.gap());
    Fact::Known(logs).or_hidden(Gaps::from(&trails.gap).and(hidden))
}

/// What every call of this operation has in its event; what depends on who calls, and on which table, is left out.
fn event(region: &Region, account: &Account, operation: &str) -> Value {
    json!({
        "version": "0",
        "source": "aws.dynamodb",
        "detail-type": "AWS API Call via CloudTrail",
        "account": account.id,
        "region": region.name,
        "detail": {
            "eventSource": "dynamodb.amazonaws.com",
            "eventName": operation,
            "eventType": "AwsApiCall",
            "eventCategory": "Management",
            "awsRegion": region.name,
            "recipientAccountId": account.id,
            "managementEvent": true,
            "readOnly": false,
        },
    })
}
