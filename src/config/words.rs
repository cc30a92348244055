//! Values of options for runs that nobody watches: a span of time, a program with its arguments, a key that signs.

use std::{fmt, str::FromStr, time::Duration};

use clap::builder::{OsStringValueParser, TypedValueParser};

use super::{Invalid, invalid};
use crate::source::place::Place;

/// A span of time above zero, written as `90s`, `45m` or `2h`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span(pub Duration);

/// Longest span, in seconds: a week.
const MAX_SECONDS: u64 = 7 * 24 * 3600;

impl FromStr for Span {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let units = [("s", 1), ("m", 60), ("h", 3600)];
        let number = |(unit, seconds): &(&str, u64)| {
            let digits = text.strip_suffix(unit).filter(|d| d.bytes().all(|b| b.is_ascii_digit()))?;
            digits.parse::<u64>().ok()?.checked_mul(*seconds)
        };
        match units.iter().find_map(number) {
            Some(seconds @ 1..=MAX_SECONDS) => Ok(Self(Duration::from_secs(seconds))),
            _ => invalid("a whole number with s, m or h, such as 90s, 45m or 2h, and a week at most"),
        }
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}s", self.0.as_secs())
    }
}

/// A program and its arguments, as they are started without a shell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// Path of the program, or a name to look for in `PATH`.
    pub name: String,
    /// Its arguments.
    pub args: Vec<String>,
}

impl FromStr for Program {
    type Err = Invalid;
    /// Blanks part words; single or double quotes keep them together. Nothing else has a meaning.
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
        for c in text.chars() {
            match (quote, c) {
                (Some(open), c) if c == open => quote = None,
                (None, '"' | '\'') => {
                    quote = Some(c);
                    word.get_or_insert_default();
                }
                (None, c) if c.is_whitespace() => words.extend(word.take()),
                (_, '\0') => return invalid("a word of a command cannot hold a zero byte"),
                (_, c) => word.get_or_insert_default().push(c),
            }
        }
        words.extend(word);
        if quote.is_some() {
            return invalid("a quote is opened and not closed");
        }
        let mut words = words.into_iter();
        match words.next().filter(|name| !name.is_empty()) {
            Some(name) => Ok(Self { name, args: words.collect() }),
            None => invalid("a program and its arguments, such as \"/usr/bin/logger -t dynaudit\""),
        }
    }
}

/// ARN of a key of AWS KMS; not of an alias, which may lead to another key tomorrow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyArn(pub String);

impl FromStr for KeyArn {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let parts: Vec<&str> = text.split(':').collect();
        let plain =
            |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        match parts[..] {
            ["arn", partition, "kms", region, account, key]
                if plain(partition)
                    && plain(region)
                    && account.len() == 12
                    && account.bytes().all(|b| b.is_ascii_digit())
                    && key.strip_prefix("key/").is_some_and(plain) =>
            {
                Ok(Self(text.to_owned()))
            }
            _ => invalid(
                "the ARN of a key of AWS KMS, such as arn:aws:kms:eu-west-1:111122223333:key/…; no alias",
            ),
        }
    }
}

/// Takes a place as it is written, be it text or another path.
pub fn place() -> impl TypedValueParser<Value = Place> {
    OsStringValueParser::new().try_map(Place::read)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_has_a_number_and_a_unit() {
        assert_eq!("90s".parse(), Ok(Span(Duration::from_secs(90))));
        assert_eq!("2h".parse(), Ok(Span(Duration::from_secs(7200))));
        for bad in ["", "90", "0s", "-1s", "1d", "h", "1.5h", "99999999999999999999h", "200h", "+1s", "1 s"] {
            assert!(bad.parse::<Span>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_key_is_named_by_its_own_arn() {
        for good in [
            "arn:aws:kms:eu-west-1:111122223333:key/1a-2b",
            "arn:aws-cn:kms:cn-north-1:111122223333:key/mrk-1",
        ] {
            assert_eq!(good.parse(), Ok(KeyArn(good.to_owned())));
        }
        for bad in [
            "",
            "1a-2b",
            "arn:aws:kms:eu-west-1:111122223333:alias/a",
            "arn:aws:kms:eu-west-1:1:key/a",
            "arn:aws:s3:eu-west-1:111122223333:key/a",
            "arn:aws:kms:eu-west-1:111122223333:key/",
            "arn:aws:kms:eu-west-1:111122223333:key/*",
        ] {
            assert!(bad.parse::<KeyArn>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_command_is_parted_at_blanks_and_quotes_keep_them() {
        let program = |text: &str| text.parse::<Program>().unwrap();
        assert_eq!(program("sh -c 'mail -s \"x y\"; $HOME'").args, ["-c", "mail -s \"x y\"; $HOME"]);
        assert_eq!(program(" a\t\"\" b''c ").args, ["", "bc"]);
        for bad in ["", "  ", "'a", "a \"b", "''", "a\0"] {
            assert!(bad.parse::<Program>().is_err(), "{bad:?}");
        }
    }
}
