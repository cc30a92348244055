//! The policies of tables, streams and keys as templates, and whom they name, found once for all principals.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{
    bits::Bits,
    locks::{Lock, Locks},
    policies::Policies,
    targets::Target,
};
use crate::iam::{Effect, Who, principal::Entry};

/// Policies that say the same, each of its own resource.
#[derive(Debug)]
pub(super) struct Template {
    /// Number of one of them.
    pub(super) policy: usize,
    /// The tables that they bear on.
    pub(super) tables: Bits,
    /// Whether some statement is about everyone, or everyone but some.
    everyone: bool,
}

/// Whom the policies of resources name.
#[derive(Debug)]
pub(super) struct Templates {
    all: Vec<Template>,
    /// By ARN or unique id: template and statement.
    named: HashMap<String, Vec<(usize, usize)>>,
    /// Tables that let in everyone whom their conditions do not hold off.
    open: Bits,
    /// Tables that let in whom they name, by ARN or unique id.
    granted: HashMap<String, Bits>,
    /// What they ask of every caller.
    pub(super) asks_caller: BTreeSet<String>,
}

impl Templates {
    /// Reads off all that tables, streams and keys have.
    pub(super) fn read(policies: &Policies, targets: &[Target], locks: &Locks) -> Self {
        let bound = targets.len();
        let mut found: BTreeMap<(u8, usize), (usize, Bits)> = BTreeMap::new();
        let mut add = |sort, template: Option<usize>, policy: Option<usize>, at| {
            let (Some(template), Some(policy)) = (template, policy) else { return };
            let slot = found.entry((sort, template)).or_insert_with(|| (policy, Bits::none(bound)));
            slot.1.insert(at);
        };
        for (at, target) in targets.iter().enumerate() {
            let policy = |form| target.of(form).find_map(|resource| resource.policy);
            add(0, target.templates[0], policy(crate::iam::actions::Form::Table), at);
            add(1, target.templates[1], policy(crate::iam::actions::Form::Stream), at);
            if let Lock::Key(key) = target.lock {
                let key = locks.key(key);
                add(2, Some(key.template), Some(key.policy), at);
            }
        }
        let mut out = Self {
            all: Vec::new(),
            named: HashMap::new(),
            open: Bits::none(bound),
            granted: HashMap::new(),
            asks_caller: BTreeSet::new(),
        };
        for ((sort, _), (policy, tables)) in found {
            out.add(policies, policy, tables, sort < 2);
        }
        out
    }

    fn add(&mut self, policies: &Policies, policy: usize, tables: Bits, leads_to_data: bool) {
        let loaded = policies.get(policy);
        let mut everyone = false;
        for statement in &loaded.policy.statements {
            let Some(principals) = &statement.principals else { continue };
            let grants = leads_to_data && statement.effect == Effect::Allow;
            let anyone = |entry: &Entry| matches!(entry, Entry::Anyone | Entry::Account(_));
            if principals.negated || principals.entries.iter().any(anyone) {
                everyone = true;
                if grants {
                    self.open.add(&tables);
                }
            }
            for entry in &principals.entries {
                let (Entry::Arn(name) | Entry::UniqueId(name)) = entry else { continue };
                self.named.entry(name.clone()).or_default().push((self.all.len(), statement.index));
                if grants {
                    let slot = self.granted.entry(name.clone()).or_default();
                    if *slot == Bits::default() {
                        *slot = tables.clone();
                    }
                    slot.add(&tables);
                }
            }
        }
        // Whoever is named is told apart by his name already.
        if everyone {
            self.asks_caller.extend(loaded.asks_caller.iter().cloned());
        }
        self.all.push(Template { policy, tables, everyone });
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
        let named = |at: usize| naming.iter().any(|(template, _)| *template == at);
        self.all.iter().enumerate().filter(move |(at, t)| t.everyone || named(*at)).map(|(_, t)| t)
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
