//! The engine against the literal reference, on generated policies of every layer.

use std::collections::BTreeMap;

use dynaudit::simulate::Unknown;
use serde_json::Value as Json;

use super::{
    generator,
    reference::{self, Asked, Request},
    requests::{answered, simulated},
};

/// Decisions in CI; `IAM_DECISIONS` sets another number.
const DECISIONS: usize = 100_000;

/// Every action on every resource, by the reference.
fn expected(input: &Json) -> Vec<&'static str> {
    let request = Request::new(input);
    pairs(input).map(|(action, resource)| reference::decide(&request, Asked { action, resource })).collect()
}

/// Every action with every resource, in order.
pub fn pairs(input: &Json) -> impl Iterator<Item = (&str, &str)> {
    let texts = |name: &str| input[name].as_array().unwrap().iter().map(|text| text.as_str().unwrap());
    let resources: Vec<&str> = texts("ResourceArns").collect();
    texts("ActionNames").flat_map(move |action| resources.clone().into_iter().map(move |r| (action, r)))
}

#[test]
fn simulate_equals_the_reference() {
    let wanted: usize = std::env::var("IAM_DECISIONS").map_or(DECISIONS, |n| n.parse().unwrap());
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut seed, mut total) = (0, 0);
    while total < wanted {
        let input = generator::input(seed);
        let expected = expected(&input);
        if simulated(&input) != expected {
            let small = shrink(input, |input| simulated(input) != self::expected(input));
            let rows: Vec<_> = pairs(&small).zip(self::expected(&small)).zip(simulated(&small)).collect();
            panic!("set {seed}: {rows:#?}\n{small:#}");
        }
        for decision in &expected {
            *counts.entry(decision).or_default() += 1;
        }
        total += expected.len();
        seed += 1;
    }
    // An alphabet in which nothing collides would prove nothing.
    for decision in ["allowed", "explicitDeny", "implicitDeny"] {
        assert!(counts[decision] * 10 > total, "{counts:?}");
    }
}

/// What is open stays open: whichever values the keys take that were not given, the reference agrees with what was
/// said before they were known.
#[test]
fn what_is_said_of_open_keys_holds_for_every_value() {
    let (mut open, mut total) = (0, 0);
    for seed in 0..1_500 {
        let given = generator::input(seed);
        let mut bare = given.clone();
        bare["ContextEntries"] = Json::Array(vec![]);
        let said = answered(&bare, Unknown::Symbolic);
        let others = (1..4).map(|more| generator::input(seed + more)["ContextEntries"].clone());
        for context in others.chain([given["ContextEntries"].clone(), Json::Array(vec![])]) {
            bare["ContextEntries"] = context;
            for (said, is) in said.iter().zip(expected(&bare)) {
                let holds = match said.as_str() {
                    "conditional" => true,
                    "allowed" => is == "allowed",
                    // Where a Deny takes away all that an Allow gives, it is explicit of the whole, though not
                    // of a moment at which neither applies.
                    _ => is != "allowed",
                };
                assert!(holds, "set {seed}: {said} of open keys, {is} of\n{bare:#}");
            }
        }
        open += said.iter().filter(|said| *said == "conditional").count();
        total += said.len();
    }
    assert!(open * 20 > total, "{open} of {total} are open");
}

/// The smallest input that still fails: parts are left out as long as it does.
fn shrink(mut input: Json, fails: impl Fn(&Json) -> bool) -> Json {
    while let Some(smaller) = cuts(&input).into_iter().find(|cut| fails(cut)) {
        input = smaller;
    }
    input
}

/// The input with one of its parts left out, in every way.
fn cuts(input: &Json) -> Vec<Json> {
    let mut found = Vec::new();
    for (name, value) in input.as_object().unwrap() {
        let with = |value: Json| {
            let mut cut = input.clone();
            cut[name] = value;
            cut
        };
        match name.as_str() {
            "CallerArn" | "ResourceOwner" => {}
            "ActionNames" | "ResourceArns" => {
                found.extend(shorter(value).into_iter().filter(|v| *v != Json::Array(vec![])).map(with));
            }
            _ => {
                found.extend(within(value).into_iter().map(with));
                if name != "PolicyInputList" {
                    let mut cut = input.as_object().unwrap().clone();
                    cut.shift_remove(name);
                    found.push(Json::Object(cut));
                }
            }
        }
    }
    found
}

/// A list without one of its members, in every way.
fn shorter(list: &Json) -> Vec<Json> {
    let list = list.as_array().unwrap();
    let without =
        |index: usize| list.iter().enumerate().filter(move |(at, _)| *at != index).map(|(_, m)| m.clone());
    (0..list.len()).map(|index| without(index).collect()).collect()
}

/// A list without one member or with a smaller one; a document with fewer statements or conditions.
fn within(value: &Json) -> Vec<Json> {
    let replaced = |list: &[Json], index: usize, member: Json| {
        let mut list = list.to_vec();
        list[index] = member;
        Json::Array(list)
    };
    match value {
        Json::Array(list) => {
            let deeper = list.iter().enumerate().flat_map(|(index, member)| {
                within(member).into_iter().map(move |smaller| replaced(list, index, smaller))
            });
            shorter(value).into_iter().chain(deeper).collect()
        }
        Json::String(text) => {
            let Ok(document @ Json::Object(_)) = serde_json::from_str::<Json>(text) else {
                return Vec::new();
            };
            let statements = document["Statement"].as_array().unwrap();
            let mut smaller = shorter(&document["Statement"]);
            for (index, statement) in statements.iter().enumerate() {
                let mut bare = statement.as_object().unwrap().clone();
                if bare.shift_remove("Condition").is_some() {
                    smaller.push(replaced(statements, index, Json::Object(bare)));
                }
            }
            let rebuilt = |statements: Json| {
                let mut document = document.clone();
                document["Statement"] = statements;
                Json::String(document.to_string())
            };
            smaller.into_iter().map(rebuilt).collect()
        }
        _ => Vec::new(),
    }
}
