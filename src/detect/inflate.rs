//! Compressed bytes, unpacked as far as the budget goes: gzip, zlib, zstd. Serialised objects are only named.

use std::io::Read;

use flate2::read::{MultiGzDecoder, ZlibDecoder};
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
        "gzip" => read(MultiGzDecoder::new(bytes), most),
        "zlib" => read(ZlibDecoder::new(bytes), most),
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

/// At most `most` bytes; a stream that breaks off gives what came before.
fn read(mut stream: impl Read, most: usize) -> Secret<'static, [u8]> {
    let mut out: Vec<u8> = vec![0; most.min(BLOCK)];
    let mut filled = 0;
    while let Ok(read @ 1..) = stream.read(&mut out[filled..]) {
        filled += read;
        if filled == out.len() {
            if filled == most {
                break;
            }
            // A buffer that grew by itself would leave its old content behind.
            let mut larger = vec![0; (filled * 2).min(most)];
            larger[..filled].copy_from_slice(&out);
            out.zeroize();
            out = larger;
        }
    }
    out.truncate(filled);
    out.into()
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
