//! Reads an export of a table to Amazon S3, where it lies or from a copy of it, in place of a scan: all items, and no
//! capacity consumed.
//!
//! Layout and fields: AWS documentation, "DynamoDB table export output format". What is read is `DYNAMODB_JSON` of a
//! full export: an incremental one holds changes and not the table, and Amazon Ion is not read.

mod bucket;
mod folder;
mod lines;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;
use tokio::sync::Semaphore;

use super::Halt;
use super::clients::Clients;
use super::desk::Desk;
use super::fault::Fault;
use super::sample::stopped_by;
use crate::detect::Tally;
use crate::snapshot::sample::{Source, Stopped};
use crate::snapshot::{Gap, ResourceId, Sample, Timestamp, Why};
use crate::source::place::{Place, ROOT, S3Uri};
use bucket::Prefix;
use folder::{Directory, Folder, Lost};
use lines::lines;

/// The file that makes an export of a folder, and the list of its data files.
const SUMMARY: &str = "manifest-summary.json";
const LIST: &str = "manifest-files.json";
/// Levels of folders below the one given in which an export is looked for: `AWSDynamoDB/<id>/`.
const DEEPEST: usize = 4;
/// Largest manifest.
const MANIFEST: u64 = 64 << 20;
/// Exports that are read at one time: each holds a part of a file, and a line of it.
const AT_ONCE: usize = 4;

/// Names, in gaps, an export that was not read.
pub const UNREAD: &str = "export";

/// Exports to read in place of their tables.
#[derive(Debug, Clone, Default)]
pub struct Exports {
    by_table: BTreeMap<String, Export>,
    /// Places that were looked through so far.
    places: usize,
    /// Where others lie, which are opened once there is something to ask with.
    afar: Vec<S3Uri>,
}

/// One export.
#[derive(Debug, Clone)]
pub struct Export {
    table_arn: String,
    /// The moment of the table that it holds.
    pub(super) time: Timestamp,
    /// Items that it says it has.
    items: u64,
    files: Vec<DataFile>,
    home: Arc<dyn Folder>,
    /// The number of the place that was named, in which it was found.
    named: usize,
}

/// Why a place holds no export that can be read.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// There is no manifest.
    #[error("{0}: no manifest-summary.json here or below\n  help: name the place that holds AWSDynamoDB/")]
    None(String),
    /// A file cannot be read.
    #[error("{0}: {1}")]
    Lost(String, String),
    /// A manifest is not what DynamoDB writes.
    #[error("{0}: not a manifest of a DynamoDB export")]
    Manifest(String),
    /// An export of another kind.
    #[error("{0}: {1}\n  help: export the whole table as DynamoDB JSON")]
    Kind(String, &'static str),
    /// Two exports of one table.
    #[error("{0}: a second export of {1}\n  help: name the one that is meant, such as …/AWSDynamoDB/<id>")]
    Twice(String, String),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Summary {
    table_arn: String,
    export_time: Timestamp,
    item_count: u64,
    #[serde(default)]
    output_format: Option<String>,
    #[serde(default)]
    export_type: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct DataFile {
    item_count: u64,
    data_file_s3_key: String,
    #[serde(default)]
    md5_checksum: Option<String>,
}

impl Exports {
    /// The exports in these places. Of those in directories the manifests are read, and no item yet; nothing is asked of
    /// AWS before the run begins.
    ///
    /// # Errors
    /// A directory without an export, or with one that cannot be taken for a table.
    pub fn open(places: &[Place]) -> Result<Self, ExportError> {
        let mut exports = Self::default();
        for place in places {
            match place {
                Place::Directory(path) => exports.add(Arc::new(Directory(path.clone())))?,
                Place::Bucket(uri) => exports.afar.push(uri.clone()),
            }
        }
        Ok(exports)
    }

    /// Those that are read where they lie in S3.
    pub fn in_buckets(&self) -> &[S3Uri] {
        &self.afar
    }

    /// All of them, by the ARN of their table; a bucket is first asked for in `region`.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub(super) async fn opened(
        mut self,
        desk: &Arc<Desk>,
        clients: &Arc<Clients>,
        region: &str,
    ) -> Result<BTreeMap<String, Export>, ExportError> {
        let found: Vec<Arc<dyn Folder>> = (self.afar.drain(..))
            .map(|uri| Arc::new(Prefix::new(uri, desk, clients, region)) as Arc<dyn Folder>)
            .collect();
        if found.is_empty() {
            return Ok(self.by_table);
        }
        let work = tokio::task::spawn_blocking(move || {
            found.into_iter().try_for_each(|folder| self.add(folder))?;
            Ok(self.by_table)
        });
        let given_up = |_| ExportError::Lost("exports".to_owned(), "the reading was given up".to_owned());
        work.await.unwrap_or_else(|error| Err(given_up(error)))
    }

    fn add(&mut self, folder: Arc<dyn Folder>) -> Result<(), ExportError> {
        let mut homes = Vec::new();
        look(&folder, DEEPEST, &mut homes)?;
        if homes.is_empty() {
            return Err(ExportError::None(folder.place("")));
        }
        for home in homes {
            let at = home.place(SUMMARY);
            let export = Export { named: self.places, ..one(home)? };
            if let Some(twice) = self.by_table.insert(export.table_arn.clone(), export) {
                return Err(ExportError::Twice(at, twice.table_arn));
            }
        }
        self.places += 1;
        Ok(())
    }
}

/// Says of each export whose table is none of `looked_at` that it was not read. Who names a folder of many exports may want some
/// of them; who names one of which nothing was read did not get what was asked for.
pub(super) fn unread(exports: &BTreeMap<String, Export>, looked_at: &BTreeSet<&str>, desk: &Desk) {
    let is_read = |export: &&Export| looked_at.contains(export.table_arn.as_str());
    let used: BTreeSet<usize> = exports.values().filter(is_read).map(|export| export.named).collect();
    for export in exports.values().filter(|export| !is_read(export)) {
        let partly = used.contains(&export.named);
        desk.record(Gap {
            call: UNREAD.to_owned(),
            on: ResourceId(export.table_arn.clone()),
            why: if partly { Why::NotAsked } else { Why::Failed },
            message: "the export was not read: this run looks at no such table".to_owned(),
        });
    }
}

fn look(at: &Arc<dyn Folder>, deeper: usize, found: &mut Vec<Arc<dyn Folder>>) -> Result<(), ExportError> {
    let lost = |lost: Lost| ExportError::Lost(at.place(""), said(&lost));
    let (there, folders) = at.look(SUMMARY).map_err(lost)?;
    if there {
        found.push(Arc::clone(at));
    }
    if deeper > 0 {
        folders.iter().try_for_each(|folder| look(folder, deeper - 1, found))?;
    }
    Ok(())
}

fn one(home: Arc<dyn Folder>) -> Result<Export, ExportError> {
    let at = home.place(SUMMARY);
    let not = |file: &str| ExportError::Manifest(home.place(file));
    let summary: Summary = serde_json::from_slice(&small(&*home, SUMMARY)?).map_err(|_| not(SUMMARY))?;
    if summary.output_format.as_deref().is_some_and(|format| format != "DYNAMODB_JSON") {
        return Err(ExportError::Kind(at, "an export in another format than DynamoDB JSON"));
    }
    if summary.export_type.as_deref().is_some_and(|kind| kind != "FULL_EXPORT") {
        return Err(ExportError::Kind(at, "an incremental export holds changes, not the table"));
    }
    let files = small(&*home, LIST)?
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.trim_ascii().is_empty())
        .map(|line| serde_json::from_slice(line).map_err(|_| not(LIST)))
        .collect::<Result<_, _>>()?;
    Ok(Export {
        time: summary.export_time,
        table_arn: summary.table_arn,
        items: summary.item_count,
        files,
        home,
        named: 0,
    })
}

fn small(home: &dyn Folder, file: &str) -> Result<Vec<u8>, ExportError> {
    let lost = |lost: Lost| ExportError::Lost(home.place(file), said(&lost));
    let mut bytes = Vec::new();
    let read = home.open(file).and_then(|open| Ok(open.take(MANIFEST).read_to_end(&mut bytes)?));
    read.map_err(lost)?;
    Ok(bytes)
}

/// What went wrong, with the call that did.
fn said(lost: &Lost) -> String {
    lost.call.map_or_else(|| lost.to_string(), |call| format!("{}: {lost}", call.name()))
}

/// What kept a reading from some of an export: the first such thing, and how many others there were.
struct Wrong {
    step: String,
    fault: Fault,
    message: String,
    files: usize,
}

impl Export {
    /// Looks at every item, beside the other work: it is computing for the most part. What kept it from some is a gap.
    pub(super) async fn sample(&self, desk: &Arc<Desk>, turns: &Semaphore, tally: Tally) -> Sample {
        // Never refused: the semaphore is not closed.
        let _turn = turns.acquire().await.ok();
        let stop = desk.stop_signal();
        let export = Self { home: self.home.booked(desk), ..self.clone() };
        let work = tokio::task::spawn_blocking(move || export.read(tally, || *stop.borrow()));
        let (mut sample, wrong) = work.await.unwrap_or_else(|_| {
            let lost = Lost::own("the reading was given up");
            (Sample { stopped: Stopped::Failed, ..Sample::default() }, Some(Wrong::of(lost, String::new())))
        });
        desk.progress.items(sample.items_read);
        sample.gap = wrong.map(|wrong| {
            let (call, on) = (wrong.step.clone(), ResourceId(self.table_arn.clone()));
            desk.record(Gap { call, on, why: wrong.fault.why, message: wrong.told() })
        });
        sample
    }

    /// Names of files are not said: they are the bucket's.
    fn read(&self, mut tally: Tally, halt: impl Fn() -> Halt) -> (Sample, Option<Wrong>) {
        let go = || match halt() {
            Halt::Go => Ok(()),
            by => Err(Lost { call: None, fault: Fault::stopped(by) }),
        };
        let data = self.home.within("data");
        let (mut items, mut wrong) = (0, None::<Wrong>);
        for (number, file) in self.files.iter().enumerate() {
            let mut seen = 0;
            let outcome = go().and_then(|()| {
                file.read(&*data, go, |line| {
                    seen += 1;
                    tally.line(line).is_ok()
                })
            });
            items += seen;
            let outcome = outcome.and_then(|told| file.holds(seen, &told));
            let Err(lost) = outcome else { continue };
            if let Some(first) = &mut wrong {
                first.files += 1;
            }
            let halted = lost.fault.is_halt();
            let place = format!("data file {} of {}: ", number + 1, self.files.len());
            wrong.get_or_insert_with(|| Wrong::of(lost, place));
            if halted {
                break;
            }
        }
        if wrong.is_none() && items != self.items {
            let lost = Lost::own(&format!("{items} items, and the summary says {}", self.items));
            wrong = Some(Wrong::of(lost, String::new()));
        }
        let sample = Sample {
            items_read: items,
            stopped: match &wrong {
                None => Stopped::Everything,
                Some(wrong) if wrong.fault.is_halt() => stopped_by(&wrong.fault),
                // What throttled was no table.
                Some(_) => Stopped::Failed,
            },
            source: Some(Source::Export { time: self.time }),
            contents: tally.finish(),
            ..Sample::default()
        };
        (sample, wrong)
    }
}

impl Wrong {
    fn of(lost: Lost, place: String) -> Self {
        Self { step: lost.step(), message: format!("{place}{lost}"), fault: lost.fault, files: 0 }
    }

    fn told(&self) -> String {
        match self.files {
            0 => self.message.clone(),
            1 => format!("{}; and another file", self.message),
            more => format!("{}; and {more} other files", self.message),
        }
    }
}

impl DataFile {
    /// The name of the file in its folder, of which the key of its object is made. A key that leads elsewhere names none.
    fn name(&self) -> Result<&str, Lost> {
        let name = self.data_file_s3_key.rsplit('/').next().unwrap_or_default();
        let plain = Path::new(name).file_name().is_some_and(|file| file == name);
        if plain { Ok(name) } else { Err(Lost::own("its manifest names no file")) }
    }

    fn read(
        &self,
        data: &dyn Folder,
        go: impl Fn() -> Result<(), Lost>,
        each: impl FnMut(&[u8]) -> bool,
    ) -> Result<lines::Lines, Lost> {
        let file = data.open(self.name()?)?;
        Ok(lines(file, || go().map_err(io::Error::from), each)?)
    }

    /// Whether what was read is what the manifest says.
    fn holds(&self, seen: u64, told: &lines::Lines) -> Result<(), Lost> {
        if told.refused > 0 {
            return Err(Lost::own(&format!("{} lines that are no items", told.refused)));
        }
        if seen != self.item_count {
            return Err(Lost::own(&format!("{seen} items, and its manifest says {}", self.item_count)));
        }
        match &self.md5_checksum {
            Some(sum) if *sum != told.md5 => Err(Lost::own("its MD5 is not the one that its manifest says")),
            _ => Ok(()),
        }
    }
}

/// As many turns as exports may be read at one time.
pub(super) fn turns() -> Arc<Semaphore> {
    Arc::new(Semaphore::new(AT_ONCE))
}
