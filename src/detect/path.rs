//! Paths of attributes: names made inert, dynamic ones as `*`, what was unpacked marked with `|`.

use crate::source::is_active;

/// Longest name shown, in characters.
const MAX_NAME: usize = 96;

/// One step from an item to a value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Segment {
    /// An attribute or a map's entry, by its name as shown.
    Name(String),
    /// An entry whose name is a secret, or one of too many.
    Star,
    /// An element of a list or a set.
    Element,
    /// What was packed inside: `json`, `base64`.
    Unpacked(&'static str),
}

/// Writes a path: `auth.tokens[].refresh`, `blob|json.token`, `sessions.*`.
pub(crate) fn render(segments: &[Segment]) -> String {
    let mut path = String::new();
    for segment in segments {
        if matches!(segment, Segment::Name(_) | Segment::Star) && !path.is_empty() {
            path.push('.');
        }
        match segment {
            Segment::Name(name) => path.push_str(name),
            Segment::Star => path.push('*'),
            Segment::Element => path.push_str("[]"),
            Segment::Unpacked(how) => {
                path.push('|');
                path.push_str(how);
            }
        }
    }
    path
}

/// A name as paths and reports show it: nothing in it can move a cursor, turn the direction of writing,
/// or be taken for the path's own signs (`.`, `[`, `]`, `|`, a lone `*`), and it is not endless.
pub fn shown_name(name: &str) -> String {
    let mut shown = String::new();
    for (i, c) in name.chars().enumerate() {
        if i == MAX_NAME {
            shown.push('…');
            break;
        }
        if is_active(c) || matches!(c, '.' | '[' | ']' | '|' | '\\' | '…') || name == "*" {
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
        assert_eq!(shown_name("*"), "\\u{2a}");
        assert_eq!(shown_name("*amzn-ddb-map-desc*"), "*amzn-ddb-map-desc*");
        assert_eq!(shown_name(&"n".repeat(500)).chars().count(), MAX_NAME + 1);
    }

    #[test]
    fn paths_are_written_with_their_signs() {
        use Segment::{Element, Name, Star, Unpacked};
        let name = |n: &str| Name(n.to_owned());
        assert_eq!(
            render(&[name("auth"), name("tokens"), Element, name("refresh")]),
            "auth.tokens[].refresh"
        );
        assert_eq!(
            render(&[name("blob"), Unpacked("base64"), Unpacked("json"), name("x")]),
            "blob|base64|json.x"
        );
        assert_eq!(render(&[name("sessions"), Star]), "sessions.*");
    }
}
