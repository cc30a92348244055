//! The condition block ("IAM JSON policy elements: Condition operators").

use serde_json::Value as Json;

use super::{
    Request, strings,
    text::{self, Piece},
    values,
};

/// Every operator and every key must hold.
pub fn holds(block: &Json, variables: bool, request: &Request) -> bool {
    block.as_object().unwrap().iter().all(|(operator, keys)| {
        keys.as_object()
            .unwrap()
            .iter()
            .all(|(key, wanted)| key_holds(operator, key, &strings(wanted), variables, request))
    })
}

fn key_holds(operator: &str, key: &str, wanted: &[String], variables: bool, request: &Request) -> bool {
    let values = request.key(key).filter(|values| !values.is_empty());
    if operator == "Null" {
        // Empty values are what `Null` is put beside ForAllValues for ("Single-valued vs. multivalued context keys").
        let missing = values.is_none_or(|values| values.iter().all(String::is_empty));
        return wanted.iter().any(|wanted| (wanted == "true") == missing);
    }
    let (set, rest) = match operator.split_once(':') {
        Some((set, rest)) => (Some(set), rest),
        None => (None, operator),
    };
    let (operator, if_exists) = match rest.strip_suffix("IfExists") {
        Some(operator) => (operator, true),
        None => (rest, false),
    };
    let negated = operator.contains("Not");
    let positive = operator.replace("Not", "");
    // "If the key values in the request resolve to an empty data set (for example, an empty string) ..."
    let values = values.filter(|values| set.is_none() || values.iter().any(|value| !value.is_empty()));
    let Some(values) = values else {
        // "...IfExists" first: a missing key holds. Then "Set operators for multivalued context keys":
        // ForAnyValue is false without a value, whatever the operator; then the rule of missing keys.
        return match set {
            _ if if_exists => true,
            Some("ForAllValues") => true,
            Some(_) => false,
            None => negated,
        };
    };
    // A negated operator holds where none of the listed values matches.
    let one = |value: &String| {
        wanted.iter().any(|wanted| matches(&positive, wanted, value, variables, request)) != negated
    };
    match set {
        Some("ForAllValues") => values.iter().all(one),
        Some(_) => values.iter().any(one),
        None => values.iter().all(one),
    }
}

/// One value of the policy against one of the request, under an operator without its `Not`.
fn matches(operator: &str, wanted: &str, value: &str, variables: bool, request: &Request) -> bool {
    let expanded = |like: bool| -> Option<Vec<Piece>> {
        let pieces = text::expand(wanted, variables, request)?;
        let plain = |piece| match piece {
            Piece::Any => Piece::Char('*'),
            Piece::One => Piece::Char('?'),
            char => char,
        };
        Some(if like { pieces } else { pieces.into_iter().map(plain).collect() })
    };
    match operator {
        "StringEquals" => expanded(false).is_some_and(|wanted| text::like(&wanted, value)),
        "StringEqualsIgnoreCase" => expanded(false).is_some_and(|wanted| {
            let lower = |piece: &Piece| match piece {
                Piece::Char(c) => Piece::Char(c.to_ascii_lowercase()),
                other => *other,
            };
            text::like(&wanted.iter().map(lower).collect::<Vec<_>>(), &value.to_ascii_lowercase())
        }),
        "StringLike" => expanded(true).is_some_and(|wanted| text::like(&wanted, value)),
        "ArnEquals" | "ArnLike" => expanded(true).is_some_and(|wanted| arn_like(&wanted, value)),
        "Bool" => wanted.eq_ignore_ascii_case(value),
        "BinaryEquals" => wanted == value,
        "IpAddress" => values::in_range(value, wanted),
        _ => {
            let (kind, relation) = match operator.strip_prefix("Numeric") {
                Some(relation) => ((values::number(value), values::number(wanted)), relation),
                None => (
                    (values::moment(value), values::moment(wanted)),
                    operator.strip_prefix("Date").unwrap_or_else(|| panic!("operator {operator}")),
                ),
            };
            let (Some(value), Some(wanted)) = kind else { return false };
            match relation {
                "Equals" => value == wanted,
                "LessThan" => value < wanted,
                "LessThanEquals" => value <= wanted,
                "GreaterThan" => value > wanted,
                "GreaterThanEquals" => value >= wanted,
                _ => panic!("operator {operator}"),
            }
        }
    }
}

/// "Each of the six colon-delimited components of the ARN is checked separately."
fn arn_like(pattern: &[Piece], value: &str) -> bool {
    let patterns: Vec<_> = pattern.splitn(6, |piece| *piece == Piece::Char(':')).collect();
    let values: Vec<_> = value.splitn(6, ':').collect();
    patterns.len() == values.len()
        && patterns.iter().zip(values).all(|(pattern, value)| text::like(pattern, value))
}
