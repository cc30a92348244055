//! Files that an option names: a key that is read, a place where a file is to be made.

use std::{fs, io, path::Path};

use zeroize::Zeroizing;

use super::{Invalid, invalid};
use crate::{detect::DigestKey, source::open};

/// Largest digest key file that is read, in bytes.
const MAX_KEY_BYTES: u64 = 4096;

/// The digest key in `file`, as its bytes are; without a file a random one.
///
/// # Errors
/// The file cannot be read, or does not hold a key of fit length.
pub fn digest_key(file: Option<&Path>) -> Result<DigestKey, Invalid> {
    let Some(path) = file else {
        return DigestKey::random().or_else(|e| invalid(e.to_string()));
    };
    let bytes = match open::read(path, MAX_KEY_BYTES).map(Zeroizing::new) {
        Ok(bytes) => bytes,
        Err(error) => return invalid(format!("cannot read the digest key {}: {error}", path.display())),
    };
    DigestKey::from_bytes(&bytes).or_else(|e| invalid(format!("{}: {e}", path.display())))
}

/// Whether a file could be made at `path`, as far as can be told without making it: a run of an hour must not fail at its end.
///
/// # Errors
/// Its directory is not there, or it is a directory itself.
pub fn writable(path: &Path) -> Result<(), Invalid> {
    beside(path)?;
    if path.is_dir() || is_folder(path) {
        return invalid(format!("cannot write {}: it is a directory", path.display()));
    }
    Ok(())
}

/// Whether a path is meant as a directory, there or not.
pub fn is_folder(path: &Path) -> bool {
    path.as_os_str().as_encoded_bytes().ends_with(b"/")
}

/// Whether an evidence bundle could be made as the directory `path`. One that holds something stays as it is.
///
/// # Errors
/// Its directory is not there; it is there and is not an empty directory.
pub fn room(path: &Path) -> Result<(), Invalid> {
    beside(path)?;
    let refused = |why: &str| invalid(format!("cannot write {}: {why}", path.display()));
    match fs::read_dir(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => refused(&error.to_string()),
        Ok(mut within) => match within.next() {
            Some(_) => refused("the directory is not empty"),
            None => Ok(()),
        },
    }
}

/// Whether something could be made where `path` is.
fn beside(path: &Path) -> Result<(), Invalid> {
    let parent = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    match fs::metadata(parent) {
        Ok(found) if !found.is_dir() => {
            invalid(format!("cannot write {}: {} is not a directory", path.display(), parent.display()))
        }
        Ok(_) => Ok(()),
        Err(error) => invalid(format!("cannot write {}: {error}", path.display())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_of_a_few_bytes_is_refused() {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(&file, "short").unwrap();
        assert!(digest_key(Some(file.path())).is_err());
        fs::write(&file, [7; 32]).unwrap();
        assert!(digest_key(Some(file.path())).is_ok());
        fs::write(&file, [7; 5000]).unwrap();
        assert!(digest_key(Some(file.path())).is_err());
        assert!(digest_key(Some(Path::new("/dev/zero"))).is_err());
    }
}
