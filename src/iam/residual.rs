//! What remains of a condition where the request is not known: three-valued logic with reasons.

use std::fmt;

/// A comparison that only the request can decide.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Test {
    /// Name of the operator, or `Resource` where a variable in a resource's name decides.
    pub operator: String,
    /// The key, as the policy writes it.
    pub key: String,
    /// The values, as the policy writes them.
    pub values: Vec<String>,
    /// Whether it must fail rather than hold.
    pub negated: bool,
}

/// What must hold. Negations stand at the tests alone; lists are sorted, without repeats, of two or more.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Expr {
    /// A test.
    Test(Test),
    /// All of these.
    All(Vec<Expr>),
    /// One of these.
    Any(Vec<Expr>),
}

/// True, false, or decided by the request.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Truth {
    /// In every request.
    True,
    /// In none.
    False,
    /// In those for which the expression holds.
    Depends(Expr),
}

impl From<bool> for Truth {
    fn from(value: bool) -> Self {
        if value { Truth::True } else { Truth::False }
    }
}

impl Truth {
    /// True if all are.
    pub fn all(parts: impl IntoIterator<Item = Truth>) -> Truth {
        Self::join(parts, true)
    }

    /// True if one is.
    pub fn any(parts: impl IntoIterator<Item = Truth>) -> Truth {
        Self::join(parts, false)
    }

    /// True if this is not.
    #[allow(clippy::should_implement_trait, reason = "three-valued: `!` would read as plain negation")]
    pub fn not(self) -> Truth {
        match self {
            Truth::True => Truth::False,
            Truth::False => Truth::True,
            Truth::Depends(expr) => Truth::Depends(expr.negated()),
        }
    }

    fn join(parts: impl IntoIterator<Item = Truth>, all: bool) -> Truth {
        let mut open = Vec::new();
        for part in parts {
            match part {
                Truth::True | Truth::False if (part == Truth::True) == all => {}
                Truth::True | Truth::False => return part,
                Truth::Depends(Expr::All(inner)) if all => open.extend(inner),
                Truth::Depends(Expr::Any(inner)) if !all => open.extend(inner),
                Truth::Depends(expr) => open.push(expr),
            }
        }
        open.sort_unstable();
        open.dedup();
        // `x and not x` never holds, `x or not x` always does.
        let tests = || open.iter().filter(|expr| matches!(expr, Expr::Test(_)));
        if tests().any(|expr| open.binary_search(&expr.clone().negated()).is_ok()) {
            return Truth::from(!all);
        }
        match (open.len(), all) {
            (0, _) => Truth::from(all),
            (1, _) => Truth::Depends(open.remove(0)),
            (_, true) => Truth::Depends(Expr::All(open)),
            (_, false) => Truth::Depends(Expr::Any(open)),
        }
    }
}

impl Expr {
    /// Its opposite.
    pub fn negated(self) -> Expr {
        let turn = |list: Vec<Expr>| {
            let mut list: Vec<Expr> = list.into_iter().map(Expr::negated).collect();
            list.sort_unstable();
            list
        };
        match self {
            Expr::Test(test) => Expr::Test(Test { negated: !test.negated, ..test }),
            Expr::All(list) => Expr::Any(turn(list)),
            Expr::Any(list) => Expr::All(turn(list)),
        }
    }

    /// What every way to satisfy it needs, as bits: those of any part of an "all", of each part of an "any".
    pub fn needs(&self, bits: &impl Fn(&Test) -> u16) -> u16 {
        match self {
            Expr::Test(test) => bits(test),
            Expr::All(list) => list.iter().fold(0, |sum, part| sum | part.needs(bits)),
            Expr::Any(list) => list.iter().fold(u16::MAX, |sum, part| sum & part.needs(bits)),
        }
    }
}

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (list, word) = match self {
            Expr::Test(test) => return test.fmt(f),
            Expr::All(list) => (list, " and "),
            Expr::Any(list) => (list, " or "),
        };
        for (at, part) in list.iter().enumerate() {
            if at > 0 {
                f.write_str(word)?;
            }
            if matches!(part, Expr::Test(_)) { part.fmt(f)? } else { write!(f, "({part})")? }
        }
        Ok(())
    }
}

impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.negated {
            f.write_str("not ")?;
        }
        write!(f, "{} {} [", super::printable(&self.operator), super::printable(&self.key))?;
        for (at, value) in self.values.iter().take(5).enumerate() {
            let comma = if at > 0 { ", " } else { "" };
            write!(f, "{comma}{}", super::printable(value))?;
        }
        if let more @ 1.. = self.values.len().saturating_sub(5) {
            write!(f, ", and {more} more")?;
        }
        f.write_str("]")
    }
}
