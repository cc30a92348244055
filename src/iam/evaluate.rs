//! The decision about one request ("Policy evaluation logic").
//!
//! An explicit Deny anywhere wins. Then, for a caller of the resource's own account, either side may
//! grant: its identity-based policies within its permissions boundary, or the resource's policy. What a
//! boundary or the identity-based policies leave out (an implicit deny) does not limit a grant to the user
//! or session itself; a grant to a role stays within the role's boundary; a grant to the whole account is
//! a matter for the account's own policies. For a caller of another account, the resource's policy is the
//! side that can be seen from here; its own account must allow the request too.

use std::collections::BTreeSet;

use super::{Context, Effect, Expr, Policy, Statement, Truth, Who, principal::Closeness};

/// A policy with the name that reports print.
#[derive(Debug, Clone, Copy)]
pub struct Named<'a> {
    /// Name of the policy.
    pub name: &'a str,
    /// The policy.
    pub policy: &'a Policy,
}

/// Who asks, with the policies that are its own.
#[derive(Debug, Clone, Copy)]
pub struct Caller<'a> {
    /// Who.
    pub who: &'a Who,
    /// Inline, attached and group policies; none where they cannot be seen (other accounts, services, anyone).
    pub identity: Option<&'a [Named<'a>]>,
    /// The permissions boundary.
    pub boundary: Option<Named<'a>>,
}

/// What the resource's policy is to the account's own policies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Either may grant: tables and streams.
    Either,
    /// Identity-based policies count only as far as the resource's policy hands decisions to the account:
    /// KMS keys ("Key policies in AWS KMS").
    ResourceFirst,
}

/// One request.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The action in lower case, `dynamodb:getitem`.
    pub action: &'a str,
    /// ARN of the resource.
    pub resource: &'a str,
    /// What is known of it.
    pub context: Context<'a>,
}

/// The decision.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Decision {
    /// No such request is allowed.
    Denied(Denial),
    /// Every such request is allowed.
    Allowed,
    /// Those for which this holds are.
    Conditional(Expr),
}

/// Why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Denial {
    /// A statement denies it.
    Explicit,
    /// No statement allows it.
    Implicit,
}

/// A decision with what it rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The decision.
    pub decision: Decision,
    /// The statements that decide: those that deny, or else those that allow.
    pub via: BTreeSet<StatementRef>,
}

/// A statement of a policy.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StatementRef {
    /// Name of the policy.
    pub policy: String,
    /// Place of the statement, from 0.
    pub index: usize,
    /// Its `Sid`.
    pub sid: Option<String>,
}

impl std::fmt::Display for StatementRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}#{}", self.policy, self.index)
    }
}

/// Decides one request against the caller's policies and the resource's.
pub fn decide(
    caller: &Caller<'_>,
    resource: Option<Named<'_>>,
    rule: Rule,
    request: &Request<'_>,
) -> Outcome {
    decide_with(caller, resource, rule, request, Vec::new())
}

/// The same, where something beside the policies allows too, such as a grant on a key. A Deny wins over it.
pub fn decide_with(
    caller: &Caller<'_>,
    resource: Option<Named<'_>>,
    rule: Rule,
    request: &Request<'_>,
    also: Vec<(StatementRef, Truth)>,
) -> Outcome {
    let own = || caller.identity.unwrap_or_default().iter().copied();
    let mut denies = Side::default();
    for named in own().chain(caller.boundary) {
        denies.add(named, Effect::Deny, request, |_| Truth::True);
    }
    let bounded = caller.boundary.is_some();
    if let Some(named) = resource {
        denies.add(named, Effect::Deny, request, |statement| match &statement.principals {
            Some(principals) => principals.denies(caller.who, bounded),
            None => Truth::False,
        });
    }
    let denied = denies.truth();
    if denied == Truth::True {
        return Outcome { decision: Decision::Denied(Denial::Explicit), via: denies.refs };
    }

    let mut identity = Side::default();
    own().for_each(|named| identity.add(named, Effect::Allow, request, |_| Truth::True));
    let mut boundary = Side::default();
    if let Some(named) = caller.boundary {
        boundary.add(named, Effect::Allow, request, |_| Truth::True);
    }
    let within = if bounded { boundary.truth() } else { Truth::True };
    let granted = |closeness: Closeness| {
        let mut side = Side::default();
        if let Some(named) = resource {
            side.add(named, Effect::Allow, request, |statement| {
                let principals = statement.principals.as_ref();
                (principals.and_then(|p| p.closeness(caller.who)) == Some(closeness)).into()
            });
        }
        side
    };
    let (itself, role, account) =
        (granted(Closeness::Itself), granted(Closeness::Role), granted(Closeness::Account));

    let own_side = match (caller.identity, rule) {
        // Of another account: whom that account lets in is for it to decide.
        (None, _) => account.truth(),
        (Some(_), Rule::Either) => Truth::all([identity.truth(), within.clone()]),
        (Some(_), Rule::ResourceFirst) => Truth::all([account.truth(), identity.truth(), within.clone()]),
    };
    let (also_refs, also): (Vec<_>, Vec<_>) = also.into_iter().unzip();
    let allowed =
        Truth::any([itself.truth(), Truth::all([role.truth(), within]), own_side, Truth::any(also)]);
    let mut via = BTreeSet::new();
    let decision = match Truth::all([denied.not(), allowed.clone()]) {
        Truth::True => Decision::Allowed,
        Truth::Depends(expr) => Decision::Conditional(expr),
        Truth::False if allowed == Truth::False => Decision::Denied(Denial::Implicit),
        Truth::False => Decision::Denied(Denial::Explicit),
    };
    match decision {
        Decision::Denied(Denial::Implicit) => {}
        Decision::Denied(Denial::Explicit) => via = denies.refs,
        Decision::Allowed | Decision::Conditional(_) => {
            let account = (caller.identity.is_none() || rule == Rule::ResourceFirst).then_some(account);
            let sides = [Some(itself), Some(role), Some(identity), account];
            via.extend(sides.into_iter().flatten().flat_map(|side| side.refs));
            via.extend(also_refs);
        }
    }
    Outcome { decision, via }
}

/// The statements of one effect that can apply, and when.
#[derive(Default)]
struct Side {
    truths: Vec<Truth>,
    refs: BTreeSet<StatementRef>,
}

impl Side {
    fn add(
        &mut self,
        named: Named<'_>,
        effect: Effect,
        request: &Request<'_>,
        concerns: impl Fn(&Statement) -> Truth,
    ) {
        for statement in &named.policy.statements {
            if statement.effect != effect || !statement.names_action(request.action) {
                continue;
            }
            let applies = Truth::all([
                concerns(statement),
                statement.names_resource(request.resource, &request.context),
                statement.conditions_hold(&request.context),
            ]);
            if applies == Truth::False {
                continue;
            }
            self.truths.push(applies);
            self.refs.insert(StatementRef {
                policy: named.name.to_owned(),
                index: statement.index,
                sid: statement.sid.clone(),
            });
        }
    }

    fn truth(&self) -> Truth {
        Truth::any(self.truths.iter().cloned())
    }
}
