//! EventBridge: the rules of the default bus, to which CloudTrail delivers what happens.

use serde_json::{Value, json};

use super::value::{maybe, text};
use super::{Asker, body};
use crate::collect::calls;
use crate::snapshot::services::Rule;
use crate::snapshot::{Listed, Seen};

/// The rules that are on and may match an event of DynamoDB.
pub(super) async fn rules(asker: &Asker<'_>) -> Listed<Rule> {
    if let Some(gap) = asker.unasked(&calls::LIST_RULES) {
        return Listed::missing(gap);
    }
    let page = |token: Option<String>| match token {
        Some(token) => body(json!({ "Limit": 100, "NextToken": token })),
        None => body(json!({ "Limit": 100 })),
    };
    let found = asker.listed(&calls::LIST_RULES, asker.region, "Rules", "NextToken", page).await;
    let mut items = Vec::new();
    for rule in &found.items {
        let pattern = maybe(rule, "EventPattern");
        let on = text(rule, "State").starts_with("ENABLED");
        let Some(pattern) = pattern.filter(|pattern| on && may_match(pattern)) else { continue };
        let name = text(rule, "Name");
        items.push(Rule { targets: targets(asker, &name, &text(rule, "Arn")).await, name, pattern });
    }
    items.sort_by(|a, b| a.name.cmp(&b.name));
    Listed { items, gap: found.gap }
}

/// Whether a pattern leaves events of DynamoDB in: most name another source, and are not asked about.
fn may_match(pattern: &str) -> bool {
    let Ok(pattern) = serde_json::from_str::<Value>(pattern) else { return true };
    let Some(sources) = pattern["source"].as_array() else { return true };
    sources.iter().any(|source| source.as_str().is_none_or(|name| name == "aws.dynamodb"))
}

async fn targets(asker: &Asker<'_>, name: &str, arn: &str) -> Seen<i64> {
    let call = &calls::LIST_TARGETS_BY_RULE;
    let answer = asker.ask(call, body(json!({ "Rule": name }))).await;
    let count = answer.and_then(|out| super::value::list(&out, "Targets"));
    asker.seen(call, arn, count.map(|targets| targets.len() as i64))
}

#[cfg(test)]
mod tests {
    use super::may_match;

    #[test]
    fn a_rule_about_another_source_is_left_alone() {
        assert!(!may_match(r#"{"source":["aws.ec2","aws.s3"]}"#));
        for pattern in [
            r#"{"source":["aws.ec2","aws.dynamodb"]}"#,
            r#"{"source":[{"prefix":"aws."}]}"#,
            r#"{"detail-type":["AWS API Call via CloudTrail"]}"#,
            "{",
        ] {
            assert!(may_match(pattern), "{pattern}");
        }
    }
}
