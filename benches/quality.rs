//! How well the detector tells secrets from the rest: `cargo bench --no-default-features --bench quality`.
//!
//! `-- --seed N` draws another corpus, `--megabytes N` sizes the ordinary items (20), `--write DIR` writes all as JSON
//! Lines with labels in place of judging it, `--all` lists every kind that was confused.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    missing_docs,
    reason = "a measurement, not the product"
)]

use std::{fs, io::Write, path::Path, time::Instant};

use serde_json::json;

#[path = "../tests/detect/corpus/mod.rs"]
mod corpus;
#[path = "../tests/detect/judge.rs"]
mod judge;

use corpus::{Corpus, Labelled, draw::Draw, hostile, ordinary};
use judge::{Scores, detector, of_line};

fn main() {
    let options = Options::read();
    if let Some(folder) = &options.write {
        return write(Path::new(folder), &options);
    }
    let mut corpus = Corpus::new(options.seed);
    let (secret, benign) = corpus.sizes();
    println!("{secret} kinds of secret, {benign} kinds of negatives, seed {}", options.seed);
    let singles = corpus.singles(4, 9).into_iter().map(|one| vec![one]).collect::<Vec<_>>();
    report("value by value", &singles, &options);
    report("by column, tables of 50", &corpus.tables(1, 2, 50), &options);
    ordinary_items(&options);
    hostile_lines();
}

/// How long each hostile line takes, the slowest first; none may take 50 ms.
fn hostile_lines() {
    let (mut draw, mut inspector) = (Draw::new(3), detector().inspector());
    let mut times: Vec<(f64, &str)> = Vec::new();
    for (name, line) in hostile::lines(&mut draw) {
        let start = Instant::now();
        drop(inspector.line(&line));
        times.push((start.elapsed().as_secs_f64() * 1000.0, name));
    }
    times.sort_by(|a, b| b.0.total_cmp(&a.0));
    println!(
        "\nhostile lines: {} of {} take 50 ms or more; the slowest:",
        times.iter().filter(|t| t.0 >= 50.0).count(),
        times.len()
    );
    times[..8].iter().for_each(|(ms, name)| println!("    {ms:>8.2} ms  {name}"));
}

struct Options {
    seed: u64,
    megabytes: usize,
    write: Option<String>,
    all: bool,
}

impl Options {
    fn read() -> Self {
        let given: Vec<String> = std::env::args().collect();
        let after =
            |name: &str| given.iter().position(|arg| arg == name).and_then(|at| given.get(at + 1)).cloned();
        Self {
            seed: after("--seed").map_or(1, |text| text.parse().unwrap()),
            megabytes: after("--megabytes").map_or(20, |text| text.parse().unwrap()),
            write: after("--write"),
            all: given.iter().any(|arg| arg == "--all"),
        }
    }
}

fn report(what: &str, tables: &[Vec<Labelled>], options: &Options) {
    let start = Instant::now();
    let scores = Scores::of(tables);
    let all = scores.all;
    println!(
        "\n{what}: {} judged in {:.2?}: precision {:.4}, recall {:.4}, F1 {:.4}",
        tables.len(),
        start.elapsed(),
        all.precision(),
        all.recall(),
        all.f1()
    );
    for group in ["style", "carrier", "kind"] {
        let wrong = scores.wrong(group);
        let shown = if options.all { wrong.len() } else { wrong.len().min(12) };
        println!("  by {group}: {}", if wrong.is_empty() { "no mistake" } else { "wrong of all" });
        wrong[..shown].iter().for_each(|(name, wrong, all)| println!("    {wrong:>4} of {all:<5} {name}"));
        if shown < wrong.len() {
            println!("    … and {} more (--all)", wrong.len() - shown);
        }
    }
    println!("  rules behind false alarms:");
    scores.blamed.iter().for_each(|((kind, rule), count)| println!("    {count:>4} {kind}: {rule}"));
}

/// Items of ordinary tables, none with a secret: how many are flagged.
fn ordinary_items(options: &Options) {
    let (mut draw, mut inspector) = (Draw::new(options.seed), detector().inspector());
    let (mut items, mut bytes, mut wrong) = (0_usize, 0, std::collections::BTreeMap::<String, usize>::new());
    let start = Instant::now();
    let mut flagged_items = 0;
    while bytes < options.megabytes * 1_000_000 {
        let item = ordinary(&mut draw);
        bytes += item.to_string().len();
        items += 1;
        let seen = of_line(&mut inspector, &item);
        flagged_items += usize::from(!seen.is_empty());
        seen.iter().for_each(|one| *wrong.entry(format!("{}: {}", one.path, one.rule)).or_default() += 1);
    }
    let rate = flagged_items as f64 * 10_000.0 / items as f64;
    println!(
        "\nordinary items: {items} of {} MB in {:.1?}: {flagged_items} falsely flagged, {rate:.2} in 10,000",
        options.megabytes,
        start.elapsed()
    );
    wrong.iter().for_each(|(what, count)| println!("    {count:>4} {what}"));
}

/// `singles.jsonl` and `ordinary.jsonl` with one item a line, and `labels.jsonl` beside the first.
fn write(folder: &Path, options: &Options) {
    fs::create_dir_all(folder).unwrap();
    let file = |name: &str| std::io::BufWriter::new(fs::File::create(folder.join(name)).unwrap());
    let (mut items, mut labels) = (file("singles.jsonl"), file("labels.jsonl"));
    for one in Corpus::new(options.seed).singles(4, 9) {
        writeln!(items, "{}", one.item).unwrap();
        let label = json!({ "kind": one.kind, "secret": one.secret, "attribute": one.attribute, "carrier": one.carrier, "style": one.style });
        writeln!(labels, "{label}").unwrap();
    }
    let (mut plain, mut draw, mut bytes) = (file("ordinary.jsonl"), Draw::new(options.seed), 0);
    while bytes < options.megabytes * 1_000_000 {
        let line = ordinary(&mut draw).to_string();
        bytes += line.len() + 1;
        writeln!(plain, "{line}").unwrap();
    }
}
