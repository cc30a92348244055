//! A role's trust policy, read for who may become the role.

use super::paths::means;
use crate::{
    facts::principal::Trust as Facts,
    iam::{
        Condition, Effect, Kind, Malformed, Policy, Statement,
        operator::{Base, Quantifier},
        principal::{Entry, Principals},
        resource_policy::{binds, callers},
    },
};

/// Who may become a role.
#[derive(Debug, Clone, Default)]
pub(super) struct Trust {
    /// What it says in short.
    pub(super) facts: Facts,
    /// Whether a session may bring tags of its own.
    pub(super) lets_tag: bool,
    /// The policy, without what lets nobody become the role; none for a user.
    pub(super) policy: Option<Policy>,
}

const SAML: &str = "sts:assumerolewithsaml";
const WEB: &str = "sts:assumerolewithwebidentity";
const BECOME: [&str; 3] = ["sts:assumerole", SAML, WEB];

/// The identity provider of Amazon Cognito's identity pools.
const COGNITO: &str = "cognito-identity.amazonaws.com";

/// Issuers of tokens for everyone's workloads: that a token is theirs says nothing of whose it is
/// ("Configuring a role for GitHub OIDC identity provider", and its like).
const SHARED: &[&str] = &[
    "token.actions.githubusercontent.com",
    "gitlab.com",
    "app.terraform.io",
    "agent.buildkite.com",
    "accounts.google.com",
    "oidc.vercel.com",
    "api.bitbucket.org",
];

impl Trust {
    /// Reads a trust policy of a role of `owner`.
    pub(super) fn read(text: &str, owner: &str) -> Result<Self, Malformed> {
        let policy = Policy::parse(text, Kind::Trust)?;
        let mut trust = Trust::default();
        let facts = &mut trust.facts;
        let mut bare = false;
        for statement in policy.statements.iter().filter(|s| s.effect == Effect::Allow) {
            let Some(principals) = &statement.principals else { continue };
            trust.lets_tag |= statement.names_action("sts:tagsession");
            if !BECOME.iter().any(|action| statement.names_action(action)) {
                continue;
            }
            let callers = callers(statement, principals);
            let outside = callers.anyone || callers.accounts.iter().any(|account| account != owner);
            let providers = principals.entries.iter().any(|entry| matches!(entry, Entry::Federated(_)));
            let guarded = statement.conditions.iter().any(guards);
            facts.anyone |= callers.anyone && !guarded && !statement.conditions.iter().any(binds);
            facts.other_accounts |= outside && !providers;
            bare |= outside && !providers && !guarded;
            principals.entries.iter().for_each(|entry| add(facts, entry, statement, principals));
        }
        facts.conditioned = facts.other_accounts && !bare;
        facts.services.sort();
        facts.services.dedup();
        trust.policy = Some(policy.restricted_to(&BECOME));
        debug_assert!(BECOME.iter().all(|action| means::actions().contains(action)));
        Ok(trust)
    }
}

fn add(facts: &mut Facts, entry: &Entry, statement: &Statement, principals: &Principals) {
    if principals.negated {
        return;
    }
    match entry {
        Entry::Service(name) => facts.services.push(name.clone()),
        Entry::UniqueId(_) => facts.deleted = true,
        Entry::Federated(name) if statement.names_action(WEB) => {
            let host = name.rsplit_once(":oidc-provider/").map_or(name.as_str(), |(_, host)| host);
            facts.web_identity = true;
            facts.open_oidc |= open(host, &statement.conditions);
            if host == COGNITO {
                facts.cognito = true;
                facts.unauthenticated |= !signed_in(&statement.conditions);
            }
        }
        Entry::Federated(_) => facts.saml |= statement.names_action(SAML),
        _ => {}
    }
}

/// Whether a condition asks another account for what a passer-by cannot give.
fn guards(condition: &Condition) -> bool {
    let keys =
        ["sts:externalid", "aws:principalorgid", "aws:principalorgpaths", "aws:multifactorauthpresent"];
    keys.contains(&condition.lookup.as_str()) && demands(condition)
}

/// Whether a condition must be met by a value in the request.
fn demands(condition: &Condition) -> bool {
    !condition.operator.negated
        && !condition.operator.if_exists
        && condition.operator.quantifier != Some(Quantifier::ForAllValues)
        && !condition.holds_nobody_off()
}

/// Whether a trust in an OpenID Connect provider lets in more than those whom its owner means: no claim is
/// asked for, or, of an issuer that everyone shares, none that tells whose the token is
/// ("Creating a role for OpenID Connect federation").
fn open(host: &str, conditions: &[Condition]) -> bool {
    let issuer = host.split('/').next().unwrap_or(host);
    let prefix = format!("{}:", host.to_lowercase());
    let claim = |condition: &Condition| condition.lookup.strip_prefix(&prefix).map(str::to_owned);
    let binding = conditions.iter().filter(|condition| demands(condition) && compares(condition)).any(|c| {
        match claim(c).as_deref() {
            None => false,
            Some("aud") => !SHARED.contains(&issuer),
            // Whether one is signed in does not say to what.
            Some("amr") => false,
            Some(claim) => c.values.iter().all(|value| names_someone(claim, value.text())),
        }
    });
    !binding
}

fn compares(condition: &Condition) -> bool {
    matches!(condition.operator.base, Base::String | Base::StringIgnoreCase | Base::StringLike)
}

/// Whether a value of a claim tells one owner from all others: `repo:acme/*` does, `repo:*` and `repo:acm*`
/// do not.
fn names_someone(claim: &str, value: &str) -> bool {
    let wild = |text: &str| text.contains(['*', '?']);
    if claim != "sub" {
        return value.split(['/', ':']).next().is_some_and(|first| !first.is_empty() && !wild(first));
    }
    // Claims that name the sort of subject, then the owner: `repo:owner/name:…`, `organization:owner:…`.
    let words = ["repo", "project_path", "organization", "system", "group_path", "owner"];
    let mut parts = value.split([':', '/']);
    match parts.next() {
        Some(first) if words.contains(&first) => {
            parts.next().is_some_and(|owner| !owner.is_empty() && !wild(owner))
        }
        Some(first) => !first.is_empty() && !wild(first),
        None => false,
    }
}

/// Whether Cognito lets in none but those who have signed in
/// ("Role trust and permissions": `cognito-identity.amazonaws.com:amr`).
fn signed_in(conditions: &[Condition]) -> bool {
    let key = format!("{COGNITO}:amr");
    conditions.iter().any(|condition| {
        condition.lookup == key
            && demands(condition)
            && condition.values.iter().all(|value| value.text() == "authenticated")
    })
}
