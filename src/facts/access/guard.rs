//! The policies of the organization around an account, as the levels that every request must pass.

use std::collections::BTreeMap;

use super::policies::Policies;
use crate::{
    facts::gaps::malformed,
    iam::{Effect, Keys, Kind, Named, Statement, Value, actions::WAYS},
    snapshot::{
        Account, Gap, GapId, Seen,
        organization::{Level, Organization},
    },
};

/// Stands for a control policy that was not seen: it may allow everything, and so hides no reader.
const EVERYTHING: &str =
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;

/// Service and resource control policies that bind an account, level by level, as numbers; none in the
/// management account, which they do not bind.
#[derive(Debug, Default)]
pub(super) struct Guard {
    scps: Vec<Vec<usize>>,
    rcps: Vec<Vec<usize>>,
    /// Whether it is known if the account is in an organization.
    seen: bool,
    /// Why some of them were not seen.
    pub(super) unread: Option<GapId>,
    /// Id of the organization.
    pub(super) organization: Option<String>,
    /// Its accounts, where they were asked about.
    pub(super) accounts: Option<Seen<Vec<String>>>,
    /// Where the account stands in it: `o-…/r-…/ou-…/`.
    pub(super) path: Option<String>,
}

impl Guard {
    /// Reads them. A policy that does not parse is a gap: it may take anything away.
    pub(super) fn read(account: &Account, policies: &mut Policies, gaps: &mut BTreeMap<GapId, Gap>) -> Self {
        let organization: &Organization = match &account.guardrails {
            Seen::Gap(gap) => return Self { unread: Some(gap.clone()), ..Self::default() },
            Seen::Value(None) => return Self { seen: true, ..Self::default() },
            Seen::Value(Some(organization)) => organization,
        };
        let mut guard = Self {
            seen: true,
            organization: Some(organization.id.clone()),
            accounts: organization.accounts.clone(),
            path: organization.path.clone(),
            ..Self::default()
        };
        if organization.management_account == account.id {
            return guard;
        }
        let mut unread = None;
        let mut read = |levels: &[Level], sort: &str, kind: Kind| -> Vec<Vec<usize>> {
            let mut level = |level: &Level| -> Vec<usize> {
                let documents = level.policies.iter().filter_map(|policy| match &policy.document {
                    Seen::Gap(gap) => {
                        unread.get_or_insert(gap.clone());
                        policies.load("(not read)", EVERYTHING, kind).ok()
                    }
                    Seen::Value(text) => match policies.load(&policy.name, text, kind) {
                        Ok(id) => Some(id),
                        Err(error) => {
                            unread.get_or_insert(malformed(gaps, sort, &policy.id, &error));
                            policies.load("(not read)", EVERYTHING, kind).ok()
                        }
                    },
                });
                documents.collect()
            };
            levels.iter().map(&mut level).collect()
        };
        guard.scps = read(&organization.scps, "service control policy", Kind::Identity);
        guard.rcps = read(&organization.rcps, "resource control policy", Kind::Resource);
        guard.unread = unread;
        guard
    }

    /// What a principal of the account brings of the organization ("AWS global condition context keys").
    pub(super) fn keys(&self) -> Keys {
        match (&self.organization, self.seen) {
            (_, false) => Keys::new(),
            (None, true) => Keys::new()
                .with("aws:PrincipalOrgID", Value::Absent)
                .with("aws:PrincipalOrgPaths", Value::Absent),
            (Some(id), true) => {
                let path = match &self.path {
                    Some(path) => Value::Present(vec![path.clone()]),
                    None => Value::Unknown,
                };
                Keys::new().with_one("aws:PrincipalOrgID", id).with("aws:PrincipalOrgPaths", path)
            }
        }
    }

    /// What a request brings of its resource's organization.
    pub(super) fn resource_keys(&self) -> Keys {
        match (&self.organization, &self.path, self.seen) {
            (Some(id), Some(path), true) => {
                Keys::new().with_one("aws:ResourceOrgID", id).with_one("aws:ResourceOrgPaths", path)
            }
            (Some(id), None, true) => Keys::new().with_one("aws:ResourceOrgID", id),
            (None, _, true) => Keys::new()
                .with("aws:ResourceOrgID", Value::Absent)
                .with("aws:ResourceOrgPaths", Value::Absent),
            (_, _, false) => Keys::new(),
        }
    }

    /// Whether `account` is of the same organization; none where nobody can tell.
    pub(super) fn holds(&self, account: &str) -> Option<bool> {
        Some(self.accounts.as_ref()?.value()?.iter().any(|known| known == account))
    }

    /// Every policy.
    pub(super) fn policies(&self) -> impl Iterator<Item = usize> + '_ {
        self.scps.iter().chain(&self.rcps).flatten().copied()
    }

    /// Whether one of them denies an action that leads to data.
    pub(super) fn denies(&self, policies: &Policies) -> bool {
        let statements = self.policies().flat_map(|id| &policies.get(id).policy.statements);
        let leads = |statement: &Statement| {
            WAYS.iter().flat_map(|way| way.actions).any(|action| statement.names_action(action.name))
        };
        statements.filter(|statement| statement.effect == Effect::Deny).any(|statement| leads(statement))
    }

    /// The policies by level.
    pub(super) fn levels<'a>(&self, policies: &'a Policies) -> Stacks<'a> {
        self.levels_by(|id| policies.named(id))
    }

    /// The same, of what `part` takes of each.
    pub(super) fn levels_by<'a>(&self, part: impl Fn(usize) -> Named<'a>) -> Stacks<'a> {
        let named = |levels: &[Vec<usize>]| -> Vec<Vec<Named<'a>>> {
            levels.iter().map(|level| level.iter().map(|id| part(*id)).collect()).collect()
        };
        Stacks { scps: named(&self.scps), rcps: named(&self.rcps) }
    }
}

/// Policies by level, with their names.
pub(super) struct Stacks<'a> {
    scps: Vec<Vec<Named<'a>>>,
    rcps: Vec<Vec<Named<'a>>>,
}

impl<'a> Stacks<'a> {
    /// Every policy.
    pub(super) fn all(&self) -> impl Iterator<Item = &Named<'a>> {
        self.scps.iter().chain(&self.rcps).flatten()
    }

    pub(super) fn scps(&self) -> Vec<&[Named<'a>]> {
        self.scps.iter().map(Vec::as_slice).collect()
    }

    pub(super) fn rcps(&self) -> Vec<&[Named<'a>]> {
        self.rcps.iter().map(Vec::as_slice).collect()
    }
}
