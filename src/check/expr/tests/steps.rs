//! What answers cost: every turn of a loop is counted, what is large counts for more, and loops within loops end.

use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};

use super::{super::types, Meter, Scope, Truth, compile};
use crate::finding::SubjectKind;

fn table(name: &str, indexes: u64, streams: u64) -> Json {
    let index = json!({"name": "i", "kind": "local", "keys": ["a", "b"]});
    json!({
        "name": name, "global": false, "indexes": vec![index; usize::try_from(indexes).unwrap()],
        "kinesis": vec![json!({"external": false}); usize::try_from(streams).unwrap()],
    })
}

/// The answer, and the steps that it took.
fn answer(text: &str, table: &Json, most: u64) -> (Truth, u64) {
    let (account, meter) = (json!({}), Meter::new(most, u64::MAX));
    let mut scope = Scope::root(&meter);
    scope.bind("account", &account, types::of(SubjectKind::Account));
    scope.bind("table", table, types::of(SubjectKind::Table));
    let truth = compile(text).truth(&scope);
    (truth, u64::MAX - meter.left())
}

#[test]
fn every_turn_of_every_loop_is_counted_and_none_for_too_much() {
    for (n, m) in [(0, 0), (1, 1), (7, 3), (40, 50)] {
        let facts = table("t", n, m);
        for (text, turns) in [
            ("table.indexes.exists(a, a.kind == \"global\")".to_owned(), n),
            ("table.indexes.all(a, a.kind == \"local\") && table.global".to_owned(), n),
            ("table.indexes.exists_one(a, a.kind == \"global\")".to_owned(), n),
            ("size(table.indexes.filter(a, a.kind == \"local\")) == 1000".to_owned(), n),
            ("size(table.indexes.map(a, a.name)) == 1000".to_owned(), n),
            (
                "table.indexes.exists(a, table.kinesis.exists(b, b.external && a.kind == \"global\"))"
                    .to_owned(),
                n * m,
            ),
            ("size(table.indexes.map(a, table.kinesis.map(b, a.name))) == 1000".to_owned(), n * m),
            ("table.indexes.exists(a, a.keys.exists(k, k == \"c\"))".to_owned(), 2 * n),
        ] {
            let (truth, steps) = answer(&text, &facts, u64::MAX);
            assert_eq!(truth, Truth::False, "{text}");
            assert!(steps >= turns, "{text} took {steps} steps for {turns} turns");
            assert!(steps <= 400 * (turns + n + 1), "{text} took {steps} steps for {turns} turns");
        }
    }
}

#[test]
fn loops_within_loops_end_whatever_stands_beside_them() {
    let facts = table("t", 2_000, 2_000);
    for text in [
        "table.indexes.all(a, table.indexes.all(b, table.indexes.all(c, a.name == c.name)))",
        "table.indexes.exists(a, table.kinesis.exists(b, table.indexes.exists(c, b.external)))",
        "size(table.indexes.map(a, table.indexes.map(b, table.indexes.map(c, a.name)))) == 1",
        "size(table.indexes.filter(a, table.indexes.exists_one(b, size(table.kinesis.filter(c, c.external)) == 1))) == 1",
        "table.indexes.exists(a, \"x\" in table.indexes.map(b, b.name))",
        "[1, 2, 3, 4, 5, 6, 7, 8, 9].all(n, table.indexes.all(b, table.indexes.all(c, b.name == c.name)))",
        // A part that was cut short decides nothing, and what stands beside it does not hide that.
        "table.indexes.all(a, table.indexes.all(b, a.name == b.name)) || true",
    ] {
        let start = Instant::now();
        let (truth, steps) = answer(text, &facts, 100_000);
        assert!(matches!(&truth, Truth::Broken(why) if why.contains("more steps")), "{text}: {truth:?}");
        // It ends with the turn that was one too many.
        assert!(steps < 2_000_000, "{text} took {steps}");
        assert!(start.elapsed() < Duration::from_secs(10), "{text} took {:?}", start.elapsed());
    }
    let plain = "table.indexes.exists(a, a.kind == \"global\")";
    assert_eq!(answer(plain, &facts, 200_000).0, Truth::False, "a plain question to each is answered");
}

#[test]
fn a_long_text_counts_for_more_at_every_turn() {
    let text = "table.indexes.exists(a, table.name.contains(a.name))";
    let (_, short) = answer(text, &table("t", 100, 0), u64::MAX);
    let (_, long) = answer(text, &table(&"t".repeat(1 << 20), 100, 0), u64::MAX);
    assert!(long > 1_000 * short, "{short} and {long} steps");
    assert!(matches!(answer(text, &table(&"t".repeat(1 << 20), 100, 0), 100_000).0, Truth::Broken(_)));
}
