//! Where what a run writes goes to: each thing to a place of its own.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{Format, Invalid, Output, invalid};

/// The files that reports go to, each with its form.
///
/// # Errors
/// A form without a file and no directory to put it in; a form that has no file's name of its own; two forms for one
/// file.
pub fn files(outputs: &[Output], dir: Option<&Path>) -> Result<Vec<(Format, PathBuf)>, Invalid> {
    let mut files = Vec::new();
    for output in outputs {
        match (output.format, &output.path, dir) {
            (Some(format), Some(path), _) => files.push((format, path.clone())),
            (None, _, Some(dir)) => {
                files.extend(Format::FILES.map(|(format, name)| (format, dir.join(name))))
            }
            (Some(format), None, Some(dir)) => match Format::FILES.iter().find(|(known, _)| *known == format)
            {
                Some((_, name)) => files.push((format, dir.join(name))),
                None => return invalid("this form has no file's name of its own: use FORMAT=FILE"),
            },
            (_, None, None) => {
                return invalid("use FORMAT=FILE, for example json=report.json, or add --output-dir");
            }
            (None, Some(_), None) => {}
        }
    }
    for (at, (format, path)) in files.iter().enumerate() {
        if files[..at].iter().any(|(other, known)| other != format && is_one(known, path)) {
            return invalid(format!("two forms of the report cannot go to one file, {}", path.display()));
        }
    }
    Ok(files)
}

/// Refuses to put anything else where a report goes.
///
/// # Errors
/// `path` is the place of one of `files`.
pub fn apart(path: &Path, files: &[(Format, PathBuf)]) -> Result<(), Invalid> {
    match files.iter().any(|(_, file)| is_one(file, path)) {
        true => invalid(format!("the snapshot and a report cannot go to one file, {}", path.display())),
        false => Ok(()),
    }
}

/// Whether two paths are one file, there or not. What is no file, as a terminal, takes several things one after the other.
fn is_one(one: &Path, other: &Path) -> bool {
    (!one.exists() || one.is_file()) && place(one) == place(other)
}

/// A path without links and detours, as far as it is there.
fn place(path: &Path) -> PathBuf {
    if let Ok(found) = fs::canonicalize(path) {
        return found;
    }
    match (path.parent(), path.file_name()) {
        (Some(parent), Some(name)) if parent.as_os_str().is_empty() => place(Path::new(".")).join(name),
        (Some(parent), Some(name)) => place(parent).join(name),
        _ => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_output_names_its_format() {
        let output = |text: &str| text.parse::<Output>().unwrap();
        assert_eq!(output("json=a=b").path.as_deref(), Some(Path::new("a=b")));
        assert_eq!(
            files(&[output("json=a"), output("csv")], Some(Path::new("d"))).unwrap()[1].1,
            Path::new("d/findings.csv")
        );
        assert_eq!(files(&[output("all")], Some(Path::new("d"))).unwrap().len(), Format::FILES.len());
        assert!(files(&[output("all")], None).is_err() && files(&[output("csv")], None).is_err());
        assert!(files(&[output("table")], Some(Path::new("d"))).is_err());
        for bad in ["json=", "xml=a", "=a", "all=a", "xml"] {
            assert!(bad.parse::<Output>().is_err(), "{bad}");
        }
    }

    #[test]
    fn each_thing_has_a_place_of_its_own_whatever_the_way_to_it() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        fs::create_dir(at("real")).unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink(at("real"), at("link")).unwrap();
        let reports = [(Format::Json, at("real/a")), (Format::Csv, at("not/there"))];
        for same in ["real/a", "./real/./a", "link/a", "link/../real/a", "not/./there"] {
            assert!(cfg!(windows) || apart(&at(same), &reports).is_err(), "{same}");
            let output =
                |form: &str, at: PathBuf| format!("{form}={}", at.display()).parse::<Output>().unwrap();
            let two = [output("json", at("real/a")), output("csv", at(same))];
            assert_eq!(files(&two, None).is_ok(), same.starts_with("not") || cfg!(windows), "{same}");
        }
        for other in ["real/b", "a", "not/here"] {
            assert!(apart(&at(other), &reports).is_ok(), "{other}");
        }
        assert!(apart(Path::new("/dev/null"), &[(Format::Json, "/dev/null".into())]).is_ok());
        assert!(apart(Path::new("./a"), &[(Format::Json, "a".into())]).is_err());
    }
}
