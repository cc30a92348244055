//! Facts of a user or role of the account.

use schemars::JsonSchema;
use serde::Serialize;

use super::Fact;

/// A user or role.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Principal {
    /// Amazon Resource Name.
    pub arn: Fact<String>,
    /// Name.
    pub name: Fact<String>,
    /// User or role.
    pub kind: Fact<PrincipalKind>,
    /// Names of attached AWS managed policies, sorted; those of a user's groups too.
    pub aws_managed: Fact<Vec<String>>,
    /// Whether a permissions boundary bounds it.
    pub boundary: Fact<bool>,
    /// Whether a role can be assumed by another account; false for a user.
    pub trusts_other_accounts: Fact<bool>,
    /// Whether a role can be assumed by anyone, without a condition; false for a user.
    pub trusts_anyone: Fact<bool>,
    /// Whether the trust of another account asks for an external id, an organization or MFA.
    pub trust_conditioned: Fact<bool>,
    /// Whether a policy of its own could not be read, so that what it may do is not known whole.
    pub policies_unread: Fact<bool>,
    /// Whether it can read items of some table (`GetItem`, `Query`, `Scan`, PartiQL, the stream).
    pub reads_tables: Fact<bool>,
    /// Whether it can read items of every table outright (`GetItem`, `Query`, `Scan`, PartiQL), some through a
    /// statement that names all tables.
    pub reads_every_table: Fact<bool>,
    /// Whether it may do everything on every table, outright.
    pub full_access: Fact<bool>,
    /// Whether it can read items of some table in whose sample a secret was seen.
    pub reads_sensitive: Fact<bool>,
    /// Whether it may decrypt with every key of the account, so with every table's.
    pub decrypts_all_keys: Fact<bool>,
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
