//! Principals that no policy tells apart, tables that no statement tells apart: judged once for all of them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{
    AccessClass,
    judge::{Judge, Row},
    policies::Policies,
    subjects::Subject,
    targets::{Matches, Target},
};
use crate::iam::{Caller, Context, Effect, Named, Truth, pattern::Pattern, principal::Closeness};

/// What decides how a principal fares: equal keys, equal access.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    identity: Vec<usize>,
    boundary: Option<usize>,
    bounded: bool,
    /// How statements of tables' policies name it: policy, statement, how closely.
    named: Vec<(usize, usize, Option<Closeness>)>,
    /// Its ARN, where a policy asks who the caller is.
    itself: Option<String>,
}

/// The access of the account's own principals. Members are numbered as in `subjects`.
pub(super) fn of_subjects(policies: &Policies, subjects: &[Subject], targets: &[Target]) -> Vec<AccessClass> {
    let tables: BTreeSet<usize> =
        targets.iter().flat_map(|target| &target.resources).filter_map(|resource| resource.policy).collect();
    let mut classes: BTreeMap<Key, Vec<usize>> = BTreeMap::new();
    for (at, subject) in subjects.iter().enumerate() {
        let key = key(policies, subject, &tables);
        if !key.named.is_empty() || !key.identity.is_empty() {
            classes.entry(key).or_default().push(at);
        }
    }
    let mut matches = Matches::default();
    let mut out = Vec::new();
    for (key, members) in classes {
        let Some(first) = members.first().and_then(|at| subjects.get(*at)) else { continue };
        let identity: Vec<Named<'_>> = key.identity.iter().map(|id| named(policies, *id)).collect();
        let boundary = key.boundary.map(|id| named(policies, id));
        let boundary = boundary.as_ref().map(std::slice::from_ref);
        let caller = Caller { boundary, ..Caller::with(&first.who, &identity) };
        let judge = Judge { policies, caller, keys: &first.keys, foreign: false };
        let reached = reached(policies, &key, &judge, targets, &mut matches);
        let groups = group(policies, &key, &judge, targets, &reached, &mut matches);
        out.extend(rows(&judge, &groups, targets, &members));
    }
    out
}

/// The rows of one class over groups of tables, one class for each distinct row.
pub(super) fn rows(
    judge: &Judge<'_>,
    groups: &[Vec<usize>],
    targets: &[Target],
    members: &[usize],
) -> Vec<AccessClass> {
    let mut merged: BTreeMap<Row, (BTreeSet<usize>, BTreeSet<String>)> = BTreeMap::new();
    for group in groups {
        let Some(target) = group.first().and_then(|at| targets.get(*at)) else { continue };
        for mut row in judge.rows(target) {
            // Which statements let in does not part classes: they are shown together.
            let via = std::mem::take(&mut row.via);
            let (tables, all) = merged.entry(row).or_default();
            tables.extend(group);
            all.extend(via);
        }
    }
    let class = |(row, (tables, via)): (Row, (BTreeSet<usize>, BTreeSet<String>))| AccessClass {
        id: row.id(),
        members: members.to_vec(),
        tables,
        decision: row.decision(),
        needs: row.needs(),
        condition: row.condition.as_ref().map(ToString::to_string).unwrap_or_default(),
        roads: row.roads,
        full_access: row.full_access,
        wildcard: row.wildcard,
        via: via.into_iter().collect(),
    };
    merged.into_iter().map(class).collect()
}

fn named(policies: &Policies, id: usize) -> Named<'_> {
    let loaded = policies.get(id);
    Named { name: &loaded.name, policy: &loaded.policy }
}

fn key(policies: &Policies, subject: &Subject, tables: &BTreeSet<usize>) -> Key {
    let mut named = Vec::new();
    for id in tables {
        for statement in &policies.get(*id).policy.statements {
            let Some(principals) = &statement.principals else { continue };
            let bounded_out = principals.negated && subject.bounded && statement.effect == Effect::Deny;
            let closeness = principals.closeness(&subject.who);
            if closeness.is_some() || bounded_out {
                named.push((*id, statement.index, closeness));
            }
        }
    }
    // Policies of which nothing concerns data part nobody.
    let concerns = |id: &usize| !policies.get(*id).policy.statements.is_empty();
    let identity: Vec<usize> = subject.identity.iter().copied().filter(concerns).collect();
    let about = identity.iter().chain(&subject.boundary).chain(named.iter().map(|(id, ..)| id));
    let asked = about.into_iter().any(|id| policies.get(*id).asks_caller);
    Key {
        boundary: subject.boundary,
        bounded: subject.bounded,
        itself: asked.then(|| subject.who.arn.clone()),
        identity,
        named,
    }
}

/// Which tables some statement that allows speaks of: the others need no judging.
fn reached(
    policies: &Policies,
    key: &Key,
    judge: &Judge<'_>,
    targets: &[Target],
    matches: &mut Matches,
) -> Vec<bool> {
    let allows =
        |id: &usize| policies.get(*id).policy.statements.iter().filter(|s| s.effect == Effect::Allow);
    let granting: BTreeSet<usize> = key
        .named
        .iter()
        .filter(|(id, index, closeness)| closeness.is_some() && allows(id).any(|s| s.index == *index))
        .map(|(id, ..)| *id)
        .collect();
    let by_own = |target: &Target| {
        target.resources.iter().filter_map(|resource| resource.policy).any(|id| granting.contains(&id))
    };
    let mut reached: Vec<bool> = targets.iter().map(by_own).collect();
    for statement in key.identity.iter().flat_map(allows) {
        if statement.resources.negated {
            return vec![true; targets.len()];
        }
        for pattern in &statement.resources.patterns {
            if pattern.variables().next().is_none() {
                let column = matches.of(pattern, targets).to_vec();
                let hits = column.iter().map(|number| matches.is_hit(*number));
                reached.iter_mut().zip(hits).for_each(|(reached, hit)| *reached |= hit);
                continue;
            }
            for (reached, target) in reached.iter_mut().zip(targets) {
                let context = Context { caller: judge.keys, resource: &target.keys };
                *reached =
                    *reached || target.resources.iter().any(|r| varied_match(pattern, &r.arn, &context) != 1);
            }
        }
    }
    reached
}

/// Tables that none of the class's policies tells apart, by number, the first group first.
fn group(
    policies: &Policies,
    key: &Key,
    judge: &Judge<'_>,
    targets: &[Target],
    reached: &[bool],
    matches: &mut Matches,
) -> Vec<Vec<usize>> {
    let concerned: BTreeSet<usize> = key.named.iter().map(|(policy, ..)| *policy).collect();
    let own: BTreeSet<usize> = key.identity.iter().chain(&key.boundary).copied().collect();
    let statements = || own.iter().flat_map(|id| &policies.get(*id).policy.statements);
    let patterns: Vec<&Pattern> = statements().flat_map(|s| &s.resources.patterns).collect();
    let (plain, varied): (Vec<&Pattern>, Vec<&Pattern>) =
        patterns.into_iter().partition(|pattern| pattern.variables().next().is_none());
    let columns: Vec<Vec<u32>> = plain.iter().map(|pattern| matches.of(pattern, targets).to_vec()).collect();
    let regions = own.iter().any(|id| policies.get(*id).asks_region);
    let tags = own.iter().any(|id| policies.get(*id).asks_tags);

    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut known: HashMap<Vec<u64>, usize> = HashMap::new();
    let mut texts: HashMap<String, u64> = HashMap::new();
    let reached = targets.iter().enumerate().filter(|(at, _)| reached.get(*at) == Some(&true));
    for (at, target) in reached {
        let mut sign: Vec<u64> = target.resources.iter().map(|resource| resource.form as u64).collect();
        sign.push(u64::MAX);
        sign.extend(columns.iter().filter_map(|column| column.get(at)).map(|number| u64::from(*number)));
        let context = Context { caller: judge.keys, resource: &target.keys };
        for pattern in &varied {
            sign.extend(
                target.resources.iter().map(|resource| varied_match(pattern, &resource.arn, &context)),
            );
        }
        let mut text = |text: String| {
            let next = texts.len() as u64;
            *texts.entry(text).or_insert(next)
        };
        if regions {
            sign.push(text(target.region.clone()));
        }
        if tags {
            sign.push(text(format!("{:?}", target.tags)));
        }
        // A table whose own policy has a say is judged alone.
        let policies = target.resources.iter().filter_map(|resource| resource.policy);
        if policies.into_iter().any(|id| concerned.contains(&id)) {
            sign.push(text(target.arn.clone()));
        }
        let group = *known.entry(sign).or_insert_with(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        if let Some(group) = groups.get_mut(group) {
            group.push(at);
        }
    }
    groups
}

fn varied_match(pattern: &Pattern, resource: &str, context: &Context<'_>) -> u64 {
    match crate::iam::policy::resource_match(pattern, resource, context) {
        Truth::True => 0,
        Truth::False => 1,
        Truth::Depends(_) => 2,
    }
}
