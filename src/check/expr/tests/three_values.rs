//! Random expressions over random, partly unknown facts, against a slow reference.
//!
//! Twice: the answer is the one of Kleene's three-valued logic, written out below; and a decided
//! answer holds in every world that the facts could stand for, however what was not seen turns out.

use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::{Truth, compile, missing, over};

const FACTS: [&str; 4] = ["global", "insights_on", "stream_on", "deletion_protection"];
const COLLECTIONS: [&str; 2] = ["kinesis", "indexes"];

/// A truth that may be unknown.
type Tri = Option<bool>;

#[derive(Clone, Debug)]
enum Model {
    Fact(usize),
    /// A fact of the element of a loop around, or a plain one where there is none.
    Element(usize),
    PolicyIsNull,
    PolicyIsPublic,
    Not(Box<Model>),
    And(Box<Model>, Box<Model>),
    Or(Box<Model>, Box<Model>),
    If(Box<Model>, Box<Model>, Box<Model>),
    Exists(usize, Box<Model>),
    All(usize, Box<Model>),
    One(usize, Box<Model>),
    Filtered(usize, Box<Model>, usize),
    Mapped(usize, Box<Model>),
    Size(usize, usize),
    Empty(usize),
}

#[derive(Clone, Debug)]
enum Policy {
    Unknown,
    Null,
    Public(Tri),
}

#[derive(Clone, Debug)]
struct World {
    facts: [Tri; 4],
    policy: Policy,
    /// Elements with their one fact, and whether that is all of them.
    collections: [(Vec<Tri>, bool); 2],
}

fn element(collection: usize, variable: usize) -> String {
    if collection == 0 { format!("v{variable}.external") } else { format!("v{variable}.kind == \"local\"") }
}

/// The expression as an author would write it; `around` holds the collections of the loops around.
fn text(m: &Model, around: &mut Vec<usize>) -> String {
    let within = |c: usize, name: &str, p: &Model, around: &mut Vec<usize>| {
        let variable = around.len();
        around.push(c);
        let inner = text(p, around);
        around.pop();
        format!("table.{}.{name}(v{variable}, {inner})", COLLECTIONS[c])
    };
    match m {
        Model::Element(i) if !around.is_empty() => {
            let variable = i % around.len();
            format!("({})", element(around[variable], variable))
        }
        Model::Fact(i) | Model::Element(i) => format!("table.{}", FACTS[i % 4]),
        Model::PolicyIsNull => "table.policy == null".to_owned(),
        Model::PolicyIsPublic => "(table.policy != null && table.policy.public)".to_owned(),
        Model::Not(a) => format!("!({})", text(a, around)),
        Model::And(a, b) => format!("({} && {})", text(a, around), text(b, around)),
        Model::Or(a, b) => format!("({} || {})", text(a, around), text(b, around)),
        Model::If(c, a, b) => format!("({} ? {} : {})", text(c, around), text(a, around), text(b, around)),
        Model::Exists(c, p) => within(*c, "exists", p, around),
        Model::All(c, p) => within(*c, "all", p, around),
        Model::One(c, p) => within(*c, "exists_one", p, around),
        Model::Filtered(c, p, n) => format!("(size({}) == {n})", within(*c, "filter", p, around)),
        Model::Mapped(c, p) => format!("{}.exists(b, b)", within(*c, "map", p, around)),
        Model::Size(c, n) => format!("(size(table.{}) == {n})", COLLECTIONS[*c]),
        Model::Empty(c) => format!("(table.{} == [])", COLLECTIONS[*c]),
    }
}

fn and(a: Tri, b: Tri) -> Tri {
    match (a, b) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}

fn not(a: Tri) -> Tri {
    a.map(|a| !a)
}

fn or(a: Tri, b: Tri) -> Tri {
    not(and(not(a), not(b)))
}

/// The reference.
fn kleene(m: &Model, world: &World, around: &mut Vec<Tri>) -> Tri {
    match m {
        Model::Element(i) if !around.is_empty() => around[i % around.len()],
        Model::Fact(i) | Model::Element(i) => world.facts[i % 4],
        Model::PolicyIsNull => match world.policy {
            Policy::Unknown => None,
            Policy::Null => Some(true),
            Policy::Public(_) => Some(false),
        },
        Model::PolicyIsPublic => match world.policy {
            Policy::Unknown => None,
            Policy::Null => Some(false),
            Policy::Public(public) => public,
        },
        Model::Not(a) => not(kleene(a, world, around)),
        Model::And(a, b) => and(kleene(a, world, around), kleene(b, world, around)),
        Model::Or(a, b) => or(kleene(a, world, around), kleene(b, world, around)),
        Model::If(c, a, b) => match kleene(c, world, around)? {
            true => kleene(a, world, around),
            false => kleene(b, world, around),
        },
        Model::Exists(c, p) => {
            let (seen, unseen) = each(*c, p, world, around);
            // What was not seen may not be there: it can never make this true.
            seen.into_iter().chain(unseen.map(|u| and(None, u))).fold(Some(false), or)
        }
        Model::All(c, p) => {
            let (seen, unseen) = each(*c, p, world, around);
            seen.into_iter().chain(unseen.map(|u| or(None, u))).fold(Some(true), and)
        }
        Model::One(c, p) => counted(*c, p, world, around).map(|n| n == 1),
        Model::Filtered(c, p, n) => counted(*c, p, world, around).map(|found| found == *n),
        Model::Mapped(c, p) => {
            let (seen, unseen) = each(*c, p, world, around);
            let known: Option<Vec<bool>> = seen.into_iter().collect();
            if unseen.is_some() { None } else { known.map(|k| k.contains(&true)) }
        }
        Model::Size(c, n) => world.collections[*c].1.then_some(world.collections[*c].0.len() == *n),
        Model::Empty(c) => world.collections[*c].1.then_some(world.collections[*c].0.is_empty()),
    }
}

/// The answers for the seen elements, and for one that was not seen if there may be such.
fn each(c: usize, p: &Model, world: &World, around: &mut Vec<Tri>) -> (Vec<Tri>, Option<Tri>) {
    let mut ask = |of: Tri| {
        around.push(of);
        let answer = kleene(p, world, around);
        around.pop();
        answer
    };
    let (items, whole) = &world.collections[c];
    (items.iter().map(|item| ask(*item)).collect(), (!whole).then(|| ask(None)))
}

/// How many it holds for; unknown if it is for any, seen or not.
fn counted(c: usize, p: &Model, world: &World, around: &mut Vec<Tri>) -> Option<usize> {
    let (seen, unseen) = each(c, p, world, around);
    let known: Vec<bool> = seen.into_iter().collect::<Option<_>>()?;
    match unseen {
        None | Some(Some(false)) => Some(known.into_iter().filter(|k| *k).count()),
        _ => None,
    }
}

/// Every world that this one could stand for, with at most two unseen elements a collection.
fn completions(world: &World) -> Vec<World> {
    fn ways(t: Tri) -> Vec<Tri> {
        t.map_or(vec![Some(true), Some(false)], |t| vec![Some(t)])
    }
    let mut all = vec![world.clone()];
    for i in 0..4 {
        all = split(all, |w| ways(w.facts[i]), |w, t| w.facts[i] = t);
    }
    all = split(
        all,
        |w| match w.policy {
            Policy::Unknown => vec![Policy::Null, Policy::Public(Some(true)), Policy::Public(Some(false))],
            Policy::Null => vec![Policy::Null],
            Policy::Public(t) => ways(t).into_iter().map(Policy::Public).collect(),
        },
        |w, p| w.policy = p,
    );
    for c in 0..2 {
        for i in 0..world.collections[c].0.len() {
            all = split(all, |w| ways(w.collections[c].0[i]), |w, t| w.collections[c].0[i] = t);
        }
        if !world.collections[c].1 {
            let (t, f) = (Some(true), Some(false));
            let more = || vec![vec![], vec![t], vec![f], vec![t, t], vec![t, f], vec![f, f]];
            all = split(all, |_| more(), |w, more| w.collections[c].0.extend(more));
        }
        all.iter_mut().for_each(|w| w.collections[c].1 = true);
    }
    all
}

fn split<T>(worlds: Vec<World>, ways: impl Fn(&World) -> Vec<T>, set: impl Fn(&mut World, T)) -> Vec<World> {
    let one = |world: World| {
        let each = ways(&world).into_iter().map(|way| {
            let mut next = world.clone();
            set(&mut next, way);
            next
        });
        each.collect::<Vec<_>>()
    };
    worlds.into_iter().flat_map(one).collect()
}

fn fact(t: Tri) -> Json {
    t.map_or_else(|| json!({"$unknown": "g"}), |t| json!(t))
}

fn json_of(world: &World) -> Json {
    let mut table = json!({});
    for (name, value) in FACTS.iter().zip(world.facts) {
        table[*name] = fact(value);
    }
    table["policy"] = match world.policy {
        Policy::Unknown => fact(None),
        Policy::Null => Json::Null,
        Policy::Public(public) => json!({"public": fact(public)}),
    };
    for (c, (items, whole)) in world.collections.iter().enumerate() {
        let items: Vec<Json> = items
            .iter()
            .map(|t| match (c, t) {
                (0, t) => json!({"external": fact(*t)}),
                (_, Some(t)) => json!({"kind": if *t { "local" } else { "global" }}),
                (_, None) => json!({"kind": fact(None)}),
            })
            .collect();
        table[COLLECTIONS[c]] =
            if *whole { json!(items) } else { json!({"$partial": items, "$unknown": "g"}) };
    }
    table
}

fn model() -> impl Strategy<Value = Model> {
    let leaf = prop_oneof![
        3 => (0..4usize).prop_map(Model::Fact),
        4 => (0..4usize).prop_map(Model::Element),
        1 => Just(Model::PolicyIsNull),
        1 => Just(Model::PolicyIsPublic),
        1 => (0..2usize, 0..3usize).prop_map(|(c, n)| Model::Size(c, n)),
        1 => (0..2usize).prop_map(Model::Empty),
    ];
    leaf.prop_recursive(4, 24, 3, |inner| {
        let one = || inner.clone().prop_map(Box::new);
        prop_oneof![
            one().prop_map(Model::Not),
            (one(), one()).prop_map(|(a, b)| Model::And(a, b)),
            (one(), one()).prop_map(|(a, b)| Model::Or(a, b)),
            (one(), one(), one()).prop_map(|(c, a, b)| Model::If(c, a, b)),
            (0..2usize, one()).prop_map(|(c, p)| Model::Exists(c, p)),
            (0..2usize, one()).prop_map(|(c, p)| Model::All(c, p)),
            (0..2usize, one()).prop_map(|(c, p)| Model::One(c, p)),
            (0..2usize, one(), 0..3usize).prop_map(|(c, p, n)| Model::Filtered(c, p, n)),
            (0..2usize, one()).prop_map(|(c, p)| Model::Mapped(c, p)),
        ]
    })
}

fn world() -> impl Strategy<Value = World> {
    let tri = || prop_oneof![3 => any::<bool>().prop_map(Some), 1 => Just(None)];
    let collection = || (prop::collection::vec(tri(), 0..3), prop::bool::weighted(0.6));
    let policy = prop_oneof![Just(Policy::Unknown), Just(Policy::Null), tri().prop_map(Policy::Public)];
    (prop::array::uniform4(tri()), policy, collection(), collection())
        .prop_map(|(facts, policy, a, b)| World { facts, policy, collections: [a, b] })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_answer_is_kleenes_and_holds_in_every_world(m in model(), w in world()) {
        let text = text(&m, &mut Vec::new());
        prop_assume!(text.len() < 1_500);
        let expected = kleene(&m, &w, &mut Vec::new());
        let facts = json_of(&w);
        let expr = compile(&text);
        let (mut answer, mut named) = (Truth::Unknown, Vec::new());
        over(&facts, |scope| {
            answer = expr.truth(scope);
            named = missing(&expr, scope);
        });
        let decided = match answer {
            Truth::True => Some(true),
            Truth::False => Some(false),
            Truth::Unknown => None,
            Truth::Broken(how) => return Err(TestCaseError::fail(format!("{text}: {how}"))),
        };
        prop_assert_eq!(decided, expected, "{} over {}", text, facts);
        // What is undecided says why, with a gap; what is decided misses nothing.
        prop_assert_eq!(named.is_empty(), decided.is_some(), "{} over {}: {:?}", text, facts, named);
        prop_assert!(named.iter().all(|(_, gap)| gap.is_some()), "{} over {}: {:?}", text, facts, named);
        if decided.is_some() {
            for world in completions(&w) {
                prop_assert_eq!(kleene(&m, &world, &mut Vec::new()), decided, "{} over {}", text, facts);
            }
        }
    }
}
