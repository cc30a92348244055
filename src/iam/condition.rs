//! Conditions of a statement, judged over what is known of a request.

use super::{
    Expr, Test, Truth,
    context::{Context, Value},
    operator::{Base, Operator, Quantifier, boolean},
    pattern::{Pattern, Resolved, Token},
};

/// One operator with one key and its values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// Name of the operator as the policy has it.
    pub name: String,
    /// The operator.
    pub operator: Operator,
    /// The key as the policy has it.
    pub key: String,
    /// The key in lower case: names of keys ignore letter case.
    pub lookup: String,
    /// The values.
    pub values: Vec<Pattern>,
}

impl Condition {
    /// Whether it holds ("Conditions with multiple context keys or values").
    pub fn holds(&self, context: &Context<'_>) -> Truth {
        let decided = match context.get(&self.lookup) {
            // A key without a value is none.
            Value::Present(found) if found.is_empty() => Some(self.missing()),
            Value::Absent => Some(self.missing()),
            Value::Present(found) => self.present(found, context),
            Value::Maybe(found) => {
                let missing = self.missing();
                self.present(found, context).filter(|present| *present == missing)
            }
            Value::Unknown => None,
        };
        decided.map_or_else(|| Truth::Depends(Expr::Test(self.test())), Truth::from)
    }

    /// Whether no value of the key can fail it, as `StringLike: *` does.
    pub fn holds_nobody_off(&self) -> bool {
        let anywhere = |text: &str| matches!(text.split_once('/'), Some((_, bits)) if bits.trim() == "0");
        !self.operator.negated
            && self.values.iter().any(|value| match self.operator.base {
                Base::StringLike | Base::Arn => value.is_anything() || value.text() == "arn:*",
                Base::Ip => anywhere(value.text()),
                _ => false,
            })
    }

    fn test(&self) -> Test {
        Test {
            operator: self.name.clone(),
            key: self.key.clone(),
            values: self.values.iter().map(|value| value.text().to_owned()).collect(),
            negated: false,
        }
    }

    /// The answer where the key is not in the request.
    fn missing(&self) -> bool {
        if self.operator.base == Base::Null {
            return self.null(true);
        }
        // "If the key is not present, evaluate the condition element as true": of any operator, those for sets
        // among them, since what a missing key means is all that it changes.
        if self.operator.if_exists {
            return true;
        }
        match self.operator.quantifier {
            Some(Quantifier::ForAllValues) => true,
            // A `Not` speaks of each value, and there is none.
            Some(Quantifier::ForAnyValue) => false,
            None => self.operator.negated,
        }
    }

    /// `Null`: one of its values says whether the key is missing.
    fn null(&self, missing: bool) -> bool {
        self.values.iter().any(|value| boolean(value.text()) == Some(missing))
    }

    /// The answer where the key has the values `found`; none if a variable leaves it open.
    fn present(&self, found: &[String], context: &Context<'_>) -> Option<bool> {
        let base = self.operator.base;
        // "If the key values in the request resolve to an empty data set (for example, an empty string)":
        // as if there were none. `Null` is what keeps such a set from passing `ForAllValues`, so it takes it for
        // missing, too ("Single-valued vs. multivalued context keys").
        let empty = found.iter().all(String::is_empty);
        if base == Base::Null {
            return Some(self.null(empty));
        }
        if self.operator.quantifier.is_some() && empty {
            return Some(self.operator.quantifier == Some(Quantifier::ForAllValues));
        }
        let texts = if base.is_text() { &self.values[..] } else { &[] };
        let wanted: Vec<Wanted<'_>> = texts.iter().map(|value| self.wanted(value, context)).collect();
        let each = found.iter().map(|value| {
            if base.is_text() {
                self.one(value, &wanted)
            } else {
                Some(self.values.iter().any(|wanted| base.holds(value, wanted.text())))
            }
        });
        let negated = self.operator.negated;
        match self.operator.quantifier {
            Some(Quantifier::ForAllValues) => every(each.map(|hit| hit.map(|hit| hit != negated))),
            Some(Quantifier::ForAnyValue) => some(each.map(|hit| hit.map(|hit| hit != negated))),
            None => some(each).map(|hit| hit != negated),
        }
    }

    fn wanted<'p>(&self, value: &'p Pattern, context: &Context<'_>) -> Wanted<'p> {
        match value.resolve(context) {
            Resolved::Tokens(tokens) => Wanted { tokens: Some(tokens), open: false },
            Resolved::Nothing => Wanted { tokens: None, open: false },
            Resolved::Unknown { widest, .. } => Wanted { tokens: Some(widest.into()), open: true },
        }
    }

    fn one(&self, found: &str, wanted: &[Wanted<'_>]) -> Option<bool> {
        some(wanted.iter().map(|wanted| {
            let Some(tokens) = wanted.tokens.as_deref() else { return Some(false) };
            match (self.operator.base.text_holds(found, tokens), wanted.open) {
                (hit, false) => Some(hit),
                // Ignoring letter case compares whole strings, so a wildcard in place of a variable proves nothing.
                (false, true) if self.operator.base != Base::StringIgnoreCase => Some(false),
                _ => None,
            }
        }))
    }
}

struct Wanted<'a> {
    tokens: Option<std::borrow::Cow<'a, [Token]>>,
    open: bool,
}

/// True if one is, open if one that is not true is open.
fn some(parts: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut open = false;
    for part in parts {
        match part {
            Some(true) => return Some(true),
            Some(false) => {}
            None => open = true,
        }
    }
    (!open).then_some(false)
}

fn every(parts: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    some(parts.map(|part| part.map(|hit| !hit))).map(|hit| !hit)
}
