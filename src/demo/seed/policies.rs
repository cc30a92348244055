//! Resource policies: one open to everyone, two for an outside account, of which one lets a role read an index, one on a stream.

use serde_json::{Value, json};

use super::{AWAY, HOME, Seed};
use crate::demo::{ACCOUNT, Error, PARTNER_ACCOUNT};

pub(super) async fn plant(seed: &Seed<'_>) -> Result<(), Error> {
    let partner = format!("arn:aws:iam::{PARTNER_ACCOUNT}:root");
    let partners = format!("arn:aws:dynamodb:{AWAY}:{ACCOUNT}:table/partners");
    let open = json!("*");
    let read = json!(["dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan"]);
    put(seed, AWAY, &partners, statement("PartnerPortal", &open, &read, &partners)).await?;

    let orders = format!("arn:aws:dynamodb:{HOME}:{ACCOUNT}:table/orders");
    let lookup = json!(["dynamodb:GetItem", "dynamodb:Query"]);
    let outside = json!({ "AWS": partner });
    let mut bookings = statement("FerrylinkBookings", &outside, &lookup, &orders);
    let planner = json!({ "AWS": format!("arn:aws:iam::{ACCOUNT}:role/route-planner") });
    let index = format!("{orders}/index/by_customer");
    let one = statement("RoutePlanner", &planner, &json!("dynamodb:Query"), &index);
    if let (Some(all), Some(more)) = (bookings["Statement"].as_array_mut(), one["Statement"].as_array()) {
        all.extend(more.iter().cloned());
    }
    put(seed, HOME, &orders, bookings).await?;

    let audit = format!("arn:aws:dynamodb:{HOME}:{ACCOUNT}:table/audit_log");
    put(seed, HOME, &audit, statement("LogArchive", &outside, &json!("dynamodb:Query"), &audit)).await?;

    let described = seed.call(HOME, "DescribeTable", json!({ "TableName": "oauth_tokens" })).await?;
    let stream = described["Table"]["LatestStreamArn"].as_str().unwrap_or_default();
    let records = json!(["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"]);
    put(seed, HOME, stream, statement("FerrylinkSync", &outside, &records, stream)).await
}

fn statement(sid: &str, principal: &Value, actions: &Value, resource: &str) -> Value {
    json!({ "Version": "2012-10-17", "Statement": [{
        "Sid": sid, "Effect": "Allow", "Principal": principal, "Action": actions, "Resource": resource,
    }] })
}

async fn put(seed: &Seed<'_>, region: &str, arn: &str, policy: Value) -> Result<(), Error> {
    let body = json!({ "ResourceArn": arn, "Policy": policy.to_string() });
    seed.call(region, "PutResourcePolicy", body).await.map(|_| ())
}
