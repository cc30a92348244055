//! A role's trust policy, read for who may become the role.

use crate::iam::{
    Effect, Kind, Malformed, Policy,
    resource_policy::{binds, callers},
};

/// Who may become a role.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Trust {
    /// Another account, or a principal of one.
    pub(super) other_accounts: bool,
    /// Anyone, without a condition that binds the caller.
    pub(super) anyone: bool,
    /// Whether every statement for another account asks for an external id, an organization or MFA.
    pub(super) conditioned: bool,
    /// Whether a session may bring tags of its own.
    pub(super) lets_tag: bool,
}

impl Trust {
    /// Reads a trust policy of a role of `owner`.
    pub(super) fn read(text: &str, owner: &str) -> Result<Self, Malformed> {
        let policy = Policy::parse(text, Kind::Trust)?;
        let mut trust = Trust::default();
        let mut bare = false;
        for statement in policy.statements.iter().filter(|s| s.effect == Effect::Allow) {
            let Some(principals) = &statement.principals else { continue };
            trust.lets_tag |= statement.names_action("sts:tagsession");
            if !["sts:assumerole", "sts:assumerolewithsaml", "sts:assumerolewithwebidentity"]
                .iter()
                .any(|action| statement.names_action(action))
            {
                continue;
            }
            let callers = callers(statement, principals);
            let outside = callers.anyone || callers.accounts.iter().any(|account| account != owner);
            let guard = |key: &str| {
                [
                    "sts:externalid",
                    "aws:principalorgid",
                    "aws:principalorgpaths",
                    "aws:multifactorauthpresent",
                ]
                .contains(&key)
            };
            let guarded = statement.conditions.iter().any(|condition| {
                guard(&condition.lookup)
                    && !condition.operator.negated
                    && !condition.operator.if_exists
                    && !condition.holds_nobody_off()
            });
            trust.anyone |= callers.anyone && !guarded && !statement.conditions.iter().any(binds);
            trust.other_accounts |= outside;
            bare |= outside && !guarded;
        }
        trust.conditioned = trust.other_accounts && !bare;
        Ok(trust)
    }
}
