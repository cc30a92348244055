//! Facts of a user or role of the account.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Fact, access::paths::means::Step, activity::Activity};

/// A user or role. Whether a user is a person is not known: login profiles are not collected.
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
    /// Who may become the role; all false for a user.
    pub trust: Fact<Trust>,
    /// Whether a policy of its own could not be read, so that what it may do is not known whole.
    pub policies_unread: Fact<bool>,
    /// Whether it can read items of some table (`GetItem`, `Query`, `Scan`, PartiQL, the stream).
    pub reads_tables: Fact<bool>,
    /// Whether it can read items of every table outright (`GetItem`, `Query`, `Scan`, PartiQL), some through a
    /// statement that names all tables; a role that the key of some table stops cannot.
    pub reads_every_table: Fact<bool>,
    /// Whether DynamoDB lets it do everything on every table, outright.
    pub full_access: Fact<bool>,
    /// Whether it can read items of some table in whose sample a secret was seen.
    pub reads_sensitive: Fact<bool>,
    /// Whether it may decrypt with every key of the account, so with every table's.
    pub decrypts_all_keys: Fact<bool>,
    /// ARNs of tables that its policies allow something on, and that are not there, in Regions that were looked at;
    /// sorted.
    pub gone_tables: Fact<Vec<String>>,
    /// What it reads through others alone, by the roles that it can become and the rights that it can give
    /// itself; null where that is nothing.
    pub indirect: Fact<Option<Indirect>>,
    /// What it signs in with, and when it used DynamoDB.
    pub activity: Activity,
    /// Whether it can give itself the right to read tables that it does not read: by a policy, a group, the
    /// end of its boundary, a new principal, or the policy or a grant of the key that stops it.
    pub grants_itself: Fact<bool>,
    /// Versions of its managed policies that are not in force, and would let it read tables that it does not read, as
    /// `policy:version`; sorted. Policies of AWS have no version that an account can choose.
    pub latent_policies: Fact<Vec<String>>,
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

/// Who may become a role, by its trust policy.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Trust {
    /// Whether another account, or a principal of one, may.
    pub other_accounts: bool,
    /// Whether anyone may, without a condition that binds the caller.
    pub anyone: bool,
    /// Whether every trust of another account asks for an external id, an organization or MFA.
    pub conditioned: bool,
    /// Whether users of an OpenID Connect provider may.
    pub web_identity: bool,
    /// Whether an OpenID Connect provider is trusted without a condition that tells whose the token is.
    pub open_oidc: bool,
    /// Whether users of an Amazon Cognito identity pool may.
    pub cognito: bool,
    /// Whether guests of an Amazon Cognito identity pool may, who have not signed in.
    pub unauthenticated: bool,
    /// Whether users of a SAML provider may.
    pub saml: bool,
    /// Services that may, sorted.
    pub services: Vec<String>,
    /// Whether it names a principal that was deleted.
    pub deleted: bool,
}

/// What a principal reads through others alone.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Indirect {
    /// How many tables; one whose key was not seen is not counted.
    pub tables: i64,
    /// How many of them in whose samples a secret was seen; unknown where one of them was not sampled.
    pub sensitive: Fact<i64>,
    /// Whether every way to them depends on a condition that cannot be judged at rest.
    pub conditional: bool,
    /// Hops of the shortest way: to a table with secrets, where there is one.
    pub hops: i64,
    /// Its first hop.
    pub first: Step,
    /// Whether some hop of it is more than assuming a role.
    pub escalates: bool,
    /// The way, hop by hop, to show; one of more than eight hops by its first ones, how many lie between, and its last.
    pub path: String,
}
