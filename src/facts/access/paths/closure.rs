//! Which tables each node reaches through others: one pass over the strongly connected parts of the graph
//! (Tarjan), so that a thousand roles that trust each other cost no more than one.

use std::collections::HashMap;

use super::{graph::Graph, set::Set};
use crate::facts::access::bits::Bits;

/// For each node the tables that it or a node which it reaches reads. `direct` is what each reads itself.
pub(super) fn closure(graph: &Graph, direct: &[Bits], outright: bool) -> Vec<Bits> {
    let size = graph.nodes.len();
    let mut walk = Walk {
        graph,
        direct,
        outright,
        index: vec![None; size],
        low: vec![0; size],
        unseen: Bits::all(size),
        held: Bits::none(size),
        stack: Vec::new(),
        part: vec![None; size],
        totals: Vec::new(),
        by_set: HashMap::new(),
    };
    for node in 0..size {
        if walk.index[node].is_none() {
            walk.from(node);
        }
    }
    let total = |part: &Option<usize>| part.and_then(|part| walk.totals.get(part)).cloned();
    walk.part.iter().map(|part| total(part).unwrap_or_default()).collect()
}

struct Walk<'a> {
    graph: &'a Graph,
    direct: &'a [Bits],
    outright: bool,
    index: Vec<Option<usize>>,
    low: Vec<usize>,
    unseen: Bits,
    /// Nodes on the stack.
    held: Bits,
    stack: Vec<usize>,
    part: Vec<Option<usize>>,
    /// Tables by part.
    totals: Vec<Bits>,
    /// Tables behind a set whose members are all done.
    by_set: HashMap<usize, Bits>,
}

impl Walk<'_> {
    fn from(&mut self, start: usize) {
        let mut calls = vec![start];
        self.enter(start);
        while let Some(&node) = calls.last() {
            if let Some(next) = self.next_unseen(node) {
                self.enter(next);
                calls.push(next);
                continue;
            }
            calls.pop();
            self.low[node] = self.low[node].min(self.lowest_held(node));
            if let Some(&above) = calls.last() {
                self.low[above] = self.low[above].min(self.low[node]);
            }
            if self.index[node] == Some(self.low[node]) {
                self.close(node);
            }
        }
    }

    fn enter(&mut self, node: usize) {
        // As many as are numbered are no longer unseen.
        let number = self.graph.nodes.len() - self.unseen.len();
        self.index[node] = Some(number);
        self.low[node] = number;
        self.unseen.discard(node);
        self.held.insert(node);
        self.stack.push(node);
    }

    fn sets(&self, node: usize) -> impl Iterator<Item = usize> + use<'_> {
        self.graph.sets_of(node, self.outright)
    }

    fn next_unseen(&self, node: usize) -> Option<usize> {
        let made = self.graph.made_by(node, self.outright).find(|made| self.unseen.contains(made.to));
        made.map(|made| made.to)
            .or_else(|| self.sets(node).find_map(|set| self.graph.sets[set].first_in(&self.unseen)))
    }

    /// The lowest number among those on the stack that a node leads to.
    fn lowest_held(&self, node: usize) -> usize {
        let number = |node: usize| self.index[node].unwrap_or(usize::MAX);
        let made = self.graph.made_by(node, self.outright).map(|made| made.to);
        let made = made.filter(|to| self.held.contains(*to)).map(number).min();
        let by_set = self.sets(node).filter_map(|set| match &self.graph.sets[set] {
            Set::Few(list) => {
                let held = list.iter().map(|at| *at as usize).filter(|at| self.held.contains(*at));
                held.map(number).min()
            }
            // The stack is in the order of numbers.
            Set::Many(bits) => self.stack.iter().copied().find(|at| bits.contains(*at)).map(number),
        });
        by_set.chain(made).min().unwrap_or(usize::MAX)
    }

    /// Takes a strongly connected part off the stack.
    fn close(&mut self, root: usize) {
        let number = self.totals.len();
        let mut members = Vec::new();
        while let Some(node) = self.stack.pop() {
            self.held.discard(node);
            self.part[node] = Some(number);
            members.push(node);
            if node == root {
                break;
            }
        }
        let mut total = Bits::none(self.direct.first().map_or(0, Bits::bound));
        let mut sets = Vec::new();
        for node in &members {
            total.add(&self.direct[*node]);
            for made in self.graph.made_by(*node, self.outright) {
                if let Some(part) = self.part[made.to].filter(|part| *part != number) {
                    total.add(&self.totals[part]);
                }
            }
            sets.extend(self.sets(*node));
        }
        sets.sort_unstable();
        sets.dedup();
        for set in sets {
            if let Some(known) = self.by_set.get(&set) {
                total.add(known);
                continue;
            }
            let mut parts: Vec<usize> =
                self.graph.sets[set].iter().filter_map(|at| self.part[at]).filter(|p| *p != number).collect();
            parts.sort_unstable();
            parts.dedup();
            let mut behind = Bits::none(total.bound());
            parts.iter().for_each(|part| behind.add(&self.totals[*part]));
            total.add(&behind);
            // Members of this very part count from now on.
            if self.graph.sets[set].iter().all(|at| self.part[at] != Some(number)) {
                self.by_set.insert(set, behind);
            }
        }
        self.totals.push(total);
    }
}
