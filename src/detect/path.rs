//! Paths of attributes: names made inert, dynamic ones as `{*}`, what was unpacked marked with `|`.

use crate::source::is_active;

/// Longest name shown, in characters.
const MAX_NAME: usize = 96;

/// One step from an item to a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step<'p> {
    /// An attribute or a map's entry, by its name: one that was looked at and is no secret.
    Name(&'p str),
    /// An entry whose name is a secret.
    Star,
    /// An element of a list or a set.
    Element,
    /// What was packed inside: `json`, `base64`.
    Unpacked(&'static str),
}

/// Where a value lies: a step, and where that was taken from. It lives as long as the walk stands there.
#[derive(Clone, Copy)]
pub(crate) struct Path<'p> {
    pub up: Option<&'p Path<'p>>,
    pub step: Step<'p>,
}

impl<'p> Path<'p> {
    /// One step further.
    pub(crate) fn to(&'p self, step: Step<'p>) -> Path<'p> {
        Path { up: Some(self), step }
    }

    /// As reports write it.
    pub(crate) fn render(&self) -> String {
        let mut out = self.up.map(Path::render).unwrap_or_default();
        let segment = Segment::from(self.step);
        segment.write(&mut out);
        out
    }
}

/// A step as it may be kept and shown.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Segment {
    /// A name, made inert.
    Name(Box<str>),
    /// An entry whose name is a secret, or one of too many.
    Star,
    /// An element of a list or a set.
    Element,
    /// What was packed inside.
    Unpacked(&'static str),
}

impl From<Step<'_>> for Segment {
    fn from(step: Step<'_>) -> Self {
        match step {
            Step::Name(name) => Segment::Name(shown_name(name).into()),
            Step::Star => Segment::Star,
            Step::Element => Segment::Element,
            Step::Unpacked(how) => Segment::Unpacked(how),
        }
    }
}

impl Segment {
    fn write(&self, path: &mut String) {
        if matches!(self, Segment::Name(_) | Segment::Star) && !path.is_empty() {
            path.push('.');
        }
        match self {
            Segment::Name(name) => path.push_str(name),
            Segment::Star => path.push_str(STAR),
            Segment::Element => path.push_str("[]"),
            Segment::Unpacked(how) => {
                path.push('|');
                path.push_str(how);
            }
        }
    }
}

/// How a path writes an entry whose name it does not tell.
pub(crate) const STAR: &str = "{*}";

/// Writes a path: `auth.tokens[].refresh`, `blob|json.token`, `sessions.{*}`.
pub(crate) fn render(segments: &[Segment]) -> String {
    let mut path = String::new();
    segments.iter().for_each(|segment| segment.write(&mut path));
    path
}

/// A name as paths and reports show it: nothing in it can move a cursor, turn the direction of writing,
/// or be taken for the path's own signs (`.`, `[`, `]`, `|`, a lone `{*}`), and it is not endless.
pub fn shown_name(name: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
    if (1..=MAX_NAME).contains(&name.len()) && name.bytes().all(plain) {
        return name.to_owned();
    }
    let mut shown = String::new();
    for (i, c) in name.chars().enumerate() {
        if i == MAX_NAME {
            shown.push('…');
            break;
        }
        if is_active(c) || matches!(c, '.' | '[' | ']' | '|' | '\\' | '…') || name == STAR {
            shown.push_str(&format!("\\u{{{:x}}}", u32::from(c)));
        } else {
            shown.push(c);
        }
    }
    if shown.is_empty() { "\\u{}".to_owned() } else { shown }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_inert() {
        assert_eq!(shown_name("user.email"), "user\\u{2e}email");
        assert_eq!(shown_name("a\u{1b}[31m\nb"), "a\\u{1b}\\u{5b}31m\\u{a}b");
        assert_eq!(shown_name("\u{202e}evil"), "\\u{202e}evil");
        assert_eq!(shown_name("{*}"), "\\u{7b}\\u{2a}\\u{7d}");
        assert_eq!(shown_name("*amzn-ddb-map-desc*"), "*amzn-ddb-map-desc*");
        assert_eq!(shown_name(&"n".repeat(500)).chars().count(), MAX_NAME + 1);
    }

    #[test]
    fn paths_are_written_with_their_signs() {
        use Segment::{Element, Name, Star, Unpacked};
        let name = |n: &str| Name(n.into());
        assert_eq!(
            render(&[name("auth"), name("tokens"), Element, name("refresh")]),
            "auth.tokens[].refresh"
        );
        assert_eq!(
            render(&[name("blob"), Unpacked("base64"), Unpacked("json"), name("x")]),
            "blob|base64|json.x"
        );
        assert_eq!(render(&[name("sessions"), Star]), "sessions.{*}");
    }
}
