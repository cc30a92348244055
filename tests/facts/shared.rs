//! The same value in two places, a live key in a test table, and tables that are known by their schema.

use dynaudit::{
    finding::SubjectKind::{Attribute, Table},
    snapshot::{
        Seen, Snapshot,
        sample::{SecretKind, Sighting},
        table::KeyElement,
    },
};
use serde_json::{Value as Json, json};

use super::{hidden_by, nodes, only};
use crate::support::{
    build::{deny, described, hash, sample, sighting, table},
    with_table,
};

fn seen(path: &str, digests: &[&str]) -> Sighting {
    let mut seen = sighting(path, SecretKind::ApiKey, "key");
    seen.digests = digests.iter().map(|digest| (*digest).to_owned()).collect();
    seen
}

/// The table `sessions` and a copy of it under another name, with these sightings.
fn two(first: Sighting, second: Sighting) -> Snapshot {
    let mut snapshot = with_table("sessions");
    let mut other = table(&mut snapshot).clone();
    (other.name, other.arn) = ("archive".into(), other.arn.replace("sessions", "archive"));
    sample(&mut snapshot).contents.sightings = vec![first];
    let Seen::Value(contents) = &mut other.sample else { panic!("the table was sampled") };
    contents.contents.sightings = vec![second];
    snapshot.accounts[0].tables.push(other);
    snapshot
}

fn also_in(snapshot: &Snapshot, path: &str) -> Json {
    let found = nodes(snapshot, Attribute);
    found.iter().find(|node| node.facts["path"] == path).unwrap().facts["also_in"].clone()
}

#[test]
fn equal_digests_are_one_value_in_two_tables() {
    let snapshot = two(seen("key", &["01", "02"]), seen("backup.key", &["02", "03"]));
    let place = also_in(&snapshot, "key");
    assert_eq!((&place[0]["table"], &place[0]["path"]), (&json!("archive"), &json!("backup.key")));
    assert_eq!(also_in(&snapshot, "backup.key")[0]["path"], "key");
    assert_eq!(also_in(&two(seen("key", &["01"]), seen("key", &["03"])), "key"), json!([]));
}

#[test]
fn the_same_value_under_two_rules_of_one_path_is_one_place() {
    let mut snapshot = with_table("sessions");
    let mut other = seen("key", &["01"]);
    other.rule = "another".into();
    sample(&mut snapshot).contents.sightings = vec![seen("key", &["01"]), other];
    assert_eq!(also_in(&snapshot, "key"), json!([]));
    sample(&mut snapshot).contents.sightings.push(seen("copy", &["01"]));
    assert_eq!(also_in(&snapshot, "key")[0]["path"], "copy");
}

#[test]
fn a_table_that_could_not_be_read_may_hold_the_value_too() {
    let mut snapshot = two(seen("key", &["01"]), seen("key", &["02"]));
    let gap = deny(&mut snapshot, "dynamodb:Scan", "archive");
    snapshot.accounts[0].tables[1].sample = Seen::Gap(gap);
    let places = also_in(&snapshot, "key");
    assert_eq!(hidden_by(&snapshot, &places).unwrap(), "dynamodb:Scan");
}

#[test]
fn a_live_key_says_so_in_its_documented_prefix() {
    for (preview, live) in [
        ("sk_live_… (32 bytes)", true),
        ("access-production-… (54 bytes)", true),
        ("sk_test_… (32 bytes)", false),
        ("olive_… (32 bytes)", false),
        ("… (9 live bytes)", false),
    ] {
        let mut snapshot = with_table("sessions");
        let mut key = seen("key", &["01"]);
        key.preview = preview.into();
        sample(&mut snapshot).contents.sightings = vec![key];
        assert_eq!(only(&snapshot, Attribute)["live"], live, "{preview}");
    }
}

fn known(keys: &[&str], names: &[&str]) -> Json {
    let mut snapshot = with_table("t");
    described(&mut snapshot).keys = keys.iter().map(|name| hash(name)).collect::<Vec<KeyElement>>();
    let counts = names.iter().map(|name| ((*name).to_owned(), 3));
    sample(&mut snapshot).contents.names = counts.collect();
    only(&snapshot, Table)["known_as"].clone()
}

#[test]
fn tables_of_well_known_software_are_named() {
    for (software, keys, names) in [
        (
            "Auth.js (@auth/dynamodb-adapter)",
            &["pk", "sk"][..],
            &["pk", "sk", "type", "GSI1PK", "GSI1SK", "id"][..],
        ),
        ("connect-dynamodb", &["id"], &["id", "sess", "expires", "type"]),
        ("Shopify session storage", &["id"], &["id", "shop", "state", "isOnline", "accessToken", "scope"]),
        ("Slack app installations", &["PK"], &["PK", "team_id", "bot_token", "installed_at"]),
        ("Terraform state lock", &["LockID"], &["LockID", "Digest"]),
        ("session model of PynamoDB", &["session_id"], &["session_id", "data", "expires"]),
        ("Flask-Session", &["id"], &["id", "val", "expiration"]),
    ] {
        assert_eq!(known(keys, names)["software"], software);
    }
    assert_eq!(known(&["id"], &["id", "name", "expires"]), Json::Null);
    assert_eq!(known(&["pk", "sk"], &["pk", "sk", "type"]), Json::Null);
    assert_eq!(known(&["LockID"], &[])["credentials"], false);
}

#[test]
fn without_items_a_schema_is_unknown_unless_the_keys_tell() {
    let mut snapshot = with_table("t");
    let gap = deny(&mut snapshot, "dynamodb:Scan", "t");
    table(&mut snapshot).sample = Seen::Gap(gap);
    let known = only(&snapshot, Table)["known_as"].clone();
    assert_eq!(hidden_by(&snapshot, &known).unwrap(), "dynamodb:Scan");
    described(&mut snapshot).keys = vec![hash("LockID")];
    assert_eq!(only(&snapshot, Table)["known_as"]["software"], "Terraform state lock");
}
