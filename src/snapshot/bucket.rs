//! An S3 bucket that received exports of tables.

use serde::{Deserialize, Serialize};

use super::Seen;

/// A bucket.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bucket {
    /// Name, unique in its partition.
    pub name: String,
    /// GetBucketPolicyStatus: whether S3 calls the bucket's policy public.
    pub public: Seen<bool>,
    /// GetPublicAccessBlock: whether all four settings are on.
    pub blocked: Seen<bool>,
    /// GetBucketEncryption: whether new objects are encrypted with a KMS key by default.
    pub kms: Seen<bool>,
}
