//! What the graph says of one principal, and of one table.

use super::{
    Access, Path, Paths,
    graph::Added,
    means::Step,
    path::TOLD,
    walk::{Leg, Levels, nearest},
};
use crate::{
    facts::{Fact, Gaps, access::bits::Bits, principal::Indirect},
    snapshot::GapId,
};

/// Searches from all nodes that are kept, for sets of tables that many look for.
const FAR: usize = 64;

/// A reader who reads a table through others alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Through {
    /// ARN, account id, identity provider or `*`.
    pub arn: String,
    /// Whether of another account, a provider or anyone.
    pub outside: bool,
    /// Whether the way is open outright, and the last one on it reads outright.
    pub outright: bool,
    /// The shortest way, an outright one if there is any.
    pub path: Path,
    /// ARN of the one who reads.
    pub reader: String,
}

impl Paths<'_> {
    /// What a subject reads through others alone. What may lie behind a gap is not said to be nothing.
    pub(in crate::facts::access) fn indirect(&self, at: usize) -> Fact<Option<Indirect>> {
        let tables = self.access.targets.len();
        let mut reached = self.reached.get(at).cloned().unwrap_or_default();
        reached.discard(tables);
        let best = |new: &Bits| if new.is_empty() { None } else { self.best(at, new) };
        let unseen = &self.access.unseen_keys;
        let found = best(&reached.without(&self.any[at]).without(unseen));
        let mut gaps = Gaps::default();
        if reached.meets(unseen) {
            // The key of a table that was not seen may stop it, and the one whom it becomes.
            let mut more = reached.without(&self.any[at]);
            more.add(&reached.and(unseen));
            let same = match (&found, best(&more)) {
                (Some(found), Some(more)) => {
                    let secrets = |one: &Indirect| one.sensitive.known().map(|count| *count > 0);
                    found.path == more.path && !found.conditional && secrets(found) == secrets(&more)
                }
                (None, None) => true,
                _ => false,
            };
            if !same {
                gaps.add(self.access.unseen_key(&reached));
            }
        }
        // Where such a key stops itself, it may open the key to itself, which is one hop that comes after most others.
        let first = |one: &Indirect| one.hops == 1 && !matches!(one.first, Step::Cache | Step::NewPrincipal);
        let secrets = |one: &Indirect| one.sensitive.known().is_some_and(|count| *count > 0);
        let firm = found.as_ref().is_some_and(|one| first(one) && secrets(one) && !one.conditional);
        if !firm {
            gaps.add(self.access.unseen_key(&self.any[at]));
        }
        if found.is_none() {
            gaps.add(self.hidden(at));
        }
        Fact::unless(gaps, found)
    }

    fn best(&self, at: usize, new: &Bits) -> Option<Indirect> {
        let targets = &self.access.targets;
        let sensitive = Bits::of(
            new.bound(),
            new.iter().filter(|table| targets.get(*table).is_some_and(|target| target.sensitive)),
        );
        let count = |bits: &Bits| i64::try_from(bits.len()).unwrap_or(i64::MAX);
        let wanted = if sensitive.is_empty() { new } else { &sensitive };
        let path = |outright: bool| self.way(at, wanted, outright).and_then(|legs| self.told(&legs));
        let outright = self.reached_outright.get(at).is_some_and(|reached| reached.meets(wanted));
        let outright = outright.then(|| path(true)).flatten();
        let conditional = outright.is_none();
        let path = outright.or_else(|| path(false))?;
        let unsampled = new.iter().find_map(|table| targets.get(table)?.unsampled.clone());
        Some(Indirect {
            tables: count(new),
            sensitive: Fact::unless(unsampled.unwrap_or_default(), count(&sensitive)),
            conditional,
            hops: i64::try_from(path.length()).unwrap_or(i64::MAX),
            first: path.hops.first()?.step,
            escalates: path.escalates,
            path: path.to_string(),
        })
    }

    /// The shortest way from a node to another that reads one of `tables`. Those of few hops are looked for one by one, since
    /// most are; long ones, which then are many, from all nodes at once.
    fn way(&self, at: usize, tables: &Bits, outright: bool) -> Option<Vec<Leg>> {
        let direct = if outright { &self.outright } else { &self.any };
        let goal = |node: usize| direct.get(node).is_some_and(|bits| bits.meets(tables));
        let within = |most: usize| nearest(&self.graph, goal, at, outright, most);
        if let Some(near) = within(TOLD) {
            return Some(near);
        }
        if goal(at) {
            return within(usize::MAX);
        }
        let mut known = self.far.borrow_mut();
        let key = (tables.clone(), outright);
        if known.len() >= FAR && !known.contains_key(&key) {
            known.clear();
        }
        let levels = || Levels::to(&self.graph, self.reading(direct, tables), outright);
        known.entry(key).or_insert_with(levels).way(at)
    }

    /// Nodes that read one of `tables`.
    fn reading(&self, direct: &[Bits], tables: &Bits) -> Bits {
        let all = direct.iter().enumerate().filter(|(_, bits)| bits.meets(tables));
        Bits::of(self.graph.nodes.len(), all.map(|(at, _)| at))
    }

    /// The gaps behind which a way may lie: of its own policies, of those of one whom it becomes, of a table's
    /// where it becomes anyone, of a role's trust.
    fn hidden(&self, at: usize) -> Gaps {
        let Access { subjects, targets, incomplete, unlisted, doubts, .. } = self.access;
        let unread = |at: usize| {
            let own = subjects.get(at).map(|subject| Gaps::from(&subject.unread)).unwrap_or_default();
            self.unseen
                .iter()
                .filter(|unseen| unseen.by.contains(at))
                .fold(own, |own, more| own.and(&more.gaps))
        };
        let behind = || {
            let legs = self.way(at, &Bits::of(targets.len() + 1, [targets.len()]), false)?;
            Some(unread(self.graph.nodes.get(legs.last()?.to)?.subject?))
        };
        let marked = self.reached.get(at).is_some_and(|reached| reached.contains(targets.len()));
        let mut gaps = unread(at);
        // Who hides something itself is marked by that; whom it leads to is not asked, too.
        if marked && gaps.is_empty() {
            gaps.add(behind().unwrap_or_default());
        }
        let gaps = gaps.and(incomplete).and(&doubts.trust);
        let moves = self.graph.sets_of(at, false).next().is_some();
        if moves { gaps.and(&doubts.hidden).and(unlisted) } else { gaps }
    }

    /// Whether a subject can give itself the right to read tables that it does not read.
    pub(in crate::facts::access) fn grants_itself(&self, at: usize) -> Fact<bool> {
        let unseen = &self.access.unseen_keys;
        let mut gained = Bits::none(self.access.targets.len() + 1);
        for made in self.graph.made_by(at, false) {
            let node = self.graph.nodes.get(made.to);
            if node.is_some_and(|node| node.subject == Some(at) || node.added == Some(Added::New)) {
                let read = self.any.get(made.to).cloned().unwrap_or_default();
                // A key that was not seen may stop it before, and not after.
                gained.add(&read.and(unseen));
                gained.add(&read.without(&self.any[at]));
            }
        }
        gained.discard(self.access.targets.len());
        let found = !gained.without(unseen).is_empty();
        if found {
            return Fact::Known(true);
        }
        let own = self.access.subjects.get(at).map(|subject| Gaps::from(&subject.unread)).unwrap_or_default();
        // A key that was not seen may stop it, and be open to its change.
        let keys = [&gained, &self.any[at]].map(|tables| self.access.unseen_key(tables));
        Fact::unless(keys.into_iter().fold(own, Gaps::and), false)
    }

    /// Everyone who reads the table of a number through others alone, by ARN.
    pub fn to_table(&self, table: usize) -> Vec<Through> {
        let one = Bits::of(self.access.targets.len() + 1, [table]);
        self.through(self.reading(&self.outright, &one), self.reading(&self.any, &one))
    }

    /// Everyone who reaches one of `readers` (numbers of [`Access::party`], each with whether it reads outright)
    /// and is none of them; rights given on the way count where they read the table of a number.
    pub fn to_readers(&self, table: usize, readers: &[(usize, bool)]) -> Vec<Through> {
        let one = Bits::of(self.access.targets.len() + 1, [table]);
        let size = self.graph.nodes.len();
        let goal = |direct: &[Bits], outright: bool| {
            let made =
                self.made.keys().copied().filter(|node| direct.get(*node).is_some_and(|b| b.meets(&one)));
            let own = readers.iter().filter(|(_, by)| *by || !outright).filter_map(|(at, _)| self.node(*at));
            Bits::of(size, own.chain(made))
        };
        self.through(goal(&self.outright, true), goal(&self.any, false))
    }

    /// The node of a party.
    fn node(&self, party: usize) -> Option<usize> {
        if party < self.access.subjects.len() {
            return Some(party);
        }
        let arn = &self.access.parties.get(party)?.arn;
        let at = self.outside.iter().position(|other| other.who.arn == *arn)?;
        Some(self.access.subjects.len() + at)
    }

    fn through(&self, outright: Bits, any: Bits) -> Vec<Through> {
        let open = Levels::to(&self.graph, outright, true);
        let all = Levels::to(&self.graph, any.clone(), false);
        let known = self.access.subjects.len() + self.outside.len();
        let mut out = Vec::new();
        for node in all.nodes().filter(|node| *node < known && !any.contains(*node)) {
            let by = open.way(node).and_then(|legs| self.told(&legs));
            let is_open = by.is_some();
            let Some(path) = by.or_else(|| all.way(node).and_then(|legs| self.told(&legs))) else { continue };
            let outside = node.checked_sub(self.access.subjects.len()).and_then(|at| self.outside.get(at));
            out.push(Through {
                arn: path.hops.first().map(|hop| hop.from.clone()).unwrap_or_default(),
                outside: outside.is_some_and(|other| other.who.account != self.access.account),
                outright: is_open,
                reader: path.hops.last().map(|hop| hop.to.clone()).unwrap_or_default(),
                path,
            });
        }
        out.sort_by(|a, b| a.arn.cmp(&b.arn));
        out
    }

    /// Gaps behind which more ways may lie: policies, trust policies, principals and clusters that were not
    /// read.
    pub fn gaps(&self) -> Vec<GapId> {
        let Access { subjects, incomplete, .. } = self.access;
        let own = subjects.iter().flat_map(|subject| &subject.unread);
        let trust = subjects.iter().filter_map(|subject| subject.trust.as_ref().err());
        let unseen = self.unseen.iter().flat_map(|unseen| unseen.gaps.iter());
        let mut all: Vec<GapId> = own.chain(trust).chain(incomplete).chain(unseen).cloned().collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}
