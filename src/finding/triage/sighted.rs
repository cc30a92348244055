//! What was flagged for secrets in items, and is clear where today's sample met none of them: not seen again, as they are.
//!
//! Such a verdict is about a table, a reader, a principal, a key or the account, and rests on which tables are sensitive. A
//! report says which of them were so by their items; of an older one it is told by its findings, and where those do not
//! tell either, every table counts.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Baseline, Today, fate::Looked};
use crate::{
    finding::{Because, Finding, Subject, SubjectKind},
    snapshot::Sample,
};

/// Tables in which an earlier run saw what today's sample may have missed.
pub(super) struct Sighted<'a> {
    looked: &'a Looked<'a>,
    /// Their ARNs.
    not_met: BTreeSet<String>,
    /// The accounts that they lie in.
    accounts: BTreeSet<String>,
}

impl<'a> Sighted<'a> {
    /// Those of `baseline` which today's run did not look through.
    pub(super) fn of(baseline: &Baseline, looked: &'a Looked<'a>) -> Self {
        let today = looked.today;
        let mut not_met = baseline.sighted.clone().unwrap_or_else(|| told_by_findings(baseline, today));
        not_met.retain(|arn| !today.sighted.contains(arn) && looked.may_hold(arn));
        let accounts = not_met.iter().filter_map(|arn| arn.split(':').nth(4)).map(str::to_owned).collect();
        Self { looked, not_met, accounts }
    }

    /// Their ARNs, sorted.
    pub(super) fn not_met(self) -> Vec<String> {
        self.not_met.into_iter().collect()
    }

    /// Whether `now` says less than `old` did for no more than what a sample did not meet.
    pub(super) fn hide(&self, old: &Finding, now: &Finding) -> bool {
        let less = |because: &&Because| {
            let then = old.because.iter().find(|then| then.fact == because.fact);
            (self.looked.today.by_sample)(&because.fact) && is_less(because, then)
        };
        let table = table_arn(&old.subject);
        now.because.iter().filter(less).any(|because| match &table {
            // What the sample counts is gone, whatever else is still met there.
            Some(arn) if because.fact.starts_with("table.sample.") => self.looked.may_hold(arn),
            Some(arn) => self.not_met.contains(arn),
            None => self.may_rest_on(&old.subject),
        })
    }

    /// Whether what is not of one table may have been flagged for one of these.
    fn may_rest_on(&self, subject: &Subject) -> bool {
        match subject.tables.as_ref().filter(|tables| tables.count == tables.first.len() as u64) {
            Some(tables) => tables.first.iter().any(|arn| self.not_met.contains(arn)),
            None => self.accounts.contains(&subject.account),
        }
    }
}

impl Looked<'_> {
    /// Whether the table is still there, as far as this run can tell, and has items that it did not look through.
    fn may_hold(&self, arn: &str) -> bool {
        let mut parts = arn.splitn(6, ':').skip(3);
        let (region, id, name) = (parts.next(), parts.next(), parts.next());
        let name = name.and_then(|resource| resource.strip_prefix("table/")).unwrap_or_default();
        let Some(held) = id.and_then(|id| self.at.account(id)) else { return true };
        let region = region.unwrap_or_default();
        if held.region(region).is_some_and(|r| r.tables.is_whole() && !held.lists(region, name)) {
            return false;
        }
        let sample = held.table_by_arn(arn).and_then(|table| table.sample.value());
        !sample.is_some_and(Sample::is_whole)
    }
}

/// Tables that findings name as holding secrets; every table of today, where some finding rests on secrets and none says
/// where they are.
fn told_by_findings(baseline: &Baseline, today: &Today<'_>) -> BTreeSet<String> {
    let rests = |finding: &&Finding| {
        let seen = matches!(finding.subject.kind, SubjectKind::Attribute | SubjectKind::Copy);
        seen || finding.because.iter().any(|because| (today.by_sample)(&because.fact))
    };
    let resting: Vec<&Finding> = baseline.flagged.values().filter(rests).collect();
    let named: BTreeSet<String> = resting.iter().filter_map(|finding| table_arn(&finding.subject)).collect();
    if !named.is_empty() || resting.is_empty() {
        return named;
    }
    let tables = today.snapshot.accounts.iter().flat_map(|account| &account.tables);
    tables.map(|table| table.arn.clone()).collect()
}

/// ARN of the table that a subject is, or belongs to.
fn table_arn(subject: &Subject) -> Option<String> {
    let (table, region) = (subject.table.as_ref()?, subject.region.as_ref()?);
    let own = format!(":table/{table}");
    // A backup's own begins with its table's; a stream's events and an import's do, too.
    match subject.arn.find(&own).map(|at| at + own.len()) {
        Some(end) if matches!(subject.arn.as_bytes().get(end), None | Some(b'/')) => {
            Some(subject.arn[..end].to_owned())
        }
        _ => {
            let partition = subject.arn.split(':').nth(1).unwrap_or("aws");
            Some(format!("arn:{partition}:dynamodb:{region}:{}{own}", subject.account))
        }
    }
}

/// Whether a fact says less than it did: no where it was yes, fewer, or nothing.
fn is_less(now: &Because, then: Option<&Because>) -> bool {
    let then = then.and_then(|then| then.value.as_ref());
    match (&now.value, then) {
        (Some(Value::Number(now)), Some(Value::Number(then))) => now.as_f64() < then.as_f64(),
        (Some(Value::Number(now)), _) => now.as_f64() == Some(0.0),
        (Some(Value::Array(now)), Some(Value::Array(then))) => now.len() < then.len(),
        (Some(Value::Array(now)), _) => now.is_empty(),
        (Some(now @ (Value::Bool(false) | Value::Null)), then) => then != Some(now),
        _ => false,
    }
}
