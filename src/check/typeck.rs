//! Checks an expression against the types of the facts, before anything runs.

mod calls;
mod compare;
pub(super) mod narrow;

use std::collections::BTreeSet;

use cel::common::ast::{ComprehensionExpr, Expr, IdedExpr, LiteralValue, SelectExpr};

use super::{
    expr::syntax::{Loop, Places, path},
    near,
    types::Type,
};
use crate::source::{Problem, Span};
use narrow::Sure;

/// A variable that an expression may name.
pub(super) type Variable = (String, Type);

/// Walks an expression, gives each part a type and collects what is wrong.
pub(super) struct Checker<'a> {
    places: &'a Places<'a>,
    scope: Vec<Variable>,
    sure: Sure,
    /// Loops around the part that is looked at.
    loops: usize,
    /// What is wrong, with places in the expression's text.
    pub problems: Vec<Problem>,
    /// Ids of the loops that run over a collection.
    pub collections: BTreeSet<u64>,
}

impl<'a> Checker<'a> {
    /// A checker that sees `scope`, where `sure` is already known.
    pub fn new(places: &'a Places<'a>, scope: Vec<Variable>, sure: Sure) -> Self {
        Self { places, scope, sure, loops: 0, problems: Vec::new(), collections: BTreeSet::new() }
    }

    /// The type of an expression.
    pub fn ty(&mut self, e: &IdedExpr) -> Type {
        match &e.expr {
            Expr::Literal(literal) => self.literal(e, literal),
            Expr::Ident(name) => self.variable(e, name),
            Expr::Select(select) => self.select(e, select),
            Expr::Call(call) => self.call(e, call),
            Expr::Comprehension(comprehension) => self.comprehension(e, comprehension),
            Expr::List(list) => {
                let mut inner = Type::Any;
                for element in &list.elements {
                    let ty = self.ty(element);
                    self.no_collection(element, &ty);
                    inner = self.unify(element, inner, ty, "the elements of a list");
                }
                Type::List(Box::new(inner))
            }
            Expr::Map(_) | Expr::Struct(_) | Expr::Unspecified => {
                self.wrong(self.places.whole(e), "an expression cannot make a map or a message", None)
            }
        }
    }

    fn literal(&mut self, e: &IdedExpr, literal: &LiteralValue) -> Type {
        match literal {
            LiteralValue::Boolean(_) => Type::Bool,
            LiteralValue::Int(_) => Type::Int,
            LiteralValue::Double(_) => Type::Double,
            LiteralValue::Null => Type::Null,
            LiteralValue::String(_) => Type::Str,
            LiteralValue::UInt(_) => {
                let help = Some("leave the `u` out".to_owned());
                self.wrong(self.places.whole(e), "unsigned numbers are not offered", help)
            }
            LiteralValue::Bytes(_) => {
                let help = Some("leave the `b` out".to_owned());
                self.wrong(self.places.whole(e), "bytes are not offered", help)
            }
        }
    }

    fn variable(&mut self, e: &IdedExpr, name: &str) -> Type {
        if let Some((_, ty)) = self.scope.iter().rev().find(|(known, _)| known == name) {
            return ty.clone();
        }
        let help = near::help(name, "this check sees", self.scope.iter().map(|(known, _)| known.as_str()));
        self.wrong(self.places.name(e), format!("no variable `{name}` here"), help)
    }

    fn select(&mut self, e: &IdedExpr, select: &SelectExpr) -> Type {
        if select.test {
            let help = "compare with null, or ask `\"key\" in map`".to_owned();
            return self.wrong(
                self.places.name(e),
                "`has` is not offered: a fact is always there, and one that could not be seen makes the answer unknown by itself",
                Some(help),
            );
        }
        let operand = self.ty(&select.operand);
        match &operand {
            Type::Object(object) => match object.fields.get(&select.field) {
                // What is known not to be null is no longer nullable.
                Some(field) => self.narrowed(e, field.ty.clone()),
                None => {
                    let help =
                        near::help(&select.field, "its fields", object.fields.keys().map(String::as_str));
                    let message = format!("{} has no field `{}`", object.name, select.field);
                    self.wrong(self.places.name(e), message, help)
                }
            },
            Type::Map(value) => {
                let place = self.places.whole(e);
                self.keyed(place, path(&select.operand), &select.field, value)
            }
            Type::Nullable(_) => self.unguarded(&select.operand),
            Type::Any => Type::Any,
            Type::Collection(_) | Type::List(_) => {
                let message = format!("a {operand} has no field `{}`", select.field);
                let help = "ask its elements: `….exists(x, x.field)` or `….all(x, x.field)`".to_owned();
                self.wrong(self.places.name(e), message, Some(help))
            }
            other => {
                let message = format!("a value of type {other} has no field `{}`", select.field);
                self.wrong(self.places.name(e), message, None)
            }
        }
    }

    /// The value under a key of a map, which is only there if the expression has asked.
    fn keyed(&mut self, place: Span, map: Option<String>, key: &str, value: &Type) -> Type {
        let map = map.unwrap_or_else(|| "map".to_owned());
        if self.sure.contains(&format!("{map}.{key}")) {
            return value.clone();
        }
        let help = format!("ask first: `\"{key}\" in {map} && …`");
        self.wrong(place, format!("`{map}` may not have the key `{key}`"), Some(help))
    }

    fn narrowed(&self, e: &IdedExpr, ty: Type) -> Type {
        match ty {
            Type::Nullable(inner) if path(e).is_some_and(|p| self.sure.contains(&p)) => *inner,
            other => other,
        }
    }

    /// Complains that something which may be null is used as if it were not.
    fn unguarded(&mut self, e: &IdedExpr) -> Type {
        let (name, help) = match path(e) {
            Some(p) => (format!("`{p}`"), Some(format!("guard it: `{p} != null && …`"))),
            None => ("this".to_owned(), None),
        };
        self.wrong(self.places.whole(e), format!("{name} may be null here"), help)
    }

    fn comprehension(&mut self, e: &IdedExpr, c: &ComprehensionExpr) -> Type {
        let range = self.ty(&c.iter_range);
        let is_map = matches!(range, Type::Map(_));
        let element = match range {
            Type::Collection(element) => {
                self.collections.insert(e.id);
                *element
            }
            Type::List(element) => *element,
            Type::Map(_) => Type::Str,
            Type::Any => Type::Any,
            Type::Nullable(_) => self.unguarded(&c.iter_range),
            other => {
                let message = format!("cannot look through a value of type {other}");
                self.wrong(self.places.whole(&c.iter_range), message, None)
            }
        };
        if self.scope.iter().any(|(name, _)| *name == c.iter_var) {
            let message = format!("`{}` already has a meaning here", c.iter_var);
            self.wrong(self.places.name(e), message, Some("take another name for the element".to_owned()));
        }
        self.scope.push((c.iter_var.clone(), element.clone()));
        self.loops += 1;
        let ty = match Loop::of(c) {
            Some(Loop::Exists(predicate) | Loop::All(predicate) | Loop::One(predicate)) => {
                self.want_bool(predicate);
                Type::Bool
            }
            // A map's keys come in no order, so neither would the list.
            Some(Loop::Build { .. }) if is_map => self.wrong(
                self.places.name(e),
                "a map can only be asked `exists`, `exists_one` and `all`",
                None,
            ),
            Some(Loop::Build { guard, item }) => {
                let outer = self.sure.clone();
                if let Some(guard) = guard {
                    self.want_bool(guard);
                    narrow::when(guard, true, &mut self.sure);
                }
                let inner = self.ty(item);
                self.no_collection(item, &inner);
                self.sure = outer;
                Type::List(Box::new(inner))
            }
            None => self.wrong(self.places.name(e), "this macro is not offered", None),
        };
        self.scope.pop();
        self.loops -= 1;
        ty
    }

    /// Checks that a condition is true or false, and never null.
    pub fn want_bool(&mut self, e: &IdedExpr) {
        match self.ty(e) {
            Type::Bool | Type::Any => {}
            Type::Nullable(inner) if *inner == Type::Bool => {
                self.unguarded(e);
            }
            other => {
                let message = format!("expected true or false, found {other}");
                self.wrong(self.places.whole(e), message, None);
            }
        }
    }

    /// Runs `f` where `e` is known to be `truth`.
    fn where_so<R>(&mut self, e: &IdedExpr, truth: bool, f: impl FnOnce(&mut Self) -> R) -> R {
        let outer = self.sure.clone();
        narrow::when(e, truth, &mut self.sure);
        let result = f(self);
        self.sure = outer;
        result
    }

    /// Notes a problem; the part has no type that could cause further ones.
    fn wrong(&mut self, span: Span, message: impl Into<String>, help: Option<String>) -> Type {
        self.problems.push(Problem::new(span, message).help(help));
        Type::Any
    }
}
