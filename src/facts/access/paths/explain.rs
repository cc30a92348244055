//! A way told hop by hop: the requests that each hop makes, and the statements that let it.

use std::{fmt, sync::Arc};

use super::{
    Path, Paths,
    actor::Asked,
    cached,
    graph::Added,
    means::{Gives, MEANS, Means, On, Step},
    opened,
    outside::{SAML, WEB},
    walk::Leg,
};
use crate::iam::Truth;

/// One hop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hop {
    /// Who: ARN, account or provider.
    pub from: String,
    /// Whether rights were added to it on the way here.
    pub from_added: bool,
    /// Whom it becomes.
    pub to: String,
    /// What was added to that one; empty if nothing.
    pub added: &'static str,
    /// What it is.
    pub step: Step,
    /// The requests that it takes, in order.
    pub asked: Vec<Asked>,
    /// A condition that a snapshot cannot tell; empty if there is none.
    pub only_if: &'static str,
}

impl fmt::Display for Hop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whom = if self.from == self.to { "itself" } else { short(&self.to) };
        write!(f, "{whom}{} (", self.added)?;
        for (at, asked) in self.asked.iter().enumerate() {
            let comma = if at > 0 { ", " } else { "" };
            write!(f, "{comma}{}", asked.action)?;
            if let Some(service) = asked.service {
                write!(f, " to {service}")?;
            }
        }
        f.write_str(")")
    }
}

/// What an ARN names, without account and Region.
pub fn short(arn: &str) -> &str {
    arn.split_once(":iam::").and_then(|(_, rest)| rest.split_once(':')).map_or(arn, |(_, name)| name)
}

impl Paths<'_> {
    /// The way that legs of the graph make; none if some hop is not allowed after all, because its conditions
    /// contradict each other.
    pub(super) fn told(&self, legs: &[Leg]) -> Option<Path> {
        let (first, rest) = legs.split_first()?;
        // Where a way begins, few others come by; what follows is shared.
        let first = self.hop(first).map(Arc::new);
        let hops: Option<Vec<Arc<Hop>>> =
            std::iter::once(first).chain(rest.iter().map(|leg| self.shared(*leg))).collect();
        Path::of(hops?)
    }

    /// A hop, decided once for all ways that take it.
    fn shared(&self, leg: Leg) -> Option<Arc<Hop>> {
        if let Some(known) = self.hops.borrow().get(&leg) {
            return known.clone();
        }
        let hop = self.hop(&leg).map(Arc::new);
        self.hops.borrow_mut().insert(leg, hop.clone());
        hop
    }

    fn hop(&self, leg: &Leg) -> Option<Hop> {
        let target = self.graph.nodes.get(leg.to)?;
        let subject = target.subject?;
        let added = match target.added.filter(|_| leg.made) {
            None => "",
            Some(Added::AnyPolicy) => " with any right",
            Some(Added::Group(_)) => " in another group",
            Some(Added::Unbound) => " without its boundary",
            Some(Added::Key(_)) => " with leave to decrypt",
            Some(Added::Cache(_)) => " through its DAX cluster",
            Some(Added::New) => "",
        };
        let from = self.graph.nodes.get(leg.from)?;
        let mut asked = self.requests(leg.from, leg.means, subject, target.added.filter(|_| leg.made))?;
        let first = asked.first()?.action;
        let new = leg.made && target.added == Some(Added::New);
        let lent = matches!(target.added, Some(Added::Cache(_)));
        if leg.made && !new && !lent && from.subject != Some(subject) {
            // Rights are given to one whom it becomes.
            let edges = || self.graph.edges_of(leg.from, true).chain(self.graph.edges_of(leg.from, false));
            let (means, _) = edges().find(|(_, set)| self.graph.sets[*set].contains(subject))?;
            asked.extend(self.requests(leg.from, means, subject, None)?);
        }
        let means = leg.means.map(|means| &MEANS[means]);
        let name = |node: usize| -> Option<String> {
            let outside = || self.outside.get(node - self.access.subjects.len());
            Some(match self.graph.nodes.get(node)?.subject {
                Some(at) => self.access.subjects.get(at)?.who.arn.clone(),
                None => outside()?.who.arn.clone(),
            })
        };
        Some(Hop {
            from: name(leg.from)?,
            from_added: from.added.is_some(),
            to: if new { "a new principal with any right".to_owned() } else { name(leg.to)? },
            added,
            step: means.map_or_else(|| assumed(first), |means| means.step),
            asked,
            only_if: means.map_or("", |means| means.only_if),
        })
    }

    /// The requests of one means on one subject, the target's first.
    fn requests(
        &self,
        from: usize,
        means: Option<usize>,
        subject: usize,
        added: Option<Added>,
    ) -> Option<Vec<Asked>> {
        let actor = self.actor(from)?;
        let ground = &self.search.ground;
        let open = |asked: &Asked| asked.truth != Truth::False;
        let Some(means) = means.map(|means| &MEANS[means]) else {
            let outside = from.checked_sub(self.access.subjects.len()).and_then(|at| self.outside.get(at));
            let actions = outside.map_or(&[super::means::ASSUME][..], |other| other.actions());
            let keys = ground.scene.keys(ground.account, On::Role, subject);
            let policy = Some(self.search.trusts.of_role(subject)?);
            let arn = ground.scene.subjects.arn(subject);
            let asked = actions.iter().map(|action| actor.ask(action, arn, &keys, policy)).find(open);
            return asked.map(|asked| vec![asked]);
        };
        if let Some(Added::Key(key)) = added {
            return opened::asked(self.access, &actor, means, key).filter(open).map(|asked| vec![asked]);
        }
        if let Some(Added::Cache(cluster)) = added {
            return cached::asked(ground, &actor, means, cluster).filter(open).map(|asked| vec![asked]);
        }
        let mut all = if means.gives == Gives::New {
            Vec::new()
        } else {
            let things = things(self, means, subject, added);
            let on = |at: usize| {
                let keys = ground.scene.keys(ground.account, means.on, at);
                self.search.asked(&actor, means, at, &keys)
            };
            let mut asked: Vec<Vec<Asked>> =
                things.into_iter().map(on).filter(|asked| asked.iter().all(open)).collect();
            asked.sort_by_key(|asked| asked.iter().any(|asked| asked.truth != Truth::True));
            asked.into_iter().next()?
        };
        all.extend(actor.pick(means.with, means.either, ground)?);
        Some(all)
    }
}

/// What a means is aimed at to reach a subject: itself, a group that it is in or joins, a policy that it has.
fn things(paths: &Paths<'_>, means: &Means, subject: usize, added: Option<Added>) -> Vec<usize> {
    let scene = paths.search.ground.scene;
    let holding = |lists: Vec<&Vec<usize>>| {
        let held = lists.into_iter().enumerate().filter(|(_, list)| list.contains(&subject));
        held.map(|(at, _)| at).collect()
    };
    match (means.on, added) {
        (On::Role | On::User, _) => vec![subject],
        (On::Group, Some(Added::Group(group))) => vec![group],
        (On::Group, _) => holding(scene.groups.iter().map(|group| &group.members).collect()),
        (On::Key | On::Cluster, _) => Vec::new(),
        (On::Managed, _) => holding(scene.managed.iter().map(|managed| &managed.holders).collect()),
    }
}

fn assumed(action: &str) -> Step {
    match action {
        WEB => Step::WebIdentity,
        SAML => Step::Saml,
        _ => Step::AssumeRole,
    }
}
