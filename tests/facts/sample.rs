//! A sample that was cut short by a fault: what was seen stands, the rest is not assessed.

use dynaudit::{
    check::{Library, judge},
    facts::{UNKNOWN, build::build},
    finding::{
        SubjectKind::{Attribute, Table},
        Verdict,
    },
    snapshot::sample::{SecretKind, Stopped},
};

use super::{nodes, only};
use crate::support::{
    build::{deny, sample, see},
    with_table,
};

#[test]
fn what_was_seen_before_the_fault_is_flagged_and_the_rest_is_unknown() {
    let mut snapshot = with_table("sessions");
    see(&mut snapshot, "token", SecretKind::Jwt);
    let gap = deny(&mut snapshot, "dynamodb:Scan", "sessions");
    sample(&mut snapshot).stopped = Stopped::Failed;
    sample(&mut snapshot).gap = Some(gap);
    assert_eq!(only(&snapshot, Table)["sensitive"], true);
    let verdicts: Vec<Verdict> = judge(&Library::builtin().unwrap(), &build(&snapshot), &snapshot.gaps)
        .into_iter()
        .filter(|finding| finding.check == "token-in-plaintext")
        .map(|finding| finding.verdict)
        .collect();
    assert_eq!(verdicts, [Verdict::Flagged, Verdict::Unknown]);
}

#[test]
fn that_nothing_was_seen_before_the_fault_proves_nothing() {
    let mut snapshot = with_table("sessions");
    let gap = deny(&mut snapshot, "dynamodb:Scan", "sessions");
    assert_eq!(only(&snapshot, Table)["sensitive"], false);
    sample(&mut snapshot).gap = Some(gap.clone());
    assert_eq!(only(&snapshot, Table)["sensitive"][UNKNOWN], gap.0.as_str());
    assert_eq!(nodes(&snapshot, Attribute).len(), 1, "one row that says so");
}
