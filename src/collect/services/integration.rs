//! Glue and Redshift: the zero-ETL integrations that copy tables out.
//!
//! AWS documentation: "DescribeInboundIntegrations" (AWS Glue Web API Reference), "DescribeIntegrations" (Amazon Redshift
//! API Reference).

use serde_json::{Value, json};

use super::value::{list, maybe, text};
use super::{Asker, body};
use crate::collect::calls;
use crate::collect::fault::Fault;
use crate::collect::light::Question;
use crate::collect::pages::{Page, pages};
use crate::snapshot::Listed;
use crate::snapshot::services::Integration;

/// The integrations of the Region whose source is a table.
pub(super) async fn integrations(asker: &Asker<'_>) -> Listed<Integration> {
    if let Some(gap) = asker.unasked(&calls::DESCRIBE_INBOUND_INTEGRATIONS) {
        return Listed::missing(gap);
    }
    let inbound = |marker: Option<String>| match marker {
        Some(marker) => body(json!({ "Marker": marker })),
        None => body(json!({})),
    };
    let call = &calls::DESCRIBE_INBOUND_INTEGRATIONS;
    let (glue, redshift) = tokio::join!(
        asker.listed(call, asker.region, "InboundIntegrations", "Marker", inbound),
        into_redshift(asker),
    );
    let mut items: Vec<Integration> = glue.items.iter().chain(&redshift.items).map(integration).collect();
    items.retain(|one| one.source_arn.contains(":dynamodb:"));
    items.sort_by(|a, b| a.arn.cmp(&b.arn));
    items.dedup_by(|a, b| a.arn == b.arn);
    Listed { items, gap: glue.gap.or(redshift.gap) }
}

/// Redshift answers in XML, with the list two levels down.
async fn into_redshift(asker: &Asker<'_>) -> Listed<Value> {
    let call = &calls::DESCRIBE_INTEGRATIONS;
    let (items, fault) = pages(|marker: Option<String>| {
        let fields = marker.map(|marker| ("Marker".to_owned(), marker)).into_iter().collect();
        async move { page(&asker.ask(call, Question::Form(fields)).await?) }
    })
    .await;
    Listed { items, gap: fault.map(|fault| asker.run.desk.gap(call, asker.region, &fault)) }
}

fn page(answer: &Value) -> Result<Page<Value>, Fault> {
    let result = &answer["DescribeIntegrationsResult"];
    let items = match &result["Integrations"]["Integration"] {
        one @ Value::Object(_) => vec![one.clone()],
        _ if result["Integrations"].is_string() => Vec::new(),
        _ => list(&result["Integrations"], "Integration")?,
    };
    Ok(Page { items, next: maybe(result, "Marker") })
}

fn integration(one: &Value) -> Integration {
    Integration {
        arn: text(one, "IntegrationArn"),
        source_arn: text(one, "SourceArn"),
        target_arn: text(one, "TargetArn"),
        status: text(one, "Status").to_lowercase(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redshift_lists_none_one_or_more() {
        let integrations = |inner: Value| json!({ "DescribeIntegrationsResult": { "Integrations": inner } });
        let one = json!({ "IntegrationArn": "a" });
        for (answer, found) in [
            (json!({}), 0),
            (integrations("".into()), 0),
            (integrations(json!({ "Integration": one })), 1),
            (integrations(json!({ "Integration": [one, one] })), 2),
        ] {
            assert_eq!(page(&answer).map(|page| page.items.len()), Ok(found), "{answer}");
        }
        assert!(page(&integrations(json!({ "Integration": "text" }))).is_err());
    }
}
