//! Users, groups, roles and managed policies, as IAM GetAccountAuthorizationDetails gives them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{GapId, Seen, Timestamp};

/// By ARN, when DynamoDB was last used; none for never in the 400 days that IAM keeps.
pub type Usage = BTreeMap<String, Seen<Option<Timestamp>>>;

/// Everything that IAM told about who exists and what is attached to whom.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Principals {
    /// Users, by ARN.
    pub users: Vec<Principal>,
    /// Groups, by ARN.
    pub groups: Vec<Principal>,
    /// Roles, by ARN.
    pub roles: Vec<Principal>,
    /// Managed policies, by ARN: local ones, and the AWS managed ones that are attached.
    pub policies: BTreeMap<String, ManagedPolicy>,
    /// When whoever may read items by policies of its own last used DynamoDB, by ARN; none where nobody asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<Seen<Usage>>,
    /// The credential report: passwords and access keys of users, by ARN; none where nobody asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credentials: Option<Seen<BTreeMap<String, Credentials>>>,
    /// Why the rest is missing; none if everything was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gap: Option<GapId>,
}

/// A user, group or role.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Principal {
    /// Amazon Resource Name.
    pub arn: String,
    /// Name without its path.
    pub name: String,
    /// `/` or `/path/`.
    pub path: String,
    /// Unique id (`AIDA…`, `AROA…`, `AGPA…`).
    pub id: String,
    /// When it was made.
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub created: Option<Timestamp>,
    /// Names of the groups that a user is in.
    pub groups: Vec<String>,
    /// Inline policies, by name, decoded.
    pub inline: BTreeMap<String, String>,
    /// ARNs of attached managed policies, sorted.
    pub attached: Vec<String>,
    /// ARN of the permissions boundary.
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub boundary: Option<String>,
    /// Trust policy of a role, decoded.
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub trust: Option<String>,
    /// Tags.
    pub tags: BTreeMap<String, String>,
    /// When a role was last used, where IAM told (400 days back).
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub last_used: Option<Timestamp>,
}

/// A managed policy in its default version, with the versions that are not in force.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManagedPolicy {
    /// Name.
    pub name: String,
    /// Default version, for example `v3`.
    #[serde(deserialize_with = "crate::snapshot::present")]
    pub version: Option<String>,
    /// Document of the default version, decoded; a gap where IAM did not give it.
    pub document: Seen<String>,
    /// Documents of its other versions, decoded, by version; none where they were not asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub others: Option<BTreeMap<String, String>>,
}

/// What a user can sign in with.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    /// Whether the user has a password for the console.
    pub password: bool,
    /// Whether an MFA device is set up.
    pub mfa: bool,
    /// Access keys that are active: when each was made or rotated, where the report says so.
    pub keys: Vec<Option<Timestamp>>,
}
