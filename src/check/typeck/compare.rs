//! Comparisons: equality, order and membership, and which of them can never be true.

use std::sync::Arc;

use super::{
    super::{
        expr::{
            ast::{Expr, IdedExpr, LiteralValue},
            syntax::path,
        },
        near,
        types::{Choice, Type},
    },
    Checker,
    narrow::is_null,
};

impl Checker<'_> {
    pub(super) fn equality(&mut self, e: &IdedExpr, a: &IdedExpr, b: &IdedExpr) -> Type {
        let (left, right) = (self.ty(a), self.ty(b));
        for (side, ty, other) in [(a, &left, b), (b, &right, a)] {
            if matches!(ty, Type::Collection(_)) {
                if !matches!(&other.expr, Expr::List(l) if l.elements.is_empty()) {
                    self.no_collection(side, ty);
                }
                return Type::Bool;
            }
        }
        for (side, ty, other) in [(a, &left, b), (b, &right, a)] {
            if is_null(other) {
                // To ask again what is already sure is idle, and no mistake.
                let sure = path(side).is_some_and(|p| self.sure.contains(&p));
                if !sure && !matches!(ty, Type::Nullable(_) | Type::Null | Type::Any) {
                    let name = path(side).map_or("this".to_owned(), |p| format!("`{p}`"));
                    self.wrong(self.places.whole(e), format!("{name} is never null"), None);
                }
                return Type::Bool;
            }
        }
        self.comparable(e, (a, &left), (b, &right));
        Type::Bool
    }

    pub(super) fn order(&mut self, e: &IdedExpr, a: &IdedExpr, b: &IdedExpr) -> Type {
        let (left, right) = (self.plain(a), self.plain(b));
        let text = |ty: &Type| matches!(ty, Type::Str | Type::Any);
        if !(left.numeric() && right.numeric() || text(&left) && text(&right)) {
            self.wrong(self.places.whole(e), format!("{left} and {right} have no order"), None);
        }
        Type::Bool
    }

    pub(super) fn membership(&mut self, e: &IdedExpr, a: &IdedExpr, b: &IdedExpr) -> Type {
        let (element, list) = (self.ty(a), self.plain(b));
        match list {
            Type::Any => {}
            Type::Map(_) if element.textual() => {}
            Type::List(inner) => match &b.expr {
                Expr::List(written) => {
                    for one in &written.elements {
                        // A list of different things has been complained about already.
                        let ty = self.quiet(one);
                        self.comparable(e, (a, &element), (one, &ty));
                    }
                }
                _ => self.comparable(e, (a, &element), (b, &inner)),
            },
            list @ Type::Collection(_) => self.no_collection(b, &list),
            other => {
                let message = format!("`in` looks for {element} in a list, found {other}");
                self.wrong(self.places.whole(b), message, None);
            }
        }
        Type::Bool
    }

    /// The type of an expression whose problems were already noted.
    fn quiet(&mut self, e: &IdedExpr) -> Type {
        let known = self.problems.len();
        let ty = self.ty(e);
        self.problems.truncate(known);
        ty
    }

    /// Complains where two values can never be equal, or where equality has no meaning.
    fn comparable(&mut self, e: &IdedExpr, (a, left): (&IdedExpr, &Type), (b, right): (&IdedExpr, &Type)) {
        let (l, r) = (left.non_null(), right.non_null());
        match (l, r) {
            (Type::Any | Type::Null, _) | (_, Type::Any | Type::Null) => {}
            (Type::Object(_) | Type::Map(_), _) | (_, Type::Object(_) | Type::Map(_)) => {
                let help = Some("compare its fields, or compare with null".to_owned());
                self.wrong(self.places.whole(e), "a whole object cannot be compared", help);
            }
            (Type::Enum(choices), Type::Str) => self.word(b, choices),
            (Type::Str, Type::Enum(choices)) => self.word(a, choices),
            (Type::Enum(x), Type::Enum(y)) => {
                if !x.iter().any(|c| y.iter().any(|d| c.word == d.word)) {
                    self.wrong(self.places.whole(e), format!("{l} is never equal to {r}"), None);
                }
            }
            (Type::Collection(_), _) => self.no_collection(a, l),
            (_, Type::Collection(_)) => self.no_collection(b, r),
            (Type::List(x), Type::List(y)) if same(x, y) => {}
            _ if same(l, r) => {}
            _ => {
                self.wrong(self.places.whole(e), format!("{l} is never equal to {r}"), None);
            }
        }
    }

    /// Checks a written-out word against the words there are.
    fn word(&mut self, e: &IdedExpr, choices: &Arc<[Choice]>) {
        let Expr::Literal(LiteralValue::String(word)) = &e.expr else { return };
        let word = word.inner();
        if choices.iter().any(|c| c.word == word) {
            return;
        }
        let help = near::help(word, "its values", choices.iter().map(|c| c.word.as_str()));
        self.wrong(self.places.whole(e), format!("`{word}` is never a value here"), help);
    }

    /// The one type of two values that stand in for each other.
    pub(super) fn unify(&mut self, e: &IdedExpr, a: Type, b: Type, what: &str) -> Type {
        match (a, b) {
            (Type::Any, other) | (other, Type::Any) => other,
            (a, b) if a == b => a,
            (Type::Null, Type::Nullable(t)) | (Type::Nullable(t), Type::Null) => Type::Nullable(t),
            (Type::Null, t) | (t, Type::Null) => Type::Nullable(Box::new(t)),
            (Type::Nullable(t), u) | (u, Type::Nullable(t)) => {
                let inner = self.unify(e, *t, u.non_null().clone(), what);
                if inner == Type::Any { inner } else { Type::Nullable(Box::new(inner)) }
            }
            (a, b) if a.textual() && b.textual() => Type::Str,
            (a, b) => {
                let message = format!("{what} must be of one type, found {a} and {b}");
                self.wrong(self.places.whole(e), message, None)
            }
        }
    }
}

/// Whether values of the two types can be equal.
fn same(a: &Type, b: &Type) -> bool {
    match (a, b) {
        (Type::Any, _) | (_, Type::Any) => true,
        (Type::Object(_), _) | (_, Type::Object(_)) => false,
        _ => a == b || a.numeric() && b.numeric() || a.textual() && b.textual(),
    }
}
