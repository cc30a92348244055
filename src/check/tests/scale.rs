//! Judging an account of thousands of tables takes seconds: what stands above is bound once.

use std::{collections::BTreeMap, fmt::Write, fs, time::Instant};

use serde_json::json;

use super::{super::judge_only, fixed, judge::node};
use crate::{
    facts::{Facts, Node},
    finding::{SubjectKind, Verdict},
};

/// A table with three attributes, two indexes and a grant of its key.
fn table(i: usize) -> Node {
    let tags = json!({"owner": "team", "env": "prod"});
    let indexes: Vec<_> =
        (0..2).map(|n| json!({"name": format!("i{n}"), "kind": "global", "projection": "all"})).collect();
    let mut table = node(
        SubjectKind::Table,
        &format!("t{i:05}"),
        &json!({
            "name": format!("table-{i}"), "arn": format!("arn:{i}"), "region": "eu-west-1", "status": "ACTIVE",
            "deletion_protection": i.is_multiple_of(2), "global": false, "insights_on": i.is_multiple_of(7), "tags": tags,
            "items": i, "policy": null, "pitr": {"enabled": i.is_multiple_of(3)}, "indexes": indexes, "kinesis": [],
            "encryption": {"owner": "customer", "key": {"arn": "arn:key", "state": "Enabled",
                "grants": [{"id": "g", "external": i.is_multiple_of(11)}]}},
            "sample": {"items_read": 100, "encrypted_share": 0.0},
        }),
    );
    table.children = (0..3)
        .map(|n| {
            node(SubjectKind::Attribute, &format!("t{i:05}/{n}"), &json!({
                "path": format!("auth.token{n}"), "kind": (["jwt", "api-key", "password-hash"])[n], "confidence": 0.9,
                "items": 40, "table_key": false, "index_key": n == 1, "jwt_no_expiry": n == 0, "copies": [],
            }))
        })
        .collect();
    table
}

#[test]
fn forty_checks_over_thousands_of_tables() {
    let flags = [
        ("table", "table.indexes.exists(x, x.projection == \"all\") && !table.deletion_protection"),
        ("table", "table.encryption.key != null && table.encryption.key.grants.exists(g, g.external)"),
        (
            "table",
            "\"env\" in table.tags && table.tags[\"env\"] == \"dev\" && table.items != null && table.items > 10",
        ),
        (
            "attribute",
            "attribute.kind in [\"jwt\", \"api-key\"] && attribute.confidence >= 0.6 && table.global",
        ),
    ];
    let dir = tempfile::tempdir().unwrap();
    for n in 0..32 {
        let (over, flag) = flags[n % flags.len()];
        let mut text = String::new();
        let _ = write!(
            text,
            "title = 'T'\nseverity = 'low'\nover = '{over}'\nflag = '''{flag}'''\nmessage = '{{table.name}}'\nwhy = 'W'\nfix = 'F'\n"
        );
        // Any verdict will do here; examples that fit are written for the first of each kind.
        let (yes, no) = match n % 4 {
            0 => ("table = { indexes = [{ projection = 'all' }] }", "table = {}"),
            1 => ("table = { encryption = { key = { grants = [{ external = true }] } } }", "table = {}"),
            2 => ("table = { tags = { env = 'dev' }, items = 11 }", "table = {}"),
            _ => ("attribute = { kind = 'jwt', confidence = 1 }, table = { global = true }", "table = {}"),
        };
        let _ = write!(
            text,
            "[[example]]\nis = 'flagged'\ngiven = {{ {yes} }}\n[[example]]\nis = 'clear'\ngiven = {{ {no} }}\n"
        );
        fs::write(dir.path().join(format!("scale-{n}.toml")), text).unwrap();
    }
    let library = fixed(&[dir.path().to_owned()]);
    // Unoptimised code is some thirty times slower; the claim is about the release build.
    let count = if cfg!(debug_assertions) { 150 } else { 5_000 };
    let mut root = node(SubjectKind::Account, "account", &json!({"id": "1"}));
    root.children = (0..count).map(table).collect();
    let facts = Facts { roots: vec![root], ..Facts::default() };

    let start = Instant::now();
    let judged = judge_only(&library, &facts, &BTreeMap::new(), |_, v| {
        matches!(v, Verdict::Flagged | Verdict::Unknown)
    });
    let took = start.elapsed();
    let verdicts: u64 = judged.tally.values().flat_map(|t| t.values()).sum();
    println!("{verdicts} verdicts, {} findings in {took:?}", judged.findings.len());
    assert!(judged.findings.iter().all(|f| f.verdict == Verdict::Flagged), "every fact is known");
    assert_eq!(verdicts, count as u64 * (24 + 4 + 3 * (8 + 3)));
    assert!(took.as_secs() < 10, "{took:?}");
}
