//! The snapshot as a file: save, load, upgrade and digest.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufWriter, Read, Write},
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};

use super::{
    FORMAT, Services, Snapshot,
    head::{Kind, kind},
    packed::Packer,
    text::{Limits, Refusal, Text},
    walk::Walk,
    whole::contradiction,
    words::words,
};

/// Most that is read of a snapshot, far above 20,000 principals and 5,000 tables: those are 40 MB and 0.8 million values.
const LIMITS: Limits = Limits { bytes: 1 << 30, values: 1 << 23 };

/// Why a snapshot could not be written or read. Texts of the file may stand in it: escape before printing.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file could not be read.
    #[error("cannot read {path}: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file could not be written.
    #[error("cannot write {path}: {source}")]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// There is more in the file than a snapshot can hold.
    #[error("{path} is no snapshot that can be read: {limit}")]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// The limit that it is above.
        limit: Refusal,
    },
    /// The file is something else.
    #[error("{path} is not a snapshot of dynaudit: {reason}; `dynaudit collect -o FILE` writes one")]
    Foreign {
        /// The file.
        path: PathBuf,
        /// What gave it away.
        reason: String,
    },
    /// The file is of a format that this version does not know.
    #[error("{path} is a snapshot of format {format}, and this version reads format {FORMAT}: {advice}")]
    Format {
        /// The file.
        path: PathBuf,
        /// The format it claims.
        format: u64,
        /// What to do.
        advice: &'static str,
    },
    /// The file is a snapshot, and damaged.
    #[error("{path} is a damaged snapshot: {reason}")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong, with line and column.
        reason: String,
    },
}

/// Writes the snapshot to `path`, whole or not at all, for its owner's eyes; returns the digest of its text. Where the
/// name ends in `.zst` the text is packed.
///
/// # Errors
/// The file cannot be written.
pub fn save(snapshot: &Snapshot, path: &Path) -> Result<String, Error> {
    let mut digest = String::new();
    let written = write_private_by(path, |out| {
        if path.extension().is_some_and(|end| end.eq_ignore_ascii_case("zst")) {
            let mut packer = Packer::new(out);
            digest = write(snapshot, &mut packer)?;
            packer.finish()
        } else {
            digest = write(snapshot, out)?;
            Ok(())
        }
    });
    written.map_err(|source| Error::Write { path: path.to_owned(), source })?;
    Ok(digest)
}

/// Reads a snapshot from `path`, packed or not; `-` is standard input.
///
/// # Errors
/// The file cannot be read, is no snapshot, is of another format, or is damaged.
pub fn load(path: &Path) -> Result<Snapshot, Error> {
    let text = match path.to_str() {
        Some("-") => Text::of(io::stdin()),
        _ => Text::open(path),
    };
    read(text.map_err(|error| unread(error, path))?, path)
}

/// Reads a snapshot from bytes that came from `path`.
///
/// # Errors
/// As [`load`].
pub fn parse(bytes: &[u8], path: &Path) -> Result<Snapshot, Error> {
    read(Text::of(bytes).map_err(|error| unread(error, path))?, path)
}

/// Why the text of the file at `path` cannot be had.
pub fn unread(error: io::Error, path: &Path) -> Error {
    let path = path.to_owned();
    match error.downcast() {
        Ok(reason @ Refusal::Packed(..)) => Error::Damaged { path, reason: reason.to_string() },
        Ok(limit) => Error::TooLarge { path, limit },
        Err(source) => Error::Read { path, source },
    }
}

/// Reads a snapshot from the text of the file at `path`, never holding all of the text.
///
/// # Errors
/// As [`load`].
pub fn read(text: Text<'_>, path: &Path) -> Result<Snapshot, Error> {
    let path = path.to_owned();
    let foreign = |reason: String| Error::Foreign { path: path.clone(), reason };
    let (head, whole) = text.head();
    let kind = kind(head, whole);
    match &kind {
        Kind::Snapshot(format) => known(*format, &path)?,
        Kind::Report => return Err(foreign("it is a report, made from one".to_owned())),
        Kind::Foreign(reason) => return Err(foreign(reason.clone())),
        Kind::Untold => {}
    }
    let walk = Walk::default();
    let mut json = serde_json::Deserializer::from_reader(text.reader(LIMITS));
    let read = walk.read(&mut json).and_then(|snapshot| json.end().map(|()| snapshot));
    let mut snapshot: Snapshot = read.map_err(|error| match (kind, walk.place()) {
        _ if error.is_io() => unread(error.into(), &path),
        (Kind::Untold, _) => foreign(words(&error)),
        (_, place) if place.is_empty() => Error::Damaged { path: path.clone(), reason: words(&error) },
        (_, place) => Error::Damaged { path: path.clone(), reason: format!("{place}: {}", words(&error)) },
    })?;
    known(snapshot.format.into(), &path)?;
    if let Some(reason) = contradiction(&snapshot, walk.gaps()) {
        return Err(Error::Damaged { path, reason });
    }
    // What an older version did not look at is in none of its gaps.
    let absent = Services::not_collected();
    let regions = || snapshot.accounts.iter().flat_map(|account| &account.regions);
    let older = snapshot.accounts.iter().any(|a| a.public_access_blocked.gap() == Some(&absent.id()));
    if older || regions().any(|region| region.services.lacks_some()) {
        snapshot.gaps.entry(absent.id()).or_insert(absent);
    }
    Ok(snapshot)
}

/// Format 1 is the first; a step from each older format to the next belongs into [`read`].
fn known(format: u64, path: &Path) -> Result<(), Error> {
    let wrong = |advice| Err(Error::Format { path: path.to_owned(), format, advice });
    match format {
        f if f == u64::from(FORMAT) => Ok(()),
        f if f > u64::from(FORMAT) => wrong("use the newer dynaudit that collected it"),
        _ => wrong("no version wrote that; collect anew"),
    }
}

/// SHA-256 over the text of the file that [`save`] writes, in hex: what `sha256sum` says of it once it is unpacked.
///
/// # Errors
/// The snapshot cannot be serialised, which none that was loaded or collected does.
pub fn digest(snapshot: &Snapshot) -> io::Result<String> {
    write(snapshot, &mut io::sink())
}

/// The text of the file that [`save`] writes.
///
/// # Errors
/// As [`digest`].
pub fn canonical(snapshot: &Snapshot) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    write(snapshot, &mut bytes)?;
    Ok(bytes)
}

/// The one way to write a snapshot down: indented, fields in the order of the types, maps sorted. Returns its digest.
///
/// # Errors
/// As [`digest`], or what `out` said.
pub fn write(snapshot: &Snapshot, out: &mut dyn Write) -> io::Result<String> {
    let mut out = BufWriter::with_capacity(1 << 16, Summed::new(out));
    serde_json::to_writer_pretty(&mut out, snapshot)?;
    out.write_all(b"\n")?;
    Ok(out.into_inner().map_err(io::IntoInnerError::into_error)?.digest())
}

/// What is written or read, with its SHA-256.
#[derive(Debug)]
pub struct Summed<T> {
    inner: T,
    sum: Sha256,
}

impl<T> Summed<T> {
    /// What goes through `inner` from here on.
    pub fn new(inner: T) -> Self {
        Self { inner, sum: Sha256::new() }
    }

    /// Of what went through so far, in hex.
    pub fn digest(&self) -> String {
        self.sum.clone().finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl<T: Write> Write for Summed<T> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.sum.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl<T: Read> Read for Summed<T> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(out)?;
        self.sum.update(&out[..read]);
        Ok(read)
    }
}

/// Writes `bytes` to `path`, whole or not at all, readable by its owner alone.
/// A device or a pipe (`/dev/stdout`) is written to and not replaced.
///
/// # Errors
/// What the system said.
pub fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    write_private_by(path, |out| out.write_all(bytes))
}

/// As [`write_private`], what is written being made as it goes.
///
/// # Errors
/// What the system or `write` said.
pub fn write_private_by(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    if fs::metadata(&target).is_ok_and(|m| !m.is_file()) {
        return buffered(OpenOptions::new().write(true).open(&target)?, write).map(drop);
    }
    let name = target.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_string_lossy();
    let part = target.with_file_name(format!(".{name}.{}.part", std::process::id()));
    let written = write_new(&part, write).and_then(|()| fs::rename(&part, &target));
    if written.is_err() {
        // The first error is the one to report; a left-over is only untidy.
        let _ = fs::remove_file(&part);
    }
    written
}

fn buffered(file: File, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<File> {
    let mut out = BufWriter::with_capacity(1 << 16, file);
    write(&mut out)?;
    out.into_inner().map_err(io::IntoInnerError::into_error)
}

fn write_new(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    buffered(private(&mut OpenOptions::new()).open(path)?, write)?.sync_all()
}

/// As a file that is not there yet, for its owner's eyes.
pub(super) fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}
