//! Questions about one table: who can reach it, one of its parts or attributes, on what terms, and by what.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Access, Bits, Party,
    classes::Robe,
    fence::{self, Fences},
    gate::{Gate, through},
    judge::{Answer, Court, Judge, Scope},
    rows::need,
    targets::Target,
};
use crate::{
    facts::reader::{Decision, Fence, Kms, Needs, Roads},
    iam::{
        Expr, Truth, Via,
        actions::{Form, WAYS, ways_of},
        pattern,
    },
    snapshot::GapId,
};

/// What is asked.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// ARN of the table.
    pub table: &'a str,
    /// The part of the table.
    pub part: Part<'a>,
    /// An action, `dynamodb:Scan` or `Scan`, in any letter case; none for every one that leads to data.
    pub action: Option<&'a str>,
    /// A top-level attribute: only what returns it counts.
    pub attribute: Option<&'a str>,
    /// Pattern (`*`, `?`) of readers' names or ARNs.
    pub principal: Option<&'a str>,
}

/// A part of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Part<'a> {
    /// All of it: the table itself, its indexes, stream and backups.
    #[default]
    Any,
    /// The table without its indexes and stream.
    Table,
    /// The index of this name.
    Index(&'a str),
    /// The stream.
    Stream,
}

/// The answer.
#[derive(Debug, Clone, Default)]
pub struct Readers {
    /// Readers by ARN, one entry for each condition.
    pub readers: Vec<Found>,
    /// What was not seen and might let in more.
    pub gaps: BTreeSet<GapId>,
}

/// One reader under one condition.
#[derive(Debug, Clone)]
pub struct Found {
    /// Who, as a number of [`Access::party`].
    pub number: usize,
    /// Who.
    pub party: Party,
    /// Outright or conditional.
    pub decision: Decision,
    /// The condition, to show; empty where there is none.
    pub condition: String,
    /// What the condition needs.
    pub needs: Needs,
    /// Actions as AWS writes them, each with what it is asked on (`table`, `index`, `stream`, …), sorted. Ways that
    /// take several actions have them joined by ` + `.
    pub actions: Vec<(String, &'static str)>,
    /// The roads that they open.
    pub roads: Roads,
    /// What KMS says; a `stopped` reader is let in by DynamoDB and gets nothing.
    pub kms: Kms,
    /// What holds the reader to part of the data, over all of its conditions.
    pub fence: Fence,
    /// The statements that let in, with their layers, sorted.
    pub via: Vec<Via<'static>>,
    /// What was not read and might take the access away, each with its gap.
    pub unless: Vec<(&'static str, GapId)>,
}

impl Access {
    /// Readers of what `question` asks about. None where the account has no such table, or the table no such part.
    pub fn readers(&self, question: &Question<'_>) -> Option<Readers> {
        self.readers_among(question, None)
    }

    /// The same, of these readers alone.
    pub(super) fn readers_among(
        &self,
        question: &Question<'_>,
        among: Option<&BTreeSet<usize>>,
    ) -> Option<Readers> {
        let at = self.targets.binary_search_by(|target| target.arn.as_str().cmp(question.table)).ok()?;
        let target = self.targets.get(at)?;
        let part = part(target, question.part)?;
        let scope = Scope { part: part.as_deref(), attribute: question.attribute };
        let wanted = question.action.map(wanted);
        let asked = question.principal.map(glob);
        let asks = |number: &usize| {
            let party =
                self.parties.get(*number).filter(|_| among.is_none_or(|among| among.contains(number)));
            party.is_some_and(|p| asked.as_ref().is_none_or(|asked| asked(&p.arn) || asked(&p.name)))
        };
        // Readers that share their classes fare alike: one of them is judged.
        let mut alike: BTreeMap<&[usize], Vec<usize>> = BTreeMap::new();
        let reaching = self.reaching(at).into_iter();
        for class in reaching.filter(|class| wanted.is_none_or(|wanted| class.ways & wanted != 0)) {
            alike
                .entry(&class.members)
                .or_insert_with(|| class.members.iter().copied().filter(asks).collect());
        }
        let mut out = Readers::default();
        for members in alike.into_values() {
            let Some(first) = members.first() else { continue };
            let found = self.judged(*first, |judge| terms(judge, target, scope, wanted));
            for terms in found.unwrap_or_default() {
                out.readers.extend(members.iter().filter_map(|number| self.found(*number, at, &terms)));
            }
        }
        out.readers.sort_by(|a, b| (&a.party.arn, &a.condition).cmp(&(&b.party.arn, &b.condition)));
        out.gaps = self.hiding(target, &out.readers, asks);
        Some(out)
    }

    /// Members of the classes that reach a table, with the classes: the readers of one table spelled out, as cheaply
    /// as can be.
    pub fn expand(&self, table: &str) -> Vec<(&Party, &super::AccessClass)> {
        let found = self.targets.binary_search_by(|target| target.arn.as_str().cmp(table));
        let Ok(at) = found else { return Vec::new() };
        let reaching = self.classes.iter().filter(|class| class.tables.contains(at));
        let pairs = reaching.flat_map(|class| class.members.iter().map(move |number| (*number, class)));
        pairs.filter_map(|(number, class)| Some((self.parties.get(number)?, class))).collect()
    }

    /// What `ask` says with the judge of a party.
    pub(super) fn judged<R>(&self, number: usize, ask: impl FnOnce(&Judge<'_>) -> R) -> Option<R> {
        let guards = self.guard.levels(&self.policies);
        let (scps, rcps) = (guards.scps(), guards.rcps());
        let court = Court {
            policies: &self.policies,
            locks: &self.locks,
            owner: &self.account,
            partition: &self.partition,
            rcps: &rcps,
        };
        if let Some(subject) = self.subjects.get(number) {
            let robe = Robe::new(&self.policies, &self.guard, subject);
            return Some(ask(&robe.judge(court, subject, &scps)));
        }
        let outsider = self.outsiders.get(number - self.subjects.len())?;
        Some(ask(&outsider.judge(court, &self.guard)))
    }

    fn found(&self, number: usize, at: usize, terms: &Terms) -> Option<Found> {
        let layers = self.unread_layers(self.subjects.get(number), &Bits::of(self.targets.len(), [at]));
        Some(Found {
            number,
            party: self.parties.get(number)?.clone(),
            decision: if terms.condition.is_some() { Decision::Conditional } else { Decision::Allowed },
            condition: terms.condition.as_ref().map(ToString::to_string).unwrap_or_default(),
            needs: Needs::of(terms.condition.as_ref().map_or(0, |expr| expr.needs(&need))),
            actions: terms.actions.iter().cloned().collect(),
            roads: terms.roads,
            kms: terms.kms,
            fence: terms.fences.clone().into(),
            via: terms.via.iter().cloned().collect(),
            unless: layers.into_iter().map(|(layer, gap)| (layer, gap.clone())).collect(),
        })
    }

    /// What was not seen and might let in others than `found`.
    fn hiding(&self, target: &Target, found: &[Found], asked: impl Fn(&usize) -> bool) -> BTreeSet<GapId> {
        let known: BTreeSet<usize> = found.iter().map(|reader| reader.number).collect();
        let unread = self.subjects.iter().enumerate().filter(|(n, _)| !known.contains(n) && asked(n));
        let unread = unread.filter_map(|(_, subject)| subject.unread.first());
        target.hidden().iter().chain(&self.incomplete).chain(unread).cloned().collect()
    }
}

/// What one condition lets a reader do.
#[derive(Default)]
struct Terms {
    condition: Option<Expr>,
    actions: BTreeSet<(String, &'static str)>,
    roads: Roads,
    kms: Kms,
    fences: Fences,
    via: BTreeSet<Via<'static>>,
}

fn terms(judge: &Judge<'_>, target: &Target, scope: Scope<'_>, wanted: Option<u64>) -> Vec<Terms> {
    let ways = judge.ways_within(target, scope);
    let gate = if ways.is_empty() { Gate::Open } else { judge.gate(target) };
    let mut all: BTreeMap<(bool, Option<Expr>), Terms> = BTreeMap::new();
    let mut passed = Vec::new();
    for (number, answer) in ways {
        let Some(way) = WAYS.get(number).filter(|_| answer.real != Truth::False) else { continue };
        let (answer, kms) = through(answer, way.actions.iter().any(|a| a.decrypts), &gate);
        let Answer { real, via, .. } = answer;
        if kms != Kms::Stopped {
            passed.push((number, real.clone()));
        }
        let asked = wanted.is_none_or(|wanted| wanted >> number & 1 == 1);
        if !asked || (scope.attribute.is_some() && !way.road.leads()) {
            continue;
        }
        let condition = match real {
            Truth::Depends(expr) => Some(expr),
            _ => None,
        };
        let stopped = kms == Kms::Stopped;
        let terms = all.entry((stopped, condition.clone())).or_default();
        let own = way.actions.iter().filter(|action| action.form != Form::NewTable);
        let titles: Vec<&str> = own.map(|action| action.title).collect();
        let form = way.actions.first().map_or("table", |action| action.form.word());
        terms.actions.insert((titles.join(" + "), form));
        terms.condition = condition;
        terms.roads.set(way.road);
        terms.kms = terms.kms.max(kms);
        terms.via.extend(via);
    }
    let fences = fence::judge(judge, target, &passed);
    all.values_mut().for_each(|terms| terms.fences = fences.clone());
    all.into_values().collect()
}

/// The ways of an action, as bits.
fn wanted(action: &str) -> u64 {
    ways_of(action).into_iter().fold(0, |bits, number| bits | 1 << number)
}

/// Whether a text matches a pattern, whatever the letter case.
pub fn glob(text: &str) -> impl Fn(&str) -> bool {
    let style = pattern::Style { wildcards: true, variables: false };
    let pattern = pattern::Pattern::new(&text.to_lowercase(), style);
    move |text| pattern.matches_plain(&text.to_lowercase())
}

/// The ARN of a part of a table; none where the table has no such part.
fn part(target: &Target, part: Part<'_>) -> Option<Option<String>> {
    let arn = match part {
        Part::Any => return Some(None),
        Part::Table => target.arn.clone(),
        Part::Index(name) => format!("{}/index/{name}", target.arn),
        Part::Stream => target.of(Form::Stream).find(|resource| resource.real)?.arn.clone(),
    };
    target.resources.iter().any(|resource| resource.real && resource.arn == arn).then_some(Some(arn))
}
