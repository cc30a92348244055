//! The second places of a secret: each kind of copy, and lists that were refused.

use dynaudit::{
    detect::shown_name,
    finding::SubjectKind::{Attribute, Copy},
    snapshot::{Listed, Seen, Snapshot, sample::SecretKind, table::KinesisDestination},
};
use serde_json::{Value as Json, json};

use super::{nodes, only};
use crate::support::{
    build::{backup, day, deny, described, export, hash, index, replica, see, stream, table},
    deny_description, with_table,
};

fn holding(path: &str) -> Snapshot {
    let mut snapshot = with_table("sessions");
    see(&mut snapshot, path, SecretKind::RefreshToken);
    snapshot
}

/// Place and name of every copy, in their order.
fn places(snapshot: &Snapshot) -> Vec<String> {
    let word = |copy: &Json, field: &str| copy[field].as_str().unwrap().to_owned();
    let all = nodes(snapshot, Copy);
    all.iter().map(|n| format!("{} {}", word(&n.facts, "place"), word(&n.facts, "name"))).collect()
}

#[test]
fn an_index_copies_what_it_projects() {
    let mut snapshot = holding("auth.refresh");
    described(&mut snapshot).keys = vec![hash("id")];
    described(&mut snapshot).indexes = vec![
        index("all", "user", "ALL", &[]),
        index("include", "user", "INCLUDE", &["auth"]),
        index("include-other", "user", "INCLUDE", &["name"]),
        index("keys", "user", "KEYS_ONLY", &[]),
        index("keyed", "auth", "KEYS_ONLY", &[]),
    ];
    assert_eq!(places(&snapshot), ["index all", "index include", "index keyed"]);
    // The table's own keys are in every index.
    described(&mut snapshot).keys = vec![hash("auth")];
    assert_eq!(places(&snapshot).len(), 5);
}

#[test]
fn hostile_names_are_found_in_what_an_index_includes() {
    for name in ["a.b", "x[]|", "\u{1b}[2J", "\u{202e}"] {
        let mut snapshot = holding(&shown_name(name));
        described(&mut snapshot).indexes = vec![index("i", "user", "INCLUDE", &[name])];
        assert_eq!(places(&snapshot), ["index i"], "{name:?}");
    }
}

#[test]
fn a_stream_copies_by_its_view_and_dies_after_a_day() {
    for (view, copied) in
        [("NEW_IMAGE", true), ("OLD_IMAGE", true), ("NEW_AND_OLD_IMAGES", true), ("KEYS_ONLY", false)]
    {
        let mut snapshot = holding("token");
        stream(&mut snapshot, view);
        assert_eq!(places(&snapshot).len(), usize::from(copied), "{view}");
        if copied {
            assert_eq!(only(&snapshot, Copy)["dies_after_days"], 1);
        }
        described(&mut snapshot).keys = vec![hash("token")];
        assert_eq!(places(&snapshot), ["stream stream"], "a key is in every view: {view}");
        described(&mut snapshot).stream.as_mut().unwrap().enabled = false;
        assert!(places(&snapshot).is_empty(), "off");
    }
}

#[test]
fn streams_replicas_backups_and_exports_copy_whole_items() {
    let mut snapshot = holding("token");
    let (soon, region) = (day(&snapshot, 5), table(&mut snapshot).region.clone());
    let kinesis = |name: &str, status: &str| KinesisDestination {
        arn: format!("arn:aws:kinesis:eu-west-1:111122223333:stream/{name}"),
        status: status.into(),
    };
    let mut going = backup("going", None);
    going.status = "DELETED".into();
    let mut failed = export("2", "KMS");
    failed.status = "FAILED".into();
    described(&mut snapshot).replicas = vec![replica(&region, None), replica("us-east-1", None)];
    let table = table(&mut snapshot);
    table.kinesis = Seen::Value(vec![kinesis("lake", "ACTIVE"), kinesis("off", "DISABLED")]);
    table.backups = Listed::whole(vec![backup("nightly", Some(soon)), backup("kept", None), going]);
    table.exports = Listed::whole(vec![export("1", "KMS"), failed]);
    assert_eq!(
        places(&snapshot),
        ["replica us-east-1", "kinesis lake", "backup nightly", "backup kept", "export lake"]
    );
    let found = nodes(&snapshot, Copy);
    assert_eq!(found[0].facts["arn"], "arn:aws:dynamodb:us-east-1:111122223333:table/sessions");
    assert_eq!(found[2].facts["dies_after_days"], 5);
    assert_eq!(found[3].facts["dies_after_days"], Json::Null);
    // The attribute carries the same list.
    assert_eq!(only(&snapshot, Attribute)["copies"].as_array().unwrap().len(), 5);
}

/// A call, and how it is refused.
type Refusal = (&'static str, fn(&mut Snapshot));

#[test]
fn a_refused_list_leaves_what_was_seen_and_one_unknown_copy() {
    let calls: [Refusal; 4] = [
        ("dynamodb:DescribeTable", |s| {
            deny_description(s);
        }),
        ("dynamodb:DescribeKinesisStreamingDestination", |s| {
            let id = deny(s, "dynamodb:DescribeKinesisStreamingDestination", "t");
            table(s).kinesis = Seen::Gap(id);
        }),
        ("dynamodb:ListBackups", |s| {
            let id = deny(s, "dynamodb:ListBackups", "t");
            table(s).backups.gap = Some(id);
        }),
        ("dynamodb:ListExports", |s| {
            let id = deny(s, "dynamodb:ListExports", "t");
            table(s).exports.gap = Some(id);
        }),
    ];
    for (call, refuse) in calls {
        let mut snapshot = holding("token");
        table(&mut snapshot).backups = Listed::whole(vec![backup("kept", None)]);
        refuse(&mut snapshot);
        let (id, _) = snapshot.gaps.iter().find(|(_, gap)| gap.call == call).unwrap();
        let copies = only(&snapshot, Attribute)["copies"].clone();
        assert_eq!(copies["$unknown"], json!(id), "{call}");
        assert_eq!(copies["$partial"].as_array().unwrap().len(), 1, "{call}");
        let found = nodes(&snapshot, Copy);
        assert_eq!(found.len(), 2, "{call}");
        assert_eq!(*found[1].facts, json!({ "$unknown": id }), "{call}");
    }
}
