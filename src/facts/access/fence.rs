//! Whether a fence around part of a table's data holds: by partition key, or by attribute
//! ("Using IAM policy conditions for fine-grained access control").

use super::{
    judge::{Filled, Judge},
    known,
    rows::need,
    targets::Target,
};
use crate::{
    facts::reader::{Fence, FenceState, Needs},
    iam::{
        Truth, Value,
        actions::{Action, Form, WAYS, key},
    },
};

/// The fences of a caller at one table.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Fences {
    pub(super) leading_keys: FenceState,
    pub(super) attributes: FenceState,
    /// Actions that lead around one of them, sorted.
    pub(super) around: Vec<&'static str>,
}

/// Judges the fences that the ways which are open, by number, run into.
pub(super) fn judge(judge: &Judge<'_>, target: &Target, ways: &[(usize, Truth)]) -> Fences {
    let mut fences = Fences::default();
    let needs = |truth: &Truth, bit: u16| match truth {
        Truth::Depends(expr) => expr.needs(&need) & bit != 0,
        _ => false,
    };
    let data =
        || ways.iter().filter_map(|(n, truth)| Some((WAYS.get(*n)?, truth))).filter(|(w, _)| w.road.leads());
    if data().any(|(_, truth)| needs(truth, Needs::LEADING_KEYS)) {
        let around: Vec<&str> = data()
            .filter(|(_, truth)| !needs(truth, Needs::LEADING_KEYS))
            .filter_map(|(way, _)| way.actions.first())
            .map(|action| action.title)
            .collect();
        fences.leading_keys = if around.is_empty() { FenceState::Holds } else { FenceState::DoesNotBite };
        fences.around.extend(around);
    }
    if data().any(|(_, truth)| needs(truth, Needs::ATTRIBUTES)) {
        let around: Vec<&str> = data()
            .filter(|(_, truth)| !needs(truth, Needs::ATTRIBUTES))
            .filter_map(|(way, _)| way.actions.first())
            .chain(data().filter_map(|(way, _)| way.actions.first()).filter(|action| {
                target.of(action.form).any(|resource| {
                    wholes(action, target).into_iter().any(|filled| {
                        let truth = judge.filled(target, action, resource, filled);
                        truth != Truth::False && !needs(&truth, Needs::ATTRIBUTES)
                    })
                })
            }))
            .map(|action| action.title)
            .collect();
        fences.attributes = if around.is_empty() { FenceState::Holds } else { FenceState::DoesNotBite };
        fences.around.extend(around);
    }
    fences.around.sort_unstable();
    fences.around.dedup();
    fences
}

/// Requests for `action` that name no attribute beside the key, and so get every one.
pub(super) fn wholes(action: &Action, target: &Target) -> Vec<Filled> {
    let named = |keys: &[String]| Value::Present(keys.to_vec());
    let attributes = match action.title {
        // It names nothing at all.
        "Scan" => Value::Absent,
        "Query" => named(target.key_attributes.get(..1).unwrap_or_default()),
        _ => named(&target.key_attributes),
    };
    // The table's own `SELECT *`, an index's projection.
    let select = match action.form {
        Form::Index => "ALL_PROJECTED_ATTRIBUTES",
        _ => "ALL_ATTRIBUTES",
    };
    with(action, &[(key::ATTRIBUTES, attributes), (key::SELECT, Value::Present(vec![select.to_owned()]))])
}

/// Requests for `action` that name the key and `attribute`, and get these.
pub(super) fn narrow(action: &Action, target: &Target, attribute: &str) -> Vec<Filled> {
    let mut names = target.key_attributes.clone();
    if !names.iter().any(|name| name == attribute) {
        names.push(attribute.to_owned());
    }
    let select = Value::Present(vec!["SPECIFIC_ATTRIBUTES".to_owned()]);
    with(action, &[(key::ATTRIBUTES, Value::Present(names)), (key::SELECT, select)])
}

/// Every shape of `action` with `more` filled, of which it carries the keys.
fn with(action: &Action, more: &[(&'static str, Value)]) -> Vec<Filled> {
    let more = || more.iter().filter(|(key, _)| action.keys.contains(key)).cloned();
    action.shapes.iter().map(|shape| known::filled(shape).into_iter().chain(more()).collect()).collect()
}

impl From<Fences> for Fence {
    fn from(fences: Fences) -> Self {
        Self {
            leading_keys: fences.leading_keys,
            attributes: fences.attributes,
            around: fences.around.into_iter().map(str::to_owned).collect(),
        }
    }
}
