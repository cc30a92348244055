//! Catalogue, vault, carts, events, orders and invoices: the business, mostly clean.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{Items, person};
use crate::demo::NOW;
use crate::demo::seed::generate::Generator;
use crate::demo::seed::{DAY, HOME};

const PORTS: [&str; 8] =
    ["Dublin", "Holyhead", "Rosslare", "Cherbourg", "Rotterdam", "Hull", "Bilbao", "Portsmouth"];
const VESSELS: [&str; 5] = ["Saint Brendan", "Guillemot", "Northern Diver", "Kittiwake", "Grace O'Malley"];

pub(super) fn all(g: &mut Generator) -> Vec<Items> {
    vec![
        (HOME, "catalogue", catalogue(g)),
        (HOME, "vault", vault(g)),
        (HOME, "carts", carts(g)),
        (HOME, "events", events(g)),
        (HOME, "orders", orders(g)),
        (HOME, "invoices", invoices(g)),
    ]
}

fn catalogue(g: &mut Generator) -> Vec<Value> {
    (0..200)
        .map(|n| {
            let (from, to) = (g.choice(&PORTS), g.choice(&PORTS));
            json!({
                "route": format!("{from}-{to}"), "sailing": format!("2026-11-{:02}T{:02}:30#{n}", n % 28 + 1, n % 24),
                "vessel": g.choice(&VESSELS), "price": { "currency": "EUR", "amount": g.between(39, 289) },
                "cabins": g.between(0, 120), "wheelchair": n % 2 == 0, "retire_at": NOW + 90 * DAY,
            })
        })
        .collect()
}

/// Encrypted before it was written: the AWS Database Encryption SDK marks an item by its head and foot.
fn vault(g: &mut Generator) -> Vec<Value> {
    let bytes = |g: &mut Generator, count: usize| json!({ "bytes": STANDARD.encode(g.bytes(count)) });
    (0..90)
        .map(|_| {
            json!({
                "customer_id": g.id("cus"), "card_number": bytes(g, 64), "card_holder": bytes(g, 72),
                "passport": bytes(g, 58), "aws_dbe_head": bytes(g, 240), "aws_dbe_foot": bytes(g, 96),
            })
        })
        .collect()
}

/// Some lay there for years before anybody turned time to live on, and are too old for it now.
fn carts(g: &mut Generator) -> Vec<Value> {
    (0..120)
        .map(|n| {
            let expires = NOW + g.between(0, 3 * DAY) - if n % 30 == 29 { 2_000 * DAY } else { 0 };
            json!({
                "cart_id": g.id("crt"), "customer_id": g.id("cus"), "expires_at": expires,
                "lines": [{ "sku": format!("SAIL-{n:04}"), "quantity": g.between(1, 5) }],
            })
        })
        .collect()
}

/// Kept for ever, since time to live looks at another attribute.
fn events(g: &mut Generator) -> Vec<Value> {
    (0..260)
        .map(|n| {
            json!({
                "stream": g.id("cus"), "at": format!("2024-{:02}-{:02}T10:00:00Z#{n}", n % 12 + 1, n % 28 + 1),
                "kind": g.choice(&["search", "view", "basket", "checkout"]), "expires_at": NOW - 300 * DAY,
                "agent": "Mozilla/5.0 (X11; Linux x86_64)",
            })
        })
        .collect()
}

fn orders(g: &mut Generator) -> Vec<Value> {
    (0..150)
        .map(|n| {
            let (name, mail) = person(g, n);
            json!({
                "order_id": g.id("ord"), "customer_id": g.id("cus"), "passenger": name, "contact": mail,
                "total": g.between(39, 1_900), "vessel": g.choice(&VESSELS),
                "status": g.choice(&["paid", "boarded", "refunded"]),
            })
        })
        .collect()
}

fn invoices(g: &mut Generator) -> Vec<Value> {
    (0..70)
        .map(|n| {
            json!({
                "invoice_id": g.id("inv"), "number": format!("HL-2025-{n:05}"), "net": g.between(100, 9_000),
                "account": format!("IE{:02}HLBK{:014}", g.between(10, 98), g.between(0, 99_999_999)),
                "paid": n % 5 != 0,
            })
        })
        .collect()
}
