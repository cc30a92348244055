//! A second, literal evaluator, written from the AWS documentation alone: slow, request by request, and
//! with no line in common with the engine that it judges. It reads JSON with `serde_json` and nothing else.

mod condition;
mod layers;
mod principal;
mod text;
mod values;

use std::collections::BTreeMap;

use serde_json::Value as Json;

/// One document: whether it knows variables ("IAM JSON policy elements: Version"), and its statements.
pub struct Document {
    variables: bool,
    statements: Vec<Json>,
}

impl Document {
    fn new(text: &Json) -> Self {
        let document: Json = match text {
            Json::String(text) => serde_json::from_str(text.trim_start_matches('\u{feff}')).unwrap(),
            inline => inline.clone(),
        };
        let statements = match &document["Statement"] {
            Json::Array(list) => list.clone(),
            one => vec![one.clone()],
        };
        Self { variables: document["Version"] == "2012-10-17", statements }
    }
}

/// A request with all that decides about it.
pub struct Request {
    caller: principal::Caller,
    owner: String,
    keys: BTreeMap<String, Vec<String>>,
    identity: Vec<Document>,
    boundary: Option<Vec<Document>>,
    session: Option<Vec<Document>>,
    resource: Option<Document>,
    scps: Vec<Vec<Document>>,
    rcps: Vec<Vec<Document>>,
}

impl Request {
    /// Reads the JSON of SimulateCustomPolicy.
    pub fn new(input: &Json) -> Self {
        let list = |json: &Json| json.as_array().map(|list| list.iter().map(Document::new).collect());
        let levels = |json: &Json| {
            json.as_array().map(|all| all.iter().filter_map(list).collect()).unwrap_or_default()
        };
        let caller = principal::Caller::new(input["CallerArn"].as_str().unwrap());
        let mut keys = caller.keys();
        let owner = input["ResourceOwner"].as_str().unwrap();
        keys.insert("aws:resourceaccount".to_owned(), vec![owner.to_owned()]);
        if let Some(region) = input["ResourceArns"][0].as_str().and_then(|arn| arn.split(':').nth(3))
            && !region.is_empty()
        {
            keys.insert("aws:requestedregion".to_owned(), vec![region.to_owned()]);
        }
        // IAM has one endpoint, in us-east-1 ("AWS: Denies access to AWS based on the requested Region").
        if input["ActionNames"][0].as_str().is_some_and(|action| action.to_lowercase().starts_with("iam:")) {
            keys.insert("aws:requestedregion".to_owned(), vec!["us-east-1".to_owned()]);
        }
        for entry in input["ContextEntries"].as_array().into_iter().flatten() {
            let name = entry["ContextKeyName"].as_str().unwrap().to_lowercase();
            let values = entry["ContextKeyValues"].as_array().unwrap();
            keys.insert(name, values.iter().map(|value| value.as_str().unwrap().to_owned()).collect());
        }
        Self {
            owner: owner.to_owned(),
            identity: list(&input["PolicyInputList"]).unwrap_or_default(),
            boundary: list(&input["PermissionsBoundaryPolicyInputList"]),
            session: list(&input["SessionPolicyInputList"]),
            resource: input.get("ResourcePolicy").map(Document::new),
            scps: levels(&input["ServiceControlPolicyInputList"]),
            rcps: levels(&input["ResourceControlPolicyInputList"]),
            caller,
            keys,
        }
    }

    /// The same request at a moment at which a key has this value, or is missing.
    pub fn set(&mut self, name: &str, value: Option<&str>) {
        match value {
            Some(value) => self.keys.insert(name.to_lowercase(), vec![value.to_owned()]),
            None => self.keys.remove(&name.to_lowercase()),
        };
    }

    fn key(&self, name: &str) -> Option<&[String]> {
        self.keys.get(&name.to_lowercase()).map(Vec::as_slice)
    }
}

/// Action and resource of a request.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    pub action: &'a str,
    pub resource: &'a str,
}

/// The decision, in the words of SimulateCustomPolicy.
pub fn decide(request: &Request, asked: Asked<'_>) -> &'static str {
    layers::decide(request, asked)
}

/// Whether action, resource and condition of a statement match; its principal is matched elsewhere.
fn applies(statement: &Json, variables: bool, request: &Request, asked: Asked<'_>) -> bool {
    let action = |element: &Json| {
        strings(element).iter().any(|pattern| {
            // "The prefix and the action name are case insensitive" (IAM JSON policy elements: Action).
            text::like(&text::pattern(&pattern.to_lowercase()), &asked.action.to_lowercase())
        })
    };
    let resource = |element: &Json| {
        strings(element).iter().any(|pattern| {
            let pattern = text::complete_arn(pattern);
            // A variable without a value matches no resource (IAM policy elements: Variables and tags).
            text::expand(&pattern, variables, request)
                .is_some_and(|pattern| text::like(&pattern, asked.resource))
        })
    };
    let action = match (statement.get("Action"), statement.get("NotAction")) {
        (Some(element), _) => action(element),
        (_, Some(element)) => !action(element),
        _ => false,
    };
    let resource = match (statement.get("Resource"), statement.get("NotResource")) {
        (Some(element), _) => resource(element),
        (_, Some(element)) => !resource(element),
        // A trust policy has no Resource: it is attached to its role.
        _ => true,
    };
    action
        && resource
        && statement.get("Condition").is_none_or(|all| condition::holds(all, variables, request))
}

/// A string or a list of strings.
fn strings(element: &Json) -> Vec<String> {
    let one = |value: &Json| match value {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    };
    match element {
        Json::Array(list) => list.iter().map(one).collect(),
        value => vec![one(value)],
    }
}
