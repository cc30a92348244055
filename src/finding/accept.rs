//! Accepted risks: findings that somebody answers for, with a reason and until a day.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Bound,
};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Finding, Verdict};
use crate::{snapshot::Timestamp, source::glob};

/// An acceptance, as the configuration has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acceptance {
    /// Whom it means.
    pub what: Accepts,
    /// Why the risk is taken.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// The last day, `YYYY-MM-DD`, on which it holds, in UTC.
    pub until: String,
    /// The first second after that day.
    pub ends: Timestamp,
    /// Where it stands, `dynaudit.toml:12`.
    pub place: String,
}

/// Which findings an acceptance means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Accepts {
    /// The one with this fingerprint.
    Fingerprint(String),
    /// Those of the checks about the subjects that match: both are patterns of `*` and `?`.
    Subjects {
        /// Ids of the checks.
        check: String,
        /// ARN or table of the subjects.
        pattern: String,
    },
}

/// That a finding is accepted, and by whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Accepted {
    /// Why the risk is taken.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// The last day on which it holds, `YYYY-MM-DD`, in UTC.
    pub until: String,
}

impl Accepted {
    /// Why, by whom, until when, in one line.
    pub fn said(&self) -> String {
        format!("{} ({}, until {})", self.reason, self.owner, self.until)
    }
}

/// An acceptance after a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AcceptanceRow {
    /// Where it stands in the configuration.
    pub place: String,
    /// What it accepts: a fingerprint, or a check and a pattern.
    pub what: String,
    /// Why, by whom, until when.
    #[serde(flatten)]
    pub by: Accepted,
    /// What became of it.
    pub state: AcceptanceState,
    /// How many flagged findings it means.
    pub findings: u64,
}

/// What became of an acceptance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AcceptanceState {
    /// It holds.
    Used,
    /// Its last day is over: what it meant counts again.
    Expired,
    /// It means nothing that was flagged.
    Unmatched,
}

impl AcceptanceState {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Used => "holds",
            Self::Expired => "expired, counts again",
            Self::Unmatched => "means nothing that is flagged",
        }
    }
}

impl Acceptance {
    fn by(&self) -> Accepted {
        Accepted { reason: self.reason.clone(), owner: self.owner.clone(), until: self.until.clone() }
    }
}

/// Flagged findings by what acceptances name, so that thousands of both are not held against each other one by one.
#[derive(Default)]
struct Flagged {
    by_fingerprint: BTreeMap<String, Vec<usize>>,
    /// By check, and by ARN or table.
    by_check: BTreeMap<String, BTreeMap<String, Vec<usize>>>,
}

impl Flagged {
    fn of(findings: &[Finding]) -> Self {
        let mut out = Self::default();
        for (at, finding) in findings.iter().enumerate().filter(|(_, f)| f.verdict == Verdict::Flagged) {
            out.by_fingerprint.entry(finding.fingerprint.clone()).or_default().push(at);
            let names = out.by_check.entry(finding.check.to_string()).or_default();
            for name in finding.subject.table.iter().chain([&finding.subject.arn]) {
                names.entry(name.clone()).or_default().push(at);
            }
        }
        out
    }

    /// Which findings are meant, each once.
    fn meant(&self, what: &Accepts) -> BTreeSet<usize> {
        match what {
            Accepts::Fingerprint(fingerprint) => {
                self.by_fingerprint.get(fingerprint).into_iter().flatten().copied().collect()
            }
            Accepts::Subjects { check, pattern } => named(&self.by_check, check)
                .flat_map(|names| named(names, pattern).flatten())
                .copied()
                .collect(),
        }
    }
}

/// What stands under the names that match a pattern; one without `*` and `?` is looked up.
fn named<'m, T>(names: &'m BTreeMap<String, T>, pattern: &'m str) -> impl Iterator<Item = &'m T> {
    let literal = !pattern.contains(['*', '?']);
    let one = if literal { names.get(pattern) } else { None };
    let start = pattern.split(['*', '?']).next().unwrap_or_default();
    let many = (!literal).then(|| {
        let from = names.range::<str, _>((Bound::Included(start), Bound::Unbounded));
        from.take_while(move |(name, _)| name.starts_with(start))
            .filter(|(name, _)| glob::matches(pattern, name))
            .map(|(_, value)| value)
    });
    one.into_iter().chain(many.into_iter().flatten())
}

/// Marks what is flagged and accepted at `now`, and says of each acceptance what became of it.
pub fn accept(findings: &mut [Finding], acceptances: &[Acceptance], now: Timestamp) -> Vec<AcceptanceRow> {
    let flagged = if acceptances.is_empty() { Flagged::default() } else { Flagged::of(findings) };
    let row = |acceptance: &Acceptance| {
        let expired = now >= acceptance.ends;
        let meant = flagged.meant(&acceptance.what);
        for at in meant.iter().filter(|_| !expired) {
            if let Some(finding) = findings.get_mut(*at) {
                finding.accepted = Some(Box::new(acceptance.by()));
            }
        }
        let meant = meant.len() as u64;
        AcceptanceRow {
            place: acceptance.place.clone(),
            what: match &acceptance.what {
                Accepts::Fingerprint(fingerprint) => fingerprint.clone(),
                Accepts::Subjects { check, pattern } => format!("{check} on {pattern}"),
            },
            by: acceptance.by(),
            state: match (expired, meant) {
                (true, _) => AcceptanceState::Expired,
                (false, 0) => AcceptanceState::Unmatched,
                (false, _) => AcceptanceState::Used,
            },
            findings: meant,
        }
    };
    acceptances.iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_looked_up_or_matched() {
        let names: BTreeMap<String, u8> =
            [("prod-a", 1), ("prod-b", 2), ("prod", 3), ("dev-a", 4)].map(|(k, v)| (k.to_owned(), v)).into();
        for (pattern, found) in [
            ("prod", vec![3]),
            ("prod-*", vec![1, 2]),
            ("prod*", vec![3, 1, 2]),
            ("*-a", vec![4, 1]),
            ("pro?-b", vec![2]),
            ("*", vec![4, 3, 1, 2]),
            ("", vec![]),
            ("test*", vec![]),
        ] {
            assert_eq!(named(&names, pattern).copied().collect::<Vec<u8>>(), found, "{pattern}");
        }
    }
}
