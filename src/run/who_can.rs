//! `who-can`: the readers of one table, each with the path that lets it in.

use std::collections::{BTreeMap, BTreeSet};

use super::{Error, Outcome, assess::has_holes, bundle, console::Console};
use crate::{
    cli,
    config::Lines,
    facts::{
        access::{
            Access, evaluate,
            query::{Part, Question, Readers, glob},
        },
        reader::{Decision, Kms},
    },
    iam::actions::{names, ways_of},
    report::readers::{Answer, Indirect, Reader, Unseen, render},
    snapshot::{Gap, GapId, Snapshot, Table},
    source::near,
};

/// Answers.
///
/// # Errors
/// The file is no snapshot and no intact bundle; there is no such table, index, stream or action.
pub(super) fn run(args: &cli::WhoCan, console: &Console) -> Result<Outcome, Error> {
    let snapshot = bundle::snapshot(&args.file)?;
    known_action(args)?;
    let tables = tables(args, &snapshot)?;
    let mut gaps = snapshot.gaps.clone();
    let mut answers = Vec::new();
    for account in &snapshot.accounts {
        let own: Vec<&Table> =
            tables.iter().copied().filter(|table| account.tables.contains(table)).collect();
        if own.is_empty() {
            continue;
        }
        let access = evaluate(account, &BTreeSet::new(), &mut gaps);
        for table in own {
            answers.push(answer(args, &access, table, &gaps)?);
        }
    }
    match args.format {
        Lines::Json => console.json(&BTreeMap::from([("tables", &answers)]))?,
        Lines::Table => console.drawn(|width| render(&answers, width, !args.indirect, !args.direct))?,
    };
    let unseen: BTreeSet<&GapId> = answers.iter().flat_map(Answer::behind).collect();
    let holes = has_holes(&mut unseen.into_iter().filter_map(|id| gaps.get(id)));
    Ok(if holes { Outcome::Incomplete } else { Outcome::Clean })
}

fn known_action(args: &cli::WhoCan) -> Result<(), Error> {
    let Some(action) = args.action.as_deref().filter(|action| ways_of(action).is_empty()) else {
        return Ok(());
    };
    let lower = action.to_lowercase();
    let short = lower.strip_prefix("dynamodb:").unwrap_or(&lower);
    let known = names();
    let known = known.iter().map(|name| name.rsplit_once(':').map_or(*name, |(_, name)| name));
    Err(missing(&format!("`{action}` leads to no data of a table"), short, "actions that do", known))
}

/// The tables that are meant: one by its ARN, or one in each Region and account by its name.
fn tables<'a>(args: &cli::WhoCan, snapshot: &'a Snapshot) -> Result<Vec<&'a Table>, Error> {
    let all = || snapshot.accounts.iter().flat_map(|account| &account.tables);
    let found: Vec<&Table> =
        all().filter(|table| table.arn == args.table || table.name == args.table).collect();
    if !found.is_empty() {
        return Ok(found);
    }
    let names: BTreeSet<&str> = all().map(|table| table.name.as_str()).collect();
    Err(missing(&format!("there is no table `{}` in the snapshot", args.table), &args.table, "tables", names))
}

fn missing<'a>(
    said: &str,
    word: &str,
    what: &str,
    known: impl IntoIterator<Item = &'a str> + Clone,
) -> Error {
    let help = near::help(word, what, known).map_or_else(String::new, |help| format!("\n  = help: {help}"));
    Error::Refused(format!("{said}{help}"))
}

fn answer(
    args: &cli::WhoCan,
    access: &Access,
    table: &Table,
    gaps: &BTreeMap<GapId, Gap>,
) -> Result<Answer, Error> {
    let part = match &args.index {
        Some(index) => Part::Index(index),
        None if args.stream => Part::Stream,
        None => Part::Any,
    };
    let question = Question {
        table: &table.arn,
        part,
        action: args.action.as_deref(),
        attribute: args.attribute.as_deref(),
        principal: None,
    };
    let Some(found) = access.readers(&question) else { return Err(no_part(args, table)) };
    let asked = args.principal.as_deref().map(glob);
    let meant = |arn: &str| {
        let name = arn.rsplit('/').next().unwrap_or(arn);
        asked.as_ref().is_none_or(|asked| asked(arn) || asked(name))
    };
    let mut behind = found.gaps.clone();
    let mut indirect = Vec::new();
    if !args.direct {
        let paths = access.paths();
        // Who reads: what KMS stops, and what changes or copies alone, leads nowhere at once.
        let reading = found.readers.iter().filter(|found| found.kms != Kms::Stopped && found.roads.reads());
        let readers: Vec<(usize, bool)> =
            reading.map(|found| (found.number, found.decision == Decision::Allowed)).collect();
        let at = (0..).map_while(|at| access.table_arn(at)).position(|arn| arn == table.arn);
        let through = at.map(|at| paths.to_readers(at, &readers)).unwrap_or_default();
        indirect = through.iter().filter(|through| meant(&through.arn)).map(Indirect::from).collect();
        behind.extend(paths.gaps());
    }
    let direct = found.readers.iter().filter(|found| meant(&found.party.arn) || meant(&found.party.name));
    let readers = if args.indirect { Vec::new() } else { direct.map(Reader::from).collect() };
    let held_off = match args.attribute {
        Some(_) if !args.indirect => held_off(access, &question, &found, meant),
        _ => Vec::new(),
    };
    let unseen = behind.iter().filter_map(|id| Some(Unseen::new(id, gaps.get(id)?))).collect();
    Ok(Answer {
        table: table.arn.clone(),
        name: table.name.clone(),
        readers,
        held_off,
        indirect,
        gaps: unseen,
    })
}

/// Who reads what `question` asks about, but for its attribute: none of `found`.
fn held_off(
    access: &Access,
    question: &Question<'_>,
    found: &Readers,
    meant: impl Fn(&str) -> bool,
) -> Vec<Reader> {
    let returned: BTreeSet<usize> = found.readers.iter().map(|found| found.number).collect();
    let whole = access.readers(&Question { attribute: None, ..*question }).unwrap_or_default();
    let reading = whole.readers.iter().filter(|found| found.kms != Kms::Stopped && found.roads.reads());
    let others = reading.filter(|found| !returned.contains(&found.number));
    others.filter(|found| meant(&found.party.arn) || meant(&found.party.name)).map(Reader::from).collect()
}

fn no_part(args: &cli::WhoCan, table: &Table) -> Error {
    let indexes = table.description.value().map(|description| description.indexes.as_slice());
    let names: Vec<&str> = indexes.unwrap_or_default().iter().map(|index| index.name.as_str()).collect();
    match &args.index {
        Some(index) => {
            let said = format!("the table `{}` has no index `{index}`", table.name);
            missing(&said, index, "its indexes", names)
        }
        None => Error::Refused(format!("the table `{}` has no stream", table.name)),
    }
}
