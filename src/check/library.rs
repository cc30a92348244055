//! The library of checks: those that come with the program, and those of the user's directories.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt, fs, io,
    path::{Path, PathBuf},
};

use super::{Check, expr::PARSER_STACK, file};
use crate::source::{Source, escape, open};

/// The checks that come with the program, by file name; `build.rs` lists them.
static BUILTIN: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/checks.rs"));

/// Bytes that a check's file may have.
const LARGEST: u64 = 256 << 10;
/// Levels that a directory of checks may have.
const DEEPEST: usize = 32;

/// Checks, ready to judge, sorted by group and id.
#[derive(Debug)]
pub struct Library {
    checks: Vec<Check>,
}

/// Why checks were refused. Its text is every problem, each with its place and help.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct LoadError {
    /// The problems, ready to print.
    pub problems: Vec<String>,
}

/// Problems that are printed.
const SHOWN: usize = 30;

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = self.problems.get(..SHOWN).unwrap_or(&self.problems);
        f.write_str(&shown.join("\n\n"))?;
        match self.problems.len() - shown.len() {
            0 => Ok(()),
            more => write!(f, "\n\n… and {more} more"),
        }
    }
}

impl Library {
    /// The checks that come with the program.
    ///
    /// # Errors
    /// None that its own tests have not excluded.
    pub fn builtin() -> Result<Self, LoadError> {
        Self::with_dirs(&[])
    }

    /// The checks that come with the program and those below `dirs`, whose examples are run.
    ///
    /// # Errors
    /// All that is wrong in any of the files, and two checks of one id.
    pub fn with_dirs(dirs: &[PathBuf]) -> Result<Self, LoadError> {
        Self::of(BUILTIN, dirs)
    }

    /// As [`Library::with_dirs`], without the examples of the checks that come with the program: those are its tests.
    ///
    /// # Errors
    /// As [`Library::with_dirs`].
    pub fn to_judge(dirs: &[PathBuf]) -> Result<Self, LoadError> {
        Self::loaded(BUILTIN, Examples::Leave, dirs)
    }

    /// The checks of `files` (`group/id.toml` and text) and those below `dirs`.
    ///
    /// # Errors
    /// As [`Library::with_dirs`].
    pub fn of(files: &[(&str, &str)], dirs: &[PathBuf]) -> Result<Self, LoadError> {
        Self::loaded(files, Examples::Read, dirs)
    }

    fn loaded(files: &[(&str, &str)], examples: Examples, dirs: &[PathBuf]) -> Result<Self, LoadError> {
        // The parser goes down deeply for each bracket; the stack is only touched where that is needed.
        let loaded = std::thread::scope(|scope| {
            let builder = std::thread::Builder::new().stack_size(PARSER_STACK);
            builder.spawn_scoped(scope, || load(files, examples, dirs)).map(|thread| thread.join())
        });
        match loaded {
            Ok(Ok(loaded)) => loaded,
            Ok(Err(_)) => Err(LoadError { problems: vec!["error: loading the checks failed".to_owned()] }),
            Err(e) => Err(LoadError { problems: vec![format!("error: no thread to load the checks: {e}")] }),
        }
    }

    /// All checks, sorted by group and id.
    pub fn checks(&self) -> &[Check] {
        &self.checks
    }

    /// The check with this id.
    pub fn get(&self, id: &str) -> Option<&Check> {
        self.checks.iter().find(|check| check.id == id)
    }
}

/// What is done with the examples of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Examples {
    Leave,
    Read,
    Run,
}

fn load(builtin: &[(&str, &str)], examples: Examples, dirs: &[PathBuf]) -> Result<Library, LoadError> {
    let mut checks: BTreeMap<String, Check> = BTreeMap::new();
    let mut problems = Vec::new();
    let mut take = |source: Source, examples, problems: &mut Vec<String>| match one(&source, examples) {
        Ok(check) => match checks.get(&check.id) {
            Some(first) => problems.push(format!(
                "error: two checks are called `{}`\n --> {}\n --> {}",
                escape(&check.id),
                escape(&first.origin),
                escape(&check.origin)
            )),
            None => {
                checks.insert(check.id.clone(), check);
            }
        },
        Err(mut wrong) => problems.append(&mut wrong),
    };
    for (name, text) in builtin {
        take(Source::new(*name, *text), examples, &mut problems);
    }
    let mut files = Vec::new();
    let mut seen = BTreeSet::new();
    for dir in dirs {
        find(dir, DEEPEST, &mut seen, &mut files, &mut problems);
    }
    for path in files {
        match open::text(&path, LARGEST) {
            Ok(text) => take(Source::new(path.display().to_string(), text), Examples::Run, &mut problems),
            Err(e) => problems.push(unreadable(&path, &e.to_string())),
        }
    }
    if !problems.is_empty() {
        return Err(LoadError { problems });
    }
    let mut checks: Vec<Check> = checks.into_values().collect();
    checks.sort_by(|a, b| (&a.group, &a.id).cmp(&(&b.group, &b.id)));
    Ok(Library { checks })
}

/// One check; the examples of a user's own are run, those of the program's are its tests.
fn one(source: &Source, examples: Examples) -> Result<Check, Vec<String>> {
    let path = Path::new(&source.name);
    let part =
        |part: Option<&std::ffi::OsStr>| part.map_or(String::new(), |p| p.to_string_lossy().into_owned());
    let id = part(path.file_stem());
    if !kebab(&id) {
        return Err(vec![format!(
            "error: `{}` is not the id of a check\n --> {}\n = help: name the file in kebab-case, such as `token-in-plaintext.toml`",
            escape(&id),
            escape(&source.name)
        )]);
    }
    let group = part(path.parent().and_then(Path::file_name));
    let render = |problems: Vec<_>| problems.iter().map(|p| source.render(p)).collect::<Vec<_>>();
    let check = file::read(&id, &group, source, examples).map_err(render)?;
    if examples == Examples::Run {
        let failed: Vec<_> = check.examples.iter().filter_map(|example| example.run(&check).err()).collect();
        if !failed.is_empty() {
            return Err(render(failed));
        }
    }
    Ok(check)
}

/// Lower-case words and digits, joined by single hyphens.
fn kebab(id: &str) -> bool {
    id.len() <= 100
        && id.split('-').all(|word| {
            !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
        })
}

/// All check files below a directory, in the order of their names; each file and directory once, so that links cannot loop.
fn find(
    at: &Path,
    levels: usize,
    seen: &mut BTreeSet<PathBuf>,
    files: &mut Vec<PathBuf>,
    problems: &mut Vec<String>,
) {
    match list(at, seen) {
        Ok(None) => files.push(at.to_owned()),
        Ok(Some(entries)) if entries.is_empty() || levels > 0 => {
            for entry in entries {
                find(&entry, levels - 1, seen, files, problems);
            }
        }
        Ok(Some(_)) => problems.push(unreadable(at, "directories are nested too deeply")),
        Err(e) => problems.push(unreadable(at, &e.to_string())),
    }
}

/// What lies in a directory, sorted; none for a file. What was seen before comes out empty.
fn list(at: &Path, seen: &mut BTreeSet<PathBuf>) -> io::Result<Option<Vec<PathBuf>>> {
    if !seen.insert(fs::canonicalize(at)?) {
        return Ok(Some(Vec::new()));
    }
    if !at.is_dir() {
        return Ok(None);
    }
    let mut entries = fs::read_dir(at)?.map(|e| e.map(|e| e.path())).collect::<io::Result<Vec<_>>>()?;
    entries.retain(|path| path.is_dir() || path.extension().is_some_and(|e| e == "toml"));
    entries.sort();
    Ok(Some(entries))
}

fn unreadable(path: &Path, why: &str) -> String {
    format!("error: cannot read checks: {}\n --> {}", escape(why), escape(&path.display().to_string()))
}
