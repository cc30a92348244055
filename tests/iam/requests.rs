//! The case files of `requests/`: each case is asked of the literal reference, as JSON of IAM's simulator.

use std::{collections::BTreeMap, fs, path::Path};

use dynaudit::simulate::{self, Unknown};
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};

use super::reference::{self, Asked};

const OWNER: &str = "111122223333";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    group: Vec<Group>,
}

#[derive(Deserialize)]
struct Group {
    doc: String,
    case: Vec<BTreeMap<String, Json>>,
    #[serde(flatten)]
    rest: BTreeMap<String, Json>,
}

/// One request and the decision that the documentation gives.
pub struct Case {
    /// File, page and name.
    pub title: String,
    /// The JSON of SimulateCustomPolicy.
    pub input: Json,
    pub action: String,
    pub resource: String,
    pub expect: String,
}

/// Every case of every file.
pub fn all() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/iam/requests");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut cases = Vec::new();
    for file in files.iter().filter(|file| file.extension().is_some_and(|ending| ending == "toml")) {
        let read: File = toml::from_str(&fs::read_to_string(file).unwrap())
            .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let stem = file.file_stem().unwrap().to_str().unwrap().to_owned();
        for group in read.group {
            for case in group.case {
                let mut fields = group.rest.clone();
                fields.extend(case);
                cases.push(build(&format!("{stem}: {}", group.doc), fields));
            }
        }
    }
    cases
}

fn build(place: &str, mut fields: BTreeMap<String, Json>) -> Case {
    let mut take = |name: &str| fields.remove(name);
    let string = |value: Option<Json>, or: &str| value.map_or(or.to_owned(), |v| v.as_str().unwrap().into());
    let name = string(take("name"), "");
    let version = string(take("version"), "2012-10-17");
    let own = |statements: &Json| document(statements, &version, false);
    let their = |statements: &Json| document(statements, &version, true);
    let levels = |levels: Option<Json>, one: &dyn Fn(&Json) -> Json| {
        levels.map(|all| all.as_array().unwrap().iter().map(|level| json!([one(level)])).collect::<Json>())
    };

    let identity: Vec<Json> = [
        take("identity").map(|s| own(&s)),
        take("group").map(|s| own(&s)),
        take("when").map(|when| {
            own(&json!([{ "Effect": "Allow", "Action": "*", "Resource": "*", "Condition": when }]))
        }),
        take("text"),
    ]
    .into_iter()
    .flatten()
    .collect();
    let action = string(take("action"), "dynamodb:GetItem");
    let resource = string(take("resource"), &format!("arn:aws:dynamodb:eu-west-1:{OWNER}:table/Books"));
    let owner = resource.split(':').nth(4).filter(|account| account.len() == 12).unwrap_or(OWNER);
    let mut input = Map::new();
    input.insert(
        "CallerArn".into(),
        string(take("caller"), &format!("arn:aws:iam::{OWNER}:user/alice")).into(),
    );
    input.insert("ResourceOwner".into(), string(take("owner"), owner).into());
    input.insert("ActionNames".into(), json!([action]));
    input.insert("ResourceArns".into(), json!([resource]));
    input.insert("PolicyInputList".into(), identity.into());
    let context = take("context").map(|context| entries(context.as_object().unwrap()));
    for (key, value) in [
        ("PermissionsBoundaryPolicyInputList", take("boundary").map(|s| json!([own(&s)]))),
        ("SessionPolicyInputList", take("session").map(|s| json!([own(&s)]))),
        ("ResourcePolicy", take("policy").map(|s| their(&s))),
        ("ServiceControlPolicyInputList", levels(take("scp"), &own)),
        ("ResourceControlPolicyInputList", levels(take("rcp"), &their)),
        ("ContextEntries", context),
    ] {
        if let Some(value) = value {
            input.insert(key.into(), value);
        }
    }
    let expect = string(take("expect"), "");
    assert!(["allowed", "explicitDeny", "implicitDeny"].contains(&expect.as_str()), "{place}: {name}");
    assert!(fields.is_empty(), "{place}: {name}: unknown {fields:?}");
    Case { title: format!("{place}: {name}"), input: input.into(), action, resource, expect }
}

/// What `simulate` of the library decides, for each action and resource in order.
pub fn simulated(input: &Json) -> Vec<String> {
    answered(input, Unknown::Absent)
}

/// The same, with another reading of keys that were not given.
pub fn answered(input: &Json, unknown: Unknown) -> Vec<String> {
    match simulate::answer(&serde_json::to_vec(input).unwrap(), unknown) {
        Ok(output) => output.evaluation_results.iter().map(|one| one.eval_decision.to_owned()).collect(),
        Err(refused) => vec![refused.to_string()],
    }
}

/// A policy as the text that AWS takes.
fn document(statements: &Json, version: &str, principals: bool) -> Json {
    let mut everything = json!({ "Effect": "Allow", "Action": "*", "Resource": "*" });
    if principals {
        everything["Principal"] = "*".into();
    }
    let mut document = Map::new();
    if !version.is_empty() {
        document.insert("Version".into(), version.into());
    }
    let statements = if statements == "all" { json!([everything]) } else { statements.clone() };
    document.insert("Statement".into(), statements);
    Json::Object(document).to_string().into()
}

fn entries(context: &Map<String, Json>) -> Json {
    let entry = |(name, value): (&String, &Json)| {
        let values = value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
        let kind = if value.is_array() { "stringList" } else { "string" };
        json!({ "ContextKeyName": name, "ContextKeyValues": values, "ContextKeyType": kind })
    };
    context.iter().map(entry).collect()
}

#[test]
fn the_reference_holds_to_every_case() {
    let cases = all();
    let wrong = cases.iter().filter_map(|case| {
        let asked = Asked { action: &case.action, resource: &case.resource };
        let is = reference::decide(&reference::Request::new(&case.input), asked);
        (is != case.expect).then(|| format!("{}: {is}, not {}", case.title, case.expect))
    });
    let wrong: Vec<_> = wrong.collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
    assert!(cases.len() >= 700, "only {}", cases.len());
}

#[test]
fn simulate_holds_to_every_case() {
    let wrong = all().into_iter().filter_map(|case| {
        let is = simulated(&case.input).remove(0);
        (is != case.expect).then(|| format!("{}: {is}, not {}", case.title, case.expect))
    });
    let wrong: Vec<_> = wrong.collect();
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}
