//! Condition operators: their names, and how each compares one value with another.

use std::{cmp::Ordering, net::IpAddr};

use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::pattern::{Style, Token, matches};

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
        let text = matches!(self.base, Base::String | Base::StringIgnoreCase | Base::StringLike | Base::Arn);
        Style {
            wildcards: matches!(self.base, Base::StringLike | Base::Arn),
            // Variables work with string and ARN operators alone.
            variables: variables && text,
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
    /// Whether the request's value stands to the policy's as the operator, without its `Not`, says.
    pub fn holds(self, found: &str, wanted: &[Token]) -> bool {
        match self {
            Base::String | Base::StringLike => matches(wanted, found),
            Base::StringIgnoreCase => plain(wanted).to_lowercase() == found.to_lowercase(),
            Base::Numeric(order) => {
                let (found, wanted) = (found.trim().parse::<f64>(), plain(wanted).trim().parse::<f64>());
                matches!((found, wanted), (Ok(f), Ok(w)) if f.partial_cmp(&w).is_some_and(|o| order.is(o)))
            }
            Base::Date(order) => match (instant(found), instant(&plain(wanted))) {
                (Some(found), Some(wanted)) => order.is(found.cmp(&wanted)),
                _ => false,
            },
            Base::Bool | Base::Null => plain(wanted).eq_ignore_ascii_case(found),
            Base::Binary => plain(wanted) == found,
            Base::Ip => in_range(found, &plain(wanted)),
            Base::Arn => arn(found, wanted),
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

/// Nanoseconds since 1970: from seconds, a date, or a date with a time.
fn instant(text: &str) -> Option<i128> {
    let text = text.trim();
    if let Ok(seconds) = text.parse::<i64>() {
        return Some(i128::from(seconds) * 1_000_000_000);
    }
    // The forms of W3C's note on dates: a month, a day, a time without its seconds.
    let whole = match (text.len(), text.get(..16), text.get(16..)) {
        (7, ..) => format!("{text}-01T00:00:00Z"),
        (10, ..) => format!("{text}T00:00:00Z"),
        (_, Some(minute), Some(zone)) if zone.starts_with(['Z', '+', '-']) => format!("{minute}:00{zone}"),
        _ => text.to_owned(),
    };
    OffsetDateTime::parse(&whole, &Rfc3339).ok().map(OffsetDateTime::unix_timestamp_nanos)
}

/// Whether `address` lies in `range`, an address or a CIDR block.
pub(super) fn in_range(address: &str, range: &str) -> bool {
    let (base, bits) = match range.split_once('/') {
        Some((base, bits)) => (base, bits.parse::<u32>().ok()),
        None => (range, Some(128)),
    };
    let Some(bits) = bits else { return false };
    match (address.trim().parse(), base.trim().parse()) {
        (Ok(IpAddr::V4(a)), Ok(IpAddr::V4(b))) => {
            let shift = 32 - bits.min(32);
            u32::from(a).checked_shr(shift) == u32::from(b).checked_shr(shift)
        }
        (Ok(IpAddr::V6(a)), Ok(IpAddr::V6(b))) => {
            let shift = 128 - bits.min(128);
            u128::from(a).checked_shr(shift) == u128::from(b).checked_shr(shift)
        }
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
