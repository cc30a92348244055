//! What answering an expression may cost: counted in steps, refused at load where its own lists are too long, stopped where the facts are.
//!
//! A step is one part of an expression that is answered once; each turn of a loop takes as many as there are parts in it.
//! Where an expression touches what is large (a long text, a whole list, an element with many fields), a step counts for more,
//! since it is copied or compared. A loop asks the meter at every turn, under a name that cannot be written.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use cel::{common::value::CowVal, context::VariableResolver};
use serde_json::Value as Json;

use super::{
    super::{typeck::narrow::is_null, types::Type},
    CelBool,
    ast::{CallExpr, ComprehensionExpr, Expr, IdedExpr, LiteralValue},
    bind::{Scope, elements},
    syntax::{Loop, parts, path, put_through},
};

/// Steps that loops over lists written in the expression itself may take.
pub(super) const WRITTEN: u64 = 100_000;
/// Steps that one answer may take: a plain question to each of half a million backups.
const ANSWER: u64 = 20_000_000;
/// Steps that all answers of a run may take together, in each of its two threads.
const RUN: u64 = 1_000_000_000;
/// Bytes that one step copies or compares.
const STEP_BYTES: u64 = 256;
/// Bytes that a value takes beside its text.
const VALUE_BYTES: u64 = 64;
/// How many times more a turn counts that makes an element of a new list: it stays in memory.
const KEPT: u64 = 8;
/// Steps of a turn beside its own parts.
const TURN: u64 = 3;
/// Begins the name under which a loop asks for its steps.
const NAME: char = '@';

/// The steps that are left.
#[derive(Debug)]
pub(in crate::check) struct Meter {
    /// Those that one answer may take.
    most: u64,
    answer: AtomicU64,
    run: AtomicU64,
    /// How much a step counts for in the present answer.
    size: AtomicU64,
}

impl Default for Meter {
    fn default() -> Self {
        Self::new(ANSWER, RUN)
    }
}

impl Meter {
    /// A meter of which one answer may take `answer` steps, and all of them `run`.
    pub(in crate::check) fn new(answer: u64, run: u64) -> Self {
        let (left, size) = (AtomicU64::new(answer), AtomicU64::new(1));
        Self { most: answer, answer: left, run: AtomicU64::new(run), size }
    }

    /// Begins an answer.
    fn begin(&self) {
        self.answer.store(self.most, Relaxed);
        self.each(1);
    }

    /// From here on a step counts for `size`.
    fn each(&self, size: u64) {
        self.size.store(size, Relaxed);
    }

    /// Takes steps; false if there are none left.
    pub(super) fn spend(&self, steps: u64) -> bool {
        let steps = steps.saturating_mul(self.size.load(Relaxed));
        // Each thread has a meter of its own; what is spent stays so.
        let take = |left: &AtomicU64| {
            let rest = left.load(Relaxed).saturating_sub(steps);
            left.store(rest, Relaxed);
            rest > 0
        };
        take(&self.answer) & take(&self.run)
    }

    /// Whether the present answer took more than it may.
    pub(super) fn spent(&self) -> bool {
        self.answer.load(Relaxed) == 0 || self.run.load(Relaxed) == 0
    }

    /// Steps that are left for all further answers.
    pub(in crate::check) fn left(&self) -> u64 {
        self.run.load(Relaxed)
    }
}

impl VariableResolver for Meter {
    fn resolve<'b>(&'b self, variable: &str) -> Option<CowVal<'b, 'b>> {
        let steps: u64 = variable.strip_prefix(NAME)?.parse().ok()?;
        self.spend(steps).then(|| CowVal::owned(CelBool::from(true)))
    }
}

/// What one expression costs.
#[derive(Debug, Default)]
pub(super) struct Cost {
    /// Steps outside of loops.
    steps: u64,
    /// Facts that are looked through element by element.
    looked_through: Vec<String>,
    /// Facts that are copied or compared as a whole.
    whole: Vec<String>,
}

impl Cost {
    /// Makes each loop of `tree` ask for its steps; `size_of` tells the type of a fact.
    pub fn of(tree: IdedExpr, type_of: impl Fn(&str) -> Option<&'static Type>) -> (Self, IdedExpr) {
        let mut cost = Self::default();
        cost.facts(&tree, &type_of);
        let (tree, steps) = metered(tree);
        cost.steps = steps;
        (cost, tree)
    }

    fn facts(&mut self, e: &IdedExpr, type_of: &impl Fn(&str) -> Option<&'static Type>) {
        if let Some(path) = path(e) {
            let large = |ty: &Type| {
                !matches!(
                    ty.non_null(),
                    Type::Bool | Type::Int | Type::Double | Type::Enum(_) | Type::Collection(_)
                )
            };
            if type_of(&path).is_some_and(large) && !self.whole.contains(&path) {
                self.whole.push(path);
            }
            return;
        }
        for part in parts(e) {
            match (&e.expr, path(part)) {
                (Expr::Comprehension(c), Some(path)) if std::ptr::eq(part, &raw const c.iter_range) => {
                    self.looked_through.push(path);
                }
                // To ask whether something is null, or how long a list is, touches nothing in it.
                (Expr::Call(call), Some(_)) if call.args.iter().any(is_null) => {}
                (Expr::Call(call), Some(path))
                    if call.func_name == "size" && type_of(&path).is_none_or(|ty| !ty.textual()) => {}
                _ => self.facts(part, type_of),
            }
        }
    }

    /// Begins an answer over the facts of `scope`; false where it would take too many steps to begin with.
    pub fn begin(&self, scope: &Scope<'_, '_>) -> bool {
        let (mut all, mut largest) = (0, 0);
        for json in self.whole.iter().filter_map(|path| find(path, scope)) {
            largest = largest.max(bytes(json));
        }
        for json in self.looked_through.iter().filter_map(|path| find(path, scope)) {
            let mut element = |bytes: u64| {
                all += bytes;
                largest = largest.max(bytes);
            };
            match (elements(json), json) {
                (Some((items, _)), _) => items.iter().for_each(|item| element(bytes(item))),
                (None, Json::Object(fields)) => fields.keys().for_each(|key| element(key.len() as u64)),
                _ => {}
            }
        }
        scope.meter.begin();
        let _ = scope.meter.spend(all / STEP_BYTES);
        scope.meter.each(1 + largest / STEP_BYTES);
        scope.meter.spend(self.steps)
    }
}

/// The JSON of a fact.
fn find<'v>(path: &str, scope: &Scope<'_, 'v>) -> Option<&'v Json> {
    let mut names = path.split('.');
    let root = names.next()?;
    let (_, bound) = scope.names.iter().rev().find(|(name, _)| name == root)?;
    names.try_fold(bound.json, |json, name| json.get(name.strip_suffix(super::unseen::ALL).unwrap_or(name)))
}

/// About the memory that a value takes.
fn bytes(json: &Json) -> u64 {
    VALUE_BYTES
        + match json {
            Json::String(text) => text.len() as u64,
            Json::Array(items) => items.iter().map(bytes).sum(),
            Json::Object(fields) => fields.iter().map(|(key, value)| key.len() as u64 + bytes(value)).sum(),
            _ => 0,
        }
}

/// Steps that an expression takes at least, whatever the facts; the innermost loop that takes too many.
///
/// # Errors
/// That loop.
pub(super) fn written(e: &IdedExpr) -> Result<u64, &IdedExpr> {
    let Expr::Comprehension(c) = &e.expr else {
        return parts(e).into_iter().try_fold(1, |sum, part| Ok(written(part)? + sum));
    };
    let mut inner = parts(e).into_iter();
    let range = inner.next().map_or(Ok(0), written)?;
    let turn = inner.try_fold(TURN, |sum, part| Ok(written(part)? + sum))?;
    let steps = range.saturating_add(turn.saturating_mul(length(&c.iter_range)));
    if steps > WRITTEN { Err(e) } else { Ok(steps) }
}

/// How many elements a written list has; one where only the facts tell.
fn length(range: &IdedExpr) -> u64 {
    match &range.expr {
        Expr::List(list) => list.elements.len() as u64,
        Expr::Comprehension(c) if matches!(Loop::of(c), Some(Loop::Build { .. })) => length(&c.iter_range),
        _ => 1,
    }
}

/// The expression with loops that ask for their steps, and the steps that it takes outside of them.
fn metered(mut e: IdedExpr) -> (IdedExpr, u64) {
    let mut steps = 1;
    let mut within = |e: IdedExpr| {
        let (e, inner) = metered(e);
        steps += inner;
        e
    };
    e.expr = match e.expr {
        Expr::Comprehension(mut c) => {
            c.iter_range = within(c.iter_range);
            let (step, turn) = metered(c.loop_step);
            c.loop_step = step;
            Expr::Comprehension(asking(c, TURN + turn))
        }
        other => put_through(other, within),
    };
    (e, steps)
}

/// A loop whose turns ask the meter. What is built in one go keeps the form by which it is known.
fn asking(mut c: Box<ComprehensionExpr>, turn: u64) -> Box<ComprehensionExpr> {
    let builds = matches!(Loop::of(&c), Some(Loop::Build { .. }));
    let id = c.loop_step.id;
    let steps = if builds { turn.saturating_mul(KEPT) } else { turn };
    let place = match &mut c.loop_step.expr {
        Expr::Call(call) if builds => match (call.func_name.as_str(), call.args.as_mut_slice()) {
            ("_?_:_", [guard, ..]) => guard,
            (_, [_, IdedExpr { expr: Expr::List(list), .. }]) if !list.elements.is_empty() => {
                &mut list.elements[0]
            }
            _ => &mut c.loop_cond,
        },
        _ => &mut c.loop_cond,
    };
    let node = |expr| IdedExpr { id, expr };
    let asked = std::mem::take(place);
    let args = vec![
        node(Expr::Ident(format!("{NAME}{steps}"))),
        asked,
        node(Expr::Literal(LiteralValue::Boolean(false.into()))),
    ];
    *place = node(Expr::Call(CallExpr { func_name: "_?_:_".to_owned(), target: None, args }));
    c
}
