//! Findings against a baseline: new, back, gone, not met; and never resolved for lack of a look.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::{collections::BTreeSet, path::Path};

use dynaudit::{
    facts::{sensitivity, topics},
    finding::{
        Finding, Severity, State, SubjectKind, Verdict,
        triage::{Baseline, Today, Triage, triage},
    },
    report::{baseline, json},
    snapshot::{Sample, Seen, Snapshot, Timestamp, Why, sample::Stopped},
};
use support::{add_table, empty, finding, gap, unsample, view_of, with_table};

const CHECK: &str = "check-a";

fn flagged(name: &str) -> Finding {
    finding(CHECK, Severity::High, Verdict::Flagged, name)
}

fn told(verdict: Verdict, name: &str) -> Finding {
    finding(CHECK, Severity::High, verdict, name)
}

/// A secret seen in a table's items.
fn secret(table: &str, path: &str) -> Finding {
    let mut seen = flagged(table);
    seen.subject.kind = SubjectKind::Attribute;
    seen.subject.names.insert("path".into(), path.into());
    seen.fingerprint = dynaudit::finding::fingerprint(CHECK, &seen.subject);
    seen
}

/// What a run of `checks` saw.
fn today<'a>(snapshot: &'a Snapshot, checks: &'a BTreeSet<String>) -> Today<'a> {
    Today {
        snapshot,
        checks,
        by_sample: topics::by_sample,
        sighted: sensitivity::sighted(&snapshot.accounts),
    }
}

/// Holds one run against the next, through the report as it is written and read.
fn next(snapshot: &Snapshot, findings: Vec<Finding>, before: &Baseline) -> (Triage, Vec<Finding>, Baseline) {
    let mut findings = findings;
    let checks = BTreeSet::from([CHECK.to_owned()]);
    let gaps = snapshot.gaps.values();
    let came = triage(&mut findings, gaps, before, &today(snapshot, &checks));
    let verdicts = [Verdict::Flagged, Verdict::Unknown];
    let view = view_of(snapshot, findings.clone(), &verdicts).with_triage(Some(came.clone()));
    let mut text = Vec::new();
    json::render(&view, &mut text).unwrap();
    let after = baseline::read(text.as_slice(), Path::new("r.json")).unwrap();
    (came, findings, after)
}

fn first(snapshot: &Snapshot, findings: Vec<Finding>) -> Baseline {
    next(snapshot, findings, &Baseline::default()).2
}

fn later(mut snapshot: Snapshot, days: i64) -> Snapshot {
    snapshot.taken = Timestamp(snapshot.taken.0 + days * 86_400);
    snapshot
}

fn in_full(snapshot: &mut Snapshot, stopped: Stopped) {
    for table in &mut snapshot.accounts[0].tables {
        table.sample = Seen::Value(Sample { stopped, items_read: 3, ..Sample::default() });
    }
}

#[test]
fn the_same_again_is_quiet_and_keeps_its_first_day() {
    let snapshot = with_table("orders");
    let before = first(&snapshot, vec![flagged("orders")]);
    let (came, findings, after) = next(&later(snapshot.clone(), 1), vec![flagged("orders")], &before);
    assert!(came.is_quiet(), "{came:?}");
    assert_eq!((came.new, came.unchanged), (0, 1));
    assert_eq!(findings[0].state, Some(State::Unchanged));
    assert_eq!(findings[0].first_seen, Some(snapshot.taken));
    let (_, findings, _) = next(&later(snapshot.clone(), 2), vec![flagged("orders")], &after);
    assert_eq!(findings[0].first_seen, Some(snapshot.taken), "over two runs");
}

#[test]
fn what_is_new_what_is_mended_and_what_comes_back() {
    let mut snapshot = with_table("orders");
    add_table(&mut snapshot, "carts");
    let clear = |name| told(Verdict::Clear, name);
    let before = first(&snapshot, vec![flagged("orders"), clear("carts")]);
    let (came, findings, after) =
        next(&later(snapshot.clone(), 1), vec![clear("orders"), flagged("carts")], &before);
    assert_eq!((came.new, came.unchanged, came.reopened), (1, 0, 0));
    assert_eq!(came.resolved.len(), 1);
    assert_eq!(came.resolved[0].subject.table.as_deref(), Some("orders"));
    assert_eq!(findings[1].state, Some(State::New));
    assert!(!came.is_quiet());
    // A third run, in which nothing changes, still knows of what was resolved when it comes back in a fourth.
    let (came, _, after) = next(&later(snapshot.clone(), 2), vec![clear("orders"), flagged("carts")], &after);
    assert!(came.is_quiet(), "{came:?}");
    let (came, findings, _) =
        next(&later(snapshot.clone(), 3), vec![flagged("orders"), flagged("carts")], &after);
    assert_eq!((came.new, came.unchanged, came.reopened), (0, 1, 1));
    assert_eq!(findings[0].state, Some(State::Reopened));
    assert_eq!(findings[0].first_seen, Some(snapshot.taken));
}

#[test]
fn what_becomes_unknown_is_never_resolved() {
    let snapshot = with_table("orders");
    let before = first(&snapshot, vec![flagged("orders")]);
    let (came, _, after) = next(&later(snapshot.clone(), 1), vec![told(Verdict::Unknown, "orders")], &before);
    assert_eq!((came.resolved.len(), came.not_assessed.len()), (0, 1));
    // And it is kept, so that a third run that sees it again does not call it new.
    let (came, _, _) = next(&later(snapshot, 2), vec![flagged("orders")], &after);
    assert_eq!((came.new, came.unchanged), (0, 1));
}

#[test]
fn a_table_that_is_gone_is_resolved_and_one_that_was_not_listed_is_not() {
    let before = first(&with_table("orders"), vec![flagged("orders")]);
    let (came, ..) = next(&later(empty(), 1), vec![], &before);
    assert_eq!((came.resolved.len(), came.not_assessed.len()), (1, 0));

    let mut hidden = later(empty(), 1);
    let denied = gap("dynamodb:ListTables", "eu-west-1", Why::Denied);
    hidden.accounts[0].regions[0].tables.gap = Some(denied.id());
    hidden.gaps.insert(denied.id(), denied);
    let (came, ..) = next(&hidden, vec![], &before);
    assert_eq!((came.resolved.len(), came.not_assessed.len(), came.new_gaps.len()), (0, 1, 1));
}

#[test]
fn what_was_not_asked_about_is_not_resolved() {
    let before = first(&with_table("orders"), vec![flagged("orders")]);
    let mut narrow = later(empty(), 1);
    narrow.scope.table = Some("prod-*".into());
    assert!(next(&narrow, vec![], &before).0.resolved.is_empty(), "a pattern of names");
    let mut elsewhere = later(empty(), 1);
    elsewhere.accounts[0].regions[0].name = "us-east-1".into();
    assert!(next(&elsewhere, vec![], &before).0.resolved.is_empty(), "another Region");
    let mut other = later(empty(), 1);
    other.accounts[0].id = "444455556666".into();
    assert!(next(&other, vec![], &before).0.resolved.is_empty(), "another account");
    let mut findings = vec![];
    let snapshot = later(empty(), 1);
    let none = BTreeSet::new();
    let came = triage(&mut findings, std::iter::empty(), &before, &today(&snapshot, &none));
    assert!(came.resolved.is_empty(), "another check");
}

#[test]
fn a_reader_is_resolved_only_where_every_list_of_tables_is_whole() {
    let mut reader = flagged("orders");
    reader.subject.kind = SubjectKind::Reader;
    (reader.subject.region, reader.subject.table) = (None, None);
    let before = first(&with_table("orders"), vec![reader]);
    assert_eq!(next(&later(with_table("orders"), 1), vec![], &before).0.resolved.len(), 1);

    let mut hidden = later(with_table("orders"), 1);
    let denied = gap("dynamodb:ListTables", "eu-west-1", Why::Denied);
    hidden.accounts[0].regions[0].tables.gap = Some(denied.id());
    hidden.gaps.insert(denied.id(), denied);
    assert!(next(&hidden, vec![], &before).0.resolved.is_empty(), "a list that broke off");

    let mut narrow = later(with_table("orders"), 1);
    narrow.scope.table = Some("prod-*".into());
    assert!(next(&narrow, vec![], &before).0.resolved.is_empty(), "a pattern of names");
}

#[test]
fn who_reads_is_not_resolved_by_the_tables_that_are_left() {
    let clear = |kind| {
        let mut of = told(Verdict::Clear, "orders");
        (of.subject.kind, of.subject.region, of.subject.table) = (kind, None, None);
        of.fingerprint = dynaudit::finding::fingerprint(CHECK, &of.subject);
        of
    };
    for kind in [SubjectKind::Reader, SubjectKind::Principal] {
        let before = first(&with_table("orders"), vec![Finding { verdict: Verdict::Flagged, ..clear(kind) }]);
        let mut hidden = later(with_table("orders"), 1);
        assert_eq!(next(&hidden, vec![clear(kind)], &before).0.resolved.len(), 1);
        let denied = gap("dynamodb:ListTables", "eu-west-1", Why::Denied);
        hidden.accounts[0].regions[0].tables.gap = Some(denied.id());
        hidden.gaps.insert(denied.id(), denied);
        let (came, ..) = next(&hidden, vec![clear(kind)], &before);
        assert_eq!((came.resolved.len(), came.not_assessed.len()), (0, 1), "{kind:?}");
    }
}

#[test]
fn a_secret_that_the_sample_did_not_meet_is_kept_and_silent() {
    let mut snapshot = with_table("sessions");
    in_full(&mut snapshot, Stopped::Items);
    let before = first(&snapshot, vec![secret("sessions", "token")]);
    let (came, _, after) = next(&later(snapshot.clone(), 1), vec![], &before);
    assert_eq!((came.not_seen_again.len(), came.resolved.len()), (1, 0));
    assert!(came.is_quiet());
    let (came, ..) = next(&later(snapshot.clone(), 2), vec![secret("sessions", "token")], &after);
    assert_eq!((came.new, came.unchanged), (0, 1), "known when it is met again");

    let mut whole = later(snapshot.clone(), 2);
    in_full(&mut whole, Stopped::Everything);
    assert_eq!(next(&whole, vec![], &after).0.resolved.len(), 1, "every item was read");

    let mut unread = later(snapshot, 2);
    unsample(&mut unread);
    let (came, ..) = next(&unread, vec![], &after);
    assert_eq!((came.resolved.len(), came.not_assessed.len()), (0, 1), "no item was read");
}

#[test]
fn a_report_that_hides_what_was_flagged_is_no_baseline() {
    let snapshot = with_table("orders");
    let view = view_of(&snapshot, vec![flagged("orders")], &[Verdict::Unknown]);
    let mut text = Vec::new();
    json::render(&view, &mut text).unwrap();
    let error = baseline::read(text.as_slice(), Path::new("r.json")).unwrap_err();
    assert!(error.to_string().contains("--verdicts"), "{error}");
    assert!(baseline::read(&b"{}"[..], Path::new("r.json")).is_err());
    assert!(baseline::read(&b"not json"[..], Path::new("r.json")).is_err());
}
