//! What lies in the company's tables, as plain JSON.

mod commerce;
mod identity;
mod operations;

use serde_json::Value;

use super::generate::Generator;

/// Region, table, items.
pub(super) type Items = (&'static str, &'static str, Vec<Value>);

/// The items of every table; `promotions` stays empty.
pub(super) fn all(generator: &mut Generator) -> Vec<Items> {
    let mut all = identity::all(generator);
    all.extend(commerce::all(generator));
    all.extend(operations::all(generator));
    all
}

/// People who do not exist.
const FIRST_NAMES: [&str; 12] =
    ["Amara", "Bram", "Chloe", "Dimitri", "Elif", "Finn", "Greta", "Hamid", "Ines", "Jonas", "Kirsi", "Luca"];

/// Their family names.
const FAMILY_NAMES: [&str; 10] =
    ["Okafor", "Visser", "Moreau", "Pappas", "Yilmaz", "Walsh", "Lindqvist", "Rahimi", "Costa", "Berg"];

/// A name and a mail address at a domain kept for examples; `n` keeps the address unique.
fn person(generator: &mut Generator, n: usize) -> (String, String) {
    let (first, family) = (generator.choice(&FIRST_NAMES), generator.choice(&FAMILY_NAMES));
    let mail = format!("{}.{}{n}@example.com", first.to_lowercase(), family.to_lowercase());
    (format!("{first} {family}"), mail)
}
