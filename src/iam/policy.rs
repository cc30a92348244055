//! Text → a policy ("Grammar of the IAM JSON policy language"), or where it breaks the grammar.

use std::{borrow::Cow, sync::Arc};

use super::{
    Condition, Malformed, Truth,
    context::Context,
    json::{Json, Object, place},
    operator::Operator,
    pattern::{Pattern, Resolved, Style},
    principal::Principals,
    printable, quota,
    residual::{Expr, Test},
};

/// What a policy is attached to decides which elements it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// To a user, group or role, or as a permissions boundary: no `Principal`, always a `Resource`.
    Identity,
    /// To a table, stream or key: always a `Principal`; a missing `Resource` is the resource itself.
    Resource,
    /// To a role, as its trust policy: always a `Principal`, no `Resource`.
    Trust,
}

/// A policy document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Its statements, in order; shared, so that a policy cut down to what concerns some requests costs little.
    pub statements: Vec<Arc<Statement>>,
}

/// Allow or Deny.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Allow.
    Allow,
    /// Deny.
    Deny,
}

/// One statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Its place in the document, from 0.
    pub index: usize,
    /// Bytes of the document, from its `{` to past its `}`.
    pub span: (usize, usize),
    /// `Sid`.
    pub sid: Option<String>,
    /// `Effect`.
    pub effect: Effect,
    /// `Principal` or `NotPrincipal`; none in an identity-based policy.
    pub principals: Option<Principals>,
    /// `Action` or `NotAction`, in lower case.
    pub actions: Names,
    /// `Resource` or `NotResource`.
    pub resources: Names,
    /// `Condition`.
    pub conditions: Vec<Condition>,
}

/// A list of patterns, or of all but these.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names {
    /// Whether it is `Not…`.
    pub negated: bool,
    /// The patterns.
    pub patterns: Vec<Pattern>,
}

impl Policy {
    /// Reads a document.
    ///
    /// # Errors
    /// The first place that does not follow the grammar: not JSON, an unknown or repeated element, a missing `Effect`,
    /// `Action`, `Resource` or `Principal`, a value of the wrong sort. A policy with principals is far longer than any that
    /// AWS keeps.
    pub fn parse(text: &str, kind: Kind) -> Result<Self, Malformed> {
        if kind != Kind::Identity {
            quota::kept(text, kind)?;
        }
        let Json::Object(document) = Json::parse(text)? else {
            return Err(Malformed::new("document", "it is not an object"));
        };
        let mut fields = Fields::new("", document, &["Version", "Id", "Statement"])?;
        // Without a version a policy is read as 2008-10-17, which has no variables.
        let variables = match fields.take("Version") {
            None => false,
            Some(version) => match scalar(&version, "Version")? {
                "2012-10-17" => true,
                "2008-10-17" => false,
                other => {
                    let reason = format!("there is no version `{}`", printable(other));
                    return Err(Malformed::new("Version", reason));
                }
            },
        };
        let statements = match fields.take("Statement") {
            None => return Err(Malformed::new("Statement", "it is missing")),
            Some(Json::List(items)) => items,
            Some(one) => vec![one],
        };
        let read = |(index, json)| Statement::read(index, json, kind, variables).map(Arc::new);
        Ok(Self { statements: statements.into_iter().enumerate().map(read).collect::<Result<_, _>>()? })
    }

    /// The same of a document that AWS is said to keep, whatever its kind.
    ///
    /// # Errors
    /// As [`Policy::parse`]; it is far longer than any that AWS keeps.
    pub fn stored(text: &str, kind: Kind) -> Result<Self, Malformed> {
        quota::kept(text, kind)?;
        Self::parse(text, kind)
    }

    /// The same from bytes, which may be no text.
    ///
    /// # Errors
    /// As [`Policy::parse`]; not UTF-8.
    pub fn parse_bytes(bytes: &[u8], kind: Kind) -> Result<Self, Malformed> {
        match std::str::from_utf8(bytes) {
            Ok(text) => Self::parse(text, kind),
            Err(error) => {
                let text = String::from_utf8_lossy(bytes.get(..error.valid_up_to()).unwrap_or_default());
                let (line, column) = place(&text, text.len());
                Err(Malformed::new("document", format!("not UTF-8 at line {line}, column {column}")))
            }
        }
    }

    /// The policy with only the statements that deny. Statements keep their index.
    pub fn denials(&self) -> Self {
        let denies = |statement: &&Arc<Statement>| statement.effect == Effect::Deny;
        Self { statements: self.statements.iter().filter(denies).cloned().collect() }
    }

    /// The policy with only what can concern one of `actions` (in lower case). Statements keep their index.
    pub fn restricted_to(mut self, actions: &[&str]) -> Self {
        self.statements.retain_mut(|statement| {
            if !statement.actions.negated {
                let hits = |pattern: &Pattern| actions.iter().any(|action| pattern.matches_plain(action));
                Arc::make_mut(statement).actions.patterns.retain(hits);
            }
            actions.iter().any(|action| statement.names_action(action))
        });
        self
    }
}

impl Statement {
    /// Whether its `Action` or `NotAction` covers `action`, given in lower case.
    pub fn names_action(&self, action: &str) -> bool {
        self.actions.patterns.iter().any(|p| p.matches_plain(action)) != self.actions.negated
    }

    /// Whether its `Resource` or `NotResource` covers `resource`.
    pub fn names_resource(&self, resource: &str, context: &Context<'_>) -> Truth {
        let hit = Truth::any(self.resources.patterns.iter().map(|p| resource_match(p, resource, context)));
        if self.resources.negated { hit.not() } else { hit }
    }

    /// Whether it applies to a request for `resource`, its action and its principal aside.
    pub fn applies(&self, resource: &str, context: &Context<'_>) -> Truth {
        match self.names_resource(resource, context) {
            Truth::False => Truth::False,
            named => Truth::all([named, self.conditions_hold(context)]),
        }
    }

    /// Whether its conditions hold.
    pub fn conditions_hold(&self, context: &Context<'_>) -> Truth {
        Truth::all(self.conditions.iter().map(|condition| condition.holds(context)))
    }

    fn read(index: usize, json: Json<'_>, kind: Kind, variables: bool) -> Result<Self, Malformed> {
        let place = format!("Statement[{index}]");
        let Json::Object(object) = json else {
            return Err(Malformed::new(place, "it is not an object"));
        };
        let known = [
            "Sid",
            "Effect",
            "Principal",
            "NotPrincipal",
            "Action",
            "NotAction",
            "Resource",
            "NotResource",
            "Condition",
        ];
        let span = object.span;
        let mut fields = Fields::new(&place, object, &known)?;
        let sid = fields.take("Sid");
        let sid = sid.map(|sid| scalar(&sid, &format!("{place}.Sid")).map(str::to_owned)).transpose()?;
        let at = format!("{place}.Effect");
        let effect = match fields.take("Effect") {
            None => return Err(Malformed::new(at, "it is missing")),
            Some(effect) => match scalar(&effect, &at)? {
                "Allow" => Effect::Allow,
                "Deny" => Effect::Deny,
                other => {
                    let reason = format!("`{}` is neither Allow nor Deny", printable(other));
                    return Err(Malformed::new(at, reason));
                }
            },
        };
        let principals = match (fields.one_of("Principal")?, kind) {
            (None, Kind::Identity) => None,
            (Some((_, at, _)), Kind::Identity) => {
                return Err(Malformed::new(at, "an identity-based policy has none"));
            }
            (None, _) => return Err(Malformed::new(format!("{place}.Principal"), "it is missing")),
            (Some((negated, at, json)), _) => Some(Principals::read(json, &at, negated)?),
        };
        let Some((negated, at, json)) = fields.one_of("Action")? else {
            return Err(Malformed::new(format!("{place}.Action"), "it is missing"));
        };
        let style = Style { wildcards: true, variables: false };
        let names = listed(json, &at)?;
        // "Actions must be prefaced by a vendor", but for `*`.
        if let Some(bare) =
            names.iter().find(|name| !name.contains(':') && !name.trim_matches('*').is_empty())
        {
            return Err(Malformed::new(at, format!("`{}` has no service", printable(bare))));
        }
        let patterns = names.iter().map(|name| Pattern::new(&name.to_ascii_lowercase(), style)).collect();
        let actions = Names { negated, patterns };
        let resources = match (fields.one_of("Resource")?, kind) {
            (None, Kind::Identity) => {
                return Err(Malformed::new(format!("{place}.Resource"), "it is missing"));
            }
            (Some((_, at, _)), Kind::Trust) => return Err(Malformed::new(at, "a trust policy has none")),
            (None, _) => Names { negated: false, patterns: vec![Pattern::resource("*", false)] },
            (Some((negated, at, json)), _) => {
                let patterns =
                    listed(json, &at)?.iter().map(|text| Pattern::resource(text, variables)).collect();
                Names { negated, patterns }
            }
        };
        let conditions = match fields.take("Condition") {
            None => Vec::new(),
            Some(json) => conditions(json, &format!("{place}.Condition"), variables)?,
        };
        Ok(Self { index, span, sid, effect, principals, actions, resources, conditions })
    }
}

/// Whether a pattern of a `Resource` element covers `resource`.
pub fn resource_match(pattern: &Pattern, resource: &str, context: &Context<'_>) -> Truth {
    match pattern.resolve(context) {
        Resolved::Tokens(Cow::Borrowed(_)) => pattern.matches_plain(resource).into(),
        Resolved::Tokens(tokens) => pattern.fits(&tokens, resource).into(),
        Resolved::Nothing => Truth::False,
        Resolved::Unknown { keys, widest } if pattern.fits(&widest, resource) => {
            Truth::Depends(Expr::Test(Test {
                operator: "Resource".to_owned(),
                key: keys.join(" "),
                values: vec![pattern.text().to_owned()],
                negated: false,
            }))
        }
        Resolved::Unknown { .. } => Truth::False,
    }
}

fn conditions(json: Json<'_>, place: &str, variables: bool) -> Result<Vec<Condition>, Malformed> {
    let mut out = Vec::new();
    for (name, keys) in members(json, place)? {
        let at = format!("{place}.{}", printable(&name));
        let Some(operator) = Operator::parse(&name) else {
            return Err(Malformed::new(place, format!("there is no operator `{}`", printable(&name))));
        };
        for (key, values) in members(keys, &at)? {
            let at = format!("{at}.{}", printable(&key));
            let style = operator.style(variables);
            let values = texts(values, &at)?.iter().map(|value| Pattern::new(value, style)).collect();
            let lookup = key.to_lowercase();
            out.push(Condition {
                name: name.clone().into_owned(),
                operator,
                key: key.into_owned(),
                lookup,
                values,
            });
        }
    }
    Ok(out)
}

/// The members of an object whose names are free but may not repeat.
pub(super) fn members<'t>(json: Json<'t>, place: &str) -> Result<Vec<(Cow<'t, str>, Json<'t>)>, Malformed> {
    let Json::Object(Object { members, .. }) = json else {
        return Err(Malformed::new(place, format!("it is {}, not an object", json.sort())));
    };
    let mut names: Vec<&str> = members.iter().map(|(name, _)| name.as_ref()).collect();
    names.sort_unstable();
    if let Some(twice) = names.windows(2).find(|pair| pair[0] == pair[1]) {
        return Err(Malformed::new(place, format!("`{}` stands twice", printable(twice[0]))));
    }
    Ok(members)
}

fn scalar<'a>(json: &'a Json<'_>, place: &str) -> Result<&'a str, Malformed> {
    match json {
        Json::Scalar { text, quoted: true } => Ok(text),
        other => Err(Malformed::new(place, format!("it is {}, not a string", other.sort()))),
    }
}

/// One value or a list of values.
pub(super) fn texts<'t>(json: Json<'t>, place: &str) -> Result<Vec<Cow<'t, str>>, Malformed> {
    let one = |json| match json {
        Json::Scalar { text, .. } => Ok(text),
        other => Err(Malformed::new(place, format!("it holds {}, not a string", other.sort()))),
    };
    match json {
        Json::List(items) => items.into_iter().map(one).collect(),
        json => Ok(vec![one(json)?]),
    }
}

/// The same where there must be one: "Policy statement must contain actions", and resources.
fn listed<'t>(json: Json<'t>, place: &str) -> Result<Vec<Cow<'t, str>>, Malformed> {
    match texts(json, place)? {
        none if none.is_empty() => Err(Malformed::new(place, "it is empty")),
        some => Ok(some),
    }
}

/// The elements of an object of which every name is known.
struct Fields<'t> {
    place: String,
    members: Vec<(Cow<'t, str>, Json<'t>)>,
}

impl<'t> Fields<'t> {
    fn new(place: &str, all: Object<'t>, known: &[&str]) -> Result<Self, Malformed> {
        let place_or_document = if place.is_empty() { "document" } else { place };
        let members = members(Json::Object(all), place_or_document)?;
        match members.iter().find(|(name, _)| !known.contains(&name.as_ref())) {
            Some((name, _)) => {
                let reason = format!("there is no element `{}`", printable(name));
                Err(Malformed::new(place_or_document, reason))
            }
            None => Ok(Self { place: place.to_owned(), members }),
        }
    }

    fn take(&mut self, name: &str) -> Option<Json<'t>> {
        let at = self.members.iter().position(|(found, _)| found == name)?;
        Some(self.members.swap_remove(at).1)
    }

    /// The element `name` or `Not` + `name`: whether the latter, where, and what; both is an error.
    fn one_of(&mut self, name: &str) -> Result<Option<(bool, String, Json<'t>)>, Malformed> {
        let not = format!("Not{name}");
        let (plain, negated) = (self.take(name), self.take(&not));
        match (plain, negated) {
            (Some(_), Some(_)) => Err(Malformed::new(&self.place, format!("it has both {name} and {not}"))),
            (Some(json), None) => Ok(Some((false, format!("{}.{name}", self.place), json))),
            (None, Some(json)) => Ok(Some((true, format!("{}.{not}", self.place), json))),
            (None, None) => Ok(None),
        }
    }
}
