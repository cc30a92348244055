//! A ZIP archive of files as they are, in the one form that the same files always have.
//!
//! Nothing is compressed and no time is told (".ZIP File Format Specification", APPNOTE 6.3.10), so that an archive
//! can be read by packing what was read once more: a byte that differs anywhere, in a header too, is found.

use std::{
    collections::BTreeMap,
    io::{self, Write},
};

use crc32fast::hash;

/// Files by name; `/` parts folders.
pub type Members = BTreeMap<String, Vec<u8>>;

/// First bytes of an archive.
pub const MAGIC: &[u8] = b"PK\x03\x04";
const DIRECTORY: &[u8] = b"PK\x01\x02";
const END: &[u8] = b"PK\x05\x06";
/// Length of a local header without the name.
const LOCAL: usize = 30;
/// Version 2.0; flag 11: names are UTF-8; method 0: stored; 1980-01-01 00:00.
const HEAD: [u8; 10] = [20, 0, 0, 8, 0, 0, 0, 0, 0x21, 0];

/// Why an archive cannot be made or read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Four gibibytes are the most that this form holds.
    #[error("it would be larger than 4 GiB")]
    TooLarge,
    /// The archive is not in the form that it is written in; near which file, if that can be told.
    #[error("it is damaged{}", near(.0.as_deref()))]
    Damaged(Option<String>),
}

fn near(name: Option<&str>) -> String {
    // A damaged name is anything at all.
    name.map_or_else(String::new, |name| format!(" at {}", name.escape_debug()))
}

/// The archive of `members`.
///
/// # Errors
/// It would be too large.
pub fn pack(members: &Members) -> Result<Vec<u8>, Error> {
    let mut out = Vec::new();
    write(members, &mut out).map_err(|_| Error::TooLarge)?;
    Ok(out)
}

/// Writes the archive of `members`.
///
/// # Errors
/// It would be too large, or what `out` said.
pub fn write(members: &Members, out: &mut dyn Write) -> io::Result<()> {
    let mut directory = Vec::new();
    let small =
        |n: usize| u32::try_from(n).map(u32::to_le_bytes).map_err(|_| io::Error::other(Error::TooLarge));
    let short =
        |n: usize| u16::try_from(n).map(u16::to_le_bytes).map_err(|_| io::Error::other(Error::TooLarge));
    let mut at = 0;
    for (name, bytes) in members {
        let mut facts = HEAD.to_vec();
        facts.extend(hash(bytes).to_le_bytes());
        facts.extend(small(bytes.len())?);
        facts.extend(small(bytes.len())?);
        facts.extend(short(name.len())?);
        facts.extend([0, 0]);
        for part in [MAGIC, &facts, name.as_bytes(), bytes] {
            out.write_all(part)?;
        }
        directory.extend_from_slice(DIRECTORY);
        directory.extend([20, 3]);
        directory.extend(&facts);
        // No comment, first disk, no internal attributes; a plain file that its owner reads and writes.
        directory.extend([0, 0, 0, 0, 0, 0, 0, 0, 0x80, 0x81]);
        directory.extend(small(at)?);
        directory.extend(name.as_bytes());
        at += LOCAL + name.len() + bytes.len();
    }
    let count = short(members.len())?;
    let mut end = END.to_vec();
    end.extend([0, 0, 0, 0]);
    end.extend(count);
    end.extend(count);
    end.extend(small(directory.len())?);
    end.extend(small(at)?);
    end.extend([0, 0]);
    small(at + directory.len() + end.len())?;
    out.write_all(&directory)?;
    out.write_all(&end)
}

/// The files of an archive that [`pack`] made.
///
/// # Errors
/// Any byte of a header differs. Bytes of files are not looked at: their digests are another's to know.
pub fn unpack(archive: &[u8]) -> Result<Members, Error> {
    let mut members = Members::new();
    let mut at = 0;
    let mut last = None;
    while archive[at..].starts_with(MAGIC) {
        let (name, bytes) = local(archive, at).ok_or_else(|| Error::Damaged(last.clone()))?;
        at += LOCAL + name.len() + bytes.len();
        if members.keys().next_back().is_some_and(|before| *before >= name) {
            return Err(Error::Damaged(Some(name)));
        }
        last = Some(name.clone());
        members.insert(name, bytes.to_vec());
    }
    // Sums in the headers are those of the files as they were; with the sums of today's put in their place
    // all other bytes must be what they were.
    let again = pack(&members)?;
    if again.len() != archive.len() {
        return Err(Error::Damaged(last));
    }
    let mut sums: Vec<std::ops::Range<usize>> = Vec::new();
    let mut local_at = 0;
    let mut directory_at: usize = members.iter().map(|(name, bytes)| LOCAL + name.len() + bytes.len()).sum();
    for (name, bytes) in &members {
        sums.push(local_at + 14..local_at + 18);
        sums.push(directory_at + 16..directory_at + 20);
        local_at += LOCAL + name.len() + bytes.len();
        directory_at += 46 + name.len();
    }
    let differs = |at: &usize| archive[*at] != again[*at] && !sums.iter().any(|sum| sum.contains(at));
    match (0..archive.len()).find(differs) {
        Some(at) => Err(Error::Damaged(owner(&members, at))),
        None => Ok(members),
    }
}

/// Files whose sum in a header is not that of their bytes.
pub fn altered(archive: &[u8], members: &Members) -> Vec<String> {
    let mut out = Vec::new();
    let mut at = 0;
    let mut directory_at: usize = members.iter().map(|(name, bytes)| LOCAL + name.len() + bytes.len()).sum();
    for (name, bytes) in members {
        let sum = hash(bytes).to_le_bytes();
        let places = [at + 14..at + 18, directory_at + 16..directory_at + 20];
        if places.into_iter().any(|place| archive.get(place) != Some(&sum[..])) {
            out.push(name.clone());
        }
        at += LOCAL + name.len() + bytes.len();
        directory_at += 46 + name.len();
    }
    out
}

fn local(archive: &[u8], at: usize) -> Option<(String, &[u8])> {
    let head = archive.get(at..at + LOCAL)?;
    let size = u32::from_le_bytes(head.get(18..22)?.try_into().ok()?) as usize;
    let length = usize::from(u16::from_le_bytes(head.get(26..28)?.try_into().ok()?));
    let name_at = at + LOCAL;
    let name = archive.get(name_at..name_at + length)?;
    let bytes = archive.get(name_at + length..(name_at + length).checked_add(size)?)?;
    Some((String::from_utf8(name.to_vec()).ok()?, bytes))
}

/// The file in whose part of the archive a byte lies.
fn owner(members: &Members, at: usize) -> Option<String> {
    let mut end = 0;
    for (name, bytes) in members {
        end += LOCAL + name.len() + bytes.len();
        if at < end {
            return Some(name.clone());
        }
    }
    for name in members.keys() {
        end += 46 + name.len();
        if at < end {
            return Some(name.clone());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn members() -> Members {
        let file = |name: &str, text: &str| (name.to_owned(), text.as_bytes().to_vec());
        [file("a.json", "{}"), file("checks/b.toml", "title = 1"), file("empty", "")].into()
    }

    #[test]
    fn what_is_packed_comes_out() {
        let archive = pack(&members()).unwrap();
        assert_eq!(unpack(&archive).unwrap(), members());
        assert!(altered(&archive, &members()).is_empty());
    }

    #[test]
    fn any_byte_that_differs_is_found() {
        let archive = pack(&members()).unwrap();
        for at in 0..archive.len() {
            for flip in [1, 0x80] {
                let mut other = archive.clone();
                other[at] ^= flip;
                let found = match unpack(&other) {
                    Err(_) => true,
                    Ok(read) => !altered(&other, &read).is_empty(),
                };
                assert!(found, "byte {at}");
            }
            assert!(unpack(&archive[..at]).is_err(), "cut at {at}");
        }
        assert!(unpack(&[&archive[..], b"x"].concat()).is_err());
    }
}
