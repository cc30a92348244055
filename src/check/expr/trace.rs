//! What an answer rests on: the facts that an expression reads, and those it would have needed.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::{
    super::types::Type,
    Truth,
    ast::{Expr, IdedExpr},
    bind::{Bound, Scope, elements},
    has_value, show,
    syntax::{Loop, parts, path},
    truth,
    unseen::ALL,
};
use crate::{
    facts::{Gaps, UNKNOWN},
    snapshot::GapId,
};

/// Facts that one finding names as missing at most.
const MOST: usize = 20;

/// The facts that an expression reads, in order of appearance, each once; elements of loops are read with their list. Beside
/// them, what it reads of the elements of a list that is a fact itself.
pub(super) fn paths(e: &IdedExpr) -> (Vec<String>, BTreeSet<String>) {
    type Lists = Vec<(String, Option<String>)>;
    fn visit(e: &IdedExpr, elements: &mut Lists, out: &mut (Vec<String>, BTreeSet<String>)) {
        if let Some(path) = path(e) {
            let (root, rest) = path.split_once('.').unwrap_or((&path, ""));
            match elements.iter().rev().find(|(name, _)| name == root) {
                Some((_, Some(list))) if !rest.is_empty() => {
                    out.1.insert(format!("{list}.{rest}"));
                }
                None if !rest.is_empty() && !out.0.contains(&path) => out.0.push(path),
                _ => {}
            }
            return;
        }
        let bound = elements.len();
        for part in parts(e) {
            visit(part, elements, out);
            if let Expr::Comprehension(c) = &e.expr {
                elements.push((c.iter_var.clone(), path(&c.iter_range)));
            }
        }
        elements.truncate(bound);
    }
    let mut out = Default::default();
    visit(e, &mut Vec::new(), &mut out);
    out
}

/// What is found at the end of a path.
enum Found<'v> {
    Known(Bound<'v>),
    /// Not seen, from this part of the path on.
    Unknown(String, Gaps),
    /// Something on the way is null.
    Nothing,
}

/// The gaps that an unknown fact or an incomplete collection names.
fn gaps_of(json: &Json) -> Gaps {
    Gaps::named(json).unwrap_or_default()
}

fn follow<'v>(path: &str, scope: &Scope<'_, 'v>) -> Found<'v> {
    let mut names = path.split('.');
    let root = names.next().unwrap_or_default();
    let Some((_, mut at)) = scope.names.iter().rev().find(|(name, _)| name == root).cloned() else {
        return Found::Nothing;
    };
    let mut so_far = root.to_owned();
    for name in names {
        let name = name.strip_suffix(ALL).unwrap_or(name);
        if at.json.is_null() {
            return Found::Nothing;
        }
        so_far = format!("{so_far}.{name}");
        let ty = match at.ty.non_null() {
            Type::Object(object) => object.fields.get(name).map(|field| &field.ty),
            Type::Map(inner) => Some(&**inner),
            _ => None,
        };
        let (Some(json), Some(ty)) = (at.json.get(name), ty) else {
            let of_map = matches!(at.ty.non_null(), Type::Map(_));
            // Of a subject that was not seen at all, one gap hides every fact.
            return if of_map { Found::Nothing } else { Found::Unknown(so_far, gaps_of(at.json)) };
        };
        if json.get(UNKNOWN).is_some() && elements(json).is_none() {
            return Found::Unknown(so_far, gaps_of(json));
        }
        at = Bound { json, ty };
    }
    Found::Known(at)
}

/// The facts under `paths`, each with its value where that is known: what a verdict rests on.
pub(in crate::check) fn because<'a>(
    paths: impl IntoIterator<Item = &'a String>,
    scope: &Scope<'_, '_>,
) -> Vec<(&'a str, Option<Json>)> {
    let mut all: Vec<&String> = Vec::new();
    for path in paths {
        if !all.contains(&path) {
            all.push(path);
        }
    }
    let deeper = |path: &String| all.iter().any(|p| p.strip_prefix(path).is_some_and(|r| r.starts_with('.')));
    let fact = |path: &&'a String| match follow(path, scope) {
        // An object whose fields are named too says nothing beside them.
        Found::Known(at) if at.json.is_object() && deeper(path) => None,
        Found::Known(at) => Some((path.as_str(), Some(show::cut(at.json)))),
        Found::Unknown(..) => Some((path.as_str(), None)),
        Found::Nothing => None,
    };
    all.iter().filter_map(fact).collect()
}

/// The unknown facts that leave an expression undecided, each with every gap that it names, none where it names none.
pub(in crate::check) fn missing(expr: &super::Expr, scope: &Scope<'_, '_>) -> Vec<(String, Option<GapId>)> {
    let mut out = Missing::default();
    let _ = expr.cost.begin(scope);
    out.visit(&expr.tree, scope);
    out.found
}

#[derive(Default)]
struct Missing {
    found: Vec<(String, Option<GapId>)>,
    known: BTreeSet<(String, Option<GapId>)>,
    /// What the elements of the loops around are called in a path: `i` → `table.indexes[]`.
    elements: Vec<(String, String)>,
}

impl Missing {
    fn add(&mut self, path: &str, gaps: &Gaps) {
        let (root, rest) = path.split_once('.').map_or((path, None), |(root, rest)| (root, Some(rest)));
        let named = self.elements.iter().rev().find(|(name, _)| name == root).map(|(_, of)| of.as_str());
        let root = named.unwrap_or(root);
        let fact = rest.map_or_else(|| root.to_owned(), |rest| format!("{root}.{rest}"));
        let unnamed = gaps.is_empty().then_some(None);
        for gap in gaps.iter().cloned().map(Some).chain(unnamed) {
            let fact = (fact.clone(), gap);
            if self.found.len() < MOST && self.known.insert(fact.clone()) {
                self.found.push(fact);
            }
        }
    }

    /// Goes down into what has no value, and passes over what decides nothing.
    fn visit(&mut self, e: &IdedExpr, scope: &Scope<'_, '_>) {
        if scope.meter.spent() || has_value(e, scope) {
            return;
        }
        if let Some(path) = path(e) {
            match follow(&path, scope) {
                Found::Unknown(at, gaps) => self.add(&at, &gaps),
                // A collection that was seen in part has no size.
                Found::Known(at) if at.json.get(UNKNOWN).is_some() => self.add(&path, &gaps_of(at.json)),
                _ => {}
            }
            return;
        }
        match &e.expr {
            Expr::Comprehension(c) if has_value(&c.iter_range, scope) => {
                if let (Some(step), Some(range)) = (Loop::of(c), path(&c.iter_range)) {
                    self.elements_of(&step, &c.iter_var, &range, scope);
                }
            }
            Expr::Comprehension(c) => self.visit(&c.iter_range, scope),
            Expr::Call(call) if call.func_name == "_?_:_" => {
                let [condition, yes, no] = call.args.as_slice() else { return };
                match truth(condition, scope) {
                    Truth::True => self.visit(yes, scope),
                    Truth::False => self.visit(no, scope),
                    _ => self.visit(condition, scope),
                }
            }
            _ => parts(e).into_iter().for_each(|part| self.visit(part, scope)),
        }
    }

    fn elements_of<'v>(&mut self, step: &Loop<'_>, variable: &str, range: &str, scope: &Scope<'_, 'v>) {
        let Found::Known(list) = follow(range, scope) else { return };
        let (Type::Collection(ty) | Type::List(ty)) = list.ty else { return };
        let Some((items, whole)) = elements(list.json) else { return };
        let asked: Vec<&IdedExpr> = match step {
            Loop::Exists(p) | Loop::All(p) | Loop::One(p) => vec![p],
            Loop::Build { guard, item } => guard.iter().copied().chain([*item]).collect(),
        };
        let visible = range.strip_suffix(ALL).unwrap_or(range);
        if !whole {
            let mut inner = scope.inner();
            inner.bind_element(variable, None, ty);
            // Every question about the unseen element starts with its mark.
            if !asked.iter().all(|e| has_value(e, &inner)) {
                self.add(visible, &gaps_of(list.json));
            }
        }
        self.elements.push((variable.to_owned(), format!("{}[]", self.renamed(visible))));
        for item in items {
            // An answer that was found takes its reason with it where that would take longer than the answer.
            if !scope.meter.spend(asked.len() as u64) {
                break;
            }
            let mut inner = scope.inner();
            match list.ty {
                Type::Collection(_) => inner.bind_element(variable, Some(item), ty),
                _ => inner.bind(variable, item, ty),
            }
            asked.iter().for_each(|e| self.visit(e, &inner));
        }
        self.elements.pop();
    }

    /// A range within an element of an outer loop, under the name of that loop's list.
    fn renamed(&self, range: &str) -> String {
        let (root, rest) = range.split_once('.').unwrap_or((range, ""));
        match self.elements.iter().rev().find(|(name, _)| name == root) {
            Some((_, of)) => format!("{of}.{rest}"),
            None => range.to_owned(),
        }
    }
}
