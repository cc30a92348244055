//! The text of a file as a stream: unpacked if it is packed, and never more of it than a limit.

use std::{
    io::{self, BufRead, BufReader, Chain, Cursor, Read},
    path::Path,
};

use flate2::bufread::MultiGzDecoder;

use super::packed::{MAGIC, Unpacker};
use crate::source::open;

/// First bytes of a gzip member (RFC 1952).
const GZIP: &[u8] = &[0x1f, 0x8b];
/// Bytes of text that are looked at before it is read.
const HEAD: u64 = 1 << 16;

/// How much of a text is read. What is packed small may be endless, and a value takes more room in memory than in a file.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Most bytes, unpacked.
    pub bytes: u64,
    /// Most values of JSON: commas outside of its strings.
    pub values: u64,
}

/// Why a text is not read to its end; it is the inner error of the [`io::Error`] of a reader.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It has more bytes than the limit.
    #[error("its text is larger than {0} bytes")]
    Bytes(u64),
    /// It has more values than the limit.
    #[error("it holds more than {0} values")]
    Values(u64),
    /// It cannot be unpacked any further than this many bytes.
    #[error("it cannot be unpacked after {0} bytes of its text: {1}")]
    Packed(u64, String),
}

/// A text that was opened, and of which the beginning is known.
pub struct Text<'a> {
    head: Vec<u8>,
    rest: Box<dyn Read + 'a>,
    packed: bool,
}

impl<'a> Text<'a> {
    /// The text of the file at `path`.
    ///
    /// # Errors
    /// It cannot be read, or is packed and damaged.
    pub fn open(path: &Path) -> io::Result<Text<'static>> {
        Text::of(open::open(path)?)
    }

    /// The text of what `input` gives: packed by Zstandard or gzip, by its first bytes, or as it is.
    ///
    /// # Errors
    /// As [`Text::open`].
    pub fn of(input: impl Read + 'a) -> io::Result<Self> {
        let mut input = BufReader::with_capacity(1 << 16, input);
        let mut first = Vec::new();
        input.by_ref().take(MAGIC.len() as u64).read_to_end(&mut first)?;
        let packed = first.starts_with(MAGIC) || first.starts_with(GZIP);
        let input = BufReader::new(Cursor::new(first.clone()).chain(input));
        let mut rest: Box<dyn Read + 'a> = match &first {
            zstd if zstd.starts_with(MAGIC) => Box::new(Unpacker::new(input)),
            gzip if gzip.starts_with(GZIP) => Box::new(MultiGzDecoder::new(input)),
            _ => Box::new(input),
        };
        let mut head = Vec::new();
        let read = rest.by_ref().take(HEAD).read_to_end(&mut head);
        read.map_err(|error| spoiled(packed, head.len() as u64, error))?;
        Ok(Self { head, rest, packed })
    }

    /// The beginning of the text, and whether that is all of it.
    pub fn head(&self) -> (&[u8], bool) {
        (&self.head, (self.head.len() as u64) < HEAD)
    }

    /// The whole text. Where it is refused, the error holds a [`Refusal`].
    pub fn reader(self, limits: Limits) -> impl BufRead + 'a {
        let measured = Measured {
            text: Cursor::new(self.head).chain(self.rest),
            packed: self.packed,
            limits,
            read: 0,
            count: Count::default(),
        };
        BufReader::with_capacity(1 << 16, measured)
    }
}

fn spoiled(packed: bool, at: u64, error: io::Error) -> io::Error {
    match packed {
        true => io::Error::other(Refusal::Packed(at, error.to_string())),
        false => error,
    }
}

struct Measured<'a> {
    text: Chain<Cursor<Vec<u8>>, Box<dyn Read + 'a>>,
    packed: bool,
    limits: Limits,
    read: u64,
    count: Count,
}

impl Read for Measured<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.text.read(out).map_err(|error| spoiled(self.packed, self.read, error))?;
        self.read += read as u64;
        self.count.add(&out[..read]);
        let Limits { bytes, values } = self.limits;
        if self.read > bytes {
            return Err(io::Error::other(Refusal::Bytes(bytes)));
        }
        if self.count.commas >= values {
            return Err(io::Error::other(Refusal::Values(values)));
        }
        Ok(read)
    }
}

/// Commas of a JSON text that stand outside of strings, over pieces of it.
#[derive(Debug, Default)]
struct Count {
    commas: u64,
    quoted: bool,
    escaped: bool,
}

impl Count {
    fn add(&mut self, bytes: &[u8]) {
        // The byte after a backslash means nothing, in the next piece too.
        let mut dead = std::mem::take(&mut self.escaped).then_some(0);
        for at in memchr::memchr3_iter(b'"', b',', b'\\', bytes) {
            match bytes[at] {
                _ if dead == Some(at) => {}
                b'"' => self.quoted = !self.quoted,
                b',' if !self.quoted => self.commas += 1,
                b'\\' if self.quoted => {
                    dead = Some(at + 1);
                    self.escaped = at + 1 == bytes.len();
                }
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commas_are_counted_outside_of_strings_however_the_text_is_cut() {
        for (text, commas) in [
            (r#"[1,2,"a,b\",c",3]"#, 3),
            (r#"{"a\\":"\\",",":[],"x":"\\\",\\"}"#, 2),
            ("", 0),
            (r#"",,,"#, 0),
        ] {
            for cut in 0..=text.len() {
                let mut count = Count::default();
                count.add(&text.as_bytes()[..cut]);
                count.add(&text.as_bytes()[cut..]);
                assert_eq!(count.commas, commas, "{text} cut at {cut}");
            }
        }
    }

    #[test]
    fn a_limit_is_named_and_is_the_last_that_is_read() {
        let read = |text: &'static str, bytes, values| {
            let mut all = String::new();
            let text = Text::of(text.as_bytes()).unwrap();
            let done = text.reader(Limits { bytes, values }).read_to_string(&mut all);
            done.map_err(|error| error.downcast::<Refusal>().unwrap())
        };
        assert_eq!(read("[1,2,3]", 7, 3), Ok(7));
        assert_eq!(read("[1,2,3]", 6, 3), Err(Refusal::Bytes(6)));
        assert_eq!(read("[1,2,3]", 7, 2), Err(Refusal::Values(2)));
    }
}
