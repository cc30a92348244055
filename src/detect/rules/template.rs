//! Templates of formats: literals and holes, `ghp_<w36>`, matched without a regular expression.
//!
//! `<w36>` is 36 characters of class `w`, `<w36-40>` 36 to 40, `<w36+>` 36 or more, `<g>` a UUID.

use crate::detect::look::Sorts;

/// Steps after which a match is given up: no token takes as many, a text made to be slow would.
const MAX_STEPS: usize = 4096;
/// What `+` stands for in a window that must have an end.
const MANY: usize = 16 * 1024;

/// One part of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Literal(&'static str),
    Hole { class: u8, least: usize, most: usize },
}

impl Part {
    /// Its text, if it is a literal.
    fn literal(&self) -> &'static str {
        match self {
            Part::Literal(text) => text,
            Part::Hole { .. } => "",
        }
    }

    /// Whether it is a hole that takes the byte.
    fn may_hold(&self, b: u8) -> bool {
        matches!(self, Part::Hole { class, .. } if holds(*class, b))
    }
}

/// A format, and the literal in it that leads to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Template {
    parts: Vec<Part>,
    /// Place of the keyword among the parts.
    key: usize,
}

impl Template {
    /// Reads a template; `None` if it is not one.
    pub(super) fn parse(text: &'static str) -> Option<Self> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((literal, after)) = rest.split_once('<') {
            let (hole, tail) = after.split_once('>')?;
            if !literal.is_empty() {
                parts.push(Part::Literal(literal));
            }
            hole_of(hole, &mut parts)?;
            rest = tail;
        }
        if !rest.is_empty() {
            parts.push(Part::Literal(rest));
        }
        let length = |part: &Part| part.literal().len();
        let key = match parts.first()? {
            Part::Literal(_) => 0,
            Part::Hole { .. } => {
                let longest = parts.iter().map(length).max()?;
                parts.iter().position(|part| length(part) == longest)?
            }
        };
        Some(Self { parts, key })
    }

    /// Whether the keyword is too common to look for: the template is then the whole of a value.
    pub(super) fn is_whole(&self) -> bool {
        let keyword = self.keyword();
        keyword.len() < 2 || matches!(keyword, ":1" | "v1.")
    }

    /// Least and greatest length of a value.
    pub(super) fn lengths(&self) -> (usize, usize) {
        lengths(&self.parts)
    }

    /// The sorts of bytes that a value must have, and those that it may have.
    pub(super) fn sorts(&self) -> (Sorts, Sorts) {
        let every: Vec<u8> = (0..=255).collect();
        let literals: Vec<u8> = self.parts.iter().flat_map(|part| part.literal().bytes()).collect();
        let drawn = every.iter().copied().filter(|b| self.parts.iter().any(|part| part.may_hold(*b)));
        (Sorts::of(&literals), Sorts::of(&literals.iter().copied().chain(drawn).collect::<Vec<_>>()))
    }

    /// The literal to look for.
    pub(super) fn keyword(&self) -> &'static str {
        self.parts.get(self.key).map_or("", Part::literal)
    }

    /// Whether the keyword is where the format begins.
    pub(super) fn leads(&self) -> bool {
        self.key == 0
    }

    /// Least and greatest number of bytes before the keyword.
    pub(super) fn before(&self) -> (usize, usize) {
        lengths(&self.parts[..self.key])
    }

    /// Where the format ends in `text` if it begins at `from`; the longest match whose end `ends` agrees to.
    pub(super) fn matches(&self, text: &[u8], from: usize, ends: impl Fn(usize) -> bool) -> Option<usize> {
        let mut steps = MAX_STEPS;
        fit(&self.parts, text, from, &ends, &mut steps)
    }
}

fn lengths(parts: &[Part]) -> (usize, usize) {
    parts.iter().fold((0, 0), |(least, most), part| match part {
        Part::Literal(text) => (least + text.len(), most + text.len()),
        Part::Hole { least: l, most: m, .. } => (least + l, most + m),
    })
}

fn hole_of(hole: &str, parts: &mut Vec<Part>) -> Option<()> {
    if hole == "g" {
        for (n, count) in [8, 4, 4, 4, 12].into_iter().enumerate() {
            if n > 0 {
                parts.push(Part::Literal("-"));
            }
            parts.push(Part::Hole { class: b'x', least: count, most: count });
        }
        return Some(());
    }
    let class = *hole.as_bytes().first()?;
    let count = hole.get(1..)?;
    let (least, most) = match count.strip_suffix('+') {
        Some(least) => (least.parse().ok()?, MANY),
        None => match count.split_once('-') {
            Some((least, most)) => (least.parse().ok()?, most.parse().ok()?),
            None => (count.parse().ok()?, count.parse().ok()?),
        },
    };
    if !b"dhHxzlCUAawubpt".contains(&class) || least > most {
        return None;
    }
    parts.push(Part::Hole { class, least, most });
    Some(())
}

/// Greedy, giving back: what a hole takes too much of is left to the part after it.
fn fit(
    parts: &[Part],
    text: &[u8],
    at: usize,
    ends: &impl Fn(usize) -> bool,
    steps: &mut usize,
) -> Option<usize> {
    let Some((part, rest)) = parts.split_first() else {
        return ends(at).then_some(at);
    };
    match part {
        Part::Literal(literal) => {
            { text.get(at..)?.starts_with(literal.as_bytes()).then(|| at + literal.len()) }
                .and_then(|next| fit(rest, text, next, ends, steps))
        }
        Part::Hole { class, least, most } => {
            let run = text.get(at..)?.iter().take(*most).take_while(|b| holds(*class, **b)).count();
            if run < *least {
                return None;
            }
            (*least..=run).rev().find_map(|taken| {
                *steps = steps.checked_sub(1)?;
                fit(rest, text, at + taken, ends, steps)
            })
        }
    }
}

fn holds(class: u8, b: u8) -> bool {
    match class {
        b'd' => b.is_ascii_digit(),
        b'h' => matches!(b, b'0'..=b'9' | b'a'..=b'f'),
        b'H' => matches!(b, b'0'..=b'9' | b'A'..=b'F'),
        b'x' => b.is_ascii_hexdigit(),
        b'z' => b.is_ascii_lowercase(),
        b'l' => b.is_ascii_lowercase() || b.is_ascii_digit(),
        b'C' => b.is_ascii_uppercase(),
        b'U' => b.is_ascii_uppercase() || b.is_ascii_digit(),
        b'A' => matches!(b, b'A'..=b'Z' | b'2'..=b'7'),
        b'a' => b.is_ascii_alphabetic(),
        b'w' => b.is_ascii_alphanumeric(),
        b'u' => b.is_ascii_alphanumeric() || b == b'_' || b == b'-',
        b'b' => b.is_ascii_alphanumeric() || b == b'+' || b == b'/',
        b'p' => b.is_ascii_alphanumeric() || b"+/=_-".contains(&b),
        b't' => b.is_ascii_alphanumeric() || b"_-.=%~+/".contains(&b),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn end(template: &'static str, text: &str) -> Option<usize> {
        let template = Template::parse(template).unwrap();
        let ends = |at: usize| !text.as_bytes().get(at).is_some_and(|b: &u8| b.is_ascii_alphanumeric());
        template.matches(text.as_bytes(), 0, ends)
    }

    #[test]
    fn holes_take_what_they_may_and_give_back() {
        assert_eq!(end("ab_<d3>", "ab_123"), Some(6));
        assert_eq!(end("ab_<d3>", "ab_1234"), None);
        assert_eq!(end("ab_<d3>", "ab_12"), None);
        assert_eq!(end("ab_<d2-4>.<h1>", "ab_123.f rest"), Some(8));
        assert_eq!(end("<t2+>.<z3>", "a.b.c.end"), Some(9));
        assert_eq!(end("<g>", "123e4567-e89b-12d3-a456-426614174000"), None.or(Some(36)));
        assert_eq!(end("x=<b2+>==", "x=ab+/cd=="), Some(10));
    }

    #[test]
    fn the_longest_literal_leads_where_a_hole_comes_first() {
        let template = Template::parse("<h4>-us<d1-2>").unwrap();
        assert_eq!((template.keyword(), template.leads(), template.before()), ("-us", false, (4, 4)));
        assert_eq!(Template::parse("ghp_<w36>").unwrap().keyword(), "ghp_");
        assert!(
            Template::parse("<w36>").unwrap().is_whole()
                && Template::parse("<h24>:<h64>").unwrap().is_whole()
        );
        assert_eq!(Template::parse("a<q3>"), None);
        assert_eq!(Template::parse("a<w3"), None);
    }

    #[test]
    fn a_text_made_to_be_slow_is_given_up() {
        let text = ".a".repeat(5_000);
        assert_eq!(end("<t2+>.<t2+>.<t2+>!", &text), None);
    }
}
