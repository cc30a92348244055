//! One kind of policy about one request: which of its statements allow, which deny, and when.

use std::borrow::Cow;

use super::{
    Effect, Statement, Truth,
    evaluate::{Decision, Denial, Named, Request},
};

/// Where a statement stands ("Policy evaluation logic").
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// Inline, attached and group policies.
    Identity,
    /// The permissions boundary.
    Boundary,
    /// Session policies.
    Session,
    /// The resource's policy, a key policy or a role's trust policy.
    Resource,
    /// Service control policies of the caller's organization.
    Scp,
    /// Resource control policies of the owner's organization.
    Rcp,
    /// What is no policy and yet allows, such as a grant on a key.
    Grant,
}

/// A statement that had a say.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Via<'a> {
    /// Name of the policy.
    pub policy: Cow<'a, str>,
    /// Place of the statement, from 0.
    pub index: usize,
    /// Its `Sid`.
    pub sid: Option<Cow<'a, str>>,
    /// Where it stands.
    pub layer: Layer,
}

impl Via<'_> {
    /// The same, holding its names itself.
    pub fn into_owned(self) -> Via<'static> {
        let own = |text: Cow<'_, str>| Cow::Owned(text.into_owned());
        Via { policy: own(self.policy), index: self.index, sid: self.sid.map(own), layer: self.layer }
    }
}

impl std::fmt::Display for Via<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}#{}", self.policy, self.index)
    }
}

/// Statements of one effect: true if one applies outright, open as far as some may.
#[derive(Debug, Default)]
pub(super) struct Tally<'a> {
    outright: bool,
    open: Vec<Truth>,
    via: Vec<(Via<'a>, bool)>,
}

impl<'a> Tally<'a> {
    pub(super) fn add(&mut self, truth: Truth, via: impl FnOnce() -> Via<'a>) {
        let outright = truth == Truth::True;
        match truth {
            Truth::False => return,
            Truth::True => self.outright = true,
            open @ Truth::Depends(_) => self.open.push(open),
        }
        self.via.push((via(), outright));
    }

    /// The statements; only those that apply outright, if asked.
    pub(super) fn via(self, outright: bool) -> impl Iterator<Item = Via<'a>> {
        self.via.into_iter().filter(move |(_, by)| *by || !outright).map(|(via, _)| via)
    }

    pub(super) fn truth(&self) -> Truth {
        match (self.outright, self.open.is_empty()) {
            (true, _) => Truth::True,
            (false, true) => Truth::False,
            (false, false) => Truth::any(self.open.iter().cloned()),
        }
    }
}

/// What the policies of one layer say.
#[derive(Debug, Default)]
pub(super) struct Said<'a> {
    pub(super) allows: Tally<'a>,
    pub(super) denies: Tally<'a>,
}

impl<'a> Said<'a> {
    /// Reads the policies of a layer that has no `Principal`.
    pub(super) fn by(policies: &[Named<'a>], request: &Request<'a>, layer: Layer) -> Self {
        let mut said = Self::default();
        for named in policies {
            each(*named, request, |statement, effect| {
                let tally = match effect {
                    Effect::Allow => &mut said.allows,
                    Effect::Deny => &mut said.denies,
                };
                tally.add(statement.applies(request.resource, &request.context), || {
                    via(*named, statement, layer)
                });
            });
        }
        said
    }

    /// The layer on its own.
    pub(super) fn decision(&self) -> Decision {
        decision(self.denies.truth(), self.allows.truth())
    }
}

/// Hands on the statements about the request's action.
pub(super) fn each<'a>(named: Named<'a>, request: &Request<'a>, mut with: impl FnMut(&'a Statement, Effect)) {
    for statement in &named.policy.statements {
        if statement.names_action(request.action) {
            with(statement, statement.effect);
        }
    }
}

pub(super) fn via<'a>(named: Named<'a>, statement: &'a Statement, layer: Layer) -> Via<'a> {
    Via {
        policy: Cow::Borrowed(named.name),
        index: statement.index,
        sid: statement.sid.as_deref().map(Cow::Borrowed),
        layer,
    }
}

/// A Deny wins over an Allow; without either, the answer is an implicit deny.
pub(super) fn decision(denied: Truth, allowed: Truth) -> Decision {
    if denied == Truth::True {
        return Decision::Denied(Denial::Explicit);
    }
    let none = allowed == Truth::False;
    match Truth::all([denied.not(), allowed]) {
        Truth::True => Decision::Allowed,
        Truth::Depends(expr) => Decision::Conditional(expr),
        Truth::False if none => Decision::Denied(Denial::Implicit),
        Truth::False => Decision::Denied(Denial::Explicit),
    }
}
