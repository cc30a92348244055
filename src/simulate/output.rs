//! The output: JSON in the shape of `SimulateCustomPolicy`'s response.

use std::collections::BTreeMap;

use serde::Serialize;

use super::policies::Parsed;
use crate::iam::{Decision, Denial, Layer, Outcome, Via};

/// Most statements that a result lists.
const MATCHED: usize = 100;

/// Longest text of a condition, in bytes.
const LONGEST: usize = 8 * 1024;

/// The answer to one input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Output {
    /// One for each action and resource, resources within actions.
    pub evaluation_results: Vec<EvaluationResult>,
    /// Never: no answer comes in pages.
    pub is_truncated: bool,
}

/// The decision about one action on one resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct EvaluationResult {
    /// The action as it was given.
    pub eval_action_name: String,
    /// The resource as it was given, or `*`.
    pub eval_resource_name: String,
    /// `allowed`, `explicitDeny`, `implicitDeny`; `conditional` only where open keys were asked for.
    pub eval_decision: &'static str,
    /// What must hold of the request, where the decision is `conditional`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    /// The statements that decide, the first hundred: those that deny, or else those that grant.
    pub matched_statements: Vec<Statement>,
    /// Context keys that statements about the action ask for and that were not given.
    pub missing_context_values: Vec<String>,
    /// Where organization policies were given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organizations_decision_detail: Option<OrganizationsDecisionDetail>,
    /// Where a permissions boundary was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permissions_boundary_decision_detail: Option<PermissionsBoundaryDecisionDetail>,
    /// What each layer says on its own, by `SourcePolicyType`.
    pub eval_decision_details: BTreeMap<&'static str, &'static str>,
    /// The same once more for the resource, where one was named.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub resource_specific_results: Vec<ResourceSpecificResult>,
}

/// The decision about one resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[allow(missing_docs, reason = "the members of EvaluationResult of the same names say it")]
pub struct ResourceSpecificResult {
    pub eval_resource_name: String,
    pub eval_resource_decision: &'static str,
    pub matched_statements: Vec<Statement>,
    pub missing_context_values: Vec<String>,
    pub eval_decision_details: BTreeMap<&'static str, &'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permissions_boundary_decision_detail: Option<PermissionsBoundaryDecisionDetail>,
}

/// A statement of a policy of the input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Statement {
    /// Which policy, for example `PolicyInputList.1`.
    pub source_policy_id: String,
    /// Its layer.
    pub source_policy_type: &'static str,
    /// Just past its `{`.
    pub start_position: Position,
    /// Just past its `}`.
    pub end_position: Position,
}

/// A place in a policy's text, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[allow(missing_docs, reason = "the names say it")]
pub struct Position {
    pub line: usize,
    pub column: usize,
}

/// What the organizations' policies say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct OrganizationsDecisionDetail {
    /// Whether service control policies allow it and no resource control policy denies it.
    pub allowed_by_organizations: bool,
}

/// What the permissions boundary says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct PermissionsBoundaryDecisionDetail {
    /// Whether it allows the action.
    pub allowed_by_permissions_boundary: bool,
}

/// The outcome in the shape of the response.
pub(super) fn result(
    by_name: &BTreeMap<&str, &Parsed>,
    action: &str,
    resource: Option<&str>,
    outcome: &Outcome<'_>,
    missing_context_values: Vec<String>,
) -> EvaluationResult {
    let layers = &outcome.layers;
    let allowed = |decision: &Decision| *decision == Decision::Allowed;
    let organizations: Vec<&Decision> = [&layers.scp, &layers.rcp].into_iter().flatten().collect();
    let matched_statements: Vec<Statement> =
        outcome.via.iter().take(MATCHED).filter_map(|via| statement(by_name, via)).collect();
    let eval_decision_details: BTreeMap<&str, &str> = [
        (Layer::Identity, &layers.identity),
        (Layer::Boundary, &layers.boundary),
        (Layer::Session, &layers.session),
        (Layer::Resource, &layers.resource),
        (Layer::Scp, &layers.scp),
        (Layer::Rcp, &layers.rcp),
    ]
    .into_iter()
    .filter_map(|(layer, decision)| Some((sort(layer), word(decision.as_ref()?))))
    .collect();
    let boundary = layers.boundary.as_ref().map(|decision| PermissionsBoundaryDecisionDetail {
        allowed_by_permissions_boundary: allowed(decision),
    });
    let specific = resource.map(|resource| ResourceSpecificResult {
        eval_resource_name: resource.to_owned(),
        eval_resource_decision: word(&outcome.decision),
        matched_statements: matched_statements.clone(),
        missing_context_values: missing_context_values.clone(),
        eval_decision_details: eval_decision_details.clone(),
        permissions_boundary_decision_detail: boundary,
    });
    EvaluationResult {
        eval_action_name: action.to_owned(),
        eval_resource_name: resource.unwrap_or("*").to_owned(),
        eval_decision: word(&outcome.decision),
        condition: match &outcome.decision {
            Decision::Conditional(expr) => Some(cut(expr.to_string())),
            Decision::Allowed | Decision::Denied(_) => None,
        },
        matched_statements,
        missing_context_values,
        organizations_decision_detail: (!organizations.is_empty()).then(|| OrganizationsDecisionDetail {
            allowed_by_organizations: organizations.into_iter().all(allowed),
        }),
        permissions_boundary_decision_detail: boundary,
        eval_decision_details,
        resource_specific_results: specific.into_iter().collect(),
    }
}

/// What is longer than anyone reads is cut.
fn cut(mut text: String) -> String {
    if text.len() > LONGEST {
        let end = (0..=LONGEST).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default();
        text.truncate(end);
        text.push_str("...");
    }
    text
}

fn word(decision: &Decision) -> &'static str {
    match decision {
        Decision::Allowed => "allowed",
        Decision::Conditional(_) => "conditional",
        Decision::Denied(Denial::Explicit) => "explicitDeny",
        Decision::Denied(Denial::Implicit) => "implicitDeny",
    }
}

/// A layer as AWS's simulator names the sort of a policy.
fn sort(layer: Layer) -> &'static str {
    match layer {
        Layer::Identity => "IAM Policy",
        Layer::Boundary => "Permissions Boundary Policy",
        Layer::Session => "Session Policy",
        Layer::Resource => "Resource Policy",
        Layer::Scp => "Service Control Policy",
        Layer::Rcp => "Resource Control Policy",
        Layer::Grant => "Grant",
    }
}

fn statement(by_name: &BTreeMap<&str, &Parsed>, via: &Via<'_>) -> Option<Statement> {
    let (start_position, end_position) = *by_name.get(via.policy.as_ref())?.places.get(via.index)?;
    Some(Statement {
        source_policy_id: via.policy.to_string(),
        source_policy_type: sort(via.layer),
        start_position,
        end_position,
    })
}
