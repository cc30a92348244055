//! `dynaudit checks`: list, show, test, new.

use std::fs;

use super::{
    super::{Library, command},
    fixed,
};
use crate::finding::SubjectKind;

#[test]
fn list_has_one_aligned_line_a_check() {
    let library = fixed(&[]);
    let list = command::list(&library);
    assert_eq!(list.lines().count(), library.checks().len());
    let line = list.lines().find(|line| line.starts_with("key-disabled ")).unwrap();
    let words: Vec<&str> = line.split("  ").map(str::trim).filter(|w| !w.is_empty()).collect();
    assert_eq!(words, ["key-disabled", "critical", "table", "Table's KMS key is disabled"]);
}

#[test]
fn show_tells_all_and_names_the_nearest_where_there_is_none() {
    let library = fixed(&[]);
    let shown = command::show(&library, "jwt-without-expiry").unwrap();
    for line in [
        "jwt-without-expiry",
        "severity  high",
        "applies   attribute.kind == \"jwt\"",
        "flags     attribute.jwt_no_expiry",
    ] {
        assert!(shown.lines().any(|l| l == line), "{line} in\n{shown}");
    }
    assert_eq!(
        command::show(&library, "jwt-without-expirey").unwrap_err(),
        "error: no check is called `jwt-without-expirey`\n = help: did you mean `jwt-without-expiry`?"
    );
}

#[test]
fn a_new_check_over_any_subject_passes_its_own_test() {
    let dir = tempfile::tempdir().unwrap();
    for kind in SubjectKind::ALL {
        fs::write(dir.path().join(format!("new-{}.toml", kind.as_str())), command::new(kind)).unwrap();
    }
    let said = command::test(&[dir.path().to_owned()]).unwrap_or_else(|wrong| panic!("{wrong}"));
    let library = Library::with_dirs(&[dir.path().to_owned()]).unwrap();
    let examples: usize = library.checks().iter().map(|c| c.examples().len()).sum();
    let expected =
        format!("{} checks, {examples} examples: each comes to its verdict\n", library.checks().len());
    assert_eq!(said, expected);
}

#[test]
fn test_fails_on_the_line_of_the_example() {
    let dir = tempfile::tempdir().unwrap();
    let text = command::new(SubjectKind::Table)
        .replace("is    = \"clear\"", "is    = \"flagged\"\n[[example]]\nis = \"clear\"");
    fs::write(dir.path().join("my-check.toml"), text).unwrap();
    let error = command::test(&[dir.path().to_owned()]).unwrap_err().to_string();
    assert!(error.starts_with("error: this example should be flagged and is clear\n"), "{error}");
}

#[test]
fn the_check_in_the_readme_is_a_check() {
    let readme = fs::read_to_string("checks/README.md").unwrap();
    let block = readme.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("reader-without-mfa.toml"), block).unwrap();
    command::test(&[dir.path().to_owned()]).unwrap_or_else(|wrong| panic!("{wrong}"));
}
