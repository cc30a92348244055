//! What the parser says, in words for whoever wrote the expression; and limits that keep it from the stack's end.

use super::{DEEPEST_BRACKETS, LONGEST, ast::IdedExpr, steps::WRITTEN, syntax::parts};
use crate::source::{Problem, Span};

/// Refuses what is longer or deeper than any sensible check, before it is parsed.
pub(super) fn size(text: &str) -> Result<(), Vec<Problem>> {
    let help = "a check is one thought long; what needs more is a new fact".to_owned();
    if text.chars().count() > LONGEST {
        let message = format!("an expression has at most {LONGEST} characters");
        return Err(vec![Problem::new(0..text.len(), message).help(help)]);
    }
    let mut depth = 0usize;
    for (i, c) in text.char_indices() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEEPEST_BRACKETS {
            let message = format!("an expression nests at most {DEEPEST_BRACKETS} brackets");
            return Err(vec![Problem::new(i..i + 1, message).help(help)]);
        }
    }
    Ok(())
}

/// A loop within loops, all over written lists, that would run too long.
pub(super) fn steps(place: Span) -> Problem {
    Problem::new(place, format!("this loop takes more than {WRITTEN} steps"))
        .help("loops within loops multiply: write shorter lists, or give the tool a new fact".to_owned())
}

/// The first part that lies deeper than `limit`.
pub(super) fn depth(e: &IdedExpr, limit: usize) -> Option<&IdedExpr> {
    if limit == 0 {
        return Some(e);
    }
    parts(e).into_iter().find_map(|part| depth(part, limit - 1))
}

/// The parser's message at a line and column, both from 1, made plain.
pub(super) fn syntax(text: &str, (line, column): (isize, isize), message: &str) -> Problem {
    let line_start: usize =
        text.split_inclusive('\n').take(usize::try_from(line - 1).unwrap_or(0)).map(str::len).sum();
    let rest = text.get(line_start..).unwrap_or("");
    let skipped = usize::try_from(column - 1).unwrap_or(0);
    let start = line_start + rest.char_indices().nth(skipped).map_or(rest.len(), |(i, _)| i);
    let found: String = text[start..].chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    let found = if found.is_empty() { text[start..].chars().take(1).collect() } else { found };
    let at = start..start + found.len();

    if message.contains("<EOF>'") || found.is_empty() {
        return Problem::new(at, "the expression ends too early");
    }
    if let Some(message) = message.strip_prefix("Syntax error: ") {
        let problem = match found.as_str() {
            "'" | "\"" => Problem::new(at, "this text is not closed"),
            _ if message.contains("token recognition") && found != "=" => {
                Problem::new(at, format!("`{found}` has no meaning in an expression"))
            }
            _ => Problem::new(at, format!("unexpected `{found}`")),
        };
        return problem.help(operator_for(&found, text[..start].trim_end()));
    }
    Problem::new(at, message.to_owned())
}

/// The operator that somebody used to another language meant.
fn operator_for(found: &str, before: &str) -> Option<String> {
    let word = before.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or("");
    let operator = match (found, word) {
        ("and" | "AND", _) => "&&",
        ("or" | "OR", _) => "||",
        ("=" | "is", _) => "==",
        ("&", _) => "&&",
        ("|", _) => "||",
        (_, "not" | "NOT") => "!",
        _ => return None,
    };
    Some(format!("write `{operator}`"))
}
