//! An expression in plain English, for the reference: what the facts' own documentation says, joined by the operators.

use super::{
    super::types::{self, Type},
    Expr, Program,
    ast::{CallExpr, ComprehensionExpr, Expr as Node, IdedExpr, LiteralValue},
    syntax::{Loop, path},
};
use crate::finding::SubjectKind;

/// How tightly a phrase holds together; a looser one inside a tighter one is set in brackets.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Bond {
    Or,
    And,
    Not,
}

/// Says expressions of a check over one kind of subject.
struct Speaker {
    scope: Vec<(String, Type)>,
}

/// The condition `expr` of a check over `over`, as a phrase without a full stop.
pub(in crate::check) fn say(expr: &Expr, over: SubjectKind) -> String {
    let scope = types::visible(over).into_iter();
    let scope = scope.map(|kind| (kind.as_str().to_owned(), types::of(kind).clone())).collect();
    // The compiled tree has been rewritten for what is unseen; the text has not.
    match Program::compile(&expr.text) {
        Ok(program) => Speaker { scope }.holds(program.expression(), Bond::Or),
        Err(_) => code(&expr.text),
    }
}

fn code(text: &str) -> String {
    format!("`{}`", text.split_whitespace().collect::<Vec<_>>().join(" "))
}

impl Speaker {
    /// A condition, as something that is so.
    fn holds(&mut self, e: &IdedExpr, around: Bond) -> String {
        match &e.expr {
            Node::Call(call) => self.operation(call, around),
            Node::Comprehension(all) => self.any(all),
            Node::Literal(LiteralValue::Boolean(b)) => if **b { "always" } else { "never" }.to_owned(),
            _ => match self.told(e) {
                Some(said) => said,
                None => format!("{} is true", self.value(e)),
            },
        }
    }

    /// What a fact's documentation says of a yes: `Whether it is encrypted` → `it is encrypted`.
    fn told(&self, e: &IdedExpr) -> Option<String> {
        let path = path(e)?;
        let doc = self.doc(&path)?;
        let said = doc.strip_prefix("Whether ")?;
        let sentence = said.split(". ").next().unwrap_or(said).trim_end_matches('.');
        let short = sentence.split("; ").flat_map(|part| part.split(": ")).next().unwrap_or(sentence);
        // `Whether of another account` says nothing without its subject.
        if short.starts_with("of ") || short.starts_with("by ") {
            return None;
        }
        Some(format!("{} ({})", short.replace("[`", "`").replace("`]", "`"), code(&path)))
    }

    fn doc(&self, path: &str) -> Option<String> {
        let (above, name) = path.rsplit_once('.')?;
        match self.ty(above)?.non_null() {
            Type::Object(object) => object.fields.get(name).map(|field| field.doc.clone()),
            _ => None,
        }
    }

    fn ty(&self, path: &str) -> Option<Type> {
        let mut names = path.split('.');
        let root = names.next()?;
        let mut at = self.scope.iter().rev().find(|(name, _)| name == root)?.1.clone();
        for name in names {
            at = match at.non_null() {
                Type::Object(object) => object.fields.get(name)?.ty.clone(),
                Type::Map(inner) => (**inner).clone(),
                _ => return None,
            };
        }
        Some(at)
    }

    fn operation(&mut self, call: &CallExpr, around: Bond) -> String {
        let bracket = |own: Bond, said: String| if own < around { format!("({said})") } else { said };
        match (call.func_name.as_str(), call.args.as_slice()) {
            ("_||_", [a, b]) => {
                let mut side = |e: &IdedExpr| {
                    let both = matches!(&e.expr, Node::Call(call) if call.func_name == "_&&_");
                    self.holds(e, if both { Bond::Not } else { Bond::Or })
                };
                let said = format!("{}, or {}", side(a), side(b));
                bracket(Bond::Or, said)
            }
            ("_&&_", [a, b]) => {
                let said = format!("{}, and {}", self.holds(a, Bond::And), self.holds(b, Bond::And));
                bracket(Bond::And, said)
            }
            ("!_", [a]) => self.denied(a),
            ("_?_:_", [test, yes, no]) => {
                let test = self.holds(test, Bond::Not);
                let (yes, no) = (self.holds(yes, Bond::Not), self.holds(no, Bond::Not));
                bracket(Bond::Or, format!("if {test}, then {yes}; else {no}"))
            }
            (name, [a, b]) if call.target.is_none() => match compared(name, b) {
                Some(word) => format!("{} {word}{}", self.value(a), self.right(name, b)),
                None => format!("{} {name} {}", self.value(a), self.value(b)),
            },
            _ => self.method(call),
        }
    }

    /// `startsWith` and its like: the text and what is asked of it.
    fn method(&mut self, call: &CallExpr) -> String {
        let word = match call.func_name.as_str() {
            "startsWith" => "begins with",
            "endsWith" => "ends with",
            "contains" => "contains",
            other => other,
        };
        let said = call.target.as_deref().into_iter().chain(&call.args).map(|part| self.value(part));
        said.collect::<Vec<_>>().join(&format!(" {word} "))
    }

    fn denied(&mut self, e: &IdedExpr) -> String {
        match &e.expr {
            Node::Call(call) if call.func_name == "@in" => match call.args.as_slice() {
                [a, b] => format!("{} is none of {}", self.value(a), self.value(b)),
                _ => code("in"),
            },
            Node::Comprehension(all) => match Loop::of(all) {
                Some(Loop::Exists(p)) => self.each(all, "none of", p),
                Some(Loop::All(p)) => self.each(all, "not every one of", p),
                _ => format!("it is not so that {}", self.holds(e, Bond::Not)),
            },
            _ => format!("it is not so that {}", self.holds(e, Bond::Not)),
        }
    }

    /// A loop that asks.
    fn any(&mut self, all: &ComprehensionExpr) -> String {
        match Loop::of(all) {
            Some(Loop::Exists(p)) => self.each(all, "at least one of", p),
            Some(Loop::All(p)) => self.each(all, "every one of", p),
            Some(Loop::One(p)) => self.each(all, "exactly one of", p),
            _ => self.built(all),
        }
    }

    fn each(&mut self, all: &ComprehensionExpr, how: &str, p: &IdedExpr) -> String {
        let list = self.value(&all.iter_range);
        let bound = self.bind(all);
        let said = self.holds(p, Bond::Not);
        self.scope.truncate(bound);
        format!("{how} {list}, called {}, is such that {said}", code(&all.iter_var))
    }

    /// Names the loop's element; gives the number of names before it.
    fn bind(&mut self, all: &ComprehensionExpr) -> usize {
        let bound = self.scope.len();
        let inner = path(&all.iter_range).and_then(|path| self.ty(&path)).map(|ty| match ty.non_null() {
            Type::Collection(inner) | Type::List(inner) => (**inner).clone(),
            _ => Type::Any,
        });
        self.scope.push((all.iter_var.clone(), inner.unwrap_or(Type::Any)));
        bound
    }

    /// A loop that makes a list.
    fn built(&mut self, all: &ComprehensionExpr) -> String {
        let list = self.value(&all.iter_range);
        let bound = self.bind(all);
        let said = match Loop::of(all) {
            Some(Loop::Build { guard: Some(guard), .. }) => {
                format!(
                    "those of {list}, called {}, for which {}",
                    code(&all.iter_var),
                    self.holds(guard, Bond::Not)
                )
            }
            Some(Loop::Build { guard: None, item }) => format!("{} of each of {list}", self.value(item)),
            _ => list,
        };
        self.scope.truncate(bound);
        said
    }

    /// Something that is compared, counted or named.
    fn value(&mut self, e: &IdedExpr) -> String {
        if let Some(path) = path(e) {
            return code(&path);
        }
        match &e.expr {
            Node::Literal(literal) => constant(literal),
            Node::List(list) => {
                list.elements.iter().map(|one| self.value(one)).collect::<Vec<_>>().join(", ")
            }
            Node::Comprehension(all) => self.any(all),
            Node::Call(call) => match (call.func_name.as_str(), call.args.as_slice()) {
                ("size", [of]) => format!("the number of {}", self.value(of)),
                ("_+_", [a, b]) => format!("{} + {}", self.value(a), self.value(b)),
                ("_-_", [a, b]) => format!("{} - {}", self.value(a), self.value(b)),
                ("_*_", [a, b]) => format!("{} × {}", self.value(a), self.value(b)),
                ("-_", [a]) => format!("-{}", self.value(a)),
                ("_[_]", [map, key]) => format!("{} of {}", self.value(key), self.value(map)),
                _ => self.operation(call, Bond::Not),
            },
            _ => "what is asked".to_owned(),
        }
    }

    /// What stands to the right of a comparison; nothing where its word says it all.
    fn right(&mut self, name: &str, b: &IdedExpr) -> String {
        match &b.expr {
            Node::Literal(LiteralValue::Null) => String::new(),
            Node::List(list) if name != "@in" && list.elements.is_empty() => String::new(),
            _ => format!(" {}", self.value(b)),
        }
    }
}

/// The word for a comparison with `b`.
fn compared(name: &str, b: &IdedExpr) -> Option<&'static str> {
    let null = matches!(b.expr, Node::Literal(LiteralValue::Null));
    let empty = matches!(&b.expr, Node::List(list) if list.elements.is_empty());
    let list = matches!(b.expr, Node::List(_));
    Some(match name {
        "_==_" if null => "is not given",
        "_!=_" if null => "is given",
        "_==_" if empty => "is empty",
        "_!=_" if empty => "is not empty",
        "_==_" => "is",
        "_!=_" => "is not",
        "_<_" => "is less than",
        "_<=_" => "is at most",
        "_>_" => "is more than",
        "_>=_" => "is at least",
        "@in" if list => "is one of",
        "@in" => "is in",
        _ => return None,
    })
}

fn constant(literal: &LiteralValue) -> String {
    match literal {
        LiteralValue::String(text) if text.inner().is_empty() => "the empty text".to_owned(),
        LiteralValue::String(text) => code(text.inner()),
        LiteralValue::Int(number) => number.inner().to_string(),
        LiteralValue::Double(number) => number.inner().to_string(),
        LiteralValue::Boolean(b) => if **b { "yes" } else { "no" }.to_owned(),
        LiteralValue::Null => "nothing".to_owned(),
        _ => "a constant".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::typeck::narrow::Sure;

    #[test]
    fn conditions_are_said_as_they_are_meant() {
        let cases = [
            ("!table.ttl.enabled", "it is not so that expired items are removed (`table.ttl.enabled`)"),
            (
                "table.items != null && table.items >= 3",
                "`table.items` is given, and `table.items` is at least 3",
            ),
            (
                "table.global || table.global && table.name != \"\"",
                "a global table (`table.global`), or (a global table (`table.global`), and `table.name` is not the empty text)",
            ),
            ("!(table.region in [\"a\", \"b\"])", "`table.region` is none of `a`, `b`"),
            ("size(table.kinesis) > 1", "the number of `table.kinesis` is more than 1"),
            (
                "table.kinesis.exists(k, k.external)",
                "at least one of `table.kinesis`, called `k`, is such that it belongs to another account (`k.external`)",
            ),
            (
                "!table.kinesis.exists(k, k.status == \"ACTIVE\")",
                "none of `table.kinesis`, called `k`, is such that `k.status` is `ACTIVE`",
            ),
            ("table.name.startsWith(\"x\")", "`table.name` begins with `x`"),
        ];
        for (text, said) in cases {
            let (expr, _) = Expr::compile(text, SubjectKind::Table, &Sure::new()).unwrap();
            assert_eq!(say(&expr, SubjectKind::Table), said);
        }
    }
}
