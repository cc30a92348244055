//! Facts of what a principal signs in with and when it used DynamoDB, and which identity pools give it to guests.

use std::collections::BTreeMap;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;

use super::gaps::file;
use super::{Fact, Gaps, Node};
use crate::snapshot::{
    Account, Gap, GapId, ResourceId, Seen, Services, Timestamp, Why,
    principal::{Credentials, Principal, Usage},
};

/// Days without a use after which a right counts as unused.
const UNUSED_DAYS: i64 = 90;

/// What IAM's reports and Cognito tell of a principal.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Activity {
    /// Days since it last called DynamoDB; null where never in the 400 days that IAM keeps, or where IAM does not tell since
    /// no policy of its own lets it read items.
    pub used_days: Fact<Option<i64>>,
    /// Whether policies of its own let it read items and it has not called DynamoDB for 90 days, nor is younger than that.
    pub unused: Fact<bool>,
    /// Number of its active access keys; 0 for a role.
    pub keys: Fact<i64>,
    /// Days since the oldest of them was made or rotated; null where there is none, or the report does not say.
    pub oldest_key_days: Fact<Option<i64>>,
    /// Whether it has a password for the console; never for a role.
    pub password: Fact<bool>,
    /// Names of the identity pools that give it to guests, who have not signed in; sorted.
    pub guest_pools: Fact<Vec<String>>,
}

impl Activity {
    /// Nothing is known, for one reason.
    pub fn unseen(gap: &Gaps) -> Self {
        Self {
            used_days: Fact::Unknown(gap.into()),
            unused: Fact::Unknown(gap.into()),
            keys: Fact::Unknown(gap.into()),
            oldest_key_days: Fact::Unknown(gap.into()),
            password: Fact::Unknown(gap.into()),
            guest_pools: Fact::Unknown(gap.into()),
        }
    }
}

/// Fills in what the engine of access does not look at.
pub fn fill(nodes: &mut [Node], account: &Account, taken: Timestamp, gaps: &mut BTreeMap<GapId, Gap>) {
    let absent = Services::not_collected();
    let reports = Reports {
        usage: account.principals.usage.as_ref(),
        credentials: account.principals.credentials.as_ref(),
        pools: Pools::of(account),
        absent: absent.id(),
        taken,
    };
    let versions = account.principals.policies.values().all(|policy| policy.others.is_some());
    if reports.usage.is_none() || reports.credentials.is_none() || !versions {
        gaps.insert(absent.id(), absent);
    }
    let people: BTreeMap<&str, &Principal> = account
        .principals
        .users
        .iter()
        .chain(&account.principals.roles)
        .map(|principal| (principal.arn.as_str(), principal))
        .collect();
    for node in nodes {
        if let Some(principal) = people.get(node.subject.arn.as_str())
            && let Some(facts) = Arc::make_mut(&mut node.facts).as_object_mut()
            && let Ok(told) = serde_json::to_value(reports.of(principal, gaps))
        {
            facts.insert("activity".to_owned(), told);
        }
    }
}

/// What was told of everyone.
struct Reports<'a> {
    usage: Option<&'a Seen<Usage>>,
    credentials: Option<&'a Seen<BTreeMap<String, Credentials>>>,
    pools: Pools<'a>,
    absent: GapId,
    taken: Timestamp,
}

impl Reports<'_> {
    fn of(&self, principal: &Principal, gaps: &mut BTreeMap<GapId, Gap>) -> Activity {
        let (used_days, unused) = self.usage(principal);
        let (keys, oldest_key_days, password) = self.credentials(principal, gaps);
        let guest_pools = self.pools.of_role(&principal.arn);
        Activity { used_days, unused, keys, oldest_key_days, password, guest_pools }
    }

    fn usage(&self, principal: &Principal) -> (Fact<Option<i64>>, Fact<bool>) {
        let hidden = |gap: &GapId| (Fact::Unknown(gap.into()), Fact::Unknown(gap.into()));
        let usage = match self.usage {
            None => return hidden(&self.absent),
            Some(Seen::Gap(gap)) => return hidden(gap),
            Some(Seen::Value(usage)) => usage,
        };
        let last = match usage.get(&principal.arn) {
            None => return (Fact::Known(None), Fact::Known(false)),
            Some(Seen::Gap(gap)) => return hidden(gap),
            Some(Seen::Value(last)) => last,
        };
        let days = |at: Timestamp| at.days_until(self.taken);
        let young = principal.created.is_some_and(|at| days(at) < UNUSED_DAYS);
        let used = last.map(days);
        (Fact::Known(used), Fact::Known(!young && used.is_none_or(|days| days >= UNUSED_DAYS)))
    }

    fn credentials(
        &self,
        principal: &Principal,
        gaps: &mut BTreeMap<GapId, Gap>,
    ) -> (Fact<i64>, Fact<Option<i64>>, Fact<bool>) {
        let hidden =
            |gap: &GapId| (Fact::Unknown(gap.into()), Fact::Unknown(gap.into()), Fact::Unknown(gap.into()));
        if !principal.arn.contains(":user/") {
            return (Fact::Known(0), Fact::Known(None), Fact::Known(false));
        }
        let credentials = match self.credentials {
            None => return hidden(&self.absent),
            Some(Seen::Gap(gap)) => return hidden(gap),
            Some(Seen::Value(credentials)) => credentials,
        };
        let Some(own) = credentials.get(&principal.arn) else {
            let gap = Gap {
                call: "iam:GetCredentialReport".to_owned(),
                on: ResourceId(principal.arn.clone()),
                why: Why::Malformed,
                message: "the report does not have the user: it is up to four hours old".to_owned(),
            };
            return hidden(&file(gaps, gap));
        };
        let oldest = own.keys.iter().flatten().min().map(|at| at.days_until(self.taken));
        (Fact::Known(own.keys.len() as i64), Fact::Known(oldest), Fact::Known(own.password))
    }
}

/// Identity pools by the role that they give to guests.
struct Pools<'a> {
    by_role: BTreeMap<&'a str, Vec<String>>,
    hidden: Gaps,
}

impl<'a> Pools<'a> {
    fn of(account: &'a Account) -> Self {
        let (mut by_role, mut hidden) = (BTreeMap::<&str, Vec<String>>::new(), Gaps::default());
        for region in account.regions.iter().filter(|region| !region.disabled) {
            let pools = &region.services.identity_pools;
            hidden.add(&pools.gap);
            for pool in &pools.items {
                match (&pool.guests, &pool.guest_role) {
                    (Seen::Value(false), _) | (_, Seen::Value(None)) => {}
                    (Seen::Value(true), Seen::Value(Some(role))) => {
                        by_role.entry(role).or_default().push(pool.name.clone());
                    }
                    (guests, role) => hidden.extend(guests.gap().into_iter().chain(role.gap()).cloned()),
                }
            }
        }
        by_role.values_mut().for_each(|names| names.sort());
        Self { by_role, hidden }
    }

    fn of_role(&self, arn: &str) -> Fact<Vec<String>> {
        match self.by_role.get(arn) {
            Some(names) => Fact::Known(names.clone()),
            None if arn.contains(":role/") => Fact::unless(&self.hidden, Vec::new()),
            None => Fact::Known(Vec::new()),
        }
    }
}
