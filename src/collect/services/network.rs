//! EC2: the VPC endpoints for DynamoDB.

use serde_json::Value;

use super::Asker;
use super::value::{text, texts};
use crate::collect::calls;
use crate::collect::fault::Fault;
use crate::collect::light::Question;
use crate::snapshot::services::Endpoint;
use crate::snapshot::{Listed, Topic};

/// The endpoints of the Region whose service is DynamoDB.
pub(super) async fn endpoints(asker: &Asker<'_>) -> Listed<Endpoint> {
    if let Some(gap) = asker.unasked(Topic::Endpoints) {
        return Listed::missing(gap);
    }
    let call = &calls::DESCRIBE_VPC_ENDPOINTS;
    let page = |token: Option<String>| {
        let service = format!("com.amazonaws.{}.dynamodb", asker.region);
        let mut fields = vec![
            ("Filter.1.Name".to_owned(), "service-name".to_owned()),
            ("Filter.1.Value.1".to_owned(), service),
        ];
        fields.extend(token.map(|token| ("NextToken".to_owned(), token)));
        Question::Form(fields)
    };
    let found = asker.listed(call, asker.region, "vpcEndpointSet", "nextToken", page).await;
    let ours = |endpoint: &&Value| text(endpoint, "serviceName").ends_with(".dynamodb");
    let read: Result<Vec<Endpoint>, Fault> = found.items.iter().filter(ours).map(endpoint).collect();
    match read {
        Ok(mut items) => {
            items.sort_by(|a, b| a.id.cmp(&b.id));
            Listed { items, gap: found.gap }
        }
        Err(fault) => Listed::missing(asker.run.desk.gap(call, asker.region, &fault)),
    }
}

fn endpoint(endpoint: &Value) -> Result<Endpoint, Fault> {
    Ok(Endpoint {
        id: text(endpoint, "vpcEndpointId"),
        vpc: text(endpoint, "vpcId"),
        kind: text(endpoint, "vpcEndpointType"),
        state: text(endpoint, "state"),
        policy: text(endpoint, "policyDocument"),
        route_tables: texts(endpoint, "routeTableIdSet")?,
    })
}
