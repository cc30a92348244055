//! A text with a name, and the one renderer of what is wrong in it: message, place, line, caret, help.

pub mod fields;
pub mod glob;
pub mod near;
pub mod open;
pub mod place;
pub mod redact;
pub mod text;

use std::{fmt::Write, ops::Range};

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Bytes of a text, by offset.
pub type Span = Range<usize>;

/// A text that somebody wrote, and where it comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Source {
    /// Path, or another name to print.
    pub name: String,
    /// The text.
    pub text: String,
}

/// What is wrong, where, and what helps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// One sentence, lower case, no full stop.
    pub message: String,
    /// The part of the text that it is about.
    pub span: Span,
    /// What to do.
    pub help: Option<String>,
    /// What else to know.
    pub note: Option<String>,
    /// Whether the line may hold a secret, so that no value in it is shown.
    pub redacted: bool,
}

impl Problem {
    /// A problem without help or note.
    pub fn new(span: Span, message: impl Into<String>) -> Self {
        Self { message: message.into(), span, help: None, note: None, redacted: false }
    }

    /// Adds help, where there is some.
    #[must_use]
    pub fn help(mut self, help: impl Into<Option<String>>) -> Self {
        self.help = help.into();
        self
    }

    /// Adds a note.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }
}

/// Columns of a line that are shown; a longer line is cut around the place.
const WINDOW: usize = 160;
/// Columns kept before the place when a line is cut.
const BEFORE: usize = 60;
/// Bytes of a message that are shown.
const MESSAGE: usize = 2000;

impl Source {
    /// A named text.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self { name: name.into(), text: text.into() }
    }

    /// Line and column (in characters) of a byte offset, both from 1.
    pub fn position(&self, offset: usize) -> (usize, usize) {
        let before = &self.text[..floor(&self.text, offset)];
        let start = before.rfind('\n').map_or(0, |i| i + 1);
        (before.matches('\n').count() + 1, before[start..].chars().count() + 1)
    }

    /// The problem as text of several lines, without a newline at the end. Control characters come out escaped.
    pub fn render(&self, problem: &Problem) -> String {
        let from = floor(&self.text, problem.span.start);
        let to = floor(&self.text, problem.span.end).max(from);
        let (row, column) = self.position(from);
        let start = self.text[..from].rfind('\n').map_or(0, |i| i + 1);
        let end = self.text[from..].find('\n').map_or(self.text.len(), |i| from + i);
        let line_end = start + self.text[start..end].trim_end_matches('\r').len();
        let stop = to.clamp(from.min(line_end), line_end.max(from));

        let pad = " ".repeat(row.to_string().len());
        let line = &self.text[start..line_end];
        let line = if problem.redacted { redact::values(line) } else { redact::user_info(line) };
        let (from, stop) = (from.min(line_end) - start, stop.min(line_end) - start);
        let (lead, marked, tail) =
            cut(&escape_line(&line[..from]), &escape_line(&line[from..stop]), &escape_line(&line[stop..]));
        let carets = "^".repeat(marked.width().max(1));
        let rest = if to > end { format!(" to line {}", self.position(to).0) } else { String::new() };

        let mut out = format!("error: {}\n", escape(short(&problem.message)));
        let _ = writeln!(out, "{pad} --> {}:{row}:{column}", escape(&self.name));
        let _ = writeln!(out, "{pad} |");
        let _ = writeln!(out, "{}", format!("{row} | {lead}{marked}{tail}").trim_end());
        let _ = write!(out, "{pad} | {}{carets}{rest}", " ".repeat(lead.width()));
        for (word, text) in [("help", &problem.help), ("note", &problem.note)] {
            if let Some(text) = text {
                let _ = write!(out, "\n{pad} = {word}: {}", escape(short(text)));
            }
        }
        out
    }
}

/// The first bytes of a text: a parser may tell all of what it could not read.
fn short(text: &str) -> &str {
    &text[..floor(text, MESSAGE)]
}

/// The nearest character boundary at or before `offset`.
fn floor(text: &str, offset: usize) -> usize {
    let mut at = offset.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Makes active characters visible, so that a text cannot act on a terminal or hide a part of itself.
pub fn escape(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut out, c| {
        if is_active(c) {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
        out
    })
}

/// As [`escape`], with tabs as four spaces.
fn escape_line(text: &str) -> String {
    escape(&text.replace('\t', "    "))
}

/// Whether `text` is of printable ASCII alone, none of which is active: nearly every text is, and is told at once.
pub fn is_plain(text: &str) -> bool {
    text.bytes().fold(true, |plain, byte| plain & matches!(byte, b' '..=b'~'))
}

/// Whether `c` could steer a terminal, reorder what is read, or be there unseen: controls (C0, C1, DEL),
/// marks of direction, separators of lines, what has no glyph, and what no page or XML may hold.
pub fn is_active(c: char) -> bool {
    c.is_control() || is_invisible(c) || is_no_character(c)
}

/// Unicode's noncharacters: the last two of each plane, and 32 more.
fn is_no_character(c: char) -> bool {
    u32::from(c) & 0xFFFE == 0xFFFE || matches!(c, '\u{FDD0}'..='\u{FDEF}')
}

/// Marks of direction, separators of lines, and characters without a glyph (Unicode's default-ignorable ones).
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
        | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}'
        | '\u{FFF0}'..='\u{FFFB}' | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}'
        | '\u{E0000}'..='\u{E0FFF}')
}

/// Cuts a long line to a window around the marked part.
fn cut(lead: &str, marked: &str, tail: &str) -> (String, String, String) {
    if lead.width() + marked.width() + tail.width() <= WINDOW {
        return (lead.to_owned(), marked.to_owned(), tail.to_owned());
    }
    let kept: String = lead.chars().rev().take(BEFORE).collect();
    let mut shown: String = kept.chars().rev().collect();
    if shown.len() < lead.len() {
        shown.insert_str(0, "...");
    }
    let room = WINDOW.saturating_sub(shown.width());
    let marked_shown = fit(marked, room);
    let mut tail_shown = fit(tail, room.saturating_sub(marked_shown.width()));
    if marked_shown.len() < marked.len() || tail_shown.len() < tail.len() {
        tail_shown.push_str("...");
    }
    (shown, marked_shown, tail_shown)
}

/// The longest beginning of `text` that takes at most `columns`.
fn fit(text: &str, columns: usize) -> String {
    let mut left = columns;
    text.chars()
        .take_while(|c| {
            let width = c.width().unwrap_or(0);
            let fits = width <= left;
            left = left.saturating_sub(width);
            fits
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str, mark: &str) -> String {
        let start = text.find(mark).unwrap();
        Source::new("a.toml", text).render(&Problem::new(start..start + mark.len(), "it is wrong"))
    }

    #[test]
    fn shows_the_line_the_place_help_and_note() {
        let source = Source::new("checks/x.toml", "a = 1\nflag = '!table.deletion_protecton'\n");
        let problem = Problem::new(21..39, "table has no field `deletion_protecton`")
            .help("did you mean `deletion_protection`?".to_owned())
            .note("see `docs/facts.md`");
        assert_eq!(
            source.render(&problem),
            "\
error: table has no field `deletion_protecton`
  --> checks/x.toml:2:16
  |
2 | flag = '!table.deletion_protecton'
  |                ^^^^^^^^^^^^^^^^^^
  = help: did you mean `deletion_protection`?
  = note: see `docs/facts.md`"
        );
    }

    #[test]
    fn tabs_and_wide_characters_keep_the_caret_below_the_place() {
        assert_eq!(
            at("\tx = '漢字' bad", "bad"),
            "error: it is wrong\n  --> a.toml:1:11\n  |\n1 |     x = '漢字' bad\n  |                ^^^"
        );
    }

    #[test]
    fn a_place_of_several_lines_is_marked_to_the_end_of_the_first() {
        assert_eq!(
            at("a = '''one\r\ntwo'''\r\nb", "one\r\ntwo"),
            "error: it is wrong\n  --> a.toml:1:8\n  |\n1 | a = '''one\n  |        ^^^ to line 2"
        );
    }

    #[test]
    fn control_characters_are_escaped_everywhere() {
        let source = Source::new("a\x1b[2J.toml", "x = '\x1b]0;pwn\x07\u{202e}' bad");
        let start = source.text.find("bad").unwrap();
        let problem = Problem::new(start..start + 3, "m\nn").help("h\x08".to_owned());
        assert_eq!(
            source.render(&problem),
            "error: m\\u{a}n\n  --> a\\u{1b}[2J.toml:1:17\n  |\n\
             1 | x = '\\u{1b}]0;pwn\\u{7}\\u{202e}' bad\n  |                                 ^^^\n  = help: h\\u{8}"
        );
    }

    #[test]
    fn what_acts_or_hides_is_active_and_writing_is_not() {
        for c in '\0'..='\u{ff}' {
            assert!(!(is_plain(&c.to_string()) && is_active(c)), "{c:?}");
        }
        let active = "\0\t\n\r\u{7}\u{1b}\u{7f}\u{9b}\u{ad}\u{61c}\u{115f}\u{180e}\u{200b}\u{200f}\u{2028}\u{202e}\u{2066}\u{3164}\u{fe0f}\u{feff}\u{fff9}\u{1d173}\u{e0041}";
        for c in active.chars() {
            assert!(is_active(c), "{c:?}");
            assert_eq!(escape(&format!("a{c}b")), format!("a\\u{{{:x}}}b", u32::from(c)));
        }
        for plain in ["Größe e\u{301}", "表 \u{a0}\u{3000}", "עברית", "=cmd()|'/c calc' <b>"] {
            assert_eq!(escape(plain), plain);
        }
    }

    #[test]
    fn the_end_of_the_text_and_offsets_beyond_it_have_a_place() {
        let source = Source::new("a", "é\n");
        assert_eq!(source.position(1), (1, 1));
        assert_eq!(source.position(99), (2, 1));
        assert_eq!(
            source.render(&Problem::new(99..120, "cut short")),
            "error: cut short\n  --> a:2:1\n  |\n2 |\n  | ^"
        );
        assert!(Source::new("a", "").render(&Problem::new(0..0, "empty")).ends_with("1 |\n  | ^"));
    }

    #[test]
    fn a_line_of_a_megabyte_is_cut_around_the_place() {
        let text = format!("{}bad{}", "x".repeat(1 << 20), "y".repeat(1 << 20));
        let shown = at(&text, "bad");
        assert!(shown.len() < 600, "{}", shown.len());
        assert!(shown.contains("...xxx") && shown.contains("xbady") && shown.contains("yyy..."));
    }
}
