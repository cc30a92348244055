//! What to do about findings, made out for the resources at hand: projections that leave secrets out, and narrower
//! policies that the engine has judged. Printed, never carried out.

mod fence;
pub mod narrow;
pub mod projection;
pub mod prove;
mod rewrite;

pub use self::{narrow::Proposal, projection::Projection};

/// What a run proposes beside what each check's file says.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Plan {
    /// One for each table in which secrets were seen, by ARN.
    pub projections: Vec<Projection>,
    /// One for each user or role that reaches too much, by ARN.
    pub proposals: Vec<Proposal>,
}
