//! The graph of who can become whom: case files, loops and crowds, and every way replayed hop by hop.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use dynaudit::{
    facts::access::{Access, evaluate, paths::Hop},
    snapshot::{
        Account, Gap, GapId, Key, Listed, Region, Seen, Services, key, principal::Principal,
        services::Cluster, table::Encryption,
    },
};
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::account::{OWNER, account, allow, arn, document, gap, managed, role, table, user};

#[derive(Deserialize)]
struct File {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    doc: String,
    name: String,
    #[serde(default)]
    user: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    role: BTreeMap<String, Role>,
    #[serde(default)]
    group: BTreeMap<String, Group>,
    #[serde(default)]
    policy: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    boundary: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    attached: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    tags: BTreeMap<String, BTreeMap<String, String>>,
    /// The policy of the key of `Tokens`; without one the table has the AWS owned key.
    key: Option<Vec<String>>,
    /// DAX clusters, each with its role.
    #[serde(default)]
    cluster: BTreeMap<String, String>,
    /// The way to `Tokens`, by principal; `if: ` before a conditional one.
    #[serde(default)]
    expect: BTreeMap<String, String>,
    /// Who can give itself the right; looked at only where it is said.
    itself: Option<Vec<String>>,
    /// The way of someone outside, by ARN or account.
    #[serde(default)]
    reaches: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Role {
    trust: Vec<String>,
    #[serde(default)]
    may: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Group {
    members: Vec<String>,
    #[serde(default)]
    may: Vec<String>,
    #[serde(default)]
    attached: Vec<String>,
}

/// `allow iam:PassRole,… on role/x,… if {…}`; `on not …` for NotResource.
fn statement(text: &str) -> Json {
    let (text, condition) = text.split_once(" if ").map_or((text, None), |(text, c)| (text, Some(c)));
    let (effect, rest) = text.split_once(' ').unwrap();
    let (actions, resources) = rest.split_once(" on ").unwrap();
    let (element, resources) =
        resources.strip_prefix("not ").map_or(("Resource", resources), |rest| ("NotResource", rest));
    let resources: Vec<String> = resources.split(',').map(named).collect();
    let mut out = json!({
        "Effect": if effect == "allow" { "Allow" } else { "Deny" },
        "Action": actions.split(',').collect::<Vec<_>>(),
        element: resources,
    });
    if let Some(condition) = condition {
        out["Condition"] = serde_json::from_str(condition).unwrap();
    }
    out
}

fn named(text: &str) -> String {
    match text.split_once('/') {
        _ if text == "*" || text.starts_with("arn:") => text.to_owned(),
        Some(("role" | "user" | "group" | "policy", _)) => format!("arn:aws:iam::{OWNER}:{text}"),
        _ => arn(text),
    }
}

/// `PRINCIPAL if {…}`, with `deny ` or `not ` before it: root, an account, a role, a user, a service, `*`.
fn trusting(text: &str) -> Json {
    let (text, condition) = text.split_once(" if ").map_or((text, None), |(text, c)| (text, Some(c)));
    let (effect, text) = text.strip_prefix("deny ").map_or(("Allow", text), |text| ("Deny", text));
    let (element, text) =
        text.strip_prefix("not ").map_or(("Principal", text), |text| ("NotPrincipal", text));
    let mut action = "sts:AssumeRole";
    let principal = match text {
        "*" => json!("*"),
        "root" => json!({ "AWS": format!("arn:aws:iam::{OWNER}:root") }),
        _ if text.contains('/') => json!({ "AWS": named(text) }),
        _ if text.starts_with("AIDA") || text.parse::<u64>().is_ok() => json!({ "AWS": text }),
        _ => match text.strip_prefix("oidc ") {
            Some(host) => {
                action = "sts:AssumeRoleWithWebIdentity";
                json!({ "Federated": format!("arn:aws:iam::{OWNER}:oidc-provider/{host}") })
            }
            None => json!({ "Service": format!("{text}.amazonaws.com") }),
        },
    };
    let mut out = json!({ "Effect": effect, element: principal, "Action": action });
    if let Some(condition) = condition {
        out["Condition"] = serde_json::from_str(condition).unwrap();
    }
    out
}

fn statements(all: &[String]) -> Json {
    all.iter().map(|text| statement(text)).collect()
}

fn of(case: &Case) -> Account {
    let mut users: Vec<Principal> = case.user.iter().map(|(name, may)| user(name, statements(may))).collect();
    let mut roles: Vec<Principal> = Vec::new();
    for (name, given) in &case.role {
        let trust: Json = given.trust.iter().map(|text| trusting(text)).collect();
        roles.push(Principal { trust: Some(document(trust)), ..role(name, statements(&given.may)) });
    }
    let mut groups = Vec::new();
    for (name, given) in &case.group {
        for member in users.iter_mut().filter(|user| given.members.contains(&user.name)) {
            member.groups.push(name.clone());
        }
        let attached = given.attached.iter().map(|name| named(&format!("policy/{name}"))).collect();
        groups.push(Principal {
            arn: named(&format!("group/{name}")),
            attached,
            ..user(name, statements(&given.may))
        });
    }
    let mut policies: BTreeMap<_, _> =
        case.policy.iter().map(|(name, may)| managed(name, Seen::Value(document(statements(may))))).collect();
    for principal in users.iter_mut().chain(&mut roles) {
        if let Some(bounds) = case.boundary.get(&principal.name) {
            let name = format!("bounds-{}", principal.name);
            let (arn, policy) = managed(&name, Seen::Value(document(statements(bounds))));
            principal.boundary = Some(arn.clone());
            policies.insert(arn, policy);
        }
        for name in case.attached.get(&principal.name).into_iter().flatten() {
            principal.attached.push(named(&format!("policy/{name}")));
        }
        principal.tags.extend(case.tags.get(&principal.name).cloned().unwrap_or_default());
    }
    let mut out = account(users, roles, vec![table("Plain"), table("Tokens")]);
    out.principals.groups = groups;
    out.principals.policies = policies;
    if let Some(policy) = &case.key {
        lock(&mut out, policy.iter().map(|text| entitled(text)).collect());
    }
    if !case.cluster.is_empty() {
        out.regions.push(region(&case.cluster));
    }
    out
}

/// Encrypts `Tokens` with a key of this policy.
fn lock(account: &mut Account, policy: Json) {
    let key_arn = format!("arn:aws:kms:eu-west-1:{OWNER}:key/k");
    account.keys.push(Key {
        arn: key_arn.clone(),
        region: "eu-west-1".into(),
        description: Seen::Value(key::Description {
            arn: key_arn.clone(),
            account: Some(OWNER.into()),
            manager: Some("CUSTOMER".into()),
            ..key::Description::default()
        }),
        rotation: Seen::Value(None),
        policy: Seen::Value(document(policy)),
        grants: Listed::default(),
        tags: Seen::Value(BTreeMap::new()),
    });
    let tokens = account.tables.iter_mut().find(|table| table.name == "Tokens").unwrap();
    let Seen::Value(description) = &mut tokens.description else { unreachable!() };
    description.encryption = Some(Encryption {
        status: "ENABLED".into(),
        kind: Some("KMS".into()),
        key_arn: Some(key_arn),
        inaccessible_since: None,
    });
}

/// `PRINCIPAL ACTION,…`, with `deny ` before it: a statement of a key's policy.
fn entitled(text: &str) -> Json {
    let (effect, text) = text.strip_prefix("deny ").map_or(("Allow", text), |text| ("Deny", text));
    let (who, actions) = text.split_once(' ').unwrap();
    let mut out = trusting(who);
    out["Effect"] = effect.into();
    out["Action"] = actions.split(',').collect();
    out["Resource"] = "*".into();
    out
}

fn region(clusters: &BTreeMap<String, String>) -> Region {
    let cluster = |(name, role): (&String, &String)| Cluster {
        arn: format!("arn:aws:dax:eu-west-1:{OWNER}:cache/{name}"),
        name: name.clone(),
        status: "available".into(),
        encryption: "ENABLED".into(),
        endpoint_encryption: "TLS".into(),
        role_arn: named(&format!("role/{role}")),
        zones: vec![],
        reachable_from: None,
        ttl: Seen::Gap(GapId("0".into())),
    };
    let services = Services {
        clusters: Listed { items: clusters.iter().map(cluster).collect(), gap: None },
        ..Services::default()
    };
    Region {
        name: "eu-west-1".into(),
        disabled: false,
        tables: Listed::default(),
        orphan_backups: Listed::default(),
        services,
    }
}

fn judge(account: &Account) -> Access {
    let mut gaps: BTreeMap<GapId, Gap> = BTreeMap::new();
    evaluate(account, &BTreeSet::from([arn("Tokens")]), &mut gaps)
}

/// The facts of each principal, by name.
fn facts(account: &Account) -> BTreeMap<String, Json> {
    let nodes = judge(account).principal_nodes();
    nodes
        .into_iter()
        .map(|node| (node.subject.names["principal"].clone(), node.facts.as_ref().clone()))
        .collect()
}

fn told(indirect: &Json) -> String {
    match indirect["path"].as_str() {
        None => "none".to_owned(),
        Some(path) if indirect["conditional"] == true => format!("if: {path}"),
        Some(path) => path.to_owned(),
    }
}

#[test]
fn every_case_goes_the_way_that_it_says() {
    let mut wrong = Vec::new();
    let files = [
        include_str!("paths/assume.toml"),
        include_str!("paths/escalate.toml"),
        include_str!("paths/around.toml"),
    ];
    let cases = files.iter().flat_map(|text| toml::from_str::<File>(text).unwrap().case);
    for case in cases {
        assert!(!case.doc.is_empty());
        let account = of(&case);
        let facts = facts(&account);
        for (name, expected) in &case.expect {
            let found = told(&facts[name]["indirect"]);
            if found != *expected {
                wrong.push(format!("{}: {name}\n  expected {expected}\n  found    {found}", case.name));
            }
        }
        for (name, facts) in facts.iter().filter(|_| case.itself.is_some()) {
            let expected = case.itself.as_ref().is_some_and(|all| all.contains(name));
            if facts["grants_itself"] != expected {
                wrong.push(format!("{}: {name} grants itself: {}", case.name, facts["grants_itself"]));
            }
        }
        let through: BTreeMap<String, String> = through(&account)
            .into_iter()
            .map(|through| {
                let sure = if through.outright { "" } else { "if: " };
                (through.arn, format!("{sure}{}", through.path))
            })
            .collect();
        for (arn, expected) in &case.reaches {
            if through.get(arn) != Some(expected) {
                wrong.push(format!("{}: {arn}\n  expected {expected}\n  found    {through:?}", case.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn through(account: &Account) -> Vec<dynaudit::facts::access::paths::Through> {
    let access = judge(account);
    let tokens = (0..).find(|at| access.table_arn(*at) == Some(&arn("Tokens"))).unwrap();
    access.paths().to_table(tokens)
}

fn trusts(principal: Json) -> Option<String> {
    let statement = json!([{ "Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole" }]);
    Some(document(statement))
}

#[test]
fn fifty_roles_that_trust_each_other_in_a_ring() {
    let ring: Vec<Principal> = (0..50)
        .map(|at| {
            let before = format!("arn:aws:iam::{OWNER}:role/r{:02}", (at + 49) % 50);
            let reads = if at == 49 { json!([allow("dynamodb:Scan", &arn("Tokens"))]) } else { json!([]) };
            Principal { trust: trusts(json!({ "AWS": before })), ..role(&format!("r{at:02}"), reads) }
        })
        .collect();
    let facts = facts(&account(vec![], ring, vec![table("Plain"), table("Tokens")]));
    for (at, (name, facts)) in facts.iter().enumerate() {
        let hops = if at == 49 { json!(null) } else { json!(49 - at) };
        assert_eq!(facts["indirect"]["hops"], hops, "{name}");
    }
}

#[test]
fn two_thousand_roles_that_may_all_become_each_other() {
    let root = format!("arn:aws:iam::{OWNER}:root");
    let crowd: Vec<Principal> = (0..2_000)
        .map(|at| {
            let reads = if at == 1_234 { allow("dynamodb:Scan", &arn("Tokens")) } else { allow("s3:*", "*") };
            let may = json!([allow("sts:AssumeRole", "*"), reads]);
            Principal { trust: trusts(json!({ "AWS": root })), ..role(&format!("r{at:04}"), may) }
        })
        .collect();
    let account = account(vec![], crowd, vec![table("Plain"), table("Tokens")]);
    let start = Instant::now();
    let facts = facts(&account);
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
    for (name, facts) in facts {
        let expected = if name == "r1234" { json!(null) } else { json!(1) };
        assert_eq!(facts["indirect"]["hops"], expected, "{name}");
    }
}

#[test]
fn what_could_not_be_read_is_not_said_to_be_nothing() {
    let mut broken = user("broken", json!([]));
    broken.inline.insert("bad".into(), "{".into());
    let root = format!("arn:aws:iam::{OWNER}:root");
    let mut hidden = Principal { trust: trusts(json!({ "AWS": root })), ..role("hidden", json!([])) };
    hidden.inline.insert("bad".into(), "{".into());
    let ana = user("ana", json!([allow("sts:AssumeRole", "*")]));
    let bob = user("bob", json!([allow("s3:*", "*")]));
    let all = account(vec![ana, bob, broken], vec![hidden], vec![table("Tokens")]);
    let found = facts(&all);
    for name in ["ana", "broken", "hidden"] {
        assert!(found[name]["indirect"]["$unknown"].is_string(), "{name}: {}", found[name]["indirect"]);
    }
    assert_eq!(found["bob"]["indirect"], json!(null), "a role that bob cannot become does not matter to bob");

    let mut partial = account(vec![user("bob", json!([]))], vec![], vec![table("Tokens")]);
    partial.principals.gap = Some(gap("iam:GetAccountAuthorizationDetails").0);
    assert!(facts(&partial)["bob"]["indirect"]["$unknown"].is_string());

    // Who trusts whom is not known of a role whose trust policy does not parse.
    let odd = Principal { trust: Some("{".into()), ..role("odd", json!([])) };
    let odd = account(vec![user("bob", json!([]))], vec![odd], vec![table("Tokens")]);
    assert!(facts(&odd)["bob"]["indirect"]["$unknown"].is_string());
}

/// A hop, told shortly.
fn line(hop: &Hop) -> String {
    format!("{} {hop}", hop.from)
}

#[test]
fn a_hop_tells_the_statements_that_let_it() {
    let root = format!("arn:aws:iam::{OWNER}:root");
    let reads = json!([allow("dynamodb:Scan", &arn("Tokens"))]);
    let reads = Principal { trust: trusts(json!({ "AWS": root })), ..role("reads", reads) };
    let ana = user("ana", json!([allow("s3:*", "*"), allow("sts:AssumeRole", "*")]));
    let found = through(&account(vec![ana], vec![reads], vec![table("Plain"), table("Tokens")]));
    let [way] = &found[..] else { panic!("{found:#?}") };
    let hop = &way.path.hops[0];
    let via: Vec<String> = hop.asked[0].via.iter().map(ToString::to_string).collect();
    assert_eq!(via, ["own#1", "trust policy#0"], "{}", line(hop));
    assert_eq!(hop.asked[0].resource, format!("arn:aws:iam::{OWNER}:role/reads"));
}
