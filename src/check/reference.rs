//! The reference of facts, generated: every fact that a check may ask about.

use std::fmt::Write;

use super::types::{self, Type};
use crate::finding::SubjectKind;

/// `docs/facts.md`: every subject with its fields, their types and what they mean.
pub fn facts() -> String {
    let mut out = String::from(
        "# Facts\n\n\
         What a check may ask about. A check sees its subject and all that stand above it. Generated from the fact types: do not edit.\n\n\
         A type that ends in *or null* must be guarded (`x != null && …`). A *collection* may be incomplete: \
         ask it with `exists`, `all`, `exists_one`, `filter`, `map` or `size`. Any fact can be unknown; what rests on it then is too.\n",
    );
    for kind in SubjectKind::ALL {
        let Type::Object(object) = types::of(kind) else { continue };
        let _ = write!(out, "\n## {}\n\n{}", kind.as_str(), plain(&object.doc));
        let above: Vec<String> = above(kind).map(|k| format!("[{k}](#{k})")).collect();
        if !above.is_empty() {
            let _ = write!(out, " Sees also: {}.", above.join(", "));
        }
        out.push_str("\n\n| fact | type | meaning |\n|---|---|---|\n");
        rows(kind.as_str(), types::of(kind), &mut out);
    }
    out
}

fn above(kind: SubjectKind) -> impl Iterator<Item = &'static str> {
    let visible = types::visible(kind);
    visible.into_iter().filter(move |k| *k != kind).map(SubjectKind::as_str)
}

/// One row a field; the fields of objects within follow their own.
fn rows(path: &str, ty: &Type, out: &mut String) {
    let Some(object) = ty.object() else { return };
    for (name, field) in &object.fields {
        let path = format!("{path}.{name}");
        let (inner, path_within) = match &field.ty {
            Type::Collection(inner) | Type::List(inner) => (&**inner, format!("{path}[]")),
            ty => (ty.non_null(), path.clone()),
        };
        let _ =
            writeln!(out, "| `{path}` | {} | {}{} |", type_name(&field.ty), plain(&field.doc), words(inner));
        // A subject within another is described once, under its own heading.
        if inner.object().is_some_and(|o| types::kind(&o.name).is_none()) {
            rows(&path_within, inner, out);
        }
    }
}

/// The type, with a link where it is a subject of its own.
pub(super) fn type_name(ty: &Type) -> String {
    match ty {
        Type::Enum(_) => "word".to_owned(),
        Type::Nullable(inner) => format!("{} or null", type_name(inner)),
        Type::List(inner) => format!("list of {}", type_name(inner)),
        Type::Collection(inner) => format!("collection of {}", type_name(inner)),
        Type::Map(inner) => format!("map of {}", type_name(inner)),
        Type::Object(object) if types::kind(&object.name).is_some() => format!("[{0}](#{0})", object.name),
        other => other.to_string(),
    }
}

/// The words of an enum with their meaning.
fn words(ty: &Type) -> String {
    let Type::Enum(choices) = ty else { return String::new() };
    let words: Vec<String> = choices
        .iter()
        .map(|c| match plain(&c.doc) {
            doc if doc.is_empty() => format!("`{}`", c.word),
            doc => format!("`{}`: {}", c.word, doc.trim_end_matches('.')),
        })
        .collect();
    format!("<br>{}", words.join("<br>"))
}

/// Documentation as Markdown within a table: links into the code become plain names.
pub(super) fn plain(doc: &str) -> String {
    doc.replace("[`", "`").replace("`]", "`").replace('|', "\\|")
}
