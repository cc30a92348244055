//! What the parser leaves implicit: the place of each part of an expression, and which macro a loop came from.

use super::ast::{CallExpr, ComprehensionExpr, Expr, IdedExpr, SourceInfo};
use crate::source::Span;

/// Places of an expression's parts, in bytes of its text.
pub(in crate::check) struct Places<'a> {
    text: &'a str,
    info: &'a SourceInfo,
    /// Byte offset of each character and of the end: the parser counts characters.
    bytes: Vec<usize>,
}

impl<'a> Places<'a> {
    pub fn new(text: &'a str, info: &'a SourceInfo) -> Self {
        let bytes = text.char_indices().map(|(i, _)| i).chain([text.len()]).collect();
        Self { text, info, bytes }
    }

    fn byte(&self, character: u32) -> usize {
        self.bytes.get(character as usize).copied().unwrap_or(self.text.len())
    }

    /// The token that the parser remembers for a node.
    fn token(&self, e: &IdedExpr) -> Span {
        match self.info.offset_for(e.id) {
            Some((start, stop)) => self.byte(start)..self.byte(stop.max(start) + 1),
            None => 0..self.text.len(),
        }
    }

    /// The name of a selected field, a called function or a variable; the operator of an operation.
    pub fn name(&self, e: &IdedExpr) -> Span {
        let token = self.token(e);
        match &e.expr {
            Expr::Select(s) if s.test => self.before(token.start, "has"),
            Expr::Select(s) => {
                let gap = self.text[token.end..].len() - self.text[token.end..].trim_start().len();
                let start = token.end + gap;
                start..(start + s.field.len()).min(self.text.len())
            }
            Expr::Call(c) if named(c) => self.before(token.start, &c.func_name),
            Expr::Comprehension(_) => {
                let start =
                    self.text[..token.start].trim_end().rfind(|c: char| !word(c)).map_or(0, |i| i + 1);
                start..token.start.max(start + 1)
            }
            _ => token,
        }
    }

    fn before(&self, end: usize, name: &str) -> Span {
        let end = self.text[..end].trim_end().len();
        end.saturating_sub(name.len())..end
    }

    /// From the first character of the expression to its last, but for a closing bracket.
    pub fn whole(&self, e: &IdedExpr) -> Span {
        let mut span = self.name(e);
        for part in parts(e) {
            let inner = self.whole(part);
            span = span.start.min(inner.start)..span.end.max(inner.end);
        }
        span
    }
}

fn word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Whether a call is written with its name, rather than an operator.
pub(in crate::check) fn named(call: &CallExpr) -> bool {
    call.func_name.starts_with(|c: char| c.is_alphabetic())
}

/// The parts of an expression as they were written, without what a macro adds.
pub(in crate::check) fn parts(e: &IdedExpr) -> Vec<&IdedExpr> {
    match &e.expr {
        Expr::Call(c) => c.target.as_deref().into_iter().chain(&c.args).collect(),
        Expr::Select(s) => vec![&s.operand],
        Expr::List(l) => l.elements.iter().collect(),
        Expr::Comprehension(c) => {
            let mut all = vec![&c.iter_range];
            match Loop::of(c) {
                Some(Loop::Exists(p) | Loop::All(p) | Loop::One(p)) => all.push(p),
                Some(Loop::Build { guard, item }) => all.extend(guard.into_iter().chain([item])),
                None => all.push(&c.loop_step),
            }
            all
        }
        _ => Vec::new(),
    }
}

/// The macro that a comprehension was written as.
pub(in crate::check) enum Loop<'a> {
    /// `exists(x, …)`.
    Exists(&'a IdedExpr),
    /// `all(x, …)`.
    All(&'a IdedExpr),
    /// `exists_one(x, …)`.
    One(&'a IdedExpr),
    /// `filter(x, guard)` and `map(x, guard, item)`.
    Build {
        /// Which elements are taken.
        guard: Option<&'a IdedExpr>,
        /// What is made of each.
        item: &'a IdedExpr,
    },
}

impl<'a> Loop<'a> {
    /// Reads the macro off the step that the parser made of it.
    pub fn of(c: &'a ComprehensionExpr) -> Option<Self> {
        let (name, args) = call(&c.loop_step)?;
        match (name, args) {
            ("_||_", [_, predicate]) => Some(Loop::Exists(predicate)),
            ("_&&_", [_, predicate]) => Some(Loop::All(predicate)),
            ("_?_:_", [predicate, step, _]) => match call(step)? {
                ("_+_", [_, IdedExpr { expr: Expr::List(l), .. }]) => {
                    Some(Loop::Build { guard: Some(predicate), item: l.elements.first()? })
                }
                _ => Some(Loop::One(predicate)),
            },
            ("_+_", [_, IdedExpr { expr: Expr::List(l), .. }]) => {
                Some(Loop::Build { guard: None, item: l.elements.first()? })
            }
            _ => None,
        }
    }
}

fn call(e: &IdedExpr) -> Option<(&str, &[IdedExpr])> {
    match &e.expr {
        Expr::Call(c) => Some((&c.func_name, &c.args)),
        _ => None,
    }
}

/// `a.b.c`, where the expression is that and nothing else.
pub(in crate::check) fn path(e: &IdedExpr) -> Option<String> {
    match &e.expr {
        Expr::Ident(name) => Some(name.clone()),
        Expr::Select(s) if !s.test => Some(format!("{}.{}", path(&s.operand)?, s.field)),
        _ => None,
    }
}

/// What an expression is made of, but for loops, each part put through `within`.
pub(super) fn put_through(e: Expr, mut within: impl FnMut(IdedExpr) -> IdedExpr) -> Expr {
    match e {
        Expr::Call(call) => Expr::Call(CallExpr {
            func_name: call.func_name,
            target: call.target.map(|target| Box::new(within(*target))),
            args: call.args.into_iter().map(within).collect(),
        }),
        Expr::Select(mut select) => {
            select.operand = Box::new(within(*select.operand));
            Expr::Select(select)
        }
        Expr::List(mut list) => {
            list.elements = list.elements.into_iter().map(within).collect();
            Expr::List(list)
        }
        other => other,
    }
}
