//! The lines of one compressed file, each handed on and wiped; with the digest of the file as it lies there.

use std::io::{self, BufRead, BufReader, Read};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use flate2::bufread::MultiGzDecoder;
use md5::{Digest, Md5};
use zeroize::Zeroize;

/// Largest line: an item of 400 KB takes less in DynamoDB JSON, with binary in base64 and escapes.
const LINE: u64 = 16 << 20;
/// Lines, long or short, after which is asked whether to go on.
const OFTEN: u64 = 256;

/// What a file held.
pub(super) struct Lines {
    /// Lines that were refused, or too long to be looked at.
    pub(super) refused: u64,
    /// The MD5 of the compressed file, in Base64, as manifests have it. It tells of accidents and not of intent.
    pub(super) md5: String,
}

/// Hands each line of a compressed file on, until `go` fails. A partition without items may have a file without bytes
/// (AWS documentation: "DynamoDB table export output format").
pub(super) fn lines(
    file: impl Read,
    go: impl Fn() -> io::Result<()>,
    each: impl FnMut(&[u8]) -> bool,
) -> io::Result<Lines> {
    let mut summed = Summed { file, md5: Md5::new() };
    let refused = unpacked(BufReader::with_capacity(1 << 16, &mut summed), go, each)?;
    Ok(Lines { refused, md5: BASE64_STANDARD.encode(summed.md5.finalize()) })
}

fn unpacked(
    mut packed: impl BufRead,
    go: impl Fn() -> io::Result<()>,
    mut each: impl FnMut(&[u8]) -> bool,
) -> io::Result<u64> {
    if packed.fill_buf()?.is_empty() {
        return Ok(0);
    }
    let mut text = BufReader::with_capacity(1 << 16, MultiGzDecoder::new(packed));
    let (mut line, mut count, mut refused) = (Vec::new(), 0_u64, 0);
    loop {
        if count.is_multiple_of(OFTEN) {
            go()?;
        }
        count += 1;
        line.clear();
        let read = text.by_ref().take(LINE).read_until(b'\n', &mut line)?;
        if read == 0 {
            return Ok(refused);
        }
        let whole = line.ends_with(b"\n") || (read as u64) < LINE;
        if !whole {
            skip(&mut text, &go)?;
        }
        let blank = line.trim_ascii().is_empty();
        refused += u64::from(!(blank || whole && each(&line)));
        line.zeroize();
    }
}

/// Goes to the end of the line.
fn skip(text: &mut impl BufRead, go: impl Fn() -> io::Result<()>) -> io::Result<()> {
    loop {
        go()?;
        let there = text.fill_buf()?;
        let (used, found) = match memchr::memchr(b'\n', there) {
            Some(at) => (at + 1, true),
            None => (there.len(), there.is_empty()),
        };
        text.consume(used);
        if found {
            return Ok(());
        }
    }
}

/// A file, with the digest of what was read of it.
struct Summed<R> {
    file: R,
    md5: Md5,
}

impl<R: Read> Read for Summed<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(into)?;
        self.md5.update(&into[..read]);
        Ok(read)
    }
}
