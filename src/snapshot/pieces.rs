//! Finished pieces of a run on disk, one a line, so that a run that was killed can be taken up again.
//!
//! A piece is what the snapshot holds: no item's value, nor a key to go on from within a table.

use std::{
    collections::{BTreeMap, HashMap},
    fs::{self, File, OpenOptions},
    io::{self, BufRead, BufReader, Write},
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{CallCount, FORMAT, Gap, GapId, Scope, Timestamp, Topic};
use crate::source::open;

/// Oldest run that is taken up again, in seconds: a nightly job never takes up that of the night before.
const MAX_AGE: i64 = 12 * 3600;

/// What a run was asked to do: only one that is asked the same takes up its pieces.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Head {
    format: u32,
    tool: String,
    account: String,
    scope: Scope,
    topics: Vec<Topic>,
    /// Exports that are read in place of their tables, each with its moment.
    exports: Vec<(String, Timestamp)>,
    /// What the user added to the detector, by its digest.
    #[serde(default)]
    detect: String,
    taken: Timestamp,
}

impl Head {
    /// A run on this account that begins at `taken`; `exports` are those that it reads, each with its moment.
    pub fn new(
        account: String,
        scope: Scope,
        topics: Vec<Topic>,
        exports: Vec<(String, Timestamp)>,
        detect: String,
        taken: Timestamp,
    ) -> Self {
        let tool = env!("CARGO_PKG_VERSION").to_owned();
        Self { format: FORMAT, tool, account, scope, topics, exports, detect, taken }
    }

    fn takes_up(&self, earlier: &Head) -> bool {
        let age = self.taken.0.saturating_sub(earlier.taken.0);
        (0..=MAX_AGE).contains(&age) && Head { taken: self.taken, ..earlier.clone() } == *self
    }
}

/// What one piece of the work gave.
#[derive(Debug, Serialize, Deserialize)]
pub struct Piece<T> {
    /// What was seen.
    pub value: T,
    /// The calls that it took.
    pub calls: BTreeMap<String, CallCount>,
    /// What could not be seen.
    pub gaps: BTreeMap<GapId, Gap>,
}

#[derive(Serialize, Deserialize)]
struct Line<P> {
    piece: String,
    #[serde(flatten)]
    done: P,
}

/// The file of pieces.
#[derive(Debug)]
pub struct Pieces {
    path: PathBuf,
    resume: bool,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    file: Option<File>,
    found: HashMap<String, String>,
    /// How many pieces were found, and why no more are kept.
    taken_up: usize,
    failed: Option<io::Error>,
}

impl Pieces {
    /// Pieces in the file at `path`; those of an earlier run are thrown away unless `resume`.
    pub fn new(path: PathBuf, resume: bool) -> Self {
        Self { path, resume, state: Mutex::default() }
    }

    /// Begins a run, or takes up the one whose pieces are there, and says when it began.
    pub fn begin(&self, head: &Head) -> Timestamp {
        let mut state = self.held();
        let earlier = if self.resume { read(&self.path) } else { None };
        if let Some((earlier, found)) = earlier.filter(|(earlier, _)| head.takes_up(earlier)) {
            state.taken_up = found.len();
            state.found = found;
            match OpenOptions::new().append(true).open(&self.path).and_then(end_line) {
                Ok(file) => state.file = Some(file),
                Err(error) => state.failed = Some(error),
            }
            return earlier.taken;
        }
        match create(&self.path).and_then(|mut file| write_line(&mut file, head).map(|()| file)) {
            Ok(file) => state.file = Some(file),
            Err(error) => state.failed = Some(error),
        }
        head.taken
    }

    /// What the earlier run left of a piece. One that cannot be read is as if it were not there.
    pub fn take<T: DeserializeOwned>(&self, piece: &str) -> Option<Piece<T>> {
        let line = self.held().found.remove(piece)?;
        serde_json::from_str(&line).ok()
    }

    /// Keeps a piece. Where that fails the run goes on, and [`Pieces::failure`] says why.
    pub fn keep<T: Serialize>(&self, piece: &str, done: &Piece<T>) {
        let line = Line { piece: piece.to_owned(), done };
        let mut state = self.held();
        let Some(file) = &mut state.file else { return };
        if let Err(error) = write_line(file, &line) {
            state.file = None;
            state.failed = Some(error);
        }
    }

    /// How many pieces of an earlier run there were to take up.
    pub fn taken_up(&self) -> usize {
        self.held().taken_up
    }

    /// Why pieces are not kept, where they are not.
    pub fn failure(&self) -> Option<String> {
        self.held().failed.as_ref().map(|error| format!("{}: {error}", self.path.display()))
    }

    /// Takes the file away: the run is told.
    pub fn clear(&self) {
        self.held().file = None;
        // What is left over is only thrown away later.
        let _ = fs::remove_file(&self.path);
    }

    fn held(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The head and the pieces of a file; none where there is no such file. A line that was cut short is passed over.
fn read(path: &Path) -> Option<(Head, HashMap<String, String>)> {
    #[derive(Deserialize)]
    struct Name {
        piece: String,
    }
    let mut lines = BufReader::new(open::open(path).ok()?).lines();
    let head = serde_json::from_str(&lines.next()?.ok()?).ok()?;
    let mut found = HashMap::new();
    for line in lines.map_while(Result::ok) {
        if let Ok(name) = serde_json::from_str::<Name>(&line) {
            found.insert(name.piece, line);
        }
    }
    Some((head, found))
}

fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// A line that a killed run began is ended, so that the next one stands alone.
fn end_line(mut file: File) -> io::Result<File> {
    file.write_all(b"\n").map(|()| file)
}

/// In one write, so that what is killed leaves whole lines and at most one that is cut short.
fn write_line(file: &mut File, value: &impl Serialize) -> io::Result<()> {
    let mut line = serde_json::to_vec(value).map_err(io::Error::other)?;
    line.push(b'\n');
    file.write_all(&line)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(taken: i64) -> Head {
        Head::new(
            "111122223333".into(),
            Scope::default(),
            vec![Topic::Trails],
            vec![],
            String::new(),
            Timestamp(taken),
        )
    }

    fn piece(value: &str) -> Piece<String> {
        Piece { value: value.into(), calls: BTreeMap::new(), gaps: BTreeMap::new() }
    }

    #[test]
    fn what_a_killed_run_left_is_taken_up_and_its_last_line_is_not_if_it_is_cut() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("p");
        let first = Pieces::new(path.clone(), false);
        assert_eq!(first.begin(&head(1_000)), Timestamp(1_000));
        first.keep("a", &piece("x"));
        first.keep("b", &piece("y"));
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, &text[..text.len() - 9]).unwrap();

        let second = Pieces::new(path.clone(), true);
        assert_eq!(second.begin(&head(1_600)), Timestamp(1_000));
        assert_eq!(second.take::<String>("a").unwrap().value, "x");
        assert!(second.take::<String>("b").is_none());
        second.keep("b", &piece("z"));
        let third = Pieces::new(path.clone(), true);
        third.begin(&head(1_700));
        assert_eq!((third.taken_up(), third.take::<String>("b").unwrap().value.as_str()), (2, "z"));
        third.clear();
        assert!(!path.exists());
    }

    #[test]
    fn another_run_an_old_one_and_one_that_was_not_asked_for_are_not_taken_up() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("p");
        let begin = |resume, head: &Head| {
            let pieces = Pieces::new(path.clone(), resume);
            pieces.begin(head);
            let found = pieces.taken_up();
            pieces.keep("a", &piece("x"));
            found
        };
        assert_eq!(begin(true, &head(0)), 0);
        assert_eq!(begin(true, &head(5)), 1);
        assert_eq!(begin(false, &head(5)), 0);
        assert_eq!(begin(true, &Head { account: "444455556666".into(), ..head(6) }), 0);
        assert_eq!(begin(true, &head(7)), 0, "that one was thrown away");
        assert_eq!(
            begin(true, &Head { detect: "00ff".into(), ..head(7) }),
            0,
            "other rules see other things"
        );
        assert_eq!(begin(true, &head(7)), 0, "that one was thrown away, too");
        assert_eq!(begin(true, &head(8 + MAX_AGE)), 0);
        assert_eq!(begin(true, &head(7 + MAX_AGE)), 0, "a clock that went back");
    }

    #[test]
    fn where_nothing_can_be_kept_the_run_goes_on() {
        let pieces = Pieces::new("/no/such/directory/p".into(), true);
        assert_eq!(pieces.begin(&head(1)), Timestamp(1));
        pieces.keep("a", &piece("x"));
        assert!(pieces.failure().unwrap().contains("/no/such/directory/p"));
    }
}
