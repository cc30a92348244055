//! The answer of `who-can` for people: a table of readers, and one of those who read through others.

use std::collections::BTreeMap;

use comfy_table::{Cell, ContentArrangement, Table, presets};

use super::{Action, Answer, Decision, Leg, Reader};
use crate::{
    facts::{
        access::paths::short,
        reader::{Fence, FenceState, Kms, ReaderKind},
    },
    report::{
        style,
        text::{cell, counted},
    },
    snapshot::Gap,
};

/// Columns that a cell may fill over its lines.
const CUT: usize = 2_000;
/// Actions that a row names; the rest is counted.
const ACTIONS: usize = 8;

/// The answers as tables of `width` columns. What to leave out is left out by the caller.
pub fn render(answers: &[Answer], width: u16, direct: bool, indirect: bool) -> String {
    let mut out = String::new();
    for answer in answers {
        if !out.is_empty() {
            out.push('\n');
        }
        out.push_str(&cell(&format!("{}  {}", answer.name, answer.table), CUT));
        out.push('\n');
        if direct {
            out.push_str(&readers(answer, width));
            if !answer.held_off.is_empty() {
                let people = counted(answer.held_off.len() as u64, "way reads", "ways read");
                let table = rows(answer, &answer.held_off, width);
                out.push_str(&format!("{people} the table, and never this attribute\n{table}"));
            }
        }
        if indirect {
            out.push_str(&through(answer, width));
        }
        let unless = common(answer);
        if !unless.is_empty() {
            out.push_str(&format!("All of this holds unless taken away by: {}\n", unless.join(", ")));
        }
        for unseen in &answer.gaps {
            let Gap { call, on, why, message } = &unseen.gap;
            let line =
                format!("Not seen, and might let in more: {call} on {}: {}: {message}", on.0, why.as_str());
            out.push_str(&cell(&line, CUT));
            out.push('\n');
        }
    }
    out
}

/// Layers that may take the access of every reader away.
fn common(answer: &Answer) -> Vec<&'static str> {
    let Some(first) = answer.readers.first() else { return Vec::new() };
    let layers = first.unless.iter().map(|unless| unless.layer);
    let everywhere =
        |layer: &&str| answer.readers.iter().all(|reader| reader.unless.iter().any(|u| u.layer == *layer));
    layers.filter(everywhere).collect()
}

fn readers(answer: &Answer, width: u16) -> String {
    if answer.readers.is_empty() {
        return "Nobody reads it by rights of their own.\n".to_owned();
    }
    let people = counted(answer.readers.len() as u64, "way to read it", "ways to read it");
    format!("{people} by rights of their own\n{}", rows(answer, &answer.readers, width))
}

fn rows(answer: &Answer, readers: &[Reader], width: u16) -> String {
    let common = common(answer);
    let mut table = base(width);
    table.set_header(["WHO", "DECISION", "ACTIONS", "KMS", "BY"].map(style::heading_cell));
    for reader in readers {
        let by: Vec<String> = reader.via.iter().map(ToString::to_string).collect();
        let rest = reader.unless.iter().map(|unless| unless.layer).filter(|layer| !common.contains(layer));
        let rest: Vec<&str> = rest.collect();
        let mut said = decision(reader.decision, &reader.condition);
        if !rest.is_empty() {
            said.push_str(&format!(" unless {}", rest.join(", ")));
        }
        said.push_str(&fenced(&reader.fence));
        let cells = [who(reader), said, actions(reader), kms(reader.kms).to_owned(), by.join(", ")];
        table.add_row(cells.iter().map(|text| Cell::new(cell(text, CUT))));
    }
    format!("{}\n", table.trim_fmt())
}

fn through(answer: &Answer, width: u16) -> String {
    if answer.indirect.is_empty() {
        return "Nobody else reads it through others.\n".to_owned();
    }
    let mut table = base(width);
    table.set_header(["WHO", "DECISION", "HOPS", "PATH", "BY"].map(style::heading_cell));
    for indirect in &answer.indirect {
        let short = short(&indirect.arn);
        let who = if indirect.outside { format!("{short} (outside)") } else { short.to_owned() };
        let mut by: Vec<String> = indirect.hops.iter().map(by).collect();
        if indirect.hops_left_out > 0 {
            by.insert(by.len().saturating_sub(1), "…".to_owned());
        }
        let cells = [
            who,
            decision(indirect.decision, &indirect.condition),
            (indirect.hops.len() + indirect.hops_left_out).to_string(),
            indirect.path.clone(),
            by.join("; "),
        ];
        table.add_row(cells.iter().map(|text| Cell::new(cell(text, CUT))));
    }
    let people = counted(answer.indirect.len() as u64, "more reads it", "more read it");
    format!("{people} through others\n{}\n", table.trim_fmt())
}

/// The statements that let a hop.
fn by(leg: &Leg) -> String {
    let mut all: Vec<String> = leg.requests.iter().flat_map(|r| &r.via).map(ToString::to_string).collect();
    all.dedup();
    all.join(", ")
}

fn base(width: u16) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED);
    table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
    table
}

fn who(reader: &Reader) -> String {
    match reader.kind {
        ReaderKind::Role => format!("role {}", named(reader)),
        ReaderKind::User => format!("user {}", named(reader)),
        ReaderKind::Service => format!("service {}", reader.name),
        ReaderKind::Account => format!("account {}", reader.name),
        ReaderKind::Session => format!("session {}", reader.arn),
        ReaderKind::Anyone => "anyone".to_owned(),
    }
}

fn named(reader: &Reader) -> &str {
    if reader.external { &reader.arn } else { &reader.name }
}

fn decision(decision: Decision, condition: &str) -> String {
    let condition = if condition.is_empty() { String::new() } else { format!(" if {condition}") };
    match decision {
        Decision::Allowed => "allowed".to_owned(),
        Decision::Conditional => format!("allowed{condition}"),
        Decision::StoppedByKms => format!("stopped by KMS; DynamoDB allows{condition}"),
    }
}

fn fenced(fence: &Fence) -> String {
    let mut out = String::new();
    for (key, state) in
        [("dynamodb:LeadingKeys", fence.leading_keys), ("dynamodb:Attributes", fence.attributes)]
    {
        match state {
            FenceState::None => {}
            FenceState::Holds => out.push_str(&format!("; fence on {key} holds")),
            FenceState::DoesNotBite => {
                out.push_str(&format!("; fence on {key} does not bite: {}", fence.around.join(", ")));
            }
        }
    }
    out
}

/// Actions that return items at once, before what copies, changes or opens.
const FIRST: &[&str] =
    &["GetItem", "BatchGetItem", "Query", "Scan", "PartiQLSelect", "SearchVectors", "GetRecords"];

fn actions(reader: &Reader) -> String {
    let mut on: BTreeMap<(usize, &str), Vec<&str>> = BTreeMap::new();
    for Action { action, on: part } in &reader.actions {
        let order = FIRST.iter().position(|first| first == action).unwrap_or(FIRST.len());
        on.entry((order, action)).or_default().push(part);
    }
    let mut all: Vec<String> =
        on.into_iter().map(|((_, action), parts)| format!("{action} ({})", parts.join(", "))).collect();
    let more = all.len().saturating_sub(ACTIONS);
    all.truncate(ACTIONS);
    if more > 0 {
        all.push(format!("and {more} more"));
    }
    all.join(", ")
}

fn kms(kms: Kms) -> &'static str {
    match kms {
        Kms::NotNeeded => "not needed",
        Kms::Passes => "passes",
        Kms::Conditional => "conditional",
        Kms::Stopped => "stopped",
        Kms::Unknown => "not known",
    }
}
