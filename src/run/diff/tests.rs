//! The answers of the index are those of a walk over every finding and table for each finding, which was how it began.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::{
    finding::{Confidence, Severity, Subject, SubjectKind, fingerprint},
    snapshot::{
        Account, Sample,
        made::{ACCOUNTS, REGIONS, TABLES, a_snapshot},
        sample::Stopped,
    },
};

const CHECKS: [&str; 3] = ["check-a", "check-b", "check-c"];
const KINDS: [SubjectKind; 4] =
    [SubjectKind::Table, SubjectKind::Attribute, SubjectKind::Copy, SubjectKind::Reader];

impl Side {
    fn slowly_says(&self, finding: &Finding) -> Option<Verdict> {
        self.findings.iter().find(|own| own.fingerprint == finding.fingerprint).map(|own| own.verdict)
    }

    fn slowly_is_blind(&self, finding: &Finding) -> bool {
        self.findings.iter().any(|own| {
            let there = own.subject.region.is_none() || own.subject.region == finding.subject.region;
            own.verdict == Verdict::Unknown
                && own.check == finding.check
                && own.subject.account == finding.subject.account
                && there
        })
    }

    fn slowly_may_hold(&self, finding: &Finding) -> bool {
        let subject = &finding.subject;
        let sampled = matches!(subject.kind, SubjectKind::Attribute | SubjectKind::Copy);
        let Some((snapshot, _)) = &self.seen else {
            return !self.whole || (sampled && !self.slowly_has_no_table_of(subject));
        };
        let account = snapshot.accounts.iter().find(|account| account.id == subject.account);
        let region = subject.region.as_ref();
        let whole = |account: &&Account| match region {
            Some(region) => account.regions.iter().any(|r| r.name == *region && r.tables.is_whole()),
            None => account.regions.iter().all(|r| r.tables.is_whole()) && account.principals.gap.is_none(),
        };
        let Some(account) = account.filter(whole) else { return true };
        if snapshot.scope.table.is_some() {
            return true;
        }
        let mut tables = account.tables.iter();
        let table = tables.find(|t| Some(&t.region) == region && Some(&t.name) == subject.table.as_ref());
        let whole = |sample: &Sample| sample.stopped == Stopped::Everything;
        sampled && table.is_some_and(|table| !table.sample.value().is_some_and(whole))
    }

    fn slowly_has_no_table_of(&self, subject: &Subject) -> bool {
        let (Some(region), Some(table)) = (&subject.region, &subject.table) else { return false };
        let own = self.findings.iter().map(|finding| &*finding.subject).filter(|own| {
            own.kind == SubjectKind::Table
                && own.account == subject.account
                && own.region.as_ref() == Some(region)
        });
        let named: BTreeSet<&String> = own.filter_map(|own| own.table.as_ref()).collect();
        let listed = self.listed.get(&(subject.account.clone(), region.clone()));
        listed == Some(&(named.len() as u64)) && !named.contains(table)
    }
}

fn finding(
    check: usize,
    verdict: Verdict,
    account: usize,
    region: usize,
    table: usize,
    kind: usize,
) -> Finding {
    let subject = Subject {
        kind: KINDS[kind],
        arn: format!("arn:aws:dynamodb:::{}", TABLES.get(table).unwrap_or(&"none")),
        account: ACCOUNTS[account].into(),
        region: REGIONS.get(region).map(|name| (*name).to_owned()),
        table: TABLES.get(table).map(|name| (*name).to_owned()),
        tables: None,
        names: BTreeMap::new(),
    };
    Finding {
        check: CHECKS[check].into(),
        title: "t".into(),
        severity: Severity::High,
        confidence: Confidence::High,
        verdict,
        message: "m".into(),
        because: Vec::new().into(),
        missing: Vec::new(),
        evidence: Default::default(),
        fingerprint: fingerprint(CHECKS[check], &subject),
        pci_scope: None,
        state: None,
        first_seen: None,
        accepted: None,
        subject: subject.into(),
    }
}

fn a_finding() -> impl Strategy<Value = Finding> {
    let verdict = prop::sample::select(Verdict::ALL.to_vec());
    (0..CHECKS.len(), verdict, 0..ACCOUNTS.len(), 0..=REGIONS.len(), 0..=TABLES.len(), 0..KINDS.len())
        .prop_map(|(check, verdict, account, region, table, kind)| {
            finding(check, verdict, account, region, table, kind)
        })
}

fn a_side() -> impl Strategy<Value = Side> {
    let counts = prop::collection::vec(prop::option::of(0..4u64), 4);
    let findings = prop::collection::vec(a_finding(), 0..30);
    let checks = prop::sample::subsequence(CHECKS.to_vec(), 1..=CHECKS.len());
    (findings, checks, any::<bool>(), prop::option::of(a_snapshot()), counts).prop_map(
        |(findings, checks, whole, snapshot, counts)| {
            let places = ACCOUNTS.iter().flat_map(|id| REGIONS.iter().map(move |r| (*id, *r)));
            let listed = places.zip(counts);
            Side {
                taken: Timestamp(0),
                findings,
                checks: checks.into_iter().map(str::to_owned).collect(),
                whole,
                seen: snapshot.map(|snapshot| (snapshot, Facts::default())),
                listed: listed
                    .filter_map(|((id, region), count)| Some(((id.to_owned(), region.to_owned()), count?)))
                    .collect(),
            }
        },
    )
}

proptest! {
    #[test]
    fn looked_up_or_walked_the_answers_are_the_same(
        side in a_side(),
        others in prop::collection::vec(a_finding(), 0..20),
    ) {
        let known = Known::of(&side);
        for finding in others.iter().chain(&side.findings) {
            let answers = (known.says(finding), known.is_blind(finding), known.may_hold(finding));
            let slow = (side.slowly_says(finding), side.slowly_is_blind(finding), side.slowly_may_hold(finding));
            prop_assert_eq!(answers, slow, "{:?}", finding);
        }
    }
}

/// Each flagged finding held against each of the other run is 1.6 thousand million comparisons, minutes of them.
#[test]
fn forty_thousand_findings_are_not_held_against_forty_thousand() {
    let side = |day: &str| Side {
        taken: Timestamp(0),
        findings: (0..40_000)
            .map(|number| {
                // What is flagged is of one account, and what is unknown of the other.
                let verdict = [Verdict::Flagged, Verdict::Unknown][number % 2];
                let mut one = finding(number % 3, verdict, number % 2, 0, 0, 1);
                one.fingerprint = format!("{day} {number}");
                one
            })
            .collect(),
        checks: CHECKS.map(str::to_owned).into(),
        whole: true,
        seen: None,
        listed: BTreeMap::from([((ACCOUNTS[0].to_owned(), "eu-west-1".to_owned()), 0)]),
    };
    let (then, now) = (side("then"), side("now"));
    let told = findings(&then, &now);
    let count = |state| told.iter().filter(|change| change.state == state).count();
    assert_eq!((count(Differs::New), count(Differs::Gone)), (20_000, 20_000));
}
