//! Data of people and of cards: told by the column, counted, kept out of what is called a secret.

use dynaudit::snapshot::sample::PersonalKind::{self, CardNumber, Email, Iban, Phone};

use crate::{
    corpus::draw::Draw,
    support::{item, look, map, s},
};

/// A number of sixteen digits in a network's range, whose last digit makes Luhn's sum right.
fn card(draw: &mut Draw) -> String {
    let body = format!("4{}", draw.chars('d', 14));
    let digit = (0..10).find(|last| luhn(&format!("{body}{last}"))).unwrap_or_default();
    format!("{body}{digit}")
}

fn luhn(digits: &str) -> bool {
    let sum: u32 = digits.bytes().rev().enumerate().fold(0, |sum, (at, byte)| {
        let digit = u32::from(byte - b'0') * if at % 2 == 1 { 2 } else { 1 };
        sum + digit / 10 + digit % 10
    });
    sum.is_multiple_of(10)
}

fn seen(items: &[dynaudit::detect::Item<'_>]) -> Vec<(String, PersonalKind, u64)> {
    look(items).personal.into_iter().map(|one| (one.attribute, one.kind, one.items)).collect()
}

#[test]
fn a_column_of_cards_is_seen_and_shown_nowhere() {
    let mut draw = Draw::new(1);
    let cards: Vec<String> = (0..20).map(|_| card(&mut draw)).collect();
    let rows: Vec<_> = cards
        .iter()
        .map(|one| item([("id", s("x")), ("v", map([("number", s(one.clone()))])), ("order", s("17"))]))
        .collect();
    assert_eq!(seen(&rows), [("v".to_owned(), CardNumber, 20)]);
    let said = format!("{:?}", look(&rows));
    assert!(cards.iter().all(|one| !said.contains(&one[1..])));
}

#[test]
fn numbers_of_orders_are_no_cards() {
    let mut draw = Draw::new(2);
    let rows: Vec<_> = (0..200).map(|_| item([("order", s(format!("4{}", draw.chars('d', 15))))])).collect();
    assert_eq!(seen(&rows), [], "one in ten passes by chance");
    let lone = card(&mut draw);
    assert_eq!(seen(&[item([("order", s(lone.clone()))])]), []);
    assert_eq!(seen(&[item([("card_number", s(lone))])]), [("card_number".to_owned(), CardNumber, 1)]);
}

#[test]
fn people_are_counted_by_attribute() {
    let row = || {
        item([
            ("contact", s("anna@example.com")),
            ("mobile", s("+49 30 1234567")),
            ("account", s("GB82 WEST 1234 5698 7654 32")),
            ("note", s("call +49 30 1234567 after ten")),
        ])
    };
    let expected =
        [("account", Iban), ("contact", Email), ("mobile", Phone)].map(|(n, k)| (n.to_owned(), k, 3));
    assert_eq!(seen(&[row(), row(), row()]), expected);
}
