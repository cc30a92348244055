//! Compressed bytes, unpacked as far as the budget goes: gzip, zlib, zstd. Serialised objects are only named.

use std::io::Read;

use memchr::memchr;
use miniz_oxide::inflate::{
    TINFLStatus,
    core::{
        DecompressorOxide, decompress,
        inflate_flags::{
            TINFL_FLAG_IGNORE_ADLER32, TINFL_FLAG_PARSE_ZLIB_HEADER, TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF,
        },
    },
};
use zeroize::Zeroize;

use super::{
    budget::{Budget, MAX_SCALAR},
    secret::Secret,
};

/// Bytes that there is room for at first.
const BLOCK: usize = 4096;

/// What compressed bytes hold, with the format's name. What would come out beyond the budget cuts the item.
pub(crate) fn inflate(bytes: &[u8], budget: &mut Budget) -> Option<(&'static str, Secret<'static, [u8]>)> {
    let how = format(bytes)?;
    let most = MAX_SCALAR.min(budget.left());
    let out = match how {
        "gzip" => members(bytes, most),
        "zlib" => {
            let mut out = Unpacked::new(bytes.len(), most);
            out.deflated(bytes, TINFL_FLAG_PARSE_ZLIB_HEADER);
            out.done()
        }
        _ => read(ruzstd::decoding::StreamingDecoder::new(bytes).ok()?, most),
    };
    budget.work(out.expose().len());
    if out.expose().len() == most {
        budget.cut();
    }
    (!out.expose().is_empty()).then_some((how, out))
}

/// By the first bytes: RFC 1952, RFC 1950 (deflate, window of 32 KB, its check bits right) and RFC 8878.
fn format(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x1f, 0x8b, 8, ..] => Some("gzip"),
        [0x78, 0x01 | 0x5e | 0x9c | 0xda, ..] => Some("zlib"),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Some("zstd"),
        _ => None,
    }
}

/// What the members of a gzip file hold, one after the other.
fn members(mut bytes: &[u8], most: usize) -> Secret<'static, [u8]> {
    let mut out = Unpacked::new(bytes.len(), most);
    while let Some(body) = after_header(bytes) {
        let Some(read) = out.deflated(body, 0) else { break };
        // A checksum and a length of four bytes each.
        bytes = body.get(read + 8..).unwrap_or_default();
    }
    out.done()
}

/// What follows the header of a gzip member (RFC 1952, 2.3.1).
fn after_header(bytes: &[u8]) -> Option<&[u8]> {
    let (fixed, mut rest) = bytes.split_first_chunk::<10>()?;
    let [0x1f, 0x8b, 8, flags, ..] = *fixed else { return None };
    if flags & 4 != 0 {
        let (length, after) = rest.split_first_chunk::<2>()?;
        rest = after.get(usize::from(u16::from_le_bytes(*length))..)?;
    }
    for text in [8, 16] {
        if flags & text != 0 {
            rest = rest.get(memchr(0, rest)? + 1..)?;
        }
    }
    if flags & 2 != 0 { rest.get(2..) } else { Some(rest) }
}

/// What has come out so far: the one place where it lies, since it is also the decoder's window.
struct Unpacked {
    bytes: Vec<u8>,
    filled: usize,
    most: usize,
}

impl Unpacked {
    fn new(packed: usize, most: usize) -> Self {
        Self { bytes: vec![0; (packed * 4).clamp(64, BLOCK).min(most)], filled: 0, most }
    }

    /// Decodes a stream (RFC 1951) and tells how many bytes of it were read; `None` where it breaks off, or where there is
    /// no more room.
    fn deflated(&mut self, stream: &[u8], flags: u32) -> Option<usize> {
        let flags = flags | TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF | TINFL_FLAG_IGNORE_ADLER32;
        let mut decoder = Box::<DecompressorOxide>::default();
        let mut read = 0;
        loop {
            let rest = stream.get(read..)?;
            let (status, taken, written) =
                decompress(&mut decoder, rest, &mut self.bytes, self.filled, flags);
            (read, self.filled) = (read + taken, self.filled + written);
            match status {
                TINFLStatus::Done => return Some(read),
                TINFLStatus::HasMoreOutput if self.bytes.len() < self.most => self.grow(),
                _ => return None,
            }
        }
    }

    /// A buffer that grew by itself would leave its old content behind.
    fn grow(&mut self) {
        let mut larger = vec![0; (self.bytes.len() * 4).min(self.most)];
        larger[..self.filled].copy_from_slice(&self.bytes[..self.filled]);
        self.bytes.zeroize();
        self.bytes = larger;
    }

    fn done(mut self) -> Secret<'static, [u8]> {
        self.bytes.truncate(self.filled);
        self.bytes.into()
    }
}

/// At most `most` bytes; a stream that breaks off gives what came before.
fn read(stream: impl Read, most: usize) -> Secret<'static, [u8]> {
    let mut stream = stream.take(most as u64);
    let mut out = Unpacked::new(BLOCK, most);
    while let Ok(read @ 1..) = stream.read(&mut out.bytes[out.filled..]) {
        out.filled += read;
        if out.filled == out.bytes.len() && out.filled < most {
            out.grow();
        }
    }
    out.done()
}

/// Objects that a program wrote out: a pickle of Python (protocol 2 on, "pickle", Python documentation) or a stream
/// of Java ("Java Object Serialization Specification", Object Serialization Stream Protocol).
pub(crate) fn serialised(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x80, 2..=5, .., b'.'] => Some("pickle"),
        [0xac, 0xed, 0, 5, ..] => Some("java"),
        _ => None,
    }
}

/// Whether bytes begin like one of the above: worth the decoding of what wraps them.
pub(crate) fn is_packed(start: &[u8]) -> bool {
    format(start).is_some() || matches!(start, [0x80, 2..=5, ..] | [0xac, 0xed, 0, 5, ..])
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, GzBuilder, read::MultiGzDecoder, write::ZlibEncoder};

    use super::*;

    /// A member with everything that a header may have.
    fn member(text: &[u8]) -> Vec<u8> {
        let header = GzBuilder::new().filename("name").comment("comment").extra(vec![7; 300]);
        let mut out = header.write(Vec::new(), Compression::default());
        out.write_all(text).unwrap();
        out.finish().unwrap()
    }

    fn text() -> Vec<u8> {
        let mut rng = fastrand::Rng::with_seed(1);
        (0..60_000).map(|_| b"aaaabcdefgh \n"[rng.usize(..13)]).collect()
    }

    #[test]
    fn what_comes_out_is_what_another_decoder_says_wherever_the_stream_is_cut() {
        let (text, rest) = (text(), [member(b"second"), b"no member".to_vec()].concat());
        let bytes = [member(&text), rest].concat();
        for cut in [0, 3, 10, 330, 400, 5_000, bytes.len() - 40, bytes.len() - 9, bytes.len()] {
            let bytes = &bytes[..cut];
            let out = inflate(bytes, &mut Budget::item());
            let mut wanted = Vec::new();
            let mut stream = MultiGzDecoder::new(bytes);
            let mut block = [0; 512];
            while let Ok(read @ 1..) = stream.read(&mut block) {
                wanted.extend_from_slice(&block[..read]);
            }
            let got = out.as_ref().map_or(&[][..], |(_, out)| out.expose());
            assert!(got.starts_with(&wanted) && got.len() <= wanted.len() + 33_000, "{cut}");
            assert!(text.starts_with(&got[..got.len().min(text.len())]), "{cut}");
        }
        let whole = inflate(&bytes, &mut Budget::item()).unwrap();
        assert_eq!((whole.0, whole.1.expose()), ("gzip", [&text[..], b"second"].concat().as_slice()));
    }

    #[test]
    fn no_more_comes_out_than_there_is_room_for() {
        let mut packed = ZlibEncoder::new(Vec::new(), Compression::best());
        packed.write_all(&vec![b'a'; 8 << 20]).unwrap();
        let packed = packed.finish().unwrap();
        let mut budget = Budget::item();
        let (how, out) = inflate(&packed, &mut budget).unwrap();
        assert_eq!((how, out.expose().len(), budget.was_cut()), ("zlib", MAX_SCALAR, true));
        assert!(inflate(&packed[..4], &mut Budget::item()).is_none());
    }
}
