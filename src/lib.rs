//! dynaudit: a read-only auditor of Amazon DynamoDB.
//!
//! One way through the house:
//!
//! ```text
//! AWS ─collect─▶ Snapshot ─engines─▶ Facts ─checks─▶ Findings ─render─▶ table · json
//!   (detect runs here, page by page)  ▲ iam, kms      ▲ checks/*.toml
//! ```
//!
//! Imports run downward only, in the order of the list below read from its end; `tests/layers.rs`
//! keeps it so. Everything below `collect` is pure: no clock, no network, no environment.

pub mod check;
pub mod cli;
#[cfg(feature = "aws")]
pub mod collect;
pub mod config;
#[cfg(feature = "demo")]
pub mod demo;
pub mod detect;
pub mod facts;
pub mod finding;
pub mod iam;
pub mod kms;
pub mod remedy;
pub mod report;
pub mod run;
pub mod simulate;
pub mod snapshot;
pub mod source;
