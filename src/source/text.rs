//! A string of a TOML file with the way back: where in the file each byte of it was written.

use super::Span;

/// A string value and its place.
#[derive(Debug, Clone, Default)]
pub struct Text {
    /// The value.
    pub value: String,
    /// The whole of it in the file, quotes included.
    pub span: Span,
    /// Offset in the file of each byte of the value, and of its end; none where the way back is lost.
    offsets: Option<Vec<usize>>,
}

impl Text {
    /// The string that `span` of `file` was read as.
    pub fn new(file: &str, span: Span, value: &str) -> Self {
        let offsets = file.get(span.clone()).and_then(|raw| offsets(raw, span.start, value));
        Self { value: value.to_owned(), span, offsets }
    }

    /// The place in the file of a part of the value.
    pub fn place(&self, part: Span) -> Span {
        let Some(offsets) = &self.offsets else { return self.span.clone() };
        let at = |i: usize| offsets.get(i).or(offsets.last()).copied().unwrap_or(self.span.start);
        let start = at(part.start);
        // An escape is one character of several bytes: the end is the start of what follows.
        start..at(part.end).max(start + 1)
    }
}

/// Where each byte of `value` stands, by reading the raw string once more; none unless it comes out the same.
fn offsets(raw: &str, base: usize, value: &str) -> Option<Vec<usize>> {
    let quote = raw.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let triple: String = std::iter::repeat_n(quote, 3).collect();
    let mut at = 1;
    let mut end = raw.len().checked_sub(1)?;
    if raw.len() >= 6 && raw.starts_with(&triple) {
        at = 3;
        end = raw.len() - 3;
        at += if raw[at..].starts_with("\r\n") { 2 } else { usize::from(raw[at..].starts_with('\n')) };
    }
    let mut read = String::with_capacity(value.len());
    let mut map = Vec::with_capacity(value.len() + 1);
    while at < end {
        let rest = raw.get(at..end)?;
        let c = rest.chars().next()?;
        let (decoded, length) =
            if c == '\\' && quote == '"' { escape(rest)? } else { (Some(c), c.len_utf8()) };
        if let Some(decoded) = decoded {
            map.extend(std::iter::repeat_n(base + at, decoded.len_utf8()));
            read.push(decoded);
        }
        at += length;
    }
    map.push(base + end);
    (read == value).then_some(map)
}

/// The character that an escape stands for (none for a joined line) and the escape's length.
fn escape(rest: &str) -> Option<(Option<char>, usize)> {
    let digits = match rest[1..].chars().next()? {
        'b' => return Some((Some('\u{8}'), 2)),
        't' => return Some((Some('\t'), 2)),
        'n' => return Some((Some('\n'), 2)),
        'f' => return Some((Some('\u{c}'), 2)),
        'r' => return Some((Some('\r'), 2)),
        'e' => return Some((Some('\u{1b}'), 2)),
        c @ ('"' | '\\') => return Some((Some(c), 2)),
        'x' => 2,
        'u' => 4,
        'U' => 8,
        c if c.is_whitespace() => return Some((None, rest.len() - rest[1..].trim_start().len())),
        _ => return None,
    };
    let code = u32::from_str_radix(rest.get(2..2 + digits)?, 16).ok()?;
    Some((Some(char::from_u32(code)?), 2 + digits))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(file: &str, part: &str) -> String {
        let table = toml::de::DeTable::parse(file).unwrap();
        let (_, value) = table.get_ref().iter().next().unwrap();
        let text = Text::new(file, value.span(), value.get_ref().as_str().unwrap());
        let start = text.value.find(part).unwrap();
        file[text.place(start..start + part.len())].to_owned()
    }

    #[test]
    fn a_part_of_each_kind_of_string_is_found_again() {
        for file in [
            "a = 'x == y'",
            "a = \"x == y\"",
            "a = '''x == y'''",
            "a = '''\nx\n== y'''",
            "a = \"\"\"\r\nx == y\"\"\"",
            "a = \"\\u00e9\\t\\\"é\\\" x == y\"",
            "a = \"\"\"\n  x \\\n    == y \\U0001F600\"\"\"",
            "a = \"\\x41\\e y\"",
            "a = \"\"\"\"y\" \"\"\"",
        ] {
            assert_eq!(place(file, "y"), "y", "{file}");
        }
        assert_eq!(place("a = \"1 \\\" 2\"", "\""), "\\\"");
    }

    #[test]
    fn without_a_way_back_the_whole_string_is_the_place() {
        let text = Text::new("a = 'other'", 4..11, "something");
        assert_eq!(text.place(2..4), 4..11);
        assert_eq!(Text::new("", 4..11, "x").place(0..1), 4..11);
    }

    #[test]
    fn the_end_of_the_value_is_its_closing_quote() {
        let text = Text::new("a = 'xy'", 4..8, "xy");
        assert_eq!(text.place(2..2), 7..8);
    }
}
