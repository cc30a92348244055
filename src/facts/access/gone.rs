//! Grants on tables that are not there: whoever makes one of that name hands it over.

use std::collections::{BTreeMap, BTreeSet};

use super::{Access, subjects::Subject};
use crate::{
    facts::{Fact, Gaps},
    iam::{Effect, arn::Arn},
    snapshot::{Account, GapId},
};

/// Names of tables by Region that was looked at, or why they are not known whole.
#[derive(Debug, Default)]
pub(super) struct Listing(BTreeMap<String, Result<BTreeSet<String>, GapId>>);

impl Listing {
    /// Reads the lists of tables.
    pub(super) fn of(account: &Account) -> Self {
        let regions = account.regions.iter().filter(|region| !region.disabled).map(|region| {
            let names = match &region.tables.gap {
                Some(gap) => Err(gap.clone()),
                None => Ok(region.tables.items.iter().cloned().collect()),
            };
            (region.name.clone(), names)
        });
        Self(regions.collect())
    }
}

impl Access {
    /// Tables that policies of a subject allow something on by name, and that are not there.
    pub(super) fn gone_tables(&self, subject: &Subject) -> Fact<Vec<String>> {
        let (mut gone, mut unlisted) = (BTreeSet::new(), None);
        let statements = subject.identity.iter().flat_map(|id| &self.policies.get(*id).policy.statements);
        let allowing = statements.filter(|s| s.effect == Effect::Allow && !s.resources.negated);
        for pattern in allowing.flat_map(|statement| &statement.resources.patterns) {
            let text = pattern.text();
            let Some(arn) = Arn::parse(text).filter(|_| !text.contains(['*', '?', '$'])) else { continue };
            let Some(name) = arn.resource.strip_prefix("table/").and_then(|rest| rest.split('/').next())
            else {
                continue;
            };
            if arn.service != "dynamodb" || arn.account != self.account {
                continue;
            }
            match self.listing.0.get(arn.region) {
                Some(Ok(names)) if !names.contains(name) => {
                    let head = text.split(":table/").next().unwrap_or_default();
                    gone.insert(format!("{head}:table/{name}"));
                }
                Some(Err(gap)) => unlisted = Some(gap),
                Some(Ok(_)) | None => {}
            }
        }
        if gone.is_empty() {
            return Fact::unless(Gaps::from(&subject.unread).and(unlisted), Vec::new());
        }
        Fact::Known(gone.into_iter().collect())
    }
}
