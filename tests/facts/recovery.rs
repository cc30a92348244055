//! Backups of either kind, and what a sample says beside its secrets.

use dynaudit::{
    finding::SubjectKind::{Backup, Table},
    snapshot::{Listed, Seen, Snapshot, table::ContinuousBackups},
};
use serde_json::{Value as Json, json};

use super::{nodes, only};
use crate::support::{
    build::{backup, day, deny, described, sample, table},
    with_table,
};

fn has_backup(snapshot: &Snapshot) -> Json {
    only(snapshot, Table)["has_backup"].clone()
}

fn on() -> Seen<ContinuousBackups> {
    Seen::Value(ContinuousBackups { enabled: true, days: Some(35), ..ContinuousBackups::default() })
}

#[test]
fn either_kind_of_backup_is_one_and_neither_is_none() {
    let mut snapshot = with_table("sessions");
    assert_eq!(has_backup(&snapshot), false);
    table(&mut snapshot).backups = Listed::whole(vec![backup("b", None)]);
    assert_eq!(has_backup(&snapshot), true);
    table(&mut snapshot).backups.items[0].status = "CREATING".into();
    assert_eq!(has_backup(&snapshot), false);
    table(&mut snapshot).continuous_backups = on();
    assert_eq!(has_backup(&snapshot), true);
}

#[test]
fn one_kind_decides_where_the_other_was_refused_and_its_absence_does_not() {
    let mut snapshot = with_table("sessions");
    let listed = deny(&mut snapshot, "dynamodb:ListBackups", "t");
    let described = deny(&mut snapshot, "dynamodb:DescribeContinuousBackups", "t");
    table(&mut snapshot).backups = Listed::missing(listed.clone());
    assert_eq!(has_backup(&snapshot), json!({ "$unknown": listed }));
    table(&mut snapshot).continuous_backups = on();
    assert_eq!(has_backup(&snapshot), true);
    table(&mut snapshot).continuous_backups = Seen::Gap(described.clone());
    table(&mut snapshot).backups = Listed::default();
    assert_eq!(has_backup(&snapshot), json!({ "$unknown": described }));
    // A list that broke off after a backup that can be restored has said enough.
    table(&mut snapshot).backups = Listed { items: vec![backup("b", None)], gap: Some(listed) };
    assert_eq!(has_backup(&snapshot), true);
}

#[test]
fn a_backup_of_an_earlier_table_is_told_by_its_id() {
    let mut snapshot = with_table("sessions");
    described(&mut snapshot).id = Some("new".into());
    let expires = day(&snapshot, 3);
    let mut old = backup("b", Some(expires));
    old.table_id = Some("old".into());
    table(&mut snapshot).backups = Listed::whole(vec![old]);
    let facts = only(&snapshot, Backup);
    assert_eq!((&facts["of_former_table"], &facts["expires_in_days"]), (&json!(true), &json!(3)));
    assert_eq!(facts["key_owner"], "aws-owned");
    assert!(nodes(&with_table("sessions"), Backup).is_empty());
}

#[test]
fn the_encrypted_share_counts_both_clients_and_an_empty_table_has_none() {
    let mut snapshot = with_table("sessions");
    let of = |snapshot: &Snapshot| only(snapshot, Table)["sample"].clone();
    assert_eq!((&of(&snapshot)["encrypted_share"], &of(&snapshot)["complete"]), (&json!(0.0), &json!(true)));
    let seen = sample(&mut snapshot);
    (seen.items_read, seen.contents.encrypted_items, seen.contents.legacy_encrypted_items) = (8, 1, 1);
    assert_eq!(of(&snapshot)["encrypted_share"], 0.25);
    assert_eq!(of(&snapshot)["legacy_encryption"], true);
    *sample(&mut snapshot) = Default::default();
    assert_eq!(of(&snapshot)["encrypted_share"], 0.0);
}
