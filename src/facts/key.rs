//! Facts of a KMS key and of its grants.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Collection, Fact, table::KeyOwner};

/// A KMS key that something of DynamoDB is encrypted with.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Key {
    /// Amazon Resource Name.
    pub arn: String,
    /// Whose key it is.
    pub owner: Fact<KeyOwner>,
    /// Whether it belongs to another account.
    pub external: Fact<bool>,
    /// `Enabled`, `Disabled`, `PendingDeletion`, `PendingImport`, `Unavailable`, …
    pub state: Fact<String>,
    /// Days until it is deleted; null where no deletion is scheduled.
    pub deletion_in_days: Fact<Option<i64>>,
    /// Where its material comes from: `AWS_KMS`, `EXTERNAL`, `AWS_CLOUDHSM`, `EXTERNAL_KEY_STORE`.
    pub origin: Fact<String>,
    /// Days until imported material expires; null where it does not.
    pub material_expires_in_days: Fact<Option<i64>>,
    /// Whether automatic rotation is on; null where the key cannot rotate by itself.
    pub rotation: Fact<Option<bool>>,
    /// Number of tables and replicas that it encrypts.
    pub tables: i64,
    /// Who may decrypt by the key's policy.
    pub policy: Fact<KeyPolicy>,
    /// Grants.
    pub grants: Collection<Grant>,
}

/// A key policy, read for who may decrypt.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct KeyPolicy {
    /// Whether anyone may decrypt, without a condition that binds the caller.
    pub public: bool,
    /// Whether another account, or a principal of one, may decrypt or make grants.
    pub cross_account: bool,
    /// Accounts beside the owner that may, sorted.
    pub accounts: Vec<String>,
    /// Whether some principal may decrypt without DynamoDB between (`kms:ViaService`) and without an encryption context.
    pub usable_outside_dynamodb: bool,
    /// Whether the policy hands decisions over to the account's IAM policies.
    pub delegates_to_iam: bool,
}

/// A grant on a key.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Grant {
    /// Id.
    pub id: String,
    /// Who may use it; empty where KMS does not say.
    pub grantee: String,
    /// Whether it lets its grantee decrypt.
    pub decrypts: bool,
    /// Whether the grantee is of another account.
    pub external: bool,
    /// Whether the grantee is an AWS service.
    pub service: bool,
    /// Whether the grantee no longer exists (only a unique id is left).
    pub deleted: bool,
    /// Whether an encryption context bounds it.
    pub constrained: bool,
}
pub fn facts(
    _k: &crate::snapshot::Key,
    _a: &crate::snapshot::Account,
    _t: crate::snapshot::Timestamp,
    _g: &mut std::collections::BTreeMap<crate::snapshot::GapId, crate::snapshot::Gap>,
) -> Key {
    loop {}
}
pub fn nodes(
    _a: &crate::snapshot::Account,
    _t: crate::snapshot::Timestamp,
    _g: &mut std::collections::BTreeMap<crate::snapshot::GapId, crate::snapshot::Gap>,
) -> Vec<super::Node> {
    vec![]
}
