//! An S3 bucket that received exports of tables, or that tables were imported from.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Seen;

/// A bucket.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bucket {
    /// Name, unique in its partition.
    pub name: String,
    /// Whether S3 says that there is no such bucket any more.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub gone: bool,
    /// GetBucketPolicyStatus: whether S3 calls the bucket's policy public.
    pub public: Seen<bool>,
    /// GetPublicAccessBlock: whether all four settings are on.
    pub blocked: Seen<bool>,
    /// GetBucketEncryption: whether new objects are encrypted with a KMS key by default.
    pub kms: Seen<bool>,
    /// ListObjectsV2: whether anything lies under each prefix that an export or an import names. No name of an object is kept.
    #[serde(default)]
    pub files: BTreeMap<String, Seen<bool>>,
}
