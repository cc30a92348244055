//! What is known where a condition holds: which facts are not null, which keys a map has.

use std::collections::BTreeSet;

use super::super::expr::{
    ast::{Expr, IdedExpr, LiteralValue},
    syntax::path,
};

/// Paths that are not null, and `map.key` for keys that are there.
pub(in crate::check) type Sure = BTreeSet<String>;

/// Adds to `sure` what follows from `e` being true (or false).
pub(in crate::check) fn when(e: &IdedExpr, truth: bool, sure: &mut Sure) {
    let Expr::Call(call) = &e.expr else { return };
    match (call.func_name.as_str(), truth, call.args.as_slice()) {
        ("_!=_", true, [a, b]) | ("_==_", false, [a, b]) => {
            for (null, other) in [(a, b), (b, a)] {
                if is_null(null) {
                    sure.extend(path(other));
                }
            }
        }
        // What equals a text or a number is not null.
        ("_==_", true, [a, b]) => {
            for (literal, other) in [(a, b), (b, a)] {
                if is_value(literal) {
                    sure.extend(path(other));
                }
            }
        }
        ("@in", true, [key, list]) => match (&key.expr, &list.expr) {
            (Expr::Literal(LiteralValue::String(key)), _) => {
                sure.extend(path(list).map(|map| format!("{map}.{}", key.inner())));
            }
            (_, Expr::List(l)) if l.elements.iter().all(is_value) => sure.extend(path(key)),
            _ => {}
        },
        ("_&&_", true, args) | ("_||_", false, args) => args.iter().for_each(|a| when(a, truth, sure)),
        ("!_", _, [inner]) => when(inner, !truth, sure),
        _ => {}
    }
}

/// Whether it is written as `null`.
pub(in crate::check) fn is_null(e: &IdedExpr) -> bool {
    matches!(e.expr, Expr::Literal(LiteralValue::Null))
}

fn is_value(e: &IdedExpr) -> bool {
    matches!(&e.expr, Expr::Literal(l) if *l != LiteralValue::Null)
}
