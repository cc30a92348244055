//! One policy decision from JSON, offline: input and output have the shapes of IAM's `SimulateCustomPolicy`.
//!
//! ```text
//! bytes ─input─▶ Input ─policies, caller─▶ iam::decide for each action and resource ─output─▶ Output
//! ```
//!
//! The rules are the engine's, for real requests ("Policy evaluation logic"). Three things the input cannot
//! say are read off it:
//!
//! - *Owner of a resource*: the account in its ARN, else `ResourceOwner`, else the caller's account
//!   ("SimulateCustomPolicy": ResourceOwner).
//! - *No `ResourcePolicy`*: the resource has none that matters, so within an account the caller's own policies
//!   decide, for keys and roles too.
//! - *Management account, service-linked roles*: give no organization policies for the one; the other is
//!   known by the path `/aws-service-role/` in `CallerArn`, or in the context key `aws:PrincipalArn` for a
//!   session of one.
//!
//! A policy that AWS would not take is refused (see `strict`); requests of STS alone ask about a role, so that their
//! `ResourcePolicy` is its trust policy.
//!
//! Context keys that follow from the input are filled in as AWS would (see [`caller`]); a key that is given
//! wins. Any other is absent, or open where that is asked for.

pub mod caller;
mod input;
mod output;
mod policies;
mod strict;

pub use input::{Document, Input};
pub use output::{EvaluationResult, Output};

use policies::Policies;

use crate::iam::{
    Caller, Context, Keys, Levels, Named, Request, Rule, Value, WhoKind,
    arn::{Arn, is_account_id},
    decide, services,
};

/// What a context key is that is neither given nor follows from the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Unknown {
    /// Not in the request, as for AWS's own simulator.
    #[default]
    Absent,
    /// Anything: the decision may be `conditional`, with what remains.
    Symbolic,
}

/// Why an input has no answer. Words of the input are cut and escaped.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{at}: {reason}")]
pub struct Refused {
    /// Which part of the input, for example `PolicyInputList.1`.
    pub at: String,
    /// Why.
    pub reason: String,
}

impl Refused {
    fn new(at: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { at: at.into(), reason: reason.into() }
    }
}

/// Decides every action of the input on every resource, in that order.
///
/// # Errors
/// A policy that does not follow the grammar, a caller that is none.
pub fn simulate(input: &Input, unknown: Unknown) -> Result<Output, Refused> {
    let policies = Policies::parse(input)?;
    let who = caller::who(input)?;
    let given = input.context.iter().fold(Keys::new(), |keys, (key, values)| {
        let value = if values.is_empty() { Value::Absent } else { Value::Present(values.clone()) };
        keys.with(key, value)
    });
    let layer = |list| named(list);
    let (identity, boundary, session) =
        (layer(&policies.identity), layer(&policies.boundary), layer(&policies.session));
    let exempt = who.is_service_linked() || caller::is_session_of_service_linked(input);
    let (scps, rcps) = (levels(&policies.scps), levels(&policies.rcps));
    let (scps, rcps) = (views(&scps), views(&rcps));
    let none: Levels<'_> = &[];
    // What an account as a whole may do is its own affair, unless its policies are given.
    let unseen = who.kind == WhoKind::Account && identity.is_empty();
    let caller = Caller {
        identity: (!unseen).then_some(&identity),
        boundary: (!boundary.is_empty()).then_some(&boundary[..]),
        session: (!session.is_empty()).then_some(&session[..]),
        scps: if exempt { none } else { &scps },
        ..Caller::unseen(&who)
    };
    let policy = named(&policies.resource).first().copied();
    // A request without credentials, which some services take: where they do not, a policy can only deny it.
    let unsigned = who.kind == WhoKind::Anyone;
    let denials = policy.map(|named| named.policy.denials());
    let denying = policy.zip(denials.as_ref()).map(|(named, policy)| Named { policy, ..named });
    let by_name = policies.by_name();
    let mut results = Vec::new();
    for action in &input.actions {
        let lower = action.to_ascii_lowercase();
        for resource in &input.resources {
            let owner = owner(input, resource, &who.account);
            let mut rest = caller::keys(&who, &lower, resource, owner);
            if unknown == Unknown::Absent {
                rest = rest.with_family("", Value::Absent);
            }
            let request = Request {
                owner,
                policy: if unsigned && !services::open_to_unsigned(&lower) { denying } else { policy },
                rule: if policy.is_some() { services::rule(&lower) } else { Rule::Either },
                rcps: if exempt { none } else { &rcps },
                ..Request::new(&lower, resource, Context { caller: &given, resource: &rest })
            };
            let outcome = decide(&caller, &request);
            let missing = policies.missing(&lower, &request.context, unknown);
            let resource = input.resources_given.then_some(resource.as_str());
            results.push(output::result(&by_name, action, resource, &outcome, missing));
        }
    }
    Ok(Output { evaluation_results: results, is_truncated: false })
}

/// Reads an input and decides it.
///
/// # Errors
/// As [`Input::read`] and [`simulate`].
pub fn answer(bytes: &[u8], unknown: Unknown) -> Result<Output, Refused> {
    simulate(&Input::read(bytes)?, unknown)
}

/// Account that owns `resource`; empty if nothing tells.
fn owner<'a>(input: &'a Input, resource: &'a str, caller: &'a str) -> &'a str {
    match Arn::parse(resource) {
        Some(arn) if is_account_id(arn.account) => arn.account,
        _ => input.owner.as_deref().unwrap_or(caller),
    }
}

fn named(list: &[policies::Parsed]) -> Vec<Named<'_>> {
    list.iter().map(|parsed| Named { name: &parsed.name, policy: &parsed.policy }).collect()
}

fn levels(list: &[Vec<policies::Parsed>]) -> Vec<Vec<Named<'_>>> {
    list.iter().map(|level| named(level)).collect()
}

fn views<'a>(levels: &'a [Vec<Named<'a>>]) -> Vec<&'a [Named<'a>]> {
    levels.iter().map(Vec::as_slice).collect()
}
