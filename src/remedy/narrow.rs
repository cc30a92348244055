//! A narrower policy for one user or role: the tables by name, every attribute but the secret ones, nothing that takes
//! a whole table out ("Using IAM policy conditions for fine-grained access control").

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::{
    fence,
    projection::Projection,
    rewrite::{Apart, Grant, KEPT, apart},
};
use crate::{
    check::recipe::shell,
    iam::actions,
    snapshot::{Account, Seen, principal::Principal},
};

/// Characters of a managed policy ("IAM and AWS STS quotas").
const MOST: usize = 6144;
/// Policies that one proposal may take; IAM lets ten be attached.
const POLICIES: usize = 4;

/// What is proposed for one user or role.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    /// Its ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// The policies to attach in place of what it has on tables (none where nothing should be left), or why nothing
    /// could be proved.
    pub policies: Result<Vec<String>, String>,
    /// Commands that put it in place.
    pub commands: Vec<String>,
    /// Ways to the data that it has today and would not have.
    pub dropped: BTreeSet<String>,
    /// ARNs of tables that it reaches today and would no longer.
    pub loses: BTreeSet<String>,
    /// Checks that the change closes, as the engine found.
    pub closes: BTreeSet<String>,
    /// Checks that fewer tables or rights of it are open for, and some still are.
    pub lessens: BTreeSet<String>,
    /// Checks that stay open for other reasons: the table's own policy, another right.
    pub leaves: BTreeSet<String>,
}

/// What is known of one reader, over all tables that it reaches.
#[derive(Debug, Clone, Default)]
pub struct Reach {
    /// ARNs of the tables that it reaches and can decrypt.
    pub tables: BTreeSet<String>,
    /// ARNs of those whose key stops it: it may describe them, and more is of no use to it.
    pub stopped: BTreeSet<String>,
    /// Whether people act as it.
    pub human: bool,
    /// Whether users of an application act as it.
    pub end_user: bool,
    /// Whether more tables are reached than are named.
    pub more: bool,
}

/// The user or role as it would be, and how it becomes so.
#[derive(Debug)]
pub struct Narrowed {
    /// As it would be; the new policies are inline ones.
    pub principal: Principal,
    /// The new policies.
    pub policies: Vec<String>,
    /// Commands that do it.
    pub commands: Vec<String>,
    /// Ways to the data that are dropped.
    pub dropped: BTreeSet<String>,
}

/// Where a policy of a principal comes from.
enum Source {
    Inline(String),
    Attached(String),
    /// Of a group: its name, then one of the above.
    Group(String, Box<Source>),
}

/// Narrows what a user or role may do on tables.
///
/// # Errors
/// Why it cannot be done.
pub fn narrow(
    principal: &Principal,
    account: &Account,
    reach: &Reach,
    secrets: &BTreeMap<&str, &Projection>,
) -> Result<Narrowed, String> {
    if reach.more {
        return Err("it reaches more tables than can be named one by one".to_owned());
    }
    let is_role = principal.arn.contains(":role/");
    let mut grants: Vec<Grant> = Vec::new();
    let mut out = principal.clone();
    let mut commands = Vec::new();
    let word = if is_role { "role" } else { "user" };
    let who = format!("--{word}-name={}", shell(&principal.name));
    let mut leaves: BTreeSet<String> = BTreeSet::new();
    let all = policies(principal, account)?;
    let mut changed = Vec::new();
    for (source, document) in &all {
        match apart(document)? {
            Some(parts) => {
                if let Source::Group(group, _) = source {
                    leaves.insert(group.clone());
                }
                changed.push((source, Some(parts)));
            }
            None => changed.push((source, None)),
        }
    }
    for (source, parts) in changed {
        let rest = parts.map(|Apart { grants: more, rest }| {
            grants.extend(more);
            rest
        });
        match (source, rest) {
            (Source::Inline(name), Some(rest)) => {
                out.inline.remove(name);
                let policy = format!("--policy-name={}", shell(name));
                match rest {
                    Some(rest) => {
                        commands.push(format!(
                            "aws iam put-{word}-policy {who} {policy} --policy-document={}",
                            shell(&rest)
                        ));
                        out.inline.insert(name.clone(), rest);
                    }
                    None => commands.push(format!("aws iam delete-{word}-policy {who} {policy}")),
                }
            }
            (Source::Attached(arn), Some(rest)) => {
                out.attached.retain(|attached| attached != arn);
                keep(&mut out, &mut commands, (word, &who), arn, rest);
                commands.push(format!("aws iam detach-{word}-policy {who} --policy-arn={}", shell(arn)));
            }
            (Source::Group(group, inner), rest) if leaves.contains(group) => {
                // Out of the group, with what else the group gives.
                let document = match (rest, inner.as_ref()) {
                    (Some(rest), _) => rest,
                    (None, Source::Attached(arn)) => {
                        out.attached.push(arn.clone());
                        commands
                            .push(format!("aws iam attach-{word}-policy {who} --policy-arn={}", shell(arn)));
                        continue;
                    }
                    (None, _) => {
                        all.iter().find(|(s, _)| std::ptr::eq(s, source)).map(|(_, text)| text.clone())
                    }
                };
                let name = match inner.as_ref() {
                    Source::Inline(name) | Source::Attached(name) => name,
                    Source::Group(..) => continue,
                };
                keep(&mut out, &mut commands, (word, &who), name, document);
            }
            _ => {}
        }
    }
    if grants.is_empty() {
        return Err("no policy of its own lets it in: a table's policy does".to_owned());
    }
    for group in &leaves {
        out.groups.retain(|name| name != group);
        commands.push(format!("aws iam remove-user-from-group {who} --group-name={}", shell(group)));
    }
    out.attached.sort_unstable();
    out.attached.dedup();
    let variable = fence::user_variable(principal).filter(|_| reach.end_user);
    let own = |table: &str| variable.as_ref().and_then(|user| fence::own_items(account, table, user));
    let (statements, dropped) = statements(&grants, reach, secrets, own);
    let policies = documents(statements)?;
    let partition = principal.arn.split(':').nth(1).unwrap_or("aws");
    // The new ones come first, so that what is kept does not fail in between.
    let mut first = Vec::new();
    for (number, policy) in (1..).zip(&policies) {
        let name = format!("{}-tables-{number}", principal.name);
        let arn = format!("arn:{partition}:iam::{}:policy/{name}", account.id);
        let (named, document) = (shell(&name), shell(policy));
        first.push(format!("aws iam create-policy --policy-name={named} --policy-document={document}"));
        first.push(format!("aws iam attach-{word}-policy {who} --policy-arn={}", shell(&arn)));
        out.inline.insert(name, policy.clone());
    }
    commands.splice(0..0, first);
    Ok(Narrowed { principal: out, policies, commands, dropped })
}

/// Documents of as many statements as fit.
fn documents(statements: Vec<Value>) -> Result<Vec<String>, String> {
    let document =
        |statements: &[Value]| json!({ "Version": "2012-10-17", "Statement": statements }).to_string();
    let mut out = Vec::new();
    let mut fits: Vec<Value> = Vec::new();
    for statement in statements {
        fits.push(statement);
        if document(&fits).len() > MOST {
            let last = fits.pop();
            if fits.is_empty() {
                return Err(format!(
                    "one statement that names it all is longer than the {MOST} characters of a policy"
                ));
            }
            out.push(document(&fits));
            fits = last.into_iter().collect();
        }
    }
    if !fits.is_empty() {
        out.push(document(&fits));
    }
    match out.len() {
        0..=POLICIES => Ok(out),
        many => Err(format!("it would take {many} policies to name it all")),
    }
}

/// Keeps the rest of a policy as an inline one.
fn keep(
    out: &mut Principal,
    commands: &mut Vec<String>,
    who: (&str, &str),
    from: &str,
    rest: Option<String>,
) {
    let Some(rest) = rest else { return };
    let name = format!("{}-without-tables", from.rsplit('/').next().unwrap_or(from));
    let (word, who) = who;
    let (policy, document) = (shell(&name), shell(&rest));
    commands
        .push(format!("aws iam put-{word}-policy {who} --policy-name={policy} --policy-document={document}"));
    out.inline.insert(name, rest);
}

/// Every policy that a principal has, with where it comes from.
fn policies(principal: &Principal, account: &Account) -> Result<Vec<(Source, String)>, String> {
    let mut all = own(principal, account)?;
    for name in &principal.groups {
        let group = account.principals.groups.iter().find(|group| &group.name == name);
        let group = group.ok_or("a group of it was not seen")?;
        let of = own(group, account)?.into_iter();
        all.extend(of.map(|(source, text)| (Source::Group(name.clone(), Box::new(source)), text)));
    }
    Ok(all)
}

fn own(principal: &Principal, account: &Account) -> Result<Vec<(Source, String)>, String> {
    let inline = principal.inline.iter().map(|(name, text)| Ok((Source::Inline(name.clone()), text.clone())));
    let attached = principal.attached.iter().map(|arn| {
        match account.principals.policies.get(arn).map(|policy| &policy.document) {
            Some(Seen::Value(text)) => Ok((Source::Attached(arn.clone()), text.clone())),
            _ => Err("a policy of it was not seen".to_owned()),
        }
    });
    inline.chain(attached).collect()
}

/// The statements of the new policy, and the ways that it drops.
fn statements(
    grants: &[Grant],
    reach: &Reach,
    secrets: &BTreeMap<&str, &Projection>,
    own: impl Fn(&str) -> Option<Map<String, Value>>,
) -> (Vec<Value>, BTreeSet<String>) {
    let fenced = |grant: &Grant| {
        grant.condition.values().any(|test| test.to_string().to_lowercase().contains("leadingkeys"))
    };
    // A Scan names no partition and leads around every such fence.
    let scans = !reach.end_user && !grants.iter().any(fenced);
    let mut out: Vec<Value> = Vec::new();
    let mut kept: BTreeSet<&str> = BTreeSet::new();
    for grant in grants {
        // Resources by what is allowed on them, so that tables alike share a statement.
        let mut alike: BTreeMap<(Vec<&str>, String), BTreeSet<String>> = BTreeMap::new();
        let mut add = |actions: Vec<&'static str>, condition: Map<String, Value>, arn: String| {
            if !actions.is_empty() {
                kept.extend(&actions);
                alike.entry((actions, Value::Object(condition).to_string())).or_default().insert(arn);
            }
        };
        for arn in reach.tables.iter().chain(&reach.stopped) {
            let stopped = reach.stopped.contains(arn);
            // Users of an application are held to their own items where the key tells whose an item is.
            let mut bound = grant.condition.clone();
            for (operator, tests) in own(arn).into_iter().flatten() {
                for (key, value) in tests.as_object().into_iter().flatten() {
                    merge(&mut bound, &operator, key, value.clone());
                }
            }
            let secret = secrets.get(arn.as_str());
            for (resource, is_index) in [(arn.clone(), false), (format!("{arn}/index/*"), true)] {
                if !grant.on(&resource.replace("/index/*", "/index/x")) {
                    continue;
                }
                let on_it = |name: &&&str| {
                    let table_only = !matches!(**name, "dynamodb:Query" | "dynamodb:Scan");
                    grant.has(name) && !(is_index && table_only) && **name != "dynamodb:ListTables"
                };
                let granted: Vec<&'static str> = KEPT.iter().filter(on_it).copied().collect();
                let of = |wanted: &[&str]| -> Vec<&'static str> {
                    granted.iter().filter(|name| wanted.contains(name)).copied().collect()
                };
                let reads = ["dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query"];
                match secret {
                    _ if stopped => {}
                    Some(projection) => {
                        // Whoever could only read it whole may read it, and what is secret not.
                        let reads = of(&reads);
                        add(reads, only_plain(&bound, projection, reach.human), resource.clone());
                    }
                    None => {
                        let scan = if scans { "dynamodb:Scan" } else { "" };
                        add(of(&[&reads[..], &[scan]].concat()), bound.clone(), resource.clone());
                    }
                }
                if !stopped {
                    let writes = of(&["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"]);
                    let mut silent = bound.clone();
                    merge(&mut silent, "StringEqualsIfExists", "dynamodb:ReturnValues", json!(["NONE"]));
                    add(writes, silent, resource.clone());
                    add(of(&["dynamodb:BatchWriteItem"]), bound.clone(), resource.clone());
                }
                let rest: Vec<&str> = granted
                    .iter()
                    .filter(|name| name.contains(":Describe") || name.contains(":List"))
                    .copied()
                    .collect();
                add(rest, grant.condition.clone(), resource);
            }
        }
        if grant.has("dynamodb:ListTables") {
            add(vec!["dynamodb:ListTables"], grant.condition.clone(), "*".to_owned());
        }
        for ((actions, condition), resources) in alike {
            let mut statement = json!({ "Effect": "Allow", "Action": actions, "Resource": resources });
            if condition != "{}" {
                statement["Condition"] = serde_json::from_str(&condition).unwrap_or_default();
            }
            if !out.contains(&statement) {
                out.push(statement);
            }
        }
    }
    let ways = actions::WAYS.iter().flat_map(|way| way.actions).map(|action| (action.name, action.title));
    let had = ways.filter(|(name, _)| grants.iter().any(|grant| grant.has(name)));
    let dropped = had.filter(|(name, _)| !kept.iter().any(|kept| kept.eq_ignore_ascii_case(name)));
    let dropped = dropped.map(|(_, title)| title.to_owned()).collect();
    (out, dropped)
}

/// The conditions that let every attribute through but the secret ones, and ask a person for a second factor.
fn only_plain(condition: &Map<String, Value>, projection: &Projection, human: bool) -> Map<String, Value> {
    let mut out = condition.clone();
    merge(&mut out, "ForAllValues:StringEquals", "dynamodb:Attributes", json!(projection.kept));
    merge(&mut out, "StringEquals", "dynamodb:Select", json!(["SPECIFIC_ATTRIBUTES"]));
    if human {
        merge(&mut out, "Bool", "aws:MultiFactorAuthPresent", json!("true"));
    }
    out
}

/// Adds a test; one of the same operator and key that is there is stricter already, since it was asked for.
fn merge(condition: &mut Map<String, Value>, operator: &str, key: &str, value: Value) {
    let tests = condition.entry(operator).or_insert_with(|| json!({}));
    if let Some(tests) = tests.as_object_mut() {
        tests.entry(key).or_insert(value);
    }
}
