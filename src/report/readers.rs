//! Who can read a table, as `who-can` tells it: the answer ready to be written.

mod table;

use std::sync::Arc;

use serde::Serialize;

use crate::{
    facts::{
        access::{
            paths::{Asked, Hop, Through},
            query::Found,
        },
        reader::{Fence, Kms, ReaderKind, Roads},
    },
    iam::{Layer, Via},
    snapshot::{Gap, GapId},
};

pub use table::render;

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
    /// Who can read the table and not the attribute that was asked about, by ARN.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub held_off: Vec<Reader>,
    /// Who can read through others alone, by ARN.
    pub indirect: Vec<Indirect>,
    /// What was not seen and might let in more.
    pub gaps: Vec<Unseen>,
}

impl Answer {
    /// The gaps behind which more may lie, and those behind which a layer lies that may take access away.
    pub fn behind(&self) -> impl Iterator<Item = &GapId> {
        let unless = self
            .readers
            .iter()
            .chain(&self.held_off)
            .flat_map(|reader| &reader.unless)
            .map(|unless| &unless.gap);
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
    /// All hops, or the first ones and the last.
    hops: Vec<Leg>,
    /// How many are left out before the last.
    #[serde(skip_serializing_if = "none")]
    hops_left_out: usize,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
fn none(count: &usize) -> bool {
    *count == 0
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
        let leg = |hop: &Arc<Hop>| Leg {
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
            condition: through.path.condition.clone(),
            reader: through.reader.clone(),
            path: through.path.to_string(),
            hops: through.path.hops.iter().map(leg).collect(),
            hops_left_out: through.path.left_out,
        }
    }
}
