//! `dynaudit checks`: list, show, test and start checks. Every function gives text; printing is the caller's.

use std::{fmt::Write, path::PathBuf};

use super::{
    Check, Library, LoadError, near,
    types::{self, Choice, Type},
};
use crate::finding::SubjectKind;

/// One line a check: id, severity, subject, title.
pub fn list(library: &Library) -> String {
    let rows: Vec<[&str; 4]> = library
        .checks()
        .iter()
        .map(|c| [c.id.as_str(), c.severity.as_str(), c.over.as_str(), c.title.as_str()])
        .collect();
    let width = |column: usize| rows.iter().map(|row| row[column].len()).max().unwrap_or(0);
    let (id, severity, over) = (width(0), width(1), width(2));
    rows.iter().fold(String::new(), |mut out, row| {
        let _ = writeln!(out, "{:id$}  {:severity$}  {:over$}  {}", row[0], row[1], row[2], row[3]);
        out
    })
}

/// All about one check: what it asks, why, what to do.
///
/// # Errors
/// There is no such check; the nearest is named.
pub fn show(library: &Library, id: &str) -> Result<String, String> {
    let Some(check) = library.get(id) else {
        let known = library.checks().iter().map(|c| c.id.as_str());
        let help = near::nearest(id, known).map(|near| format!("\n = help: did you mean `{near}`?"));
        return Err(format!(
            "error: no check is called `{}`{}",
            crate::source::escape(id),
            help.unwrap_or_default()
        ));
    };
    Ok(about(check))
}

fn about(check: &Check) -> String {
    let (when, flag) = check.conditions();
    let mut out = format!("{}\n{}\n\n", check.id, check.title);
    let when = when.unwrap_or("always");
    let maps: Vec<String> =
        check.maps.iter().map(|(name, ids)| format!("{name} {}", ids.join(", "))).collect();
    let rows = [
        ("severity", check.severity.as_str().to_owned()),
        ("over", check.over.as_str().to_owned()),
        ("applies", when.trim().to_owned()),
        ("flags", flag.trim().to_owned()),
        ("why", one_line(&check.why)),
        ("fix", one_line(&check.fix)),
        ("maps to", maps.join("; ")),
        ("examples", check.examples().len().to_string()),
        ("file", check.origin.clone()),
    ];
    for (name, value) in rows.iter().filter(|(_, value)| !value.is_empty()) {
        let _ = writeln!(out, "{name:9} {value}");
    }
    out
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Runs every example of every check, those of `dirs` with the program's own.
///
/// # Errors
/// What is wrong with the checks, and each example that comes to another verdict than it says.
pub fn test(dirs: &[PathBuf]) -> Result<String, LoadError> {
    let library = Library::with_dirs(dirs)?;
    let mut problems = Vec::new();
    let mut examples = 0;
    for check in library.checks() {
        for index in 0..check.examples().len() {
            examples += 1;
            problems.extend(check.run_example(index).err());
        }
    }
    if problems.is_empty() {
        Ok(format!("{} checks, {examples} examples: each comes to its verdict\n", library.checks().len()))
    } else {
        Err(LoadError { problems })
    }
}

/// The text of a new check over `over`: commented, valid, and to be filled in.
pub fn new(over: SubjectKind) -> String {
    let kind = over.as_str();
    let Type::Object(object) = types::of(over) else { return String::new() };
    let first = |wanted: fn(&Type) -> bool| {
        object
            .fields
            .iter()
            .find(|(_, field)| wanted(&field.ty))
            .map(|(name, field)| (name.as_str(), &field.ty))
    };
    // What names the subject, to print.
    let named = ["name", "path", "arn", "id", "region"].into_iter().find(|n| object.fields.contains_key(*n));
    let text = || first(|ty| *ty == Type::Str);
    let named = named.or_else(|| text().map(|(name, _)| name)).unwrap_or("arn");
    // A fact that tells two examples apart: a truth if there is one, else a word, else its name.
    let (flag, flagged, clear) = match first(|ty| *ty == Type::Bool).or_else(|| first(has_words)) {
        Some((name, Type::Enum(words))) => words_apart(kind, name, &word(words, 1), &word(words, 0)),
        Some((name, _)) => (format!("{kind}.{name}"), format!("{name} = true"), format!("{name} = false")),
        None => words_apart(kind, named, "a", "b"),
    };
    let sees: Vec<&str> = types::visible(over).into_iter().map(SubjectKind::as_str).collect();
    let facts = object.fields.iter().fold(String::new(), |mut out, (name, field)| {
        let _ = writeln!(out, "#   {kind}.{name}: {}", field.ty);
        out
    });
    format!(
        r#"# The file's name is the check's id: kebab-case, saying what is wrong.
title    = "What is wrong, in a few words"
severity = "medium"                 # info | low | medium | high | critical
over     = "{kind}"

# `when` may say which subjects the check concerns; the others are not applicable:
# when   = '...'

# True where the fault is there. This check sees: {sees}.
flag     = '{flag}'

# What is printed beside a flagged subject; expressions go in braces.
message  = "{{{kind}.{named}}} is not as it should be"
why      = "Why it matters: what can happen, and to whom."
fix      = "What to do, with the name of the call or setting."

# Requirements of frameworks that it bears on:
# maps   = {{ "SOC2" = ["CC6.1"] }}

# At least one example that is flagged and one that is clear. `given` is laid over a quiet subject:
# no, zero, empty, null, the first of the words. `unset = ["{kind}.{named}"]` makes a fact unknown.
[[example]]
is    = "flagged"
given = {{ {kind} = {{ {flagged} }} }}

[[example]]
is    = "clear"
given = {{ {kind} = {{ {clear} }} }}

# The facts of a {kind}; `docs/facts.md` says what each means.
{facts}"#,
        sees = sees.join(", "),
    )
}

fn has_words(ty: &Type) -> bool {
    matches!(ty, Type::Enum(choices) if choices.len() > 1)
}

fn word(words: &[Choice], at: usize) -> String {
    words.get(at).map(|choice| choice.word.clone()).unwrap_or_default()
}

/// A flag that asks for one word, and the facts of two examples.
fn words_apart(kind: &str, name: &str, bad: &str, good: &str) -> (String, String, String) {
    (format!("{kind}.{name} == \"{bad}\""), format!("{name} = \"{bad}\""), format!("{name} = \"{good}\""))
}
