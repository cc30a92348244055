//! What KMS says where DynamoDB decrypts a table on a caller's behalf.

use super::{
    judge::{Answer, Judge, truth},
    locks::{Lock, via},
    targets::Target,
};
use crate::{
    facts::reader::Kms,
    iam::Truth,
    kms::{self, KeyAccess, Through},
};

/// What KMS says of a caller and a table's key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Gate {
    /// KMS plays no part.
    Open,
    /// It decrypts on these terms.
    Key(Answer),
    /// Nobody can tell.
    Unseen,
}

impl Judge<'_> {
    /// What KMS says where DynamoDB decrypts `target` on the caller's behalf.
    pub(super) fn gate(&self, target: &Target) -> Gate {
        let key = match &target.lock {
            Lock::Open => return Gate::Open,
            Lock::Unseen(_) => return Gate::Unseen,
            Lock::Key(number) => self.court.locks.key(*number),
        };
        let access = KeyAccess {
            arn: &key.arn,
            owner: &key.owner,
            policy: Some(&self.court.policies.get(key.policy).policy),
            grants: &key.grants,
        };
        let through = Through {
            service: via(&key.region, self.court.partition),
            context: [
                ("aws:dynamodb:tableName".to_owned(), target.name.clone()),
                ("aws:dynamodb:subscriberId".to_owned(), self.court.owner.to_owned()),
            ]
            .into(),
        };
        let outcome = kms::may_decrypt_through(&self.caller, self.keys, &access, &through);
        let truth = truth(outcome.decision);
        Gate::Key(Answer { real: truth.clone(), would: truth, via: outcome.via.into_iter().collect() })
    }
}

/// What remains of an answer behind `gate`, if the way leads through it.
pub(super) fn through(answer: Answer, decrypts: bool, gate: &Gate) -> (Answer, Kms) {
    let key = match gate {
        _ if !decrypts => return (answer, Kms::NotNeeded),
        Gate::Open => return (answer, Kms::NotNeeded),
        Gate::Unseen => return (answer, Kms::Unknown),
        Gate::Key(key) => key,
    };
    let kms = match key.real {
        Truth::False => return (answer, Kms::Stopped),
        Truth::True => Kms::Passes,
        Truth::Depends(_) => Kms::Conditional,
    };
    let both = |truth: Truth| Truth::all([truth, key.real.clone()]);
    let real = both(answer.real.clone());
    if real == Truth::False && answer.real != Truth::False {
        return (answer, Kms::Stopped);
    }
    let via = answer.via.into_iter().chain(key.via.iter().cloned()).collect();
    (Answer { real, would: both(answer.would), via }, kms)
}
