//! A pattern of plain texts and `*` alone, as nearly all are: matched text by text and not step by step.

use memchr::memmem;

use super::Token;

/// The texts before, between and after the `*` of a pattern: two at least.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Runs(Box<[String]>);

impl Runs {
    /// The runs of a pattern; none where it has a `?`, or no `*`.
    pub(super) fn of(tokens: &[Token]) -> Option<Self> {
        if tokens.contains(&Token::One) || !tokens.contains(&Token::Many) {
            return None;
        }
        let run = |tokens: &[Token]| -> String {
            let plain = tokens.iter().filter_map(|token| match token {
                Token::Char(c) => Some(*c),
                Token::One | Token::Many => None,
            });
            plain.collect()
        };
        Some(Self(tokens.split(|token| *token == Token::Many).map(run).collect()))
    }

    /// Whether they match all of `text`: the first begins it, the last ends it, and each of the others stands at the first
    /// place behind the one before, since a `*` that takes less leaves more to the later ones.
    pub(super) fn match_all(&self, text: &str) -> bool {
        let [first, between @ .., last] = &*self.0 else { return false };
        let Some(inner) = text.strip_prefix(first.as_str()) else { return false };
        let Some(mut rest) = inner.strip_suffix(last.as_str()) else { return false };
        between.iter().all(|run| {
            let Some(at) = memmem::find(rest.as_bytes(), run.as_bytes()) else { return false };
            rest = &rest[at + run.len()..];
            true
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{super::matches, *};

    /// Every text of these letters up to a length.
    fn all(letters: &[char], most: usize) -> Vec<String> {
        let mut out = vec![String::new()];
        let mut from = 0;
        for _ in 0..most {
            let until = out.len();
            for at in from..until {
                out.extend(letters.iter().map(|letter| format!("{}{letter}", out[at])).collect::<Vec<_>>());
            }
            from = until;
        }
        out
    }

    #[test]
    fn runs_match_what_their_pattern_matches_step_by_step() {
        let texts = all(&['a', 'é'], 6);
        for pattern in all(&['a', 'é', '*'], 5) {
            let token = |c| if c == '*' { Token::Many } else { Token::Char(c) };
            let tokens: Vec<Token> = pattern.chars().map(token).collect();
            let Some(runs) = Runs::of(&tokens) else { continue };
            for text in &texts {
                assert_eq!(runs.match_all(text), matches(&tokens, text), "{pattern:?} on {text:?}");
            }
        }
    }
}
