//! The files of a bundle, in an archive or in a directory, read one at a time.

use std::{
    collections::BTreeMap,
    fmt, fs,
    io::{self, BufReader, Cursor, Read, Seek},
    path::Path,
};

use super::{
    file::write_private_by,
    folder::{self, Folder},
    pack::Error,
    unpack::{Archive, Fits},
};
use crate::source::open;

/// Most that is read of an archive from a pipe, in bytes, since it is kept in memory.
const MOST: u64 = 1 << 30;

/// What can be read here and there.
pub trait Input: Read + Seek {}
impl<T: Read + Seek> Input for T {}

/// The files of a bundle.
pub enum Members {
    /// In an archive.
    Archive(Archive<Box<dyn Input>>),
    /// In a directory.
    Folder(Folder),
}

impl fmt::Debug for Members {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Archive(_) => "Archive",
            Self::Folder(_) => "Folder",
        })
    }
}

impl Members {
    /// Those of the directory or the archive at `path`. What is read of a pipe is gone, so that is kept in memory.
    ///
    /// # Errors
    /// It cannot be read, or is an archive with a damaged header, or none.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let found = fs::metadata(path)?;
        if found.is_dir() {
            return Ok(Self::Folder(Folder::open(path)?));
        }
        if found.is_file() {
            return Self::of(open::open(path)?);
        }
        Self::of(Cursor::new(open::read(path, MOST)?))
    }

    /// Those of an archive.
    ///
    /// # Errors
    /// As [`Members::open`].
    pub fn of(archive: impl Input + 'static) -> Result<Self, Error> {
        Ok(Self::Archive(Archive::open(Box::new(archive) as Box<dyn Input>)?))
    }

    /// Names of the files, sorted; `/` parts folders.
    pub fn names(&self) -> Vec<String> {
        match self {
            Self::Archive(archive) => archive.names().map(str::to_owned).collect(),
            Self::Folder(folder) => folder.names.iter().cloned().collect(),
        }
    }

    /// What lies beside the files and is none, with what is wrong with it.
    pub fn strange(&self) -> BTreeMap<String, &'static str> {
        match self {
            Self::Archive(_) => BTreeMap::new(),
            Self::Folder(folder) => folder.strange.clone(),
        }
    }

    /// The bytes of a file; none if there is no such file.
    ///
    /// # Errors
    /// What the system said.
    pub fn read<'a>(&'a mut self, name: &str) -> io::Result<Option<Box<dyn Read + 'a>>> {
        match self {
            Self::Archive(archive) => {
                Ok(archive.read(name)?.map(|bytes| Box::new(bytes) as Box<dyn Read + 'a>))
            }
            Self::Folder(folder) => {
                let Some(path) = folder.path(name) else { return Ok(None) };
                let said = |error: io::Error| io::Error::new(error.kind(), format!("{name}: {error}"));
                Ok(Some(Box::new(open::open(&path).map_err(said)?)))
            }
        }
    }

    /// Whether `sum`, the CRC-32 of a file's bytes, is the one that an archive's headers have.
    pub fn fits(&self, name: &str, sum: u32) -> Fits {
        match self {
            Self::Archive(archive) => archive.fits(name, sum),
            Self::Folder(_) => Fits::Yes,
        }
    }

    /// Writes the files into a directory, which is not there or empty: whole or not at all, for its owner's eyes.
    ///
    /// # Errors
    /// It is there and holds something; what the system said.
    pub fn lay_out(&mut self, path: &Path) -> io::Result<()> {
        folder::make(path, |part| {
            for name in self.names() {
                let place = part.join(&name);
                place.parent().map_or(Ok(()), folder::private)?;
                let bytes = self.read(&name)?.ok_or(io::ErrorKind::NotFound)?;
                let mut bytes = BufReader::with_capacity(1 << 18, bytes);
                write_private_by(&place, |out| io::copy(&mut bytes, out).map(drop))?;
            }
            Ok(())
        })
    }
}
