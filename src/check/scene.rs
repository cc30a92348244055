//! The facts of an example: what it gives, laid over a quiet subject; what it leaves unknown or incomplete.

use serde_json::{Map, Value as Json, json};
use toml::{Spanned, de::DeValue};

use super::{
    expr::{Meter, Scope},
    near,
    text::Text,
    types::{self, Type},
};
use crate::{
    facts::{PARTIAL, UNKNOWN},
    finding::SubjectKind,
    source::Problem,
};

/// The gap that an example's unknown facts name.
const GAP: &str = "example";

/// The facts of one example: of the subject, and of all that stands above it.
#[derive(Debug)]
pub(super) struct Scene {
    facts: Vec<(SubjectKind, Json)>,
    meter: Meter,
}

impl Scene {
    /// Quiet subjects: no, zero, empty, null, the first of the words.
    pub fn quiet(over: SubjectKind) -> Self {
        let facts = types::visible(over).into_iter().map(|kind| (kind, skeleton(types::of(kind))));
        Self { facts: facts.collect(), meter: Meter::default() }
    }

    /// The variables of the example's check.
    pub fn scope(&self) -> Scope<'_, '_> {
        let mut scope = Scope::root(&self.meter);
        for (kind, facts) in &self.facts {
            scope.bind(kind.as_str(), facts, types::of(*kind));
        }
        scope
    }

    /// Lays what the example gives over the quiet subjects.
    pub fn give(&mut self, given: &Spanned<DeValue<'_>>, problems: &mut Vec<Problem>) {
        let Some(table) = given.get_ref().as_table() else {
            problems.push(Problem::new(given.span(), "`given` must be a table of subjects"));
            return;
        };
        for (name, value) in table {
            match self.facts.iter_mut().find(|(kind, _)| kind.as_str() == name.get_ref()) {
                Some((kind, facts)) => merge(name.get_ref(), types::of(*kind), value, facts, problems),
                None => {
                    let known = self.facts.iter().map(|(kind, _)| kind.as_str());
                    let help = near::help(name.get_ref(), "this check sees", known);
                    let message = format!("this check sees no `{}`", name.get_ref());
                    problems.push(Problem::new(name.span(), message).help(help));
                }
            }
        }
    }

    /// Makes a fact unknown.
    pub fn unset(&mut self, path: &Text, problems: &mut Vec<Problem>) {
        if let Some((fact, _)) = self.find(path, problems) {
            *fact = json!({ UNKNOWN: GAP });
        }
    }

    /// Makes a collection incomplete: the example gives what was seen of it.
    pub fn partial(&mut self, path: &Text, problems: &mut Vec<Problem>) {
        match self.find(path, problems) {
            Some((fact, Type::Collection(_))) => *fact = json!({ PARTIAL: fact.take(), UNKNOWN: GAP }),
            Some((_, ty)) => {
                let message = format!("only a collection can be incomplete, and this is {ty}");
                problems.push(Problem::new(path.span.clone(), message).help("use `unset`".to_owned()));
            }
            None => {}
        }
    }

    fn find(&mut self, path: &Text, problems: &mut Vec<Problem>) -> Option<(&mut Json, &'static Type)> {
        let mut names = path.value.split('.');
        let root = names.next().unwrap_or_default();
        let mut complain = |message: String, help: Option<String>| {
            problems.push(Problem::new(path.span.clone(), message).help(help));
            None
        };
        let known: Vec<&str> = self.facts.iter().map(|(kind, _)| kind.as_str()).collect();
        let Some((kind, facts)) = self.facts.iter_mut().find(|(kind, _)| kind.as_str() == root) else {
            let help = near::help(root, "this check sees", known);
            return complain(format!("this check sees no `{root}`"), help);
        };
        let (mut json, mut ty, mut so_far) = (facts, types::of(*kind), root.to_owned());
        let mut deeper = false;
        for name in names {
            deeper = true;
            let Type::Object(object) = ty.non_null() else {
                return complain(format!("`{so_far}` has no fields to name"), None);
            };
            let Some(field) = object.fields.get(name) else {
                let help = near::help(name, "its fields", object.fields.keys().map(String::as_str));
                return complain(format!("{} has no field `{name}`", object.name), help);
            };
            let Some(inner) = json.get_mut(name) else {
                return complain(
                    format!("`{so_far}` is null in this example"),
                    Some("give it first".to_owned()),
                );
            };
            (json, ty, so_far) = (inner, &field.ty, format!("{so_far}.{name}"));
        }
        if !deeper {
            return complain(format!("`{root}` is a subject; name one of its facts"), None);
        }
        Some((json, ty))
    }
}

/// The quiet value of a type.
fn skeleton(ty: &Type) -> Json {
    match ty {
        Type::Bool => json!(false),
        Type::Int => json!(0),
        Type::Double => json!(0.0),
        Type::Str => json!(""),
        Type::Enum(choices) => json!(choices.first().map(|c| c.word.as_str()).unwrap_or_default()),
        Type::Null | Type::Nullable(_) | Type::Any => Json::Null,
        Type::List(_) | Type::Collection(_) => json!([]),
        Type::Map(_) => json!({}),
        Type::Object(object) => {
            Json::Object(object.fields.iter().map(|(name, f)| (name.clone(), skeleton(&f.ty))).collect())
        }
    }
}

/// Lays a given value over what is there, field by field.
fn merge(name: &str, ty: &Type, given: &Spanned<DeValue<'_>>, into: &mut Json, problems: &mut Vec<Problem>) {
    let mut wrong = |message: String, help: Option<String>| {
        problems.push(Problem::new(given.span(), message).help(help));
    };
    match (ty.non_null(), given.get_ref()) {
        (Type::Bool, DeValue::Boolean(b)) => *into = json!(b),
        (Type::Str, DeValue::String(s)) => *into = json!(s),
        (Type::Int, DeValue::Integer(n)) => match i64::from_str_radix(n.as_str(), n.radix()) {
            Ok(n) => *into = json!(n),
            Err(_) => wrong(format!("`{name}` does not fit 64 bits"), None),
        },
        (Type::Double, DeValue::Float(n)) => number(name, n.as_str(), into, wrong),
        (Type::Double, DeValue::Integer(n)) => number(name, n.as_str(), into, wrong),
        (Type::Enum(choices), DeValue::String(word)) => {
            if choices.iter().any(|c| c.word == *word) {
                *into = json!(word);
            } else {
                let help = near::help(word, "its values", choices.iter().map(|c| c.word.as_str()));
                wrong(format!("`{word}` is never a value of `{name}`"), help);
            }
        }
        (Type::List(inner) | Type::Collection(inner), DeValue::Array(items)) => {
            let items = items.iter().map(|item| {
                let mut value = skeleton(inner);
                merge(name, inner, item, &mut value, problems);
                value
            });
            *into = Json::Array(items.collect());
        }
        (Type::Map(inner), DeValue::Table(entries)) => {
            let entries = entries.iter().map(|(key, item)| {
                let mut value = skeleton(inner);
                merge(key.get_ref(), inner, item, &mut value, problems);
                (key.get_ref().to_string(), value)
            });
            *into = Json::Object(entries.collect::<Map<_, _>>());
        }
        (Type::Object(object), DeValue::Table(fields)) => {
            if into.is_null() {
                *into = skeleton(ty.non_null());
            }
            for (key, value) in fields {
                let key_name: &str = key.get_ref();
                match (object.fields.get(key_name), into.get_mut(key_name)) {
                    (Some(field), Some(place)) => merge(key_name, &field.ty, value, place, problems),
                    _ => {
                        let fields = object.fields.keys().map(String::as_str);
                        let help = near::help(key_name, "its fields", fields);
                        let message = format!("{} has no field `{key_name}`", object.name);
                        problems.push(Problem::new(key.span(), message).help(help));
                    }
                }
            }
        }
        (ty, other) => wrong(format!("`{name}` must be {ty}, found {}", other.type_str()), None),
    }
}

fn number(name: &str, written: &str, into: &mut Json, mut wrong: impl FnMut(String, Option<String>)) {
    match written.parse::<f64>() {
        Ok(n) if n.is_finite() => *into = json!(n),
        _ => wrong(format!("`{name}` must be a plain number"), None),
    }
}
