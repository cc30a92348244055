//! What holds for any items: no panic, no value shown, no dependence on order.

use std::collections::BTreeMap;

use dynaudit::detect::{Item, Value};
use proptest::prelude::*;

use crate::support::{assert_masked, fill, look};

/// A value that can be made again.
#[derive(Debug, Clone)]
enum Plan {
    Text(String),
    Token(u64),
    Number(u32),
    Bytes(Vec<u8>),
    List(Vec<Plan>),
    Map(BTreeMap<String, Plan>),
    Json(Vec<u64>),
}

const SHAPES: &[&str] = &[
    "ghp_<w36>",
    "sk_live_<w24>",
    "AKIA<A16>",
    "glpat-<w20>",
    "<w43>",
    "postgres://app:<w12>@db/x",
    "xoxb-<d12>-<w24>",
];
const NAMES: &[&str] = &["token", "sessions", "password", "a", "data", "refresh_token", "id", "secret"];

/// The secret part of the token of a seed.
fn secret(seed: u64) -> String {
    let shape = SHAPES[(seed % SHAPES.len() as u64) as usize];
    let token = fill(shape, seed);
    let start = shape.find('<').unwrap_or(0);
    let end = token.len() - (shape.len() - shape.rfind('>').unwrap_or(0) - 1);
    token[start..end].to_owned()
}

fn token(seed: u64) -> String {
    fill(SHAPES[(seed % SHAPES.len() as u64) as usize], seed)
}

fn plan() -> impl Strategy<Value = Plan> {
    let leaf = prop_oneof![
        "\\PC{0,40}".prop_map(Plan::Text),
        any::<String>().prop_map(Plan::Text),
        (0..5000_u64).prop_map(Plan::Token),
        any::<u32>().prop_map(Plan::Number),
        proptest::collection::vec(any::<u8>(), 0..60).prop_map(Plan::Bytes),
        proptest::collection::vec(0..5000_u64, 0..3).prop_map(Plan::Json),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Plan::List),
            proptest::collection::btree_map(name(), inner, 0..5).prop_map(Plan::Map),
        ]
    })
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => proptest::sample::select(NAMES).prop_map(str::to_owned),
        1 => (0..5000_u64).prop_map(token),
        1 => "[a-z]{1,3}",
    ]
}

fn build(plan: &Plan, planted: &mut Vec<String>) -> Value<'static> {
    match plan {
        Plan::Text(text) => Value::S(text.clone().into()),
        Plan::Token(seed) => {
            planted.push(secret(*seed));
            Value::S(token(*seed).into())
        }
        Plan::Number(number) => Value::N(number.to_string().into()),
        Plan::Bytes(bytes) => Value::B(bytes.clone().into()),
        Plan::List(all) => Value::L(all.iter().map(|one| build(one, planted)).collect()),
        Plan::Map(map) => {
            Value::M(map.iter().map(|(n, one)| (n.clone().into(), build(one, planted))).collect())
        }
        Plan::Json(seeds) => {
            planted.extend(seeds.iter().map(|seed| secret(*seed)));
            let map: BTreeMap<String, String> =
                seeds.iter().map(|seed| (token(*seed), token(*seed))).collect();
            Value::S(serde_json::to_string(&map).unwrap().into())
        }
    }
}

fn items(plans: &[BTreeMap<String, Plan>], planted: &mut Vec<String>) -> Vec<Item<'static>> {
    plans
        .iter()
        .map(|plan| Item(plan.iter().map(|(n, one)| (n.clone().into(), build(one, planted))).collect()))
        .collect()
}

fn plans() -> impl Strategy<Value = Vec<BTreeMap<String, Plan>>> {
    proptest::collection::vec(proptest::collection::btree_map(name(), plan(), 0..6), 0..8)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_of_a_secret_is_ever_shown(plans in plans()) {
        let mut planted = Vec::new();
        let items = items(&plans, &mut planted);
        let seen = look(&items);
        planted.iter().for_each(|secret| assert_masked(&seen, secret));
        let debug = format!("{items:?}");
        prop_assert!(planted.iter().all(|secret| !debug.contains(secret)));
    }

    #[test]
    fn the_order_of_items_does_not_matter(plans in plans(), turn in 0..8_usize) {
        let mut turned = plans.clone();
        if !turned.is_empty() {
            let by = turn % turned.len();
            turned.rotate_left(by);
            turned.reverse();
        }
        prop_assert_eq!(look(&items(&plans, &mut Vec::new())), look(&items(&turned, &mut Vec::new())));
    }

    #[test]
    fn dictionaries_fold_the_same_in_any_order(seed in any::<u64>(), many in 50..90_usize) {
        let mut plans: Vec<BTreeMap<String, Plan>> = (0..many).map(|n| {
            let inner = BTreeMap::from([("token".to_owned(), Plan::Token(n as u64))]);
            let entries = BTreeMap::from([(format!("k{n}"), Plan::Map(inner)), ("shared".to_owned(), Plan::Token(1))]);
            BTreeMap::from([("d".to_owned(), Plan::Map(entries))])
        }).collect();
        let first = look(&items(&plans, &mut Vec::new()));
        fastrand::Rng::with_seed(seed).shuffle(&mut plans);
        prop_assert_eq!(first, look(&items(&plans, &mut Vec::new())));
    }
}
