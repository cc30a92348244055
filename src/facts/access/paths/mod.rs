//! Who can become whom, and so read what it does not read itself: the graph of `sts:AssumeRole` and of the
//! escalations that lead to a reader.
//!
//! ```text
//! means ──▶ edges (one search for each class of principals, over sets of targets) ──▶ graph
//!                                     graph ──▶ closure (which tables) · walk (the shortest way)
//! ```
//!
//! An edge is one [`means::Means`]; each hop of a way that is told is decided anew, request by request, so
//! that boundaries and denials hold at each. What a principal could give to a third one, which then gives it
//! back, is not followed: rights are given to oneself or to one whom one becomes in one hop.

mod actor;
mod cached;
mod closure;
mod edges;
mod explain;
mod graph;
mod latent;
pub mod means;
mod opened;
mod outside;
mod path;
mod set;
mod told;
mod trusts;
mod unseen;
mod walk;
mod world;

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

pub use self::{
    actor::Asked,
    explain::{Hop, short},
    path::{Path, TOLD},
    told::Through,
    world::Scene,
};

use self::{
    actor::{Actor, Ground},
    edges::Search,
    graph::{Added, Graph},
    means::MEANS,
    outside::Outside,
    trusts::Trusts,
    walk::{Leg, Levels},
};
use super::{Access, AccessClass, bits::Bits, classes, guard::Stacks, subjects::Subject};
use crate::{
    facts::reader::Decision,
    iam::{Keys, Kind, Policy, Truth, Value, Who, WhoKind, principal::Entry},
};

/// The ways of one account.
pub struct Paths<'a> {
    access: &'a Access,
    search: Search<'a>,
    graph: Graph,
    outside: Vec<Outside>,
    /// Subjects with something added, by node.
    made: BTreeMap<usize, Subject>,
    /// Tables that each node reads itself: outright, and at all. The last bit stands for what was not read.
    outright: Vec<Bits>,
    any: Vec<Bits>,
    /// The same, of all that each node reaches.
    reached_outright: Vec<Bits>,
    reached: Vec<Bits>,
    /// Ways that may be there, too.
    unseen: Vec<unseen::Unseen>,
    /// Hops that were told; none for those that are not allowed after all.
    hops: RefCell<HashMap<Leg, Option<Arc<Hop>>>>,
    /// Ways from all nodes to some tables, outright or not, that were looked for.
    far: RefCell<HashMap<(Bits, bool), Levels>>,
}

impl std::fmt::Debug for Paths<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Paths").field("nodes", &self.graph.nodes.len()).finish_non_exhaustive()
    }
}

impl<'a> Paths<'a> {
    pub(super) fn of(access: &'a Access) -> Self {
        let subjects = &access.subjects;
        let tables = access.targets.len();
        let search = search(access);
        let entries: BTreeSet<&Entry> = search.trusts.entries().collect();
        let outside: Vec<Outside> =
            entries.iter().filter_map(|entry| Outside::of(entry, &access.account, &access.guard)).collect();
        let (mut outright, mut any) = direct(&access.classes, access.parties.len(), tables);
        let number: BTreeMap<&str, usize> =
            access.parties.iter().enumerate().map(|(at, party)| (party.arn.as_str(), at)).collect();
        let own = |bits: &mut Vec<Bits>| {
            let of = |at: &usize| bits.get(*at).cloned();
            let none = || Bits::none(tables + 1);
            let others = outside
                .iter()
                .map(|other| number.get(other.who.arn.as_str()).and_then(of).unwrap_or_else(none));
            let others: Vec<Bits> = others.collect();
            bits.truncate(subjects.len());
            bits.extend(others);
        };
        own(&mut outright);
        own(&mut any);
        for (subject, bits) in subjects.iter().zip(&mut any) {
            if !subject.unread.is_empty() {
                bits.insert(tables);
            }
        }
        let unseen = unseen::unseen(access, &search, &any);
        for at in unseen.iter().flat_map(|unseen| unseen.by.iter()) {
            any[at].insert(tables);
        }
        let mut graph = Graph::of(&search, subjects, &outside, &sated(&outright, tables));
        let opened = opened::opened(access, &search);
        graph.open(&opened);
        let cached = cached::cached(access, &search);
        graph.cache(&cached);
        let made: Vec<(usize, Subject)> = made(access, &graph);
        let copies: Vec<Subject> = made.iter().map(|(_, subject)| subject.clone()).collect();
        let more = classes::of_subjects(&access.world(), &copies);
        let (more_outright, more_any) = direct(&more, copies.len(), tables);
        outright.extend(more_outright);
        any.extend(more_any);
        // The nodes of keys and clusters are the last that were made: the ones read what the key held back, too, the
        // others nothing but what a cluster asks for.
        let first = outright.len() - opened.len() - cached.len();
        for (at, more) in opened.iter().enumerate() {
            outright[first + at].add(&more.outright);
            any[first + at].add(&more.any);
        }
        let first = first + opened.len();
        for (at, cached) in cached.into_iter().enumerate() {
            (outright[first + at], any[first + at]) = (cached.outright, cached.any);
        }
        graph.extend(&search, subjects, &made, &sated(&outright, tables));
        let reached_outright = closure::closure(&graph, &outright, true);
        let reached = closure::closure(&graph, &any, false);
        let made = made.into_iter().collect();
        Self {
            access,
            search,
            graph,
            outside,
            made,
            outright,
            any,
            reached_outright,
            reached,
            unseen,
            hops: RefCell::default(),
            far: RefCell::default(),
        }
    }

    /// A caller that a node stands for.
    fn actor(&self, node: usize) -> Option<Actor<'_>> {
        let subject = match self.made.get(&node) {
            Some(subject) => subject,
            None => match self.access.subjects.get(node) {
                Some(subject) => subject,
                None => {
                    let outside = self.outside.get(node - self.access.subjects.len());
                    return outside.map(|other| other.actor(&self.search.stacks));
                }
            },
        };
        let stacks = &self.search.stacks;
        Some(Actor::own(self.search.policies, subject, &subject.identity, subject.boundary, stacks))
    }
}

/// Nodes that read every table outright: they have nothing to gain.
fn sated(outright: &[Bits], tables: usize) -> Bits {
    let all = outright.iter().enumerate().filter(|(_, bits)| tables > 0 && bits.len() == tables);
    Bits::of(outright.len(), all.map(|(at, _)| at))
}

/// Which tables each member of classes reads: outright, and at all.
fn direct(classes: &[AccessClass], members: usize, tables: usize) -> (Vec<Bits>, Vec<Bits>) {
    let mut outright = vec![Bits::none(tables + 1); members];
    let mut any = outright.clone();
    for class in classes.iter().filter(|class| class.roads.reads()) {
        let read = class.tables.without(class.keyed.stopped());
        let sure = read.without(class.keyed.asking()).without(class.keyed.unseen());
        for member in &class.members {
            any[*member].add(&read);
            if class.decision == Decision::Allowed {
                outright[*member].add(&sure);
            }
        }
    }
    (outright, any)
}

/// The subjects that the graph makes, by node.
fn made(access: &Access, graph: &Graph) -> Vec<(usize, Subject)> {
    let everything = access.scene.everything;
    let of = |(node, added, subject): (usize, Added, &Subject)| {
        let mut subject = subject.clone();
        match added {
            Added::AnyPolicy => subject.identity.extend(everything),
            Added::Group(group) => {
                let group = access.scene.groups.get(group);
                subject.identity.extend(group.into_iter().flat_map(|group| &group.identity));
            }
            Added::Unbound => (subject.boundary, subject.bounded) = (None, false),
            Added::Key(_) | Added::Cache(_) => {}
            Added::New => {
                let arn = format!("arn:{}:iam::{}:role/any", access.partition, access.account);
                subject.keys = Keys::new()
                    .with_one("aws:PrincipalArn", &arn)
                    .with_one("aws:PrincipalAccount", &access.account);
                subject.who =
                    Who { kind: WhoKind::Role, arn, account: access.account.clone(), id: String::new() };
                subject.identity = everything.into_iter().collect();
                (subject.boundary, subject.bounded) = (None, false);
            }
        }
        subject.identity.sort_unstable();
        subject.identity.dedup();
        (node, subject)
    };
    let nodes = graph.nodes.iter().enumerate();
    let nodes = nodes.filter_map(|(at, node)| Some((at, node.added?, access.subjects.get(node.subject?)?)));
    nodes.map(of).collect()
}

fn search(access: &Access) -> Search<'_> {
    let trusts = Trusts::read(&access.subjects, &access.account);
    // Its text is ours, and parses.
    let anyone = r#"{"Statement":{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}}"#;
    let anyone = Policy::parse(anyone, Kind::Trust).unwrap_or(Policy { statements: Vec::new() });
    let keys =
        Keys::new().with_one("aws:ResourceAccount", &access.account).with_one("aws:SecureTransport", "true");
    let ground =
        Ground { account: &access.account, partition: &access.partition, scene: &access.scene, keys };
    let stacks = access.guard.levels_by(|id| actor::named(&access.policies, id));
    let mut services = BTreeMap::new();
    for service in MEANS.iter().filter_map(|means| means.service) {
        services.entry(service).or_insert_with(|| serving(service, &trusts, &ground, &stacks));
    }
    let stacks_ask = stacks.all().any(|named| trusts::asks_caller(named.policy));
    Search {
        policies: &access.policies,
        trusts,
        ground,
        kinds: access.subjects.iter().map(|subject| subject.kind).collect(),
        stacks_ask,
        stacks,
        services,
        anyone,
    }
}

/// Roles that a service may run as for this account: outright, and at all.
fn serving(service: &str, trusts: &Trusts<'_>, ground: &Ground<'_>, stacks: &Stacks<'_>) -> (Bits, Bits) {
    let name = format!("{service}.amazonaws.com");
    let keys = Keys::new()
        .with_one("aws:PrincipalIsAWSService", "true")
        .with_one("aws:PrincipalServiceName", &name)
        .with_one("aws:SourceAccount", ground.account)
        .with("aws:PrincipalAccount", Value::Absent);
    let who = Who { kind: WhoKind::Service, arn: name.clone(), account: String::new(), id: String::new() };
    let actor = Actor::foreign(&who, &keys, stacks);
    let size = ground.scene.subjects.len();
    let (mut outright, mut any) = (Bits::none(size), Bits::none(size));
    for number in trusts.naming(&Entry::Service(name.clone())) {
        let Some(first) = trusts.roles(number).first() else { continue };
        let arn = ground.scene.subjects.arn(*first);
        let truth = actor.ask(means::ASSUME, arn, &ground.keys, trusts.policy(number)).truth;
        if truth == Truth::False {
            continue;
        }
        for role in trusts.roles(number) {
            any.insert(*role);
            if truth == Truth::True {
                outright.insert(*role);
            }
        }
    }
    (outright, any)
}
