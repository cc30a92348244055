//! What an export's files lie in, be it a directory of this machine or a prefix of a bucket.

use std::fmt;
use std::fs;
use std::io::{self, Read};
use std::path::PathBuf;
use std::sync::Arc;

use super::ROOT;
use crate::collect::calls::Call;
use crate::collect::desk::Desk;
use crate::collect::fault::Fault;
use crate::snapshot::Why;
use crate::source::open;

/// A folder with files and with folders. Names in it are one step each.
pub(super) trait Folder: fmt::Debug + Send + Sync {
    /// Whether a file of this name is in it, and the folders in it where an export may lie, in the order of their names.
    fn look(&self, file: &str) -> Result<Inside, Lost>;
    /// A folder in it, be it there or not.
    fn within(&self, folder: &str) -> Arc<dyn Folder>;
    /// A file in it, from its beginning.
    fn open(&self, file: &str) -> Result<Box<dyn Read>, Lost>;
    /// Where a file in it lies, for whoever named the folder.
    fn place(&self, file: &str) -> String;
    /// The same folder, whose calls are entered in the books of this desk.
    fn booked(&self, desk: &Arc<Desk>) -> Arc<dyn Folder>;
}

/// Whether a file is there, and folders beside it.
pub(super) type Inside = (bool, Vec<Arc<dyn Folder>>);

/// Why a file could not be had: the fault of a call, or what the disk or the file itself says.
#[derive(Debug, Clone)]
pub(super) struct Lost {
    pub(super) call: Option<&'static Call>,
    pub(super) fault: Fault,
}

impl Lost {
    /// A call brought no answer.
    pub(super) fn call(call: &'static Call, fault: Fault) -> Self {
        Self { call: Some(call), fault }
    }

    /// What was had is not what it should be.
    pub(super) fn own(text: &str) -> Self {
        Self { call: None, fault: Fault::own(Why::Failed, text) }
    }

    /// The step that failed, as a gap names it.
    pub(super) fn step(&self) -> String {
        self.call.map_or_else(|| "export file".to_owned(), Call::name)
    }
}

impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.call {
            Some(call) => f.write_str(&self.fault.message(call)),
            None => f.write_str(&self.fault.words()),
        }
    }
}

impl std::error::Error for Lost {}

impl From<Lost> for io::Error {
    fn from(lost: Lost) -> Self {
        Self::other(lost)
    }
}

impl From<io::Error> for Lost {
    /// What a decoder passed on comes out as it went in.
    fn from(error: io::Error) -> Self {
        match error.get_ref().and_then(|inner| inner.downcast_ref::<Self>()) {
            Some(lost) => lost.clone(),
            None => Self::own(&format!("cannot be read: {}", error.kind())),
        }
    }
}

/// Whether a folder in `parent` holds data alone: exports lie beside it, and never in it.
pub(super) fn is_data(folder: &str, parent: Option<&str>, manifest_beside: bool) -> bool {
    folder == "data" && (manifest_beside || parent == Some(ROOT))
}

/// A directory of this machine.
#[derive(Debug, Clone)]
pub(super) struct Directory(pub(super) PathBuf);

impl Folder for Directory {
    fn look(&self, file: &str) -> Result<Inside, Lost> {
        let (mut there, mut folders) = (false, Vec::new());
        for entry in fs::read_dir(&self.0)? {
            let entry = entry?;
            if entry.file_name() == file {
                there = true;
            } else if entry.file_type()?.is_dir() {
                folders.push(entry.path());
            }
        }
        let parent = self.0.file_name().and_then(|name| name.to_str());
        let data = |path: &PathBuf| {
            path.file_name().and_then(|name| name.to_str()).is_some_and(|name| is_data(name, parent, there))
        };
        folders.retain(|path| !data(path));
        folders.sort();
        Ok((there, folders.into_iter().map(|path| Arc::new(Self(path)) as Arc<dyn Folder>).collect()))
    }

    fn within(&self, folder: &str) -> Arc<dyn Folder> {
        Arc::new(Self(self.0.join(folder)))
    }

    fn open(&self, file: &str) -> Result<Box<dyn Read>, Lost> {
        let path = self.0.join(file);
        // No waiting here for somebody who writes: DynamoDB leaves files, and whoever left a pipe among them means no good.
        match fs::metadata(&path)?.is_file() {
            true => Ok(Box::new(open::open(&path)?)),
            false => Err(Lost::own("is no plain file")),
        }
    }

    fn place(&self, file: &str) -> String {
        self.0.join(file).display().to_string()
    }

    fn booked(&self, _: &Arc<Desk>) -> Arc<dyn Folder> {
        Arc::new(self.clone())
    }
}
