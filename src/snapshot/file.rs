//! The snapshot as a file: save, load, upgrade and digest.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufWriter, Read, Write},
    path::{Path, PathBuf},
};

use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::{FORMAT, Services, Snapshot};
use crate::source::is_active;

/// Largest file that is read, in bytes: far above 20,000 principals and 5,000 tables.
const MAX_BYTES: u64 = 1 << 30;

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
    /// The file is larger than a snapshot can be.
    #[error("{path} is larger than {MAX_BYTES} bytes, which no snapshot is")]
    TooLarge {
        /// The file.
        path: PathBuf,
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

/// Enough of a file to tell what it is; the rest is skipped.
#[derive(Deserialize)]
struct Head {
    format: Option<u64>,
    schema: Option<serde::de::IgnoredAny>,
}

/// Writes the snapshot to `path`, whole or not at all, for its owner's eyes; returns its digest.
///
/// # Errors
/// The file cannot be written.
pub fn save(snapshot: &Snapshot, path: &Path) -> Result<String, Error> {
    let failed = |source| Error::Write { path: path.to_owned(), source };
    let bytes = canonical(snapshot).map_err(failed)?;
    write_private(path, &bytes).map_err(failed)?;
    Ok(digest_of(&bytes))
}

/// Reads a snapshot from `path`; `-` is standard input.
///
/// # Errors
/// The file cannot be read, is no snapshot, is of another format, or is damaged.
pub fn load(path: &Path) -> Result<Snapshot, Error> {
    let failed = |source| Error::Read { path: path.to_owned(), source };
    let input: Box<dyn Read> = match path.to_str() {
        Some("-") => Box::new(io::stdin()),
        _ => Box::new(File::open(path).map_err(failed)?),
    };
    let mut bytes = Vec::new();
    input.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(Error::TooLarge { path: path.to_owned() });
    }
    parse(&bytes, path)
}

/// Reads a snapshot from bytes that came from `path`.
///
/// # Errors
/// As [`load`].
pub fn parse(bytes: &[u8], path: &Path) -> Result<Snapshot, Error> {
    let path = path.to_owned();
    // The words hold names of fields that are in no snapshot of ours, hence anything.
    let inert = |e: serde_json::Error| e.to_string().replace(is_active, "\u{fffd}");
    let foreign = |reason: &str| Error::Foreign { path: path.clone(), reason: reason.to_owned() };
    if bytes.iter().find(|b| !b.is_ascii_whitespace()) != Some(&b'{') {
        return Err(foreign("it is not a JSON object"));
    }
    let head: Head = serde_json::from_slice(bytes).map_err(|e| foreign(&inert(e)))?;
    let format = match (head.format, head.schema) {
        (Some(format), _) => format,
        (None, Some(_)) => return Err(foreign("it is a report, made from one")),
        (None, None) => return Err(foreign("it has no `format`")),
    };
    let wrong = |advice| Error::Format { path: path.clone(), format, advice };
    // Format 1 is the first; a step from each older format to the next belongs here.
    match format {
        f if f == u64::from(FORMAT) => {}
        f if f > u64::from(FORMAT) => return Err(wrong("use the newer dynaudit that collected it")),
        _ => return Err(wrong("no version wrote that; collect anew")),
    }
    let damaged = |e| Error::Damaged { path: path.clone(), reason: inert(e) };
    let mut snapshot: Snapshot = serde_json::from_slice(bytes).map_err(damaged)?;
    // What an older version did not look at is in none of its gaps.
    let absent = Services::not_collected();
    let regions = || snapshot.accounts.iter().flat_map(|account| &account.regions);
    let older = snapshot.accounts.iter().any(|a| a.public_access_blocked.gap() == Some(&absent.id()));
    if older || regions().any(|region| region.services.lacks_some()) {
        snapshot.gaps.entry(absent.id()).or_insert(absent);
    }
    Ok(snapshot)
}

/// SHA-256 over the file that [`save`] writes, in hex: what `sha256sum` says of it.
///
/// # Errors
/// The snapshot cannot be serialised, which none that was loaded or collected does.
pub fn digest(snapshot: &Snapshot) -> io::Result<String> {
    Ok(digest_of(&canonical(snapshot)?))
}

fn digest_of(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}

/// The one way to write a snapshot down: indented, fields in the order of the types, maps sorted.
/// The bytes of the file that [`save`] writes.
///
/// # Errors
/// As [`digest`].
pub fn canonical(snapshot: &Snapshot) -> io::Result<Vec<u8>> {
    let mut bytes = serde_json::to_vec_pretty(snapshot).map_err(io::Error::other)?;
    bytes.push(b'\n');
    Ok(bytes)
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
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    buffered(options.open(path)?, write)?.sync_all()
}
