//! One caller against one table: every way to the data, and what each rests on.

use std::{cell::OnceCell, collections::BTreeSet, sync::Arc};

use super::{
    fence,
    known::{self, ANY_ACTION},
    locks::Locks,
    policies::{Policies, signs},
    targets::{Resource, Target},
};
use crate::iam::{
    self, Caller, Context, Effect, Keys, Levels, Outcome, Request, Truth, Value, Via,
    actions::{Action, Form, WAYS, Way},
    decide,
    services::granted_by_resource,
};

/// What surrounds every judgement in one account.
#[derive(Debug, Clone, Copy)]
pub(super) struct Court<'a> {
    pub(super) policies: &'a Policies,
    pub(super) locks: &'a Locks,
    /// The account that owns the tables.
    pub(super) owner: &'a str,
    pub(super) partition: &'a str,
    /// Resource control policies.
    pub(super) rcps: Levels<'a>,
}

/// A caller with what it brings.
#[derive(Debug)]
pub(super) struct Judge<'a> {
    pub(super) court: Court<'a>,
    pub(super) caller: Caller<'a>,
    pub(super) keys: &'a Keys,
    /// Whether of another account, or anyone: then a resource's policy can grant some actions only.
    foreign: bool,
    /// For each action of [`known`] a number: equal numbers, named by the same of the caller's statements.
    signs: Vec<u32>,
    /// The actions that the caller's own policies allow somewhere.
    allows: u64,
    asks_request: bool,
    asks_tags: bool,
    /// Whether it can fill a table that a restore makes.
    fills: OnceCell<Answer>,
}

/// What is allowed, and by what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    /// On what is there.
    pub(super) real: Truth,
    /// On what may come, too.
    pub(super) would: Truth,
    pub(super) via: BTreeSet<Via<'static>>,
}

impl Answer {
    fn no() -> Self {
        Self { real: Truth::False, would: Truth::False, via: BTreeSet::new() }
    }
}

/// What of a table is asked about: nothing else is judged.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Scope<'a> {
    /// ARN of one of its resources.
    pub(super) part: Option<&'a str>,
    /// One attribute: only what returns it counts.
    pub(super) attribute: Option<&'a str>,
}

impl Scope<'_> {
    fn covers(&self, resource: &Resource) -> bool {
        self.part.is_none_or(|part| part == resource.arn)
            && self.attribute.is_none_or(|attribute| resource.holds(attribute))
    }
}

/// Values that one request fills.
pub(super) type Filled = Vec<(&'static str, Value)>;

impl<'a> Judge<'a> {
    pub(super) fn new(court: Court<'a>, caller: Caller<'a>, keys: &'a Keys, own: &[usize]) -> Self {
        let all = || own.iter().map(|id| court.policies.get(*id));
        let identity = caller.identity.unwrap_or_default().len();
        let service = caller.who.kind == iam::WhoKind::Service;
        Self {
            foreign: !service && caller.who.account != court.owner,
            signs: signs(all().map(|loaded| loaded.names.as_slice())),
            allows: all().take(identity).fold(0, |sum, loaded| sum | loaded.allows),
            asks_request: all().any(|loaded| loaded.asks_request),
            asks_tags: all().any(|loaded| loaded.asks_tags),
            fills: OnceCell::new(),
            court,
            caller,
            keys,
        }
    }

    /// Whether some condition that bears on the caller or on `target` asks for what only some requests carry.
    pub(super) fn asks_request(&self, target: &Target) -> bool {
        let policies = target.resources.iter().filter_map(|resource| resource.policy);
        self.asks_request || policies.into_iter().any(|id| self.court.policies.get(id).asks_request)
    }

    /// The ways into `target` that are open, by number.
    pub(super) fn ways(&self, target: &Target) -> Vec<(usize, Answer)> {
        self.ways_within(target, Scope::default())
    }

    /// The ways into what `scope` leaves of `target`.
    pub(super) fn ways_within(&self, target: &Target, scope: Scope<'_>) -> Vec<(usize, Answer)> {
        let mut seen = Seen::default();
        let answer = |(number, way): (usize, &Way)| {
            let answer = self.way(target, way, scope, &mut seen);
            (answer.would != Truth::False).then_some((number, answer))
        };
        WAYS.iter().enumerate().filter_map(answer).collect()
    }

    fn way(&self, target: &Target, way: &Way, scope: Scope<'_>, seen: &mut Seen) -> Answer {
        let mut all: Option<Answer> = None;
        for action in way.actions {
            if self.foreign && !granted_by_resource(action.name, true) {
                return Answer::no();
            }
            let next = match action.form {
                Form::NewTable => self.fills.get_or_init(|| self.fill(target)).clone(),
                _ => self.action(target, action, scope, seen),
            };
            if next.would == Truth::False {
                return Answer::no();
            }
            all = Some(match all {
                None => next,
                Some(all) => Answer {
                    real: Truth::all([all.real, next.real]),
                    would: Truth::all([all.would, next.would]),
                    via: all.via.into_iter().chain(next.via).collect(),
                },
            });
        }
        let mut answer = all.unwrap_or_else(Answer::no);
        if !self.there(target, way) {
            answer.real = Truth::False;
        }
        answer
    }

    /// Whether `way` leads anywhere on `target`: to delete a policy that holds nobody off, or to set a tag for which
    /// no policy asks, opens nothing.
    fn there(&self, target: &Target, way: &Way) -> bool {
        match way.actions.first().map(|action| action.name) {
            Some("dynamodb:deleteresourcepolicy") => target.denies,
            // Of use to the replication service and to the account of a replica alone, which the table's own policy
            // names ("DynamoDB global tables security").
            Some("dynamodb:readdataforreplication" | "dynamodb:associatetablereplica") => {
                self.foreign || self.caller.who.kind == iam::WhoKind::Service
            }
            Some("dynamodb:tagresource" | "dynamodb:untagresource" | "dynamodb:updateabacstatus") => {
                let policies = target.resources.iter().filter_map(|resource| resource.policy);
                self.asks_tags || policies.into_iter().any(|id| self.court.policies.get(id).asks_tags)
            }
            _ => true,
        }
    }

    /// One action on every resource of `target` that it takes.
    fn action(&self, target: &Target, action: &Action, scope: Scope<'_>, seen: &mut Seen) -> Answer {
        let number = known::number(action.name);
        let own = target.of(action.form).next().and_then(|resource| resource.policy);
        let own = own.map(|id| self.court.policies.get(id));
        let allows = self.allows | own.map_or(0, |loaded| loaded.allows);
        if allows >> number & 1 == 0 {
            return Answer::no();
        }
        // Actions that the same statements name fare alike, unless a condition looks at what only some carry.
        let asks = self.asks_request(target);
        let kind = if asks { number } else { usize::MAX };
        let sign = (
            action.form,
            self.signs.get(number).copied().unwrap_or_default(),
            own.and_then(|loaded| loaded.signs.get(number)).copied(),
            kind,
        );
        if let Some((_, answer)) = seen.0.iter().find(|(known, _)| *known == sign) {
            return answer.clone();
        }
        let mut answer = Answer::no();
        for resource in target.of(action.form).filter(|resource| scope.covers(resource)) {
            let (truth, via) = match scope.attribute {
                Some(attribute) if asks => self.returning(target, action, resource, attribute),
                _ => self.request(target, action, resource),
            };
            if truth == Truth::False {
                continue;
            }
            let or =
                |all: &mut Truth| *all = Truth::any([std::mem::replace(all, Truth::False), truth.clone()]);
            if resource.real {
                or(&mut answer.real);
            }
            or(&mut answer.would);
            answer.via.extend(via);
        }
        seen.0.push((sign, answer.clone()));
        answer
    }

    /// Whether some request for `action` that leads to data is allowed.
    fn request(
        &self,
        target: &Target,
        action: &Action,
        resource: &Resource,
    ) -> (Truth, BTreeSet<Via<'static>>) {
        if !self.asks_request(target) {
            return self.ask(action.name, resource, &target.keys);
        }
        let shapes = action.shapes.iter().map(|shape| known::filled(shape));
        self.some(target, action, resource, shapes)
    }

    /// Whether some request for `action` that returns `attribute` is allowed.
    fn returning(
        &self,
        target: &Target,
        action: &Action,
        resource: &Resource,
        attribute: &str,
    ) -> (Truth, BTreeSet<Via<'static>>) {
        let whole = fence::wholes(action, target).into_iter();
        self.some(target, action, resource, whole.chain(fence::narrow(action, target, attribute)))
    }

    /// Whether one of these requests is allowed.
    fn some(
        &self,
        target: &Target,
        action: &Action,
        resource: &Resource,
        requests: impl Iterator<Item = Filled>,
    ) -> (Truth, BTreeSet<Via<'static>>) {
        let mut any = (Truth::False, BTreeSet::new());
        for filled in requests {
            let keys = known::keys(action, filled, &target.keys);
            let (truth, via) = self.ask(action.name, resource, &keys);
            if truth == Truth::True {
                return (truth, via);
            }
            any.0 = Truth::any([any.0, truth]);
            any.1.extend(via);
        }
        any
    }

    /// One request that fills some keys in a way of its own.
    pub(super) fn filled(
        &self,
        target: &Target,
        action: &Action,
        resource: &Resource,
        filled: Filled,
    ) -> Truth {
        self.ask(action.name, resource, &known::keys(action, filled, &target.keys)).0
    }

    fn ask(&self, action: &str, resource: &Resource, keys: &Keys) -> (Truth, BTreeSet<Via<'static>>) {
        let outcome = self.outcome(action, resource, keys);
        let truth = truth(outcome.decision);
        let via = if truth == Truth::False { Vec::new() } else { outcome.via };
        (truth, via.into_iter().collect())
    }

    fn outcome(&self, action: &str, resource: &Resource, keys: &Keys) -> Outcome<'static> {
        let policy = resource.policy.map(|id| self.court.policies.named(id));
        let request = Request {
            owner: self.court.owner,
            policy,
            rcps: self.court.rcps,
            ..Request::new(action, &resource.arn, Context { caller: self.keys, resource: keys })
        };
        decide(&self.caller, &request).into_owned()
    }

    /// Whether there is a name under which a restore may make a table and fill it.
    fn fill(&self, target: &Target) -> Answer {
        let needed = || WAYS.iter().flat_map(|way| way.actions).filter(|a| a.form == Form::NewTable);
        let first = needed().next().map_or(0, |action| known::number(action.name));
        let lists = [self.caller.identity, self.caller.boundary, self.caller.session];
        let scps = self.caller.scps.iter().flat_map(|level| level.iter());
        let policies = lists.into_iter().flatten().flatten().chain(scps);
        let allowing = policies.flat_map(|named| &named.policy.statements).filter(|statement| {
            statement.effect == Effect::Allow
                && known::ACTIONS.get(first).is_some_and(|action| statement.names_action(action))
        });
        // A pattern names what it matches: itself, letter by letter, among others.
        let names: BTreeSet<&str> = allowing
            .flat_map(|statement| match statement.resources.negated {
                true => vec!["*"],
                false => statement.resources.patterns.iter().map(|pattern| pattern.text()).collect(),
            })
            .collect();
        let mut any = Answer::no();
        let keys = Arc::new(
            Keys::new()
                .with_one("aws:ResourceAccount", self.court.owner)
                .with_one("aws:RequestedRegion", &target.region)
                .with_one("aws:SecureTransport", "true"),
        );
        for name in names {
            let resource = Resource::lone(name.to_owned(), Form::NewTable, true);
            let mut all = (Truth::True, BTreeSet::new());
            let mut seen = BTreeSet::new();
            for action in needed().filter(|action| seen.insert(action.name)) {
                let keys = known::keys(action, Vec::new(), &keys);
                let (truth, via) = self.ask(action.name, &resource, &keys);
                all = (Truth::all([all.0, truth]), all.1.into_iter().chain(via).collect());
            }
            if all.0 != Truth::False {
                any.real = Truth::any([any.real, all.0]);
                any.via.extend(all.1);
            }
            if any.real == Truth::True {
                break;
            }
        }
        Answer { would: any.real.clone(), ..any }
    }

    /// Whether a statement denies an action on the table itself, whatever the request.
    pub(super) fn denies(&self, target: &Target, title: &str) -> bool {
        let mut actions = WAYS.iter().flat_map(|way| way.actions);
        let action = actions.find(|action| action.title == title && action.form == Form::Table);
        let (Some(action), Some(table)) = (action, target.of(Form::Table).next()) else { return false };
        action.shapes.iter().all(|shape| {
            let keys = known::keys(action, known::filled(shape), &target.keys);
            self.outcome(action.name, table, &keys).decision == iam::Decision::Denied(iam::Denial::Explicit)
        })
    }

    /// Whether an action that no policy names is allowed.
    pub(super) fn anything(&self, target: &Target) -> Truth {
        let table = target.of(Form::Table).next();
        table.map_or(Truth::False, |table| self.ask(ANY_ACTION, table, &target.keys).0)
    }
}

/// Answers that were found on one table.
#[derive(Default)]
struct Seen(Vec<(Sign, Answer)>);

/// What an action's answer on one table depends on: the resource that it takes, the statements that name it, of the
/// caller and of the resource's policy, and the action itself where a condition looks at what only some carry.
type Sign = (Form, u32, Option<u32>, usize);

pub(super) fn truth(decision: iam::Decision) -> Truth {
    match decision {
        iam::Decision::Denied(_) => Truth::False,
        iam::Decision::Allowed => Truth::True,
        iam::Decision::Conditional(expr) => Truth::Depends(expr),
    }
}
