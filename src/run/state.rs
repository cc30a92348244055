//! The directory of a job that runs again and again: its lock, the last run as baseline, the key of its digests, and
//! the pieces of a run that is not at its end.

use std::{
    fs::{self, DirBuilder, File, OpenOptions, TryLockError},
    io::{self, Read, Seek, Write},
    path::{Path, PathBuf},
    process,
    time::{SystemTime, UNIX_EPOCH},
};

use crate::{
    finding::triage::Baseline,
    report::{View, baseline, json},
    snapshot::{Timestamp, file::write_private},
};

/// Name of the last run's report.
const BASELINE: &str = "baseline.json";
/// Name of the file whose lock says that a run is under way.
const LOCK: &str = "lock";
/// Name of the file of pieces.
#[cfg(feature = "aws")]
const PIECES: &str = "pieces.jsonl";
/// Name of the key of digests.
#[cfg(feature = "aws")]
const DIGEST_KEY: &str = "digest.key";

/// Why the directory cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It, or a file in it, cannot be made, read or written.
    #[error("cannot use {0}: {1}")]
    Io(PathBuf, io::Error),
    /// Others may write to it, and so decide what counts as known.
    #[error(
        "{0} may be written by others, who could then decide what counts as known: take the right away (chmod go-w)"
    )]
    Open(PathBuf),
    /// Another run is under way.
    #[error("another run is under way: {1} holds {0}")]
    Held(PathBuf, String),
}

/// A directory that this run holds.
#[derive(Debug)]
pub struct StateDir {
    dir: PathBuf,
    /// The system gives the lock back when the process ends, however it ends: none is ever stale.
    _lock: File,
}

impl StateDir {
    /// Makes the directory where it is not there, and holds it until the end of the process.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn hold(dir: &Path) -> Result<Self, Error> {
        let failed = |path: &Path| {
            let path = path.to_owned();
            move |error| Error::Io(path, error)
        };
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(dir).map_err(failed(dir))?;
        #[cfg(unix)]
        {
            let found = fs::metadata(dir).map_err(failed(dir))?;
            if std::os::unix::fs::MetadataExt::mode(&found) & 0o022 != 0 {
                return Err(Error::Open(dir.to_owned()));
            }
        }
        let path = dir.join(LOCK);
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut lock = options.open(&path).map_err(failed(&path))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(Error::Held(path, holder(&lock))),
            Err(TryLockError::Error(error)) => return Err(Error::Io(path, error)),
        }
        let since = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        let since = Timestamp(i64::try_from(since).unwrap_or(i64::MAX));
        let said = format!("process {} since {since}\n", process::id());
        let written =
            lock.set_len(0).and_then(|()| lock.rewind()).and_then(|()| lock.write_all(said.as_bytes()));
        written.map_err(failed(&path))?;
        Ok(Self { dir: dir.to_owned(), _lock: lock })
    }

    /// What the last run left; an empty baseline before the first.
    ///
    /// # Errors
    /// It is there and cannot be used.
    pub fn baseline(&self) -> Result<Baseline, baseline::Error> {
        let path = self.dir.join(BASELINE);
        // Only what is not there is a first run: what cannot be looked at is not.
        match fs::symlink_metadata(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Baseline::default()),
            _ => baseline::load(&path),
        }
    }

    /// Leaves a run to the next one. `view` lists what is flagged and what is unknown.
    ///
    /// # Errors
    /// The file cannot be written; the one before it is then as it was.
    pub fn leave(&self, view: &View) -> Result<(), Error> {
        let path = self.dir.join(BASELINE);
        let mut bytes = Vec::new();
        let made = json::render(view, &mut bytes).and_then(|()| write_private(&path, &bytes));
        made.map_err(|error| Error::Io(path, error))
    }

    /// Where the pieces of a run are kept.
    #[cfg(feature = "aws")]
    pub fn pieces(&self, resume: bool) -> crate::snapshot::pieces::Pieces {
        crate::snapshot::pieces::Pieces::new(self.dir.join(PIECES), resume)
    }

    /// The file of the key of digests, made at the first run: so the digests of one night fit those of another.
    ///
    /// # Errors
    /// It cannot be made.
    #[cfg(feature = "aws")]
    pub fn digest_key(&self) -> Result<PathBuf, Error> {
        let path = self.dir.join(DIGEST_KEY);
        if fs::symlink_metadata(&path).is_ok() {
            return Ok(path);
        }
        let mut key = zeroize::Zeroizing::new([0; 32]);
        let made = getrandom::fill(key.as_mut()).map_err(io::Error::other);
        match made.and_then(|()| write_private(&path, key.as_ref())) {
            Ok(()) => Ok(path),
            Err(error) => Err(Error::Io(path, error)),
        }
    }
}

/// Who holds a lock, as the file says.
fn holder(mut lock: &File) -> String {
    let mut said = String::new();
    match (&mut lock).take(200).read_to_string(&mut said) {
        Ok(1..) => said.trim().to_owned(),
        _ => "a process that did not leave its name".to_owned(),
    }
}
