//! Who can read a table, as `who-can` tells it: the answer ready to be written, and the table of it.

use std::collections::BTreeMap;

use comfy_table::{Cell, ContentArrangement, Table, presets};
use serde::Serialize;

use super::{
    style,
    text::{cell, counted},
};
use crate::{
    facts::{
        access::{
            paths::{Asked, Hop, Through, short},
            query::Found,
        },
        reader::{Fence, FenceState, Kms, ReaderKind, Roads},
    },
    iam::{Layer, Via},
    snapshot::{Gap, GapId},
};

/// Columns that a cell may fill over its lines.
const CUT: usize = 2_000;
/// Actions that a row names; the rest is counted.
const ACTIONS: usize = 8;

/// The answer about one table.
#[derive(Debug, Serialize)]
pub struct Answer {
    /// ARN of the table.
    pub table: String,
    /// Its name.
    #[serde(skip)]
    pub name: String,
    /// Who can read by their own rights, by ARN.
    pub readers: Vec<Reader>,
    /// Who can read through others alone, by ARN.
    pub indirect: Vec<Indirect>,
    /// What was not seen and might let in more.
    pub gaps: Vec<Unseen>,
}

impl Answer {
    /// The gaps behind which more may lie, and those behind which a layer lies that may take access away.
    pub fn behind(&self) -> impl Iterator<Item = &GapId> {
        let unless = self.readers.iter().flat_map(|reader| &reader.unless).map(|unless| &unless.gap);
        self.gaps.iter().map(|unseen| &unseen.id).chain(unless)
    }
}

/// One reader under one condition.
#[derive(Debug, Serialize)]
pub struct Reader {
    arn: String,
    name: String,
    kind: ReaderKind,
    account: String,
    external: bool,
    decision: Decision,
    condition: String,
    kms: Kms,
    roads: Roads,
    actions: Vec<Action>,
    fence: Fence,
    via: Vec<By>,
    unless: Vec<Unless>,
}

/// On what terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decision {
    /// Outright.
    Allowed,
    /// Only if a condition holds.
    Conditional,
    /// Let in by DynamoDB, but may not decrypt.
    StoppedByKms,
}

#[derive(Debug, Serialize)]
struct Action {
    action: String,
    on: &'static str,
}

/// A statement that lets in.
#[derive(Debug, Serialize)]
struct By {
    policy: String,
    statement: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    sid: Option<String>,
    layer: &'static str,
}

/// A layer that was not read and might take the access away.
#[derive(Debug, Serialize)]
struct Unless {
    layer: &'static str,
    gap: GapId,
}

/// Someone who reads through others.
#[derive(Debug, Serialize)]
pub struct Indirect {
    arn: String,
    outside: bool,
    decision: Decision,
    condition: String,
    /// The one who reads at the end.
    reader: String,
    path: String,
    hops: Vec<Leg>,
}

#[derive(Debug, Serialize)]
struct Leg {
    from: String,
    to: String,
    #[serde(skip_serializing_if = "str::is_empty")]
    added: &'static str,
    step: crate::facts::access::paths::means::Step,
    requests: Vec<Request>,
    #[serde(skip_serializing_if = "str::is_empty")]
    only_if: &'static str,
}

#[derive(Debug, Serialize)]
struct Request {
    action: &'static str,
    resource: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    service: Option<&'static str>,
    via: Vec<By>,
}

/// Something that was not seen.
#[derive(Debug, Serialize)]
pub struct Unseen {
    id: GapId,
    #[serde(flatten)]
    gap: Gap,
}

impl Unseen {
    /// A gap by its id.
    pub fn new(id: &GapId, gap: &Gap) -> Self {
        Self { id: id.clone(), gap: gap.clone() }
    }
}

impl From<&Found> for Reader {
    fn from(found: &Found) -> Self {
        use crate::facts::reader::Decision as Outcome;
        let decision = match (found.kms, found.decision) {
            (Kms::Stopped, _) => Decision::StoppedByKms,
            (_, Outcome::Allowed) => Decision::Allowed,
            (_, Outcome::Conditional) => Decision::Conditional,
        };
        Self {
            arn: found.party.arn.clone(),
            name: found.party.name.clone(),
            kind: found.party.kind,
            account: found.party.account.clone(),
            external: found.party.external,
            decision,
            condition: found.condition.clone(),
            kms: found.kms,
            roads: found.roads,
            actions: found.actions.iter().map(|(a, on)| Action { action: a.clone(), on }).collect(),
            fence: found.fence.clone(),
            via: found.via.iter().map(By::from).collect(),
            unless: found.unless.iter().map(|(layer, gap)| Unless { layer, gap: gap.clone() }).collect(),
        }
    }
}

impl From<&Via<'_>> for By {
    fn from(via: &Via<'_>) -> Self {
        let layer = match via.layer {
            Layer::Identity => "identity",
            Layer::Boundary => "boundary",
            Layer::Session => "session",
            Layer::Resource => "resource",
            Layer::Scp => "scp",
            Layer::Rcp => "rcp",
            Layer::Grant => "grant",
        };
        let sid = via.sid.as_ref().map(|sid| sid.to_string());
        Self { policy: via.policy.to_string(), statement: via.index, sid, layer }
    }
}

impl std::fmt::Display for By {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}#{}", self.policy, self.statement)?;
        match self.layer {
            "identity" => Ok(()),
            layer => write!(f, " ({layer})"),
        }
    }
}

impl From<&Through> for Indirect {
    fn from(through: &Through) -> Self {
        let request = |asked: &Asked| Request {
            action: asked.action,
            resource: asked.resource.clone(),
            service: asked.service,
            via: asked.via.iter().map(By::from).collect(),
        };
        let leg = |hop: &Hop| Leg {
            from: hop.from.clone(),
            to: hop.to.clone(),
            added: hop.added.trim(),
            step: hop.step,
            requests: hop.asked.iter().map(request).collect(),
            only_if: hop.only_if,
        };
        Self {
            arn: through.arn.clone(),
            outside: through.outside,
            decision: if through.outright { Decision::Allowed } else { Decision::Conditional },
            condition: through.path.condition(),
            reader: through.reader.clone(),
            path: through.path.to_string(),
            hops: through.path.hops.iter().map(leg).collect(),
        }
    }
}

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
    let common = common(answer);
    let mut table = base(width);
    table.set_header(["WHO", "DECISION", "ACTIONS", "KMS", "BY"].map(style::heading_cell));
    for reader in &answer.readers {
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
    let people = counted(answer.readers.len() as u64, "way to read it", "ways to read it");
    format!("{people} by rights of their own\n{}\n", table.trim_fmt())
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
        let by: Vec<String> = indirect.hops.iter().map(by).collect();
        let cells = [
            who,
            decision(indirect.decision, &indirect.condition),
            indirect.hops.len().to_string(),
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
