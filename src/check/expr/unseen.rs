//! Loops over collections that may be incomplete: an element that was not seen leaves them undecided.
//!
//! Beside its own name, a collection is bound under a hidden one, with one more, empty element
//! where it is incomplete. Seen elements carry a hidden mark, so that a question about the mark is
//! true for them and unknown for the empty element. A loop then asks
//!
//! | written                  | asked                           | of the unseen element              |
//! |--------------------------|---------------------------------|------------------------------------|
//! | `c.exists(x, p)`         | `c@all.exists(x, x.@seen && p)` | unknown, but false where `p` must be |
//! | `c.all(x, p)`            | `c@all.all(x, !x.@seen \|\| p)` | unknown, but true where `p` must be  |
//! | `c.exists_one`, `filter` | as `exists`                     | unknown, but skipped where `p` fails |
//! | `c.map(x, v)`            | `x.@seen ? v : null`            | unknown                              |
//!
//! and the language's own three-valued `&&` and `||` do the rest. Neither name can be written in an
//! expression.

use std::collections::BTreeSet;

use super::{
    ast::{CallExpr, Expr, IdedExpr, LiteralValue, SelectExpr},
    syntax::put_through,
};

/// Ends the hidden name of a collection with its unseen element.
pub(super) const ALL: &str = "@all";
/// The mark of a seen element.
pub(super) const SEEN: &str = "@seen";

/// Rewrites the loops whose ids are in `collections`.
pub(super) fn rewrite(mut e: IdedExpr, collections: &BTreeSet<u64>) -> IdedExpr {
    let within = |e: IdedExpr| rewrite(e, collections);
    e.expr = match e.expr {
        Expr::Comprehension(mut c) => {
            c.iter_range = within(c.iter_range);
            c.loop_step = within(c.loop_step);
            if collections.contains(&e.id) {
                if let Expr::Select(range) = &mut c.iter_range.expr {
                    range.field.push_str(ALL);
                }
                c.loop_step = of_seen(c.loop_step, &c.iter_var);
            }
            Expr::Comprehension(c)
        }
        other => put_through(other, within),
    };
    e
}

/// The step of a loop, bound to seen elements.
fn of_seen(mut step: IdedExpr, variable: &str) -> IdedExpr {
    let id = step.id;
    let seen = || {
        node(
            id,
            Expr::Select(SelectExpr {
                operand: Box::new(node(id, Expr::Ident(variable.to_owned()))),
                field: SEEN.to_owned(),
                test: false,
            }),
        )
    };
    let Expr::Call(call) = &mut step.expr else { return step };
    match (call.func_name.as_str(), call.args.as_mut_slice()) {
        ("_||_", [_, predicate]) | ("_?_:_", [predicate, ..]) => {
            replace(predicate, |p| operation(id, "_&&_", vec![seen(), p]));
        }
        ("_&&_", [_, predicate]) => {
            replace(predicate, |p| operation(id, "_||_", vec![operation(id, "!_", vec![seen()]), p]))
        }
        ("_+_", [_, IdedExpr { expr: Expr::List(list), .. }]) => {
            for item in &mut list.elements {
                let null = node(id, Expr::Literal(LiteralValue::Null));
                replace(item, |item| operation(id, "_?_:_", vec![seen(), item, null]));
            }
        }
        _ => {}
    }
    step
}

fn replace(place: &mut IdedExpr, with: impl FnOnce(IdedExpr) -> IdedExpr) {
    let old = std::mem::take(place);
    *place = with(old);
}

fn operation(id: u64, name: &str, args: Vec<IdedExpr>) -> IdedExpr {
    node(id, Expr::Call(CallExpr { func_name: name.to_owned(), target: None, args }))
}

fn node(id: u64, expr: Expr) -> IdedExpr {
    IdedExpr { id, expr }
}
