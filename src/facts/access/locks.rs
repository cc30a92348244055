//! The keys that tables are encrypted with, as locks that a reader must get past
//! ("DynamoDB encryption at rest: usage notes", "Authorizing use of your KMS key").

use std::collections::{BTreeMap, HashMap};

use super::policies::Policies;
use crate::{
    facts::{
        Fact, Gaps, encryption,
        gaps::{file, malformed},
        table::KeyOwner,
    },
    iam::{Kind, arn::Arn},
    snapshot::{self, Account, Gap, GapId, Seen, Table, key::Grant},
};

/// What a reader of a table needs of KMS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Lock {
    /// Nothing: the AWS owned key.
    Open,
    /// To decrypt with the key of this number.
    Key(usize),
    /// Nobody can tell, for the reasons that the gaps give.
    Unseen(Gaps),
}

/// A key of the account with what says who may use it.
#[derive(Debug)]
pub(super) struct Key {
    pub(super) arn: String,
    pub(super) owner: String,
    pub(super) region: String,
    /// Number of its policy.
    pub(super) policy: usize,
    /// Its policy as a template: equal ones say the same, each of its own key.
    pub(super) template: usize,
    pub(super) grants: Vec<Grant>,
}

/// The keys of an account, by number, and the lock of each table.
#[derive(Debug, Default)]
pub(super) struct Locks {
    keys: Vec<Key>,
    by_table: HashMap<String, Lock>,
}

impl Locks {
    /// Reads the keys that tables of `account` name.
    pub(super) fn read(account: &Account, policies: &mut Policies, gaps: &mut BTreeMap<GapId, Gap>) -> Self {
        let mut locks = Locks::default();
        let (mut known, mut templates) = (BTreeMap::new(), HashMap::new());
        let keys = encryption::Keys::of(account);
        for table in &account.tables {
            let described = match &table.description {
                Seen::Value(described) => described,
                Seen::Gap(gap) => {
                    locks.by_table.insert(table.arn.clone(), Lock::Unseen(gap.into()));
                    continue;
                }
            };
            let lock = match keys.owner(described.encryption.as_ref(), &table.arn, gaps) {
                Fact::Unknown(gaps) => Lock::Unseen(gaps),
                Fact::Known(KeyOwner::AwsOwned) => Lock::Open,
                Fact::Known(owner) => {
                    let arn = described.encryption.as_ref().and_then(|e| e.key_arn.clone());
                    let arn = arn.unwrap_or_default();
                    let read = || {
                        let mut reader = Reader { account, policies, gaps, templates: &mut templates };
                        locks.add(reader.key(&arn, owner, keys.get(&arn), &table.region))
                    };
                    known.entry((arn.clone(), table.region.clone())).or_insert_with(read).clone()
                }
            };
            locks.by_table.insert(table.arn.clone(), lock);
        }
        locks
    }

    fn add(&mut self, key: Result<Key, GapId>) -> Lock {
        match key {
            Ok(key) => {
                self.keys.push(key);
                Lock::Key(self.keys.len() - 1)
            }
            Err(gap) => Lock::Unseen(gap.into()),
        }
    }

    /// The lock of a table.
    pub(super) fn of(&self, table: &Table) -> Lock {
        self.by_table.get(&table.arn).cloned().unwrap_or(Lock::Open)
    }

    /// The key of a number.
    pub(super) fn key(&self, number: usize) -> &Key {
        &self.keys[number]
    }

    /// Every key, by number.
    pub(super) fn keys(&self) -> &[Key] {
        &self.keys
    }
}

struct Reader<'a> {
    account: &'a Account,
    policies: &'a mut Policies,
    gaps: &'a mut BTreeMap<GapId, Gap>,
    templates: &'a mut HashMap<String, usize>,
}

impl Reader<'_> {
    fn key(
        &mut self,
        named: &str,
        owner: KeyOwner,
        key: Option<&snapshot::Key>,
        region: &str,
    ) -> Result<Key, GapId> {
        let described = key.and_then(|key| key.description.value());
        let arn = described.map_or(named, |d| d.arn.as_str()).to_owned();
        let account = described.and_then(|d| d.account.as_deref());
        let account = account.or_else(|| Arn::parse(&arn).map(|arn| arn.account)).unwrap_or_default();
        let policy = match key.map(|key| &key.policy) {
            Some(Seen::Value(text)) => text.clone(),
            // What AWS set, and nobody can change.
            _ if owner == KeyOwner::AwsManaged => managed(&self.account.id, &self.account.partition, region),
            Some(Seen::Gap(gap)) => return Err(gap.clone()),
            None => return Err(self.not_given(&arn)),
        };
        let id = self
            .policies
            .load("key policy", &policy, Kind::Resource)
            .map_err(|error| malformed(self.gaps, "key policy", named, &error))?;
        let next = self.templates.len();
        let template = *self.templates.entry(policy.replace(&arn, "\u{0}")).or_insert(next);
        let grants = key.map(|key| key.grants.items.clone()).unwrap_or_default();
        Ok(Key { owner: account.to_owned(), region: region.to_owned(), policy: id, template, grants, arn })
    }

    fn not_given(&mut self, arn: &str) -> GapId {
        file(
            self.gaps,
            Gap {
                call: "kms:GetKeyPolicy".to_owned(),
                on: snapshot::ResourceId(arn.to_owned()),
                why: snapshot::Why::NotAsked,
                message: "the policy of the table's key was not asked for".to_owned(),
            },
        )
    }
}

/// The host under which DynamoDB calls KMS on a caller's behalf.
pub(super) fn via(region: &str, partition: &str) -> String {
    let domain = if partition == "aws-cn" { "amazonaws.com.cn" } else { "amazonaws.com" };
    format!("dynamodb.{region}.{domain}")
}

/// "Key policy for an AWS managed key": everyone of the account, through DynamoDB.
fn managed(account: &str, partition: &str, region: &str) -> String {
    serde_json::json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Sid": "through DynamoDB",
            "Effect": "Allow",
            "Principal": { "AWS": "*" },
            "Action": ["kms:Decrypt"],
            "Resource": "*",
            "Condition": { "StringEquals": {
                "kms:CallerAccount": account,
                "kms:ViaService": via(region, partition),
            } },
        }],
    })
    .to_string()
}
