//! CloudWatch Contributor Insights of a table, which dynoxide lacks.

use serde_json::{Value, json};

use super::{Region, table_name};
use crate::demo::answer::Fault;

/// Contributor Insights that are on.
pub(super) struct Insights {
    mode: String,
    since: i64,
}

impl Region {
    pub(super) fn update_insights(&mut self, body: &Value) -> Result<Value, Fault> {
        let (name, since) = (table_name(body), self.clock.seconds());
        let on = body["ContributorInsightsAction"] == "ENABLE";
        let mode = body["ContributorInsightsMode"].as_str().unwrap_or("ACCESSED_AND_THROTTLED_KEYS");
        self.extras(name)?.insights = on.then(|| Insights { mode: mode.to_owned(), since });
        let status = if on { "ENABLING" } else { "DISABLING" };
        Ok(json!({ "TableName": name, "ContributorInsightsStatus": status, "ContributorInsightsMode": mode }))
    }

    pub(super) fn describe_insights(&mut self, body: &Value) -> Result<Value, Fault> {
        let name = table_name(body);
        let keys = self.describe(name)?["KeySchema"].as_array().map_or(0, Vec::len);
        let Some(insights) = &self.extras(name)?.insights else {
            return Ok(json!({ "TableName": name, "ContributorInsightsStatus": "DISABLED" }));
        };
        // C: consumed, T: throttled; one rule for the partition key, one more where there is a sort key.
        let counts: &[&str] = if insights.mode == "THROTTLED_KEYS" { &["T"] } else { &["C", "T"] };
        let rules: Vec<String> = ["PK", "SK"]
            .iter()
            .take(keys)
            .flat_map(|key| counts.iter().map(move |count| format!("{key}{count}")))
            .map(|rule| format!("DynamoDBContributorInsights-{rule}-{name}-{}", insights.since * 1000))
            .collect();
        Ok(json!({
            "TableName": name,
            "ContributorInsightsStatus": "ENABLED",
            "ContributorInsightsMode": insights.mode,
            "ContributorInsightsRuleList": rules,
            "LastUpdateDateTime": insights.since,
        }))
    }
}
