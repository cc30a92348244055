//! Operators and functions: which are offered, what they take and what they give.

use super::{
    super::{
        expr::{
            ast::{CallExpr, Expr, IdedExpr, LiteralValue},
            syntax::{named, path},
        },
        near,
        types::Type,
    },
    Checker,
};

/// Functions that an expression may call.
const OFFERED: [&str; 9] =
    ["all", "contains", "endsWith", "exists", "exists_one", "filter", "map", "size", "startsWith"];

/// Functions of CEL that are not offered, why, and what to do instead.
const REFUSED: [(&str, &str, &str); 4] = [
    (
        "matches",
        "`matches` is not offered: it compiles its pattern anew for each subject",
        "use `startsWith`, `endsWith`, `contains`, or give the tool a new fact",
    ),
    ("_/_", "`/` is not offered: it can fail while a check runs", "multiply the other side instead"),
    ("_%_", "`%` is not offered: it can fail while a check runs", "give the tool a new fact"),
    ("_[_]", "a list has no index here: it can fail while a check runs", "use `exists` or `all`"),
];

impl Checker<'_> {
    pub(super) fn call(&mut self, e: &IdedExpr, call: &CallExpr) -> Type {
        match (call.func_name.as_str(), call.target.as_deref(), call.args.as_slice()) {
            (op @ ("_&&_" | "_||_"), None, [a, b]) => {
                self.want_bool(a);
                self.where_so(a, op == "_&&_", |c| c.want_bool(b));
                Type::Bool
            }
            ("!_", None, [a]) => {
                self.want_bool(a);
                Type::Bool
            }
            ("_?_:_", None, [condition, a, b]) => {
                self.want_bool(condition);
                let a_type = self.where_so(condition, true, |c| c.ty(a));
                let b_type = self.where_so(condition, false, |c| c.ty(b));
                self.no_collection(a, &a_type);
                self.no_collection(b, &b_type);
                self.unify(e, a_type, b_type, "both sides of `:`")
            }
            ("_==_" | "_!=_", None, [a, b]) => self.equality(e, a, b),
            ("_<_" | "_<=_" | "_>_" | "_>=_", None, [a, b]) => self.order(e, a, b),
            ("@in", None, [a, b]) => self.membership(e, a, b),
            ("_+_" | "_-_" | "_*_", None, [a, b]) => self.arithmetic(e, call, a, b),
            ("-_", None, [a]) => {
                let ty = self.plain(a);
                if !ty.numeric() {
                    self.wrong(self.places.whole(e), format!("`-` needs a number, found {ty}"), None);
                }
                ty
            }
            ("size", Some(of), []) | ("size", None, [of]) => {
                let ty = self.plain(of);
                if !matches!(ty, Type::List(_) | Type::Collection(_) | Type::Map(_) | Type::Str | Type::Any) {
                    self.wrong(self.places.whole(of), format!("a value of type {ty} has no size"), None);
                }
                Type::Int
            }
            ("startsWith" | "endsWith" | "contains", Some(of), [part]) => {
                for text in [of, part] {
                    let ty = self.plain(text);
                    if !ty.textual() {
                        let message = format!("`{}` needs text, found {ty}", call.func_name);
                        let help = matches!(ty, Type::List(_)).then(|| "use `in` for a list".to_owned());
                        self.wrong(self.places.whole(text), message, help);
                    }
                }
                Type::Bool
            }
            ("_[_]", None, [map, key]) => self.index(e, map, key),
            _ => self.unknown_function(e, call),
        }
    }

    /// The type of an operand that must not be null.
    pub(super) fn plain(&mut self, e: &IdedExpr) -> Type {
        match self.ty(e) {
            Type::Nullable(_) => self.unguarded(e),
            other => other,
        }
    }

    fn arithmetic(&mut self, e: &IdedExpr, call: &CallExpr, a: &IdedExpr, b: &IdedExpr) -> Type {
        let (left, right) = (self.plain(a), self.plain(b));
        let sign = call.func_name.trim_matches('_');
        match (&left, &right) {
            (Type::Any, _) | (_, Type::Any) => Type::Any,
            (Type::Int, Type::Int) => Type::Int,
            (Type::Double, Type::Double) => Type::Double,
            // A text that is joined to itself at every turn grows without end.
            (l, r) if sign == "+" && l.textual() && r.textual() && self.loops > 0 => {
                let help = "compare each part, or put them side by side in the message".to_owned();
                self.wrong(self.places.whole(e), "texts are not joined within a loop", Some(help))
            }
            (l, r) if sign == "+" && l.textual() && r.textual() => Type::Str,
            _ => {
                let message = format!("`{sign}` does not join {left} and {right}");
                let help = (left.numeric() && right.numeric())
                    .then(|| "write both as double, such as `2.0`, or both as int".to_owned());
                self.wrong(self.places.whole(e), message, help)
            }
        }
    }

    fn index(&mut self, e: &IdedExpr, map: &IdedExpr, key: &IdedExpr) -> Type {
        match (self.plain(map), &key.expr) {
            (Type::Map(value), Expr::Literal(LiteralValue::String(name))) => {
                let place = self.places.whole(map).start..self.places.whole(key).end;
                let name = name.inner().to_string();
                self.keyed(place, path(map), &name, &value)
            }
            (Type::Map(_), _) => {
                let help = Some("write the key out, in quotes".to_owned());
                self.wrong(self.places.whole(key), "a key must be written out", help)
            }
            (Type::Any, _) => Type::Any,
            _ => self.unknown_function(
                e,
                match &e.expr {
                    Expr::Call(call) => call,
                    _ => return Type::Any,
                },
            ),
        }
    }

    /// Complains about a collection where only a plain value can stand.
    pub(super) fn no_collection(&mut self, e: &IdedExpr, ty: &Type) {
        if matches!(ty, Type::Collection(_)) {
            let name = path(e).unwrap_or_else(|| "this".to_owned());
            let help = format!("ask `{name}.exists(x, …)`, `{name}.all(x, …)` or `size({name})`");
            let message =
                "a collection may be incomplete, and can only be asked about its elements or its size";
            self.wrong(self.places.whole(e), message, Some(help));
        }
    }

    fn unknown_function(&mut self, e: &IdedExpr, call: &CallExpr) -> Type {
        let name = call.func_name.as_str();
        if let Some((_, reason, help)) = REFUSED.iter().find(|(refused, ..)| *refused == name) {
            let span = if named(call) { self.places.name(e) } else { self.places.whole(e) };
            return self.wrong(span, *reason, Some((*help).to_owned()));
        }
        let (message, help) = if OFFERED.contains(&name) {
            (format!("`{name}` is not called this way"), Some(usage(name).to_owned()))
        } else {
            (format!("no function `{name}`"), near::help(name, "there are", OFFERED))
        };
        self.wrong(self.places.name(e), message, help)
    }
}

fn usage(name: &str) -> &'static str {
    match name {
        "size" => "write `size(list)`",
        "contains" | "startsWith" | "endsWith" => "write `text.contains(\"part\")`",
        "map" => "write `list.map(x, x.field)`",
        _ => "write `list.exists(x, x.field == \"value\")`",
    }
}
