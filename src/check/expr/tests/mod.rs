//! Answers of expressions: three values against a slow reference, and what they rest on.

mod steps;
mod three_values;

use serde_json::{Value as Json, json};

use super::{super::types, Expr, Meter, Scope, Sure, Truth, because, missing};
use crate::finding::SubjectKind;

fn compile(text: &str) -> Expr {
    match Expr::compile(text, SubjectKind::Table, &Sure::new()) {
        Ok((expr, _)) => expr,
        Err(problems) => panic!("{text}: {problems:?}"),
    }
}

fn over(table: &Json, test: impl FnOnce(&Scope<'_, '_>)) {
    let (account, meter) = (json!({}), Meter::default());
    let mut scope = Scope::root(&meter);
    scope.bind("account", &account, types::of(SubjectKind::Account));
    scope.bind("table", table, types::of(SubjectKind::Table));
    test(&scope);
}

fn truth(text: &str, table: &Json) -> Truth {
    let mut answer = Truth::Unknown;
    over(table, |scope| answer = compile(text).truth(scope));
    answer
}

#[test]
fn what_is_unknown_only_matters_where_the_rest_does_not_decide() {
    let table = json!({"global": true, "insights_on": {"$unknown": "g"}, "stream_on": false});
    for (text, expected) in [
        ("table.insights_on", Truth::Unknown),
        ("!table.insights_on", Truth::Unknown),
        ("table.insights_on || table.global", Truth::True),
        ("table.global || table.insights_on", Truth::True),
        ("table.insights_on && table.stream_on", Truth::False),
        ("table.stream_on && table.insights_on", Truth::False),
        ("table.insights_on && table.global", Truth::Unknown),
        ("table.insights_on ? true : true", Truth::Unknown),
        ("table.global ? true : table.insights_on", Truth::True),
        ("table.insights_on == true", Truth::Unknown),
        // Not in the facts at all: a defect of ours, and never a verdict.
        ("table.deletion_protection", Truth::Unknown),
    ] {
        assert_eq!(truth(text, &table), expected, "{text}");
    }
}

#[test]
fn a_fact_of_another_type_than_it_should_be_is_unknown() {
    for wrong in [json!("yes"), json!(1), json!(null), json!([true]), json!({"$partial": []})] {
        assert_eq!(truth("table.global", &json!({ "global": wrong })), Truth::Unknown, "{wrong}");
    }
    assert_eq!(truth("table.global", &json!("not even an object")), Truth::Unknown);
}

#[test]
fn an_incomplete_collection_is_decided_only_by_what_was_seen() {
    let seen = |external: bool| json!({"global": true, "kinesis": {"$partial": [{"external": external}], "$unknown": "g"}});
    for (text, external, expected) in [
        ("table.kinesis.exists(k, k.external)", true, Truth::True),
        ("table.kinesis.exists(k, k.external)", false, Truth::Unknown),
        ("table.kinesis.all(k, k.external)", true, Truth::Unknown),
        ("table.kinesis.all(k, k.external)", false, Truth::False),
        ("table.kinesis.exists_one(k, k.external)", true, Truth::Unknown),
        ("size(table.kinesis) == 1", true, Truth::Unknown),
        ("table.kinesis.size() > 0", true, Truth::Unknown),
        ("table.kinesis == []", true, Truth::Unknown),
        ("[] != table.kinesis", true, Truth::Unknown),
        ("size(table.kinesis.filter(k, k.external)) == 0", false, Truth::Unknown),
        ("size(table.kinesis.map(k, 1)) == 1", false, Truth::Unknown),
        ("table.kinesis.map(k, k.external, k.arn) == []", false, Truth::Unknown),
    ] {
        assert_eq!(truth(text, &seen(external)), expected, "{text} {external}");
    }
    let none = json!({"global": true, "kinesis": {"$partial": [], "$unknown": "g"}});
    for text in [
        // Whether there is an element at all is not known, whatever is asked of it.
        "table.kinesis.exists(k, true)",
        "table.kinesis.exists(k, k.external || table.global)",
        "table.kinesis.all(k, !table.global)",
        "table.kinesis.all(k, k.external && !table.global)",
    ] {
        assert_eq!(truth(text, &none), Truth::Unknown, "{text}");
    }
    // No element, seen or not, could change these.
    assert_eq!(truth("table.kinesis.exists(k, k.external && !table.global)", &none), Truth::False);
    assert_eq!(truth("table.kinesis.all(k, k.external || table.global)", &none), Truth::True);
    assert_eq!(truth("table.kinesis == []", &json!({"kinesis": []})), Truth::True);
}

#[test]
fn because_names_facts_in_order_once_with_bounded_values() {
    let table = json!({
        "name": "a", "encryption": {"key": {"state": "Disabled", "arn": {"$unknown": "g"}}},
        "policy": null, "tags": {"env": "prod"}, "kinesis": [{"external": true}],
    });
    let text = "table.encryption.key != null && table.encryption.key.state == \"Disabled\" \
                && table.encryption.key.arn != \"\" && table.policy != null && table.policy.public \
                && table.kinesis.exists(k, k.external && table.name != \"\") && table.name == \"a\"";
    over(&table, |scope| {
        let expr = compile(text);
        assert_eq!(
            because(&expr.paths, scope),
            [
                ("table.encryption.key.state", Some(json!("Disabled"))),
                ("table.encryption.key.arn", None),
                ("table.policy", Some(json!(null))),
                ("table.kinesis", Some(json!([{"external": true}]))),
                ("table.name", Some(json!("a"))),
            ]
        );
    });
}

#[test]
fn missing_names_only_what_could_have_decided() {
    let table = json!({
        "global": {"$unknown": "g1"}, "stream_on": false, "insights_on": {"$unknown": "g2"},
        "encryption": {"$unknown": "g3"}, "items": {"$unknown": "g6"},
        "kinesis": {"$partial": [{"external": false}, {"external": {"$unknown": "g4"}}], "$unknown": "g5"},
    });
    for (text, expected) in [
        ("table.global && table.insights_on", "table.global g1, table.insights_on g2"),
        ("(table.global && table.stream_on) || table.insights_on", "table.insights_on g2"),
        ("table.stream_on ? table.global : table.insights_on", "table.insights_on g2"),
        ("table.global ? table.stream_on : table.insights_on", "table.global g1"),
        ("table.encryption.key != null && table.encryption.key.state == \"a\"", "table.encryption g3"),
        ("table.kinesis.exists(k, k.external)", "table.kinesis g5, table.kinesis[].external g4"),
        ("size(table.kinesis) == 1", "table.kinesis g5"),
        ("size(table.kinesis.filter(k, k.external)) == 0", "table.kinesis g5, table.kinesis[].external g4"),
        ("table.items != null && table.items + 1 > 3", "table.items g6"),
        ("table.deletion_protection", "table.deletion_protection -"),
    ] {
        over(&table, |scope| {
            let found = missing(&compile(text), scope);
            let shown: Vec<String> = found
                .iter()
                .map(|(fact, gap)| format!("{fact} {}", gap.as_ref().map_or("-", |g| g.0.as_str())))
                .collect();
            assert_eq!(shown.join(", "), expected, "{text}");
        });
    }
}

#[test]
fn loops_over_lists_and_maps_see_plain_values() {
    let table = json!({
        "policy": {"accounts": ["1", "2"], "public": {"$unknown": "g"}},
        "tags": {"env": "prod", "owner": "a"},
    });
    for (text, expected) in [
        ("table.policy != null && table.policy.accounts.exists(a, a == \"2\")", Truth::True),
        ("table.policy != null && \"3\" in table.policy.accounts", Truth::False),
        (
            "table.policy != null && table.policy.accounts.filter(a, a != \"1\").all(a, a == \"2\")",
            Truth::True,
        ),
        ("\"env\" in table.tags && table.tags[\"env\"] == \"prod\"", Truth::True),
        ("\"env\" in table.tags && table.tags.env == \"prod\"", Truth::True),
        ("\"no\" in table.tags && table.tags[\"no\"] == \"prod\"", Truth::False),
        ("table.tags.exists(k, k.startsWith(\"own\"))", Truth::True),
        (
            "table.policy != null && table.policy.accounts.exists(a, a == \"9\" || table.policy.public)",
            Truth::Unknown,
        ),
    ] {
        assert_eq!(truth(text, &table), expected, "{text}");
    }
    over(&table, |scope| {
        let expr = compile(
            "table.policy != null && table.policy.accounts.exists(a, a == \"9\" || table.policy.public)",
        );
        let found = missing(&expr, scope);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].0, "table.policy.public");
    });
}

#[test]
fn null_equals_only_null_and_numbers_compare_across_kinds() {
    let table =
        json!({"items": null, "bytes": 5, "sample": {"encrypted_share": 1.0}, "age_days": {"$unknown": "g"}});
    for (text, expected) in [
        ("table.items == 5", Truth::False),
        ("table.items != 5", Truth::True),
        ("table.items in [5, 6]", Truth::False),
        ("table.items == null", Truth::True),
        ("table.items == table.bytes", Truth::False),
        ("table.age_days == null", Truth::Unknown),
        ("table.age_days in [1]", Truth::Unknown),
        ("table.sample.encrypted_share > 0", Truth::True),
        ("table.sample.encrypted_share == 1", Truth::True),
        ("table.sample.encrypted_share < 0.5", Truth::False),
        ("table.bytes == 5.0", Truth::True),
        ("table.bytes == 5 && table.bytes * 2 - 1 > 8 && -table.bytes < 0", Truth::True),
        ("table.bytes in [4, 5] && table.bytes + 1 == 6", Truth::True),
    ] {
        assert_eq!(truth(text, &table), expected, "{text}");
    }
    // A number that runs over is no verdict, and no crash.
    let broken = truth("table.bytes != null && table.bytes * 9223372036854775807 > 0", &table);
    assert!(matches!(broken, Truth::Broken(_)), "{broken:?}");
}

#[test]
fn the_deepest_expressions_evaluate_on_a_small_stack() {
    let deep = format!("{}table.global{}", "!(table.stream_on && ".repeat(14), ")".repeat(14));
    let loops: String = (0..10).map(|i| format!("table.kinesis.exists(k{i}, ")).collect();
    let loops = format!("{loops}table.global{}", ")".repeat(10));
    let parsed = std::thread::Builder::new()
        .stack_size(super::PARSER_STACK)
        .spawn(move || [deep, loops].map(|text| compile(&text)))
        .unwrap()
        .join()
        .unwrap();
    let table = json!({"global": true, "stream_on": true, "kinesis": [{"external": true}]});
    over(&table, |scope| {
        for expr in &parsed {
            assert_eq!(expr.truth(scope), Truth::True, "{}", expr.text);
        }
    });
}
