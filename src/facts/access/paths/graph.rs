//! The graph: whom each principal can become, and what it can make of itself.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{
    actor::Actor,
    cached::Cached,
    edges::{Edge, Reach, Search, bit},
    means::{Gives, MEANS, actions},
    opened::Opened,
    outside::Outside,
    set::Set,
    trusts::asks_caller,
};
use crate::{
    facts::{
        access::{bits::Bits, subjects::Subject},
        reader::ReaderKind,
    },
    iam::{Effect, principal::Entry},
};

/// What a principal has beside its own rights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Added {
    /// A policy that allows everything.
    AnyPolicy,
    /// The policies of a group.
    Group(usize),
    /// No boundary.
    Unbound,
    /// It is a new principal with every right.
    New,
    /// The use of the key of this number.
    Key(usize),
    /// Nothing: its tables are read through the cluster of this number.
    Cache(usize),
}

/// One node: a subject as it is, someone outside, or a subject with something added.
#[derive(Debug, Clone, Default)]
pub(super) struct Node {
    /// The subject; none for someone outside.
    pub(super) subject: Option<usize>,
    pub(super) added: Option<Added>,
    /// Whom it can become, in [`Graph::reaches`]; none where there is nothing to gain.
    pub(super) reach: Option<usize>,
    /// Nodes that it can turn itself, or one whom it becomes, into.
    pub(super) makes: Vec<Made>,
}

/// A node made by giving rights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Made {
    pub(super) means: usize,
    pub(super) outright: bool,
    pub(super) to: usize,
}

/// The edges from one class of principals, by set.
#[derive(Debug, Clone, Default)]
pub(super) struct Reached {
    pub(super) edges: Vec<(Option<usize>, bool, usize)>,
    gives: Vec<(usize, bool, Bits)>,
}

/// Nodes and edges. The first nodes are the subjects, in their order.
#[derive(Debug, Default)]
pub(super) struct Graph {
    pub(super) nodes: Vec<Node>,
    pub(super) reaches: Vec<Reached>,
    /// Distinct sets of subjects.
    pub(super) sets: Vec<Set>,
    known: HashMap<Set, usize>,
}

/// What decides whom a principal can become: equal keys, equal edges.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Key {
    identity: Vec<usize>,
    boundary: Option<usize>,
    bounded: bool,
    named: Vec<usize>,
    /// Policies of the organization do not bind it.
    exempt: bool,
    itself: Option<usize>,
}

impl Graph {
    /// Every subject that is not in `sated` with its edges, then those outside.
    pub(super) fn of(search: &Search<'_>, subjects: &[Subject], outside: &[Outside], sated: &Bits) -> Self {
        let mut graph = Self::default();
        let mut classes = Classes::new(search);
        for (at, subject) in subjects.iter().enumerate() {
            let reach = (!sated.contains(at))
                .then(|| classes.of(&mut graph, at, subject, &subject.identity, subject.boundary))
                .flatten();
            graph.nodes.push(Node { subject: Some(at), reach, ..Node::default() });
        }
        for other in outside {
            let edges = other.edges(search);
            let reach = graph.file(Reach { edges, gives: Vec::new() });
            graph.nodes.push(Node { reach, ..Node::default() });
        }
        for at in 0..subjects.len() {
            graph.make(search, subjects, at);
        }
        graph
    }

    /// The edges of a node to subjects: means and set.
    pub(super) fn edges_of(
        &self,
        node: usize,
        outright: bool,
    ) -> impl Iterator<Item = (Option<usize>, usize)> + use<'_> {
        let reach = self.nodes.get(node).and_then(|node| node.reach).and_then(|at| self.reaches.get(at));
        let edges = reach.into_iter().flat_map(|reached| &reached.edges);
        edges.filter(move |(_, by, _)| *by || !outright).map(|(means, _, set)| (*means, *set))
    }

    /// The sets that the edges of a node lead to.
    pub(super) fn sets_of(&self, node: usize, outright: bool) -> impl Iterator<Item = usize> + use<'_> {
        self.edges_of(node, outright).map(|(_, set)| set)
    }

    /// What a node makes.
    pub(super) fn made_by(&self, node: usize, outright: bool) -> impl Iterator<Item = Made> + use<'_> {
        let made = self.nodes.get(node).into_iter().flat_map(|node| &node.makes);
        made.copied().filter(move |made| made.outright || !outright)
    }

    fn file(&mut self, reach: Reach) -> Option<usize> {
        if reach.edges.is_empty() && reach.gives.is_empty() {
            return None;
        }
        let mut edges = Vec::new();
        for Edge { means, outright, to } in reach.edges {
            let next = self.sets.len();
            let number = *self.known.entry(to.clone()).or_insert(next);
            if number == next {
                self.sets.push(to);
            }
            edges.push((means, outright, number));
        }
        self.reaches.push(Reached { edges, gives: reach.gives });
        Some(self.reaches.len() - 1)
    }

    /// Adds what a subject can turn itself, or one whom it can become, into.
    fn make(&mut self, search: &Search<'_>, subjects: &[Subject], at: usize) {
        let Some(reach) = self.nodes.get(at).and_then(|node| node.reach) else { return };
        let Some(reached) = self.reaches.get(reach).filter(|reached| !reached.gives.is_empty()) else {
            return;
        };
        let becomes = |to: usize, outright: bool| {
            let edges = reached.edges.iter().filter(|(_, by, _)| !outright || *by);
            edges.filter_map(|(.., set)| self.sets.get(*set)).any(|set| set.contains(to))
        };
        let mut found: BTreeMap<(usize, Added), (usize, bool)> = BTreeMap::new();
        let mut seen: BTreeSet<(Option<usize>, Vec<usize>, bool)> = BTreeSet::new();
        for (means, outright, whom) in &reached.gives {
            let mut add = |subject: usize, added: Added, outright: bool| {
                let known = found.entry((subject, added)).or_insert((*means, outright));
                if outright && !known.1 {
                    *known = (*means, true);
                }
            };
            match MEANS[*means].gives {
                Gives::Become | Gives::Decrypt | Gives::Cached => {}
                Gives::New => add(at, Added::New, *outright),
                // Groups have users alone.
                Gives::Member if subjects[at].kind != ReaderKind::User => {}
                Gives::Member => {
                    for group in whom.iter() {
                        let group_at = search.ground.scene.groups.get(group);
                        if group_at.is_some_and(|g| !g.identity.is_empty() && !g.members.contains(&at)) {
                            add(at, Added::Group(group), *outright);
                        }
                    }
                }
                gives @ (Gives::AnyPolicy | Gives::Unbound) => {
                    let added = if gives == Gives::Unbound { Added::Unbound } else { Added::AnyPolicy };
                    let fits = |to: &usize| {
                        added == Added::AnyPolicy || subjects.get(*to).is_some_and(|s| s.boundary.is_some())
                    };
                    if whom.contains(at) && fits(&at) {
                        add(at, added, *outright);
                        // Any right that it can give itself is worth no less than another's.
                        if *outright && added == Added::AnyPolicy && !subjects[at].bounded {
                            continue;
                        }
                    }
                    let others = whom.iter().filter(|to| *to != at && fits(to));
                    for to in others.filter(|to| becomes(*to, false)) {
                        let outright = *outright && becomes(to, true);
                        // With every right one is like the other, but for boundaries and denials.
                        if added == Added::AnyPolicy && !seen.insert(limits(search, &subjects[to], outright))
                        {
                            continue;
                        }
                        add(to, added, outright);
                    }
                }
            }
        }
        let mut makes = Vec::new();
        for ((subject, added), (means, outright)) in found {
            let to = self.nodes.len();
            self.nodes.push(Node { subject: Some(subject), added: Some(added), ..Node::default() });
            makes.push(Made { means, outright, to });
        }
        makes.sort_unstable();
        if let Some(node) = self.nodes.get_mut(at) {
            node.makes = makes;
        }
    }

    /// Adds a node for each principal that can open a key to itself.
    pub(super) fn open(&mut self, opened: &[Opened]) {
        for Opened { subject, key, means: (means, outright), .. } in opened {
            let to = self.nodes.len();
            let added = Some(Added::Key(*key));
            self.nodes.push(Node { subject: Some(*subject), added, ..Node::default() });
            if let Some(node) = self.nodes.get_mut(*subject) {
                node.makes.push(Made { means: *means, outright: *outright, to });
                node.makes.sort_unstable();
            }
        }
    }

    /// Adds a node for each cluster through which somebody reads.
    pub(super) fn cache(&mut self, cached: &[Cached]) {
        for Cached { cluster, role, by, .. } in cached {
            let to = self.nodes.len();
            let added = Some(Added::Cache(*cluster));
            self.nodes.push(Node { subject: Some(*role), added, ..Node::default() });
            for (subject, means) in by {
                if let Some(node) = self.nodes.get_mut(*subject) {
                    node.makes.push(Made { means: *means, outright: MEANS[*means].only_if.is_empty(), to });
                    node.makes.sort_unstable();
                }
            }
        }
    }

    /// Gives the nodes that were made edges of their own, those in `sated` left out.
    pub(super) fn extend(
        &mut self,
        search: &Search<'_>,
        subjects: &[Subject],
        made: &[(usize, Subject)],
        sated: &Bits,
    ) {
        let mut classes = Classes::new(search);
        for (node, subject) in made {
            let Some(at) = self.nodes.get(*node).and_then(|node| node.subject) else { continue };
            // Who reads through a cluster becomes nobody.
            let lent = matches!(self.nodes.get(*node).map(|node| node.added), Some(Some(Added::Cache(_))));
            if lent || sated.contains(*node) || subjects.get(at).is_none() {
                continue;
            }
            let reach = classes.of(self, at, subject, &subject.identity, subject.boundary);
            if let Some(node) = self.nodes.get_mut(*node) {
                node.reach = reach;
            }
        }
    }
}

/// What still binds a principal that was given every right.
fn limits(search: &Search<'_>, subject: &Subject, outright: bool) -> (Option<usize>, Vec<usize>, bool) {
    let denies = |id: &usize| {
        let loaded = search.policies.get(*id);
        loaded.policy.statements.iter().any(|statement| statement.effect == Effect::Deny)
    };
    (subject.boundary, subject.identity.iter().copied().filter(denies).collect(), outright)
}

/// Classes found so far.
struct Classes<'a, 's> {
    search: &'a Search<'s>,
    known: HashMap<Key, Option<usize>>,
    /// For each policy the actions that it allows somewhere, and whether it asks who the caller is.
    policies: HashMap<usize, (u128, bool)>,
}

impl<'a, 's> Classes<'a, 's> {
    fn new(search: &'a Search<'s>) -> Self {
        Self { search, known: HashMap::new(), policies: HashMap::new() }
    }

    fn policy(&mut self, id: usize) -> (u128, bool) {
        let search = self.search;
        *self.policies.entry(id).or_insert_with(|| {
            let policy = &search.policies.get(id).moves;
            let allows = policy.statements.iter().filter(|s| s.effect == Effect::Allow);
            let mut bits = 0;
            for statement in allows {
                for (at, action) in actions().iter().enumerate() {
                    if statement.names_action(action) {
                        bits |= 1 << at;
                    }
                }
            }
            let resources = || policy.statements.iter().flat_map(|s| &s.resources.patterns);
            let personal = resources().flat_map(|p| p.variables()).any(|key| key.starts_with("aws:"));
            (bits, personal || asks_caller(policy))
        })
    }

    fn of(
        &mut self,
        graph: &mut Graph,
        at: usize,
        subject: &Subject,
        identity: &[usize],
        boundary: Option<usize>,
    ) -> Option<usize> {
        let moving = |id: &usize| !self.search.policies.get(*id).moves.statements.is_empty();
        let identity: Vec<usize> = identity.iter().copied().filter(moving).collect();
        let (mut allowed, mut asked) = (0, false);
        for id in identity.iter().chain(&boundary) {
            let (bits, asks) = self.policy(*id);
            asked |= asks;
            if Some(*id) != boundary || identity.contains(id) {
                allowed |= bits;
            }
        }
        let trusts = &self.search.trusts;
        let entries = [Entry::Arn(subject.who.arn.clone()), Entry::UniqueId(subject.who.id.clone())];
        let entries =
            || entries.iter().filter(|entry| !matches!(entry, Entry::UniqueId(id) if id.is_empty()));
        let mut named: Vec<usize> = entries().flat_map(|entry| trusts.naming(entry)).collect();
        named.sort_unstable();
        named.dedup();
        if allowed == 0 && named.is_empty() && trusts.open.is_empty() {
            return None;
        }
        let by_name = named.iter().filter_map(|number| trusts.policy(*number)).any(asks_caller);
        let by_account = trusts.account_asks && allowed & bit(super::means::ASSUME) != 0;
        let asked = asked || by_name || by_account || trusts.open_asks || self.search.stacks_ask;
        let (bounded, exempt) = (subject.bounded, subject.service_linked);
        let key = Key { identity, boundary, bounded, named, exempt, itself: asked.then_some(at) };
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        let actor = Actor::own(self.search.policies, subject, &key.identity, boundary, &self.search.stacks);
        let reach = self.search.reach(&actor, allowed, &self.search.naming(entries()));
        let filed = graph.file(reach);
        self.known.insert(key, filed);
        filed
    }
}
