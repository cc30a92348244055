//! Policies in, decisions with reasons out: a pure engine for AWS policy documents.
//!
//! ```text
//! text ─policy─▶ statements ─layer─▶ evaluate ─▶ Allowed · Denied · Conditional(what remains)
//!                   ▲ pattern, principal, condition (three-valued over a partial context)
//!                                      ▲ services: what a service does its own way
//! ```

pub mod actions;
pub mod arn;
pub mod condition;
pub mod context;
pub mod evaluate;
mod json;
pub mod layer;
pub mod operator;
pub mod pattern;
pub mod policy;
pub mod principal;
mod quota;
pub mod residual;
pub mod resource_policy;
mod scalar;
pub mod services;

pub use condition::Condition;
pub use context::{Context, Keys, Value};
pub use evaluate::{Caller, Decision, Denial, Layers, Levels, Named, Outcome, Request, Rule, decide};
pub use layer::{Layer, Via};
pub use policy::{Effect, Kind, Policy, Statement};
pub use principal::{Closeness, Who, WhoKind};
pub use residual::{Expr, Test, Truth};

/// A policy document that does not follow the grammar ("Grammar of the IAM JSON policy language").
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {reason}")]
pub struct Malformed {
    /// Where, for example `Statement[2].Condition.StringEquals`; empty text never.
    pub place: String,
    /// Why. Words of the document are cut and escaped.
    pub reason: String,
}

impl Malformed {
    fn new(place: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { place: place.into(), reason: reason.into() }
    }
}

/// A word of a document that is safe to print: printable ASCII, at most 60 characters.
pub(crate) fn printable(text: &str) -> String {
    let mut out: String = text.chars().take(60).flat_map(char::escape_default).collect();
    if text.chars().nth(60).is_some() {
        out.push_str("...");
    }
    out
}
