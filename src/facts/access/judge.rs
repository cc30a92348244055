//! One caller against one table: every way to the data, gathered into rows of one condition each.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};

use super::{
    policies::{ANY_ACTION, ANY_TABLE, Policies},
    targets::{Resource, Target},
};
use crate::{
    facts::reader::{Decision, Needs, Roads},
    finding::hex,
    iam::{
        self, Caller, Context, Expr, Keys, Named, Request, Test, Truth,
        actions::{Action, Form, Road, WAYS, Way},
        decide,
    },
};

/// Roads that share a condition, into one table.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Row {
    /// None: outright.
    pub(super) condition: Option<Expr>,
    pub(super) roads: Roads,
    pub(super) full_access: bool,
    pub(super) wildcard: bool,
    pub(super) via: BTreeSet<String>,
}

/// A caller with what it brings.
#[derive(Debug, Clone, Copy)]
pub(super) struct Judge<'a> {
    pub(super) policies: &'a Policies,
    pub(super) caller: Caller<'a>,
    pub(super) keys: &'a Keys,
    /// Whether of another account: then a resource's policy can grant some actions only.
    pub(super) foreign: bool,
}

impl Judge<'_> {
    /// The ways into `target`.
    pub(super) fn rows(&self, target: &Target) -> Vec<Row> {
        let mut by_condition: BTreeMap<Option<Expr>, (Roads, BTreeSet<String>)> = BTreeMap::new();
        for (road, (truth, via)) in self.roads(target) {
            let condition = match truth {
                Truth::False => continue,
                Truth::True => None,
                Truth::Depends(expr) => Some(expr),
            };
            let (roads, all) = by_condition.entry(condition).or_default();
            set(roads, road);
            all.extend(via);
        }
        // What is had outright is had under any condition, too.
        if let Some((outright, by)) = by_condition.get(&None).cloned() {
            for (roads, via) in by_condition.values_mut() {
                *roads = roads.and(outright);
                via.extend(by.iter().cloned());
            }
        }
        let row = |(condition, (roads, via)): (Option<Expr>, (Roads, BTreeSet<String>))| Row {
            full_access: self.full_access(target, roads, condition.as_ref()),
            wildcard: self.wildcard(target, roads),
            condition,
            roads,
            via,
        };
        by_condition.into_iter().map(row).collect()
    }

    fn roads(&self, target: &Target) -> BTreeMap<Road, (Truth, BTreeSet<String>)> {
        let mut roads: BTreeMap<Road, (Truth, BTreeSet<String>)> = BTreeMap::new();
        for way in WAYS {
            if self.foreign && way.actions.iter().any(|action| !action.cross_account) {
                continue;
            }
            let (truth, via) = self.way(target, way);
            if truth == Truth::False {
                continue;
            }
            let road = roads.entry(way.road).or_insert((Truth::False, BTreeSet::new()));
            road.0 = Truth::any([std::mem::replace(&mut road.0, Truth::False), truth]);
            road.1.extend(via);
        }
        roads
    }

    fn way(&self, target: &Target, way: &Way) -> (Truth, BTreeSet<String>) {
        let mut truth = Truth::True;
        let mut via = BTreeSet::new();
        for action in way.actions {
            let mut reached = Vec::new();
            for resource in target.resources.iter().filter(|resource| takes(action, resource)) {
                let policy = resource.policy.map(|id| self.named(id));
                let outcome = self.decide(action.name, &resource.arn, policy, target);
                if outcome.0 != Truth::False {
                    reached.push(outcome.0);
                    via.extend(outcome.1);
                }
            }
            truth = Truth::all([truth, Truth::any(reached)]);
            if truth == Truth::False {
                return (truth, BTreeSet::new());
            }
        }
        (truth, via)
    }

    fn named(&self, id: usize) -> Named<'_> {
        let loaded = self.policies.get(id);
        Named { name: &loaded.name, policy: &loaded.policy }
    }

    fn decide(
        &self,
        action: &str,
        resource: &str,
        policy: Option<Named<'_>>,
        target: &Target,
    ) -> (Truth, Vec<String>) {
        let context = Context { caller: self.keys, resource: &target.keys };
        let outcome = decide(&self.caller, &Request { policy, ..Request::new(action, resource, context) });
        let truth = match outcome.decision {
            iam::Decision::Denied(_) => Truth::False,
            iam::Decision::Allowed => Truth::True,
            iam::Decision::Conditional(expr) => Truth::Depends(expr),
        };
        (truth, outcome.via.iter().map(ToString::to_string).collect())
    }

    /// Whether an action that no policy names is allowed under `condition`, and with it every road that
    /// the table has.
    fn full_access(&self, target: &Target, roads: Roads, condition: Option<&Expr>) -> bool {
        let stream = target.resources.iter().any(|resource| resource.form == Form::Stream);
        let all = Roads {
            get: true,
            scan: true,
            partiql: true,
            stream,
            export: true,
            restore: true,
            kinesis: true,
            replicate: true,
            write_return: true,
            policy: true,
        };
        let policy = target.resources.first().and_then(|table| table.policy).map(|id| self.named(id));
        let anything = || match self.decide(ANY_ACTION, &target.arn, policy, target).0 {
            Truth::True => true,
            Truth::Depends(needed) => condition == Some(&needed),
            Truth::False => false,
        };
        roads == all && anything()
    }

    /// Whether a table that no policy names would be reached by one of `roads` too.
    fn wildcard(&self, target: &Target, roads: Roads) -> bool {
        let Some((head, _)) = target.arn.split_once(":table/") else { return false };
        let any = format!("{head}:table/{ANY_TABLE}");
        WAYS.iter().filter(|way| has(roads, way.road)).flat_map(|way| way.actions).any(|action| {
            let rests = target.resources.iter().filter(|resource| takes(action, resource));
            rests
                .filter_map(|resource| resource.arn.strip_prefix(target.arn.as_str()))
                .any(|rest| self.decide(action.name, &format!("{any}{rest}"), None, target).0 != Truth::False)
        })
    }
}

fn takes(action: &Action, resource: &Resource) -> bool {
    action.form == resource.form || (action.form == Form::TableOrIndex && resource.form == Form::Table)
}

fn flag(roads: &mut Roads, road: Road) -> &mut bool {
    match road {
        Road::Get => &mut roads.get,
        Road::Scan => &mut roads.scan,
        Road::PartiQl => &mut roads.partiql,
        Road::Stream => &mut roads.stream,
        Road::Export => &mut roads.export,
        Road::Restore => &mut roads.restore,
        Road::Kinesis => &mut roads.kinesis,
        Road::Replicate => &mut roads.replicate,
        Road::WriteReturn => &mut roads.write_return,
        Road::Policy => &mut roads.policy,
    }
}

fn set(roads: &mut Roads, road: Road) {
    *flag(roads, road) = true;
}

fn has(mut roads: Roads, road: Road) -> bool {
    *flag(&mut roads, road)
}

impl Row {
    /// Names what it lets do, not whom or where, so that a new table does not rename it.
    pub(super) fn id(&self) -> String {
        let Self { condition, roads, full_access, wildcard, via: _ } = self;
        let text = format!("{condition:?} {roads:?} {full_access} {wildcard}");
        hex(&Sha256::digest(text)[..6])
    }

    pub(super) fn decision(&self) -> Decision {
        if self.condition.is_some() { Decision::Conditional } else { Decision::Allowed }
    }

    /// What every way in needs.
    pub(super) fn needs(&self) -> Needs {
        let bits = self.condition.as_ref().map_or(0, |expr| expr.needs(&need));
        let has = |bit: u16| bits & bit != 0;
        Needs {
            mfa: has(1),
            source_ip: has(2),
            vpce: has(4),
            org: has(8),
            leading_keys: has(16),
            attributes: has(32),
            select: has(64),
            session_tag: has(128),
            other: has(256),
        }
    }
}

/// What a test asks of the caller; nothing if any value will do.
fn need(test: &Test) -> u16 {
    if test.values.iter().any(|value| value == "*") && !test.negated {
        return 0;
    }
    match test.key.to_lowercase().as_str() {
        "aws:multifactorauthpresent" | "aws:multifactorauthage" => 1,
        "aws:sourceip" | "aws:vpcsourceip" => 2,
        "aws:sourcevpc" | "aws:sourcevpce" | "aws:vpceaccount" | "aws:vpceorgid" | "aws:vpceorgpaths" => 4,
        "aws:principalorgid" | "aws:principalorgpaths" => 8,
        "dynamodb:leadingkeys" => 16,
        "dynamodb:attributes" => 32,
        "dynamodb:select" => 64,
        key if key.starts_with("aws:principaltag/") => 128,
        _ => 256,
    }
}
