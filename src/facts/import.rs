//! Facts of imports from S3: an import makes a table, and leaves the files that it was made from.

use schemars::JsonSchema;
use serde::Serialize;

use super::{
    Fact, Node,
    backup::{blocked, in_bucket},
    table::{Around, subject},
};
use crate::{finding::SubjectKind, snapshot};

/// An import from S3, which made its table.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Import {
    /// Amazon Resource Name.
    pub arn: String,
    /// `COMPLETED`, `IN_PROGRESS`, `FAILED`, …
    pub status: String,
    /// Days since it started; null where not given.
    pub age_days: Option<i64>,
    /// Bucket that it read; null where not given.
    pub bucket: Option<String>,
    /// Whether the bucket was named as another account's.
    pub external: bool,
    /// Whether files still lie where it read them; null where no bucket is named.
    pub files: Fact<Option<bool>>,
    /// Whether S3 calls the bucket's policy public; null where no bucket is named.
    pub bucket_public: Fact<Option<bool>>,
    /// Whether all four settings of Block Public Access are on for the bucket or for the account that owns it; null where no
    /// bucket is named.
    pub bucket_blocked: Fact<Option<bool>>,
    /// Whether the bucket encrypts new objects with a KMS key; null where no bucket is named.
    pub bucket_kms: Fact<Option<bool>>,
}

/// The nodes of a table's imports.
pub fn nodes(table: &snapshot::Table, around: &Around<'_>) -> Vec<Node> {
    let account = &around.account.id;
    let imports = &around.services(&table.region).imports;
    let ours = imports.items.iter().filter(|import| import.table_arn == table.arn);
    let mut nodes: Vec<Node> = ours
        .map(|import| {
            let name = import.bucket.as_deref();
            let external = import.bucket_owner.as_ref().is_some_and(|owner| owner != account);
            let prefix = import.prefix.as_deref().unwrap_or_default();
            let facts = Import {
                arn: import.arn.clone(),
                status: import.status.clone(),
                age_days: import.started.map(|at| at.days_until(around.taken)),
                bucket: import.bucket.clone(),
                external,
                files: in_bucket(name, around, |bucket| bucket.files.get(prefix)),
                bucket_public: in_bucket(name, around, |bucket| Some(&bucket.public)),
                bucket_blocked: blocked(name, external, around),
                bucket_kms: in_bucket(name, around, |bucket| Some(&bucket.kms)),
            };
            Node::new(subject(SubjectKind::Import, table, &import.arn, account, []), &facts)
        })
        .collect();
    if let Some(gap) = &imports.gap {
        nodes.push(Node::unlisted(subject(SubjectKind::Import, table, &table.arn, account, []), gap));
    }
    nodes
}
