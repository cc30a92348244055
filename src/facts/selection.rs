//! Whether a selection of AWS Backup takes a table, as AWS evaluates it.
//!
//! AWS documentation: "Assign resources with AWS CLI", "BackupSelection", "Conditions" (AWS Backup Developer Guide);
//! "How do I assign resources to a backup plan" (AWS re:Post), which alone says how the parts join: `Resources` or
//! `ListOfTags` takes, every one of `Conditions` narrows, `NotResources` leaves out.

use std::collections::BTreeMap;

use super::Fact;
use crate::{
    iam::pattern::{Token, matches},
    snapshot::{
        Seen,
        services::{Criteria, backup::Condition},
    },
};

/// Whether `criteria` take the table `arn` with these tags. Where only tags or a pattern wider than DynamoDB's tables
/// name it, the Region's opt-in decides.
pub fn takes(
    criteria: &Criteria,
    arn: &str,
    tags: &Seen<BTreeMap<String, String>>,
    opt_in: &Seen<bool>,
) -> Fact<bool> {
    if criteria.not_resources.iter().any(|pattern| like(pattern, arn)) {
        return Fact::Known(false);
    }
    let named: Vec<&String> = criteria.resources.iter().filter(|pattern| like(pattern, arn)).collect();
    let everything = criteria.resources.is_empty() && criteria.tags.is_empty();
    let by_tag = if !named.is_empty() || everything {
        Fact::Known(true)
    } else if criteria.tags.is_empty() {
        Fact::Known(false)
    } else {
        Fact::of(tags, |tags| criteria.tags.iter().any(|tag| tags.get(&tag.key) == Some(&tag.value)))
    };
    let narrowed = if criteria.conditions.is_empty() {
        Fact::Known(true)
    } else {
        Fact::of(tags, |tags| criteria.conditions.iter().all(|condition| holds(condition, tags)))
    };
    let taken = both(by_tag, narrowed);
    let explicit = named.iter().any(|pattern| of_tables_alone(pattern));
    if explicit { taken } else { both(taken, Fact::of(opt_in, |on| *on)) }
}

/// A condition on a tag that the table does not have does not hold, whatever its operator: the negated ones take "only
/// those resources that you tagged".
fn holds(condition: &Condition, tags: &BTreeMap<String, String>) -> bool {
    let Some(value) = tags.get(&condition.tag.key) else { return false };
    let wanted = &condition.tag.value;
    match condition.operator.as_str() {
        "StringEquals" => value == wanted,
        "StringNotEquals" => value != wanted,
        "StringLike" => like(wanted, value),
        "StringNotLike" => !like(wanted, value),
        // An operator that AWS adds one day must not make a table look protected.
        _ => false,
    }
}

fn of_tables_alone(pattern: &str) -> bool {
    let mut parts = pattern.splitn(6, ':').skip(2);
    parts.next() == Some("dynamodb") && parts.nth(2).is_some_and(|resource| resource.starts_with("table/"))
}

/// `*` is the only wildcard.
fn like(pattern: &str, text: &str) -> bool {
    let token = |c| if c == '*' { Token::Many } else { Token::Char(c) };
    matches(&pattern.chars().map(token).collect::<Vec<_>>(), text)
}

fn both(a: Fact<bool>, b: Fact<bool>) -> Fact<bool> {
    match (a, b) {
        (Fact::Known(false), _) | (_, Fact::Known(false)) => Fact::Known(false),
        (Fact::Known(true), other) | (other, Fact::Known(true)) => other,
        (Fact::Unknown(own), Fact::Unknown(other)) => Fact::Unknown(own.and(other)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snapshot::{GapId, services::backup::TagValue};

    const ARN: &str = "arn:aws:dynamodb:eu-west-1:111122223333:table/orders";

    fn criteria(resources: &[&str], not: &[&str], tags: &[&str], conditions: &[(&str, &str)]) -> Criteria {
        let tag = |text: &str| {
            let (key, value) = text.split_once('=').unwrap();
            TagValue { key: key.into(), value: value.into() }
        };
        Criteria {
            resources: resources.iter().map(|r| (*r).into()).collect(),
            not_resources: not.iter().map(|r| (*r).into()).collect(),
            tags: tags.iter().map(|t| tag(t)).collect(),
            conditions: conditions
                .iter()
                .map(|(operator, t)| Condition { operator: (*operator).into(), tag: tag(t) })
                .collect(),
        }
    }

    #[test]
    fn selections_are_evaluated_as_aws_does() {
        let tags = Seen::Value(BTreeMap::from([("env".into(), "prod".into()), ("tier".into(), "1".into())]));
        let all = "arn:aws:dynamodb:*:*:table/*";
        for (what, criteria, opt_in, taken) in [
            ("by its ARN, without opt-in", criteria(&[ARN], &[], &[], &[]), false, true),
            ("by its type, without opt-in", criteria(&[all], &[], &[], &[]), false, true),
            ("by everything, without opt-in", criteria(&["*"], &[], &[], &[]), false, false),
            ("by everything", criteria(&["*"], &[], &[], &[]), true, true),
            ("by nothing at all", criteria(&[], &[], &[], &[]), true, true),
            (
                "by the service alone, without opt-in",
                criteria(&["arn:aws:dynamodb:*"], &[], &[], &[]),
                false,
                false,
            ),
            ("left out", criteria(&["*"], &["*:table/orders"], &[], &[]), true, false),
            ("another is left out", criteria(&["*"], &["*:table/order"], &[], &[]), true, true),
            ("one tag of two", criteria(&[], &[], &["env=dev", "tier=1"], &[]), true, true),
            ("a tag, without opt-in", criteria(&[], &[], &["tier=1"], &[]), false, false),
            ("no tag of two", criteria(&[], &[], &["env=dev", "tier=2"], &[]), true, false),
            ("a tag or a resource", criteria(&["arn:aws:ec2:*"], &[], &["env=prod"], &[]), true, true),
            (
                "all conditions",
                criteria(&[all], &[], &[], &[("StringEquals", "env=prod"), ("StringLike", "tier=*")]),
                true,
                true,
            ),
            (
                "one condition fails",
                criteria(&[all], &[], &[], &[("StringEquals", "env=prod"), ("StringNotEquals", "tier=1")]),
                true,
                false,
            ),
            (
                "a pattern that is not",
                criteria(&[all], &[], &[], &[("StringNotLike", "env=pr*")]),
                true,
                false,
            ),
            (
                "a tag that is not there",
                criteria(&[all], &[], &[], &[("StringNotEquals", "owner=x")]),
                true,
                false,
            ),
            ("case matters", criteria(&[all], &[], &[], &[("StringEquals", "env=Prod")]), true, false),
            ("a new operator", criteria(&[all], &[], &[], &[("NumericEquals", "tier=1")]), true, false),
            ("another type", criteria(&["arn:aws:ec2:*:*:volume/*"], &[], &[], &[]), true, false),
        ] {
            assert_eq!(takes(&criteria, ARN, &tags, &Seen::Value(opt_in)), Fact::Known(taken), "{what}");
        }
    }

    #[test]
    fn tags_that_were_refused_matter_only_where_they_decide() {
        let gap = Seen::Gap(GapId("g".into()));
        let on = Seen::Value(true);
        let taken = |c: Criteria| takes(&c, ARN, &gap, &on);
        assert_eq!(taken(criteria(&[ARN], &[], &["env=prod"], &[])), Fact::Known(true));
        assert_eq!(taken(criteria(&["*"], &[ARN], &["env=prod"], &[])), Fact::Known(false));
        assert_eq!(
            taken(criteria(&["arn:aws:ec2:*"], &[], &[], &[("StringLike", "a=b")])),
            Fact::Known(false)
        );
        assert!(matches!(taken(criteria(&[], &[], &["env=prod"], &[])), Fact::Unknown(_)));
        let unsure = takes(
            &criteria(&["*"], &[], &[], &[]),
            ARN,
            &Seen::Value(BTreeMap::new()),
            &Seen::Gap(GapId("g".into())),
        );
        assert!(matches!(unsure, Fact::Unknown(_)));
    }
}
