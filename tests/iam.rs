//! The policy engine, the keys engine, and the access classes built on them.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

#[path = "iam/access.rs"]
mod access;
#[path = "iam/account.rs"]
mod account;
#[path = "iam/agreement.rs"]
mod agreement;
#[path = "iam/alone.rs"]
mod alone;
#[path = "iam/cases.rs"]
mod cases;
#[path = "iam/clusters.rs"]
mod clusters;
#[path = "iam/generator.rs"]
mod generator;
#[path = "iam/hostile.rs"]
mod hostile;
#[path = "iam/interop.rs"]
mod interop;
#[path = "iam/kms.rs"]
mod kms;
#[path = "iam/pairs.rs"]
mod pairs;
#[path = "iam/paths.rs"]
mod paths;
#[path = "iam/properties.rs"]
mod properties;
#[path = "iam/reach.rs"]
mod reach;
#[path = "iam/reference/mod.rs"]
mod reference;
#[path = "iam/requests.rs"]
mod requests;
#[path = "iam/rings.rs"]
mod rings;
#[path = "iam/rows.rs"]
mod rows;
#[path = "iam/table_policies.rs"]
mod table_policies;
#[path = "iam/unseen_keys.rs"]
mod unseen_keys;
#[path = "iam/versions.rs"]
mod versions;
#[path = "iam/ways.rs"]
mod ways;
