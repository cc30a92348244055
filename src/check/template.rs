//! A message with expressions in braces: `{table.name} has {size(table.indexes)} indexes`; `{{` is a brace.

use super::{
    expr::{Expr, Scope},
    text::Text,
    typeck::narrow::Sure,
    types::Type,
};
use crate::{
    finding::SubjectKind,
    source::{Problem, Span},
};

/// A compiled message.
#[derive(Debug, Default)]
pub(super) struct Template {
    pieces: Vec<Piece>,
}

#[derive(Debug)]
enum Piece {
    Text(String),
    Value(Expr),
    /// A whole number, after which a noun agrees.
    Count(Expr),
}

/// Nouns that stand after a count; of one thing they lose their last letter.
const COUNTED: [&str; 5] = ["days", "hops", "items", "readers", "tables"];

impl Template {
    /// Compiles a message that is only said where `sure` holds.
    pub fn compile(message: &Text, over: SubjectKind, sure: &Sure, problems: &mut Vec<Problem>) -> Self {
        let mut pieces = Vec::new();
        for part in split(&message.value) {
            match part {
                Part::Text(text) => pieces.push(Piece::Text(text)),
                Part::Wrong(span, what) => problems.push(
                    Problem::new(message.place(span), what)
                        .help("write `{expression}`, or `{{` and `}}` for a brace".to_owned()),
                ),
                Part::Value(span) => match Expr::compile(&message.value[span.clone()], over, sure) {
                    Ok((expr, ty)) if *ty.non_null() == Type::Int => pieces.push(Piece::Count(expr)),
                    Ok((expr, ty)) if printable(&ty) => pieces.push(Piece::Value(expr)),
                    Ok((_, ty)) => {
                        let help = "name one of its fields".to_owned();
                        let what = format!("a message cannot print a value of type {ty}");
                        problems.push(Problem::new(message.place(span), what).help(help));
                    }
                    Err(inner) => problems.extend(inner.into_iter().map(|mut problem| {
                        problem.span =
                            message.place(problem.span.start + span.start..problem.span.end + span.start);
                        problem
                    })),
                },
            }
        }
        Self { pieces }
    }

    /// The message about the subject of `scope`; what is not known is called so.
    ///
    /// # Errors
    /// A failure that the type check should have excluded.
    pub fn render(&self, scope: &Scope<'_, '_>) -> Result<String, String> {
        let mut out = String::new();
        let mut one = false;
        for piece in &self.pieces {
            let (expr, counts) = match piece {
                Piece::Value(expr) => (expr, false),
                Piece::Count(expr) => (expr, true),
                Piece::Text(text) => {
                    match singular(text).filter(|_| one) {
                        Some((noun, rest)) => out.extend([noun, rest]),
                        None => out.push_str(text),
                    }
                    continue;
                }
            };
            let said = expr.text(scope)?;
            one = counts && said.as_deref() == Some("1");
            out.push_str(said.as_deref().unwrap_or("unknown"));
        }
        Ok(out)
    }
}

/// A text that begins with a noun in the plural, as the same in the singular and what follows.
fn singular(text: &str) -> Option<(&str, &str)> {
    let word = text.strip_prefix(' ')?;
    let end = word.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(word.len());
    let (noun, rest) = word.split_at(end);
    COUNTED.contains(&noun).then(|| (&text[..noun.len()], rest))
}

/// Whether a message can print it: one value, or a list of them. A collection is counted, never listed.
fn printable(ty: &Type) -> bool {
    match ty.non_null() {
        Type::List(inner) => inner.scalar(),
        other => other.scalar(),
    }
}

#[derive(Debug, PartialEq)]
enum Part {
    Text(String),
    Value(Span),
    Wrong(Span, &'static str),
}

/// Splits a message at its braces; those within quotes belong to an expression.
fn split(message: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut text = String::new();
    let mut chars = message.char_indices().peekable();
    while let Some((i, c)) = chars.next() {
        let doubled = chars.peek().is_some_and(|(_, next)| *next == c);
        match c {
            '{' | '}' if doubled => {
                text.push(c);
                chars.next();
            }
            '}' => parts.push(Part::Wrong(i..i + 1, "this brace closes nothing")),
            '{' => {
                if !text.is_empty() {
                    parts.push(Part::Text(std::mem::take(&mut text)));
                }
                let mut quote = None;
                let end = chars.by_ref().find(|&(_, c)| {
                    match (quote, c) {
                        (None, '\'' | '"') => quote = Some(c),
                        (Some(q), c) if q == c => quote = None,
                        _ => {}
                    }
                    quote.is_none() && c == '}'
                });
                parts.push(match end {
                    Some((end, _)) => Part::Value(i + 1..end),
                    None => Part::Wrong(i..i + 1, "this brace is not closed"),
                });
            }
            _ => text.push(c),
        }
    }
    if !text.is_empty() {
        parts.push(Part::Text(text));
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_one_thing_a_noun_is_in_the_singular() {
        assert_eq!(singular(" days ago"), Some((" day", " ago")));
        assert_eq!(singular(" tables"), Some((" table", "")));
        for text in [" daysies", "days", " indexes", "", " of 3 days"] {
            assert_eq!(singular(text), None, "{text}");
        }
    }

    #[test]
    fn braces_split_a_message() {
        assert_eq!(
            split("a {b.c} {{x}} {d == '}'}"),
            [Part::Text("a ".into()), Part::Value(3..6), Part::Text(" {x} ".into()), Part::Value(15..23)]
        );
        assert_eq!(
            split("a } b"),
            [Part::Wrong(2..3, "this brace closes nothing"), Part::Text("a  b".into())]
        );
        assert_eq!(split("{a"), [Part::Wrong(0..1, "this brace is not closed")]);
    }
}
