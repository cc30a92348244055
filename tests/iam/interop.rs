//! Requests for other engines: with `IAM_REQUESTS` set, writes the cases and some generated requests there, as
//! JSON Lines with what the literal reference decides (`tests/iam/interop/run`).

use std::{env, fs};

use serde_json::{Value as Json, json};

use super::{agreement::pairs, generator, reference, requests};

/// Generated policy sets that are written; each has a few requests.
const SETS: u64 = 600;

#[test]
fn requests_are_written_one_by_one() {
    let mut lines = Vec::new();
    for case in requests::all() {
        lines.push(line(&case.title, &case.input, &case.action, &case.resource));
    }
    for seed in 0..SETS {
        let input = generator::input(1_000_000 + seed);
        for (action, resource) in pairs(&input) {
            lines.push(line(&format!("generated {seed}"), &input, action, resource));
        }
    }
    assert!(lines.len() > 4000, "{}", lines.len());
    if let Ok(path) = env::var("IAM_REQUESTS") {
        fs::write(path, lines.concat()).unwrap();
    }
}

fn line(name: &str, input: &Json, action: &str, resource: &str) -> String {
    let mut one = input.clone();
    one["ActionNames"] = json!([action]);
    one["ResourceArns"] = json!([resource]);
    let decision = reference::decide(&reference::Request::new(input), reference::Asked { action, resource });
    format!("{}\n", json!({ "name": name, "input": one, "reference": decision }))
}
