//! An evidence bundle as the input of a run: judged once more by its own checks, or named by the next bundle.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, BufReader, Read},
    path::Path,
};

use super::Error;
use crate::{
    finding::triage::Baseline,
    report::{attest::Sum, baseline, evidence, text::inert},
    snapshot::{
        Snapshot,
        file::{self, Summed, unread},
        members::Members,
        pack::MAGIC,
        text::Text,
    },
};

/// An intact evidence bundle.
#[derive(Debug)]
pub struct Bundle {
    members: Members,
    /// Digests of its files.
    digests: BTreeMap<String, String>,
    statement: Sum,
}

impl Bundle {
    /// The bundle at `path`, an archive or a directory; none if the file is something else.
    ///
    /// # Errors
    /// It cannot be read, or is not intact.
    pub fn open(path: &Path) -> Result<Option<Self>, Error> {
        let mut first = [0; MAGIC.len()];
        // A pipe is not looked into: what is read of it is gone. What cannot be read is for the snapshot's
        // reader to complain about.
        let starts =
            path.is_file() && File::open(path).is_ok_and(|mut file| file.read_exact(&mut first).is_ok());
        if starts && first == MAGIC || path.is_dir() { Self::intact(path).map(Some) } else { Ok(None) }
    }

    fn intact(path: &Path) -> Result<Self, Error> {
        let mut opened = Members::open(path);
        let verified = evidence::verify(&mut opened, None);
        let verified = verified.map_err(|error| Error::Read(path.to_owned(), error))?;
        // What was changed since it was made is no evidence, whoever signed it.
        let refused =
            |why: &str| Error::Refused(format!("{} is no intact bundle: {}", path.display(), inert(why)));
        let statement = verified.statement().map_err(|why| refused(&why))?;
        let members = opened.map_err(|error| refused(&error.to_string()))?;
        Ok(Self { members, digests: verified.digests, statement })
    }

    /// The snapshot in it.
    ///
    /// # Errors
    /// There is none, or it is damaged.
    pub fn snapshot(&mut self, path: &Path) -> Result<Snapshot, Error> {
        let path = path.join(evidence::SNAPSHOT);
        let text = self.read(evidence::SNAPSHOT).and_then(Text::of);
        Ok(file::read(text.map_err(|error| unread(error, &path))?, &path)?)
    }

    /// Its checks, by `group/id.toml`.
    ///
    /// # Errors
    /// They cannot be read.
    pub fn checks(&mut self, path: &Path) -> Result<Vec<(String, String)>, Error> {
        let mut checks = Vec::new();
        for name in self.members.names() {
            let Some(id) = name.strip_prefix(evidence::CHECKS) else { continue };
            let mut text = String::new();
            let read = self.read(&name).and_then(|mut bytes| bytes.read_to_string(&mut text));
            match read {
                Ok(_) => checks.push((id.to_owned(), text)),
                Err(error) => return Err(Error::Read(path.join(&name), error)),
            }
        }
        Ok(checks)
    }

    /// A file of it, which is still the one that was verified: the disk may be another's, too.
    fn read(&mut self, name: &str) -> io::Result<impl Read> {
        let digest = self.digests.get(name).cloned().unwrap_or_default();
        let bytes = self.members.read(name)?.ok_or(io::ErrorKind::NotFound)?;
        Ok(BufReader::with_capacity(1 << 16, Held { bytes: Summed::new(bytes), digest }))
    }
}

/// A file that ends well only if it has the digest that it had.
struct Held<T> {
    bytes: Summed<T>,
    digest: String,
}

impl<T: Read> Read for Held<T> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        match self.bytes.read(out)? {
            0 if !out.is_empty() && self.bytes.digest() != self.digest => {
                Err(io::Error::other("it was changed while it was read"))
            }
            read => Ok(read),
        }
    }
}

/// A baseline: a JSON report, or the one in a bundle.
///
/// # Errors
/// It cannot be read, or is no report that a run can be held against.
pub fn baseline(path: &Path) -> Result<Baseline, Error> {
    let Some(mut bundle) = Bundle::open(path)? else { return Ok(baseline::load(path)?) };
    let path = path.join(evidence::FINDINGS);
    let report = bundle.read(evidence::FINDINGS);
    Ok(baseline::read(BufReader::new(report.map_err(|error| Error::Read(path.clone(), error))?), &path)?)
}

/// The snapshot at `path`: in a file of its own, or in a bundle.
///
/// # Errors
/// It cannot be read, is neither, or is damaged.
pub fn snapshot(path: &Path) -> Result<Snapshot, Error> {
    match Bundle::open(path)? {
        Some(mut bundle) => bundle.snapshot(path),
        None => Ok(file::load(path)?),
    }
}

/// Digest of the statement of the bundle at `path`, for the next one to name.
///
/// # Errors
/// It cannot be read, is no bundle, or is not intact.
pub fn previous(path: &Path) -> Result<Sum, Error> {
    Ok(Bundle::intact(path)?.statement)
}
