//! How fast `dynaudit detect` is: `cargo bench --no-default-features --bench detect`; `-- --megabytes N` sizes it (200).
//!
//! Ordinary items as DynamoDB JSON, a secret in one of a thousand, through the built binary: start-up, then one thread
//! and two, with the memory that it took. Machines differ: compare lines of one run.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    missing_docs,
    reason = "a measurement, not the product"
)]

use std::{
    fs::File,
    io::{BufWriter, Write},
    path::Path,
    process::{Command, Stdio},
    time::Instant,
};

use serde_json::json;

#[path = "../tests/detect/corpus/mod.rs"]
mod corpus;

use corpus::{draw::Draw, ordinary};

fn main() {
    let given: Vec<String> = std::env::args().collect();
    let after = given.iter().position(|arg| arg == "--megabytes").and_then(|at| given.get(at + 1));
    let megabytes: usize = after.map_or(200, |text| text.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let (one, all) = (folder.path().join("one.jsonl"), folder.path().join("all.jsonl"));
    std::fs::write(&one, "{\"a\":\"b\"}\n").unwrap();
    let (bytes, items, planted) = write(&all, megabytes * 1_000_000);
    println!("start-up: {:.0} ms", best(&one, 1).0 * 1000.0);
    for threads in [1, 2] {
        let (seconds, said) = best(&all, threads);
        let speed = bytes as f64 / seconds / 1e6;
        println!(
            "{threads} thread(s): {speed:.0} MB/s; {items} items, {planted} with a secret; said: {said}"
        );
    }
}

fn write(path: &Path, wanted: usize) -> (usize, usize, usize) {
    let (mut file, mut draw) = (BufWriter::new(File::create(path).unwrap()), Draw::new(1));
    let (mut bytes, mut items, mut planted) = (0, 0_usize, 0);
    while bytes < wanted {
        let mut item = ordinary(&mut draw);
        items += 1;
        if items.is_multiple_of(1000) {
            planted += 1;
            item["refresh_token"] = json!({ "S": draw.chars('w', 43) });
        }
        let line = item.to_string();
        bytes += line.len() + 1;
        writeln!(file, "{line}").unwrap();
    }
    (bytes, items, planted)
}

/// Seconds of the best of three runs, and the last line of standard error.
fn best(path: &Path, threads: usize) -> (f64, String) {
    let run = || {
        let start = Instant::now();
        let out = Command::new(env!("CARGO_BIN_EXE_dynaudit"))
            .args(["detect", "--format", "json", "--threads", &threads.to_string()])
            .arg(path)
            .stdout(Stdio::null())
            .output()
            .unwrap();
        (start.elapsed().as_secs_f64(), String::from_utf8_lossy(&out.stderr).trim().to_owned())
    };
    (0..3).map(|_| run()).min_by(|a, b| a.0.total_cmp(&b.0)).unwrap()
}
