//! How fast `dynaudit detect` is, and how often wrong: `cargo bench --no-default-features --bench detect`.
//!
//! A stream of items with a secret in one of a thousand goes through the built binary, as DynamoDB JSON and as plain JSON, on one
//! thread and on two; before it, items of the corpus's ordinary designs. `-- --megabytes N` sizes it (200), `--seed N` draws another, `--keep DIR` leaves it there.
//! Machines differ and are busy: compare lines of one run, and rather the seconds of CPU than those of the clock.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    missing_docs,
    reason = "a measurement, not the product"
)]

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    fs::{self, File},
    io::{BufRead, BufReader, BufWriter, Write},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use dynaudit::detect::shown_name;
use serde_json::Value as Json;

#[path = "../tests/detect/corpus/mod.rs"]
mod corpus;
#[path = "stream/mod.rs"]
mod stream;

use corpus::{draw::Draw, ordinary};
use stream::{Stream, entries};

fn main() {
    let megabytes: usize = option("--megabytes").map_or(200, |text| text.parse().unwrap());
    let seed: u64 = option("--seed").map_or(1, |text| text.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let kept = option("--keep").map_or_else(|| folder.path().to_owned(), PathBuf::from);
    fs::create_dir_all(&kept).unwrap();
    let (one, typed, plain) = (kept.join("one.jsonl"), kept.join("dynamodb.jsonl"), kept.join("plain.jsonl"));
    fs::write(&one, "{\"a\":\"b\"}\n").unwrap();
    let labels = write(&typed, &plain, megabytes * 1_000_000, seed);
    let designs = kept.join("designs.jsonl");
    write_designs(&designs, megabytes * 1_000_000, seed);
    println!("start-up: {:.0} ms", best(&one, 1).seconds * 1000.0);
    let forms = [("26 designs, DynamoDB JSON", &designs), ("DynamoDB JSON", &typed), ("plain JSON", &plain)];
    for (form, path) in forms {
        let bytes = fs::metadata(path).unwrap().len() as f64 / 1e6;
        for threads in [1, 2] {
            let run = best(path, threads);
            println!(
                "{form}, {threads} thread(s): {:.0} MB/s, {:.0} MB a second of CPU, peak {} MiB",
                bytes / run.seconds,
                bytes / run.cpu,
                run.peak
            );
        }
    }
    judge(&kept, &typed, &labels);
}

fn option(name: &str) -> Option<String> {
    let given: Vec<String> = std::env::args().collect();
    let at = given.iter().position(|arg| arg == name)?;
    given.get(at + 1).cloned()
}

/// Writes the stream in both forms; for each item with a secret its line and attribute.
fn write(typed: &Path, plain: &Path, bytes: usize, seed: u64) -> Labels {
    let mut files = [typed, plain].map(|path| BufWriter::new(File::create(path).unwrap()));
    let (mut written, mut labels) = (0, Labels::default());
    for drawn in Stream::new(seed) {
        if written >= bytes {
            break;
        }
        labels.items += 1;
        labels.planted.extend(drawn.secret.map(|name| (labels.items, shown_name(&name))));
        let line = drawn.item.to_string();
        written += line.len() + 1;
        writeln!(files[0], "{line}").unwrap();
        writeln!(files[1], "{}", entries(&drawn.item)).unwrap();
    }
    labels
}

/// Writes items of the corpus's ordinary designs alone, without a secret.
fn write_designs(path: &Path, bytes: usize, seed: u64) {
    let (mut file, mut draw) = (BufWriter::new(File::create(path).unwrap()), Draw::new(seed));
    let mut written = 0;
    while written < bytes {
        let line = ordinary(&mut draw).to_string();
        written += line.len() + 1;
        writeln!(file, "{line}").unwrap();
    }
}

#[derive(Default)]
struct Labels {
    items: u64,
    planted: HashMap<u64, String>,
}

/// What one run of the binary took.
struct Run {
    seconds: f64,
    cpu: f64,
    /// MiB.
    peak: u64,
}

/// The best of three runs.
fn best(path: &Path, threads: usize) -> Run {
    (0..3).map(|_| run(path, threads)).min_by(|a, b| a.seconds.total_cmp(&b.seconds)).unwrap()
}

fn run(path: &Path, threads: usize) -> Run {
    let (start, before) = (Instant::now(), cpu_of_children());
    let mut child = detect(path, threads, Stdio::null());
    let status = PathBuf::from(format!("/proc/{}/status", child.id()));
    let watch = thread::spawn(move || {
        let mut most = 0;
        while let Ok(text) = fs::read_to_string(&status) {
            let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
            let Some(kilobytes) = line.and_then(|l| l.trim().strip_suffix(" kB")?.parse::<u64>().ok()) else {
                break;
            };
            most = most.max(kilobytes / 1024);
            thread::sleep(Duration::from_millis(5));
        }
        most
    });
    child.wait().unwrap();
    let (seconds, cpu) = (start.elapsed().as_secs_f64(), cpu_of_children() - before);
    Run { seconds, cpu, peak: watch.join().unwrap() }
}

fn detect(path: &Path, threads: usize, out: Stdio) -> Child {
    Command::new(env!("CARGO_BIN_EXE_dynaudit"))
        .args(["detect", "--format", "json", "--threads", &threads.to_string()])
        .arg(path)
        .stdout(out)
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Seconds of CPU of the runs so far; 0 where the system does not tell.
fn cpu_of_children() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after = stat.rsplit(')').next().unwrap_or_default();
    let fields: Vec<f64> = after.split_whitespace().filter_map(|field| field.parse().ok()).collect();
    // After the name and the state: cutime and cstime are the 13th and 14th number, in hundredths of a second.
    fields.get(12).zip(fields.get(13)).map_or(0.0, |(user, system)| (user + system) / 100.0)
}

/// How many of the planted secrets were found, and how many items were flagged for nothing.
fn judge(folder: &Path, path: &Path, labels: &Labels) {
    let said = folder.join("said.jsonl");
    detect(path, 1, Stdio::from(File::create(&said).unwrap())).wait().unwrap();
    let (mut found, mut wrong) = (HashSet::new(), HashSet::new());
    let mut blamed: BTreeMap<(String, String), usize> = BTreeMap::new();
    for line in BufReader::new(File::open(&said).unwrap()).lines() {
        let row: Json = serde_json::from_str(&line.unwrap()).unwrap();
        let (line, at) = (row["line"].as_u64().unwrap(), row["path"].as_str().unwrap());
        let planted = labels.planted.get(&line).is_some_and(|name| {
            at.strip_prefix(name.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[', '|', '{']))
        });
        if planted {
            found.insert(line);
        } else {
            wrong.insert(line);
            *blamed
                .entry((at.to_owned(), row["rule"].as_str().unwrap_or_default().to_owned()))
                .or_default() += 1;
        }
    }
    println!(
        "{} items, {} with a secret: {} found ({:.3}); {} falsely flagged ({:.2} in 10,000)",
        labels.items,
        labels.planted.len(),
        found.len(),
        found.len() as f64 / labels.planted.len().max(1) as f64,
        wrong.len(),
        wrong.len() as f64 * 1e4 / labels.items as f64
    );
    blamed.iter().for_each(|((at, rule), times)| println!("    {times} × {rule} at {at}"));
}
