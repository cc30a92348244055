//! The archive that [`pack`](super::pack) writes, read a file at a time: a header that differs is named.

use std::io::{self, BufReader, Read, Seek, SeekFrom};

use super::pack::{Entry, Error, LAST, LISTED, LOCAL, LONGEST, last};

/// An archive of which every byte of the headers is what it was, but for the sums: of those there are two.
#[derive(Debug)]
pub struct Archive<R> {
    input: R,
    /// As the header before each file has it.
    entries: Vec<Entry>,
    /// Sums of the directory.
    listed: Vec<u32>,
}

/// Whether a file is what the headers say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fits {
    /// It is.
    Yes,
    /// One of its headers has another sum; which file, from 1.
    NotHeader(usize),
    /// Neither of its headers has this sum.
    No,
}

impl<R: Read + Seek> Archive<R> {
    /// Reads the headers.
    ///
    /// # Errors
    /// It cannot be read, or a byte of a header differs.
    pub fn open(mut input: R) -> Result<Self, Error> {
        let Some(end) = end(&mut input)? else { return Err(Error::Directory) };
        let (entries, walked) = locals(&mut input, end.begin)?;
        let (listed, whole) = directory(&mut input, &end)?;
        let same = |(a, b): &(&Entry, &Entry)| (&a.name, a.at, a.size) == (&b.name, b.at, b.size);
        let alike = entries.iter().zip(&listed).take_while(same).count();
        match alike == entries.len() && alike == listed.len() {
            true if walked && whole => {
                let listed = listed.into_iter().map(|entry| entry.sum).collect();
                Ok(Self { input, entries, listed })
            }
            true => Err(Error::Directory),
            // Up to here they agree: one of the two headers of the next file is not what it was.
            _ => Err(Error::Header(alike + 1)),
        }
    }

    /// Names of the files, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|entry| entry.name.as_str())
    }

    /// The bytes of a file; none if there is no such file.
    ///
    /// # Errors
    /// What the system said.
    pub fn read<'a>(&'a mut self, name: &str) -> io::Result<Option<impl Read + use<'a, R>>> {
        let Some(entry) = self.find(name).map(|at| &self.entries[at]) else { return Ok(None) };
        self.input.seek(SeekFrom::Start(entry.begin()))?;
        Ok(Some((&mut self.input).take(entry.size.into())))
    }

    /// Whether `sum`, the CRC-32 of a file's bytes, is the one in its headers.
    pub fn fits(&self, name: &str, sum: u32) -> Fits {
        let Some(at) = self.find(name) else { return Fits::No };
        match (self.entries[at].sum == sum, self.listed[at] == sum) {
            (true, true) => Fits::Yes,
            (false, false) => Fits::No,
            _ => Fits::NotHeader(at + 1),
        }
    }

    fn find(&self, name: &str) -> Option<usize> {
        self.entries.binary_search_by(|entry| entry.name.as_str().cmp(name)).ok()
    }
}

/// Fills `bytes` from what stands at `at`; false if that is beyond the end.
fn fill(input: &mut (impl Read + Seek), at: u64, bytes: &mut [u8]) -> io::Result<bool> {
    input.seek(SeekFrom::Start(at))?;
    filled(input.read_exact(bytes))
}

/// That something ends too soon is said of the archive; any other error is the system's.
fn filled(read: io::Result<()>) -> io::Result<bool> {
    match read {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}

fn short(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

fn long(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

/// What the end of an archive says of its directory.
struct End {
    count: u16,
    size: u32,
    begin: u64,
}

/// The end, if it is in the form of one.
fn end(input: &mut (impl Read + Seek)) -> io::Result<Option<End>> {
    let mut bytes = [0; LAST];
    let Some(at) = input.seek(SeekFrom::End(0))?.checked_sub(LAST as u64) else { return Ok(None) };
    if !fill(input, at, &mut bytes)? {
        return Ok(None);
    }
    let (count, size, begin) = (short(&bytes, 8), long(&bytes, 12), long(&bytes, 16));
    let right = last(count, size, begin) == bytes && u64::from(begin) + u64::from(size) == at;
    Ok(right.then_some(End { count, size, begin: begin.into() }))
}

/// The files that stand one after the other, and whether they do so up to the directory at `stop`; only those before
/// the first that is not in the form of a file.
fn locals(input: &mut (impl Read + Seek), stop: u64) -> io::Result<(Vec<Entry>, bool)> {
    let (mut entries, mut at) = (Vec::new(), 0);
    while at < stop && entries.len() < usize::from(u16::MAX) {
        let mut head = [0; LOCAL];
        if !fill(input, at, &mut head)? {
            break;
        }
        let mut name = vec![0; usize::from(short(&head, 26)).min(LONGEST)];
        if !fill(input, at + LOCAL as u64, &mut name)? {
            break;
        }
        let Ok(name) = String::from_utf8(name) else { break };
        let entry = Entry { at, size: long(&head, 18), sum: long(&head, 14), name };
        if entry.local()[..LOCAL] != head || !follows(&entry, entries.last()) {
            break;
        }
        at = entry.end();
        entries.push(entry);
    }
    Ok((entries, at == stop))
}

/// The files that the directory lists, and whether that is all of it; only those before the first that is not in form.
fn directory(input: &mut (impl Read + Seek), end: &End) -> io::Result<(Vec<Entry>, bool)> {
    input.seek(SeekFrom::Start(end.begin))?;
    let mut input = BufReader::new(input).take(end.size.into());
    let mut entries: Vec<Entry> = Vec::new();
    while entries.len() < usize::from(end.count) {
        let mut head = [0; LISTED];
        if !filled(input.read_exact(&mut head))? {
            break;
        }
        let mut name = vec![0; usize::from(short(&head, 28)).min(LONGEST)];
        if !filled(input.read_exact(&mut name))? {
            break;
        }
        let Ok(name) = String::from_utf8(name) else { break };
        let at = u64::from(long(&head, 42));
        let entry = Entry { at, size: long(&head, 20), sum: long(&head, 16), name };
        if entry.listed()[..LISTED] != head || !follows(&entry, entries.last()) {
            break;
        }
        entries.push(entry);
    }
    let all = entries.len() == usize::from(end.count) && input.limit() == 0;
    Ok((entries, all))
}

/// Whether a file may stand after another.
fn follows(entry: &Entry, before: Option<&Entry>) -> bool {
    entry.at == before.map_or(0, Entry::end) && before.is_none_or(|before| before.name < entry.name)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::{super::pack::Packer, *};

    const FILES: [(&str, &str); 4] =
        [("SUMS", "later"), ("a.json", "{}"), ("checks/b.toml", "title = 1"), ("empty", "")];

    fn packed() -> Vec<u8> {
        let mut out = Cursor::new(Vec::new());
        let mut packer = Packer::new(&mut out);
        for (name, text) in FILES {
            packer.add(name, |out| out.write_all(text.as_bytes())).unwrap();
        }
        packer.replace("SUMS", b"known").unwrap();
        packer.finish().unwrap();
        out.into_inner()
    }

    /// The file whose bytes changed, or the number of the one whose header did; 0 for the directory.
    fn wrong(bytes: &[u8]) -> Result<Option<String>, usize> {
        let mut archive = match Archive::open(Cursor::new(bytes)) {
            Ok(archive) => archive,
            Err(Error::Header(number)) => return Err(number),
            Err(Error::Directory) => return Err(0),
            Err(other) => panic!("{other}"),
        };
        let names: Vec<String> = archive.names().map(str::to_owned).collect();
        for name in names {
            let mut bytes = Vec::new();
            archive.read(&name).unwrap().unwrap().read_to_end(&mut bytes).unwrap();
            match archive.fits(&name, crc32fast::hash(&bytes)) {
                Fits::Yes => {}
                Fits::NotHeader(number) => return Err(number),
                Fits::No => return Ok(Some(name)),
            }
        }
        Ok(None)
    }

    #[test]
    fn what_is_packed_comes_out() {
        let archive = packed();
        assert_eq!(wrong(&archive), Ok(None));
        let mut archive = Archive::open(Cursor::new(archive)).unwrap();
        assert!(archive.names().eq(FILES.map(|(name, _)| name)));
        for (name, text) in FILES {
            let mut read = String::new();
            archive.read(name).unwrap().unwrap().read_to_string(&mut read).unwrap();
            assert_eq!(read, if name == "SUMS" { "known" } else { text });
        }
        assert!(archive.read("none").unwrap().is_none());
        assert!(Packer::new(Cursor::new(Vec::new())).finish().is_ok());
        let mut twice = Packer::new(Cursor::new(Vec::new()));
        twice.add("a", |_| Ok(())).unwrap();
        assert!(twice.add("a", |_| Ok(())).is_err() && twice.replace("a", b"x").is_err());
    }

    #[test]
    fn a_byte_that_differs_is_told_of_the_file_or_of_the_header_that_it_lies_in() {
        let archive = packed();
        // What lies where: bytes of a file, or a header of the file of this number.
        let mut owner: Vec<Result<Option<String>, usize>> = Vec::new();
        for (number, (name, text)) in (1..).zip(FILES) {
            owner.extend(std::iter::repeat_n(Err(number), LOCAL + name.len()));
            owner.extend(std::iter::repeat_n(Ok(Some(name.to_owned())), text.len()));
        }
        for (number, (name, _)) in (1..).zip(FILES) {
            owner.extend(std::iter::repeat_n(Err(number), LISTED + name.len()));
        }
        owner.extend(std::iter::repeat_n(Err(0), LAST));
        assert_eq!(owner.len(), archive.len());
        for (at, right) in owner.iter().enumerate() {
            for bits in 1..=255 {
                let mut other = archive.clone();
                other[at] ^= bits;
                assert_eq!(wrong(&other), *right, "byte {at} by {bits}");
            }
            assert!(wrong(&archive[..at]).is_err(), "cut at {at}");
        }
        assert_eq!(wrong(&[&archive[..], b"x"].concat()), Err(0));
        assert_eq!(wrong(b""), Err(0));
    }
}
