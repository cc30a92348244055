//! Judges facts: walks the tree once, and says of each subject what each check over it finds.

use std::{
    cmp::{Ordering, Reverse},
    collections::{BTreeMap, BTreeSet},
    thread,
};

use super::{
    Check, Judgement, Library,
    expr::{Meter, Scope, because, missing},
    said::Said,
    types,
};
use crate::{
    facts::{Facts, Node, ancestors},
    finding::{Confidence, Evidence, Finding, Missing, Shared, Subject, SubjectKind, Verdict, fingerprint},
    snapshot::{Gap, GapId, ResourceId, Why},
};

/// Calls that the message of an unknown verdict names at most.
const CALLS: usize = 3;

/// Subjects below an account times checks, from which on a second thread is worth its cost.
const MANY: usize = 20_000;

/// Steps for one subject, from which on a check is remembered as one that takes many.
const HEAVY: u64 = 1_000;

/// The fact that says whether PCI DSS bears on a subject and on what stands below it.
const SCOPE: &str = "pci_scope";

/// How many subjects a check came to which verdict on.
pub type Tally = BTreeMap<String, BTreeMap<Verdict, u64>>;

/// What judging came to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Judged {
    /// The findings that were asked for: the worst first, then by check and subject.
    pub findings: Vec<Finding>,
    /// Of each check, how many verdicts of each kind, whether kept as findings or not.
    pub tally: Tally,
    /// The check that took the most of the steps, with its file, where there were too many: not all is judged then.
    pub spent: Option<String>,
    /// Steps of the checks that took many for one subject.
    steps: BTreeMap<String, u64>,
    said: Said,
}

impl Judged {
    /// All of it.
    ///
    /// # Errors
    /// The checks took more steps than a run may, so that not all is judged.
    pub fn whole(self) -> Result<Self, String> {
        match self.spent {
            Some(most) => Err(format!(
                "the checks take more steps over these facts than a run may, the most of them {}",
                crate::source::escape(&most)
            )),
            None => Ok(self),
        }
    }
}

/// All findings, of every verdict: the worst first, then by check and subject.
pub fn judge(library: &Library, facts: &Facts, gaps: &BTreeMap<GapId, Gap>) -> Vec<Finding> {
    judge_only(library, facts, gaps, |_, _| true).findings
}

/// As [`judge`], keeping only findings that `keep` wants, by check and verdict; the rest are counted.
pub fn judge_only(
    library: &Library,
    facts: &Facts,
    gaps: &BTreeMap<GapId, Gap>,
    keep: impl Fn(&Check, Verdict) -> bool + Sync,
) -> Judged {
    judge_chosen(library.checks(), facts, gaps, keep)
}

/// As [`judge_only`], by these checks alone.
pub fn judge_chosen<'a>(
    checks: impl IntoIterator<Item = &'a Check>,
    facts: &'a Facts,
    gaps: &'a BTreeMap<GapId, Gap>,
    keep: impl Fn(&Check, Verdict) -> bool + Sync,
) -> Judged {
    let meters = Default::default();
    judge_within(&meters, checks.into_iter().map(|check| -> &Check { check }), facts, gaps, keep)
}

/// As [`judge_chosen`], with so many steps.
pub(super) fn judge_within<'a>(
    meters: &'a [Meter; 2],
    checks: impl IntoIterator<Item = &'a Check>,
    facts: &'a Facts,
    gaps: &'a BTreeMap<GapId, Gap>,
    keep: impl Fn(&Check, Verdict) -> bool + Sync,
) -> Judged {
    let mut by_kind: BTreeMap<SubjectKind, Vec<&Check>> = BTreeMap::new();
    let mut tally = Tally::new();
    for check in checks {
        by_kind.entry(check.over).or_default().push(check);
        tally.insert(check.id.clone(), BTreeMap::new());
    }
    let seen = by_kind.keys().flat_map(|kind| ancestors(*kind).iter().chain([kind])).copied().collect();
    let judge = Judge { by_kind, seen, gaps, own_gaps: &facts.gaps, keep, meters };
    let mut judged = Judged { tally, ..Judged::default() };
    for node in &facts.roots {
        judge.root(node, &mut judged);
    }
    if meters.iter().any(|meter| meter.left() == 0) {
        let most = judged.steps.iter().max_by_key(|(check, steps)| (**steps, Reverse(*check)));
        let most = most.and_then(|(id, _)| judge.by_kind.values().flatten().find(|check| check.id == *id));
        judged.spent =
            Some(most.map_or_else(String::new, |check| format!("`{}` ({})", check.id, check.origin)));
    }
    judged.said = Said::default();
    judged.findings.sort_by(order);
    judged
}

/// The worst first, then by check and subject.
fn order(a: &Finding, b: &Finding) -> Ordering {
    let first = |f: &Finding| Reverse(f.severity);
    (first(a), &a.check, &a.subject.arn)
        .cmp(&(first(b), &b.check, &b.subject.arn))
        .then_with(|| a.subject.id().cmp(&b.subject.id()))
        .then_with(|| a.fingerprint.cmp(&b.fingerprint))
}

struct Judge<'a, K> {
    by_kind: BTreeMap<SubjectKind, Vec<&'a Check>>,
    /// What they are about, and what stands above that.
    seen: BTreeSet<SubjectKind>,
    gaps: &'a BTreeMap<GapId, Gap>,
    /// The engines' own.
    own_gaps: &'a BTreeMap<GapId, Gap>,
    keep: K,
    /// The steps that each thread may take: were they shared, what is judged in time would depend on chance.
    meters: &'a [Meter; 2],
}

impl Judged {
    /// Nothing yet, about the same checks.
    fn empty(&self) -> Self {
        let tally = self.tally.keys().map(|check| (check.clone(), BTreeMap::new())).collect();
        Self { tally, ..Self::default() }
    }

    fn add(&mut self, part: Self) {
        self.findings.extend(part.findings);
        for (check, counts) in part.tally {
            let sums = self.tally.entry(check).or_default();
            for (verdict, count) in counts {
                *sums.entry(verdict).or_default() += count;
            }
        }
        for (check, steps) in part.steps {
            *self.steps.entry(check).or_default() += steps;
        }
    }
}

impl<'a, K: Fn(&Check, Verdict) -> bool + Sync> Judge<'a, K> {
    /// An account. What stands below a large one is judged by two threads, every other subject by each: findings are sorted
    /// and verdicts counted, so that it does not matter who judges what.
    fn root(&self, node: &'a Node, judged: &mut Judged) {
        let checks: usize = self.by_kind.values().map(Vec::len).sum();
        if node.children.len() * checks < MANY {
            return self.node(node, &Scope::root(&self.meters[0]), None, judged);
        }
        let empty = judged.empty();
        let half = |first: usize| {
            let (root, mut judged) = (Scope::root(&self.meters[first]), empty.clone());
            if let Some((scope, pci)) = self.within(node, &root, None) {
                if first == 0 {
                    self.own(node, &scope, pci, &mut judged);
                }
                for child in node.children.iter().skip(first).step_by(2) {
                    self.node(child, &scope, pci, &mut judged);
                }
            }
            judged
        };
        let (one, other) = thread::scope(|threads| {
            let other = thread::Builder::new().spawn_scoped(threads, || half(1));
            let one = half(0);
            // Where there is no second thread, the first one does it all.
            let other = other.map_or_else(|_| Ok(half(1)), thread::ScopedJoinHandle::join);
            (one, other.unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
        });
        judged.add(one);
        judged.add(other);
    }

    fn node(&self, node: &'a Node, above: &Scope<'_, 'a>, pci: Option<bool>, judged: &mut Judged) {
        if above.meter.left() == 0 {
            return;
        }
        let Some((scope, pci)) = self.within(node, above, pci) else { return };
        self.own(node, &scope, pci, judged);
        for child in &node.children {
            self.node(child, &scope, pci, judged);
        }
    }

    /// What a subject and all that stands below it is judged in, bound once; none where no check looks there.
    fn within<'s>(
        &self,
        node: &'a Node,
        above: &'s Scope<'_, 'a>,
        pci: Option<bool>,
    ) -> Option<(Scope<'s, 'a>, Option<bool>)> {
        let kind = node.subject.kind;
        if !self.seen.contains(&kind) || !self.by_kind.contains_key(&kind) && node.children.is_empty() {
            return None;
        }
        // The scope of the table, or of the account, that it is or stands below.
        let of = types::of(kind);
        let own = of.object().is_some_and(|object| object.fields.contains_key(SCOPE));
        let pci = if own { node.facts.get(SCOPE).and_then(serde_json::Value::as_bool) } else { pci };
        let mut scope = above.inner();
        scope.bind(kind.as_str(), &node.facts, of);
        Some((scope, pci))
    }

    /// What the checks say of a subject itself.
    fn own(&self, node: &Node, scope: &Scope<'_, '_>, pci: Option<bool>, judged: &mut Judged) {
        let mut shared: Option<(Shared<Subject>, Shared<Evidence>)> = None;
        for check in self.by_kind.get(&node.subject.kind).into_iter().flatten() {
            let left = scope.meter.left();
            let judgement = check.judge(scope);
            if let Some(counts) = judged.tally.get_mut(&check.id) {
                *counts.entry(judgement.verdict).or_default() += 1;
            }
            if (self.keep)(check, judgement.verdict) {
                let shared =
                    shared.get_or_insert_with(|| (node.subject.clone().into(), node.evidence.clone().into()));
                let finding = self.finding(check, (node, &*shared), scope, &judgement, pci, &mut judged.said);
                judged.findings.push(finding);
            }
            let steps = left - scope.meter.left();
            if steps > HEAVY {
                *judged.steps.entry(check.id.clone()).or_default() += steps;
            }
        }
    }

    fn finding(
        &self,
        check: &Check,
        (node, (subject, evidence)): (&Node, &(Shared<Subject>, Shared<Evidence>)),
        scope: &Scope<'_, '_>,
        judgement: &Judgement<'_>,
        pci_scope: Option<bool>,
        said: &mut Said,
    ) -> Finding {
        let verdict = judgement.verdict;
        let missing = match judgement.undecided {
            Some(expr) => self.missing(expr, judgement.broken.as_deref(), node, scope, said),
            None => Vec::new(),
        };
        let message = match verdict {
            Verdict::Flagged => check.message.render(scope).as_deref().unwrap_or(&check.title).into(),
            Verdict::Clear => said.text("looked at, and not so"),
            Verdict::NotApplicable => said.text("does not apply here"),
            Verdict::Unknown => match &judgement.broken {
                Some(how) => said.text(&format!("{}: {how}", not_assessed(&missing))),
                None => said.text(&not_assessed(&missing)),
            },
        };
        let because = match (verdict, &check.when) {
            // The flag was not looked at.
            (Verdict::NotApplicable, Some(when)) => because(&when.paths, scope),
            _ => because(check.facts(), scope),
        };
        let id = said.text(&check.id);
        Finding {
            because: said.because(&id, because),
            check: id,
            title: said.text(&check.title),
            severity: check.severity,
            confidence: check.confidence.min(node.confidence.unwrap_or(Confidence::High)),
            verdict,
            subject: subject.clone(),
            message,
            missing,
            evidence: evidence.clone(),
            fingerprint: fingerprint(&check.id, &node.subject),
            pci_scope,
            state: None,
            first_seen: None,
            accepted: None,
        }
    }

    /// What left an expression undecided; where no gap says so, the check itself did.
    fn missing(
        &self,
        expr: &super::Expr,
        broken: Option<&str>,
        node: &Node,
        scope: &Scope<'_, '_>,
        said: &mut Said,
    ) -> Vec<Missing> {
        let own = |message: &str| {
            let (call, on) = ("check".to_owned(), ResourceId(node.subject.arn.clone()));
            Gap { call, on, why: Why::Malformed, message: message.to_owned() }
        };
        // What was given up was not for want of a fact.
        let unknown = if broken.is_some() { Vec::new() } else { missing(expr, scope) };
        if unknown.is_empty() {
            let gap = own(broken.unwrap_or("undecided without a gap"));
            return vec![said.missing(node.subject.kind.as_str(), gap.id(), &gap)];
        }
        let missing = |(fact, id): (String, Option<GapId>)| match id.and_then(|id| Some((self.gap(&id)?, id)))
        {
            Some((gap, id)) => said.missing(&fact, id, gap),
            None => {
                let gap = own("a fact is missing without a gap");
                said.missing(&fact, gap.id(), &gap)
            }
        };
        unknown.into_iter().map(missing).collect()
    }

    fn gap(&self, id: &GapId) -> Option<&'a Gap> {
        self.gaps.get(id).or_else(|| self.own_gaps.get(id))
    }
}

/// Names the calls that failed, each once.
fn not_assessed(missing: &[Missing]) -> String {
    let mut seen = BTreeSet::new();
    let calls: Vec<String> = missing
        .iter()
        .filter(|m| seen.insert((&m.call, m.why)))
        .map(|m| format!("{} ({})", m.call, m.why))
        .collect();
    let more = match calls.len().saturating_sub(CALLS) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("not assessed: {}{more}", calls[..calls.len().min(CALLS)].join(", "))
}
