//! The collector against scripted answers: paging, refusals, failures, hostile answers, sampling, the guard.
#![cfg(feature = "aws")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "collect/account.rs"]
mod account;
#[path = "collect/bucket.rs"]
mod bucket;
#[path = "collect/empty.rs"]
mod empty;
#[path = "collect/export.rs"]
mod export;
#[path = "collect/fake.rs"]
mod fake;
#[path = "collect/faults.rs"]
mod faults;
#[path = "collect/guard.rs"]
mod guard;
#[path = "collect/paging.rs"]
mod paging;
#[path = "collect/prevalence.rs"]
mod prevalence;
#[path = "collect/refused.rs"]
mod refused;
#[path = "collect/sampling.rs"]
mod sampling;
#[path = "collect/seats.rs"]
mod seats;
#[path = "collect/second.rs"]
mod second;
#[path = "collect/services.rs"]
mod services;
#[path = "collect/store.rs"]
mod store;
#[path = "collect/whole.rs"]
mod whole;
