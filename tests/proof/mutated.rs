//! A snapshot bent by chance or by hand: no crash, inert reports, and nothing that turns green because it was cut out.

use std::{collections::BTreeSet, path::Path};

use dynaudit::finding::Verdict;
use dynaudit::snapshot::{Snapshot, file};
use fastrand::Rng;
use serde_json::{Value, json};

use crate::harness::{Assessed, demo_run, program};

/// Strings that stand for something else than was asked.
const TEXTS: &[&str] = &[
    "",
    "*",
    "\u{0}",
    "\u{1b}]0;pwn\u{7}\u{202e}",
    "arn:aws:iam::111122223333:root",
    "arn:aws:iam::999999999999:role/stranger",
    "arn:aws:iam::111122223333:role/*",
    "arn:aws-cn:dynamodb:::table/",
    "arn:::::",
    "111122223333",
    "99999999999999999999",
    "9999-12-31T23:59:59Z",
    "-9223372036854775808s",
    "{\"Statement\":{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"*\",\"Resource\":\"*\"}}",
    "{\"Statement\":[[[",
];

/// A value of the tree: each step is the name or the number of a child.
fn somewhere<'a>(root: &'a mut Value, random: &mut Rng) -> &'a mut Value {
    let mut at = root;
    loop {
        let children = match &*at {
            Value::Object(map) => map.len(),
            Value::Array(list) => list.len(),
            _ => 0,
        };
        if children == 0 || random.u8(0..8) == 0 {
            return at;
        }
        let child = random.usize(0..children);
        at = match at {
            Value::Object(map) => map.values_mut().nth(child).unwrap(),
            Value::Array(list) => &mut list[child],
            _ => unreachable!(),
        };
    }
}

fn bend(root: &mut Value, random: &mut Rng) {
    let other = somewhere(root, random).clone();
    let number = [json!(0), json!(-1), json!(u64::MAX), json!(i64::MIN), json!(1e308)];
    let number = random.choice(&number).unwrap().clone();
    let text = (*random.choice(TEXTS).unwrap()).to_owned();
    let at = somewhere(root, random);
    match (random.u8(0..8), at) {
        // Twice, or gone.
        (0..3, Value::Array(list)) if !list.is_empty() => {
            let one = list[random.usize(0..list.len())].clone();
            list.insert(random.usize(0..=list.len()), one);
        }
        (3, Value::Array(list)) if !list.is_empty() => drop(list.remove(random.usize(0..list.len()))),
        (3, Value::Object(map)) if !map.is_empty() => {
            let name = map.keys().nth(random.usize(0..map.len())).unwrap().clone();
            map.remove(&name);
        }
        (4, Value::Object(map)) => drop(map.insert(text, other)),
        (_, Value::String(own)) => match random.u8(0..3) {
            0 => *own = text,
            1 => own.push_str(&text),
            _ => *own = own.repeat(random.usize(0..300)),
        },
        (_, at @ Value::Number(_)) => *at = number,
        // What it is of another place, or of another type.
        (5, at) => *at = other,
        (6, at) => *at = [Value::Null, json!([]), json!({}), json!(true), number][random.usize(0..5)].clone(),
        _ => {}
    }
}

fn read(value: &Value) -> Result<Snapshot, file::Error> {
    file::parse(&serde_json::to_vec(value).unwrap(), Path::new("s.json"))
}

/// `MUTATIONS=N` tries so many.
#[tokio::test(flavor = "multi_thread")]
async fn a_bent_snapshot_is_refused_or_judged() {
    let (_, snapshot, _) = demo_run().await;
    let whole = serde_json::to_value(snapshot).unwrap();
    let cases = std::env::var("MUTATIONS").map_or(60, |n| n.parse().unwrap());
    let from = std::env::var("MUTATIONS_FROM").map_or(0, |n| n.parse().unwrap());
    let mut judged = 0;
    for case in from..from + cases {
        let mut random = Rng::with_seed(case);
        let mut bent = whole.clone();
        (0..random.usize(1..6)).for_each(|_| bend(&mut bent, &mut random));
        let Ok(snapshot) = read(&bent) else { continue };
        judged += 1;
        let run = std::panic::catch_unwind(|| Assessed::of(&snapshot).table(100));
        let said = run.unwrap_or_else(|_| panic!("case {case}"));
        assert!(!said.contains(|c: char| c.is_control() && c != '\n'), "case {case}");
    }
    assert!(judged * 10 > cases, "{judged} of {cases} are snapshots");
}

/// Takes the field that the path leads to out of each object there; whether there was one.
fn cut(at: &mut Value, path: &[&str]) -> bool {
    match (at, path) {
        (Value::Array(list), ["*", rest @ ..]) => {
            list.iter_mut().filter_map(|at| cut(at, rest).then_some(())).count() > 0
        }
        (Value::Object(map), [last]) => map.remove(*last).is_some(),
        (Value::Object(map), [name, rest @ ..]) => map.get_mut(*name).is_some_and(|at| cut(at, rest)),
        _ => false,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_field_that_is_cut_out_is_missed_or_not_assessed_and_never_clear() {
    let (_, snapshot, assessed) = demo_run().await;
    let whole = serde_json::to_value(snapshot).unwrap();
    let missed = [
        "accounts.*.principals.roles.*.trust",
        "accounts.*.principals.users.*.boundary",
        "accounts.*.principals.policies",
        "accounts.*.keys.*.description.value.state",
        "accounts.*.keys.*.grants.items.*.grantee",
        "accounts.*.keys.*.policy",
        "accounts.*.tables.*.description.value.encryption",
        "accounts.*.tables.*.description.value.encryption.key_arn",
        "accounts.*.tables.*.description.value.stream",
        "accounts.*.tables.*.description.value.latest_stream_arn",
        "accounts.*.tables.*.description.value.replicas.*.key_arn",
        "accounts.*.tables.*.continuous_backups.value.days",
        "accounts.*.tables.*.time_to_live.value.attribute",
        "accounts.*.tables.*.backups.items.*.created",
        "accounts.*.tables.*.exports.items.*.details.value.bucket",
        "accounts.*.tables.*.sample.value.contents.sightings",
        "accounts.*.tables.*.sample.value.contents.lasting_tokens",
        "accounts.*.tables.*.policy",
        "gaps",
        "scope",
    ];
    for path in missed {
        let mut bent = whole.clone();
        assert!(cut(&mut bent, &path.split('.').collect::<Vec<_>>()), "{path} is there");
        let refused = read(&bent).unwrap_err().to_string();
        let name = path.rsplit('.').next().unwrap();
        assert!(refused.contains(&format!("missing field `{name}`")), "{path}: {refused}");
    }
    // What a version before this one did not look at is not assessed.
    let flagged: BTreeSet<&String> =
        assessed.findings.iter().filter(|f| f.verdict == Verdict::Flagged).map(|f| &f.fingerprint).collect();
    for path in ["accounts.*.regions.*.services", "accounts.*.buckets", "accounts.*.public_access_blocked"] {
        let mut bent = whole.clone();
        assert!(cut(&mut bent, &path.split('.').collect::<Vec<_>>()), "{path} is there");
        let now = Assessed::of(&read(&bent).unwrap());
        let greener = now.findings.iter().filter(|f| f.verdict == Verdict::Clear);
        let greener: Vec<_> =
            greener.filter(|f| flagged.contains(&f.fingerprint)).map(|f| &f.check).collect();
        assert!(greener.is_empty(), "{path}: {greener:?}");
    }
}

/// Puts a text in the place of the first that stands there.
fn put(whole: &str, old: &str, new: &str) -> String {
    assert!(whole.contains(old), "{old}");
    whole.replacen(old, new, 1)
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_files_end_in_a_word_and_an_exit_code() {
    let (_, snapshot, _) = demo_run().await;
    let whole = String::from_utf8(file::canonical(snapshot).unwrap()).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let tool = format!("\"tool\": {:?}", snapshot.tool);
    let with = |value: &str| put(&whole, &tool, &format!("\"tool\": {value}"));
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let long = format!("\"{}\"", "x".repeat(20 << 20));
    let twice = {
        let mut value = serde_json::to_value(snapshot).unwrap();
        let tables = value["accounts"][0]["tables"].as_array_mut().unwrap();
        tables.extend(tables.clone());
        value.to_string()
    };
    for (name, text, code) in [
        ("nested", with(&deep), 2),
        (
            "nested under a name that is not ours",
            put(&whole, "\"tool\"", &format!("\"x\": {deep}, \"tool\"")),
            2,
        ),
        ("a name twice", put(&whole, &tool, &format!("{tool}, {tool}")), 2),
        ("infinite", put(&whole, "\"rcu_budget\": ", "\"rcu_budget\": 1e999, \"x\": "), 2),
        ("a lone surrogate", with("\"\\ud800\""), 2),
        ("a byte that is no text", with("\"\u{1}\""), 2),
        ("a format to come", put(&whole, "\"format\": 1", "\"format\": 99"), 2),
        ("a name that is not ours", put(&whole, "\"tool\"", "\"\u{1b}[31mtool\""), 2),
        ("NUL", with("\"\\u0000\""), 1),
        ("long", with(&long), 1),
        ("another account", whole.replace("111122223333", "999988887777"), 1),
        ("an account that is none", whole.replace("111122223333", "not an account"), 2),
        ("tables twice", twice, 2),
    ] {
        let path = dir.path().join("s.json");
        std::fs::write(&path, text).unwrap();
        let (ended, out, err) = program(dir.path(), &["assess", "s.json"]);
        assert_eq!(ended, code, "{name}: {}", &err[..err.len().min(500)]);
        assert!(!err.contains("panicked"), "{name}: {err}");
        let foul = |c: char| c.is_control() && c != '\n';
        assert!(!out.contains(foul) && !err.contains(foul), "{name}");
    }
}
