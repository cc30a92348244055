//! Which classes reach a table, found without a look at every class: many classes share one set of tables.

use std::{collections::HashMap, sync::Arc};

use super::{Access, AccessClass, bits::Bits};

/// Classes by the sets of tables that they reach.
#[derive(Debug)]
pub(super) struct Reaching {
    /// Of each table the numbers of the sets that hold it.
    sets: Vec<Vec<u32>>,
    /// Of each set the numbers of its classes.
    classes: Vec<Vec<u32>>,
}

impl Reaching {
    fn of(classes: &[AccessClass], tables: usize) -> Self {
        let mut known: HashMap<*const Bits, usize> = HashMap::new();
        let mut reaching = Self { sets: vec![Vec::new(); tables], classes: Vec::new() };
        for (at, class) in classes.iter().enumerate() {
            let next = reaching.classes.len();
            let set = *known.entry(Arc::as_ptr(&class.tables)).or_insert(next);
            if set == next {
                reaching.classes.push(Vec::new());
                for table in class.tables.iter() {
                    if let Some(sets) = reaching.sets.get_mut(table) {
                        sets.extend(u32::try_from(set));
                    }
                }
            }
            if let Some(list) = reaching.classes.get_mut(set) {
                list.extend(u32::try_from(at));
            }
        }
        reaching
    }
}

impl Access {
    /// The classes that reach the table of a number, in order.
    pub(super) fn reaching(&self, table: usize) -> Vec<&AccessClass> {
        let index = self.reaching.get_or_init(|| Reaching::of(&self.classes, self.targets.len()));
        let sets = index.sets.get(table).into_iter().flatten();
        let classes = sets.filter_map(|set| index.classes.get(*set as usize)).flatten();
        let mut numbers: Vec<u32> = classes.copied().collect();
        numbers.sort_unstable();
        numbers.into_iter().filter_map(|at| self.classes.get(at as usize)).collect()
    }
}
