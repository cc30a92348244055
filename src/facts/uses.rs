//! What each key encrypts: the tables, replicas and backups, how many there are, and whether they belong together.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::{
    Fact, Gaps,
    sensitivity::Marks,
    stage::{self, Stage},
};
use crate::snapshot::{self, GapId};

/// What a KMS key encrypts: a table, its replica in another Region, or its backups, which are one subject together.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Use {
    /// What sort of thing.
    pub place: Place,
    /// Name of the table.
    pub table: String,
    /// Region it lies in.
    pub region: String,
    /// How many: more than one only of backups.
    pub count: i64,
    /// Whether the table is in scope of PCI DSS.
    pub pci_scope: Fact<bool>,
}

/// What sort of thing a key encrypts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// A table.
    Table,
    /// A table's replica, as the table describes it.
    Replica,
    /// Backups of a table, which may be gone.
    Backups,
}

impl Place {
    /// The word used in names of subjects.
    pub fn as_str(self) -> &'static str {
        match self {
            Place::Table => "table",
            Place::Replica => "replica",
            Place::Backups => "backups",
        }
    }
}

/// What one key encrypts.
#[derive(Debug, Clone)]
pub struct Uses {
    /// Each, with the ARN of its table.
    pub each: BTreeMap<(String, Place), Use>,
    /// Number of tables and replicas.
    pub tables: Fact<i64>,
    /// Whether of production and others.
    pub mixes_stages: Fact<bool>,
    /// Whether sensitive ones and others.
    pub mixes_sensitivity: Fact<bool>,
}

/// What is known of tables so far: of which kind some are, and the gaps behind which the kind of others lies.
#[derive(Debug, Clone, Default)]
struct Mix {
    yes: bool,
    no: bool,
    unseen: Gaps,
}

impl Mix {
    fn add(&mut self, fact: Fact<bool>) {
        match fact {
            Fact::Known(true) => self.yes = true,
            Fact::Known(false) => self.no = true,
            // Those of the first table; more of their sort say no more.
            Fact::Unknown(gaps) if self.unseen.is_empty() => self.unseen = gaps,
            Fact::Unknown(_) => {}
        }
    }

    fn told(&self, hidden: &Gaps) -> Fact<bool> {
        Fact::Known(self.yes && self.no).or_hidden(hidden.clone().and(&self.unseen))
    }
}

#[derive(Debug, Clone, Default)]
struct Users {
    each: BTreeMap<(String, Place), Use>,
    count: i64,
    production: Mix,
    sensitive: Mix,
}

impl Users {
    fn add(&mut self, arn: String, place: Place, table: &str, region: &str, pci_scope: Fact<bool>) {
        let new = || Use { place, table: table.into(), region: region.into(), count: 0, pci_scope };
        self.each.entry((arn, place)).or_insert_with(new).count += 1;
    }
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
            let others = described.replicas.iter().filter(|replica| replica.region != table.region);
            let replicas = others.filter_map(|replica| {
                Some((replica.key_arn.as_deref()?, Place::Replica, replica.region.as_str()))
            });
            let production = match stage::stage(&table.name, &table.tags) {
                // What says nothing of its stage belongs to either.
                Fact::Known(Stage::Unsaid) => None,
                Fact::Known(stage) => Some(Fact::Known(stage == Stage::Production)),
                Fact::Unknown(gaps) => Some(Fact::Unknown(gaps)),
            };
            let own = own.map(|arn| (arn, Place::Table, table.region.as_str()));
            for (arn, place, region) in own.into_iter().chain(replicas) {
                let arn = canonical.get(arn).copied().unwrap_or(arn);
                let users = users.entry(arn.to_owned()).or_default();
                users.count += 1;
                let at = table.arn.replacen(&format!(":{}:", table.region), &format!(":{region}:"), 1);
                users.add(at, place, &table.name, region, marks.of(&table.arn).pci_scope.clone());
                if let Some(production) = &production {
                    users.production.add(production.clone());
                }
                users.sensitive.add(marks.of(&table.arn).sensitive.clone());
            }
        }
        let kept = account.tables.iter().flat_map(|t| t.backups.items.iter().map(|b| (b, t.region.as_str())));
        let orphans = account.regions.iter();
        let orphans =
            orphans.flat_map(|r| r.orphan_backups.items.iter().map(|backup| (backup, r.name.as_str())));
        for (backup, region) in kept.chain(orphans).filter(|(backup, _)| backup.status == "AVAILABLE") {
            let key = backup.encryption.value().and_then(Option::as_ref).and_then(|e| e.key_arn.as_deref());
            let Some(arn) = key else { continue };
            let arn = canonical.get(arn).copied().unwrap_or(arn);
            // `…:table/<name>/backup/<id>`
            let at = backup.table_arn.clone();
            let at = at.or_else(|| Some(backup.arn.split_once("/backup/")?.0.to_owned()));
            let at = at.unwrap_or_else(|| backup.arn.clone());
            let scope = marks.of(&at).pci_scope.clone();
            users.entry(arn.to_owned()).or_default().add(at, Place::Backups, &backup.table, region, scope);
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
        let hidden = Gaps::from(&self.undescribed).and(self.unlisted.get(region));
        let nothing = Users::default();
        let users = self.by_arn.get(arn).unwrap_or(&nothing);
        Uses {
            each: users.each.clone(),
            tables: Fact::unless(&hidden, users.count),
            mixes_stages: users.production.told(&hidden),
            mixes_sensitivity: users.sensitive.told(&hidden),
        }
    }
}
