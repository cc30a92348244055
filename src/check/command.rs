//! Stub.
#![allow(missing_docs)]
use super::Library;
use std::path::PathBuf;
pub fn list(library: &Library) -> String {
    library.checks().iter().map(|c| format!("{}\n", c.id)).collect()
}
pub fn show(library: &Library, id: &str) -> Option<String> {
    library.get(id).map(|c| format!("{}\n{}\n", c.id, c.title))
}
pub fn test(dirs: &[PathBuf]) -> (String, bool) {
    (format!("{} dirs\n", dirs.len()), true)
}
pub fn new(path: &std::path::Path, over: &str) -> Result<String, super::LoadError> {
    Ok(format!("{} {over}\n", path.display()))
}
