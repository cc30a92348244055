//! A ZIP archive of files as they are, written one after the other, in the one form that the same files always have.
//!
//! Nothing is compressed and no time is told (".ZIP File Format Specification", APPNOTE 6.3.10), so that each byte of a
//! header follows from the names, sizes and sums of the files: `unpack` finds one that differs.

use std::io::{self, Seek, SeekFrom, Write};

use crc32fast::{Hasher, hash};

/// First bytes of an archive.
pub const MAGIC: &[u8] = b"PK\x03\x04";
pub(super) const DIRECTORY: &[u8] = b"PK\x01\x02";
pub(super) const END: &[u8] = b"PK\x05\x06";
/// Lengths of a local header and of an entry of the directory without the name, and of the end.
pub(super) const LOCAL: usize = 30;
pub(super) const LISTED: usize = 46;
pub(super) const LAST: usize = 22;
/// Where the sum stands in a local header.
const SUM_AT: u64 = 14;
/// Version 2.0; flag 11: names are UTF-8; method 0: stored; 1980-01-01 00:00.
const HEAD: [u8; 10] = [20, 0, 0, 8, 0, 0, 0, 0, 0x21, 0];
/// Most bytes that a name has.
pub const LONGEST: usize = 1024;

/// Why an archive cannot be made or read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It cannot be read or written.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// Four gibibytes and 65,535 files are the most that this form holds.
    #[error("it would be larger than 4 GiB, or more than 65,535 files")]
    TooLarge,
    /// Names do not follow each other, are too long, or are not there.
    #[error("its files are not in order")]
    Order,
    /// What one of the two headers of a file says is not what it was; which file, from 1.
    #[error("the header of file {0} is damaged")]
    Header(usize),
    /// The list at the end of the archive is not what it was, or is not there.
    #[error("its directory is damaged or missing")]
    Directory,
}

fn refused(error: Error) -> io::Error {
    io::Error::other(error)
}

/// What the headers say of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) name: String,
    /// Where its local header begins.
    pub(super) at: u64,
    pub(super) size: u32,
    /// CRC-32 of its bytes.
    pub(super) sum: u32,
}

impl Entry {
    /// Where its bytes begin.
    pub(super) fn begin(&self) -> u64 {
        self.at + (LOCAL + self.name.len()) as u64
    }

    /// The first byte after it.
    pub(super) fn end(&self) -> u64 {
        self.begin() + u64::from(self.size)
    }

    /// What both headers say.
    fn facts(&self) -> Vec<u8> {
        let name = u16::try_from(self.name.len()).unwrap_or(u16::MAX);
        let mut out = HEAD.to_vec();
        out.extend(self.sum.to_le_bytes());
        out.extend(self.size.to_le_bytes());
        out.extend(self.size.to_le_bytes());
        out.extend(name.to_le_bytes());
        out.extend([0, 0]);
        out
    }

    /// The header before its bytes.
    pub(super) fn local(&self) -> Vec<u8> {
        [MAGIC, &self.facts(), self.name.as_bytes()].concat()
    }

    /// Its entry in the directory: no comment, first disk, no internal attributes; a plain file that its owner reads
    /// and writes.
    pub(super) fn listed(&self) -> Vec<u8> {
        let at = u32::try_from(self.at).unwrap_or(u32::MAX).to_le_bytes();
        let plain = [0, 0, 0, 0, 0, 0, 0, 0, 0x80, 0x81];
        [DIRECTORY, &[20, 3], &self.facts(), &plain, &at, self.name.as_bytes()].concat()
    }
}

/// The end of an archive of `count` files, of which the directory has `size` bytes and begins at `at`.
pub(super) fn last(count: u16, size: u32, at: u32) -> Vec<u8> {
    let count = count.to_le_bytes();
    [END, &[0; 4], &count, &count, &size.to_le_bytes(), &at.to_le_bytes(), &[0; 2]].concat()
}

/// Writes an archive from its beginning, the files in the order of their names.
#[derive(Debug)]
pub struct Packer<W> {
    out: W,
    entries: Vec<Entry>,
}

impl<W: Write + Seek> Packer<W> {
    /// An archive that begins where `out` does.
    pub fn new(out: W) -> Self {
        Self { out, entries: Vec::new() }
    }

    /// Adds a file that is made as it is written. Its header is written twice: what is in it is known afterwards.
    ///
    /// # Errors
    /// A name that is not above the one before; too much; what `write` or the system said.
    pub fn add(
        &mut self,
        name: &str,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> io::Result<()> {
        let last = self.entries.last();
        if name.len() > LONGEST || last.is_some_and(|last| last.name.as_str() >= name) {
            return Err(refused(Error::Order));
        }
        let at = last.map_or(0, Entry::end);
        self.out.write_all(&Entry { name: name.to_owned(), at, size: 0, sum: 0 }.local())?;
        let mut file = Counted { out: &mut self.out, size: 0, sum: Hasher::new() };
        write(&mut file)?;
        let (size, sum) = (file.size, file.sum.finalize());
        self.entries.push(Entry { name: name.to_owned(), at, size, sum });
        self.tell(self.entries.len() - 1)
    }

    /// Puts other bytes into a file that was added, as many as it has.
    ///
    /// # Errors
    /// There is no such file, or it has another size; what the system said.
    pub fn replace(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let same = |entry: &Entry| entry.name == name && entry.size as usize == bytes.len();
        let Some(at) = self.entries.iter().position(same) else { return Err(refused(Error::Order)) };
        self.entries[at].sum = hash(bytes);
        self.out.seek(SeekFrom::Start(self.entries[at].begin()))?;
        self.out.write_all(bytes)?;
        self.tell(at)
    }

    /// Writes sum and size into a file's header, and goes back to the end.
    fn tell(&mut self, at: usize) -> io::Result<()> {
        let entry = &self.entries[at];
        self.out.seek(SeekFrom::Start(entry.at + SUM_AT))?;
        for number in [entry.sum, entry.size, entry.size] {
            self.out.write_all(&number.to_le_bytes())?;
        }
        let end = self.entries.last().map_or(0, Entry::end);
        self.out.seek(SeekFrom::Start(end)).map(drop)
    }

    /// Writes the directory; without it there is no archive.
    ///
    /// # Errors
    /// It would be too large; what the system said.
    pub fn finish(mut self) -> io::Result<()> {
        let directory: Vec<u8> = self.entries.iter().flat_map(Entry::listed).collect();
        let at = self.entries.last().map_or(0, Entry::end);
        let whole = at + (directory.len() + LAST) as u64;
        let (Ok(count), Ok(at), Ok(_)) =
            (u16::try_from(self.entries.len()), u32::try_from(at), u32::try_from(whole))
        else {
            return Err(refused(Error::TooLarge));
        };
        let size = u32::try_from(directory.len()).map_err(|_| refused(Error::TooLarge))?;
        self.out.write_all(&directory)?;
        self.out.write_all(&last(count, size, at))?;
        self.out.flush()
    }
}

/// What is written of a file, with what its header must say.
struct Counted<'a, W> {
    out: &'a mut W,
    size: u32,
    sum: Hasher,
}

impl<W: Write> Write for Counted<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        let size = u32::try_from(written).ok().and_then(|written| self.size.checked_add(written));
        self.size = size.ok_or_else(|| refused(Error::TooLarge))?;
        self.sum.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
