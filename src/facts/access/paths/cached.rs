//! Tables read through a DAX cluster: it asks DynamoDB with a role of its own, so that who may ask the cluster reads
//! what the role reads ("DAX access control").

use std::collections::HashMap;

use super::{
    actor::{Actor, Asked, Ground, named},
    edges::Search,
    means::{Gives, MEANS, Means, lower},
};
use crate::{
    facts::{
        access::{Access, bits::Bits, subjects::Subject},
        reader::Decision,
    },
    iam::{Effect, Truth},
};

/// A cluster as a way to tables.
pub(super) struct Cached {
    /// Number of the cluster.
    pub(super) cluster: usize,
    /// Its role.
    pub(super) role: usize,
    /// Who may ask it, each with the number of the means.
    pub(super) by: Vec<(usize, usize)>,
    /// Tables that its role reads by key or whole: outright, and at all.
    pub(super) outright: Bits,
    pub(super) any: Bits,
}

/// The means that ask a cluster, by number.
fn asking() -> impl Iterator<Item = (usize, &'static Means)> {
    MEANS.iter().enumerate().filter(|(_, means)| means.gives == Gives::Cached)
}

/// Subjects of whom some policy allows what one of these means takes first, by number.
pub(super) fn askers(access: &Access, of: impl Fn(&Means) -> bool) -> Vec<(usize, &Subject)> {
    let actions: Vec<&str> =
        MEANS.iter().filter(|means| of(means)).filter_map(|means| means.action).collect();
    let mut known = HashMap::new();
    let mut allows = |id: usize| {
        *known.entry(id).or_insert_with(|| {
            let statements = &named(&access.policies, id).policy.statements;
            let names =
                |action| statements.iter().any(|s| s.effect == Effect::Allow && s.names_action(action));
            actions.iter().any(|action| names(lower(action)))
        })
    };
    let subjects = access.subjects.iter().enumerate();
    subjects.filter(|(_, subject)| subject.identity.iter().any(|id| allows(*id))).collect()
}

pub(super) fn is_cached(means: &Means) -> bool {
    means.gives == Gives::Cached
}

/// Every cluster that leads somebody to a table.
pub(super) fn cached(access: &Access, search: &Search<'_>) -> Vec<Cached> {
    let may = askers(access, is_cached);
    let mut found = Vec::new();
    for (cluster, (_, role)) in access.scene.clusters.iter().enumerate() {
        let (outright, any) = reads(access, *role);
        if any.is_empty() {
            continue;
        }
        let way = |(at, subject): &(usize, &Subject)| {
            let stacks = &search.stacks;
            let actor = Actor::own(search.policies, subject, &subject.identity, subject.boundary, stacks);
            let open = |means: &Means| {
                asked(&search.ground, &actor, means, cluster).is_some_and(|asked| asked.truth != Truth::False)
            };
            let (number, _) = asking().find(|(_, means)| open(means))?;
            (at != role).then_some((*at, number))
        };
        let by: Vec<(usize, usize)> = may.iter().filter_map(way).collect();
        if !by.is_empty() {
            found.push(Cached { cluster, role: *role, by, outright, any });
        }
    }
    found
}

/// The request that a means makes of a cluster.
pub(super) fn asked(ground: &Ground<'_>, actor: &Actor<'_>, means: &Means, cluster: usize) -> Option<Asked> {
    let (arn, _) = ground.scene.clusters.get(cluster)?;
    Some(actor.ask(means.action?, arn, &ground.keys, None))
}

/// Tables of which a role reads items by key or whole: outright, and at all.
pub(super) fn reads(access: &Access, role: usize) -> (Bits, Bits) {
    let size = access.targets.len() + 1;
    let (mut outright, mut any) = (Bits::none(size), Bits::none(size));
    let reading = access.classes.iter().filter(|class| class.roads.get || class.roads.scan);
    for class in reading.filter(|class| class.members.contains(&role)) {
        let read = class.tables.without(class.keyed.stopped());
        any.add(&read);
        if class.decision == Decision::Allowed {
            outright.add(&read.without(class.keyed.asking()).without(class.keyed.unseen()));
        }
    }
    (outright, any)
}
