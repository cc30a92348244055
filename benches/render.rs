//! How long each form of a report takes at size: `cargo bench --no-default-features --bench render`.
//!
//! 5,000 tables of which everything is wrong that twenty checks look for, and 200 readers. One line a form: CPU time,
//! bytes, and the most memory held while it was written. With `RENDER_DIR=DIR` the forms are kept there, and the
//! snapshot, so that a browser may be pointed at the page and `dynaudit assess` at the snapshot. Machines differ: compare lines of one run, or runs on one machine.
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs, reason = "a measurement, not the product")]

use std::{
    collections::BTreeSet,
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use dynaudit::{
    check::{Library, judge::judge_only},
    facts::build::build,
    finding::Verdict,
    remedy::prove::{Ground, plan},
    report::{
        View, asff, csv, evidence, html, json, jsonl, junit, markdown, ocsf, oscal, reach, remediation,
        sarif, table,
        view::{CheckRow, Tally},
    },
    snapshot::{
        Snapshot,
        draft::Draft,
        file::{digest, save, write_private_by},
        sample::SecretKind,
    },
};

#[path = "../tests/support/mod.rs"]
mod support;
use support::build as make;

#[path = "estate/meter.rs"]
mod meter;
use meter::{MIB, Meter};

const TABLES: usize = 5000;
const READERS: usize = 200;

fn main() {
    let keep = std::env::var_os("RENDER_DIR").map(PathBuf::from);
    let kept = keep.is_some();
    let snapshot = spoiled();
    let library = Library::builtin().unwrap();

    let meter = Meter::start();
    let facts = build(&snapshot);
    println!("facts: {meter}");
    let meter = Meter::start();
    let mut gaps = snapshot.gaps.clone();
    gaps.extend(facts.gaps.clone());
    let judged = judge_only(&library, &facts, &gaps, |_, v| matches!(v, Verdict::Flagged | Verdict::Unknown));
    println!("checks: {meter}");
    let meter = Meter::start();
    let chosen = library.checks().iter().map(|check| check.id.clone()).collect();
    let (readers, ground) = (reach::rows(&facts), Ground::of(&facts));
    drop(facts);
    let plan = plan(&snapshot, (&library, &chosen), &ground, &judged.findings, &Default::default());
    println!(
        "what is proposed: {} projections, {} policies: {meter}",
        plan.projections.len(),
        plan.proposals.len()
    );
    let row = |check: &dynaudit::check::Check| {
        CheckRow::of(check, judged.tally.get(&check.id).map(Tally::from).unwrap_or_default())
    };
    let checks: Vec<CheckRow> = library.checks().iter().map(row).collect();
    let wanted: BTreeSet<Verdict> = [Verdict::Flagged, Verdict::Unknown].into();
    let view = View::new(&snapshot, digest(&snapshot).unwrap(), checks, &gaps, judged.findings, &wanted)
        .with_more(readers, plan);
    let flagged = view.summary.verdicts.flagged;
    println!(
        "{TABLES} tables × {:.1} flagged, {} rows of readers",
        flagged as f64 / TABLES as f64,
        view.readers.len()
    );

    let bundle = |draft: &Draft| {
        let name = |check: &dynaudit::check::Check| format!("{}/{}.toml", check.group, check.id);
        let sources = evidence::Sources {
            snapshot: &snapshot,
            checks: library.checks().iter().map(|check| (name(check), check.source.as_str())).collect(),
            config: None,
            previous: None,
            signer: None,
        };
        evidence::bundle(&view, sources, draft.file())
    };
    type Form<'a> = Box<dyn Fn(&mut dyn Write) -> io::Result<()> + 'a>;
    let view = &view;
    let forms: Vec<(&str, Form<'_>)> = vec![
        ("report.txt", Box::new(|out| out.write_all(table::render(view, 120).as_bytes()))),
        ("findings.json", Box::new(|out| json::render(view, out))),
        ("findings.jsonl", Box::new(|out| jsonl::render(view, out))),
        ("findings.sarif", Box::new(|out| sarif::render(view, out))),
        ("findings.ocsf.json", Box::new(|out| ocsf::render(view, ocsf::Version::V1_5, out))),
        ("findings.ocsf-1.8.json", Box::new(|out| ocsf::render(view, ocsf::Version::V1_8, out))),
        ("findings.asff.json", Box::new(|out| asff::render(view, out))),
        ("oscal.json", Box::new(|out| oscal::render(view, out))),
        ("findings.csv", Box::new(|out| csv::render(view, out))),
        ("junit.xml", Box::new(|out| junit::render(view, out))),
        ("report.md", Box::new(|out| markdown::render(view, out))),
        ("remediation.md", Box::new(|out| remediation::render(view, out))),
        ("report.html", Box::new(|out| html::render(view, out))),
    ];
    let dir = keep.unwrap_or_else(|| std::env::temp_dir().join(format!("render-{}", std::process::id())));
    fs::create_dir_all(&dir).unwrap();
    if kept {
        save(&snapshot, &dir.join("snapshot.json")).unwrap();
    }
    let measure = |name: &str, write: &dyn Fn(&Path) -> io::Result<()>| {
        let path = dir.join(name);
        let meter = Meter::start();
        write(&path).unwrap();
        let bytes = fs::metadata(&path).unwrap().len() as f64;
        println!("{name:24} {:>7.1} MiB in {meter}", bytes / MIB);
        if !kept {
            fs::remove_file(&path).unwrap();
        }
    };
    for (name, render) in forms {
        measure(name, &|path| write_private_by(path, |out| render(out)));
    }
    measure("evidence.zip", &|path| {
        let draft = Draft::of(Some(path))?;
        bundle(&draft)?;
        draft.put(path)
    });
}

/// Tables with nothing switched on, tokens in every item, an index and a stream that copy them, an old backup, and
/// roles that read far more than one table.
fn spoiled() -> Snapshot {
    let mut snapshot = support::empty();
    let mut one = support::with_table("sessions");
    for (path, kind) in [("access_token", SecretKind::Jwt), ("refresh_token", SecretKind::RefreshToken)] {
        make::see(&mut one, path, kind);
        make::sample(&mut one).contents.names.insert(path.into(), 3);
    }
    make::sample(&mut one).contents.names.insert("user_id".into(), 3);
    make::described(&mut one).keys = vec![make::hash("user_id")];
    make::described(&mut one).indexes = vec![make::index("by-token", "access_token", "ALL", &[])];
    make::stream(&mut one, "NEW_AND_OLD_IMAGES");
    let long_ago = make::day(&one, -400);
    make::table(&mut one).backups.items.push(dynaudit::snapshot::table::Backup {
        created: Some(long_ago),
        ..make::backup("before-migration", None)
    });
    let account = &mut snapshot.accounts[0];
    for number in 0..TABLES {
        let name = format!("app{}-sessions-{number}", number % READERS);
        let text = serde_json::to_string(make::table(&mut one)).unwrap();
        let text = text
            .replace("table/sessions", &format!("table/{name}"))
            .replace("\"sessions\"", &format!("\"{name}\""));
        account.tables.push(serde_json::from_str(&text).unwrap());
        account.regions[0].tables.items.push(name);
    }
    for number in 0..READERS {
        // One of twenty reaches every table; one a few by a pattern of actions, and can be narrowed.
        let (action, resource) = match number % 20 {
            0 => ("dynamodb:*", "*".to_owned()),
            1 => ("dynamodb:*Item", format!("arn:aws:dynamodb:*:*:table/app{number}-sessions-1*")),
            _ => ("dynamodb:*", format!("arn:aws:dynamodb:*:*:table/app{number}-*")),
        };
        let statements = serde_json::json!([make::allow(action, &resource)]);
        account.principals.roles.push(make::role(&format!("app-{number}"), statements));
    }
    snapshot
}
