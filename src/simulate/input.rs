//! The input: JSON in the shape of `SimulateCustomPolicy`'s request, and a little more.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use super::Refused;
use crate::iam::arn::{Arn, is_account_id};

/// Most decisions of one input.
const MOST: usize = 10_000;

/// Longest name of a resource or value of a context key, in bytes.
const LONGEST: usize = 16 * 1024;

/// Members that are read; a name close to one of these is a mistake, any other is none of ours.
const MEMBERS: &[&str] = &[
    "PolicyInputList",
    "PermissionsBoundaryPolicyInputList",
    "SessionPolicyInputList",
    "ServiceControlPolicyInputList",
    "ResourceControlPolicyInputList",
    "ResourcePolicy",
    "ResourceOwner",
    "CallerArn",
    "ActionNames",
    "ResourceArns",
    "ContextEntries",
    "ResourceHandlingOption",
    "Marker",
    "MaxItems",
];

/// One policy document of the input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Which of the input, for example `PolicyInputList.1`.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Input {
    /// `PolicyInputList`: identity-based policies.
    pub identity: Vec<Document>,
    /// `PermissionsBoundaryPolicyInputList`: at most one.
    pub boundary: Vec<Document>,
    /// `SessionPolicyInputList`.
    pub session: Vec<Document>,
    /// `ServiceControlPolicyInputList`: levels of the caller's organization, root first.
    pub scps: Vec<Vec<Document>>,
    /// `ResourceControlPolicyInputList`: levels of the owner's organization, root first.
    pub rcps: Vec<Vec<Document>>,
    /// `ResourcePolicy`: also a key policy or a trust policy.
    pub resource_policy: Option<Document>,
    /// `ResourceOwner`: an account id.
    pub owner: Option<String>,
    /// `CallerArn`.
    pub caller: Option<String>,
    /// `ActionNames`.
    pub actions: Vec<String>,
    /// `ResourceArns`; `*` if there are none.
    pub resources: Vec<String>,
    /// Whether `ResourceArns` was given.
    pub resources_given: bool,
    /// `ContextEntries`: keys as they are written, with their values.
    pub context: BTreeMap<String, Vec<String>>,
}

impl Input {
    /// Reads an input.
    ///
    /// # Errors
    /// Not a JSON object; a member of the wrong sort; no action; too much to decide.
    pub fn read(bytes: &[u8]) -> Result<Self, Refused> {
        let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
        let json = serde_json::from_slice(bytes).map_err(|error| {
            // What serde_json quotes of the text is left out.
            let (line, column) = (error.line(), error.column());
            Refused::new("input", format!("not JSON at line {line}, column {column}"))
        })?;
        Self::from_json(json)
    }

    /// The same from a JSON value.
    ///
    /// # Errors
    /// As [`Input::read`].
    pub fn from_json(json: Json) -> Result<Self, Refused> {
        let Json::Object(mut members) = json else {
            return Err(Refused::new("input", "it is not a JSON object"));
        };
        members.retain(|_, value| !value.is_null());
        known(&members)?;
        let mut take = |name: &str| members.remove(name);
        let documents = |name: &str, json| documents(name, list(json));
        let input = Self {
            identity: documents("PolicyInputList", take("PolicyInputList"))?,
            boundary: documents(
                "PermissionsBoundaryPolicyInputList",
                take("PermissionsBoundaryPolicyInputList"),
            )?,
            session: documents("SessionPolicyInputList", take("SessionPolicyInputList"))?,
            scps: levels("ServiceControlPolicyInputList", take("ServiceControlPolicyInputList"))?,
            rcps: levels("ResourceControlPolicyInputList", take("ResourceControlPolicyInputList"))?,
            resource_policy: match take("ResourcePolicy") {
                Some(json) => Some(document("ResourcePolicy".to_owned(), json)?),
                None => None,
            },
            owner: match take("ResourceOwner") {
                Some(json) => account(&text("ResourceOwner", json)?)?,
                None => None,
            },
            caller: match take("CallerArn") {
                Some(json) => Some(text("CallerArn", json)?).filter(|arn| !arn.is_empty()),
                None => None,
            },
            actions: texts("ActionNames", list(take("ActionNames")))?,
            resources: texts("ResourceArns", list(take("ResourceArns")))?,
            resources_given: false,
            context: entries(list(take("ContextEntries")))?,
        };
        input.checked()
    }

    fn checked(mut self) -> Result<Self, Refused> {
        if self.boundary.len() > 1 {
            let at = "PermissionsBoundaryPolicyInputList";
            return Err(Refused::new(at, "a principal has one permissions boundary at most"));
        }
        self.resources_given = !self.resources.is_empty();
        if !self.resources_given {
            self.resources.push("*".to_owned());
        }
        let bad = |action: &&String| match action.split_once(':') {
            Some((service, name)) => {
                service.is_empty() || name.is_empty() || action.contains(['*', '?', ' '])
            }
            None => true,
        };
        if let Some(action) = self.actions.iter().find(bad) {
            let reason = format!("`{}` is not service:Action without wildcards", shown(action));
            return Err(Refused::new("ActionNames", reason));
        }
        if self.actions.is_empty() {
            return Err(Refused::new("ActionNames", "there is none"));
        }
        if let Some(resource) = self.resources.iter().find(|arn| *arn != "*" && !arn.starts_with("arn:")) {
            let reason = format!("`{}` is neither an ARN nor *", shown(resource));
            return Err(Refused::new("ResourceArns", reason));
        }
        let texts = self.resources.iter().chain(self.context.values().flatten());
        if texts.map(String::len).any(|length| length > LONGEST) {
            return Err(Refused::new("input", format!("a name or value is longer than {LONGEST} bytes")));
        }
        if self.actions.len().saturating_mul(self.resources.len()) > MOST {
            return Err(Refused::new("input", format!("more than {MOST} decisions are asked for")));
        }
        Ok(self)
    }
}

/// A word of the input for a message: cut, without anything that acts on a terminal.
pub(super) fn shown(word: &str) -> String {
    word.chars().take(60).flat_map(char::escape_default).collect()
}

/// Refuses a name that is nearly one of ours: to pass over a layer in silence would be a wrong answer.
fn known(members: &Map<String, Json>) -> Result<(), Refused> {
    for name in members.keys().filter(|name| !MEMBERS.contains(&name.as_str())) {
        let near = |ours: &&&str| {
            let (ours, name) = (ours.to_lowercase(), name.to_lowercase());
            name.len() < 80 && strsim::damerau_levenshtein(&ours, &name) <= 2
        };
        if let Some(ours) = MEMBERS.iter().find(near) {
            let reason = format!("there is no `{}`; did you mean `{ours}`?", shown(name));
            return Err(Refused::new("input", reason));
        }
    }
    Ok(())
}

/// A member that is a list; a single value stands for a list of it.
fn list(json: Option<Json>) -> Vec<Json> {
    match json {
        None => Vec::new(),
        Some(Json::Array(items)) => items,
        Some(one) => vec![one],
    }
}

fn text(at: &str, json: Json) -> Result<String, Refused> {
    match json {
        Json::String(text) => Ok(text),
        Json::Number(_) | Json::Bool(_) => Ok(json.to_string()),
        _ => Err(Refused::new(at, "it is not a string")),
    }
}

fn texts(at: &str, items: Vec<Json>) -> Result<Vec<String>, Refused> {
    items.into_iter().map(|item| text(at, item)).collect()
}

/// An account id, alone or in an ARN.
fn account(text: &str) -> Result<Option<String>, Refused> {
    let id = Arn::parse(text).map_or(text, |arn| arn.account);
    match id {
        "" => Ok(None),
        id if is_account_id(id) => Ok(Some(id.to_owned())),
        _ => Err(Refused::new("ResourceOwner", format!("`{}` names no account", shown(text)))),
    }
}

/// A policy as text, which AWS does not take empty ("SimulateCustomPolicy"), or as JSON itself.
fn document(name: String, json: Json) -> Result<Document, Refused> {
    let text = match json {
        Json::String(text) => text,
        Json::Object(_) => json.to_string(),
        _ => return Err(Refused::new(name, "it is not a policy")),
    };
    if text.is_empty() { Err(Refused::new(name, "it is empty")) } else { Ok(Document { name, text }) }
}

fn documents(name: &str, items: Vec<Json>) -> Result<Vec<Document>, Refused> {
    let numbered = items.into_iter().enumerate();
    numbered.map(|(at, json)| document(format!("{name}.{}", at + 1), json)).collect()
}

/// Levels of an organization: lists of policies, root first, or one list of policies, which is one level.
fn levels(name: &str, json: Option<Json>) -> Result<Vec<Vec<Document>>, Refused> {
    let items = list(json);
    if items.is_empty() {
        return Ok(Vec::new());
    }
    if !items.iter().any(Json::is_array) {
        return Ok(vec![documents(name, items)?]);
    }
    let numbered = items.into_iter().enumerate();
    numbered.map(|(at, level)| documents(&format!("{name}.{}", at + 1), list(Some(level)))).collect()
}

fn entries(items: Vec<Json>) -> Result<BTreeMap<String, Vec<String>>, Refused> {
    let mut entries: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (at, item) in items.into_iter().enumerate() {
        let at = format!("ContextEntries.{}", at + 1);
        let Json::Object(mut entry) = item else {
            return Err(Refused::new(at, "it is not an object"));
        };
        let Some(Json::String(key)) = entry.remove("ContextKeyName") else {
            return Err(Refused::new(at, "it has no ContextKeyName"));
        };
        if entries.keys().any(|known| known.eq_ignore_ascii_case(&key)) {
            return Err(Refused::new(at, format!("`{}` is given twice", shown(&key))));
        }
        let values = entry.remove("ContextKeyValues").filter(|values| !values.is_null());
        entries.insert(key, texts(&at, list(values))?);
    }
    Ok(entries)
}
