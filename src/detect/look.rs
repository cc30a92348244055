//! One cheap pass over a text: which sorts of bytes it holds, and so which rules could find something in it at all.

/// A small letter.
const SMALL: u16 = 1;
/// A capital.
const CAPITAL: u16 = 1 << 1;
const DIGIT: u16 = 1 << 2;
/// White space, and what is not ASCII.
const BLANK: u16 = 1 << 3;
/// A sign that has no sort of its own.
const OTHER: u16 = 1 << 4;
/// Signs of prose.
const PROSE: u16 = 1 << 5;
const DASH: u16 = 1 << 6;
const UNDERSCORE: u16 = 1 << 7;
const DOT: u16 = 1 << 8;
const COLON: u16 = 1 << 9;
const EQUALS: u16 = 1 << 10;
const AT: u16 = 1 << 11;
const TILDE: u16 = 1 << 12;
/// `+` and `/`, the signs of base64.
const BASE64: u16 = 1 << 13;
const PIPE: u16 = 1 << 14;
const PERCENT: u16 = 1 << 15;

/// What words are written with, and the joints of names: nothing that a format would need.
const WORDS: u16 = SMALL | CAPITAL | BLANK | PROSE | DASH | UNDERSCORE | DOT;

/// The sort of each byte.
const SORT: [u16; 256] = {
    let mut sorts = [OTHER; 256];
    let mut b = 0;
    while b < 256 {
        sorts[b] = match b as u8 {
            b'a'..=b'z' => SMALL,
            b'A'..=b'Z' => CAPITAL,
            b'0'..=b'9' => DIGIT,
            b' ' | b'\t' | b'\n' | b'\r' | 128.. => BLANK,
            b',' | b'!' | b'?' | b'\'' | b'(' | b')' | b';' => PROSE,
            b'-' => DASH,
            b'_' => UNDERSCORE,
            b'.' => DOT,
            b':' => COLON,
            b'=' => EQUALS,
            b'@' => AT,
            b'~' => TILDE,
            b'+' | b'/' => BASE64,
            b'|' => PIPE,
            b'%' => PERCENT,
            _ => OTHER,
        };
        b += 1;
    }
    sorts
};

/// Shortest text that a rule could find something in, in bytes.
const MIN_FORMAT: usize = 8;

/// The sorts of bytes in a text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Sorts(u16);

impl Sorts {
    /// All that there are.
    pub(crate) const ANY: Self = Self(u16::MAX);

    /// Those of `text`.
    pub(crate) fn of(text: &[u8]) -> Self {
        Self(text.iter().fold(0, |sorts, b| sorts | SORT[usize::from(*b)]))
    }

    /// Whether one of `wanted` is among them.
    pub(crate) fn any(self, wanted: Sorts) -> bool {
        self.0 & wanted.0 != 0
    }

    /// Whether none is that `allowed` has not.
    pub(crate) fn within(self, allowed: Sorts) -> bool {
        self.0 & !allowed.0 == 0
    }

    /// Whether `wanted` are all among them.
    pub(crate) fn all(self, wanted: Sorts) -> bool {
        wanted.within(self)
    }

    /// Those of either.
    pub(crate) fn or(self, other: Sorts) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether all is one word with its joints: nothing begins but at its start.
    pub(crate) fn is_one_word(self) -> bool {
        self.0 & !(SMALL | CAPITAL | DIGIT | DASH | UNDERSCORE) == 0
    }

    /// Whether a joint of names is in it: `-` or `_`.
    pub(crate) fn may_be_joined(self) -> bool {
        self.0 & (DASH | UNDERSCORE) != 0
    }

    /// Whether a pair of a name and a value, a URL or an escape could be in it: `=`, `:` or `%`.
    pub(crate) fn may_be_pairs(self) -> bool {
        self.0 & (EQUALS | COLON | PERCENT) != 0
    }

    /// Whether the verb "is" could stand in it, between blanks.
    pub(crate) fn may_hold_verb(self) -> bool {
        self.0 & (BLANK | OTHER) != 0
    }

    /// Whether it could be percent-encoded.
    pub(crate) fn may_be_percent(self) -> bool {
        self.0 & PERCENT != 0
    }

    /// Whether all of it could be hex or base64, in lines or not.
    pub(crate) fn may_be_encoded(self) -> bool {
        self.0 & !(SMALL | CAPITAL | DIGIT | DASH | UNDERSCORE | EQUALS | BASE64 | BLANK) == 0
    }

    /// Whether a rule could find something in `text`, whose sorts these are: every format has letters, and a digit or a
    /// sign among them, or a capital behind a small letter. Only of the ids of AWS keys, which have capitals alone, one
    /// in thirty has no digit.
    pub(crate) fn may_hold_format(self, text: &[u8]) -> bool {
        if text.len() < MIN_FORMAT || is_date(text) || is_bare_uuid(text) {
            return false;
        }
        // A key's armour is a sign, whatever is inside.
        let drawn = self.0 & !WORDS != 0 || text.starts_with(b"--");
        let small_first = |w: &[u8]| w[0].is_ascii_lowercase() && w[1].is_ascii_uppercase();
        let camel = || self.0 & SMALL != 0 && text.windows(2).any(small_first);
        self.0 & (SMALL | CAPITAL) != 0
            && (drawn || (self.0 & CAPITAL != 0 && (camel() || may_hold_key_id(text))))
    }
}

/// Whether the id of an AWS key could begin in it ("IAM identifiers": unique ID prefixes).
fn may_hold_key_id(text: &[u8]) -> bool {
    text.len() >= 20 && text.windows(4).any(|w| matches!(w, b"AKIA" | b"ASIA" | b"ABIA" | b"ACCA"))
}

/// A date, or a date and a time, in the form of ISO 8601.
fn is_date(text: &[u8]) -> bool {
    (10..=32).contains(&text.len())
        && text[4] == b'-'
        && text[7] == b'-'
        && text[..4].iter().all(u8::is_ascii_digit)
        && text[8..].iter().all(|b| b.is_ascii_digit() || b":.+-TZ ".contains(b))
}

fn is_bare_uuid(text: &[u8]) -> bool {
    text.len() == 36
        && text[8] == b'-'
        && text[13] == b'-'
        && text[18] == b'-'
        && text[23] == b'-'
        && text.iter().all(|b| b.is_ascii_hexdigit() || *b == b'-')
}

#[cfg(test)]
mod tests {
    use super::Sorts;

    #[test]
    fn words_dates_and_numbers_are_spared() {
        let may_hold_format = |text: &str| Sorts::of(text.as_bytes()).may_hold_format(text.as_bytes());
        for text in [
            "production",
            "A quiet harbour, in the morning!",
            "some_snake-case_name",
            "2026-10-27T10:00:00.000+02:00",
            "9f1c2d3e-0000-4000-8000-123456789abc",
            "1762354971918",
            "12:34:56.789",
            "Größe",
            "IMPORTANT Notice",
        ] {
            assert!(!may_hold_format(text), "{text}");
        }
        for text in
            ["ghp_0aaaaaaa", "postgres://a:b@c", "2026-10-27 ghp_0aaaaaaa", "pass=wordword", "key_abcDefgh"]
        {
            assert!(may_hold_format(text), "{text}");
        }
    }
}
