//! Patterns with `*` and `?`, and the policy variables in them.

use std::borrow::Cow;

use super::context::{Context, Value};

/// One step of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token {
    /// This character.
    Char(char),
    /// `?`: any one character.
    One,
    /// `*`: any characters, colons and slashes too.
    Many,
}

/// Whether `tokens` match all of `text`. Takes at most `tokens × text` steps.
pub fn matches(tokens: &[Token], text: &str) -> bool {
    let (mut step, mut at) = (0, 0);
    // Where to go on after the latest `*` if what follows it does not fit.
    let mut again: Option<(usize, usize)> = None;
    loop {
        let next = text[at..].chars().next();
        match (tokens.get(step), next) {
            (Some(Token::Many), _) => {
                again = Some((step + 1, at));
                step += 1;
            }
            (Some(Token::One), Some(found)) => {
                step += 1;
                at += found.len_utf8();
            }
            (Some(Token::Char(wanted)), Some(found)) if *wanted == found => {
                step += 1;
                at += found.len_utf8();
            }
            (None, None) => return true,
            _ => {
                // Let the latest `*` take one character more. Earlier ones need no second try.
                let Some((after, from)) = again else { return false };
                let Some(skipped) = text[from..].chars().next() else { return false };
                again = Some((after, from + skipped.len_utf8()));
                (step, at) = (after, from + skipped.len_utf8());
            }
        }
    }
}

/// A pattern of a policy, with variables still in it ("IAM policy elements: Variables and tags").
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    text: String,
    pieces: Pieces,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Pieces {
    /// No variable in it: ready to match.
    Plain(Vec<Token>),
    Mixed(Vec<Piece>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Token(Token),
    Variable { key: String, default: Option<String> },
}

/// How a pattern is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Whether `*` and `?` are wildcards.
    pub wildcards: bool,
    /// Whether `${…}` is a variable: only in version 2012-10-17.
    pub variables: bool,
}

/// A pattern in one context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolved<'a> {
    /// Every variable has a value.
    Tokens(Cow<'a, [Token]>),
    /// A variable has no value in this context, so the pattern matches nothing.
    Nothing,
    /// The value of these variables is not known; `widest` has `*` in their place.
    Unknown {
        /// Names of the variables.
        keys: Vec<String>,
        /// The pattern at its widest.
        widest: Vec<Token>,
    },
}

impl Pattern {
    /// Reads a pattern.
    pub fn new(text: &str, style: Style) -> Self {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some(next) = rest.chars().next() {
            if style.variables
                && let Some(inner) = rest.strip_prefix("${")
                && let Some(end) = inner.find('}')
            {
                pieces.push(variable(&inner[..end]));
                rest = &inner[end + 1..];
                continue;
            }
            pieces.push(Piece::Token(match next {
                '*' if style.wildcards => Token::Many,
                '?' if style.wildcards => Token::One,
                other => Token::Char(other),
            }));
            rest = &rest[next.len_utf8()..];
        }
        let plain: Option<Vec<Token>> = pieces
            .iter()
            .map(|piece| match piece {
                Piece::Token(token) => Some(*token),
                Piece::Variable { .. } => None,
            })
            .collect();
        let pieces = plain.map_or(Pieces::Mixed(pieces), Pieces::Plain);
        Self { text: text.to_owned(), pieces }
    }

    /// The pattern as the policy has it.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Names of the variables in it, in lower case.
    pub fn variables(&self) -> impl Iterator<Item = &str> {
        let mixed: &[Piece] = match &self.pieces {
            Pieces::Plain(_) => &[],
            Pieces::Mixed(pieces) => pieces,
        };
        mixed.iter().filter_map(|piece| match piece {
            Piece::Variable { key, .. } => Some(key.as_str()),
            Piece::Token(_) => None,
        })
    }

    /// Whether it is nothing but wildcards, so that it holds nobody off.
    pub fn is_anything(&self) -> bool {
        let Pieces::Plain(tokens) = &self.pieces else { return false };
        tokens.contains(&Token::Many) && !tokens.iter().any(|t| matches!(t, Token::Char(_)))
    }

    /// Whether a pattern without variables matches `text`.
    pub fn matches_plain(&self, text: &str) -> bool {
        matches!(&self.pieces, Pieces::Plain(tokens) if matches(tokens, text))
    }

    /// The pattern with its variables replaced. Wildcards in a variable's value are plain characters.
    pub fn resolve(&self, context: &Context<'_>) -> Resolved<'_> {
        let pieces = match &self.pieces {
            Pieces::Plain(tokens) => return Resolved::Tokens(Cow::Borrowed(tokens)),
            Pieces::Mixed(pieces) => pieces,
        };
        let mut tokens = Vec::with_capacity(pieces.len());
        let mut keys = Vec::new();
        for piece in pieces {
            let (key, default) = match piece {
                Piece::Token(token) => {
                    tokens.push(*token);
                    continue;
                }
                Piece::Variable { key, default } => (key, default),
            };
            let value = match context.get(key) {
                Value::Present(values) if values.len() == 1 => values.first(),
                Value::Present(_) | Value::Absent => default.as_ref(),
                Value::Maybe(_) | Value::Unknown => {
                    keys.push(key.clone());
                    tokens.push(Token::Many);
                    continue;
                }
            };
            let Some(value) = value else { return Resolved::Nothing };
            tokens.extend(value.chars().map(Token::Char));
        }
        if keys.is_empty() {
            Resolved::Tokens(Cow::Owned(tokens))
        } else {
            Resolved::Unknown { keys, widest: tokens }
        }
    }
}

fn variable(inner: &str) -> Piece {
    let mut chars = inner.chars();
    if let (Some(escaped @ ('*' | '?' | '$')), None) = (chars.next(), chars.next()) {
        return Piece::Token(Token::Char(escaped));
    }
    let (key, default) = match inner.split_once(',') {
        Some((key, default)) => (key, Some(default.trim().trim_matches('\'').to_owned())),
        None => (inner, None),
    };
    Piece::Variable { key: key.trim().to_lowercase(), default }
}
