//! Accepted risks: findings that somebody answers for, with a reason and until a day.

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
    fn means(&self, finding: &Finding) -> bool {
        match &self.what {
            Accepts::Fingerprint(fingerprint) => *fingerprint == finding.fingerprint,
            Accepts::Subjects { check, pattern } => {
                let subject = &finding.subject;
                let of_table = subject.table.as_deref().is_some_and(|table| glob::matches(pattern, table));
                glob::matches(check, &finding.check) && (of_table || glob::matches(pattern, &subject.arn))
            }
        }
    }

    fn by(&self) -> Accepted {
        Accepted { reason: self.reason.clone(), owner: self.owner.clone(), until: self.until.clone() }
    }
}

/// Marks what is flagged and accepted at `now`, and says of each acceptance what became of it.
pub fn accept(findings: &mut [Finding], acceptances: &[Acceptance], now: Timestamp) -> Vec<AcceptanceRow> {
    let row = |acceptance: &Acceptance| {
        let expired = now >= acceptance.ends;
        let mut meant = 0;
        let flagged = findings.iter_mut().filter(|finding| finding.verdict == Verdict::Flagged);
        for finding in flagged.filter(|finding| acceptance.means(finding)) {
            meant += 1;
            if !expired {
                finding.accepted = Some(Box::new(acceptance.by()));
            }
        }
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
