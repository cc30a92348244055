//! The users and roles of an account with the policies that each one is under.

use std::collections::BTreeMap;

use super::{guard::Guard, policies::Policies};
use crate::{
    facts::{
        access::trust::Trust,
        gaps::{file, malformed},
        reader::ReaderKind,
    },
    iam::{Keys, Kind, Value, Who, WhoKind},
    snapshot::{Account, Gap, GapId, Principals, ResourceId, Seen, Why, principal::Principal},
};

/// One user or role.
#[derive(Debug, Clone)]
pub(super) struct Subject {
    pub(super) who: Who,
    pub(super) name: String,
    pub(super) kind: ReaderKind,
    /// What it brings to each request.
    pub(super) keys: Keys,
    /// Numbers of its policies, sorted: inline, attached, its groups'.
    pub(super) identity: Vec<usize>,
    pub(super) boundary: Option<usize>,
    /// Whether it has a boundary, read or not.
    pub(super) bounded: bool,
    /// Gaps behind which a policy may lie that grants (or denies).
    pub(super) unread: Vec<GapId>,
    /// The gap behind which its boundary lies.
    pub(super) boundary_unread: Option<GapId>,
    pub(super) aws_managed: Vec<String>,
    /// A service-linked role: guardrails of the organization do not bind it.
    pub(super) service_linked: bool,
    pub(super) trust: Result<Trust, GapId>,
}

/// Every user, then every role, by ARN.
pub(super) fn read(
    account: &Account,
    guard: &Guard,
    policies: &mut Policies,
    gaps: &mut BTreeMap<GapId, Gap>,
) -> Vec<Subject> {
    let all = &account.principals;
    let mut reader = Reader { account, all, guard, policies, gaps };
    let users = all.users.iter().map(|user| (ReaderKind::User, user));
    let roles = all.roles.iter().map(|role| (ReaderKind::Role, role));
    let mut subjects: Vec<Subject> = users.chain(roles).map(|(kind, p)| reader.subject(kind, p)).collect();
    subjects.sort_by(|a, b| a.who.arn.cmp(&b.who.arn));
    subjects
}

struct Reader<'a> {
    account: &'a Account,
    all: &'a Principals,
    guard: &'a Guard,
    policies: &'a mut Policies,
    gaps: &'a mut BTreeMap<GapId, Gap>,
}

impl Reader<'_> {
    fn subject(&mut self, kind: ReaderKind, principal: &Principal) -> Subject {
        let mut subject = Subject {
            who: Who {
                kind: if kind == ReaderKind::User { WhoKind::User } else { WhoKind::Role },
                arn: principal.arn.clone(),
                account: self.account.id.clone(),
                id: principal.id.clone(),
            },
            name: principal.name.clone(),
            kind,
            keys: Keys::new(),
            identity: Vec::new(),
            boundary: None,
            bounded: principal.boundary.is_some(),
            unread: Vec::new(),
            boundary_unread: None,
            aws_managed: Vec::new(),
            service_linked: kind == ReaderKind::Role && principal.path.starts_with("/aws-service-role/"),
            trust: Ok(Trust::default()),
        };
        self.attach(&mut subject, principal);
        for name in &principal.groups {
            match self.all.groups.iter().find(|group| group.name == *name) {
                Some(group) => self.attach(&mut subject, group),
                None => {
                    let message = format!("the group `{}` was not listed", crate::iam::printable(name));
                    let gap = self.not_given(&principal.arn, message);
                    subject.unread.push(gap);
                }
            }
        }
        if let Some(arn) = &principal.boundary {
            match self.managed(arn) {
                Ok((_, id)) => subject.boundary = Some(id),
                Err(gap) => subject.boundary_unread = Some(gap),
            }
        }
        if let Some(text) = principal.trust.as_ref().filter(|_| kind == ReaderKind::Role) {
            subject.trust = Trust::read(text, &self.account.id)
                .map_err(|error| malformed(self.gaps, "trust policy", &principal.arn, &error));
        }
        subject.keys = keys(&subject, principal, self.guard);
        subject.identity.sort_unstable();
        subject.identity.dedup();
        subject.unread.sort();
        subject.unread.dedup();
        subject.aws_managed.sort();
        subject.aws_managed.dedup();
        subject
    }

    /// Adds the policies of a user, role or group.
    fn attach(&mut self, subject: &mut Subject, holder: &Principal) {
        for (name, text) in &holder.inline {
            match self.policies.load(name, text, Kind::Identity) {
                Ok(id) => subject.identity.push(id),
                Err(error) => {
                    let document = format!("inline policy `{}`", crate::iam::printable(name));
                    subject.unread.push(malformed(self.gaps, &document, &holder.arn, &error));
                }
            }
        }
        for arn in &holder.attached {
            if let Some((_, name)) = arn.split_once(":iam::aws:policy/") {
                let name = name.rsplit('/').next().unwrap_or(name);
                subject.aws_managed.push(name.to_owned());
            }
            match self.managed(arn) {
                Ok((_, id)) => subject.identity.push(id),
                Err(gap) => subject.unread.push(gap),
            }
        }
    }

    fn managed(&mut self, arn: &str) -> Result<(String, usize), GapId> {
        let Some(managed) = self.all.policies.get(arn) else {
            let message = "the policy is attached, but its document was not given".to_owned();
            return Err(self.not_given(arn, message));
        };
        let text = match &managed.document {
            Seen::Value(text) => text,
            Seen::Gap(gap) => return Err(gap.clone()),
        };
        match self.policies.load(&managed.name, text, Kind::Identity) {
            Ok(id) => Ok((managed.name.clone(), id)),
            Err(error) => Err(malformed(self.gaps, "managed policy", arn, &error)),
        }
    }

    /// The gap behind something that IAM should have given: that of the list, if it is incomplete.
    fn not_given(&mut self, on: &str, message: String) -> GapId {
        if let Some(gap) = &self.all.gap {
            return gap.clone();
        }
        let call = "iam:GetAccountAuthorizationDetails".to_owned();
        file(self.gaps, Gap { call, on: ResourceId(on.to_owned()), why: Why::Malformed, message })
    }
}

/// What a user or role brings to each request ("AWS global condition context keys").
fn keys(subject: &Subject, principal: &Principal, guard: &Guard) -> Keys {
    let keys = guard
        .keys()
        .with_one("aws:PrincipalArn", &principal.arn)
        .with_one("aws:PrincipalAccount", &subject.who.account)
        .with_one("aws:PrincipalIsAWSService", "false")
        .with("aws:PrincipalServiceName", Value::Absent)
        // These are of calls that a service makes for another resource.
        .with("aws:SourceArn", Value::Absent)
        .with("aws:SourceAccount", Value::Absent);
    let tags = |keys: Keys| {
        let tag = |keys: Keys, (name, value): (&String, &String)| {
            keys.with_one(&format!("aws:PrincipalTag/{name}"), value)
        };
        principal.tags.iter().fold(keys, tag).with_family("aws:PrincipalTag/", Value::Absent)
    };
    if subject.kind == ReaderKind::User {
        return tags(keys)
            .with_one("aws:PrincipalType", "User")
            .with_one("aws:username", &principal.name)
            .with_one("aws:userid", &principal.id);
    }
    let keys = keys.with_one("aws:PrincipalType", "AssumedRole").with("aws:username", Value::Absent);
    // "Session tags override role tags with the same key", where the trust policy lets a session bring any.
    match &subject.trust {
        Ok(trust) if !trust.lets_tag => tags(keys),
        _ => keys,
    }
}
