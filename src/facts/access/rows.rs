//! What a caller may do to one table, gathered into rows of one condition each.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet, HashMap},
};

use sha2::{Digest, Sha256};

use super::{
    fence::{self, Fences},
    gate::Gate,
    judge::Judge,
    keyed::Term,
    targets::Target,
};
use crate::{
    facts::reader::{Decision, Needs, Roads},
    finding::hex,
    iam::{
        Expr, Test, Truth, Via,
        actions::{Road, WAYS},
    },
};

/// Roads that share a condition, into one table.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Row {
    /// None: outright.
    pub(super) condition: Option<Expr>,
    pub(super) roads: Roads,
    /// The same, on what may come to the table, too.
    pub(super) would: Roads,
    pub(super) full_access: bool,
    pub(super) wildcard: bool,
    pub(super) fences: Fences,
    /// Whether a Deny keeps the caller from `Scan` outright, and another road to the whole table is open.
    pub(super) around_deny: bool,
    pub(super) shown: Shown,
}

/// What does not part rows, and is shown with them.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Shown {
    /// The ways in the order of [`WAYS`], as bits.
    pub(super) ways: u64,
    /// Roads that may be open by indexes and streams that were not seen.
    pub(super) hidden: Roads,
    pub(super) via: BTreeSet<Via<'static>>,
}

impl Shown {
    pub(super) fn add(&mut self, other: Shown) {
        self.ways |= other.ways;
        self.hidden = self.hidden.and(other.hidden);
        self.via.extend(other.via);
    }
}

/// Roads that lead to a table of no name, by Region: what only wildcards reach.
pub(super) type Nameless = RefCell<HashMap<String, Roads>>;

/// What is known of one road.
#[derive(Default)]
struct Along {
    real: Option<Truth>,
    would: Option<Truth>,
    shown: Shown,
    /// The statements behind what is open outright.
    outright: BTreeSet<Via<'static>>,
}

impl Judge<'_> {
    /// The ways into `target` that DynamoDB opens, as rows, each with what the table's key says to it.
    pub(super) fn rows(&self, target: &Target, nameless: &Nameless) -> Vec<(Row, Term)> {
        let ways = self.ways(target);
        if ways.is_empty() {
            return Vec::new();
        }
        let mut open: BTreeMap<Road, Along> = BTreeMap::new();
        let mut passed: Vec<(usize, Truth)> = Vec::new();
        for (number, answer) in ways {
            let Some(way) = WAYS.get(number) else { continue };
            if answer.real != Truth::False {
                passed.push((number, answer.real.clone()));
            }
            let along = open.entry(way.road).or_default();
            let or = |all: &mut Option<Truth>, truth| {
                *all = Some(Truth::any([all.take().unwrap_or(Truth::False), truth]));
            };
            let ways = if answer.real == Truth::False { 0 } else { 1 << number };
            if answer.real == Truth::True {
                along.outright.extend(answer.via.iter().cloned());
            }
            or(&mut along.real, answer.real);
            or(&mut along.would, answer.would);
            along.shown.add(Shown { ways, via: answer.via, ..Shown::default() });
        }
        let fences = fence::judge(self, target, &passed);
        let gate = self.gate(target);
        let scans = passed.iter().filter_map(|(n, _)| WAYS.get(*n)).any(|way| way.road == Road::Scan);
        let denied = !scans && self.denies(target, "Scan");
        let finish = |mut row: Row| {
            row.wildcard = self.reaches_nameless(target, row.roads, nameless);
            row.around_deny = denied && row.roads.whole();
            if target.undescribed.is_some() {
                row.shown.hidden = row.would.without(row.roads);
            }
            let term = Term::of(&row, &gate);
            if let (Term::Open | Term::Asks(_), Gate::Key(key)) = (&term, &gate) {
                row.shown.via.extend(key.via.iter().cloned());
            }
            (row, term)
        };
        self.gather(target, open, &fences).into_iter().map(finish).collect()
    }

    fn gather(&self, target: &Target, roads: BTreeMap<Road, Along>, fences: &Fences) -> Vec<Row> {
        let mut by_condition: BTreeMap<Option<Expr>, (Roads, Roads, Shown)> = BTreeMap::new();
        for (road, along) in roads {
            let would = along.would.unwrap_or(Truth::False);
            let real = along.real.unwrap_or(Truth::False);
            let leads = real != Truth::False;
            let condition = match if leads { real } else { would } {
                Truth::False => continue,
                Truth::True => None,
                Truth::Depends(expr) => Some(expr),
            };
            let outright = condition.is_none();
            let row = by_condition.entry(condition).or_default();
            if leads {
                row.0.set(road);
                let via = if outright { along.outright } else { along.shown.via };
                row.2.add(Shown { via, ..along.shown });
            }
            row.1.set(road);
        }
        // What is had outright is had under any condition, too; what is had if one of several holds, under each.
        let weaker: Vec<_> = by_condition.iter().map(|(c, row)| (c.clone(), row.clone())).collect();
        for (condition, row) in &mut by_condition {
            for (_, (real, would, shown)) in weaker.iter().filter(|(asked, _)| suffices(condition, asked)) {
                (row.0, row.1) = (row.0.and(*real), row.1.and(*would));
                row.2.add(shown.clone());
            }
        }
        let row = |(condition, (roads, would, shown)): (Option<Expr>, (Roads, Roads, Shown))| Row {
            full_access: would.all() && self.anything_under(target, condition.as_ref()),
            wildcard: false,
            fences: fences.clone(),
            around_deny: false,
            condition,
            roads,
            would,
            shown,
        };
        by_condition.into_iter().map(row).filter(|row| row.roads != Roads::default()).collect()
    }

    /// Whether an action that no policy names is allowed under `condition`.
    fn anything_under(&self, target: &Target, condition: Option<&Expr>) -> bool {
        match self.anything(target) {
            Truth::True => true,
            Truth::Depends(needed) => condition == Some(&needed),
            Truth::False => false,
        }
    }

    /// Whether a table that no policy names would be reached by one of `roads` too.
    fn reaches_nameless(&self, target: &Target, roads: Roads, nameless: &Nameless) -> bool {
        let known = nameless.borrow().get(&target.region).copied();
        let reached = known.unwrap_or_else(|| {
            let mut reached = Roads::default();
            let ways = self.ways(&target.nameless());
            ways.iter().filter_map(|(n, _)| WAYS.get(*n)).for_each(|way| reached.set(way.road));
            nameless.borrow_mut().insert(target.region.clone(), reached);
            reached
        });
        roads.meets(reached)
    }
}

/// Whether `condition` is enough for what asks for `asked`: nothing, the same, or one of several that it is among.
fn suffices(condition: &Option<Expr>, asked: &Option<Expr>) -> bool {
    fn ways(expr: &Expr) -> &[Expr] {
        match expr {
            Expr::Any(ways) => ways,
            other => std::slice::from_ref(other),
        }
    }
    match (condition, asked) {
        (_, None) => true,
        (None, Some(_)) => false,
        (Some(condition), Some(asked)) => ways(condition).iter().all(|way| ways(asked).contains(way)),
    }
}

impl Row {
    /// Names what it lets do, not whom or where, so that neither a new table nor a table's new stream rename it.
    pub(super) fn id(&self) -> String {
        let Self { condition, would, full_access, wildcard, fences, .. } = self;
        let text = format!("{condition:?} {would:?} {full_access} {wildcard} {fences:?}");
        hex(&Sha256::digest(text)[..6])
    }

    pub(super) fn decision(&self) -> Decision {
        if self.condition.is_some() { Decision::Conditional } else { Decision::Allowed }
    }

    /// Bits of what every way in needs.
    pub(super) fn needs(&self) -> u16 {
        self.condition.as_ref().map_or(0, |expr| expr.needs(&need))
    }
}

/// Bits of what a test asks of the caller; none if any value will do.
pub(super) fn need(test: &Test) -> u16 {
    if test.values.iter().any(|value| value == "*") && !test.negated {
        return 0;
    }
    match test.key.to_lowercase().as_str() {
        "aws:multifactorauthpresent" | "aws:multifactorauthage" => Needs::MFA,
        "aws:sourceip" | "aws:vpcsourceip" => Needs::SOURCE_IP,
        "aws:sourcevpc" | "aws:sourcevpce" | "aws:vpceaccount" | "aws:vpceorgid" | "aws:vpceorgpaths" => {
            Needs::VPCE
        }
        "aws:principalorgid" | "aws:principalorgpaths" => Needs::ORG,
        key if crate::iam::actions::LEADING_KEYS.contains(&key) => Needs::LEADING_KEYS,
        "dynamodb:attributes" => Needs::ATTRIBUTES,
        "dynamodb:select" => Needs::SELECT,
        key if key.starts_with("aws:principaltag/") => Needs::SESSION_TAG,
        _ => Needs::OTHER,
    }
}
