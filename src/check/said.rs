//! What findings say, each thing held once: thousands of tables are refused for one reason, and a hundred checks over a
//! table miss one answer.

use std::collections::{HashMap, HashSet};

use serde_json::Value as Json;

use crate::{
    finding::{Because, Missing, Shared},
    snapshot::{Gap, GapId},
};

/// What was said so far. It changes no finding, but how much room many of them take.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Said {
    words: HashSet<Shared<str>>,
    /// By gap, what is missing for it.
    missing: HashMap<GapId, Missing>,
    /// What the last finding of each check rests on.
    because: HashMap<Shared<str>, Shared<[Because]>>,
}

impl Said {
    /// A text that many findings have.
    pub fn text(&mut self, text: &str) -> Shared<str> {
        if let Some(known) = self.words.get(text) {
            return known.clone();
        }
        let new: Shared<str> = text.into();
        self.words.insert(new.clone());
        new
    }

    /// A fact that a gap hides.
    pub fn missing(&mut self, fact: &str, id: GapId, gap: &Gap) -> Missing {
        let fact = self.text(fact);
        if let Some(known) = self.missing.get(&id) {
            return Missing { fact, ..known.clone() };
        }
        let (call, on) = (self.text(&gap.call), gap.on.clone().into());
        let new = Missing { fact, gap: id.clone().into(), call, on, why: gap.why };
        self.missing.insert(id, new.clone());
        new
    }

    /// The facts that a finding of `check` rests on: mostly they are as they were for the subject before.
    pub fn because(&mut self, check: &Shared<str>, facts: Vec<(&str, Option<Json>)>) -> Shared<[Because]> {
        let same = |last: &&Shared<[Because]>| {
            last.iter().map(|because| (&*because.fact, &because.value)).eq(facts.iter().map(|(f, v)| (*f, v)))
        };
        if let Some(last) = self.because.get(check).filter(same) {
            return last.clone();
        }
        let facts = facts.into_iter().map(|(fact, value)| Because { fact: self.text(fact), value });
        let new: Shared<[Because]> = facts.collect::<Vec<_>>().into();
        self.because.insert(check.clone(), new.clone());
        new
    }
}
