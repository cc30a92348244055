//! Whose key encrypts a table, a replica or a backup, joined from what names the key and what KMS says of it.

use std::collections::BTreeMap;

use super::gaps::file;
use super::{Fact, table::KeyOwner};
use crate::snapshot::{self, Gap, GapId, ResourceId, Why, table::Encryption};

/// The keys of one account, and the gaps that reading them adds.
pub struct Keys<'a> {
    by_arn: BTreeMap<&'a str, &'a snapshot::Key>,
    account: &'a str,
}

impl<'a> Keys<'a> {
    /// Indexes the keys of `account`.
    pub fn of(account: &'a snapshot::Account) -> Self {
        let by_arn = account.keys.iter().map(|key| (key.arn.as_str(), key)).collect();
        Self { by_arn, account: &account.id }
    }

    /// The key that a table names by `arn`.
    pub fn get(&self, arn: &str) -> Option<&'a snapshot::Key> {
        self.by_arn.get(arn).copied()
    }

    /// Whose key `encryption` names. None is the AWS owned key: only then does DynamoDB leave the
    /// block out. `SSEType=KMS` covers AWS managed and customer managed keys alike, so that
    /// DescribeKey decides (DynamoDB encryption at rest: How it works).
    pub fn owner(
        &self,
        encryption: Option<&Encryption>,
        on: &str,
        gaps: &mut BTreeMap<GapId, Gap>,
    ) -> Fact<KeyOwner> {
        let Some(encryption) = encryption.filter(|e| e.status != "DISABLED") else {
            return Fact::Known(KeyOwner::AwsOwned);
        };
        match &encryption.key_arn {
            Some(arn) => self.owner_of(arn, on, gaps),
            None if encryption.kind.as_deref() == Some("AES256") => Fact::Known(KeyOwner::AwsOwned),
            None => Fact::Unknown(not_named(on, gaps).into()),
        }
    }

    /// Whose key `arn` is.
    pub fn owner_of(&self, arn: &str, on: &str, gaps: &mut BTreeMap<GapId, Gap>) -> Fact<KeyOwner> {
        if arn.ends_with("alias/aws/dynamodb") {
            return Fact::Known(KeyOwner::AwsManaged);
        }
        // An AWS managed key serves its own account alone (AWS KMS concepts: AWS managed keys).
        if account_of(arn).is_some_and(|owner| owner != self.account) {
            return Fact::Known(KeyOwner::Customer);
        }
        let Some(key) = self.get(arn) else { return Fact::Unknown(not_named(on, gaps).into()) };
        let manager = Fact::of(&key.description, |d| d.manager.clone());
        manager.and_then(|manager| match manager.as_deref() {
            Some("CUSTOMER") => Fact::Known(KeyOwner::Customer),
            Some("AWS") => Fact::Known(KeyOwner::AwsManaged),
            _ => Fact::Unknown(not_named(on, gaps).into()),
        })
    }
}

/// The account in an ARN, where it has one.
pub fn account_of(arn: &str) -> Option<&str> {
    arn.strip_prefix("arn:")?.split(':').nth(3).filter(|account| !account.is_empty())
}

fn not_named(on: &str, gaps: &mut BTreeMap<GapId, Gap>) -> GapId {
    let gap = Gap {
        call: "kms:DescribeKey".into(),
        on: ResourceId(on.into()),
        why: Why::Malformed,
        message: "the answer does not tell whose key encrypts this".into(),
    };
    file(gaps, gap)
}
