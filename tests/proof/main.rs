//! Proofs of the whole way, from the embedded account to the report: what never leaks, what is never lost.
#![cfg(feature = "demo")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod both;
mod denied;
mod harness;
mod hostile;
mod identity;
mod leaks;
mod malformed;
mod mutated;
mod needle;
mod promise;
mod reads;
mod spoil;
