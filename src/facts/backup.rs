//! Facts of backups and of exports to S3.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::{
    Fact, Node,
    table::{Around, KeyOwner, subject},
};
use crate::{
    finding::SubjectKind,
    snapshot::{self, Gap, GapId, Seen, Services},
};

/// A backup of a table.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Backup {
    /// Amazon Resource Name.
    pub arn: String,
    /// Name.
    pub name: String,
    /// `USER`, `SYSTEM` or `AWS_BACKUP`.
    pub kind: String,
    /// Days since it was made; null where not given.
    pub age_days: Option<i64>,
    /// Days until it is removed; null where it is kept until somebody deletes it.
    pub expires_in_days: Option<i64>,
    /// Whose key encrypts it.
    pub key_owner: Fact<KeyOwner>,
    /// Whether it is of an earlier table of the same name.
    pub of_former_table: bool,
}

/// An export to S3.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Export {
    /// Amazon Resource Name.
    pub arn: String,
    /// `COMPLETED`, `IN_PROGRESS` or `FAILED`.
    pub status: String,
    /// Days since it started; null where not given.
    pub age_days: Fact<Option<i64>>,
    /// Bucket that received it; null where not given.
    pub bucket: Fact<Option<String>>,
    /// Whether the bucket was named as another account's.
    pub external: Fact<bool>,
    /// Whether the objects were encrypted with a KMS key rather than S3's own.
    pub kms: Fact<bool>,
    /// Whether S3 calls the bucket's policy public; null where no bucket is named.
    pub bucket_public: Fact<Option<bool>>,
    /// Whether all four settings of Block Public Access are on for the bucket or for the account that owns it; null where no
    /// bucket is named.
    pub bucket_blocked: Fact<Option<bool>>,
    /// Whether the bucket encrypts new objects with a KMS key; null where no bucket is named.
    pub bucket_kms: Fact<Option<bool>>,
    /// Whether S3 holds no file of it any more; false where no bucket is named.
    pub emptied: Fact<bool>,
}

/// The nodes of a table's backups.
pub fn nodes(table: &snapshot::Table, around: &Around<'_>, gaps: &mut BTreeMap<GapId, Gap>) -> Vec<Node> {
    let account = &around.account.id;
    let id = table.description.value().and_then(|d| d.id.as_deref());
    let mut nodes: Vec<Node> = Vec::new();
    for backup in &table.backups.items {
        let facts = Backup {
            arn: backup.arn.clone(),
            name: backup.name.clone(),
            kind: backup.kind.clone(),
            age_days: backup.created.map(|at| at.days_until(around.taken)),
            expires_in_days: backup.expires.map(|at| around.taken.days_until(at)),
            key_owner: match &backup.encryption {
                Seen::Value(encryption) => around.keys.owner(encryption.as_ref(), &backup.arn, gaps),
                Seen::Gap(gap) => Fact::Unknown(gap.into()),
            },
            of_former_table: matches!((id, &backup.table_id), (Some(now), Some(then)) if now != then),
        };
        nodes.push(Node::new(subject(SubjectKind::Backup, table, &backup.arn, account, []), &facts));
    }
    if let Some(gap) = &table.backups.gap {
        nodes.push(Node::unlisted(subject(SubjectKind::Backup, table, &table.arn, account, []), gap));
    }
    nodes
}

/// The nodes of a table's exports.
pub fn export_nodes(table: &snapshot::Table, around: &Around<'_>) -> Vec<Node> {
    let account = &around.account.id;
    let mut nodes: Vec<Node> = Vec::new();
    for export in &table.exports.items {
        let details = &export.details;
        let external = Fact::of(details, |d| d.bucket_owner.as_ref().is_some_and(|owner| owner != account));
        let bucket = |read: fn(&snapshot::Bucket) -> &Seen<bool>| match details {
            Seen::Gap(gap) => Fact::Unknown(gap.into()),
            Seen::Value(d) => in_bucket(d.bucket.as_deref(), around, |bucket| Some(read(bucket))),
        };
        let facts = Export {
            arn: export.arn.clone(),
            status: export.status.clone(),
            age_days: Fact::of(details, |d| d.started.map(|at| at.days_until(around.taken))),
            bucket: Fact::of(details, |d| d.bucket.clone()),
            kms: Fact::of(details, |d| d.encryption.as_deref() == Some("KMS")),
            bucket_public: bucket(|bucket| &bucket.public),
            bucket_blocked: match details {
                Seen::Gap(gap) => Fact::Unknown(gap.into()),
                Seen::Value(d) => {
                    blocked(d.bucket.as_deref(), external.known().copied().unwrap_or_default(), around)
                }
            },
            bucket_kms: bucket(|bucket| &bucket.kms),
            emptied: emptied(export, around),
            external,
        };
        nodes.push(Node::new(subject(SubjectKind::Export, table, &export.arn, account, []), &facts));
    }
    if let Some(gap) = &table.exports.gap {
        nodes.push(Node::unlisted(subject(SubjectKind::Export, table, &table.arn, account, []), gap));
    }
    nodes
}

/// Whether its bucket is gone, or was seen to hold nothing under its prefix.
fn emptied(export: &snapshot::table::Export, around: &Around<'_>) -> Fact<bool> {
    let details = match &export.details {
        Seen::Gap(gap) => return Fact::Unknown(gap.into()),
        Seen::Value(details) => details,
    };
    let Some(name) = &details.bucket else { return Fact::Known(false) };
    let found = around.account.buckets.iter().find(|bucket| bucket.name == *name);
    match found.map(|bucket| (bucket.gone, bucket.files.get(&details.files_of(&export.arn)))) {
        Some((true, _)) => Fact::Known(true),
        Some((false, Some(files))) => Fact::of(files, |holds| !holds),
        Some((false, None)) | None => Fact::Unknown(Services::not_collected().id().into()),
    }
}

/// What is known of a bucket by its name; null where none is named, and where there is no such bucket any more.
pub fn in_bucket(
    name: Option<&str>,
    around: &Around<'_>,
    read: impl FnOnce(&snapshot::Bucket) -> Option<&Seen<bool>>,
) -> Fact<Option<bool>> {
    let Some(name) = name else { return Fact::Known(None) };
    let found = around.account.buckets.iter().find(|bucket| bucket.name == name);
    match found.map(|bucket| (bucket.gone, read(bucket))) {
        Some((true, _)) => Fact::Known(None),
        Some((false, Some(seen))) => Fact::of(seen, |known| Some(*known)),
        Some((false, None)) | None => Fact::Unknown(Services::not_collected().id().into()),
    }
}

/// Whether Block Public Access is whole on a bucket: its own, or that of this account where the bucket is the account's (AWS
/// documentation: "Blocking public access to your Amazon S3 storage": the more restrictive of the two holds).
pub fn blocked(name: Option<&str>, external: bool, around: &Around<'_>) -> Fact<Option<bool>> {
    let own = in_bucket(name, around, |bucket| Some(&bucket.blocked));
    match (&own, &around.account.public_access_blocked) {
        (Fact::Known(None | Some(true)), _) => own,
        _ if external => own,
        (_, Seen::Value(true)) => Fact::Known(Some(true)),
        (_, Seen::Value(false)) => own,
        (Fact::Unknown(gaps), Seen::Gap(gap)) => Fact::Unknown(gaps.clone().and(gap)),
        (Fact::Known(_), Seen::Gap(gap)) => Fact::Unknown(gap.into()),
    }
}
