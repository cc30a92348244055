//! What a snapshot that was edited or cut may lack though it names it: never a report that is shorter, hence greener.

use std::collections::BTreeSet;

use super::{Account, Snapshot};
use crate::source::glob;

/// What contradicts itself in a snapshot, the first such thing; none in one that was collected.
pub(super) fn contradiction(snapshot: &Snapshot) -> Option<String> {
    let mut ids = BTreeSet::new();
    snapshot.accounts.iter().find_map(|account| {
        let twice = !ids.insert(&account.id);
        if twice { Some(format!("it holds the account {} twice", account.id)) } else { of(account, snapshot) }
    })
}

fn of(account: &Account, snapshot: &Snapshot) -> Option<String> {
    let mut held = BTreeSet::new();
    for table in &account.tables {
        if !held.insert((table.region.as_str(), table.name.as_str())) {
            return Some(format!("it holds the table {} twice", table.arn));
        }
    }
    let mut looked_at = BTreeSet::new();
    for region in &account.regions {
        if !looked_at.insert(region.name.as_str()) {
            return Some(format!("it holds the Region {} twice", region.name));
        }
        let asked_for =
            |name: &&String| snapshot.scope.table.as_ref().is_none_or(|pattern| glob::matches(pattern, name));
        let listed = region.tables.items.iter().filter(asked_for);
        let mut missing = listed.filter(|name| !held.contains(&(region.name.as_str(), name.as_str())));
        if let Some(name) = missing.next() {
            return Some(format!("it lists the table {name} in {} and does not hold it", region.name));
        }
    }
    let mut asked = snapshot.scope.regions.iter();
    let missing = asked.find(|region| !looked_at.contains(region.as_str()))?;
    Some(format!("it is of the Region {missing} and holds nothing of it"))
}
