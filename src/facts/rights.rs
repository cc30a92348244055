//! What one principal of an account may do, action by action, by its own policies, its boundary and the organization's.

use crate::{
    iam::{Caller, Context, Decision, Keys, Kind, Named, Policy, Request, Who, WhoKind, arn::Arn, decide},
    snapshot::{
        Account, GapId, Seen,
        organization::Level,
        principal::{Principal, Principals},
    },
};

/// The policies that bear on a principal, parsed.
pub struct Rights {
    who: Who,
    identity: Vec<(String, Policy)>,
    boundary: Option<(String, Policy)>,
    scps: Vec<Vec<(String, Policy)>>,
    /// Why one of them could not be read.
    unread: Option<GapId>,
    /// Whether one that could grant is among these.
    hides_grants: bool,
    root: bool,
}

/// Whether a request is allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum May {
    /// It is.
    Yes,
    /// Under a condition of a policy.
    Perhaps,
    /// It is not.
    No,
    /// A policy that decides could not be read.
    Unknown(Option<GapId>),
}

impl Rights {
    /// Those of the caller `arn`: a user, a role's session or the root user. None where it is not among the principals listed.
    pub fn of(account: &Account, arn: &str) -> Option<Self> {
        let parsed = Arn::parse(arn)?;
        let who = |kind, arn: &str, id: &str| Who {
            kind,
            arn: arn.to_owned(),
            account: account.id.clone(),
            id: id.to_owned(),
        };
        if parsed.resource == "root" {
            let who = who(WhoKind::User, arn, "");
            return Some(Self { root: true, ..Self::nobody(who) });
        }
        let all = &account.principals;
        let session = parsed.resource.strip_prefix("assumed-role/").and_then(|rest| rest.split('/').next());
        let (kind, principal) = match session {
            Some(role) => (WhoKind::Role, all.roles.iter().find(|one| one.name == role)?),
            None if parsed.resource.starts_with("role/") => {
                (WhoKind::Role, all.roles.iter().find(|one| one.arn == arn)?)
            }
            None => (WhoKind::User, all.users.iter().find(|one| one.arn == arn)?),
        };
        let mut rights = Self::nobody(who(kind, &principal.arn, &principal.id));
        rights.grant(principal, all);
        for name in &principal.groups {
            match all.groups.iter().find(|group| group.name == *name) {
                Some(group) => rights.grant(group, all),
                None => rights.hide(all.gap.clone()),
            }
        }
        if let Some(arn) = &principal.boundary {
            match all.policies.get(arn).map(|policy| &policy.document) {
                Some(Seen::Value(text)) => match Policy::stored(text, Kind::Identity) {
                    Ok(policy) => rights.boundary = Some((arn.clone(), policy)),
                    Err(_) => rights.unread = rights.unread.or(all.gap.clone()),
                },
                Some(Seen::Gap(gap)) => rights.unread = Some(gap.clone()),
                None => rights.unread = rights.unread.or(all.gap.clone()),
            }
        }
        match &account.guardrails {
            Seen::Gap(gap) => rights.unread = Some(gap.clone()),
            Seen::Value(Some(organization)) if organization.management_account != account.id => {
                rights.scps =
                    organization.scps.iter().map(|level| rights_of(level, &mut rights.unread)).collect();
            }
            Seen::Value(_) => {}
        }
        Some(rights)
    }

    fn nobody(who: Who) -> Self {
        Self {
            who,
            identity: Vec::new(),
            boundary: None,
            scps: Vec::new(),
            unread: None,
            hides_grants: false,
            root: false,
        }
    }

    fn grant(&mut self, principal: &Principal, all: &Principals) {
        for (name, text) in &principal.inline {
            self.take(name, text);
        }
        for arn in &principal.attached {
            match all.policies.get(arn).map(|policy| &policy.document) {
                Some(Seen::Value(text)) => self.take(arn, text),
                Some(Seen::Gap(gap)) => self.hide(Some(gap.clone())),
                None => self.hide(all.gap.clone()),
            }
        }
    }

    fn take(&mut self, name: &str, text: &str) {
        match Policy::stored(text, Kind::Identity) {
            Ok(policy) => self.identity.push((name.to_owned(), policy)),
            Err(_) => self.hide(None),
        }
    }

    fn hide(&mut self, gap: Option<GapId>) {
        self.hides_grants = true;
        self.unread = self.unread.take().or(gap);
    }

    /// Whether `action` is allowed on `resource`. A condition on what is not known of a request may hold or not.
    pub fn may(&self, action: &str, resource: &str) -> May {
        if self.root {
            return May::Yes;
        }
        let identity: Vec<Named<'_>> = self.identity.iter().map(named).collect();
        let boundary: Option<Vec<Named<'_>>> = self.boundary.as_ref().map(|one| vec![named(one)]);
        let scps: Vec<Vec<Named<'_>>> =
            self.scps.iter().map(|level| level.iter().map(named).collect()).collect();
        let scps: Vec<&[Named<'_>]> = scps.iter().map(Vec::as_slice).collect();
        let caller =
            Caller { boundary: boundary.as_deref(), scps: &scps, ..Caller::with(&self.who, &identity) };
        let keys = Keys::new();
        let context = Context { caller: &keys, resource: &keys };
        let action = action.to_lowercase();
        match decide(&caller, &Request::new(&action, resource, context)).decision {
            Decision::Denied(_) if self.hides_grants => May::Unknown(self.unread.clone()),
            Decision::Denied(_) => May::No,
            _ if self.unread.is_some() => May::Unknown(self.unread.clone()),
            Decision::Allowed => May::Yes,
            Decision::Conditional(_) => May::Perhaps,
        }
    }
}

fn named((name, policy): &(String, Policy)) -> Named<'_> {
    Named { name, policy }
}

/// A control policy that was not read may take anything away, and allows nothing more than the others do.
fn rights_of(level: &Level, unread: &mut Option<GapId>) -> Vec<(String, Policy)> {
    let mut policies = Vec::new();
    for policy in &level.policies {
        let read = policy.document.value().and_then(|text| Policy::stored(text, Kind::Identity).ok());
        match (read, policy.document.gap()) {
            (Some(read), _) => policies.push((policy.name.clone(), read)),
            (None, gap) => *unread = unread.take().or(gap.cloned()),
        }
    }
    policies
}
