//! `dynaudit detect`: items from a file or a pipe, verdicts as they come.

use std::{
    io::{self, BufReader, Cursor, IsTerminal, Read, Write},
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    thread,
};

use flate2::read::MultiGzDecoder;

use super::{
    Error, Outcome,
    console::{Console, finish},
    ignore::Ignores,
    lines::{Chunk, MAX_LINE, each_chunk},
    options::Config,
};
use crate::{
    cli,
    config::{Lines, detection::Detection, digest_key},
    detect::{Detector, Inspector, Tally},
    report::verdicts::{self, Row},
    source,
};

/// Bad lines that are named; the rest is counted.
const MAX_NAMED: usize = 20;

/// What a chunk held.
#[derive(Default)]
struct Said {
    /// Verdicts, written.
    written: Vec<u8>,
    items: u64,
    flagged: u64,
    /// Lines that are no items, or were not looked at to their end, and why.
    gaps: Vec<(u64, String)>,
}

/// Looks through the items and writes verdicts.
///
/// # Errors
/// The input cannot be read, or standard output not be written.
pub fn run(args: &cli::Detect, config: &Config, console: &Console) -> Result<Outcome, Error> {
    let Detection { own, ignores } = config.file.detect.clone();
    let detector = Detector::new(digest_key(args.digest_key_file.as_deref())?).with(own);
    let unreadable = |error: io::Error| Error::Read(args.file.clone(), error);
    let input = open(&args.file).map_err(unreadable)?;
    let ignores = Ignores::today(ignores);
    ignores.expired().for_each(|said| console.warn(&said));
    let format = args.format.unwrap_or_else(by_terminal);
    let desk = Desk { args, console, detector: Arc::new(detector), ignores, format };
    let mut sum = Said::default();
    let (read, written) = desk.verdicts(input, &mut sum);
    finish(written)?;
    read.map_err(unreadable)?;
    Ok(desk.outcome(&sum))
}

/// What a run works with.
struct Desk<'a> {
    args: &'a cli::Detect,
    console: &'a Console,
    detector: Arc<Detector>,
    ignores: Ignores,
    format: Lines,
}

impl Desk<'_> {
    /// Writes the verdicts on `input`; tells how reading and how writing ended.
    fn verdicts(&self, input: impl Read + Send, sum: &mut Said) -> (io::Result<()>, io::Result<()>) {
        let mut out = io::stdout().lock();
        let mut written = match self.format {
            Lines::Table => verdicts::head(self.args.by_column, &mut out),
            Lines::Json => Ok(()),
        };
        if written.is_err() {
            return (Ok(()), written);
        }
        if !self.args.by_column {
            let threads = self.args.threads.map_or_else(cores, usize::from);
            let worker = || {
                let mut inspector = self.detector.inspector();
                move |chunk: &Chunk| self.inspect(chunk, &mut inspector)
            };
            let read = each_chunk(input, threads, worker, |said| {
                written = out.write_all(&said.written).and_then(|()| out.flush());
                self.add(said, sum);
                written.is_ok()
            });
            return (read, written);
        }
        // One tally, hence one thread that looks; another reads.
        let tally = Mutex::new(self.detector.tally());
        let look =
            |chunk: &Chunk| self.tally(chunk, &mut tally.lock().unwrap_or_else(PoisonError::into_inner));
        let read = each_chunk(
            input,
            1,
            || look,
            |said| {
                self.add(said, sum);
                true
            },
        );
        let seen = tally.into_inner().unwrap_or_else(PoisonError::into_inner).finish();
        for sighting in &seen.sightings {
            if written.is_ok() && self.wants(&Row::column(sighting)) {
                sum.flagged += u64::from(sighting.is_flagged());
                written = self.write(&Row::column(sighting), &mut out);
            }
        }
        (read, written.and_then(|()| out.flush()))
    }

    fn inspect(&self, chunk: &Chunk, inspector: &mut Inspector) -> Said {
        let mut said = Said::default();
        for (number, line) in self.lines(chunk, &mut said) {
            match inspector.line(line) {
                Ok(looked) => {
                    said.count(number, looked.cut);
                    for row in looked.verdicts.iter().map(|verdict| Row::item(number, verdict)) {
                        if self.wants(&row) {
                            said.flagged += u64::from(row.flagged);
                            // Memory takes whatever is written.
                            let _ = self.write(&row, &mut said.written);
                        }
                    }
                }
                Err(error) => said.gaps.push((number, error.to_string())),
            }
        }
        said
    }

    fn tally(&self, chunk: &Chunk, tally: &mut Tally) -> Said {
        let mut said = Said::default();
        for (number, line) in self.lines(chunk, &mut said) {
            match tally.line(line) {
                Ok(cut) => said.count(number, cut),
                Err(error) => said.gaps.push((number, error.to_string())),
            }
        }
        said
    }

    /// The lines that hold something.
    fn lines<'c>(
        &self,
        chunk: &'c Chunk,
        said: &mut Said,
    ) -> impl Iterator<Item = (u64, &'c [u8])> + use<'c> {
        if chunk.oversize {
            said.gaps.push((chunk.first, format!("longer than {MAX_LINE} bytes")));
        }
        chunk.lines().filter(|(_, line)| !line.trim_ascii().is_empty())
    }

    fn wants(&self, row: &Row<'_>) -> bool {
        row.confidence >= self.args.min_confidence.0
            && (row.flagged || self.args.all)
            && !self.ignores.cover(row.path, row.rule)
    }

    fn write(&self, row: &Row<'_>, out: &mut dyn Write) -> io::Result<()> {
        match self.format {
            Lines::Table => row.table(out),
            Lines::Json => row.json(out),
        }
    }

    /// Adds a chunk's numbers to the sum, and names its gaps as long as they are few.
    fn add(&self, said: Said, sum: &mut Said) {
        sum.items += said.items;
        sum.flagged += said.flagged;
        for (line, why) in said.gaps {
            if sum.gaps.len() < MAX_NAMED {
                self.console.warn(&format!("{}:{line}: {why}", self.args.file.display()));
            }
            sum.gaps.push((line, String::new()));
        }
    }

    fn outcome(&self, sum: &Said) -> Outcome {
        let Said { items, flagged, gaps, .. } = sum;
        let what = if self.args.by_column { "paths" } else { "attributes" };
        self.console.note(&format!("{items} items looked at, {flagged} {what} flagged"));
        self.ignores.unused().for_each(|said| self.console.warn(&said));
        if gaps.is_empty() {
            return Outcome::Clean;
        }
        self.console
            .warn(&format!("lines that are no items, or were not looked at to their end: {}", gaps.len()));
        Outcome::Incomplete
    }
}

impl Said {
    fn count(&mut self, line: u64, cut: bool) {
        self.items += 1;
        if cut {
            self.gaps.push((line, "not looked at to its end: too deep or too large".to_owned()));
        }
    }
}

/// The file, or standard input; unpacked where it is gzipped.
fn open(path: &Path) -> io::Result<Box<dyn Read + Send>> {
    let mut input: Box<dyn Read + Send> =
        if path == Path::new("-") { Box::new(io::stdin()) } else { Box::new(source::open::open(path)?) };
    let mut start = Vec::new();
    input.by_ref().take(2).read_to_end(&mut start)?;
    let gzipped = start == [0x1f, 0x8b];
    let whole = Cursor::new(start).chain(input);
    Ok(if gzipped { Box::new(MultiGzDecoder::new(BufReader::new(whole))) } else { Box::new(whole) })
}

fn by_terminal() -> Lines {
    if io::stdout().is_terminal() { Lines::Table } else { Lines::Json }
}

fn cores() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}
