//! How a caller's own policies grant: by wildcards, by what they leave out, by beginnings of names.

use std::collections::HashMap;

use super::{bits::Bits, known, policies::Policies, rows::Shown, world::World};
use crate::{
    facts::reader::Grants,
    iam::{Effect, Layer},
};

/// What the statements of a caller's own policies are like.
#[derive(Debug, Default)]
pub(super) struct Manner<'a> {
    by_statement: HashMap<(&'a str, usize), Statement>,
}

#[derive(Debug, Default)]
struct Statement {
    wildcard_action: bool,
    all_but: bool,
    /// Beginnings of names with the tables that they reach.
    loose: Vec<(String, Bits)>,
}

impl<'a> Manner<'a> {
    /// Reads the policies `identity`.
    pub(super) fn of(world: &World<'a>, identity: &[usize]) -> Self {
        let policies: &'a Policies = world.policies;
        let mut manner = Self::default();
        for loaded in identity.iter().map(|id| policies.get(*id)) {
            for statement in loaded.policy.statements.iter().filter(|s| s.effect == Effect::Allow) {
                let wild = |text: &str| text.contains(['*', '?']);
                let patterns = &statement.actions.patterns;
                let actions = patterns.iter().filter(|p| known::ACTIONS.iter().any(|a| p.matches_plain(a)));
                let loose = statement.resources.patterns.iter().filter(|_| !statement.resources.negated);
                let loose = loose.filter_map(|pattern| {
                    let reached = &world.column(pattern)?.reached;
                    (reached.len() > 1).then_some((beginning(pattern.text())?.to_owned(), reached.clone()))
                });
                let said = Statement {
                    wildcard_action: !statement.actions.negated
                        && actions.into_iter().any(|p| wild(p.text())),
                    all_but: statement.actions.negated || statement.resources.negated,
                    loose: loose.collect(),
                };
                manner.by_statement.insert((&loaded.name, statement.index), said);
            }
        }
        manner
    }

    /// How they grant what is `shown` on `tables`.
    pub(super) fn grants(
        &self,
        world: &World<'_>,
        shown: &Shown,
        tables: &Bits,
        around_deny: bool,
    ) -> Grants {
        let mut grants = Grants { around_deny, ..Grants::default() };
        for via in shown.via.iter().filter(|via| via.layer == Layer::Identity) {
            let Some(said) = self.by_statement.get(&(&*via.policy, via.index)) else { continue };
            grants.wildcard_action |= said.wildcard_action;
            grants.all_but |= said.all_but;
            for (name, reached) in &said.loose {
                let sensitive = |at: usize| world.targets.get(at).is_some_and(|target| target.sensitive);
                if reached.and(tables).iter().any(sensitive) {
                    grants.loose_prefixes.push(name.clone());
                }
            }
        }
        grants.loose_prefixes.sort_unstable();
        grants.loose_prefixes.dedup();
        grants
    }
}

/// The beginning of tables' names that a pattern gives, if it ends within a word: `user*` of `…:table/user*`, and
/// nothing of `…:table/user-*`.
fn beginning(pattern: &str) -> Option<&str> {
    let (_, rest) = pattern.rsplit_once(":table/")?;
    let name = rest.split_once('/').map_or(rest, |(name, _)| name);
    let plain = name.strip_suffix('*')?;
    let within = plain.chars().next_back().is_some_and(char::is_alphanumeric);
    (within && !plain.contains(['*', '?', '$'])).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::beginning;

    #[test]
    fn a_beginning_ends_within_a_word() {
        let table = |name: &str| format!("arn:aws:dynamodb:*:*:table/{name}");
        assert_eq!(beginning(&table("user*")), Some("user*"));
        assert_eq!(beginning(&table("user*/index/*")), Some("user*"));
        for name in ["*", "user-*", "user_*", "app.*", "users", "*user*", "${aws:username}*", "users/index/*"]
        {
            assert_eq!(beginning(&table(name)), None, "{name}");
        }
    }
}
