//! An expression: parsed and type-checked once, then answered over bound facts as true, false or unknown.

mod bind;
mod mistakes;
mod show;
mod steps;
pub(super) mod syntax;
mod trace;
mod unseen;
pub(super) mod words;

use std::{
    collections::BTreeSet,
    sync::{Arc, OnceLock},
};

pub(super) use cel::common::ast;
use cel::{
    Context, Env, ExecutionError, Program, Value,
    common::{
        ast::IdedExpr,
        types::{CelBool, CelDouble, CelInt, CelList, CelMap, CelMapKey, CelNull, CelString},
        value::Val,
    },
};

use super::{
    typeck::{
        Checker,
        narrow::{self, Sure},
    },
    types::{self, Type},
};
use crate::{finding::SubjectKind, source::Problem};
pub(super) use bind::Scope;
use steps::Cost;
pub(super) use steps::Meter;
use syntax::Places;
pub(super) use trace::{because, missing};

/// Characters that an expression may have; a check is one thought long.
const LONGEST: usize = 2_000;
/// Brackets that an expression may nest.
const DEEPEST_BRACKETS: usize = 24;
/// Levels that an expression's tree may have: evaluation goes down it on the stack.
const DEEPEST_TREE: usize = 32;
/// Why an answer was given up.
const TOO_MANY: &str = "it takes more steps than a check may";
/// Stack on which expressions may be parsed: the parser goes down deeply for each bracket.
pub(super) const PARSER_STACK: usize = 64 << 20;

/// A compiled expression.
#[derive(Debug)]
pub(super) struct Expr {
    /// As it was written.
    pub text: String,
    /// The facts that it reads, in order of appearance.
    pub paths: Vec<String>,
    /// What it reads of the elements of lists.
    pub elements: BTreeSet<String>,
    tree: IdedExpr,
    cost: Cost,
}

/// What a condition comes out as.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Truth {
    /// True.
    True,
    /// False.
    False,
    /// What it rests on was not seen.
    Unknown,
    /// It failed in a way that the type check should have excluded.
    Broken(String),
}

impl Expr {
    /// Parses and type-checks `text` as a check over `over` sees it, where `sure` is known to hold.
    ///
    /// # Errors
    /// All that is wrong, with places in `text`.
    pub fn compile(text: &str, over: SubjectKind, sure: &Sure) -> Result<(Self, Type), Vec<Problem>> {
        mistakes::size(text)?;
        let program = Program::compile(text).map_err(|errors| {
            let first = errors.errors.into_iter().next();
            vec![first.map_or_else(
                || Problem::new(0..text.len(), "this is not an expression"),
                |e| mistakes::syntax(text, e.pos, &e.msg),
            )]
        })?;
        let places = Places::new(text, program.source_info());
        if let Some(too_deep) = mistakes::depth(program.expression(), DEEPEST_TREE) {
            return Err(vec![
                Problem::new(places.name(too_deep), "this expression is nested too deeply")
                    .help("a check is one thought long; what needs more is a new fact".to_owned()),
            ]);
        }
        let scope: Vec<(String, Type)> = types::visible(over)
            .into_iter()
            .map(|kind| (kind.as_str().to_owned(), types::of(kind).clone()))
            .collect();
        let mut checker = Checker::new(&places, scope, sure.clone());
        let ty = checker.ty(program.expression());
        if !checker.problems.is_empty() {
            checker.problems.sort_by_key(|p| (p.span.start, p.span.end));
            return Err(checker.problems);
        }
        if let Err(endless) = steps::written(program.expression()) {
            return Err(vec![mistakes::steps(places.name(endless))]);
        }
        let (paths, elements) = trace::paths(program.expression());
        let tree = unseen::rewrite(program.expression().clone(), &checker.collections);
        let (cost, tree) = Cost::of(tree, |path| types::at(path, over));
        Ok((Self { text: text.to_owned(), paths, elements, tree, cost }, ty))
    }

    /// What is known where the expression is true.
    pub fn implies(&self, sure: &mut Sure) {
        narrow::when(&self.tree, true, sure);
    }

    /// The answer over the facts of `scope`.
    pub fn truth(&self, scope: &Scope<'_, '_>) -> Truth {
        if !self.cost.begin(scope) {
            return Truth::Broken(TOO_MANY.to_owned());
        }
        let answer = truth(&self.tree, scope);
        // What was cut short is no answer, even where `||` or `&&` made one of it.
        if scope.meter.spent() { Truth::Broken(TOO_MANY.to_owned()) } else { answer }
    }

    /// The value as text to print; none if unknown.
    ///
    /// # Errors
    /// A failure that the type check should have excluded.
    pub fn text(&self, scope: &Scope<'_, '_>) -> Result<Option<String>, String> {
        if !self.cost.begin(scope) {
            return Err(TOO_MANY.to_owned());
        }
        match Value::resolve(&self.tree, &scope.context) {
            _ if scope.meter.spent() => Err(TOO_MANY.to_owned()),
            Ok(value) => Ok(Some(show::text(&value))),
            Err(ExecutionError::NoSuchKey(_)) => Ok(None),
            Err(other) => Err(kind_of(&other)),
        }
    }
}

/// The answer of one part of an expression.
fn truth(tree: &IdedExpr, scope: &Scope<'_, '_>) -> Truth {
    match Value::resolve_val(tree, &scope.context) {
        Ok(value) => match value.downcast_ref::<CelBool>() {
            Some(b) if *b.inner() => Truth::True,
            Some(_) => Truth::False,
            None => Truth::Broken("not true or false".to_owned()),
        },
        // What is unknown is left out of the facts, and only that.
        Err(ExecutionError::NoSuchKey(_)) => Truth::Unknown,
        Err(other) => Truth::Broken(kind_of(&other)),
    }
}

/// Whether one part of an expression has a value.
fn has_value(tree: &IdedExpr, scope: &Scope<'_, '_>) -> bool {
    Value::resolve_val(tree, &scope.context).is_ok()
}

/// The name of an error, without the values in it.
fn kind_of(error: &ExecutionError) -> String {
    let debug = format!("{error:?}");
    debug.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_owned()
}

/// The functions and macros of the language; built once.
fn environment() -> Arc<Env> {
    static ENVIRONMENT: OnceLock<Arc<Env>> = OnceLock::new();
    Arc::clone(ENVIRONMENT.get_or_init(|| Arc::new(Env::stdlib())))
}

#[cfg(test)]
mod tests;
