//! Which tables each pattern of a `Resource` element tells apart, found once for all principals.

use std::collections::{BTreeMap, HashMap};

use super::{
    bits::Bits,
    locks::{Lock, Locks},
    policies::Policies,
    targets::Target,
};
use crate::iam::{Context, Truth, actions::Form, pattern::Pattern, policy::resource_match};

/// One pattern over all tables.
#[derive(Debug, Clone, Default)]
pub(super) struct Column {
    /// Sets that tell tables apart: two tables on the same side of each are matched alike.
    pub(super) blocks: Vec<Bits>,
    /// Tables of which it matches some resource; keys aside.
    pub(super) reached: Bits,
}

/// How a pattern matches the resources of one form, of one table.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Match {
    None,
    /// Every one.
    All,
    /// These, by position; two by a variable that only the request fills.
    Some(Vec<u8>),
}

/// Tables by ARN, and keys with their tables: where patterns look.
#[derive(Debug)]
pub(super) struct Places<'a> {
    targets: &'a [Target],
    /// ARN of each key, sorted, with the tables that it locks.
    keys: BTreeMap<&'a str, Bits>,
}

impl<'a> Places<'a> {
    pub(super) fn new(targets: &'a [Target], locks: &'a Locks) -> Self {
        let mut keys: BTreeMap<&str, Bits> = BTreeMap::new();
        for (at, target) in targets.iter().enumerate() {
            if let Lock::Key(key) = target.lock {
                let tables = || Bits::none(targets.len());
                keys.entry(&locks.key(key).arn).or_insert_with(tables).insert(at);
            }
        }
        Self { targets, keys }
    }

    /// The column of a pattern. With `context` variables are filled from it; without, they match nothing.
    pub(super) fn column(&self, pattern: &Pattern, context: Option<&Context<'_>>) -> Column {
        let bound = self.targets.len();
        let hit = |target: &Target, arn: &str| match context {
            None => u8::from(pattern.matches_plain(arn)),
            Some(context) => {
                let context = Context { caller: context.caller, resource: &target.keys };
                match resource_match(pattern, arn, &context) {
                    Truth::False => 0,
                    Truth::True => 1,
                    Truth::Depends(_) => 2,
                }
            }
        };
        let mut by_match: BTreeMap<Vec<(Form, Match)>, Bits> = BTreeMap::new();
        let head = head(pattern.text());
        for at in self.near(head) {
            let target = &self.targets[at];
            let signs = signs(target, |arn| hit(target, arn));
            if signs.iter().any(|(_, sign)| *sign != Match::None) {
                by_match.entry(signs).or_insert_with(|| Bits::none(bound)).insert(at);
            }
        }
        let mut reached = Bits::none(bound);
        let mut blocks: Vec<Bits> = by_match.into_values().collect();
        blocks.iter().for_each(|block| reached.add(block));
        let first_key = self.keys.range(head..).take_while(|(arn, _)| arn.starts_with(head));
        let mut keys = Bits::none(bound);
        for (arn, tables) in first_key {
            let some = tables.first().and_then(|at| self.targets.get(at));
            if some.is_some_and(|target| hit(target, arn) != 0) {
                keys.add(tables);
            }
        }
        if !keys.is_empty() {
            blocks.push(keys);
        }
        Column { blocks, reached }
    }

    /// Tables that a pattern which starts with the plain text `head` can speak of: those whose ARN starts so, and
    /// the one whose parts do.
    fn near(&self, head: &str) -> impl Iterator<Item = usize> + '_ {
        let from = self.targets.partition_point(|target| target.arn.as_str() < head);
        let most = self.targets[from..].partition_point(|target| target.arn.starts_with(head));
        let named = head.split_once(":table/").and_then(|(before, name)| {
            let name = name.split_once('/')?.0;
            let arn = format!("{before}:table/{name}");
            self.targets.binary_search_by(|target| target.arn.as_str().cmp(&arn)).ok()
        });
        // `*` alone speaks of the account too, and starts with nothing.
        (from..from + most).chain(named.filter(move |at| !(from..from + most).contains(at)))
    }
}

/// The text before the first wildcard or variable.
fn head(pattern: &str) -> &str {
    let end = pattern.find(['*', '?', '$']).unwrap_or(pattern.len());
    &pattern[..end]
}

fn signs(target: &Target, hit: impl Fn(&str) -> u8) -> Vec<(Form, Match)> {
    let mut found: BTreeMap<Form, Vec<u8>> = BTreeMap::new();
    for resource in &target.resources {
        found.entry(resource.form).or_default().push(hit(&resource.arn));
    }
    let sum = |hits: Vec<u8>| match () {
        () if hits.iter().all(|hit| *hit == 0) => Match::None,
        () if hits.iter().all(|hit| *hit == 1) => Match::All,
        () => Match::Some(hits),
    };
    found.into_iter().map(|(form, hits)| (form, sum(hits))).collect()
}

/// The columns of all patterns without variables.
#[derive(Debug, Default)]
pub(super) struct Columns {
    known: HashMap<String, Column>,
}

impl Columns {
    /// Finds them for every policy, on all cores.
    pub(super) fn read(policies: &Policies, places: &Places<'_>) -> Self {
        let statements = policies.iter().flat_map(|loaded| &loaded.policy.statements);
        let patterns = statements.flat_map(|statement| &statement.resources.patterns);
        let mut plain: BTreeMap<&str, &Pattern> = BTreeMap::new();
        for pattern in patterns.filter(|pattern| pattern.variables().next().is_none()) {
            plain.insert(pattern.text(), pattern);
        }
        let plain: Vec<&Pattern> = plain.into_values().collect();
        let found = super::parallel::map(&plain, |pattern| places.column(pattern, None));
        let known = plain.iter().map(|pattern| pattern.text().to_owned()).zip(found).collect();
        Self { known }
    }

    /// The column of a pattern without variables.
    pub(super) fn of(&self, pattern: &Pattern) -> Option<&Column> {
        self.known.get(pattern.text())
    }
}
