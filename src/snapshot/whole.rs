//! What a snapshot that was edited or cut may lack though it names it, or says of itself that cannot be: never a report that
//! is shorter, hence greener. What is wrong is told by its place, for the words in a file may be anything.

use std::collections::{BTreeMap, BTreeSet};

use super::{Account, GapId, Sample, Snapshot, Table, table};
use crate::source::glob;

/// What contradicts itself in a snapshot, the first such thing; none in one that was collected. `met` has the gaps that stand
/// for values in it, each with its place.
pub(super) fn contradiction(snapshot: &Snapshot, met: BTreeMap<String, String>) -> Option<String> {
    let unheld = |(gap, place): (String, String)| {
        (!snapshot.gaps.contains_key(&GapId(gap))).then(|| format!("{place}: `gaps` holds no such gap"))
    };
    if let Some(wrong) = met.into_iter().find_map(unheld) {
        return Some(wrong);
    }
    let mut ids = BTreeSet::new();
    snapshot.accounts.iter().enumerate().find_map(|(at, account)| {
        let place = format!("accounts[{at}]");
        if !ids.insert(&account.id) {
            return Some(format!("{place}: the account stands there twice"));
        }
        of(account, snapshot, &place)
    })
}

fn of(account: &Account, snapshot: &Snapshot, place: &str) -> Option<String> {
    let digits = account.id.len() == 12 && account.id.bytes().all(|byte| byte.is_ascii_digit());
    if !digits && account.id != UNKNOWN {
        return Some(format!("{place}.id: expected 12 digits"));
    }
    let mut held = BTreeSet::new();
    for (at, table) in account.tables.iter().enumerate() {
        if !held.insert((table.region.as_str(), table.name.as_str())) {
            return Some(format!("{place}.tables[{at}]: the table stands there twice"));
        }
        if let Some(wrong) = table_of(account, table) {
            return Some(format!("{place}.tables[{at}].{wrong}"));
        }
    }
    let mut looked_at = BTreeSet::new();
    for (at, region) in account.regions.iter().enumerate() {
        if !looked_at.insert(region.name.as_str()) {
            return Some(format!("{place}.regions[{at}]: the Region stands there twice"));
        }
        let asked_for =
            |name: &str| snapshot.scope.table.as_ref().is_none_or(|pattern| glob::matches(pattern, name));
        let mut listed = region.tables.items.iter().enumerate();
        let missing = listed
            .find(|(_, name)| asked_for(name) && !held.contains(&(region.name.as_str(), name.as_str())));
        if let Some((item, _)) = missing {
            return Some(format!(
                "{place}.regions[{at}].tables.items[{item}]: `tables` does not hold the table that is listed"
            ));
        }
    }
    let mut asked = snapshot.scope.regions.iter();
    let missing = asked.position(|region| !looked_at.contains(region.as_str()))?;
    Some(format!("{place}.regions: nothing is held of the Region scope.regions[{missing}]"))
}

/// Stands for an account that nothing told.
const UNKNOWN: &str = "unknown";

/// What is wrong with a table, by its place in it.
fn table_of(account: &Account, table: &Table) -> Option<String> {
    if !table::is_arn_of(&table.arn, &account.id, &table.region, &table.name) {
        return Some("arn: expected that of its account, Region and name".to_owned());
    }
    let wrong = sampled(table.sample.value()?)?;
    Some(format!("sample.value.{wrong}"))
}

/// Numbers of a sample that cannot be. Each counts items that were read.
fn sampled(sample: &Sample) -> Option<String> {
    let read = sample.items_read;
    let contents = &sample.contents;
    let counts = [
        ("items", contents.items),
        ("encrypted_items", contents.encrypted_items),
        ("legacy_encrypted_items", contents.legacy_encrypted_items),
        ("cut_items", contents.cut_items),
        ("token_items", contents.token_items),
        ("lasting_tokens", contents.lasting_tokens),
    ];
    let more = |place: String| Some(format!("contents.{place}: expected no more than `items_read`"));
    if let Some((name, _)) = counts.iter().find(|(_, count)| *count > read) {
        return more((*name).to_owned());
    }
    if let Some(at) = contents.names.values().position(|count| *count > read) {
        return more(format!("names[key {}]", at + 1));
    }
    for (at, sighting) in contents.sightings.iter().enumerate() {
        if sighting.items > read {
            return more(format!("sightings[{at}].items"));
        }
        if !(0.0..=1.0).contains(&sighting.confidence) {
            return Some(format!("contents.sightings[{at}].confidence: expected a number from 0 to 1"));
        }
    }
    None
}
