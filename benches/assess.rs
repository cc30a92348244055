//! How long a large account takes from its snapshot to its findings: `cargo bench --no-default-features --bench assess`.
//!
//! 5,000 tables and 20,000 principals; `-- TABLES PRINCIPALS FILE` takes other numbers and leaves the snapshot, so that
//! `dynaudit assess FILE` can be timed as a whole.
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs, reason = "a measurement, not the product")]

use std::{path::PathBuf, time::Instant};

use dynaudit::{
    check::{Library, judge::judge_only},
    facts::build::build,
    finding::Verdict,
    snapshot::file,
};

#[allow(dead_code, reason = "a part of it is used here")]
#[path = "../tests/iam/account.rs"]
mod vocabulary;

#[path = "estate/mod.rs"]
mod estate;
#[allow(dead_code, reason = "a part of it is used here")]
#[path = "estate/meter.rs"]
mod meter;
#[path = "estate/snapshot.rs"]
mod whole;
use estate::{Plan, estate};
use meter::{cpu, peak};

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    let number = |at: usize, or: usize| words.get(at).and_then(|word| word.parse().ok()).unwrap_or(or);
    let (tables, principals) = (number(0, 5000), number(1, 20_000));
    let plan = Plan { principals, tables, policies: 4000, alone: false };
    println!("assess  {tables} tables, {principals} principals with 3 of {} policies each", plan.policies);
    let snapshot = step("made", || whole::snapshot(estate(&plan)));
    if let Some(path) = words.get(2).map(PathBuf::from) {
        step("saved", || file::save(&snapshot, &path).unwrap());
        step("loaded", || file::load(&path).unwrap());
    }
    let library = Library::builtin().unwrap();
    let facts = step("facts", || build(&snapshot));
    let judged = step("judged", || {
        judge_only(&library, &facts, &snapshot.gaps, |_, v| matches!(v, Verdict::Flagged | Verdict::Unknown))
    });
    println!("assess  {} findings of {} checks", judged.findings.len(), library.checks().len());
}

fn step<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let (start, before) = (Instant::now(), cpu());
    let done = work();
    println!("assess  {what}: {:.2?}, {:.2} s of CPU, peak {} MiB", start.elapsed(), cpu() - before, peak());
    done
}
