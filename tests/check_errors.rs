//! What an author reads when a check is refused: each file of `check_errors/` against the text beside it.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use dynaudit::check::Library;

#[test]
fn each_mistake_is_shown_with_line_caret_and_help() {
    let directory = Path::new("tests/check_errors");
    let mut files: Vec<PathBuf> =
        fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|e| e == "toml"));
    files.sort();
    assert!(files.len() > 60, "found {} mistakes", files.len());
    // All at once, as an author with many mistakes would see them.
    let problems = Library::with_dirs(&[directory.to_owned()]).unwrap_err().problems;
    let mut wrong = Vec::new();
    let mut shown_problems = 0;
    for file in files {
        let place = format!("--> {}", file.display());
        let of_file: Vec<&str> = problems.iter().map(String::as_str).filter(|p| p.contains(&place)).collect();
        shown_problems += of_file.len();
        let shown = of_file.join("\n\n");
        let beside = file.with_extension("txt");
        if env::var_os("UPDATE_DOCS").is_some() {
            fs::write(&beside, format!("{shown}\n")).unwrap();
        }
        let expected = fs::read_to_string(&beside).unwrap_or_default();
        if expected.trim_end() != shown || shown.is_empty() {
            wrong.push(format!("{}\n--- expected\n{expected}--- shown\n{shown}\n", file.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(shown_problems, problems.len());
}
