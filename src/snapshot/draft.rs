//! A file that is made before it is wanted: moved to its place, copied to others, and gone if nobody wants it.

use std::{
    cell::RefCell,
    fs::{self, File, OpenOptions},
    io::{self, BufReader, Seek, Write},
    path::{Path, PathBuf},
};

use super::file::{private, write_private_by};

/// A file for its owner's eyes, open for writing and reading.
#[derive(Debug)]
pub struct Draft {
    file: File,
    /// Where it lies, and where it is to be; none once it is there, or has no name.
    lies: RefCell<Option<(PathBuf, PathBuf)>>,
}

impl Draft {
    /// One beside `path`, to which it can be moved; without a path, or where a device is, one without a name.
    ///
    /// # Errors
    /// What the system said.
    pub fn of(path: Option<&Path>) -> io::Result<Self> {
        let target = path.map(|path| fs::canonicalize(path).unwrap_or_else(|_| path.to_owned()));
        let plain = |path: &PathBuf| fs::metadata(path).map_or(true, |found| found.is_file());
        let target = target.filter(plain);
        let name = target.as_deref().and_then(Path::file_name);
        let name = name.map_or_else(|| "dynaudit".into(), |name| name.to_string_lossy());
        let part = format!(".{name}.{}.part", std::process::id());
        let part = match &target {
            Some(target) => target.with_file_name(part),
            None => std::env::temp_dir().join(part),
        };
        let file = private(OpenOptions::new().read(true)).open(&part)?;
        let draft = Self { file, lies: RefCell::new(Some((part, target.unwrap_or_default()))) };
        // What has no name is gone with the process, however that ends.
        #[cfg(unix)]
        if let Some((part, _)) = draft.lies.borrow_mut().take_if(|(_, target)| target.as_os_str().is_empty())
        {
            fs::remove_file(part)?;
        }
        Ok(draft)
    }

    /// To write into, and to read from.
    pub fn file(&self) -> &File {
        &self.file
    }

    /// Writes it to `out`.
    ///
    /// # Errors
    /// What `out` or the system said.
    pub fn copy(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut file = &self.file;
        file.rewind()?;
        io::copy(&mut BufReader::with_capacity(1 << 18, file), out).map(drop)
    }

    /// Puts it at `path`: moved, if it was made for that, and copied otherwise; whole or not at all.
    ///
    /// # Errors
    /// What the system said.
    pub fn put(&self, path: &Path) -> io::Result<()> {
        let wanted = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let own = self.lies.borrow_mut().take_if(|(_, target)| *target == wanted);
        match own {
            Some((part, target)) => {
                let moved = self.file.sync_all().and_then(|()| fs::rename(&part, target));
                if moved.is_err() {
                    // The first error is the one to report; a left-over is only untidy.
                    let _ = fs::remove_file(part);
                }
                moved
            }
            None => write_private_by(path, |out| self.copy(out)),
        }
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if let Some((part, _)) = self.lies.take() {
            // There is nobody left to tell.
            let _ = fs::remove_file(part);
        }
    }
}
