//! How long the engines take at size: `cargo bench --no-default-features --bench engines`.
//!
//! One line a measurement. Machines differ: compare lines of one run, or runs on one machine.
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs, reason = "a measurement, not the product")]

use std::{
    collections::{BTreeMap, BTreeSet},
    hint::black_box,
    sync::Arc,
    time::Instant,
};

use dynaudit::{
    detect::{Detector, DigestKey, Item, Value},
    facts::access::evaluate,
    snapshot::{Account, Seen},
};
use serde_json::json;

#[allow(dead_code, reason = "a part of it is used here")]
#[path = "../tests/iam/account.rs"]
mod vocabulary;
use vocabulary::{OWNER, account, allow, arn, deny, document, table, user};

#[path = "estate/mod.rs"]
mod estate;
use estate::{Plan, estate};

#[allow(dead_code, reason = "a part of it is used here")]
#[path = "estate/meter.rs"]
mod meter;
use meter::{cpu, peak};

fn main() {
    access("users of one policy set each, tables with a policy of their own", &distinct(2000, 500));
    access("users who share ten policy sets, plain tables", &shared(2000, 5000));
    let plan = |principals, tables, policies, alone| Plan { principals, tables, policies, alone };
    size("a", &plan(2000, 200, 4000, false));
    size("b", &plan(20_000, 5000, 4000, false));
    size("b, no two principals alike", &plan(20_000, 5000, 4000, true));
    detect("ordinary items without a secret", &plain_item());
    detect("items with a JWT and JSON in a string", &token_item());
}

/// Every principal against every table on every road, and then one table spelled out.
fn size(name: &str, plan: &Plan) {
    let account = estate(plan);
    let (start, before) = (Instant::now(), cpu());
    let access = evaluate(&account, &BTreeSet::new(), &mut BTreeMap::new());
    let (wall, cpu) = (start.elapsed(), cpu() - before);
    let decisions = plan.principals as f64 * plan.tables as f64 * actions() as f64;
    println!(
        "access  ({name}) {} principals, 3 of {} policies each, {} tables, {} actions: {} classes in {wall:.2?}, \
         {cpu:.2} s of CPU, {:.1e} decisions a second, peak {} MiB",
        plan.principals,
        plan.policies,
        plan.tables,
        actions(),
        access.classes().len(),
        decisions / wall.as_secs_f64(),
        peak(),
    );
    let start = Instant::now();
    let readers = access.expand(&account.tables[plan.tables / 2].arn).len();
    println!("access  ({name}) one table: {readers} readers spelled out in {:.2?}", start.elapsed());
}

fn actions() -> usize {
    dynaudit::iam::actions::names().len()
}

fn access(what: &str, account: &Account) {
    let start = Instant::now();
    let mut gaps = BTreeMap::new();
    let nodes = evaluate(account, &BTreeSet::new(), &mut gaps).reader_nodes();
    let (principals, tables) = (account.principals.users.len(), account.tables.len());
    println!(
        "access  {principals} {what}, {tables} tables: {} readers in {:.2?}",
        nodes.len(),
        start.elapsed()
    );
}

fn distinct(principals: usize, tables: usize) -> Account {
    let mut users = Vec::new();
    for i in 0..principals {
        let mut all = vec![allow("dynamodb:GetItem", &arn(&format!("T{}*", i % 97)))];
        if i % 10 == 0 {
            all.push(allow("dynamodb:Query", &format!("{}-${{aws:username}}", arn("T"))));
        }
        all.push(deny("dynamodb:Scan", &arn(&format!("T{}", i % 211))));
        users.push(user(&format!("u{i}"), json!(all)));
    }
    let mut tables: Vec<_> = (0..tables).map(|i| table(&format!("T{i}"))).collect();
    for table in &mut tables {
        let statements = json!([{ "Effect": "Deny", "Principal": "*", "Action": "*", "Resource": table.arn,
            "Condition": { "StringNotEquals": { "aws:PrincipalAccount": OWNER } } }]);
        table.policy = Seen::Value(Some(document(statements)));
    }
    account(users, vec![], tables)
}

fn shared(principals: usize, tables: usize) -> Account {
    let set = |i: usize| json!([allow("dynamodb:*", &arn(&format!("T{}*", i % 10)))]);
    let users = (0..principals).map(|i| user(&format!("u{i}"), set(i))).collect();
    account(users, vec![], (0..tables).map(|i| table(&format!("T{i}"))).collect())
}

fn detect(what: &str, item: &Item<'_>) {
    let detector = Arc::new(Detector::new(DigestKey::from_bytes(&[7; 32]).unwrap()));
    let mut tally = detector.tally();
    let rounds = 20_000;
    tally.look(item);
    let start = Instant::now();
    for _ in 0..rounds {
        tally.look(black_box(item));
    }
    let each = start.elapsed() / rounds;
    println!("detect  {what}: {each:.2?} an item; {} sightings", tally.finish().sightings.len());
}

fn plain_item() -> Item<'static> {
    let text = |s: &str| Value::S(s.to_owned().into());
    let mut fields = vec![
        ("id".into(), text("9f1c2d3e-0000-4000-8000-123456789abc")),
        ("name".into(), text("A quiet harbour in the morning")),
        ("created_at".into(), text("2026-11-01T09:00:00Z")),
        ("price".into(), Value::N("12.50".into())),
    ];
    fields.push(("description".into(), text(&"plain words of a catalogue, ".repeat(30))));
    Item(fields)
}

fn token_item() -> Item<'static> {
    // Header and claims of no use to anyone, put together here so that no scanner reports this file.
    let jwt = ["eyJhbGciOiJIUzI1NiJ9", "eyJzdWIiOiIxIn0", &"q7Zx2Lw9".repeat(6)].join(".");
    let nested = format!(r#"{{"auth":{{"refresh_token":"{}"}},"n":[1,2,3]}}"#, "k3Jd8sQm".repeat(5));
    let mut item = plain_item();
    item.0.push(("access_token".into(), Value::S(jwt.into())));
    item.0.push(("blob".into(), Value::S(nested.into())));
    item
}
