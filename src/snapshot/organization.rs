//! The organization that an account is in, with the policies that bind it ("AWS Organizations: policy evaluation").

use serde::{Deserialize, Serialize};

use super::Seen;

/// An organization, as one of its accounts stands in it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Organization {
    /// For example `o-exampleorgid`.
    pub id: String,
    /// The management account: no policy of the organization binds it.
    pub management_account: String,
    /// Where the account stands: `o-exampleorgid/r-ab12/ou-ab12-11111111/`; none where that was not told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Every account of the organization, sorted; none where nobody asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accounts: Option<Seen<Vec<String>>>,
    /// Service control policies, the root first, then each organizational unit, the account last. Empty where that
    /// type of policy is off.
    pub scps: Vec<Level>,
    /// Resource control policies, likewise.
    pub rcps: Vec<Level>,
}

/// The root, an organizational unit or an account, with the policies attached to it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Level {
    /// `r-…`, `ou-…` or an account's id.
    pub target: String,
    /// The policies attached there.
    pub policies: Vec<ControlPolicy>,
}

/// A service or resource control policy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ControlPolicy {
    /// For example `p-FullAWSAccess`.
    pub id: String,
    /// Name.
    pub name: String,
    /// The document; a gap where it was not given.
    pub document: Seen<String>,
}
