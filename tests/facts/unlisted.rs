//! What could not be listed is one unknown row of each check over each kind that would have stood there.

use std::collections::BTreeMap;

use dynaudit::{
    check::{Library, judge},
    facts::{ancestors, build::build},
    finding::{Finding, SubjectKind, Verdict},
    snapshot::{Listed, Snapshot},
};

use crate::support::{
    build::{deny, encrypt},
    empty, with_table,
};

fn findings(library: &Library, snapshot: &Snapshot) -> Vec<Finding> {
    let facts = build(snapshot);
    judge(library, &facts, &snapshot.gaps)
}

/// Of each check over one of `kinds`, its findings about these kinds: one, unknown, naming `call`.
fn one_unknown_row_each(snapshot: &Snapshot, kinds: &[SubjectKind], call: &str) {
    let library = Library::builtin().unwrap();
    let mut rows: BTreeMap<String, Vec<Finding>> = BTreeMap::new();
    for finding in findings(&library, snapshot) {
        rows.entry(finding.check.to_string()).or_default().push(finding);
    }
    for check in library.checks().iter().filter(|check| kinds.contains(&check.over)) {
        let found = rows.get(&check.id).map_or(&[][..], Vec::as_slice);
        let [row] = found else { panic!("{}: {found:#?}", check.id) };
        assert_eq!(row.verdict, Verdict::Unknown, "{}", check.id);
        assert_eq!(row.missing[0].call, call, "{}", check.id);
    }
}

#[test]
fn a_region_whose_tables_were_not_listed() {
    let mut snapshot = empty();
    let id = deny(&mut snapshot, "dynamodb:ListTables", "eu-west-1");
    snapshot.accounts[0].regions[0].tables = Listed::missing(id);
    let below: Vec<SubjectKind> = SubjectKind::ALL
        .into_iter()
        .filter(|kind| *kind == SubjectKind::Table || ancestors(*kind).contains(&SubjectKind::Table))
        .collect();
    assert_eq!(below.len(), 9);
    one_unknown_row_each(&snapshot, &below, "dynamodb:ListTables");
}

#[test]
fn what_a_key_encrypts_where_tables_were_not_listed() {
    let mut snapshot = with_table("sessions");
    encrypt(&mut snapshot, "CUSTOMER");
    let whole = findings(&Library::builtin().unwrap(), &snapshot);
    let id = deny(&mut snapshot, "dynamodb:ListTables", "eu-west-1");
    snapshot.accounts[0].regions[0].tables = Listed::missing(id);
    let cut = findings(&Library::builtin().unwrap(), &snapshot);
    let verdict = |findings: &[Finding]| {
        let mut rows = findings.iter().filter(|f| f.check == "key-shared-across-sensitivity");
        rows.find(|f| f.subject.kind == SubjectKind::Key).map(|f| f.verdict)
    };
    assert_eq!((verdict(&whole), verdict(&cut)), (Some(Verdict::Clear), Some(Verdict::Unknown)));
}

#[test]
fn principals_that_were_not_listed() {
    let mut snapshot = with_table("sessions");
    let id = deny(&mut snapshot, "iam:GetAccountAuthorizationDetails", "account");
    snapshot.accounts[0].principals.gap = Some(id);
    let kinds = [SubjectKind::Principal, SubjectKind::Reader];
    one_unknown_row_each(&snapshot, &kinds, "iam:GetAccountAuthorizationDetails");
}

#[test]
fn the_grants_of_a_key_that_were_not_listed() {
    let mut snapshot = with_table("sessions");
    let arn = encrypt(&mut snapshot, "CUSTOMER");
    let id = deny(&mut snapshot, "kms:ListGrants", &arn);
    snapshot.accounts[0].keys[0].grants = Listed::missing(id);
    one_unknown_row_each(&snapshot, &[SubjectKind::Grant], "kms:ListGrants");
}

#[test]
fn the_backups_and_exports_of_a_table_that_were_not_listed() {
    let mut snapshot = with_table("sessions");
    let backups = deny(&mut snapshot, "dynamodb:ListBackups", "t");
    let exports = deny(&mut snapshot, "dynamodb:ListExports", "t");
    let table = &mut snapshot.accounts[0].tables[0];
    (table.backups, table.exports) = (Listed::missing(backups), Listed::missing(exports));
    one_unknown_row_each(&snapshot, &[SubjectKind::Backup], "dynamodb:ListBackups");
    one_unknown_row_each(&snapshot, &[SubjectKind::Export], "dynamodb:ListExports");
}
