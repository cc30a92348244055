//! The same run gives the same bytes, and the same account at another time the same but for times and identifiers.

use dynaudit::{
    finding::{Severity, Verdict},
    report::{View, table},
    snapshot::{Timestamp, Why},
};
use regex::Regex;

use super::{
    as_json, flagged, forms, hostile,
    support::{finding, gap, lacking, view_of, with_table},
};

#[test]
fn the_same_input_gives_the_same_bytes() {
    let (_, a) = hostile();
    let (_, b) = hostile();
    assert_eq!(as_json(&a), as_json(&b));
    assert_eq!(table::render(&a, 100), table::render(&b, 100));
}

/// Many subjects, of which some are looked at by two checks, `later` seconds on.
fn account(later: i64) -> View {
    let mut snapshot = with_table("orders");
    snapshot.taken = Timestamp(snapshot.taken.0 + later);
    let denied = gap("dynamodb:DescribeTable", "orders", Why::Denied);
    snapshot.gaps.insert(denied.id(), denied.clone());
    let mut findings = Vec::new();
    for n in 0..12 {
        let table = format!("table-{n}");
        findings.push(flagged("check-a", Severity::High, &table));
        findings.push(finding("check-b", Severity::Low, Verdict::Clear, &table));
        findings.push(lacking(finding("check-c", Severity::Low, Verdict::Unknown, &table), &denied));
    }
    view_of(&snapshot, findings, &Verdict::ALL)
}

#[test]
fn a_later_run_differs_in_times_and_identifiers_alone() {
    let stamps = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z?|\b1[78]\d{8}(\d{3})?\b";
    let uuids = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b[0-9a-f]{64}\b|\b[0-9a-f]{16}…";
    let mask = Regex::new(&format!("{stamps}|{uuids}")).unwrap();
    let all = |view: &View| {
        let mut all = forms(view);
        all.push(("table", table::render(view, 100)));
        all
    };
    let first = all(&account(0));
    for later in 1..6 {
        for ((name, one), (_, other)) in first.iter().zip(all(&account(later))) {
            assert_eq!(mask.replace_all(one, "…"), mask.replace_all(&other, "…"), "{name}, {later} s later");
        }
    }
}
