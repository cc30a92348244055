//! The company's tables with their settings.

use serde_json::{Value, json};

use super::stores::Store;
use super::{AWAY, HOME, Seed};
use crate::demo::Error;

/// Region, age in days, table.
fn stores() -> Vec<(&'static str, i64, Store)> {
    let all = || json!({ "ProjectionType": "ALL" });
    vec![
        (HOME, 640, Store::new("sessions", "session_id", "")),
        (HOME, 900, Store::new("users", "user_id", "").key("").protected().tags(&[("team", "identity")])),
        (HOME, 1_700, Store::new("legacy_users", "login", "").provisioned(5, 2).infrequent()),
        (
            HOME,
            500,
            Store::new("oauth_tokens", "grant_id", "client_id")
                .key("oauth")
                .stream("NEW_AND_OLD_IMAGES")
                .global_index("by_user", "user_id", all())
                .tags(&[("team", "identity"), ("data-class", "secret")]),
        ),
        (HOME, 60, Store::new("api_keys", "api_key", "").tags(&[("team", "platform")])),
        (
            HOME,
            300,
            Store::new("catalogue", "route", "sailing")
                .key("catalogue")
                .protected()
                .local_index("by_vessel", "route", "vessel")
                .tags(&[
                    ("team", "commerce"),
                    ("data-class", "public"),
                    ("owner", "commerce@harbourline.example"),
                ]),
        ),
        (
            HOME,
            210,
            Store::new("vault", "customer_id", "")
                .key("catalogue")
                .protected()
                .tags(&[("team", "payments"), ("data-class", "restricted")]),
        ),
        (HOME, 400, Store::new("carts", "cart_id", "").key("").tags(&[("team", "commerce")])),
        (HOME, 400, Store::new("events", "stream", "at").provisioned(10, 10)),
        (
            HOME,
            350,
            Store::new("orders", "order_id", "")
                .key("orders")
                .protected()
                .stream("NEW_AND_OLD_IMAGES")
                .global_index(
                    "by_customer",
                    "customer_id",
                    json!({ "ProjectionType": "INCLUDE", "NonKeyAttributes": ["total"] }),
                )
                .tags(&[("team", "commerce"), ("data-class", "personal")]),
        ),
        (HOME, 1_000, Store::new("invoices", "invoice_id", "").key("invoices").tags(&[("team", "finance")])),
        (
            HOME,
            260,
            Store::new("audit_log", "day", "id").key("shared").protected().tags(&[("team", "security")]),
        ),
        (HOME, 30, Store::new("promotions", "code", "")),
        (AWAY, 320, Store::new("partners", "partner_id", "").tags(&[("team", "partnerships")])),
        (AWAY, 150, Store::new("metrics", "series", "at").tags(&[("team", "platform")])),
        (AWAY, 620, Store::new("webhooks", "hook_id", "").stream("NEW_IMAGE")),
        (AWAY, 1_200, Store::new("terraform_locks", "LockID", "").provisioned(1, 1)),
    ]
}

/// The tables of a Region that have tags, each with its own.
pub(super) fn tags(region: &str) -> Vec<(String, Value)> {
    let of_region = stores().into_iter().filter(|(at, ..)| *at == region);
    let bodies = of_region.map(|(_, _, store)| store.into_body()).filter(|body| body["Tags"].is_array());
    bodies
        .map(|body| (body["TableName"].as_str().unwrap_or_default().to_owned(), body["Tags"].clone()))
        .collect()
}

pub(super) async fn plant(seed: &Seed<'_>) -> Result<(), Error> {
    for (region, age, store) in stores() {
        seed.days_ago(age);
        seed.call(region, "CreateTable", store.into_body()).await?;
    }
    seed.days_ago(200);
    for (region, table, days) in [
        (HOME, "users", 7),
        (HOME, "catalogue", 35),
        (HOME, "vault", 35),
        (HOME, "orders", 35),
        (HOME, "audit_log", 35),
    ] {
        let recovery = json!({ "PointInTimeRecoveryEnabled": true, "RecoveryPeriodInDays": days });
        let body = json!({ "TableName": table, "PointInTimeRecoverySpecification": recovery });
        seed.call(region, "UpdateContinuousBackups", body).await?;
    }
    for (region, table, attribute) in [
        (HOME, "carts", "expires_at"),
        (HOME, "catalogue", "retire_at"),
        (HOME, "oauth_tokens", "expires_at"),
        (HOME, "events", "ttl"),
        (AWAY, "metrics", "expires_at"),
    ] {
        let ttl = json!({ "Enabled": true, "AttributeName": attribute });
        let body = json!({ "TableName": table, "TimeToLiveSpecification": ttl });
        seed.call(region, "UpdateTimeToLive", body).await?;
    }
    Ok(())
}
