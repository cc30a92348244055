//! The shortest ways: from one principal to a table that it does not read, and from everyone to one table.

use std::collections::{HashMap, VecDeque};

use super::graph::Graph;
use crate::facts::access::bits::Bits;

/// One hop of a way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Leg {
    pub(super) from: usize,
    /// None: by `sts:AssumeRole`.
    pub(super) means: Option<usize>,
    pub(super) to: usize,
    /// Whether rights are given on the way.
    pub(super) made: bool,
}

/// The shortest way from `start` to another node that is a `goal`, if it has at most `most` hops: asked of the nodes on the
/// way alone. Equal ways: the first means of the table, then the first ARN.
pub(super) fn nearest(
    graph: &Graph,
    goal: impl Fn(usize) -> bool,
    start: usize,
    outright: bool,
    most: usize,
) -> Option<Vec<Leg>> {
    let mut unseen = Bits::all(graph.nodes.len());
    unseen.discard(start);
    let mut came: HashMap<usize, Leg> = HashMap::new();
    let mut next = VecDeque::from([(start, 0)]);
    while let Some((node, hops)) = next.pop_front().filter(|(_, hops)| *hops < most) {
        let legs: Vec<Leg> = legs(graph, node, outright, &unseen).collect();
        if let Some(last) = legs.iter().find(|leg| goal(leg.to)) {
            let mut way = vec![*last];
            while let Some(before) = way.last().and_then(|leg| came.get(&leg.from)) {
                way.push(*before);
            }
            way.reverse();
            return Some(way);
        }
        for leg in legs {
            if unseen.contains(leg.to) {
                unseen.discard(leg.to);
                came.insert(leg.to, leg);
                next.push_back((leg.to, hops + 1));
            }
        }
    }
    None
}

/// The hops from a node to nodes of `among`.
fn legs<'a>(
    graph: &'a Graph,
    from: usize,
    outright: bool,
    among: &Bits,
) -> impl Iterator<Item = Leg> + use<'a> {
    let edges = graph.edges_of(from, outright);
    let mut all: Vec<Leg> = edges
        .flat_map(|(means, set)| {
            graph.sets[set].and(among).into_iter().map(move |to| Leg { from, means, to, made: false })
        })
        .collect();
    let made = graph.made_by(from, outright).filter(|made| among.contains(made.to));
    all.extend(made.map(|made| Leg { from, means: Some(made.means), to: made.to, made: true }));
    all.into_iter()
}

/// Nodes by how many hops they are from a goal; the goal itself first.
pub(super) struct Levels {
    levels: Vec<Bits>,
    /// The hop of each node to the level before its own.
    next: Vec<Option<Leg>>,
}

impl Levels {
    /// From everyone to `goal`.
    pub(super) fn to(graph: &Graph, goal: Bits, outright: bool) -> Self {
        let size = graph.nodes.len();
        let mut users: HashMap<usize, Vec<usize>> = HashMap::new();
        let mut makers: HashMap<usize, Vec<usize>> = HashMap::new();
        for node in 0..size {
            for set in graph.sets_of(node, outright) {
                users.entry(set).or_default().push(node);
            }
            for made in graph.made_by(node, outright) {
                makers.entry(made.to).or_default().push(node);
            }
        }
        let mut waiting: Vec<usize> = users.keys().copied().collect();
        waiting.sort_unstable();
        let mut seen = goal.clone();
        let mut levels = vec![goal];
        while let Some(last) = levels.last().filter(|last| !last.is_empty()) {
            let (hit, rest) = waiting.into_iter().partition(|set| graph.sets[*set].meets(last));
            waiting = rest;
            let hit: Vec<usize> = hit;
            let by_set = hit.iter().filter_map(|set| users.get(set)).flatten();
            let by_made = last.iter().filter_map(|to| makers.get(&to)).flatten();
            let mut next = Bits::of(size, by_set.chain(by_made).copied());
            next.remove(&seen);
            seen.add(&next);
            levels.push(next);
        }
        let mut next = vec![None; size];
        for (nearer, level) in levels.iter().zip(levels.iter().skip(1)) {
            for node in level.iter() {
                next[node] = first(graph, node, outright, nearer);
            }
        }
        Self { levels, next }
    }

    /// Nodes that reach the goal in one hop or more.
    pub(super) fn nodes(&self) -> impl Iterator<Item = usize> + '_ {
        self.levels.iter().skip(1).flat_map(Bits::iter)
    }

    /// The shortest way from a node that is no goal to one that is: of equal ways the one that [`nearest`] finds, for each
    /// hop is the first of those that come nearer.
    pub(super) fn way(&self, node: usize) -> Option<Vec<Leg>> {
        let leg = |node: usize| self.next.get(node).copied().flatten();
        let way: Vec<Leg> = std::iter::successors(leg(node), |before| leg(before.to)).collect();
        (!way.is_empty()).then_some(way)
    }
}

/// The first hop from a node to nodes of `among`.
fn first(graph: &Graph, from: usize, outright: bool, among: &Bits) -> Option<Leg> {
    let edges = graph.edges_of(from, outright);
    let mut edges = edges.filter_map(|(means, set)| Some((means, graph.sets[set].first_in(among)?)));
    let made = || graph.made_by(from, outright).find(|made| among.contains(made.to));
    let edge = edges.next().map(|(means, to)| Leg { from, means, to, made: false });
    edge.or_else(|| made().map(|made| Leg { from, means: Some(made.means), to: made.to, made: true }))
}
