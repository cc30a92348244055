//! A reader and a class as one node of the tree.

use super::{Access, AccessClass, Party, alone::Alone, bits::Bits, targets::Target, trust::Trust};
use crate::{
    facts::{
        Fact, Gaps, Node, UNKNOWN,
        reader::{Needs, Reader, ReaderKind, Roads, Tables},
    },
    finding::{SubjectKind, TableSet},
};
use std::sync::Arc;

impl Access {
    pub(super) fn reader(&self, number: usize, class: &AccessClass, alone: &Alone) -> Option<Node> {
        let party = self.parties.get(number)?;
        let arns = class.tables.iter().filter_map(|at| self.table_arn(at));
        let names =
            [("reader".to_owned(), party.name.clone()), ("class".to_owned(), class.id.clone())].into();
        let name = self.name(SubjectKind::Reader, &party.arn, names, Some(TableSet::of(arns)));
        let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        let unseen = self.unseen_key(class.keyed.unseen());
        // A policy of its own that was not read may let it use a key that stops it.
        let doubt = self.subjects.get(number).filter(|_| !class.keyed.stopped().is_empty());
        let doubt = doubt.map(|subject| Gaps::from(&subject.unread)).unwrap_or_default();
        let conditions: Vec<&str> = class.keyed.conditions().iter().map(String::as_str).collect();
        let tables = Tables {
            count: count(class.tables.len()),
            named: self.named(&class.tables),
            sensitive: Fact::unless(self.unsampled(&class.tables), count(self.sensitive(&class.tables))),
            stopped: Fact::unless(doubt.clone().and(unseen), count(class.keyed.stopped().len())),
            all: class.tables.len() == self.targets.len(),
        };
        let facts = Reader {
            decision: Fact::Known(class.decision),
            needs: self.needs(class),
            condition: Fact::Known(class.condition.clone()),
            key_condition: Fact::unless(unseen, conditions.join("; ")),
            roads: Fact::Known(class.roads),
            tables: Fact::Known(tables),
            full_access: Fact::Known(class.full_access),
            wildcard: Fact::Known(class.wildcard),
            reads: self.reads(class, &class.tables).or_hidden(&doubt),
            reads_sensitive: self.reads_sensitive(class).or_hidden(&doubt),
            stopped: match class.keyed.stopped().is_empty() {
                true => Fact::unless(unseen, false),
                false => Fact::unless(&doubt, true),
            },
            fence: Fact::Known(class.fence.clone()),
            grants: Fact::Known(class.grants.clone()),
            human: self.human(number),
            end_user: self.end_user(number),
            in_organization: self.in_organization(party),
            scans_alone: self.scans_alone(number, class, alone),
            via: Fact::Known(class.via.clone()),
            ..who(party, &Gaps::default())
        };
        let mut node = Node::new(name, &facts);
        self.hide(&mut node, class);
        self.unless(&mut node, self.subjects.get(number), &class.tables);
        Some(node)
    }

    /// Whether a class reads items of some of `tables`. What holds whichever way a key that was not seen turns out is
    /// known.
    fn reads(&self, class: &AccessClass, tables: &Bits) -> Fact<bool> {
        let perhaps = tables.without(class.keyed.stopped());
        let sure = perhaps.without(class.keyed.unseen());
        if !class.roads.reads() {
            Fact::unless(self.undescribed(&perhaps).filter(|_| class.hidden.reads()), false)
        } else if sure.is_empty() {
            Fact::unless(self.unseen_key(&perhaps), false)
        } else {
            Fact::Known(true)
        }
    }

    /// Names of one or two tables, the number of more. Tables of one name in two Regions are told by their number.
    fn named(&self, tables: &Bits) -> String {
        let mut names =
            tables.iter().filter_map(|at| self.targets.get(at)).map(|target| target.name.as_str());
        match (names.next(), names.next(), tables.len()) {
            (Some(one), None, 1) => one.to_owned(),
            (Some(one), Some(other), 2) if one != other => format!("{one} and {other}"),
            (_, _, many) => format!("{many} tables"),
        }
    }

    fn reads_sensitive(&self, class: &AccessClass) -> Fact<bool> {
        let bound = self.targets.len();
        let with = |test: fn(&Target) -> bool| {
            Bits::of(bound, class.tables.iter().filter(|at| self.targets.get(*at).is_some_and(test)))
        };
        let unsampled = || with(|target| !target.sensitive && target.unsampled.is_some());
        match self.reads(class, &with(|target| target.sensitive)) {
            // A table that was not sampled may hold secrets; where it is not read, that says nothing.
            Fact::Known(false) => match self.reads(class, &unsampled()) {
                Fact::Known(true) => Fact::unless(self.unsampled(&unsampled()), false),
                other => other,
            },
            decided => decided,
        }
    }

    /// What every way in needs: what DynamoDB asks for, and what each key does.
    fn needs(&self, class: &AccessClass) -> Fact<Needs> {
        let keys = class.keyed.needs();
        let all = Fact::Known(Needs::of(class.needs | keys.unwrap_or_default()));
        match self.unseen_key(class.keyed.unseen()) {
            // A key that was not seen may ask for more where all others do.
            Some(gap) if keys.is_none_or(|keys| keys & !class.needs != 0) => Fact::Unknown(gap.into()),
            _ => all,
        }
    }

    /// Marks the roads as unknown that may be open by an index or a stream which was not seen.
    fn hide(&self, node: &mut Node, class: &AccessClass) {
        let hidden = class.hidden.without(class.roads);
        let Some(gap) = self.undescribed(&class.tables).filter(|_| hidden != Roads::default()) else {
            return;
        };
        let hidden = serde_json::to_value(hidden).unwrap_or_default();
        let names = hidden.as_object().into_iter().flatten().filter(|(_, open)| **open == true);
        for (name, _) in names {
            if let Some(road) = Arc::make_mut(&mut node.facts)["roads"].get_mut(name) {
                *road = serde_json::json!({ UNKNOWN: gap });
            }
        }
    }

    /// Whether people act as a reader: as a user, or as a role into which a SAML provider lets them.
    fn human(&self, number: usize) -> Fact<bool> {
        match self.parties.get(number).map(|party| party.kind) {
            Some(ReaderKind::User) => Fact::Known(true),
            _ => self.trusts(number, |trust| trust.facts.saml),
        }
    }

    /// Whether users of an application act as a reader: a role into which Cognito or an OpenID Connect provider lets
    /// them.
    fn end_user(&self, number: usize) -> Fact<bool> {
        self.trusts(number, |trust| trust.facts.web_identity || trust.facts.cognito)
    }

    fn trusts(&self, number: usize, get: fn(&Trust) -> bool) -> Fact<bool> {
        match self.subjects.get(number).map(|subject| &subject.trust) {
            Some(Ok(trust)) => Fact::Known(get(trust)),
            Some(Err(gap)) => Fact::Unknown(gap.into()),
            None => Fact::Known(false),
        }
    }

    fn in_organization(&self, party: &Party) -> Fact<Option<bool>> {
        let unlisted = self.guard.accounts.as_ref().and_then(|accounts| accounts.gap());
        match party.in_organization {
            None if party.external => Fact::unless(Gaps::from(&self.guard.unread).and(unlisted), None),
            known => Fact::Known(known),
        }
    }
}

/// The facts of a reader of whom no more is known than who it is.
pub(super) fn who(party: &Party, gap: &Gaps) -> Reader {
    Reader {
        arn: Fact::Known(party.arn.clone()),
        name: Fact::Known(party.name.clone()),
        kind: Fact::Known(party.kind),
        account: Fact::Known(party.account.clone()),
        external: Fact::Known(party.external),
        decision: Fact::Unknown(gap.into()),
        needs: Fact::Unknown(gap.into()),
        condition: Fact::Unknown(gap.into()),
        key_condition: Fact::Unknown(gap.into()),
        roads: Fact::Unknown(gap.into()),
        tables: Fact::Unknown(gap.into()),
        full_access: Fact::Unknown(gap.into()),
        wildcard: Fact::Unknown(gap.into()),
        reads: Fact::Unknown(gap.into()),
        reads_sensitive: Fact::Unknown(gap.into()),
        stopped: Fact::Unknown(gap.into()),
        fence: Fact::Unknown(gap.into()),
        grants: Fact::Unknown(gap.into()),
        human: Fact::Unknown(gap.into()),
        end_user: Fact::Unknown(gap.into()),
        in_organization: Fact::Unknown(gap.into()),
        scans_alone: Fact::Unknown(gap.into()),
        via: Fact::Unknown(gap.into()),
    }
}
