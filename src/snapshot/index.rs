//! Where in a snapshot something lies, by its names: so thousands of findings are not held against thousands of tables one by one.

#[cfg(test)]
pub(crate) mod tests;

use std::collections::{HashMap, HashSet};

use super::{Account, Region, Snapshot, Table};

/// The accounts of a snapshot by their ids.
#[derive(Debug)]
pub struct Index<'a>(HashMap<&'a str, Held<'a>>);

/// One account, and what it holds by name.
#[derive(Debug)]
pub struct Held<'a> {
    /// The account itself.
    pub account: &'a Account,
    places: HashMap<&'a str, Place<'a>>,
    by_arn: HashMap<&'a str, &'a Table>,
}

/// One Region of an account.
#[derive(Debug, Default)]
struct Place<'a> {
    /// None where tables lie in it and it was not looked at.
    region: Option<&'a Region>,
    listed: HashSet<&'a str>,
    tables: HashMap<&'a str, &'a Table>,
}

impl<'a> Index<'a> {
    /// Of all that `snapshot` holds. Of what stands there twice, which no file may have, the first counts.
    pub fn of(snapshot: &'a Snapshot) -> Self {
        let mut all = HashMap::new();
        for account in &snapshot.accounts {
            all.entry(account.id.as_str()).or_insert_with(|| Held::of(account));
        }
        Self(all)
    }

    /// The account of this id.
    pub fn account(&self, id: &str) -> Option<&Held<'a>> {
        self.0.get(id)
    }
}

impl<'a> Held<'a> {
    fn of(account: &'a Account) -> Self {
        let mut places: HashMap<&str, Place<'_>> = HashMap::new();
        for region in &account.regions {
            places.entry(&region.name).or_insert_with(|| Place {
                region: Some(region),
                listed: region.tables.items.iter().map(String::as_str).collect(),
                tables: HashMap::new(),
            });
        }
        let mut by_arn = HashMap::new();
        for table in &account.tables {
            places.entry(&table.region).or_default().tables.entry(&table.name).or_insert(table);
            by_arn.entry(table.arn.as_str()).or_insert(table);
        }
        Self { account, places, by_arn }
    }

    /// The Region of this name, where it was looked at.
    pub fn region(&self, name: &str) -> Option<&'a Region> {
        self.places.get(name)?.region
    }

    /// Whether the list of the Region's tables names this one.
    pub fn lists(&self, region: &str, table: &str) -> bool {
        self.places.get(region).is_some_and(|place| place.listed.contains(table))
    }

    /// The table of this name in this Region.
    pub fn table(&self, region: &str, name: &str) -> Option<&'a Table> {
        self.places.get(region)?.tables.get(name).copied()
    }

    /// The table of this ARN.
    pub fn table_by_arn(&self, arn: &str) -> Option<&'a Table> {
        self.by_arn.get(arn).copied()
    }
}
