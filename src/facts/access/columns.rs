//! Which tables each pattern of a `Resource` element tells apart, found once for all principals.

use std::collections::{BTreeMap, HashMap};

use super::{
    bits::Bits,
    locks::{Lock, Locks},
    policies::Policies,
    targets::Target,
};
use crate::iam::{
    Context, Keys, Truth,
    actions::Form,
    pattern::{Pattern, Resolved, Token, matches},
    policy::resource_match,
};

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

    /// The column of a pattern without variables.
    fn plain(&self, pattern: &Pattern) -> Column {
        self.column(head(pattern.text()), |_, arn| u8::from(pattern.matches_plain(arn)))
    }

    /// The column of a pattern with variables, for a caller who brings `keys`.
    pub(super) fn varied(&self, pattern: &Pattern, keys: &Keys) -> Column {
        // What the resource fills differs from table to table; what the caller fills does not.
        let by_resource = |key: &str| key.starts_with("aws:resource") || key.starts_with("aws:requested");
        if pattern.variables().any(by_resource) {
            return self.column("", |target, arn| {
                let context = Context { caller: keys, resource: &target.keys };
                match resource_match(pattern, arn, &context) {
                    Truth::False => 0,
                    Truth::True => 1,
                    Truth::Depends(_) => 2,
                }
            });
        }
        let none = Keys::new();
        let (tokens, hit) = match pattern.resolve(&Context { caller: keys, resource: &none }) {
            Resolved::Nothing => (Vec::new(), 0),
            Resolved::Tokens(tokens) => (tokens.into_owned(), 1),
            Resolved::Unknown { widest, .. } => (widest, 2),
        };
        if hit == 0 {
            return Column { blocks: Vec::new(), reached: Bits::none(self.targets.len()) };
        }
        let plain = tokens.iter().map_while(|token| match token {
            Token::Char(c) => Some(*c),
            Token::One | Token::Many => None,
        });
        let head: String = plain.collect();
        self.column(&head, |_, arn| if matches(&tokens, arn) { hit } else { 0 })
    }

    /// The column of what starts with the plain text `head`, and hits resources so: 0 not, 1 always, 2 perhaps.
    fn column(&self, head: &str, hit: impl Fn(&Target, &str) -> u8) -> Column {
        let bound = self.targets.len();
        let mut by_match: BTreeMap<Vec<(Form, Match)>, Bits> = BTreeMap::new();
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
        let near = self.keys.range(head..).take_while(|(arn, _)| arn.starts_with(head));
        let mut keys = Bits::none(bound);
        for (arn, tables) in near {
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
    let mut signs: Vec<(Form, Match)> = Vec::with_capacity(8);
    // Resources of one form stand together.
    for form in target.resources.chunk_by(|a, b| a.form == b.form) {
        let Some(first) = form.first() else { continue };
        let hits: Vec<u8> = form.iter().map(|resource| hit(&resource.arn)).collect();
        let sum = match () {
            () if hits.iter().all(|hit| *hit == 0) => Match::None,
            () if hits.iter().all(|hit| *hit == 1) => Match::All,
            () => Match::Some(hits),
        };
        signs.push((first.form, sum));
    }
    signs
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
        let found = super::parallel::map(&plain, |pattern| places.plain(pattern));
        let known = plain.iter().map(|pattern| pattern.text().to_owned()).zip(found).collect();
        Self { known }
    }

    /// The column of a pattern without variables.
    pub(super) fn of(&self, pattern: &Pattern) -> Option<&Column> {
        self.known.get(pattern.text())
    }
}
