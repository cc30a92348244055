//! The oracle of the detector: labelled items of seven hundred kinds of secret and three hundred hard negatives.
//!
//! Formats are those that vendors document; values are drawn from a seed and exist nowhere else. Nothing here knows
//! the detector's rules, and no rule may be written from what is here.
#![allow(dead_code, unused_imports, reason = "tests and benchmarks use a part each")]

mod carry;
mod chain;
pub mod draw;
pub mod hostile;
mod keys;
mod make;
mod names;
mod tables;
mod words;

use draw::{Draw, Kind, kinds};
use serde_json::{Map, Value as Json};

pub use chain::{base58check, bech32};
pub use make::{crc32, gzip};
pub use tables::{ordinary, typed};

const SECRET: [&str; 10] = [
    include_str!("secret/ai.txt"),
    include_str!("secret/cloud.txt"),
    include_str!("secret/code.txt"),
    include_str!("secret/data.txt"),
    include_str!("secret/opaque.txt"),
    include_str!("secret/passwords.txt"),
    include_str!("secret/pay.txt"),
    include_str!("secret/structured.txt"),
    include_str!("secret/talk.txt"),
    include_str!("secret/work.txt"),
];
const BENIGN: [&str; 3] =
    [include_str!("benign/ids.txt"), include_str!("benign/public.txt"), include_str!("benign/text.txt")];

/// One item, and what is true of it.
pub struct Labelled {
    pub kind: &'static str,
    /// Whether the labelled attribute holds a secret. Nothing else in the item does.
    pub secret: bool,
    /// What the name says: `telling`, `neutral` or `misleading`.
    pub style: &'static str,
    /// What the value lies in.
    pub carrier: &'static str,
    /// The top-level attribute that holds it.
    pub attribute: String,
    /// The item, as DynamoDB JSON.
    pub item: Json,
}

/// Draws labelled items.
pub struct Corpus {
    draw: Draw,
    secret: Vec<Kind>,
    benign: Vec<Kind>,
}

impl Corpus {
    pub fn new(seed: u64) -> Self {
        Self { draw: Draw::new(seed), secret: kinds(&SECRET), benign: kinds(&BENIGN) }
    }

    /// How many kinds of secret and of negatives there are.
    pub fn sizes(&self) -> (usize, usize) {
        (self.secret.len(), self.benign.len())
    }

    /// The templates of all secrets: whatever stands in one of them is documented, and drawn by nobody.
    pub fn templates(&self) -> String {
        let all = self.secret.iter().flat_map(|kind| kind.templates.iter().copied());
        all.collect::<Vec<_>>().join("\n")
    }

    /// Items to be judged one by one: each kind of secret `secrets` times, of negatives `benign` times, mixed.
    pub fn singles(&mut self, secrets: usize, benign: usize) -> Vec<Labelled> {
        let mut all: Vec<Labelled> = self.tables(secrets, benign, 1).into_iter().flatten().collect();
        for at in (1..all.len()).rev() {
            all.swap(at, self.draw.below(at + 1));
        }
        all
    }

    /// Tables of `rows` items that are alike, each to be judged as a whole.
    pub fn tables(&mut self, secrets: usize, benign: usize, rows: usize) -> Vec<Vec<Labelled>> {
        let mut all = Vec::new();
        for (kinds, secret, times) in [(&self.secret, true, secrets), (&self.benign, false, benign)] {
            for kind in kinds {
                for _ in 0..times {
                    let plan = Plan::of(&mut self.draw, kind, secret);
                    all.push((0..rows).map(|_| plan.item(&mut self.draw)).collect());
                }
            }
        }
        all
    }
}

/// How the items of one table are alike.
struct Plan<'k> {
    kind: &'k Kind,
    template: &'static str,
    secret: bool,
    name: names::Name,
    carrier: &'static str,
    attribute: String,
}

impl<'k> Plan<'k> {
    fn of(draw: &mut Draw, kind: &'k Kind, secret: bool) -> Self {
        let template = *draw.pick(&kind.templates);
        let name = names::name(draw, kind, secret);
        let sample = draw.fill(template);
        let carrier = carry::choose(draw, &sample, secret && !kind.named);
        // What lies inside of something packed has the telling name there, and the attribute has any name.
        let attribute = if carry::names_inside(carrier) { names::neutral(draw) } else { name.text.clone() };
        Self { kind, template, secret, name, carrier, attribute }
    }

    fn item(&self, draw: &mut Draw) -> Labelled {
        let value = draw.fill(self.template);
        let mut item: Map<String, Json> = tables::bystanders(draw);
        item.remove(&self.attribute);
        item.insert(self.attribute.clone(), carry::carry(draw, self.carrier, &self.name.text, value));
        Labelled {
            kind: self.kind.name,
            secret: self.secret,
            style: self.name.style,
            carrier: self.carrier,
            attribute: self.attribute.clone(),
            item: Json::Object(item),
        }
    }
}
