//! Patterns with `*` and `?`, and the policy variables in them.

mod runs;

use std::borrow::Cow;

use self::runs::Runs;
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

/// Whether `tokens` match all of `text`. Takes at most `text × text` steps: a pattern that asks for more
/// characters than there are is given up at once.
pub fn matches(tokens: &[Token], text: &str) -> bool {
    if tokens.len() > text.len() && least(tokens) > text.len() {
        return false;
    }
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

/// How many characters a text has at least.
fn least(tokens: &[Token]) -> usize {
    tokens.iter().filter(|token| **token != Token::Many).count()
}

/// Whether `text` is just these characters.
fn is(tokens: &[Token], text: &str) -> bool {
    tokens.len() <= text.len() && text.chars().map(Token::Char).eq(tokens.iter().copied())
}

/// For each token whether it may take a colon: what stands after the fifth colon, and a `*` that ends its part.
fn free(tokens: &[Token]) -> Vec<bool> {
    let mut behind = 0;
    let each = tokens.iter().enumerate().map(|(at, token)| {
        behind += usize::from(*token == Token::Char(':'));
        let ends = matches!(tokens.get(at + 1), None | Some(Token::Char(':')));
        behind >= 5 || (*token == Token::Many && ends)
    });
    each.collect()
}

/// Whether some wildcard of an ARN's pattern may not take a colon.
fn confines(pieces: &[Piece]) -> bool {
    let tokens: Vec<Token> = pieces
        .iter()
        .map(|piece| match piece {
            Piece::Token(token) => *token,
            Piece::Variable { .. } | Piece::Misplaced => Token::Char('$'),
        })
        .collect();
    let wild = tokens.iter().map(|token| !matches!(token, Token::Char(_)));
    free(&tokens).into_iter().zip(wild).any(|(free, wild)| wild && !free)
}

/// As [`matches`], but wildcards that are not free take no colon. Follows every way at once, since an
/// earlier `*` may have to take what a later one may not.
fn matches_by_parts(tokens: &[Token], text: &str) -> bool {
    if least(tokens) > text.len() {
        return false;
    }
    let free = free(tokens);
    // `on[i]`: the text so far fits the tokens before `i`.
    let mut on = vec![false; tokens.len() + 1];
    let pass = |on: &mut [bool]| {
        for (at, token) in tokens.iter().enumerate() {
            if on[at] && *token == Token::Many {
                on[at + 1] = true;
            }
        }
    };
    on[0] = true;
    pass(&mut on);
    for found in text.chars() {
        let mut next = vec![false; tokens.len() + 1];
        for (at, token) in tokens.iter().enumerate().filter(|(at, _)| on[*at]) {
            let takes = found != ':' || free[at];
            match token {
                Token::Char(wanted) => next[at + 1] |= *wanted == found,
                Token::One => next[at + 1] |= takes,
                Token::Many => next[at] |= takes,
            }
        }
        pass(&mut next);
        on = next;
    }
    on.last() == Some(&true)
}

/// A pattern of a policy, with variables still in it ("IAM policy elements: Variables and tags").
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    text: String,
    pieces: Pieces,
    /// An incomplete ARN, completed with wildcards.
    completed: Option<Vec<Token>>,
    /// Whether wildcards stay within a part of an ARN.
    confined: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Pieces {
    /// Neither variable nor wildcard in it: these characters.
    Literal(Vec<Token>),
    /// No variable in it: ready to match.
    Plain {
        tokens: Vec<Token>,
        /// The number of characters that a text has at least.
        least: usize,
        /// Its texts, where it is made of these and of `*` alone.
        runs: Option<Runs>,
    },
    Mixed(Vec<Piece>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Token(Token),
    Variable {
        key: String,
        default: Option<String>,
    },
    /// A variable where none may stand.
    Misplaced,
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
        Self::read(text, style, false)
    }

    /// Reads a pattern of a `Resource` element ("AWS JSON policy elements: Resource"): an incomplete ARN is
    /// completed with wildcards, variables stand after the fifth colon only, and before it a wildcard goes
    /// beyond a colon only if it is a `*` that ends its part.
    pub fn resource(text: &str, variables: bool) -> Self {
        Self::read(text, Style { wildcards: true, variables }, true)
    }

    fn read(text: &str, style: Style, arn: bool) -> Self {
        let mut pieces = Vec::new();
        let mut rest = text;
        let arn = arn && text.starts_with("arn:");
        // Parts of the ARN that are behind.
        let mut behind = 0;
        let mut closes = true;
        while let Some(next) = rest.chars().next() {
            if style.variables
                && closes
                && let Some(inner) = rest.strip_prefix("${")
            {
                match inner.find('}') {
                    Some(end) if arn && behind < 5 => {
                        pieces.push(misplaced(&inner[..end]));
                        rest = &inner[end + 1..];
                        continue;
                    }
                    Some(end) => {
                        pieces.push(variable(&inner[..end]));
                        rest = &inner[end + 1..];
                        continue;
                    }
                    // Nor does any later one close.
                    None => closes = false,
                }
            }
            behind += usize::from(next == ':');
            let token = match next {
                '*' if style.wildcards => Token::Many,
                '?' if style.wildcards => Token::One,
                other => Token::Char(other),
            };
            if token != Token::Many || pieces.last() != Some(&Piece::Token(Token::Many)) {
                pieces.push(Piece::Token(token));
            }
            rest = &rest[next.len_utf8()..];
        }
        let plain: Option<Vec<Token>> = pieces
            .iter()
            .map(|piece| match piece {
                Piece::Token(token) => Some(*token),
                Piece::Variable { .. } | Piece::Misplaced => None,
            })
            .collect();
        let missing = if arn { 5_usize.saturating_sub(behind) } else { 0 };
        let completed = plain.as_ref().filter(|_| missing > 0).map(|tokens| {
            let more = [Token::Char(':'), Token::Many].repeat(missing);
            tokens.iter().copied().chain(more).collect()
        });
        let confined = arn && confines(&pieces);
        let pieces = match plain {
            None => Pieces::Mixed(pieces),
            Some(tokens) => match least(&tokens) {
                least if least == tokens.len() && !tokens.contains(&Token::One) => Pieces::Literal(tokens),
                least => Pieces::Plain { least, runs: Runs::of(&tokens), tokens },
            },
        };
        Self { text: text.to_owned(), pieces, completed, confined }
    }

    /// The pattern as the policy has it.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Names of the variables in it, in lower case.
    pub fn variables(&self) -> impl Iterator<Item = &str> {
        let mixed: &[Piece] = match &self.pieces {
            Pieces::Literal(_) | Pieces::Plain { .. } => &[],
            Pieces::Mixed(pieces) => pieces,
        };
        mixed.iter().filter_map(|piece| match piece {
            Piece::Variable { key, .. } => Some(key.as_str()),
            Piece::Token(_) | Piece::Misplaced => None,
        })
    }

    /// Whether it is nothing but wildcards, so that it holds nobody off.
    pub fn is_anything(&self) -> bool {
        let Pieces::Plain { tokens, .. } = &self.pieces else { return false };
        tokens.contains(&Token::Many) && !tokens.iter().any(|t| matches!(t, Token::Char(_)))
    }

    /// Whether a pattern without variables matches `text`.
    pub fn matches_plain(&self, text: &str) -> bool {
        let own = match &self.pieces {
            Pieces::Literal(tokens) => is(tokens, text),
            Pieces::Plain { runs: Some(runs), .. } if !self.confined => runs.match_all(text),
            Pieces::Plain { tokens, least, .. } => *least <= text.len() && self.fits(tokens, text),
            Pieces::Mixed(_) => false,
        };
        own || self.completed.as_ref().is_some_and(|tokens| self.fits(tokens, text))
    }

    /// Whether `tokens`, this pattern's in some context, match all of `text`.
    pub fn fits(&self, tokens: &[Token], text: &str) -> bool {
        if self.confined { matches_by_parts(tokens, text) } else { matches(tokens, text) }
    }

    /// The pattern with its variables replaced. Wildcards in a variable's value are plain characters.
    pub fn resolve(&self, context: &Context<'_>) -> Resolved<'_> {
        let pieces = match &self.pieces {
            Pieces::Literal(tokens) | Pieces::Plain { tokens, .. } => {
                return Resolved::Tokens(Cow::Borrowed(self.completed.as_ref().unwrap_or(tokens)));
            }
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
                Piece::Misplaced => return Resolved::Nothing,
            };
            let value = match context.get(key) {
                Value::Present(values) if values.len() == 1 => values.first(),
                // A key with several values is none that a variable can stand for.
                Value::Present(values) if !values.is_empty() => None,
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

/// What `${…}` before the fifth colon of an ARN is: an escaped character, or a variable that has no place there.
fn misplaced(inner: &str) -> Piece {
    match variable(inner) {
        token @ Piece::Token(_) => token,
        _ => Piece::Misplaced,
    }
}
