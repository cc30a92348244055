//! Text from AWS made inert: what could steer a terminal or hide from the eye is shown as an escape.

use std::borrow::Cow;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::source::{is_active, is_plain};

/// `text` on one line, with everything active shown as an escape: `\n`, `\u{1b}`.
pub fn inert(text: &str) -> Cow<'_, str> {
    escape(text, is_active)
}

/// As [`inert`], but for line feeds and tabs: for texts of our own that have lines and quote others.
pub fn inert_lines(text: &str) -> Cow<'_, str> {
    escape(text, |c| is_active(c) && !matches!(c, '\n' | '\t'))
}

fn escape(text: &str, active: impl Fn(char) -> bool) -> Cow<'_, str> {
    if is_plain(text) || !text.chars().any(&active) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            c if !active(c) => out.push(c),
            '\n' | '\r' | '\t' => out.extend(c.escape_default()),
            c => out.extend(c.escape_unicode()),
        }
    }
    Cow::Owned(out)
}

/// `text` inert and cut to `most` columns, the last one an ellipsis where something was cut.
///
/// What takes no column counts as one, so that a thousand combining marks are cut too.
pub fn cell(text: &str, most: usize) -> String {
    // Whatever lies beyond this many characters is cut in any case; a megabyte is not escaped first.
    let near: String = text.chars().take(most + 1).collect();
    let takes = |c: char| c.width().unwrap_or(1).max(1);
    let safe = inert(&near);
    let mut used = 0;
    let mut fits = 0;
    for (at, c) in safe.char_indices() {
        used += takes(c);
        if used > most {
            return format!("{}…", &safe[..fits]);
        }
        if used < most {
            fits = at + c.len_utf8();
        }
    }
    safe.into_owned()
}

/// Columns that `text` takes on a terminal.
pub fn columns(text: &str) -> usize {
    text.width()
}

/// A count with its thousands set apart: `2,345`.
pub fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 table`, `2 tables`.
pub fn counted(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(n), if n == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_a_terminal_is_shown() {
        assert_eq!(inert("a\u{1b}]0;x\u{7}b"), "a\\u{1b}]0;x\\u{7}b");
        assert_eq!(inert("a\r\n\u{9b}31m"), "a\\r\\n\\u{9b}31m");
        assert_eq!(inert("\u{202e}exe.txt\u{2066}"), "\\u{202e}exe.txt\\u{2066}");
        assert_eq!(inert_lines("a\n\u{1b}"), "a\n\\u{1b}");
    }

    #[test]
    fn plain_text_is_left_alone() {
        assert!(matches!(inert("Größe 表 =cmd()|'/c calc' <b>"), Cow::Borrowed(_)));
    }

    #[test]
    fn cells_are_cut_by_columns() {
        assert_eq!(cell("abcdef", 6), "abcdef");
        assert_eq!(cell("abcdefg", 6), "abcde…");
        assert_eq!(cell("表表表", 5), "表表…");
        assert_eq!(cell(&"e\u{301}".repeat(1_000_000), 10).chars().count(), 10);
        assert_eq!(cell(&"\u{1b}".repeat(100), 12).chars().count(), 12);
    }

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!([count(0), count(999), count(1000), count(1_234_567)], ["0", "999", "1,000", "1,234,567"]);
        assert_eq!(counted(1, "table", "tables"), "1 table");
    }
}
