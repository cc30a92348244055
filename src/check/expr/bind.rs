//! Facts as an expression sees them: what is unknown is left out.

use std::collections::HashMap;

use serde_json::Value as Json;

use super::{
    super::types::Type,
    CelBool, CelDouble, CelInt, CelList, CelMap, CelMapKey, CelNull, CelString, Context, Meter, Val,
    environment,
    unseen::{ALL, SEEN},
};
use crate::facts::{PARTIAL, UNKNOWN};

/// Facts under a name, with their type.
#[derive(Debug, Clone, Copy)]
pub(in crate::check) struct Bound<'v> {
    /// The facts, serialised.
    pub json: &'v Json,
    /// Their type.
    pub ty: &'v Type,
}

/// The variables of an expression. What stands above a subject is bound once and shared by what stands below.
pub(in crate::check) struct Scope<'p, 'v> {
    pub(super) context: Context<'p, 'v>,
    pub(super) names: Vec<(String, Bound<'v>)>,
    /// The steps that answers may take.
    pub(in crate::check) meter: &'v Meter,
}

impl<'v> Scope<'_, 'v> {
    /// A scope without variables, in which answers take their steps from `meter`.
    pub fn root(meter: &'v Meter) -> Scope<'v, 'v> {
        let mut context = Context::with_env(environment());
        context.set_variable_resolver(meter);
        Scope { context, names: Vec::new(), meter }
    }

    /// A scope within this one.
    pub fn inner(&self) -> Scope<'_, 'v> {
        Scope { context: self.context.new_inner_scope(), names: self.names.clone(), meter: self.meter }
    }

    /// Binds facts to a name.
    pub fn bind(&mut self, name: &str, json: &'v Json, ty: &'v Type) {
        // A subject whose facts are not an object at all has none that are known.
        let value = value(json, ty).unwrap_or_else(|| Box::new(CelMap::from(HashMap::new())));
        self.context.add_variable_as_val(name, value);
        self.names.push((name.to_owned(), Bound { json, ty }));
    }

    /// Binds an element of a collection as its loop does; none is the element that was not seen.
    pub(super) fn bind_element(&mut self, name: &str, json: Option<&'v Json>, ty: &'v Type) {
        self.context.add_variable_as_val(name, json.map_or_else(unseen, |json| element(json, ty)));
        self.names.push((name.to_owned(), Bound { json: json.unwrap_or(&Json::Null), ty }));
    }
}

/// The elements of a list or collection, and whether that is all of them; none if nothing is known of it.
pub(super) fn elements(json: &Json) -> Option<(&[Json], bool)> {
    match json {
        Json::Array(items) => Some((items, true)),
        _ => json.get(PARTIAL)?.as_array().map(|items| (items.as_slice(), false)),
    }
}

/// The value of known facts; none where they are unknown or not what their type says.
fn value<'v>(json: &'v Json, ty: &'v Type) -> Option<Box<dyn Val + 'v>> {
    Some(match (ty, json) {
        (Type::Nullable(_), Json::Null) => Box::new(CelNull),
        (Type::Nullable(inner), _) => value(json, inner)?,
        (Type::Bool, Json::Bool(b)) => Box::new(CelBool::from(*b)),
        (Type::Int, Json::Number(n)) => Box::new(CelInt::from(n.as_i64()?)),
        (Type::Double, Json::Number(n)) => Box::new(CelDouble::from(n.as_f64()?)),
        (Type::Str | Type::Enum(_), Json::String(s)) => Box::new(CelString::from(s.as_str())),
        (Type::List(inner), Json::Array(items)) => {
            let items: Option<Vec<_>> = items.iter().map(|item| value(item, inner)).collect();
            Box::new(CelList::from(items?))
        }
        (Type::Map(inner), Json::Object(entries)) if !entries.contains_key(UNKNOWN) => {
            let entries: Option<HashMap<_, _>> =
                entries.iter().map(|(k, v)| Some((key(k), value(v, inner)?))).collect();
            Box::new(CelMap::from(entries?))
        }
        (Type::Object(_), Json::Object(fields)) if !fields.contains_key(UNKNOWN) => {
            Box::new(CelMap::from(object(json, ty)))
        }
        _ => return None,
    })
}

fn key(name: &str) -> CelMapKey<'_> {
    CelMapKey::from(name)
}

type Fields<'v> = HashMap<CelMapKey<'v>, Box<dyn Val + 'v>>;

fn object<'v>(json: &'v Json, ty: &'v Type) -> Fields<'v> {
    let Some(object) = ty.object() else { return HashMap::new() };
    let mut fields = HashMap::with_capacity(object.fields.len() + 1);
    for (name, field) in &object.fields {
        let Some(json) = json.get(name) else { continue };
        if let Type::Collection(inner) = &field.ty {
            collection(name, json, inner, &mut fields);
        } else if let Some(value) = value(json, &field.ty) {
            fields.insert(key(name), value);
        }
    }
    fields
}

/// Under its own name a collection can only be counted, and only if it is whole; loops read the hidden one.
fn collection<'v>(name: &'v str, json: &'v Json, ty: &'v Type, fields: &mut Fields<'v>) {
    let Some((items, whole)) = elements(json) else { return };
    let mut all: Vec<Box<dyn Val + 'v>> = items.iter().map(|item| element(item, ty)).collect();
    if whole {
        let counted: Vec<Box<dyn Val + 'v>> =
            items.iter().map(|_| Box::new(CelNull) as Box<dyn Val + 'v>).collect();
        fields.insert(key(name), Box::new(CelList::from(counted)));
    } else {
        all.push(unseen());
    }
    fields.insert(CelMapKey::from(format!("{name}{ALL}")), Box::new(CelList::from(all)));
}

fn element<'v>(json: &'v Json, ty: &'v Type) -> Box<dyn Val + 'v> {
    let mut fields = object(json, ty);
    fields.insert(key(SEEN), Box::new(CelBool::from(true)));
    Box::new(CelMap::from(fields))
}

fn unseen<'v>() -> Box<dyn Val + 'v> {
    Box::new(CelMap::from(HashMap::new()))
}
