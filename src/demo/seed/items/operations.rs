//! Audit log, partners, metrics, webhooks and Terraform locks: secrets where nobody looks for them.

use serde_json::{Value, json};

use super::Items;
use crate::demo::seed::generate::Generator;
use crate::demo::seed::{AWAY, DAY, HOME};
use crate::demo::{ACCOUNT, NOW, PARTNER_ACCOUNT};

pub(super) fn all(g: &mut Generator) -> Vec<Items> {
    vec![
        (HOME, "audit_log", audit_log(g)),
        (AWAY, "partners", partners(g)),
        (AWAY, "metrics", metrics(g)),
        (AWAY, "webhooks", webhooks(g)),
        (AWAY, "terraform_locks", terraform_locks(g)),
    ]
}

fn audit_log(g: &mut Generator) -> Vec<Value> {
    (0..240)
        .map(|n| {
            json!({
                "day": format!("2026-10-{:02}", n % 30 + 1), "id": g.id("aud"),
                "who": format!("arn:aws:sts::{ACCOUNT}:assumed-role/booking-service/i-{}", g.hex(17)),
                "what": g.choice(&["login", "export", "refund", "role-change"]), "ok": n % 9 != 0,
            })
        })
        .collect()
}

/// One partner sent a private key by mail, and someone kept it beside the address.
fn partners(g: &mut Generator) -> Vec<Value> {
    (0..24)
        .map(|n| {
            let mut partner = json!({
                "partner_id": g.id("par"), "name": format!("{} Freight", g.choice(&super::FAMILY_NAMES)),
                "aws_account": PARTNER_ACCOUNT, "discount": g.between(0, 20),
                "contact": { "mail": format!("desk{n}@example.org"), "city": g.choice(&["Hull", "Vigo", "Gdynia"]) },
            });
            if n % 8 == 5 {
                partner["edi"] = json!({ "protocol": "AS2", "signing_key": g.pem() });
            }
            partner
        })
        .collect()
}

/// Meant to go after a month, but DynamoDB reads seconds and these are milliseconds.
fn metrics(g: &mut Generator) -> Vec<Value> {
    (0..300)
        .map(|n| {
            json!({
                "series": g.choice(&["bookings", "boarding_seconds", "refunds"]), "at": format!("{:010}", n * 60),
                "value": g.between(0, 5_000), "build": g.hex(40), "expires_at": (NOW + 30 * DAY) * 1_000,
            })
        })
        .collect()
}

/// A text that is JSON, in which lies an address that is a credential, and a configuration in base64.
fn webhooks(g: &mut Generator) -> Vec<Value> {
    (0..40)
        .map(|n| {
            let target = json!({ "channel": "#harbour-ops", "url": g.webhook(), "retries": 3 });
            let mut hook = json!({
                "hook_id": g.id("hok"), "event": g.choice(&["booking.created", "refund.issued"]),
                "target": target.to_string(),
            });
            if n % 4 == 1 {
                let (id, secret) = g.aws_key();
                let config = json!({ "region": "us-east-1", "aws_access_key_id": id, "aws_secret_access_key": secret });
                hook["config"] = g.wrapped(&config).into();
            }
            hook
        })
        .collect()
}

fn terraform_locks(g: &mut Generator) -> Vec<Value> {
    (0..20)
        .map(|n| json!({ "LockID": format!("harbourline-tf-state/stack-{n}/terraform.tfstate-md5"), "Digest": g.hex(32) }))
        .collect()
}
