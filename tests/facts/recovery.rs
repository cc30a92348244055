//! Backups of either kind, and what a sample says beside its secrets.

use dynaudit::{
    finding::SubjectKind::{Backup, Table, Vault},
    snapshot::{
        Listed, Seen, Snapshot,
        services::backup::{RecoveryPoint, Vault as Kept},
        table::ContinuousBackups,
    },
};
use serde_json::{Value as Json, json};

use super::{hidden_by, nodes, only};
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

#[test]
fn a_recovery_point_that_was_copied_is_of_a_table_elsewhere() {
    let mut snapshot = with_table("sessions");
    let mut other = snapshot.accounts[0].regions[0].clone();
    (other.name, other.tables) = ("eu-north-1".into(), Listed::whole(vec!["orders".into()]));
    snapshot.accounts[0].regions.push(other);
    let listed = deny(&mut snapshot, "dynamodb:ListTables", "r");
    for (place, gone) in [
        ("eu-west-1:111122223333:table/sessions", json!(false)),
        ("eu-west-1:111122223333:table/orders", json!(true)),
        ("eu-north-1:111122223333:table/orders", json!(false)),
        ("eu-north-1:111122223333:table/sessions", json!(true)),
        ("us-east-1:111122223333:table/orders", json!("dynamodb:ListTables")),
        ("eu-west-1:999988887777:table/sessions", json!("dynamodb:ListTables")),
    ] {
        let point = RecoveryPoint {
            arn: "arn:aws:backup:eu-west-1:111122223333:recovery-point:p".into(),
            table_arn: format!("arn:aws:dynamodb:{place}"),
            status: "COMPLETED".into(),
            created: None,
            expires: None,
            key_arn: None,
            encrypted: true,
        };
        let vault = Kept {
            arn: "arn:aws:backup:eu-west-1:111122223333:backup-vault:v".into(),
            name: "v".into(),
            key_arn: None,
            locked: false,
            lock_date: None,
            policy: Seen::Value(None),
            points: Listed::whole(vec![point]),
        };
        snapshot.accounts[0].regions[0].services.vaults = Listed::whole(vec![vault]);
        let told = |snapshot: &Snapshot| only(snapshot, Vault)["points"][0]["orphan"].clone();
        let fact = told(&snapshot);
        assert_eq!(hidden_by(&snapshot, &fact).map_or(fact, Json::from), gone, "{place}");
        let mut unlisted = snapshot.clone();
        unlisted.accounts[0].regions.iter_mut().for_each(|region| region.tables.gap = Some(listed.clone()));
        assert_ne!(told(&unlisted), true, "{place}");
    }
}
