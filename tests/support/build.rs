//! More of the snapshot builder: keys, principals, indexes, secrets, copies, refusals.
#![allow(
    dead_code,
    clippy::panic,
    reason = "each test file uses a part of it; a test that cannot go on has failed"
)]

use std::collections::BTreeMap;

use dynaudit::snapshot::{
    GapId, Key, Listed, Sample, Seen, Snapshot, Timestamp, Why,
    key::{self, Grant, Rotation},
    principal::Principal,
    sample::{Basis, SecretKind, Sighting},
    table::{
        Backup, Description, Encryption, Export, ExportDetails, Index, KeyElement, Replica, Stream, Table,
    },
};
use serde_json::{Value as Json, json};

use super::{ACCOUNT, REGION, gap};

/// Another account.
pub const OTHER: &str = "444455556666";

/// The first table.
pub fn table(snapshot: &mut Snapshot) -> &mut Table {
    &mut snapshot.accounts[0].tables[0]
}

/// What DescribeTable said of the first table.
pub fn described(snapshot: &mut Snapshot) -> &mut Description {
    match &mut table(snapshot).description {
        Seen::Value(description) => description,
        Seen::Gap(gap) => panic!("refused: {gap:?}"),
    }
}

/// What sampling saw of the first table.
pub fn sample(snapshot: &mut Snapshot) -> &mut Sample {
    match &mut table(snapshot).sample {
        Seen::Value(sample) => sample,
        Seen::Gap(gap) => panic!("refused: {gap:?}"),
    }
}

/// Files a refusal of `call` on `on`.
pub fn deny(snapshot: &mut Snapshot, call: &str, on: &str) -> GapId {
    let gap = gap(call, on, Why::Denied);
    let id = gap.id();
    snapshot.gaps.insert(id.clone(), gap);
    id
}

/// Days after the snapshot was taken; before, where negative.
pub fn day(snapshot: &Snapshot, days: i64) -> Timestamp {
    Timestamp(snapshot.taken.0 + days * 86_400)
}

pub fn key_arn(id: &str) -> String {
    format!("arn:aws:kms:{REGION}:{ACCOUNT}:key/{id}")
}

pub fn sse(key: &str) -> Encryption {
    Encryption {
        status: "ENABLED".into(),
        kind: Some("KMS".into()),
        key_arn: Some(key.into()),
        inaccessible_since: None,
    }
}

/// A key whose policy hands over to the account, rotated, without grants.
pub fn key(arn: &str, manager: &str) -> Key {
    Key {
        arn: arn.into(),
        region: REGION.into(),
        description: Seen::Value(key::Description {
            arn: arn.into(),
            account: Some(ACCOUNT.into()),
            manager: Some(manager.into()),
            state: Some("Enabled".into()),
            origin: Some("AWS_KMS".into()),
            ..key::Description::default()
        }),
        rotation: Seen::Value(Some(Rotation { enabled: true, ..Rotation::default() })),
        policy: Seen::Value(document(json!([
            { "Effect": "Allow", "Principal": { "AWS": format!("arn:aws:iam::{ACCOUNT}:root") }, "Action": "kms:*", "Resource": "*" },
        ]))),
        grants: Listed::default(),
        tags: Seen::Value(BTreeMap::new()),
    }
}

/// Puts the first table under a key of the account.
pub fn encrypt(snapshot: &mut Snapshot, manager: &str) -> String {
    let arn = key_arn("k1");
    described(snapshot).encryption = Some(sse(&arn));
    snapshot.accounts[0].keys.push(key(&arn, manager));
    arn
}

pub fn grant(id: &str, grantee: &str) -> Grant {
    Grant {
        id: id.into(),
        grantee: Some(grantee.into()),
        operations: vec!["Decrypt".into()],
        ..Grant::default()
    }
}

pub fn document(statements: Json) -> String {
    json!({ "Version": "2012-10-17", "Statement": statements }).to_string()
}

pub fn allow(action: &str, resource: &str) -> Json {
    json!({ "Effect": "Allow", "Action": action, "Resource": resource })
}

/// A role that Lambda assumes, with these statements.
pub fn role(name: &str, statements: Json) -> Principal {
    let service = json!([{ "Effect": "Allow", "Principal": { "Service": "lambda.amazonaws.com" }, "Action": "sts:AssumeRole" }]);
    Principal {
        arn: format!("arn:aws:iam::{ACCOUNT}:role/{name}"),
        name: name.into(),
        path: "/".into(),
        id: format!("AROA{}", name.to_uppercase()),
        inline: [("own".to_owned(), document(statements))].into(),
        trust: Some(document(service)),
        ..Principal::default()
    }
}

pub fn add_role(snapshot: &mut Snapshot, name: &str, statements: Json) {
    snapshot.accounts[0].principals.roles.push(role(name, statements));
}

pub fn hash(name: &str) -> KeyElement {
    KeyElement { name: name.into(), role: "HASH".into(), kind: "S".into() }
}

/// An index on attribute `key`.
pub fn index(name: &str, key: &str, projection: &str, included: &[&str]) -> Index {
    Index {
        name: name.into(),
        arn: format!("arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/sessions/index/{name}"),
        kind: "global".into(),
        keys: vec![hash(key)],
        projection: projection.into(),
        included: included.iter().map(|name| (*name).to_owned()).collect(),
        status: "ACTIVE".into(),
        items: None,
        bytes: None,
    }
}

/// Switches the first table's stream on.
pub fn stream(snapshot: &mut Snapshot, view: &str) {
    let arn = format!("{}/stream/2026-01-01T00:00:00.000", table(snapshot).arn);
    let description = described(snapshot);
    description.stream = Some(Stream { enabled: true, view: Some(view.into()) });
    description.latest_stream_arn = Some(arn);
}

pub fn replica(region: &str, key: Option<&str>) -> Replica {
    Replica {
        region: region.into(),
        status: "ACTIVE".into(),
        key_arn: key.map(Into::into),
        ..Replica::default()
    }
}

pub fn backup(name: &str, expires: Option<Timestamp>) -> Backup {
    Backup {
        arn: format!("arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/sessions/backup/{name}"),
        name: name.into(),
        table: "sessions".into(),
        table_arn: None,
        table_id: None,
        kind: "USER".into(),
        status: "AVAILABLE".into(),
        created: None,
        expires,
        bytes: None,
        encryption: Seen::Value(None),
    }
}

pub fn export(id: &str, encryption: &str) -> Export {
    Export {
        arn: format!("arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/sessions/export/{id}"),
        status: "COMPLETED".into(),
        kind: Some("FULL_EXPORT".into()),
        details: Seen::Value(ExportDetails {
            bucket: Some("lake".into()),
            encryption: Some(encryption.into()),
            ..ExportDetails::default()
        }),
    }
}

/// A secret in every one of the three items read.
pub fn sighting(path: &str, kind: SecretKind, rule: &str) -> Sighting {
    Sighting {
        path: path.into(),
        kind,
        rule: rule.into(),
        basis: Basis::Shaped,
        confidence: 0.9,
        items: 3,
        items_with_path: 3,
        effective_items: None,
        min_len: 20,
        max_len: 40,
        preview: "eyJ… (120)".into(),
        digests: vec!["00".into()],
        traits: Default::default(),
        oldest: None,
    }
}

/// A secret seen in the first table.
pub fn see(snapshot: &mut Snapshot, path: &str, kind: SecretKind) {
    sample(snapshot).contents.sightings.push(sighting(path, kind, kind.as_str()));
}
