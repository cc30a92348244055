//! Wildcards and policy variables, by naive recursion.

use super::Request;

/// One piece of a pattern.
#[derive(Clone, Copy, PartialEq)]
pub enum Piece {
    Char(char),
    One,
    Any,
}

/// A text with `*` and `?` as wildcards, and no variables.
pub fn pattern(text: &str) -> Vec<Piece> {
    text.chars()
        .map(|c| match c {
            '*' => Piece::Any,
            '?' => Piece::One,
            c => Piece::Char(c),
        })
        .collect()
}

/// A text in which nothing is a wildcard.
pub fn literal(text: &str) -> Vec<Piece> {
    text.chars().map(Piece::Char).collect()
}

pub fn like(pattern: &[Piece], text: &str) -> bool {
    fn walk(pattern: &[Piece], text: &[char]) -> bool {
        match (pattern.split_first(), text.split_first()) {
            (None, rest) => rest.is_none(),
            (Some((Piece::Any, rest)), None) => walk(rest, text),
            (Some((Piece::Any, rest)), Some((_, tail))) => walk(rest, text) || walk(pattern, tail),
            (Some(_), None) => false,
            (Some((Piece::One, rest)), Some((_, tail))) => walk(rest, tail),
            (Some((Piece::Char(wanted), rest)), Some((c, tail))) => wanted == c && walk(rest, tail),
        }
    }
    walk(pattern, &text.chars().collect::<Vec<_>>())
}

/// "Resource": an ARN of fewer than six fields is completed with wildcards.
pub fn complete_arn(text: &str) -> String {
    let fields = text.split(':').count();
    if text.starts_with("arn:") && fields < 6 {
        return format!("{text}{}", ":*".repeat(6 - fields));
    }
    text.to_owned()
}

/// A text with its variables filled in; none where one has no value. What a variable brings in is literal, and
/// so are `${*}`, `${?}` and `${$}`.
pub fn expand(text: &str, variables: bool, request: &Request) -> Option<Vec<Piece>> {
    if !variables {
        return Some(pattern(text));
    }
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find("${") {
        let Some(length) = rest[start..].find('}') else { break };
        pieces.extend(pattern(&rest[..start]));
        let name = &rest[start + 2..start + length];
        match name {
            "*" | "?" | "$" => pieces.extend(literal(name)),
            _ => pieces.extend(literal(&value(name, request)?)),
        }
        rest = &rest[start + length + 1..];
    }
    pieces.extend(pattern(rest));
    Some(pieces)
}

fn value(variable: &str, request: &Request) -> Option<String> {
    let (name, default) = match variable.split_once(',') {
        Some((name, default)) => (name, default.trim().strip_prefix('\'')?.strip_suffix('\'')),
        None => (variable, None),
    };
    match request.key(name.trim()) {
        Some([one]) => Some(one.clone()),
        _ => default.map(str::to_owned),
    }
}
