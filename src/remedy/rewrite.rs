//! One identity-based policy taken apart: what it grants on tables, and the rest of it.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::iam::pattern::{Pattern, Style};

/// Actions that a narrower policy may keep; every other way to the data is dropped and named.
pub const KEPT: [&str; 13] = [
    "dynamodb:GetItem",
    "dynamodb:BatchGetItem",
    "dynamodb:Query",
    "dynamodb:Scan",
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
    "dynamodb:DeleteItem",
    "dynamodb:BatchWriteItem",
    "dynamodb:DescribeTable",
    "dynamodb:DescribeTimeToLive",
    "dynamodb:DescribeContinuousBackups",
    "dynamodb:ListTagsOfResource",
    "dynamodb:ListTables",
];

/// The services that a narrower policy speaks of.
const SERVICES: [&str; 2] = ["dynamodb:*", "dax:*"];

/// What one statement grants on tables.
#[derive(Debug)]
pub struct Grant {
    actions: Vec<Pattern>,
    all_but_actions: bool,
    resources: Vec<Pattern>,
    all_but_resources: bool,
    /// Its conditions.
    pub condition: Map<String, Value>,
}

impl Grant {
    /// Whether it grants an action.
    pub fn has(&self, action: &str) -> bool {
        let action = action.to_ascii_lowercase();
        self.actions.iter().any(|pattern| pattern.matches_plain(&action)) != self.all_but_actions
    }

    /// Whether it does so on a resource.
    pub fn on(&self, arn: &str) -> bool {
        self.resources.iter().any(|pattern| pattern.matches_plain(arn)) != self.all_but_resources
    }
}

/// A policy taken apart.
#[derive(Debug, Default)]
pub struct Apart {
    /// What it grants on tables.
    pub grants: Vec<Grant>,
    /// The rest, as a document; none where nothing is left.
    pub rest: Option<String>,
}

/// Takes a document apart. None where it grants nothing on tables.
///
/// # Errors
/// Why it cannot be taken apart.
pub fn apart(document: &str) -> Result<Option<Apart>, &'static str> {
    let mut document: Value = serde_json::from_str(document).map_err(|_| "a policy of it cannot be read")?;
    let statements = match document["Statement"].take() {
        Value::Array(list) => list,
        one => vec![one],
    };
    let mut out = Apart::default();
    let mut rest = Vec::new();
    for statement in statements {
        match (grant(&statement)?, statement) {
            (None, statement) => rest.push(statement),
            (Some(grant), statement) => {
                rest.extend(without_tables(statement)?);
                out.grants.push(grant);
            }
        }
    }
    if out.grants.is_empty() {
        return Ok(None);
    }
    if !rest.is_empty() {
        document["Statement"] = Value::Array(rest);
        out.rest = Some(document.to_string());
    }
    Ok(Some(out))
}

fn grant(statement: &Value) -> Result<Option<Grant>, &'static str> {
    if statement["Effect"] != "Allow" {
        return Ok(None);
    }
    let (all_but_actions, actions) = names(statement, "Action");
    let style = Style { wildcards: true, variables: false };
    let actions: Vec<Pattern> =
        actions.iter().map(|name| Pattern::new(&name.to_ascii_lowercase(), style)).collect();
    let (all_but_resources, resources) = names(statement, "Resource");
    let condition = statement["Condition"].as_object().cloned().unwrap_or_default();
    let patterns = resources.iter().map(|name| Pattern::resource(name, false)).collect();
    let grant = Grant { actions, all_but_actions, resources: patterns, all_but_resources, condition };
    let speaks = crate::iam::actions::names().iter().any(|name| grant.has(name))
        || KEPT.iter().any(|name| grant.has(name));
    if !speaks {
        return Ok(None);
    }
    match resources.iter().any(|name| name.contains("${")) {
        true => Err("a resource of it depends on who asks"),
        false => Ok(Some(grant)),
    }
}

/// The statement without what it says of tables; none where that is all.
fn without_tables(mut statement: Value) -> Result<Option<Value>, &'static str> {
    let (all_but, names) = names(&statement, "Action");
    let of_tables = |name: &str| {
        let lower = name.to_ascii_lowercase();
        lower.starts_with("dynamodb:") || lower.starts_with("dax:")
    };
    let Some(object) = statement.as_object_mut() else { return Err("a statement of it cannot be read") };
    let mut others: BTreeSet<String> = names.iter().filter(|name| !of_tables(name)).cloned().collect();
    if all_but {
        others.extend(SERVICES.map(str::to_owned));
        object.insert("NotAction".to_owned(), json!(others));
        return Ok(Some(statement));
    }
    if others.iter().any(|name| name == "*" || name == "*:*") {
        object.remove("Action");
        object.insert("NotAction".to_owned(), json!(SERVICES));
        return Ok(Some(statement));
    }
    if others.iter().any(|name| name.split(':').next().is_some_and(|service| service.contains(['*', '?']))) {
        return Err("an action of it goes across services");
    }
    object.insert("Action".to_owned(), json!(others));
    Ok((!others.is_empty()).then_some(statement))
}

/// The names under `Action` or `NotAction`, `Resource` or `NotResource`, and whether they are of all but these.
fn names(statement: &Value, key: &str) -> (bool, Vec<String>) {
    let not = format!("Not{key}");
    let (all_but, value) = match statement.get(&not) {
        Some(value) => (true, value),
        None => (false, &statement[key]),
    };
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let list = match value {
        Value::Array(list) => list.iter().filter_map(text).collect(),
        one => text(one).into_iter().collect(),
    };
    (all_but, list)
}
