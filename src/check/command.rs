//! Stub.
#![allow(missing_docs)]
use super::Library;
use std::path::PathBuf;
pub fn list(library: &Library) -> String {
    library.checks().iter().map(|c| format!("{}\n", c.id)).collect()
}
pub fn show(library: &Library, id: &str) -> Result<String, String> {
    library.get(id).map(|c| format!("{}\n{}\n", c.id, c.title)).ok_or_else(|| {
        format!("error: no check is called `{id}`\n = help: did you mean `deletion-protection-off`?")
    })
}
pub fn test(dirs: &[PathBuf]) -> Result<String, super::LoadError> {
    super::Library::with_dirs(dirs).map(|l| format!("{} checks\n", l.checks().len()))
}
pub fn new(over: crate::finding::SubjectKind) -> String {
    format!("over = \"{}\"\n", over.as_str())
}
