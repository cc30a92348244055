//! Facts of a user or role of the account.

use schemars::JsonSchema;
use serde::Serialize;

/// A user or role.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Principal {
    /// Amazon Resource Name.
    pub arn: String,
    /// Name.
    pub name: String,
    /// User or role.
    pub kind: PrincipalKind,
    /// Names of attached AWS managed policies, sorted; those of a user's groups too.
    pub aws_managed: Vec<String>,
    /// Whether a permissions boundary bounds it.
    pub boundary: bool,
    /// Whether a role can be assumed by another account; false for a user.
    pub trusts_other_accounts: bool,
    /// Whether a role can be assumed by anyone, without a condition; false for a user.
    pub trusts_anyone: bool,
    /// Whether the trust of another account asks for an external id, an organization or MFA.
    pub trust_conditioned: bool,
    /// Whether a policy of its own could not be read, so that what it may do is not known whole.
    pub policies_unread: bool,
    /// Whether it can read items of some table.
    pub reads_tables: super::Fact<bool>,
    /// Whether it can read items of some table in whose sample a secret was seen.
    pub reads_sensitive: super::Fact<bool>,
    /// Whether it may decrypt with every key of the account, so with every table's.
    pub decrypts_all_keys: super::Fact<bool>,
}

/// User or role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PrincipalKind {
    /// A role.
    Role,
    /// A user.
    User,
}
