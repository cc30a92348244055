//! The decision about one request ("Policy evaluation logic").
//!
//! An explicit Deny in any layer wins. Then the caller's side and the resource's side are joined:
//!
//! - Within an account either side may grant: the identity-based policies within boundary and session
//!   policies, or the resource's policy. What those leave out (an implicit deny) does not limit a grant to
//!   the user or the session itself, nor one to anyone; a grant to a role stays within them; a grant to the
//!   whole account is a matter for the account's own policies ("Policy evaluation for requests within a
//!   single account").
//! - Across accounts both sides must allow ("Cross-account policy evaluation logic").
//! - Service and resource control policies only ever take away.

use super::{
    Closeness, Context, Effect, Expr, Policy, Truth, Who, WhoKind,
    arn::Arn,
    layer::{Layer, Said, Tally, Via, decision, each, via},
    services,
};

/// A policy with the name that reports print.
#[derive(Debug, Clone, Copy)]
pub struct Named<'a> {
    /// Name of the policy.
    pub name: &'a str,
    /// The policy.
    pub policy: &'a Policy,
}

/// Policies of an organization, level by level: root, organizational units, account.
pub type Levels<'a> = &'a [&'a [Named<'a>]];

/// Who asks, with the policies that are its own.
#[derive(Debug, Clone, Copy)]
pub struct Caller<'a> {
    /// Who.
    pub who: &'a Who,
    /// Inline, attached and group policies; none where they cannot be seen (other accounts, services, anyone).
    pub identity: Option<&'a [Named<'a>]>,
    /// The permissions boundary; none without one.
    pub boundary: Option<&'a [Named<'a>]>,
    /// Session policies; none if the session has none.
    pub session: Option<&'a [Named<'a>]>,
    /// Service control policies. Empty outside of an organization and in its management account. A
    /// service-linked role is exempt in any case.
    pub scps: Levels<'a>,
}

impl<'a> Caller<'a> {
    /// A caller of whom nothing but the name is seen.
    pub fn unseen(who: &'a Who) -> Self {
        Self { who, identity: None, boundary: None, session: None, scps: &[] }
    }

    /// A caller with its identity-based policies, and no other.
    pub fn with(who: &'a Who, identity: &'a [Named<'a>]) -> Self {
        Self { identity: Some(identity), ..Self::unseen(who) }
    }
}

/// What the resource's policy is to the account's own policies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Either may grant: tables and streams, and most other resources.
    Either,
    /// Identity-based policies count only as far as the resource's policy hands decisions to the account:
    /// KMS keys and roles ("Key policies in AWS KMS", "How IAM roles differ from resource-based policies").
    ResourceFirst,
}

/// One request, with the policies on the resource's side.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The action in lower case, `dynamodb:getitem`.
    pub action: &'a str,
    /// ARN of the resource, or `*`.
    pub resource: &'a str,
    /// What is known of it.
    pub context: Context<'a>,
    /// Account that owns the resource; empty if that is the caller's.
    pub owner: &'a str,
    /// The resource's own policy.
    pub policy: Option<Named<'a>>,
    /// What that policy is to the account's own policies.
    pub rule: Rule,
    /// Resource control policies. Empty outside of an organization and in its management account.
    pub rcps: Levels<'a>,
}

impl<'a> Request<'a> {
    /// A request for a resource of the caller's account that has no policy of its own.
    pub fn new(action: &'a str, resource: &'a str, context: Context<'a>) -> Self {
        Self { action, resource, context, owner: "", policy: None, rule: Rule::Either, rcps: &[] }
    }
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
    /// No statement allows it, or a layer that must allow does not.
    Implicit,
}

/// A decision with what it rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome<'a> {
    /// The decision.
    pub decision: Decision,
    /// The statements that decide, sorted: those that deny, or else those that grant.
    pub via: Vec<Via<'a>>,
    /// What each layer says on its own.
    pub layers: Layers,
}

impl Outcome<'_> {
    /// The same, holding its names itself.
    pub fn into_owned(self) -> Outcome<'static> {
        let via = self.via.into_iter().map(Via::into_owned).collect();
        Outcome { decision: self.decision, via, layers: self.layers }
    }
}

/// What each layer says on its own; none where it does not apply.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Layers {
    /// Identity-based policies.
    pub identity: Option<Decision>,
    /// The permissions boundary.
    pub boundary: Option<Decision>,
    /// Session policies.
    pub session: Option<Decision>,
    /// The resource's policy, whichever way it names the caller.
    pub resource: Option<Decision>,
    /// Service control policies.
    pub scp: Option<Decision>,
    /// Resource control policies.
    pub rcp: Option<Decision>,
}

/// Decides one request.
pub fn decide<'a>(caller: &Caller<'a>, request: &Request<'a>) -> Outcome<'a> {
    decide_with(caller, request, Vec::new())
}

/// The same, where something beside the policies allows too, such as a grant on a key. A Deny wins over it.
pub fn decide_with<'a>(
    caller: &Caller<'a>,
    request: &Request<'a>,
    also: Vec<(Via<'a>, Truth)>,
) -> Outcome<'a> {
    let said = Everything::about(caller, request);
    let mut granted = Tally::default();
    for (via, truth) in also {
        granted.add(truth, || via);
    }
    if services::needs_no_permission(caller.who.kind, request.action) {
        return Outcome { decision: Decision::Allowed, via: Vec::new(), layers: said.layers() };
    }
    let base = Truth::any([said.granted(caller, request), granted.truth()]);
    // Resource control policies let pass what they do not deny: `RCPFullAWSAccess` stands at every level and
    // cannot be detached, and customers' policies have no Allow ("RCP syntax").
    let allowed = Truth::all([base, said.scp_allows()]);
    let decision = decision(said.denied(), allowed);
    let layers = said.layers();
    let mut via = match decision {
        Decision::Denied(Denial::Implicit) => Vec::new(),
        Decision::Denied(Denial::Explicit) => said.denying(),
        // What is allowed outright rests on no statement that only may apply.
        Decision::Allowed => said.granting(caller, request, granted, true),
        Decision::Conditional(_) => said.granting(caller, request, granted, false),
    };
    via.sort_unstable();
    via.dedup();
    Outcome { decision, via, layers }
}

/// What every layer says about a request.
struct Everything<'a> {
    identity: Option<Said<'a>>,
    boundary: Option<Said<'a>>,
    session: Option<Said<'a>>,
    scps: Vec<Said<'a>>,
    rcps: Vec<Said<'a>>,
    resource: Option<ByResource<'a>>,
}

/// What the resource's policy says, by how closely it names the caller.
#[derive(Default)]
struct ByResource<'a> {
    denies: Tally<'a>,
    itself: Tally<'a>,
    role: Tally<'a>,
    account: Tally<'a>,
}

impl<'a> ByResource<'a> {
    fn read(named: Named<'a>, caller: &Caller<'a>, request: &Request<'a>, across: bool) -> Self {
        let mut said = Self::default();
        let (bounded, passed) = (caller.boundary.is_some(), caller.session.is_some());
        let grants = services::granted_by_resource(request.action, across);
        each(named, request, |statement, effect| {
            let Some(principals) = &statement.principals else { return };
            let tally = match effect {
                Effect::Deny if principals.denies(caller.who, bounded) => &mut said.denies,
                Effect::Allow if grants => match principals.closeness(caller.who) {
                    None => return,
                    // A user with session policies is a federated user: what is granted to the user stays
                    // within them.
                    Some(Closeness::Itself) if caller.who.kind == WhoKind::User && passed => &mut said.role,
                    Some(Closeness::Anyone | Closeness::Itself) => &mut said.itself,
                    Some(Closeness::Role) => &mut said.role,
                    Some(Closeness::Account) => &mut said.account,
                },
                _ => return,
            };
            tally.add(statement.applies(request.resource, &request.context), || {
                via(named, statement, Layer::Resource)
            });
        });
        said
    }

    fn allows(&self) -> Truth {
        Truth::any([self.itself.truth(), self.role.truth(), self.account.truth()])
    }
}

/// Whether the caller is of another partition than the resource: of another AWS, to which no policy leads ("Identify
/// AWS resources with Amazon Resource Names (ARNs)").
fn apart(who: &Who, request: &Request<'_>) -> bool {
    let partition = |text| Arn::parse(text).map(|arn| arn.partition);
    matches!((partition(&who.arn), partition(request.resource)), (Some(ours), Some(theirs)) if ours != theirs && theirs != "*")
}

/// Whether the caller is of another account than the resource.
fn across(who: &Who, request: &Request<'_>) -> bool {
    !request.owner.is_empty() && !who.account.is_empty() && who.account != request.owner
}

impl<'a> Everything<'a> {
    fn about(caller: &Caller<'a>, request: &Request<'a>) -> Self {
        let said = |policies: &'a [Named<'a>], layer| Said::by(policies, request, layer);
        let levels = |levels: Levels<'a>, layer| levels.iter().map(|level| said(level, layer)).collect();
        // "SCPs don't affect any service-linked role", nor do RCPs.
        let exempt = caller.who.is_service_linked();
        let kind = caller.who.kind;
        let across = across(caller.who, request);
        let bound = |by: bool, levels: Levels<'a>| -> Levels<'a> { if by && !exempt { levels } else { &[] } };
        let rcps = bound(services::under_rcps(request.action, request.resource, kind), request.rcps);
        let spared = kind == WhoKind::Root && !across && services::keeps_root(request.action);
        Self {
            identity: caller.identity.map(|own| said(own, Layer::Identity)),
            boundary: caller.boundary.map(|own| said(own, Layer::Boundary)),
            session: caller.session.map(|own| said(own, Layer::Session)),
            scps: levels(bound(services::under_scps(kind), caller.scps), Layer::Scp),
            rcps: levels(rcps, Layer::Rcp),
            resource: request
                .policy
                .filter(|_| !spared)
                .map(|named| ByResource::read(named, caller, request, across)),
        }
    }

    /// The layers that hold no more than Allow and Deny.
    fn plain(&self) -> impl Iterator<Item = &Said<'a>> {
        let own = [&self.identity, &self.boundary, &self.session];
        own.into_iter().flatten().chain(&self.scps).chain(&self.rcps)
    }

    fn denied(&self) -> Truth {
        let resource = self.resource.iter().map(|said| &said.denies);
        Truth::any(self.plain().map(|said| &said.denies).chain(resource).map(Tally::truth))
    }

    fn denying(self) -> Vec<Via<'a>> {
        let own = [self.identity, self.boundary, self.session].into_iter().flatten();
        let plain = own.chain(self.scps).chain(self.rcps).map(|said| said.denies);
        plain.chain(self.resource.map(|said| said.denies)).flat_map(|tally| tally.via(false)).collect()
    }

    /// "There must be an explicit Allow at every level from the root to the account" (SCP evaluation).
    fn scp_allows(&self) -> Truth {
        Truth::all(self.scps.iter().map(|level| level.allows.truth()))
    }

    fn within(&self) -> Truth {
        Truth::all([&self.boundary, &self.session].into_iter().flatten().map(|said| said.allows.truth()))
    }

    /// What the two sides together allow, organizations' policies aside.
    fn granted(&self, caller: &Caller<'_>, request: &Request<'_>) -> Truth {
        let who = caller.who;
        let none = ByResource::default();
        let resource = self.resource.as_ref().unwrap_or(&none);
        if apart(who, request) || !services::open_to(who.kind, request.action) {
            return Truth::False;
        }
        match who.kind {
            // Nobody whose account could grant.
            WhoKind::Service | WhoKind::Provider | WhoKind::Anyone => return resource.itself.truth(),
            // "If you do not pass any session policies, the federated user session has no permissions" but
            // those that a resource's policy grants to the session ("GetFederationToken").
            WhoKind::FederatedUser if self.session.is_none() && caller.identity.is_some() => {
                return if across(who, request) { Truth::False } else { resource.itself.truth() };
            }
            _ => {}
        }
        // The root user needs no identity-based policy, and has none.
        let own = match &self.identity {
            Some(said) if who.kind != WhoKind::Root => Some(said.allows.truth()),
            Some(_) => Some(Truth::True),
            None => None,
        };
        let within = self.within();
        if across(who, request) {
            // What another account's own policies allow cannot be seen from here; it is for it to decide.
            return Truth::all([resource.allows(), own.unwrap_or(Truth::True), within]);
        }
        let own = match (own, request.rule) {
            (None, _) => resource.account.truth(),
            (Some(own), Rule::Either) => own,
            (Some(own), Rule::ResourceFirst) => Truth::all([resource.account.truth(), own]),
        };
        let limited = Truth::all([Truth::any([resource.role.truth(), own]), within]);
        Truth::any([resource.itself.truth(), limited])
    }

    fn granting(
        self,
        caller: &Caller<'_>,
        request: &Request<'_>,
        also: Tally<'a>,
        outright: bool,
    ) -> Vec<Via<'a>> {
        let mut via: Vec<Via<'a>> = also.via(outright).collect();
        let delegated =
            across(caller.who, request) || caller.identity.is_none() || request.rule == Rule::ResourceFirst;
        via.extend(self.identity.into_iter().flat_map(|said| said.allows.via(outright)));
        if let Some(resource) = self.resource {
            via.extend(resource.itself.via(outright));
            via.extend(resource.role.via(outright));
            via.extend(resource.account.via(outright).filter(|_| delegated));
        }
        via
    }

    fn layers(&self) -> Layers {
        let of = |said: &Option<Said<'_>>| said.as_ref().map(Said::decision);
        let denied = |levels: &[Said<'_>]| Truth::any(levels.iter().map(|level| level.denies.truth()));
        Layers {
            identity: of(&self.identity),
            boundary: of(&self.boundary),
            session: of(&self.session),
            resource: self.resource.as_ref().map(|said| decision(said.denies.truth(), said.allows())),
            scp: (!self.scps.is_empty()).then(|| decision(denied(&self.scps), self.scp_allows())),
            rcp: (!self.rcps.is_empty()).then(|| decision(denied(&self.rcps), Truth::True)),
        }
    }
}
