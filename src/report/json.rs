//! The JSON report: the whole view, in an order that never changes, inert on a terminal and in HTML.

use std::io::{self, BufWriter, Write};

use memchr::memchr2;
use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};

use super::View;
use crate::source::{is_active, is_plain};

/// Writes the report and a line feed.
///
/// # Errors
/// What `out` said.
pub fn render(view: &View, out: &mut dyn Write) -> io::Result<()> {
    write(view, out)
}

/// Writes any value in the same manner.
///
/// # Errors
/// What `out` said.
pub fn write(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    // A report is written in pieces of a few bytes: they are gathered where no call through a table leads.
    let mut gathered = BufWriter::with_capacity(1 << 16, out);
    value.serialize(&mut Serializer::with_formatter(&mut gathered, Lines::default()))?;
    gathered.write_all(b"\n")?;
    gathered.flush()
}

/// Writes any value on one line, and a line feed.
///
/// # Errors
/// What `out` said.
pub fn line<W: Write + ?Sized>(value: &impl Serialize, out: &mut W) -> io::Result<()> {
    value.serialize(&mut Serializer::with_formatter(&mut *out, Line))?;
    out.write_all(b"\n")
}

/// A list whose elements are made as they are written, so that a long one is never held whole.
pub struct Each<F>(pub F);

impl<F, I> Serialize for Each<F>
where
    F: Fn() -> I,
    I: Iterator<Item: Serialize>,
{
    fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_seq((self.0)())
    }
}

/// Escapes inside of strings what JSON would let through: DEL and C1 controls, marks of direction, `<` and `>`.
fn write_inert<W: ?Sized + Write>(out: &mut W, fragment: &str) -> io::Result<()> {
    let escaped = |c: char| is_active(c) || matches!(c, '<' | '>');
    if is_plain(fragment) && memchr2(b'<', b'>', fragment.as_bytes()).is_none() {
        return out.write_all(fragment.as_bytes());
    }
    let mut rest = fragment;
    while let Some((at, c)) = rest.char_indices().find(|(_, c)| escaped(*c)) {
        out.write_all(&rest.as_bytes()[..at])?;
        for unit in c.encode_utf16(&mut [0; 2]) {
            write!(out, "\\u{unit:04x}")?;
        }
        rest = &rest[at + c.len_utf8()..];
    }
    out.write_all(rest.as_bytes())
}

/// All on one line.
struct Line;

impl Formatter for Line {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, out: &mut W, fragment: &str) -> io::Result<()> {
        write_inert(out, fragment)
    }
}

/// A line for each element, two blanks deeper at each level; what is empty stays on its line.
#[derive(Default)]
struct Lines {
    depth: usize,
    /// Whether the list or object that ends has anything in it.
    filled: bool,
}

impl Lines {
    /// The next line, after a comma or not: one write, where each blank would be one otherwise.
    fn next<W: ?Sized + Write>(&self, out: &mut W, comma: bool) -> io::Result<()> {
        const NEXT: &[u8; 66] = b",\n                                                                ";
        let wanted = 2 * self.depth;
        let most = wanted.min(NEXT.len() - 2);
        out.write_all(&NEXT[usize::from(!comma)..2 + most])?;
        (most..wanted).try_for_each(|_| out.write_all(b" "))
    }

    fn begin<W: ?Sized + Write>(&mut self, out: &mut W, bracket: &[u8]) -> io::Result<()> {
        self.depth += 1;
        self.filled = false;
        out.write_all(bracket)
    }

    fn end<W: ?Sized + Write>(&mut self, out: &mut W, bracket: &[u8]) -> io::Result<()> {
        self.depth -= 1;
        if self.filled {
            self.next(out, false)?;
        }
        out.write_all(bracket)
    }
}

impl Formatter for Lines {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, out: &mut W, fragment: &str) -> io::Result<()> {
        write_inert(out, fragment)
    }
    fn begin_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.begin(out, b"[")
    }
    fn end_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.end(out, b"]")
    }
    fn begin_array_value<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.next(out, !first)
    }
    fn end_array_value<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.filled = true;
        Ok(())
    }
    fn begin_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.begin(out, b"{")
    }
    fn end_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.end(out, b"}")
    }
    fn begin_object_key<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.next(out, !first)
    }
    fn begin_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        out.write_all(b": ")
    }
    fn end_object_value<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.filled = true;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_those_that_everybody_indents_by() {
        let mut deep = serde_json::json!([[], {}, [1], { "a": [{}], "b": { "c": null } }]);
        for _ in 0..40 {
            deep = serde_json::json!([deep, { "d": [] }]);
        }
        let mut written = Vec::new();
        write(&deep, &mut written).unwrap();
        assert_eq!(String::from_utf8(written).unwrap(), serde_json::to_string_pretty(&deep).unwrap() + "\n");
    }
}
