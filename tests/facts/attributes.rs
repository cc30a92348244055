//! Secrets joined with the table's keys, indexes and expiry, and merged where rules agree on a path.

use dynaudit::{
    detect::shown_name,
    finding::{
        Confidence,
        SubjectKind::{Attribute, Table},
    },
    snapshot::{
        Seen, Snapshot,
        sample::{Basis, SecretKind, SecretTrait, Stopped},
        table::{KeyElement, TimeToLive},
    },
};
use serde_json::{Value as Json, json};

use super::{hidden_by, nodes, only};
use crate::support::{
    build::{deny, described, hash, index, sample, see, sighting, table},
    deny_description, with_table,
};

fn holding(path: &str) -> Snapshot {
    let mut snapshot = with_table("sessions");
    see(&mut snapshot, path, SecretKind::Jwt);
    snapshot
}

fn keys(snapshot: &Snapshot) -> (Json, Json) {
    let facts = only(snapshot, Attribute);
    (facts["table_key"].clone(), facts["index_key"].clone())
}

#[test]
fn a_secret_may_be_a_key_of_the_table_or_of_an_index() {
    let mut snapshot = holding("token");
    described(&mut snapshot).keys = vec![hash("id")];
    assert_eq!(keys(&snapshot), (json!(false), json!(false)));
    described(&mut snapshot).keys.push(hash("token"));
    assert_eq!(keys(&snapshot), (json!(true), json!(false)));
    described(&mut snapshot).keys.clear();
    described(&mut snapshot).indexes = vec![index("by-token", "token", "KEYS_ONLY", &[])];
    assert_eq!(keys(&snapshot), (json!(false), json!(true)));
}

#[test]
fn what_lies_inside_of_an_attribute_is_no_key_though_named_like_one() {
    for path in ["token.refresh", "token[]", "token|json.x"] {
        let mut snapshot = holding(path);
        described(&mut snapshot).keys = vec![hash("token")];
        assert_eq!(keys(&snapshot), (json!(false), json!(false)), "{path}");
        assert_eq!(only(&snapshot, Attribute)["nested"], true);
    }
}

#[test]
fn hostile_names_of_keys_meet_their_shown_paths() {
    for name in ["a.b", "x[]", "pipe|d", "\u{1b}[31m", "\u{202e}evil", "*", ""] {
        let mut snapshot = holding(&shown_name(name));
        described(&mut snapshot).keys = vec![hash(name)];
        described(&mut snapshot).indexes = vec![index("i", name, "ALL", &[])];
        assert_eq!(keys(&snapshot), (json!(true), json!(true)), "{name:?}");
    }
}

#[test]
fn without_describe_table_nobody_knows_the_keys() {
    let mut snapshot = holding("token");
    let id = deny_description(&mut snapshot);
    let unknown = json!({ "$unknown": id });
    assert_eq!(keys(&snapshot), (unknown.clone(), unknown));
    assert_eq!(only(&snapshot, Attribute)["kind"], "jwt");
}

#[test]
fn expiry_is_that_of_the_table() {
    let mut snapshot = holding("token");
    assert_eq!(only(&snapshot, Attribute)["expires"], false);
    table(&mut snapshot).time_to_live =
        Seen::Value(TimeToLive { status: "ENABLING".into(), attribute: Some("ttl".into()) });
    assert_eq!(only(&snapshot, Attribute)["expires"], true);
    let denied = deny(&mut snapshot, "dynamodb:DescribeTimeToLive", "t");
    table(&mut snapshot).time_to_live = Seen::Gap(denied);
    let expires = only(&snapshot, Attribute)["expires"].clone();
    assert_eq!(hidden_by(&snapshot, &expires).unwrap(), "dynamodb:DescribeTimeToLive");
}

#[test]
fn rules_that_agree_on_path_and_kind_are_one_subject() {
    let mut snapshot = with_table("sessions");
    let mut likely = sighting("key", SecretKind::ProviderToken, "b-rule");
    (likely.basis, likely.confidence, likely.items, likely.items_with_path) = (Basis::Likely, 0.4, 2, 10);
    likely.traits = [SecretTrait::JwtNoExpiry].into();
    let mut verified = sighting("key", SecretKind::ProviderToken, "a-rule");
    (verified.basis, verified.items, verified.items_with_path) = (Basis::Verified, 3, 10);
    verified.traits = [SecretTrait::JwtAlgNone].into();
    let other = sighting("key", SecretKind::Password, "password");
    sample(&mut snapshot).contents.sightings = vec![verified, likely, other];

    let found = nodes(&snapshot, Attribute);
    assert_eq!(found.len(), 2, "a kind of its own is a subject of its own");
    let token = found.iter().find(|n| n.facts["kind"] == "provider-token").unwrap();
    assert_eq!((&token.facts["items"], &token.facts["share"]), (&json!(5), &json!(0.5)));
    assert_eq!((&token.facts["basis"], &token.facts["confidence"]), (&json!("verified"), &json!(0.9)));
    assert_eq!((&token.facts["jwt_alg_none"], &token.facts["jwt_no_expiry"]), (&json!(true), &json!(true)));
    assert_eq!(token.confidence, Some(Confidence::High));
    let seen = token.evidence["seen"].as_array().unwrap();
    assert_eq!(seen.len(), 2);
    assert!(seen.iter().all(|s| s["preview"].is_string() && s.get("value").is_none()));
    assert_ne!(found[0].subject.id(), found[1].subject.id());
}

#[test]
fn more_sightings_than_items_are_no_more_than_all() {
    let mut snapshot = with_table("sessions");
    let twice = [("a", 3), ("b", 3)].map(|(rule, items)| {
        let mut seen = sighting("key", SecretKind::ApiKey, rule);
        (seen.items, seen.items_with_path) = (items, 3);
        seen
    });
    sample(&mut snapshot).contents.sightings = twice.into();
    let facts = only(&snapshot, Attribute);
    assert_eq!((&facts["items"], &facts["share"]), (&json!(3), &json!(1.0)));
}

#[test]
fn the_share_of_a_table_that_was_read_whole_is_told_exactly() {
    for (stopped, told) in [
        (Stopped::Everything, "exactly 100 of all 300 items"),
        (Stopped::Items, "28 % to 39 % of all items"),
        (Stopped::Failed, "28 % to 39 % of all items"),
    ] {
        let mut snapshot = holding("token");
        let sample = sample(&mut snapshot);
        (sample.items_read, sample.contents.items, sample.stopped) = (300, 300, stopped);
        let seen = &mut sample.contents.sightings[0];
        (seen.items, seen.items_with_path) = (100, 300);
        let facts = only(&snapshot, Attribute);
        assert_eq!(facts["prevalence"], told);
        let exact = facts["share_low"] == facts["share_high"];
        assert_eq!(exact, stopped == Stopped::Everything);
    }
}

/// Scan reads a collection from its lowest sort key on: what lies behind is not spoken of.
#[test]
fn the_sample_of_a_table_with_a_sort_key_speaks_of_where_its_collections_begin() {
    for (sort_key, stopped, told, missed) in [
        (
            true,
            Stopped::Items,
            "of the items that its collections begin with",
            "1 % of the items that its collections begin with",
        ),
        (false, Stopped::Items, "of all items", "1 % of its items"),
        (true, Stopped::Everything, "of all 300 items", "0 % of its items"),
    ] {
        let mut snapshot = holding("token");
        let roles = if sort_key { &["HASH", "RANGE"][..] } else { &["HASH"] };
        let key = |role: &&str| KeyElement {
            name: role.to_lowercase(),
            role: (*role).to_owned(),
            kind: "S".to_owned(),
        };
        described(&mut snapshot).keys = roles.iter().map(key).collect();
        let sample = sample(&mut snapshot);
        (sample.items_read, sample.contents.items, sample.stopped) = (300, 300, stopped);
        let seen = &mut sample.contents.sightings[0];
        (seen.items, seen.items_with_path) = (100, 300);
        let facts = only(&snapshot, Attribute);
        let prevalence = facts["prevalence"].as_str().unwrap();
        assert!(prevalence.ends_with(told), "{prevalence}");
        assert_eq!(only(&snapshot, Table)["sample"]["missed"], missed);
    }
}
