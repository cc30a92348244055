//! Tables that one reader may scan whole, where all others look items up by key.

use super::{Access, AccessClass, doubts};
use crate::facts::{Fact, Gaps};

/// Who scans one table, and who looks up in it: as many as the question needs.
#[derive(Debug, Clone, Default)]
struct Use {
    scanner: Option<usize>,
    more_scan: bool,
    lookers: Vec<usize>,
}

/// Other readers by key that make a table one in which items are looked up.
const OTHERS: usize = 2;

/// For each table the one who may scan it, where there is one and others look up; administrators aside.
#[derive(Debug)]
pub(super) struct Alone(Vec<Option<usize>>);

impl Access {
    /// Who scans alone, table by table.
    pub(super) fn alone(&self) -> Alone {
        let mut uses = vec![Use::default(); self.targets.len()];
        for class in self.classes.iter().filter(|class| !class.full_access) {
            if !class.roads.scan && !class.roads.get {
                continue;
            }
            for table in class.tables.without(class.keyed.stopped()).iter() {
                let Some(of) = uses.get_mut(table) else { continue };
                for member in &class.members {
                    if class.roads.scan {
                        of.more_scan |= of.scanner.is_some_and(|other| other != *member);
                        of.scanner = Some(*member);
                    } else if of.lookers.len() <= OTHERS && !of.lookers.contains(member) {
                        of.lookers.push(*member);
                    }
                }
            }
        }
        let lone = |of: Use| {
            let scanner = of.scanner.filter(|_| !of.more_scan)?;
            let others = of.lookers.iter().filter(|looker| **looker != scanner).count();
            (others >= OTHERS).then_some(scanner)
        };
        Alone(uses.into_iter().map(lone).collect())
    }

    /// How many tables of a class a reader scans alone.
    pub(super) fn scans_alone(&self, number: usize, class: &AccessClass, alone: &Alone) -> Fact<i64> {
        if !class.roads.scan && !class.hidden.scan {
            return Fact::Known(0);
        }
        let lone = class.tables.iter().filter(|at| alone.0.get(*at).copied().flatten() == Some(number));
        Fact::unless(self.unsure_of_others(class), i64::try_from(lone.count()).unwrap_or(i64::MAX))
    }

    /// The gaps behind which another reader of a class's tables may lie.
    fn unsure_of_others(&self, class: &AccessClass) -> Gaps {
        let tables = class.tables.iter().filter_map(|at| self.targets.get(at));
        Gaps::from(self.doubts.unread.first().map(|(_, gap)| gap))
            .and(&self.incomplete)
            .and(doubts::hidden(tables))
            .and(self.unseen_key(&class.tables))
    }
}
