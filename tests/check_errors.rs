//! What an author reads when a check is refused: each file of `check_errors/` against the text beside it.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{env, fs, path::PathBuf};

use dynaudit::check::Library;

#[test]
fn each_mistake_is_shown_with_line_caret_and_help() {
    let update = env::var_os("UPDATE_DOCS").is_some();
    let mut files: Vec<PathBuf> =
        fs::read_dir("tests/check_errors").unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|e| e == "toml"));
    files.sort();
    assert!(files.len() > 60, "found {} mistakes", files.len());
    let mut wrong = Vec::new();
    for file in files {
        let shown = match Library::with_dirs(std::slice::from_ref(&file)) {
            Ok(_) => "accepted".to_owned(),
            Err(error) => error.to_string(),
        };
        let beside = file.with_extension("txt");
        if update {
            fs::write(&beside, format!("{shown}\n")).unwrap();
        }
        let expected = fs::read_to_string(&beside).unwrap_or_default();
        if expected.trim_end() != shown {
            wrong.push(format!("{}\n--- expected\n{expected}--- shown\n{shown}\n", file.display()));
        }
        assert!(shown.starts_with("error: "), "{}: {shown}", file.display());
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
