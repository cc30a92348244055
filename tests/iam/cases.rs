//! The case files: statements of the AWS documentation as data, and the loops that run them.

use std::collections::BTreeMap;

use dynaudit::iam::{
    Caller, Context, Decision, Denial, Keys, Kind, Named, Policy, Request, Value, Who, WhoKind, decide,
    resource_policy,
};
use serde::Deserialize;
use serde_json::{Value as Json, json};

pub const OWNER: &str = "111122223333";
pub const BOOKS: &str = "arn:aws:dynamodb:eu-west-1:111122223333:table/Books";

#[derive(Deserialize)]
struct File<C> {
    case: Vec<C>,
}

fn read<C: for<'de> Deserialize<'de>>(text: &str) -> Vec<C> {
    toml::from_str::<File<C>>(text).unwrap().case
}

pub fn policy(statements: &[Json], version: &str, kind: Kind) -> Policy {
    let text = json!({ "Version": version, "Statement": statements }).to_string();
    Policy::parse(&text, kind).unwrap()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    doc: String,
    name: String,
    #[serde(default)]
    version: Option<String>,
    #[serde(default)]
    who: Option<String>,
    #[serde(default)]
    identity: Vec<Json>,
    boundary: Option<Vec<Json>>,
    resource_policy: Option<Vec<Json>>,
    #[serde(default)]
    context: BTreeMap<String, Json>,
    #[serde(default)]
    maybe: BTreeMap<String, String>,
    #[serde(default)]
    unknown: Vec<String>,
    action: Option<String>,
    resource: Option<String>,
    expect: String,
    condition: Option<String>,
    via: Option<Vec<String>>,
}

fn who(name: Option<&str>) -> Who {
    let (kind, arn, account) = match name {
        None => (WhoKind::User, "arn:aws:iam::111122223333:user/alice", OWNER),
        Some("role") => (WhoKind::Role, "arn:aws:iam::111122223333:role/app", OWNER),
        Some("foreign-role") => (WhoKind::Role, "arn:aws:iam::444455556666:role/etl", "444455556666"),
        Some("account") => (WhoKind::Account, "444455556666", "444455556666"),
        Some("service") => (WhoKind::Service, "replication.dynamodb.amazonaws.com", ""),
        Some(other) => panic!("who is {other}?"),
    };
    Who { kind, arn: arn.into(), account: account.into(), id: "AIDAEXAMPLE".into() }
}

fn run(case: &Case) -> Result<(), String> {
    let version = case.version.as_deref().unwrap_or("2012-10-17");
    let identity = policy(&case.identity, version, Kind::Identity);
    let identity = [Named { name: "identity", policy: &identity }];
    let boundary = case.boundary.as_ref().map(|list| policy(list, version, Kind::Identity));
    let table = case.resource_policy.as_ref().map(|list| policy(list, version, Kind::Resource));
    let who = who(case.who.as_deref());
    let mut keys = Keys::new().with_one("aws:username", "alice");
    for key in &case.unknown {
        keys = keys.with(key, Value::Unknown);
    }
    for (key, value) in &case.maybe {
        keys = keys.with(key, Value::Maybe(vec![value.clone()]));
    }
    for (key, value) in &case.context {
        let text = |v: &Json| v.as_str().unwrap().to_owned();
        let values =
            value.as_array().map_or_else(|| vec![text(value)], |list| list.iter().map(text).collect());
        keys = keys.with(key, Value::Present(values));
    }
    let rest = Keys::new().with_family("", Value::Absent);
    let boundary = boundary.as_ref().map(|policy| Named { name: "boundary", policy });
    let caller = Caller {
        identity: (who.account == OWNER).then_some(&identity[..]),
        boundary: boundary.as_ref().map(std::slice::from_ref),
        ..Caller::unseen(&who)
    };
    let action = case.action.as_deref().unwrap_or("dynamodb:GetItem").to_lowercase();
    let resource = case.resource.as_deref().unwrap_or(BOOKS);
    let request = Request {
        owner: OWNER,
        policy: table.as_ref().map(|policy| Named { name: "table policy", policy }),
        ..Request::new(&action, resource, Context { caller: &keys, resource: &rest })
    };
    let outcome = decide(&caller, &request);
    let (word, condition) = match &outcome.decision {
        Decision::Allowed => ("allowed", None),
        Decision::Denied(Denial::Explicit) => ("explicit", None),
        Decision::Denied(Denial::Implicit) => ("implicit", None),
        Decision::Conditional(expr) => ("conditional", Some(expr.to_string())),
    };
    if word != case.expect {
        return Err(format!("is {word}, not {}", case.expect));
    }
    if case.condition.is_some() && case.condition != condition {
        return Err(format!("condition is {condition:?}"));
    }
    let via: Vec<String> = outcome.via.iter().map(ToString::to_string).collect();
    match &case.via {
        Some(wanted) if *wanted != via => Err(format!("via is {via:?}")),
        _ => Ok(()),
    }
}

#[test]
fn documented_statements_hold() {
    let files = [
        include_str!("cases/operators.toml"),
        include_str!("cases/patterns.toml"),
        include_str!("cases/evaluation.toml"),
    ];
    let cases: Vec<Case> = files.iter().flat_map(|text| read(text)).collect();
    let failed: Vec<String> = cases
        .iter()
        .filter_map(|case| run(case).err().map(|why| format!("{} ({}): {why}", case.name, case.doc)))
        .collect();
    assert!(failed.is_empty(), "{} of {}:\n{}", failed.len(), cases.len(), failed.join("\n"));
    assert!(cases.len() >= 80, "only {}", cases.len());
}

#[derive(Deserialize)]
struct Broken {
    name: String,
    kind: Option<String>,
    text: String,
    place: String,
}

#[test]
fn broken_documents_name_the_place() {
    for case in read::<Broken>(include_str!("cases/malformed.toml")) {
        let kind = match case.kind.as_deref() {
            None => Kind::Identity,
            Some("resource") => Kind::Resource,
            Some(_) => Kind::Trust,
        };
        let error = Policy::parse(&case.text, kind).expect_err(&case.name);
        assert_eq!(error.place, case.place, "{}: {error}", case.name);
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reading {
    name: String,
    policy: Vec<Json>,
    #[serde(default)]
    public: bool,
    #[serde(default)]
    cross_account: bool,
    #[serde(default)]
    accounts: Vec<String>,
    #[serde(default)]
    administers: bool,
    #[serde(default)]
    denies: bool,
    #[serde(default)]
    unbound_services: Vec<String>,
    #[serde(default)]
    deleted: bool,
    #[serde(default)]
    perimeter: bool,
}

#[test]
fn table_policies_are_read_for_whom_they_let_in() {
    for case in read::<Reading>(include_str!("cases/readings.toml")) {
        let text = json!({ "Version": "2012-10-17", "Statement": case.policy }).to_string();
        let reading = resource_policy::read(&text, OWNER, BOOKS).unwrap();
        let wanted = resource_policy::Reading {
            public: case.public,
            cross_account: case.cross_account,
            accounts: case.accounts.into_iter().collect(),
            administers: case.administers,
            denies: case.denies,
            unbound_services: case.unbound_services.into_iter().collect(),
            deleted: case.deleted,
            perimeter: case.perimeter,
        };
        assert_eq!(reading, wanted, "{}", case.name);
    }
}
