//! The policies of tables, streams and keys as templates, and whom they name, found once for all principals.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{
    bits::Bits,
    locks::{Lock, Locks},
    policies::Policies,
    targets::Target,
};
use crate::iam::{
    Effect, Statement, Who,
    actions::Form,
    pattern::Pattern,
    principal::{Entry, Principals},
};

/// Policies that say the same, each of its own resource.
#[derive(Debug)]
pub(super) struct Template {
    /// Number of one of them.
    pub(super) policy: usize,
    /// The tables that they bear on.
    pub(super) tables: Bits,
}

/// Whom the policies of resources name.
#[derive(Debug)]
pub(super) struct Templates {
    /// What they say to whoever is named.
    all: Vec<Template>,
    /// What they say to everyone, or everyone but some: what names nobody here left out.
    everyone: Vec<Template>,
    /// By ARN or unique id: template and statement.
    named: HashMap<String, Vec<(usize, usize)>>,
    /// Tables that let in everyone whom their conditions do not hold off.
    open: Bits,
    /// Tables that let in whom they name, by ARN or unique id.
    granted: HashMap<String, Bits>,
    /// What they ask of every caller.
    pub(super) asks_caller: BTreeSet<String>,
}

/// A policy of one sort of resource, of one table.
struct Own<'a> {
    sort: u8,
    policy: usize,
    template: usize,
    /// What it is attached to.
    arn: &'a str,
}

impl Templates {
    /// Reads off all that tables, streams and keys of `owner` have.
    pub(super) fn read(policies: &Policies, targets: &[Target], locks: &Locks, owner: &str) -> Self {
        let bound = targets.len();
        let mut out = Self {
            all: Vec::new(),
            everyone: Vec::new(),
            named: HashMap::new(),
            open: Bits::none(bound),
            granted: HashMap::new(),
            asks_caller: BTreeSet::new(),
        };
        // For each template its number, and the number of what it says to everyone.
        let mut known: BTreeMap<(u8, usize), (usize, Option<usize>)> = BTreeMap::new();
        let mut everyone: BTreeMap<(u8, String), usize> = BTreeMap::new();
        for (at, target) in targets.iter().enumerate() {
            for own in owned(target, locks) {
                let template = || Template { policy: own.policy, tables: Bits::none(bound) };
                let (all, common) = *known.entry((own.sort, own.template)).or_insert_with(|| {
                    out.all.push(template());
                    out.name(policies, own.policy, owner);
                    let said = to_everyone(policies, &own, owner);
                    let next = out.everyone.len();
                    let common =
                        (!said.is_empty()).then(|| *everyone.entry((own.sort, said)).or_insert(next));
                    if common == Some(next) {
                        out.everyone.push(template());
                    }
                    (out.all.len() - 1, common)
                });
                out.all[all].tables.insert(at);
                if let Some(common) = common {
                    out.everyone[common].tables.insert(at);
                }
                out.open(policies, &own, owner, at);
            }
        }
        out
    }

    /// Notes whom the statements of the latest template name.
    fn name(&mut self, policies: &Policies, policy: usize, owner: &str) {
        let number = self.all.len() - 1;
        let loaded = policies.get(policy);
        let mut everyone = false;
        for statement in &loaded.policy.statements {
            let Some(principals) = &statement.principals else { continue };
            everyone |= about_everyone(principals, owner);
            for entry in &principals.entries {
                if let Entry::Arn(name) | Entry::UniqueId(name) = entry {
                    self.named.entry(name.clone()).or_default().push((number, statement.index));
                }
            }
        }
        // Whoever is named is told apart by his name already.
        if everyone {
            self.asks_caller.extend(loaded.asks_caller.iter().cloned());
        }
    }

    /// Notes whom a table lets in by its own policy alone.
    fn open(&mut self, policies: &Policies, own: &Own<'_>, owner: &str, at: usize) {
        let leads = own.sort < 2;
        let statements = policies.get(own.policy).policy.statements.iter();
        for statement in statements.filter(|statement| leads && statement.effect == Effect::Allow) {
            let Some(principals) = &statement.principals else { continue };
            let account = Entry::Account(owner.to_owned());
            // To name the account hands over to its own policies: it lets nobody in by itself.
            if about_everyone(principals, owner) && !principals.entries.contains(&account) {
                self.open.insert(at);
            }
            for entry in &principals.entries {
                if let Entry::Arn(name) | Entry::UniqueId(name) = entry {
                    let none = || Bits::none(self.open.bound());
                    self.granted.entry(name.clone()).or_insert_with(none).insert(at);
                }
            }
        }
    }

    /// The statements that name `who` himself, as template and statement.
    pub(super) fn naming(&self, who: &Who) -> Vec<(usize, usize)> {
        let of = |name: &String| self.named.get(name).into_iter().flatten().copied();
        let mut all: Vec<_> = of(&who.arn).chain(of(&who.id)).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Tables that may let in a caller who is named by these statements, by themselves.
    pub(super) fn open_to(&self, who: &Who) -> Bits {
        let mut tables = self.open.clone();
        for granted in [&who.arn, &who.id].into_iter().filter_map(|name| self.granted.get(name)) {
            tables.add(granted);
        }
        tables
    }

    /// Whether a table lets in everyone whom its conditions do not hold off.
    pub(super) fn opens(&self) -> bool {
        !self.open.is_empty()
    }

    /// The templates that bear on a caller who is named by `naming`.
    pub(super) fn bearing<'a>(&'a self, naming: &'a [(usize, usize)]) -> impl Iterator<Item = &'a Template> {
        self.everyone.iter().chain(naming.iter().filter_map(|(template, _)| self.all.get(*template)))
    }

    /// What the templates that name a caller ask of him.
    pub(super) fn asked<'a>(
        &'a self,
        policies: &'a Policies,
        naming: &'a [(usize, usize)],
    ) -> impl Iterator<Item = &'a String> {
        let named = naming.iter().filter_map(|(template, _)| self.all.get(*template));
        self.asks_caller.iter().chain(named.flat_map(|t| &policies.get(t.policy).asks_caller))
    }
}

/// The policies of a table, its stream and its key.
fn owned<'a>(target: &'a Target, locks: &'a Locks) -> Vec<Own<'a>> {
    let mut all = Vec::new();
    for (sort, (form, template)) in [Form::Table, Form::Stream].into_iter().zip(target.templates).enumerate()
    {
        let own = target.of(form).find_map(|resource| Some((resource.policy?, resource.arn.as_str())));
        if let (Some(template), Some((policy, arn))) = (template, own) {
            all.push(Own { sort: sort as u8, policy, template, arn });
        }
    }
    if let Lock::Key(key) = target.lock {
        let key = locks.key(key);
        all.push(Own { sort: 2, policy: key.policy, template: key.template, arn: &key.arn });
    }
    all
}

/// Whether a statement is about everyone of the account, or everyone but some.
fn about_everyone(principals: &Principals, owner: &str) -> bool {
    let anyone = |entry: &Entry| match entry {
        Entry::Anyone => true,
        Entry::Account(id) => id == owner,
        _ => false,
    };
    principals.negated || principals.entries.iter().any(anyone)
}

/// What a policy says to everyone, its own resource's name left out; empty if nothing.
fn to_everyone(policies: &Policies, own: &Own<'_>, owner: &str) -> String {
    let statements = policies.get(own.policy).policy.statements.iter();
    let said = statements.filter(|s| s.principals.as_ref().is_some_and(|p| about_everyone(p, owner)));
    said.map(|statement| told(statement)).collect::<String>().replace(own.arn, "\u{0}")
}

/// All that a statement says.
fn told(statement: &Statement) -> String {
    let texts = |patterns: &[Pattern]| patterns.iter().map(Pattern::text).collect::<Vec<_>>().join("\n");
    let Statement { index, effect, principals, actions, resources, conditions, .. } = statement;
    let mut out = format!(
        "{index} {effect:?} {principals:?} {} {} {} {}\n",
        actions.negated,
        texts(&actions.patterns),
        resources.negated,
        texts(&resources.patterns)
    );
    for condition in conditions {
        out += &format!("{} {} {}\n", condition.name, condition.key, texts(&condition.values));
    }
    out
}
