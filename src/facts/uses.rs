//! What each key encrypts: how many tables and replicas, and whether they belong together.

use std::collections::BTreeMap;

use super::{
    Fact,
    sensitivity::Marks,
    stage::{self, Stage},
};
use crate::snapshot::{self, GapId};

/// What one key encrypts.
#[derive(Debug, Clone)]
pub struct Uses {
    /// Number of tables and replicas.
    pub tables: Fact<i64>,
    /// Whether of production and others.
    pub mixes_stages: Fact<bool>,
    /// Whether sensitive ones and others.
    pub mixes_sensitivity: Fact<bool>,
}

/// What is known of tables so far: of which kind some are, and the gap behind which the kind of others lies.
#[derive(Debug, Clone, Default)]
struct Mix {
    yes: bool,
    no: bool,
    unseen: Option<GapId>,
}

impl Mix {
    fn add(&mut self, fact: Fact<bool>) {
        match fact {
            Fact::Known(true) => self.yes = true,
            Fact::Known(false) => self.no = true,
            Fact::Unknown(gap) => self.unseen = Some(gap),
        }
    }

    fn told(&self, hidden: Option<&GapId>) -> Fact<bool> {
        match hidden.cloned().or_else(|| self.unseen.clone()) {
            Some(gap) if !(self.yes && self.no) => Fact::Unknown(gap),
            _ => Fact::Known(self.yes && self.no),
        }
    }
}

#[derive(Debug, Clone, Default)]
struct Users {
    count: i64,
    production: Mix,
    sensitive: Mix,
}

/// What each key of an account encrypts; a table that could not be described may name any of them, one that was not
/// listed any of its Region.
#[derive(Debug, Clone)]
pub struct KeyUses {
    by_arn: BTreeMap<String, Users>,
    undescribed: Option<GapId>,
    unlisted: BTreeMap<String, GapId>,
}

impl KeyUses {
    /// Counts the tables and replicas of `account`.
    pub fn of(account: &snapshot::Account, marks: &Marks) -> Self {
        let mut users: BTreeMap<String, Users> = BTreeMap::new();
        // A table's key is named by one of two ARNs: the one that the table has, and the one that KMS answers with.
        let canonical: BTreeMap<&str, &str> = account
            .keys
            .iter()
            .map(|key| {
                (key.arn.as_str(), key.description.value().map_or(key.arn.as_str(), |d| d.arn.as_str()))
            })
            .collect();
        for table in &account.tables {
            let Some(described) = table.description.value() else { continue };
            let own = described.encryption.as_ref().and_then(|e| e.key_arn.as_deref());
            let replicas = described.replicas.iter().filter_map(|replica| replica.key_arn.as_deref());
            let production = match stage::stage(&table.name, &table.tags) {
                // What says nothing of its stage belongs to either.
                Fact::Known(Stage::Unsaid) => None,
                Fact::Known(stage) => Some(Fact::Known(stage == Stage::Production)),
                Fact::Unknown(gap) => Some(Fact::Unknown(gap)),
            };
            for arn in own.into_iter().chain(replicas) {
                let arn = canonical.get(arn).copied().unwrap_or(arn);
                let users = users.entry(arn.to_owned()).or_default();
                users.count += 1;
                if let Some(production) = &production {
                    users.production.add(production.clone());
                }
                users.sensitive.add(marks.of(&table.arn).sensitive.clone());
            }
        }
        let unlisted = account.regions.iter().filter(|region| !region.disabled);
        let unlisted = unlisted.filter_map(|region| Some((region.name.clone(), region.tables.gap.clone()?)));
        Self {
            by_arn: users,
            undescribed: account.tables.iter().find_map(|table| table.description.gap()).cloned(),
            unlisted: unlisted.collect(),
        }
    }

    /// What `key` encrypts.
    pub fn by(&self, key: &snapshot::Key) -> Uses {
        let arn = key.description.value().map_or(key.arn.as_str(), |d| d.arn.as_str());
        let region = arn.split(':').nth(3).unwrap_or_default();
        let hidden = self.undescribed.as_ref().or_else(|| self.unlisted.get(region));
        let nothing = Users::default();
        let users = self.by_arn.get(arn).unwrap_or(&nothing);
        Uses {
            tables: hidden.map_or(Fact::Known(users.count), |gap| Fact::Unknown(gap.clone())),
            mixes_stages: users.production.told(hidden),
            mixes_sensitivity: users.sensitive.told(hidden),
        }
    }
}
