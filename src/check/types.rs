//! The types of facts, read off their JSON Schema: what an expression may say of them.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, OnceLock},
};

use serde_json::Value as Json;

use crate::{facts, finding::SubjectKind};

/// The kind that `word` names.
pub fn kind(word: &str) -> Option<SubjectKind> {
    SubjectKind::ALL.into_iter().find(|kind| kind.as_str() == word)
}

/// What stands above `over`, and `over` itself last: the variables of a check.
pub fn visible(over: SubjectKind) -> Vec<SubjectKind> {
    facts::ancestors(over).iter().copied().chain([over]).collect()
}

/// The type of the facts of `kind`.
pub fn of(kind: SubjectKind) -> &'static Type {
    static TYPES: OnceLock<BTreeMap<SubjectKind, Type>> = OnceLock::new();
    let types = TYPES.get_or_init(|| {
        SubjectKind::ALL
            .into_iter()
            .map(|kind| (kind, Type::from_schema(kind.as_str(), &facts::schema(kind))))
            .collect()
    });
    types.get(&kind).unwrap_or(&Type::Any)
}

/// The type of the fact under `path`, as a check over `over` sees it; none if there is no such fact.
pub fn at(path: &str, over: SubjectKind) -> Option<&'static Type> {
    let mut names = path.split('.');
    let root = kind(names.next()?).filter(|kind| visible(over).contains(kind))?;
    names.try_fold(of(root), |ty, name| match ty.non_null() {
        Type::Object(object) => object.fields.get(name).map(|field| &field.ty),
        Type::Map(value) => Some(&**value),
        _ => None,
    })
}

/// The type of a fact or of an expression.
#[derive(Debug, Clone, PartialEq)]
pub enum Type {
    /// `true` or `false`.
    Bool,
    /// A whole number.
    Int,
    /// A number with a fraction.
    Double,
    /// A text.
    Str,
    /// `null` itself.
    Null,
    /// One of some words.
    Enum(Arc<[Choice]>),
    /// That, or null.
    Nullable(Box<Type>),
    /// A list whose elements are all known.
    List(Box<Type>),
    /// A list of things of which some may not have been seen.
    Collection(Box<Type>),
    /// Text keys to values, none of them known ahead.
    Map(Box<Type>),
    /// Named fields.
    Object(Arc<Object>),
    /// Something already complained about.
    Any,
}

/// One of the words that an enum takes.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// The word.
    pub word: String,
    /// What it means.
    pub doc: String,
}

/// Named fields.
#[derive(Debug, Clone, PartialEq)]
pub struct Object {
    /// What it is, for messages: the subject's kind or the struct's name in lower case.
    pub name: String,
    /// What it is, in a sentence.
    pub doc: String,
    /// Its fields, sorted.
    pub fields: BTreeMap<String, Field>,
}

/// A named field.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// Its type.
    pub ty: Type,
    /// What it means.
    pub doc: String,
}

impl Type {
    /// Reads a schema as `schemars` writes it; `name` is the type's in messages.
    pub fn from_schema(name: &str, schema: &Json) -> Self {
        Reader { root: schema }.read(name, schema, 0)
    }

    /// The type without its null.
    pub fn non_null(&self) -> &Type {
        match self {
            Type::Nullable(inner) => inner,
            other => other,
        }
    }

    /// The object's fields, if it is an object that cannot be null.
    pub fn object(&self) -> Option<&Arc<Object>> {
        match self {
            Type::Object(object) => Some(object),
            _ => None,
        }
    }

    /// Whether a value of it is one number, word, text or truth, or null.
    pub fn scalar(&self) -> bool {
        matches!(
            self.non_null(),
            Type::Bool | Type::Int | Type::Double | Type::Str | Type::Enum(_) | Type::Null | Type::Any
        )
    }

    /// Whether it is text: free, or one of some words.
    pub fn textual(&self) -> bool {
        matches!(self, Type::Str | Type::Enum(_) | Type::Any)
    }

    /// Whether it is a number.
    pub fn numeric(&self) -> bool {
        matches!(self, Type::Int | Type::Double | Type::Any)
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Type::Bool => f.write_str("bool"),
            Type::Int => f.write_str("int"),
            Type::Double => f.write_str("double"),
            Type::Str => f.write_str("string"),
            Type::Null => f.write_str("null"),
            Type::Enum(choices) => {
                let words: Vec<String> = choices.iter().map(|c| format!("\"{}\"", c.word)).collect();
                f.write_str(&words.join(" | "))
            }
            Type::Nullable(inner) => write!(f, "{inner} or null"),
            Type::List(inner) => write!(f, "list of {inner}"),
            Type::Collection(inner) => write!(f, "collection of {inner}"),
            Type::Map(inner) => write!(f, "map of {inner}"),
            Type::Object(object) => f.write_str(&object.name),
            Type::Any => f.write_str("something else"),
        }
    }
}

/// Reads one schema document.
struct Reader<'a> {
    root: &'a Json,
}

/// Deeper than any tree of facts; stops a type that contains itself.
const DEEPEST: usize = 16;

impl Reader<'_> {
    fn read(&self, name: &str, schema: &Json, depth: usize) -> Type {
        if depth > DEEPEST {
            return Type::Any;
        }
        if let Some(reference) = schema["$ref"].as_str() {
            let def = reference.rsplit('/').next().unwrap_or_default();
            return self.read(&words(def), &self.root["$defs"][def], depth + 1);
        }
        if let Some(alternatives) = schema["anyOf"].as_array().or(schema["oneOf"].as_array()) {
            return self.alternatives(name, alternatives, depth);
        }
        if let Some(words) = schema["enum"].as_array() {
            let words: Vec<Json> = words.iter().filter(|w| !w.is_null()).cloned().collect();
            let inner = Type::Enum(choices(&[serde_json::json!({ "enum": words })]));
            return if schema["type"].is_array() { Type::Nullable(Box::new(inner)) } else { inner };
        }
        if let Some(types) = schema["type"].as_array() {
            let mut one = schema.clone();
            one["type"] = types.iter().find(|t| *t != "null").cloned().unwrap_or_default();
            return Type::Nullable(Box::new(self.read(name, &one, depth + 1)));
        }
        match schema["type"].as_str() {
            Some("boolean") => Type::Bool,
            Some("integer") => Type::Int,
            Some("number") => Type::Double,
            Some("string") => Type::Str,
            Some("null") => Type::Null,
            Some("array") => {
                let inner = Box::new(self.read("element", &schema["items"], depth + 1));
                if schema["x-collection"] == true { Type::Collection(inner) } else { Type::List(inner) }
            }
            Some("object") => self.object(name, schema, depth),
            _ => Type::Any,
        }
    }

    fn object(&self, name: &str, schema: &Json, depth: usize) -> Type {
        let Some(properties) = schema["properties"].as_object() else {
            return Type::Map(Box::new(self.read("value", &schema["additionalProperties"], depth + 1)));
        };
        let fields = properties
            .iter()
            .map(|(field, schema)| {
                let ty = self.read(field, schema, depth + 1);
                (field.clone(), Field { ty, doc: text(&schema["description"]) })
            })
            .collect();
        Type::Object(Arc::new(Object { name: name.to_owned(), doc: text(&schema["description"]), fields }))
    }

    fn alternatives(&self, name: &str, alternatives: &[Json], depth: usize) -> Type {
        let rest: Vec<Json> = alternatives.iter().filter(|a| a["type"] != "null").cloned().collect();
        let words = choices(&rest);
        let inner = match rest.as_slice() {
            _ if !words.is_empty() => Type::Enum(words),
            [one] => self.read(name, one, depth + 1),
            _ => Type::Any,
        };
        if rest.len() < alternatives.len() { Type::Nullable(Box::new(inner)) } else { inner }
    }
}

/// The words of an enum, each written as `const` with a description or together in `enum`.
fn choices(alternatives: &[Json]) -> Arc<[Choice]> {
    let mut found = Vec::new();
    for alternative in alternatives {
        let many = alternative["enum"].as_array().into_iter().flatten();
        for word in alternative["const"].as_str().into_iter().chain(many.filter_map(Json::as_str)) {
            found.push(Choice { word: word.to_owned(), doc: text(&alternative["description"]) });
        }
    }
    found.into()
}

/// A description as one line.
fn text(value: &Json) -> String {
    value.as_str().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `ResourcePolicy` → `resource policy`.
fn words(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if c.is_uppercase() && !out.is_empty() {
            out.push(' ');
        }
        out.extend(c.to_lowercase());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(kind: SubjectKind, path: &[&str]) -> Type {
        path.iter().fold(of(kind).clone(), |ty, name| {
            let ty = if let Type::Collection(inner) = ty { *inner } else { ty.non_null().clone() };
            ty.object().unwrap().fields[*name].ty.clone()
        })
    }

    #[test]
    fn every_kind_of_subject_is_an_object_whose_types_are_all_understood() {
        fn walk(at: &str, ty: &Type) {
            match ty {
                Type::Any => panic!("{at} has a type that is not understood"),
                Type::Object(o) => o.fields.iter().for_each(|(n, f)| {
                    assert!(!f.doc.is_empty() || !f.ty.scalar(), "{at}.{n} has no doc");
                    walk(&format!("{at}.{n}"), &f.ty);
                }),
                // The three values of a question about an unseen element rest on this.
                Type::Collection(inner) => {
                    assert!(inner.object().is_some(), "{at} is a collection of plain values");
                    walk(&format!("{at}[]"), inner);
                }
                Type::Nullable(inner) | Type::List(inner) | Type::Map(inner) => walk(at, inner),
                _ => {}
            }
        }
        for kind in SubjectKind::ALL {
            assert!(of(kind).object().is_some(), "{kind:?}");
            walk(kind.as_str(), of(kind));
            assert_eq!(super::kind(kind.as_str()), Some(kind));
        }
    }

    #[test]
    fn schemas_become_types() {
        use SubjectKind::*;
        assert_eq!(field(Table, &["deletion_protection"]), Type::Bool);
        assert_eq!(field(Table, &["items"]), Type::Nullable(Box::new(Type::Int)));
        assert_eq!(field(Table, &["tags"]), Type::Map(Box::new(Type::Str)));
        assert_eq!(field(Attribute, &["confidence"]), Type::Double);
        assert_eq!(field(Reader, &["via"]), Type::List(Box::new(Type::Str)));
        assert_eq!(field(Table, &["indexes", "keys"]), Type::List(Box::new(Type::Str)));
        assert_eq!(field(Table, &["indexes", "kind"]).to_string(), "\"global\" | \"local\"");
        assert!(matches!(field(Table, &["policy"]), Type::Nullable(inner) if inner.object().is_some()));
        assert_eq!(field(Table, &["encryption", "key"]).to_string(), "key or null");
        assert!(matches!(field(Table, &["encryption", "key", "grants"]), Type::Collection(_)));
    }

    #[test]
    fn visible_names_the_subject_last() {
        assert_eq!(
            visible(SubjectKind::Copy),
            [SubjectKind::Account, SubjectKind::Table, SubjectKind::Attribute, SubjectKind::Copy]
        );
    }
}
