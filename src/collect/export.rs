//! Reads an export of a table to Amazon S3 from a directory, in place of a scan: all items, and no capacity consumed.
//!
//! Layout and fields: AWS documentation, "DynamoDB table export output format". What is read is `DYNAMODB_JSON` of a
//! full export: an incremental one holds changes and not the table, and Amazon Ion is not read.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;
use serde::Deserialize;

use crate::detect::Tally;
use crate::snapshot::sample::{Source, Stopped};
use crate::snapshot::{Sample, Timestamp};

/// Levels of directories below the one given in which an export is looked for: `AWSDynamoDB/<id>/`.
const DEEPEST: usize = 4;
/// Largest manifest.
const MANIFEST: u64 = 64 << 20;
/// Largest line: an item of 400 KB takes less in DynamoDB JSON, with binary in base64 and escapes.
const LINE: u64 = 16 << 20;

/// An export that lies in a directory.
#[derive(Debug, Clone)]
pub struct Export {
    /// The table that was exported.
    pub table_arn: String,
    /// The moment of the table that it holds.
    pub time: Timestamp,
    /// Items that it says it has.
    items: u64,
    files: Vec<DataFile>,
    data: PathBuf,
}

/// Why a directory is no export that can be read. Paths are the caller's own words.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// There is no manifest.
    #[error(
        "{0}: no manifest-summary.json here or below\n  help: give the directory that holds AWSDynamoDB/"
    )]
    None(PathBuf),
    /// A file cannot be read.
    #[error("{0}: {1}")]
    Io(PathBuf, io::Error),
    /// A manifest is not what DynamoDB writes.
    #[error("{0}: not a manifest of a DynamoDB export")]
    Manifest(PathBuf),
    /// An export of another kind.
    #[error("{0}: {1}\n  help: export the whole table as DynamoDB JSON")]
    Kind(PathBuf, &'static str),
    /// Two exports of one table.
    #[error("{0}: a second export of {1}")]
    Twice(PathBuf, String),
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
}

/// The exports in these directories, by the ARN of their table. Manifests are read, and no item yet.
///
/// # Errors
/// A directory without an export, or with one that cannot be taken for a table.
pub fn open(directories: &[PathBuf]) -> Result<BTreeMap<String, Export>, ExportError> {
    let mut found = BTreeMap::new();
    for directory in directories {
        let mut manifests = BTreeSet::new();
        look(directory, DEEPEST, &mut manifests)?;
        if manifests.is_empty() {
            return Err(ExportError::None(directory.clone()));
        }
        for manifest in manifests {
            let export = one(&manifest)?;
            if let Some(twice) = found.insert(export.table_arn.clone(), export) {
                return Err(ExportError::Twice(manifest, twice.table_arn));
            }
        }
    }
    Ok(found)
}

fn look(at: &Path, deeper: usize, found: &mut BTreeSet<PathBuf>) -> Result<(), ExportError> {
    let failed = |error| ExportError::Io(at.to_owned(), error);
    for entry in fs::read_dir(at).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        if entry.file_name() == "manifest-summary.json" {
            found.insert(entry.path());
        } else if deeper > 0 && entry.file_type().map_err(failed)?.is_dir() {
            look(&entry.path(), deeper - 1, found)?;
        }
    }
    Ok(())
}

fn one(manifest: &Path) -> Result<Export, ExportError> {
    let home = manifest.parent().unwrap_or(manifest);
    let not = || ExportError::Manifest(manifest.to_owned());
    let summary: Summary = serde_json::from_slice(&small(manifest)?).map_err(|_| not())?;
    if summary.output_format.as_deref().is_some_and(|format| format != "DYNAMODB_JSON") {
        return Err(ExportError::Kind(manifest.to_owned(), "an export in another format than DynamoDB JSON"));
    }
    if summary.export_type.as_deref().is_some_and(|kind| kind != "FULL_EXPORT") {
        return Err(ExportError::Kind(
            manifest.to_owned(),
            "an incremental export holds changes, not the table",
        ));
    }
    let list = home.join("manifest-files.json");
    let files = small(&list)?
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.trim_ascii().is_empty())
        .map(|line| serde_json::from_slice(line).map_err(|_| ExportError::Manifest(list.clone())))
        .collect::<Result<_, _>>()?;
    Ok(Export {
        time: summary.export_time,
        table_arn: summary.table_arn,
        items: summary.item_count,
        files,
        data: home.join("data"),
    })
}

fn small(path: &Path) -> Result<Vec<u8>, ExportError> {
    let failed = |error| ExportError::Io(path.to_owned(), error);
    let mut bytes = Vec::new();
    File::open(path).map_err(failed)?.take(MANIFEST).read_to_end(&mut bytes).map_err(failed)?;
    Ok(bytes)
}

impl Export {
    /// Looks at every item, and says what kept it from some. Names of files are not said: they are the bucket's.
    pub(super) fn read(&self, mut tally: Tally, stopped: impl Fn() -> bool) -> (Sample, Option<String>) {
        let (mut items, mut wrong) = (0, None);
        for (number, file) in self.files.iter().enumerate() {
            if stopped() {
                wrong = Some("the run was interrupted before the export was read to the end".to_owned());
                break;
            }
            let name = Path::new(&file.data_file_s3_key).file_name().unwrap_or_default();
            let mut seen = 0;
            let outcome = lines(&self.data.join(name), |line| {
                seen += 1;
                tally.line(line).is_ok()
            });
            items += seen;
            let what = match outcome {
                Err(error) => format!("cannot be read: {}", error.kind()),
                Ok(bad @ 1..) => format!("{bad} lines that are no items"),
                Ok(_) if seen != file.item_count => {
                    format!("{seen} items, and its manifest says {}", file.item_count)
                }
                Ok(_) => continue,
            };
            wrong.get_or_insert(format!("data file {} of {}: {what}", number + 1, self.files.len()));
        }
        if wrong.is_none() && items != self.items {
            wrong = Some(format!("{items} items, and the summary says {}", self.items));
        }
        let sample = Sample {
            items_read: items,
            stopped: if wrong.is_none() { Stopped::Everything } else { Stopped::Failed },
            source: Some(Source::Export { time: self.time }),
            contents: tally.finish(),
            ..Sample::default()
        };
        (sample, wrong)
    }
}

/// Hands each line of a compressed file on; tells how many were refused, or too long to be looked at.
fn lines(path: &Path, mut each: impl FnMut(&[u8]) -> bool) -> io::Result<u64> {
    let mut text = BufReader::with_capacity(1 << 16, MultiGzDecoder::new(BufReader::new(File::open(path)?)));
    let (mut line, mut refused) = (Vec::new(), 0);
    loop {
        line.clear();
        let read = text.by_ref().take(LINE).read_until(b'\n', &mut line)?;
        if read == 0 {
            return Ok(refused);
        }
        let whole = line.ends_with(b"\n") || (read as u64) < LINE;
        if !whole {
            skip(&mut text)?;
        }
        let blank = line.trim_ascii().is_empty();
        refused += u64::from(!(blank || whole && each(&line)));
        zeroize::Zeroize::zeroize(&mut line);
    }
}

/// Goes to the end of the line.
fn skip(text: &mut impl BufRead) -> io::Result<()> {
    loop {
        let there = text.fill_buf()?;
        let (used, found) = match memchr::memchr(b'\n', there) {
            Some(at) => (at + 1, true),
            None => (there.len(), there.is_empty()),
        };
        text.consume(used);
        if found {
            return Ok(());
        }
    }
}
