//! Who can read one attribute of a table, counted: a reader of a table may be held off some of its attributes.

use std::collections::BTreeSet;

use super::{
    Access, AccessClass,
    query::{Part, Question},
};
use crate::{
    facts::{Fact, attribute::Readers, reader::Decision, reader::Kms},
    iam::actions::{Form, WAYS},
};

impl Access {
    /// Who can read `attribute`, a top-level name, of the table `arn`: those for whom some request that returns it is
    /// allowed. Unknown where the count of the table's readers is.
    pub fn of_attribute(&self, arn: &str, attribute: &str) -> Fact<Readers> {
        let found = self.targets.binary_search_by(|target| target.arn.as_str().cmp(arn));
        let Ok(at) = found else { return Fact::Known(Readers::default()) };
        let mut reading: Vec<&AccessClass> = self.reaching(at);
        reading.retain(|class| class.reads(at));
        let members = |class: &&&AccessClass| class.members.clone();
        let all: BTreeSet<usize> = reading.iter().flat_map(|class| class.members.iter().copied()).collect();
        // What reads the table itself, and is asked nothing about attributes, reads every one.
        let plain = |class: &&&AccessClass| !class.asks_request && class.ways & tables() != 0;
        let mut outright: BTreeSet<usize> = reading
            .iter()
            .filter(|class| plain(class) && class.outright(at))
            .flat_map(|class| members(&class))
            .collect();
        let mut any: BTreeSet<usize> =
            reading.iter().filter(plain).flat_map(|class| members(&class)).collect();
        if reading.iter().any(|class| !plain(&class)) {
            let question = Question {
                table: arn,
                part: Part::Any,
                action: None,
                attribute: Some(attribute),
                principal: None,
            };
            let asked: BTreeSet<usize> =
                reading.iter().filter(|class| !plain(class)).flat_map(|class| members(&class)).collect();
            let found = self.readers_among(&question, Some(&asked)).unwrap_or_default();
            for reader in found.readers.iter().filter(|r| r.roads.reads() && r.kms != Kms::Stopped) {
                any.insert(reader.number);
                if reader.decision == Decision::Allowed {
                    outright.insert(reader.number);
                }
            }
        }
        let external = any.iter().filter(|n| self.parties.get(**n).is_some_and(|party| party.external));
        let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        let readers = Readers {
            count: count(any.len()),
            conditional: count(any.difference(&outright).count()),
            external: count(external.count()),
            held_off: count(all.difference(&any).count()),
        };
        Fact::unless(self.uncounted(at, &all), readers)
    }
}

/// The ways that read items off a table itself, as bits.
fn tables() -> u64 {
    let direct = WAYS.iter().enumerate().filter(|(_, way)| {
        way.road.leads()
            && way.actions.len() == 1
            && way
                .actions
                .iter()
                .any(|a| a.form == Form::Table && a.decrypts && a.level == crate::iam::actions::Level::Read)
    });
    direct.fold(0, |bits, (at, _)| bits | 1 << at)
}
