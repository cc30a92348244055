//! Who asks, and how close a policy of the resource names it ("AWS JSON policy elements: Principal").

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::strings;

/// How a statement names the caller, from not at all to by itself.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
pub enum Named {
    No,
    /// Its account: whether it may is left to the account's own policies.
    Account,
    /// The role of its session: within boundary and session policies.
    Role,
    /// Itself, or everybody.
    Direct,
}

#[derive(PartialEq)]
pub enum Kind {
    User,
    Role,
    Federated,
    Root,
    /// A service, or a user signed in by an identity provider: nobody's IAM principal.
    Outside,
}

pub struct Caller {
    pub kind: Kind,
    pub account: String,
    /// A service-linked role: exempt from the organization's policies.
    pub linked: bool,
    name: String,
    /// ARN of the role or user that stands behind a session.
    entity: String,
}

impl Caller {
    pub fn new(arn: &str) -> Self {
        let fields: Vec<&str> = arn.splitn(6, ':').collect();
        let account = fields.get(4).copied().unwrap_or_default().to_owned();
        let resource = fields.get(5).copied().unwrap_or_default();
        let (kind, entity) = match resource.split_once('/') {
            Some(("user", _)) => (Kind::User, arn.to_owned()),
            Some(("role", _)) => (Kind::Role, arn.to_owned()),
            Some(("assumed-role", rest)) => {
                let role = rest.split('/').next().unwrap();
                (Kind::Role, format!("arn:aws:iam::{account}:role/{role}"))
            }
            Some(("federated-user", _)) => (Kind::Federated, arn.to_owned()),
            _ if resource == "root" => (Kind::Root, arn.to_owned()),
            _ => (Kind::Outside, arn.to_owned()),
        };
        let linked = resource.starts_with("role/aws-service-role/");
        Self { kind, account, linked, name: arn.to_owned(), entity }
    }

    /// The context keys that AWS fills in.
    pub fn keys(&self) -> BTreeMap<String, Vec<String>> {
        let mut keys = BTreeMap::new();
        let service = self.kind == Kind::Outside && self.name.ends_with(".amazonaws.com");
        keys.insert("aws:principalisawsservice".to_owned(), vec![service.to_string()]);
        let sort = match self.kind {
            Kind::User => "User",
            Kind::Role => "AssumedRole",
            Kind::Federated => "FederatedUser",
            Kind::Root => "Account",
            Kind::Outside => return keys,
        };
        keys.insert("aws:principaltype".to_owned(), vec![sort.to_owned()]);
        keys.insert("kms:calleraccount".to_owned(), vec![self.account.clone()]);
        keys.insert("aws:principalarn".to_owned(), vec![self.entity.clone()]);
        keys.insert("aws:principalaccount".to_owned(), vec![self.account.clone()]);
        if self.kind == Kind::User {
            let name = self.name.rsplit('/').next().unwrap();
            keys.insert("aws:username".to_owned(), vec![name.to_owned()]);
        }
        keys
    }

    /// Whether the request comes without credentials.
    pub fn unsigned(&self) -> bool {
        self.name == "*"
    }

    /// How the statement's `Principal` names the caller.
    pub fn named(&self, principal: &Json) -> Named {
        if principal == "*" {
            return Named::Direct;
        }
        let mut closest = Named::No;
        for (kind, names) in principal.as_object().unwrap() {
            for name in strings(names) {
                let close = match kind.as_str() {
                    "AWS" if name == "*" => Named::Direct,
                    "AWS" => self.named_by(&name),
                    _ if self.kind == Kind::Outside && name == self.name => Named::Direct,
                    _ => Named::No,
                };
                if close > closest {
                    closest = close;
                }
            }
        }
        closest
    }

    fn named_by(&self, name: &str) -> Named {
        if self.kind == Kind::Outside {
            return Named::No;
        }
        if name == self.name && name == self.entity && self.kind == Kind::Role {
            Named::Role
        } else if name == self.name {
            Named::Direct
        } else if name == self.entity {
            Named::Role
        } else if name == self.account || name == format!("arn:aws:iam::{}:root", self.account) {
            Named::Account
        } else {
            Named::No
        }
    }

    /// Whether `NotPrincipal` excepts the caller. For an Allow any of its names is enough; for a Deny the
    /// session, its role and the account must all be listed ("AWS JSON policy elements: NotPrincipal").
    pub fn excepted(&self, except: &Json, allow: bool) -> bool {
        if except == "*" {
            return true;
        }
        let listed: Vec<String> = except.as_object().unwrap().values().flat_map(strings).collect();
        let holds = |name: &str| listed.iter().any(|listed| listed == name || listed == "*");
        if self.kind == Kind::Outside {
            return holds(&self.name);
        }
        let account = holds(&self.account) || holds(&format!("arn:aws:iam::{}:root", self.account));
        if self.kind == Kind::Root {
            return account;
        }
        let names = [holds(&self.name), holds(&self.entity), account];
        if allow { names.contains(&true) } else { !names.contains(&false) }
    }
}
