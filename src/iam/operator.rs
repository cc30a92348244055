//! Condition operators: their names, and how each compares one value with another.

use std::{cmp::Ordering, net::IpAddr};

use super::{
    pattern::{Style, Token, matches},
    scalar::{Decimal, instant},
};

/// What is compared ("IAM JSON policy elements: Condition operators").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Base {
    /// Strings, letter by letter.
    String,
    /// Strings, letter case aside.
    StringIgnoreCase,
    /// Strings with wildcards.
    StringLike,
    /// Numbers; true if the request's number stands so to the policy's.
    Numeric(Order),
    /// Points in time.
    Date(Order),
    /// `true` or `false`.
    Bool,
    /// Base-64 text, byte by byte.
    Binary,
    /// An address in a range.
    Ip,
    /// ARNs with wildcards, part by part. `ArnEquals` is the same as `ArnLike`.
    Arn,
    /// Whether the key is missing.
    Null,
}

/// How two values of one order stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Equal.
    Equal,
    /// Less.
    Less,
    /// Less or equal.
    AtMost,
    /// Greater.
    Greater,
    /// Greater or equal.
    AtLeast,
}

/// How a key with several values is judged ("Condition operators for context keys with multiple values").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantifier {
    /// Every value of the request; true if there is none.
    ForAllValues,
    /// At least one value of the request.
    ForAnyValue,
}

/// An operator with its prefix and suffix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operator {
    /// What is compared.
    pub base: Base,
    /// Whether it is a `Not…`.
    pub negated: bool,
    /// Whether it holds where the key is missing.
    pub if_exists: bool,
    /// For keys with several values.
    pub quantifier: Option<Quantifier>,
}

impl Operator {
    /// Reads a name such as `ForAllValues:StringLikeIfExists`; letter case does not matter.
    pub fn parse(name: &str) -> Option<Self> {
        let lower = name.to_lowercase();
        let (quantifier, rest) = match lower.split_once(':') {
            Some(("forallvalues", rest)) => (Some(Quantifier::ForAllValues), rest),
            Some(("foranyvalue", rest)) => (Some(Quantifier::ForAnyValue), rest),
            Some(_) => return None,
            None => (None, lower.as_str()),
        };
        let (word, if_exists) = match rest.strip_suffix("ifexists") {
            Some(word) => (word, true),
            None => (rest, false),
        };
        let (base, negated) = base(word)?;
        // "You can add IfExists to the end of any condition operator name except the Null condition."
        (base != Base::Null || (!if_exists && quantifier.is_none())).then_some(())?;
        Some(Self { base, negated, if_exists, quantifier })
    }

    /// How its values are read.
    pub fn style(self, variables: bool) -> Style {
        Style {
            wildcards: matches!(self.base, Base::StringLike | Base::Arn),
            // Variables work with string and ARN operators alone.
            variables: variables && self.base.is_text(),
        }
    }
}

fn base(word: &str) -> Option<(Base, bool)> {
    Some(match word {
        "stringequals" => (Base::String, false),
        "stringnotequals" => (Base::String, true),
        "stringequalsignorecase" => (Base::StringIgnoreCase, false),
        "stringnotequalsignorecase" => (Base::StringIgnoreCase, true),
        "stringlike" => (Base::StringLike, false),
        "stringnotlike" => (Base::StringLike, true),
        "bool" => (Base::Bool, false),
        "binaryequals" => (Base::Binary, false),
        "ipaddress" => (Base::Ip, false),
        "notipaddress" => (Base::Ip, true),
        "arnequals" | "arnlike" => (Base::Arn, false),
        "arnnotequals" | "arnnotlike" => (Base::Arn, true),
        "null" => (Base::Null, false),
        _ => {
            let (base, order): (fn(Order) -> Base, _) = match word.strip_prefix("numeric") {
                Some(order) => (Base::Numeric, order),
                None => (Base::Date, word.strip_prefix("date")?),
            };
            let (order, negated) = match order {
                "equals" => (Order::Equal, false),
                "notequals" => (Order::Equal, true),
                "lessthan" => (Order::Less, false),
                "lessthanequals" => (Order::AtMost, false),
                "greaterthan" => (Order::Greater, false),
                "greaterthanequals" => (Order::AtLeast, false),
                _ => return None,
            };
            (base(order), negated)
        }
    })
}

impl Base {
    /// Whether values are compared as text, which may have variables and, with some, wildcards. The others
    /// have a value of their own sort, or match nothing.
    pub fn is_text(self) -> bool {
        matches!(self, Base::String | Base::StringIgnoreCase | Base::StringLike | Base::Arn)
    }

    /// Whether the request's value is as the policy's: for the operators that compare text.
    pub fn text_holds(self, found: &str, wanted: &[Token]) -> bool {
        match self {
            Base::StringIgnoreCase => plain(wanted).to_lowercase() == found.to_lowercase(),
            Base::Arn => arn(found, wanted),
            _ => matches(wanted, found),
        }
    }

    /// Whether the request's value stands to the policy's as the operator, without its `Not`, says: for the
    /// operators that compare numbers, dates and the like. A value of another sort matches nothing.
    pub fn holds(self, found: &str, wanted: &str) -> bool {
        match self {
            Base::Numeric(order) => match (Decimal::parse(found), Decimal::parse(wanted)) {
                (Some(found), Some(wanted)) => order.is(found.cmp(&wanted)),
                _ => false,
            },
            Base::Date(order) => match (instant(found), instant(wanted)) {
                (Some(found), Some(wanted)) => order.is(found.cmp(&wanted)),
                _ => false,
            },
            Base::Bool | Base::Null => {
                matches!((boolean(found), boolean(wanted)), (Some(found), Some(wanted)) if found == wanted)
            }
            Base::Ip => in_range(found, wanted),
            _ => found == wanted,
        }
    }
}

impl Order {
    fn is(self, found: Ordering) -> bool {
        match self {
            Order::Equal => found.is_eq(),
            Order::Less => found.is_lt(),
            Order::AtMost => found.is_le(),
            Order::Greater => found.is_gt(),
            Order::AtLeast => found.is_ge(),
        }
    }
}

fn plain(tokens: &[Token]) -> String {
    let char = |token: &Token| match token {
        Token::Char(c) => *c,
        Token::One => '?',
        Token::Many => '*',
    };
    tokens.iter().map(char).collect()
}

/// `true` or `false`, in any letter case.
pub(super) fn boolean(text: &str) -> Option<bool> {
    match text.trim() {
        text if text.eq_ignore_ascii_case("true") => Some(true),
        text if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

/// Whether `address` lies in `range`, an address or a CIDR block.
pub(super) fn in_range(address: &str, range: &str) -> bool {
    let (base, bits) = match range.trim().split_once('/') {
        Some((base, bits)) => (base, Some(bits)),
        None => (range.trim(), None),
    };
    let bits = |most: u32| match bits {
        None => Some(most),
        Some(bits) if bits.bytes().all(|b| b.is_ascii_digit()) => bits.parse().ok().filter(|n| *n <= most),
        Some(_) => None,
    };
    match (address.trim().parse(), base.parse()) {
        (Ok(IpAddr::V4(a)), Ok(IpAddr::V4(b))) => bits(32)
            .is_some_and(|bits| u32::from(a).checked_shr(32 - bits) == u32::from(b).checked_shr(32 - bits)),
        (Ok(IpAddr::V6(a)), Ok(IpAddr::V6(b))) => bits(128).is_some_and(|bits| {
            u128::from(a).checked_shr(128 - bits) == u128::from(b).checked_shr(128 - bits)
        }),
        _ => false,
    }
}

/// Each of the six parts is compared on its own, so that `*` does not cross a colon but in the last.
fn arn(found: &str, wanted: &[Token]) -> bool {
    if wanted == [Token::Many] {
        return true;
    }
    let mut parts = wanted.splitn(6, |token| *token == Token::Char(':'));
    let mut texts = found.splitn(6, ':');
    (0..6).all(|_| match (parts.next(), texts.next()) {
        (Some(part), Some(text)) => matches(part, text),
        _ => false,
    })
}
