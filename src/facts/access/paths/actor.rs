//! One caller of the graph, and the requests that it may make.

use std::{collections::BTreeSet, sync::Arc};

use super::{
    means::{Need, lower},
    world::Scene,
};
use crate::{
    facts::access::{guard::Stacks, policies::Policies, subjects::Subject},
    iam::{
        Caller, Context, Decision, Effect, Keys, Named, Policy, Request, Rule, Statement, Truth, Via, Who,
        decide,
        pattern::{Pattern, Resolved, Token},
        policy::resource_match,
    },
};

/// A caller with its policies.
pub(super) struct Actor<'a> {
    pub(super) who: &'a Who,
    pub(super) keys: &'a Keys,
    /// Of another account, or a provider: then its own policies are not seen.
    pub(super) foreign: bool,
    identity: Vec<Named<'a>>,
    boundary: Option<Vec<Named<'a>>>,
    stacks: &'a Stacks<'a>,
}

/// A request that a hop makes, with what lets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The action, as AWS writes it.
    pub action: &'static str,
    /// ARN of the resource.
    pub resource: String,
    /// Service that the role is passed to, for `iam:PassRole`.
    pub service: Option<&'static str>,
    /// When it is allowed.
    pub truth: Truth,
    /// The statements that allow it.
    pub via: Vec<Via<'static>>,
}

/// What of a policy lets, or keeps, a principal from becoming another.
pub(super) fn named(policies: &Policies, id: usize) -> Named<'_> {
    let loaded = policies.get(id);
    Named { name: &loaded.name, policy: &loaded.moves }
}

impl<'a> Actor<'a> {
    /// A user or role with these policies.
    pub(super) fn own(
        policies: &'a Policies,
        subject: &'a Subject,
        identity: &[usize],
        boundary: Option<usize>,
        stacks: &'a Stacks<'a>,
    ) -> Self {
        Self {
            stacks,
            who: &subject.who,
            keys: &subject.keys,
            foreign: false,
            identity: identity.iter().map(|id| named(policies, *id)).collect(),
            boundary: boundary.map(|id| vec![named(policies, id)]),
        }
    }

    /// Someone of whom no policies are seen.
    pub(super) fn foreign(who: &'a Who, keys: &'a Keys, stacks: &'a Stacks<'a>) -> Self {
        Self { who, keys, foreign: true, identity: Vec::new(), boundary: None, stacks }
    }

    /// The decision about one request.
    pub(super) fn ask(&self, action: &'static str, on: &str, keys: &Keys, policy: Option<&Policy>) -> Asked {
        let (scps, rcps) = (self.stacks.scps(), self.stacks.rcps());
        let caller = Caller {
            // Of another account, other policies of an organization hold, which are not seen.
            scps: if self.foreign { &[] } else { &scps },
            identity: (!self.foreign).then_some(self.identity.as_slice()),
            boundary: self.boundary.as_deref(),
            ..Caller::unseen(self.who)
        };
        let owner = on.split(':').nth(4).unwrap_or_default();
        let request = Request {
            owner,
            policy: policy.map(|policy| {
                let name = if action.starts_with("kms:") { "key policy" } else { "trust policy" };
                Named { name, policy }
            }),
            // A role's trust policy decides first, as a key's does.
            rcps: &rcps,
            rule: if policy.is_some() { Rule::ResourceFirst } else { Rule::Either },
            ..Request::new(lower(action), on, Context { caller: self.keys, resource: keys })
        };
        let outcome = decide(&caller, &request);
        let truth = match outcome.decision {
            Decision::Denied(_) => Truth::False,
            Decision::Allowed => Truth::True,
            Decision::Conditional(expr) => Truth::Depends(expr),
        };
        let via = outcome.via.into_iter().map(Via::into_owned).collect();
        Asked { action, resource: on.to_owned(), service: None, truth, via }
    }

    /// Statements that bear on it and name an action: its own, those of its boundary and its organization.
    pub(super) fn statements(&self, action: &'static str) -> impl Iterator<Item = &'a Statement> + '_ {
        let all = self.identity.iter().chain(self.boundary.iter().flatten()).chain(self.stacks.all());
        let all = all.flat_map(|named| &named.policy.statements).map(Arc::as_ref);
        all.filter(move |statement: &&Statement| statement.names_action(lower(action)))
    }

    /// Statements of its own that allow an action.
    pub(super) fn allowing(&self, action: &'static str) -> impl Iterator<Item = &'a Statement> + '_ {
        let all = self.identity.iter().flat_map(|named| &named.policy.statements).map(Arc::as_ref);
        all.filter(move |s: &&Statement| s.effect == Effect::Allow && s.names_action(lower(action)))
    }

    /// The best resource to ask all of `with` and one of `either` on, for needs whose resource's name is up to
    /// the caller; none if there is none. Needs of one sort of resource are asked on the same one.
    pub(super) fn pick(&self, with: &[Need], either: &[Need], world: &Ground<'_>) -> Option<Vec<Asked>> {
        let Some((_, sort)) = with.first().or(either.first()) else { return Some(Vec::new()) };
        let mut best: Option<Vec<Asked>> = None;
        for resource in self.candidates(with.iter().chain(either), sort, world) {
            let one = |need: &Need| {
                if need.1 == *sort { self.at(need.0, &resource, world) } else { self.alone(need, world) }
            };
            let mut all: Vec<Asked> = Vec::new();
            for need in with {
                all.extend(one(need));
            }
            if all.len() < with.len() {
                continue;
            }
            let mut some: Vec<Asked> = either.iter().filter_map(one).collect();
            some.sort_by_key(|asked| asked.truth != Truth::True);
            if some.is_empty() && !either.is_empty() {
                continue;
            }
            all.extend(some.into_iter().next());
            let outright = all.iter().all(|asked| asked.truth == Truth::True);
            if outright {
                return Some(all);
            }
            best.get_or_insert(all);
        }
        best
    }

    fn alone(&self, need: &Need, world: &Ground<'_>) -> Option<Asked> {
        let all = self.candidates([need].into_iter(), need.1, world);
        let mut asked: Vec<Asked> =
            all.iter().filter_map(|resource| self.at(need.0, resource, world)).collect();
        asked.sort_by_key(|asked| asked.truth != Truth::True);
        asked.into_iter().next()
    }

    fn at(&self, action: &'static str, resource: &str, world: &Ground<'_>) -> Option<Asked> {
        let asked = self.ask(action, resource, &world.keys, None);
        (asked.truth != Truth::False).then_some(asked)
    }

    /// Resources of a sort that some statement may have meant: one of a plain name, and one for each pattern.
    fn candidates<'n>(
        &self,
        needs: impl Iterator<Item = &'n Need>,
        sort: &str,
        world: &Ground<'_>,
    ) -> Vec<String> {
        let mut out = Vec::new();
        for (action, _) in needs.filter(|need| need.1 == sort) {
            let service = action.split(':').next().unwrap_or_default();
            if sort == "*" {
                out.push("*".to_owned());
                continue;
            }
            out.push(world.resource(service, &format!("{sort}any")));
            let context = Context { caller: self.keys, resource: &world.keys };
            for statement in self.allowing(action) {
                let patterns = statement.resources.patterns.iter().filter(|_| !statement.resources.negated);
                out.extend(patterns.filter_map(|pattern| world.instance(pattern, &context, service, sort)));
            }
        }
        let mut seen = BTreeSet::new();
        out.retain(|resource| seen.insert(resource.clone()));
        out
    }
}

/// Where things are made.
pub(super) struct Ground<'a> {
    pub(super) account: &'a str,
    pub(super) partition: &'a str,
    pub(super) scene: &'a Scene,
    pub(super) keys: Keys,
}

impl Ground<'_> {
    fn resource(&self, service: &str, rest: &str) -> String {
        // IAM has no Regions.
        let region = if service == "iam" { "" } else { &self.scene.region };
        format!("arn:{}:{service}:{region}:{}:{rest}", self.partition, self.account)
    }

    /// A resource of the account that a pattern covers, with a plain word in place of each wildcard.
    fn instance(
        &self,
        pattern: &Pattern,
        context: &Context<'_>,
        service: &str,
        sort: &str,
    ) -> Option<String> {
        let tokens = match pattern.resolve(context) {
            Resolved::Tokens(tokens) => tokens.into_owned(),
            Resolved::Unknown { widest, .. } => widest,
            Resolved::Nothing => return None,
        };
        let text: String = tokens
            .iter()
            .flat_map(|token| match token {
                Token::Char(char) => vec![*char],
                Token::One => vec!['x'],
                Token::Many => "any".chars().collect(),
            })
            .collect();
        let rest = text.splitn(6, ':').nth(5)?;
        let made = self.resource(service, rest);
        let covers = resource_match(pattern, &made, context) != Truth::False;
        (rest.starts_with(sort) && covers).then_some(made)
    }
}
