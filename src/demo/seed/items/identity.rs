//! Sessions, users, OAuth grants and API keys: where most of the secrets lie.

use serde_json::{Value, json};

use super::{Items, person};
use crate::demo::NOW;
use crate::demo::seed::generate::Generator;
use crate::demo::seed::{DAY, HOME};

pub(super) fn all(g: &mut Generator) -> Vec<Items> {
    vec![
        (HOME, "sessions", sessions(g)),
        (HOME, "users", users(g)),
        (HOME, "legacy_users", legacy_users(g)),
        (HOME, "oauth_tokens", oauth_tokens(g)),
        (HOME, "api_keys", api_keys(g)),
    ]
}

/// JWTs: most with an end, some without, a few that anyone can forge.
fn sessions(g: &mut Generator) -> Vec<Value> {
    (0..220)
        .map(|n| {
            let user = g.id("usr");
            let issued = NOW - g.between(0, 90 * DAY);
            let token = match n % 20 {
                3 | 11 => g.jwt(&user, issued, None),
                7 => g.unsigned_jwt(&user, issued),
                _ => g.jwt(&user, issued, Some(issued + DAY)),
            };
            json!({
                "session_id": g.id("ses"), "user_id": user, "created_at": issued,
                "expires_at": issued + 30 * DAY, "access_token": token, "refresh_token": g.refresh(),
                "device": { "kind": g.choice(&["ios", "android", "web"]), "ip": format!("192.0.2.{}", n % 250) },
            })
        })
        .collect()
}

/// Passwords hashed as they should be.
fn users(g: &mut Generator) -> Vec<Value> {
    (0..160)
        .map(|n| {
            let (name, mail) = person(g, n);
            json!({
                "user_id": g.id("usr"), "name": name, "email": mail, "password_hash": g.bcrypt(),
                "locale": g.choice(&["en-IE", "fr-FR", "nl-NL", "tr-TR"]), "newsletter": n % 3 == 0,
                "created_at": NOW - g.between(DAY, 800 * DAY),
            })
        })
        .collect()
}

/// Unsalted MD5: people with the same password share a digest.
fn legacy_users(g: &mut Generator) -> Vec<Value> {
    let common: Vec<String> = (0..6).map(|_| g.md5()).collect();
    (0..80)
        .map(|n| {
            let (name, mail) = person(g, n);
            let hash = if n % 3 == 0 { common[n / 3 % 6].clone() } else { g.md5() };
            json!({ "login": mail, "name": name, "password_hash": hash, "migrated": n % 4 == 0 })
        })
        .collect()
}

fn oauth_tokens(g: &mut Generator) -> Vec<Value> {
    (0..140)
        .map(|n| {
            let granted = NOW - g.between(0, 300 * DAY);
            json!({
                "grant_id": g.id("grt"), "client_id": g.choice(&["ferrylink", "harbourline-app", "portside"]),
                "user_id": g.id("usr"), "access_token": g.access(),
                "session": { "refresh_token": g.refresh(), "rotated": n % 2 == 0 },
                "scope": { "set": ["bookings.read", "profile"] }, "granted_at": granted, "uses": n,
            })
        })
        .collect()
}

/// Keys in their providers' formats, each the key of its own item.
fn api_keys(g: &mut Generator) -> Vec<Value> {
    let providers = ["github", "stripe", "slack", "sendgrid", "google", "harbourline"];
    (0..60)
        .map(|n| {
            let provider = providers[n % providers.len()];
            json!({
                "api_key": g.api_key(provider), "provider": provider, "owner": g.choice(&super::FIRST_NAMES),
                "scopes": ["read", "write"], "last_used": NOW - g.between(0, 200 * DAY),
            })
        })
        .collect()
}
