//! Data of people and of cards: counted by attribute, as a whole column, and never kept. It is no secret of a login,
//! so `dynaudit detect` does not list it.

use std::collections::BTreeMap;

use super::{
    Item, Value,
    budget::Budget,
    mask::{Known, Mask},
    path::{STAR, shown_name},
    randomness::is_mail,
};
use crate::snapshot::sample::{MAX_PERSONAL, Personal, PersonalKind};

/// Values looked at in one attribute of one item.
const MAX_VALUES: usize = 1_000;
/// Longest text that may be such data, in bytes.
const MAX_TEXT: usize = 128;
/// Items in which it must be, where the attribute's name does not say so: one number in ten passes Luhn's test.
const ENOUGH: u64 = 3;

/// What the attributes of a table's items hold.
#[derive(Default)]
pub(super) struct People {
    attributes: BTreeMap<String, Counts>,
}

#[derive(Default)]
struct Counts {
    items: u64,
    of: BTreeMap<PersonalKind, u64>,
}

impl People {
    /// Looks through one item.
    pub(super) fn look(&mut self, item: &Item<'_>, mask: &mut Mask) {
        let mut budget = Budget::item();
        for (name, value) in &item.0 {
            let masked = matches!(mask.name(name.expose(), &mut budget), Known::Value(_));
            let name = if masked { STAR.to_owned() } else { shown_name(name.expose()) };
            if self.attributes.len() >= MAX_PERSONAL && !self.attributes.contains_key(&name) {
                continue;
            }
            let counts = self.attributes.entry(name).or_default();
            counts.items += 1;
            let mut seen = [false; KINDS.len()];
            scalars(value, &mut |text| {
                if let Some(at) = kind(text).and_then(|kind| KINDS.iter().position(|one| *one == kind)) {
                    seen[at] = true;
                }
            });
            for (kind, _) in KINDS.iter().zip(seen).filter(|(_, seen)| *seen) {
                *counts.of.entry(*kind).or_default() += 1;
            }
        }
    }

    /// The attributes most of whose values are such data.
    pub(super) fn finish(self) -> Vec<Personal> {
        let mut found = Vec::new();
        for (attribute, counts) in self.attributes {
            for (kind, items) in counts.of {
                let most = items * 5 >= counts.items * 4;
                if most && (items >= ENOUGH || says(&attribute, kind)) {
                    found.push(Personal { attribute: attribute.clone(), kind, items });
                }
            }
        }
        found
    }
}

const KINDS: [PersonalKind; 4] =
    [PersonalKind::CardNumber, PersonalKind::Email, PersonalKind::Phone, PersonalKind::Iban];

/// Calls `see` with the short texts and numbers in a value.
fn scalars(value: &Value<'_>, see: &mut impl FnMut(&str)) {
    let mut open = vec![value];
    for _ in 0..MAX_VALUES {
        match open.pop() {
            Some(Value::S(text) | Value::N(text)) if text.expose().len() <= MAX_TEXT => see(text.expose()),
            Some(Value::M(map)) => open.extend(map.iter().take(MAX_VALUES).map(|(_, value)| value)),
            Some(Value::L(list)) => open.extend(list.iter().take(MAX_VALUES)),
            Some(_) => {}
            None => return,
        }
    }
}

fn kind(text: &str) -> Option<PersonalKind> {
    if is_card(text) {
        Some(PersonalKind::CardNumber)
    } else if is_mail(text) {
        Some(PersonalKind::Email)
    } else if is_phone(text) {
        Some(PersonalKind::Phone)
    } else if is_iban(text) {
        Some(PersonalKind::Iban)
    } else {
        None
    }
}

/// Whether an attribute's name says that it holds such data.
fn says(attribute: &str, kind: PersonalKind) -> bool {
    let name = attribute.to_lowercase();
    let words: &[&str] = match kind {
        PersonalKind::CardNumber => &["card", "pan", "creditcard", "cc_number"],
        PersonalKind::Email => &["mail"],
        PersonalKind::Phone => &["phone", "mobile", "msisdn", "tel"],
        PersonalKind::Iban => &["iban"],
    };
    words.iter().any(|word| name.contains(word))
}

/// A primary account number: a card network's range and length, and Luhn's check digit (ISO/IEC 7812-1). Groups may
/// be apart by spaces or hyphens.
pub(super) fn is_card(text: &str) -> bool {
    let plain = text.bytes().filter(|b| !matches!(b, b' ' | b'-'));
    if text.len() > 23 || !plain.clone().all(|b| b.is_ascii_digit()) {
        return false;
    }
    let digits: Vec<u32> = plain.map(|b| u32::from(b - b'0')).collect();
    if !(13..=19).contains(&digits.len()) {
        return false;
    }
    let head = digits[..4].iter().fold(0, |head, digit| head * 10 + digit);
    let length = digits.len();
    let network = match head {
        4000..=4999 => matches!(length, 13 | 16 | 19),
        5100..=5599 | 2221..=2720 => length == 16,
        3400..=3499 | 3700..=3799 => length == 15,
        6011 | 6440..=6599 | 3528..=3589 | 6200..=6299 => (16..=19).contains(&length),
        3000..=3059 | 3600..=3699 | 3800..=3999 => (14..=19).contains(&length),
        _ => false,
    };
    let doubled =
        |at: usize, digit: u32| if at % 2 == 1 { digit * 2 - 9 * u32::from(digit > 4) } else { digit };
    let sum: u32 = digits.iter().rev().enumerate().map(|(at, digit)| doubled(at, *digit)).sum();
    network && sum.is_multiple_of(10)
}

/// An international number (ITU-T E.164): a plus, and 8 to 15 digits in groups.
fn is_phone(text: &str) -> bool {
    let Some(rest) = text.strip_prefix('+') else { return false };
    let digits = rest.bytes().filter(u8::is_ascii_digit).count();
    (8..=15).contains(&digits) && rest.bytes().all(|b| b.is_ascii_digit() || b" -()/.".contains(&b))
}

/// An account number whose check digits are right (ISO 13616: the remainder by 97 is 1).
fn is_iban(text: &str) -> bool {
    let plain: Vec<u8> = text.bytes().filter(|b| *b != b' ').collect();
    let shaped = (15..=34).contains(&plain.len())
        && plain[..2].iter().all(u8::is_ascii_uppercase)
        && plain[2..4].iter().all(u8::is_ascii_digit)
        && plain.iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    let rest = |rest: u32, b: &u8| match b {
        b'0'..=b'9' => (rest * 10 + u32::from(b - b'0')) % 97,
        _ => (rest * 100 + u32::from(b - b'A') + 10) % 97,
    };
    shaped && plain[4..].iter().chain(&plain[..4]).fold(0, rest) == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cards_are_told_by_range_length_and_check_digit() {
        // Numbers that networks and gateways publish for tests.
        for card in ["4111111111111111", "5555 5555 5555 4444", "3782-822463-10005", "6011111111111117"] {
            assert!(is_card(card), "{card}");
        }
        for other in
            ["4111111111111112", "1111111111111117", "411111111111111", "41111111111111111111", "4111a", ""]
        {
            assert!(!is_card(other), "{other}");
        }
    }

    #[test]
    fn phones_and_accounts() {
        assert!(is_phone("+49 30 1234567") && is_phone("+14155550100"));
        assert!(!is_phone("0301234567") && !is_phone("+1 to all of us") && !is_phone("+12"));
        // The example of ISO 13616's registry.
        assert!(
            is_iban("GB82 WEST 1234 5698 7654 32") && !is_iban("GB83WEST12345698765432") && !is_iban("GB82")
        );
    }
}
