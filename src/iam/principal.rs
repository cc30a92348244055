//! The `Principal` element, and whom it means.

use super::{
    Malformed,
    arn::{Arn, is_account_id},
    json::Json,
    policy::{members, texts},
    printable,
};

/// `Principal` or `NotPrincipal` ("AWS JSON policy elements: Principal").
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principals {
    /// Whether it is `NotPrincipal`.
    pub negated: bool,
    /// Whom it lists.
    pub entries: Vec<Entry>,
}

/// One principal that a policy lists.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Entry {
    /// `*`.
    Anyone,
    /// An account, by its id or as `arn:aws:iam::111122223333:root`.
    Account(String),
    /// A user, role or session, by ARN.
    Arn(String),
    /// What AWS leaves of a principal that was deleted: its unique id.
    UniqueId(String),
    /// An AWS service, such as `replication.dynamodb.amazonaws.com`.
    Service(String),
    /// An identity provider.
    Federated(String),
    /// A canonical user id.
    CanonicalUser(String),
}

impl Principals {
    pub(super) fn read(json: Json<'_>, place: &str, negated: bool) -> Result<Self, Malformed> {
        if let Json::Scalar { text, .. } = &json {
            return if text == "*" {
                Ok(Self { negated, entries: vec![Entry::Anyone] })
            } else {
                Err(Malformed::new(place, format!("`{}` is neither * nor an object", printable(text))))
            };
        }
        let mut entries = Vec::new();
        for (name, list) in members(json, place)? {
            let at = format!("{place}.{}", printable(&name));
            let entry: fn(String) -> Entry = match name.as_ref() {
                "AWS" => Entry::aws,
                "Service" => Entry::Service,
                "Federated" => Entry::Federated,
                "CanonicalUser" => Entry::CanonicalUser,
                _ => {
                    return Err(Malformed::new(
                        place,
                        format!("there is no principal type `{}`", printable(&name)),
                    ));
                }
            };
            entries.extend(texts(list, &at)?.into_iter().map(|text| entry(text.into_owned())));
        }
        Ok(Self { negated, entries })
    }
}

impl Entry {
    fn aws(text: String) -> Entry {
        if text == "*" {
            return Entry::Anyone;
        }
        if is_account_id(&text) {
            return Entry::Account(text);
        }
        match Arn::parse(&text) {
            Some(arn) if arn.service == "iam" && arn.resource == "root" => {
                Entry::Account(arn.account.to_owned())
            }
            Some(_) => Entry::Arn(text),
            None => Entry::UniqueId(text),
        }
    }

    /// The account it is of, where it tells.
    pub fn account(&self) -> Option<&str> {
        match self {
            Entry::Account(id) => Some(id),
            Entry::Arn(arn) => Arn::parse(arn).map(|arn| arn.account).filter(|account| !account.is_empty()),
            Entry::Federated(arn) => Arn::parse(arn).map(|arn| arn.account).filter(|id| is_account_id(id)),
            _ => None,
        }
    }
}

/// What sort of caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WhoKind {
    /// An IAM user.
    User,
    /// An IAM role: any session of it.
    Role,
    /// One session of a role, `arn:aws:sts::111122223333:assumed-role/name/session`.
    Session,
    /// A session that a user got by `GetFederationToken`, `arn:aws:sts::111122223333:federated-user/name`.
    FederatedUser,
    /// Whom an identity provider vouches for, before a role is assumed: OIDC, SAML, Cognito.
    Provider,
    /// An account as a whole.
    Account,
    /// The root user of an account.
    Root,
    /// An AWS service.
    Service,
    /// Anyone at all.
    Anyone,
}

/// A caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Who {
    /// What sort.
    pub kind: WhoKind,
    /// ARN, account id, service name or `*`.
    pub arn: String,
    /// Account that the caller is of; empty for a service and for anyone.
    pub account: String,
    /// Unique id (`AIDA…`, `AROA…`), where known.
    pub id: String,
}

impl Who {
    /// The caller that `text` names: an ARN, an account id, a service's or provider's name, or `*`. None if
    /// it is none of these.
    pub fn parse(text: &str) -> Option<Self> {
        let who = |kind, account: &str| {
            Some(Self { kind, arn: text.to_owned(), account: account.to_owned(), id: String::new() })
        };
        if text == "*" {
            return who(WhoKind::Anyone, "");
        }
        if is_account_id(text) {
            return who(WhoKind::Account, text);
        }
        let Some(arn) = Arn::parse(text) else {
            let name = |suffix| text.strip_suffix(suffix).is_some_and(|head: &str| !head.is_empty());
            let service = name(".amazonaws.com") || name(".amazonaws.com.cn");
            let provider = ["cognito-identity.amazonaws.com", "accounts.google.com", "graph.facebook.com"];
            return match () {
                () if provider.contains(&text) || text == "www.amazon.com" => who(WhoKind::Provider, ""),
                () if service => who(WhoKind::Service, ""),
                () => None,
            };
        };
        let (sort, name) = arn.resource.split_once('/').unwrap_or((arn.resource, ""));
        let kind = match (arn.service, sort) {
            ("iam", "root") if name.is_empty() => WhoKind::Root,
            ("iam", "user") => WhoKind::User,
            ("iam", "role") => WhoKind::Role,
            ("iam", "oidc-provider" | "saml-provider") => WhoKind::Provider,
            ("sts", "assumed-role") if name.contains('/') => WhoKind::Session,
            ("sts", "federated-user") => WhoKind::FederatedUser,
            _ => return None,
        };
        if !is_account_id(arn.account) || (name.is_empty() && kind != WhoKind::Root) {
            return None;
        }
        who(kind, arn.account)
    }

    /// Whether it is a service-linked role, by its path: organizations' policies do not bind it. The ARN of a
    /// session has no path.
    pub fn is_service_linked(&self) -> bool {
        let path = |arn: Arn<'_>| arn.resource.starts_with("role/aws-service-role/");
        self.kind == WhoKind::Role && Arn::parse(&self.arn).is_some_and(path)
    }
}

/// How closely a statement names a caller; the closer, the fewer other policies have a say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Closeness {
    /// Through its account, which decides by its own policies.
    Account,
    /// As a role: sessions stay within boundary and session policies.
    Role,
    /// As itself.
    Itself,
    /// As anyone.
    Anyone,
}

impl Principals {
    /// How a statement that allows names `who`; none if it does not.
    pub fn closeness(&self, who: &Who) -> Option<Closeness> {
        let listed = self.entries.iter().filter_map(|entry| entry.closeness(who)).max();
        match (self.negated, listed) {
            (false, listed) => listed,
            (true, None) => Some(Closeness::Anyone),
            (true, Some(_)) => None,
        }
    }

    /// Whether a statement that denies is about `who`. `bounded`: the caller has a permissions boundary.
    pub fn denies(&self, who: &Who, bounded: bool) -> bool {
        if !self.negated {
            return self.closeness(who).is_some();
        }
        // "NotPrincipal with a Deny effect will always deny any IAM principal that has a permissions
        // boundary policy attached" (Permissions boundaries for IAM entities). Others are spared if they are listed
        // together with their account and, if sessions, their role: "you must also specify the account ARN of the
        // not-denied principal", since each may be looked up on its own (AWS JSON policy elements: NotPrincipal).
        let lists = |closeness| self.entries.iter().any(|entry| entry.closeness(who) == Some(closeness));
        let account = lists(Closeness::Account);
        let spared = lists(Closeness::Anyone)
            || match who.kind {
                WhoKind::Account | WhoKind::Root => account,
                WhoKind::Role => account && lists(Closeness::Role),
                WhoKind::Session => account && lists(Closeness::Role) && lists(Closeness::Itself),
                WhoKind::User | WhoKind::FederatedUser => account && lists(Closeness::Itself),
                WhoKind::Service | WhoKind::Provider | WhoKind::Anyone => lists(Closeness::Itself),
            };
        bounded || !spared
    }
}

impl Entry {
    fn closeness(&self, who: &Who) -> Option<Closeness> {
        let named = match self {
            Entry::Anyone => return Some(Closeness::Anyone),
            Entry::Account(id) if *id == who.account => return Some(Closeness::Account),
            Entry::Account(_) => false,
            Entry::Arn(arn) if *arn == who.arn => true,
            Entry::Arn(arn) => return behind(arn, who).then_some(Closeness::Role),
            Entry::UniqueId(id) => *id == who.id && !id.is_empty() || *id == who.arn,
            Entry::Service(name) => who.kind == WhoKind::Service && *name == who.arn,
            Entry::Federated(name) | Entry::CanonicalUser(name) => *name == who.arn,
        };
        let itself = if who.kind == WhoKind::Role { Closeness::Role } else { Closeness::Itself };
        named.then_some(itself)
    }
}

/// Whether `arn` is what a session came from: the role of a role's session, the user of a federated user.
/// Names are unique in an account, so a role's path, which a session's ARN does not tell, need not be known.
fn behind(arn: &str, who: &Who) -> bool {
    let (from, to) = match who.kind {
        WhoKind::Session => ("role/", "assumed-role/"),
        WhoKind::FederatedUser => ("user/", "federated-user/"),
        _ => return false,
    };
    let (Some(arn), Some(session)) = (Arn::parse(arn), Arn::parse(&who.arn)) else { return false };
    let (Some(path), Some(rest)) = (arn.resource.strip_prefix(from), session.resource.strip_prefix(to))
    else {
        return false;
    };
    let name = rest.split('/').next();
    arn.service == "iam"
        && (arn.partition, arn.account) == (session.partition, session.account)
        && path.rsplit('/').next() == name
}
