//! The detector from outside: formats, names, packing, masking, bounds.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper of a test fails as the test does"
)]

#[path = "detect/adversarial.rs"]
mod adversarial;
#[path = "detect/benign.rs"]
mod benign;
#[path = "detect/columns.rs"]
mod columns;
#[path = "detect/corpus/mod.rs"]
mod corpus;
#[path = "detect/formats.rs"]
mod formats;
#[path = "detect/hashes.rs"]
mod hashes;
#[path = "detect/hostile.rs"]
mod hostile;
#[path = "detect/judge.rs"]
mod judge;
#[path = "detect/jwt.rs"]
mod jwt;
#[path = "detect/named.rs"]
mod named;
#[path = "detect/packed.rs"]
mod packed;
#[path = "detect/personal.rs"]
mod personal;
#[path = "detect/properties.rs"]
mod properties;
#[path = "detect/quality.rs"]
mod quality;
#[path = "detect/sessions.rs"]
mod sessions;
#[path = "detect/support.rs"]
mod support;
#[path = "detect/wallets.rs"]
mod wallets;
#[path = "detect/written.rs"]
mod written;
