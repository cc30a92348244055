//! The `Principal` element, and whom it means.

use super::{
    Malformed, Truth,
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
    pub(super) fn read(json: Json, place: &str, negated: bool) -> Result<Self, Malformed> {
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
            let entry: fn(String) -> Entry = match name.as_str() {
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
            entries.extend(texts(&list, &at)?.into_iter().map(entry));
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
    /// An account as a whole.
    Account,
    /// A session named as such.
    Session,
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

/// How closely a statement names a caller; the closer, the fewer other policies have a say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Closeness {
    /// Through its account, which decides by its own policies.
    Account,
    /// As a role: sessions stay within the role's permissions boundary.
    Role,
    /// As itself, or as anyone.
    Itself,
}

impl Principals {
    /// How a statement that allows names `who`; none if it does not.
    pub fn closeness(&self, who: &Who) -> Option<Closeness> {
        let listed = self.entries.iter().filter_map(|entry| entry.closeness(who)).max();
        match (self.negated, listed) {
            (false, listed) => listed,
            (true, None) => Some(Closeness::Itself),
            (true, Some(_)) => None,
        }
    }

    /// Whether a statement that denies is about `who`. `bounded`: the caller has a permissions boundary.
    pub fn denies(&self, who: &Who, bounded: bool) -> Truth {
        // "NotPrincipal with a Deny effect will always deny any IAM principal that has a permissions
        // boundary policy attached" (Permissions boundaries for IAM entities).
        if self.negated && bounded {
            return Truth::True;
        }
        self.closeness(who).is_some().into()
    }
}

impl Entry {
    fn closeness(&self, who: &Who) -> Option<Closeness> {
        let itself = if who.kind == WhoKind::Role { Closeness::Role } else { Closeness::Itself };
        let named = match self {
            Entry::Anyone => return Some(Closeness::Itself),
            Entry::Account(id) if *id == who.account && who.kind != WhoKind::Service => {
                return Some(Closeness::Account);
            }
            Entry::Account(_) => false,
            Entry::Arn(arn) => *arn == who.arn,
            Entry::UniqueId(id) => *id == who.id && !id.is_empty() || *id == who.arn,
            Entry::Service(name) => who.kind == WhoKind::Service && *name == who.arn,
            Entry::Federated(name) | Entry::CanonicalUser(name) => *name == who.arn,
        };
        named.then_some(itself)
    }
}
