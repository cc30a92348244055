//! Amazon Cognito: identity pools, which give roles to the users of applications.

use serde::{Deserialize, Serialize};

use crate::snapshot::Seen;

/// An identity pool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdentityPool {
    /// Id, for example `eu-west-1:1a2b3c4d-…`.
    pub id: String,
    /// Name.
    pub name: String,
    /// DescribeIdentityPool: whether guests, who have not signed in, get credentials.
    pub guests: Seen<bool>,
    /// GetIdentityPoolRoles: the role of guests, where one is set.
    pub guest_role: Seen<Option<String>>,
}
