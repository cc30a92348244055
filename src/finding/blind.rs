//! Where checks could not look at something: there, what they do not mention may still be.

use std::collections::BTreeSet;

use super::{Finding, Subject, Verdict};

/// The checks that could not judge something, each with the account and the Region of it; told once of all findings.
pub struct Blind<'a>(BTreeSet<(&'a str, &'a str, Option<&'a str>)>);

impl<'a> Blind<'a> {
    /// Of the findings of one run.
    pub fn of(findings: &'a [Finding]) -> Self {
        let unknown = findings.iter().filter(|finding| finding.verdict == Verdict::Unknown);
        let place =
            |f: &'a Finding| (f.check.as_str(), f.subject.account.as_str(), f.subject.region.as_deref());
        Self(unknown.map(place).collect())
    }

    /// Whether `check` could not look at something where `subject` would be. What is of no Region may be in any.
    pub fn hides(&self, check: &str, subject: &Subject) -> bool {
        let regions = [subject.region.as_deref(), None];
        regions.iter().any(|region| self.0.contains(&(check, subject.account.as_str(), *region)))
    }
}
