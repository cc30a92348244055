//! The files of a bundle that is a directory: listed, and written whole or not at all. Nothing in it is a link.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, DirBuilder},
    io,
    path::{Path, PathBuf},
};

/// Levels that are looked into; a bundle has three.
const DEEPEST: usize = 8;
/// Most files, as in an archive.
const MOST: usize = u16::MAX as usize;

/// What lies in a directory.
#[derive(Debug)]
pub struct Folder {
    root: PathBuf,
    /// Files by their path below it, `/` between folders.
    pub names: BTreeSet<String>,
    /// What is no file and no folder with files, by its path, with what is wrong.
    pub strange: BTreeMap<String, &'static str>,
}

impl Folder {
    /// Lists the directory at `root`; a link in it is not followed.
    ///
    /// # Errors
    /// What the system said.
    pub fn open(root: &Path) -> io::Result<Self> {
        let mut folder = Self { root: root.to_owned(), names: BTreeSet::new(), strange: BTreeMap::new() };
        folder.list(root, "", 0)?;
        Ok(folder)
    }

    fn list(&mut self, dir: &Path, above: &str, depth: usize) -> io::Result<()> {
        let mut empty = true;
        for entry in fs::read_dir(dir)? {
            let entry = entry?;
            empty = false;
            let own = entry.file_name();
            let name = format!("{above}{}", own.to_string_lossy());
            // The entry's own kind: of a link, that it is one.
            let kind = entry.file_type()?;
            let strange = match own.to_str() {
                None => "its name is not UTF-8",
                _ if kind.is_symlink() => "it is a symbolic link",
                _ if self.names.len() + self.strange.len() >= MOST => "there are too many files",
                _ if kind.is_dir() && depth < DEEPEST => {
                    self.list(&entry.path(), &format!("{name}/"), depth + 1)?;
                    continue;
                }
                _ if kind.is_dir() => "it lies too deep",
                _ if kind.is_file() => {
                    self.names.insert(name);
                    continue;
                }
                _ => "it is no plain file",
            };
            self.strange.insert(name, strange);
            if self.strange.len() > MOST {
                break;
            }
        }
        if empty && depth > 0 {
            self.strange.insert(above.to_owned(), "it is an empty folder");
        }
        Ok(())
    }

    /// Where a file lies.
    pub fn path(&self, name: &str) -> Option<PathBuf> {
        self.names.contains(name).then(|| self.root.join(name))
    }
}

/// Makes the directory `path`, which is not there or empty, of what `fill` puts into another beside it.
///
/// # Errors
/// It is there and holds something; what the system or `fill` said.
pub fn make(path: &Path, fill: impl FnOnce(&Path) -> io::Result<()>) -> io::Result<()> {
    let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_string_lossy();
    let part = path.with_file_name(format!(".{name}.{}.part", std::process::id()));
    private(&part)?;
    let made = fill(&part).and_then(|()| {
        // Of what is there only an empty directory goes, and what is a link or holds something stays.
        match fs::remove_dir(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => fs::rename(&part, path),
        }
    });
    if made.is_err() {
        // The first error is the one to report; a left-over is only untidy.
        let _ = fs::remove_dir_all(&part);
    }
    made
}

/// Makes a directory, and those above it that are not there, for its owner alone.
///
/// # Errors
/// What the system said.
pub fn private(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}
