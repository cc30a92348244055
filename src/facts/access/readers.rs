//! A reader and a class as one node of the tree.

use super::{Access, AccessClass, Party, trust::Trust};
use crate::{
    facts::{
        Fact, Node,
        reader::{Kms, Reader, ReaderKind, Tables},
    },
    finding::{SubjectKind, TableSet},
    snapshot::GapId,
};

impl Access {
    pub(super) fn reader(&self, number: usize, class: &AccessClass) -> Option<Node> {
        let party = self.parties.get(number)?;
        let arns = class.tables.iter().filter_map(|at| self.table_arn(at));
        let names =
            [("reader".to_owned(), party.name.clone()), ("class".to_owned(), class.id.clone())].into();
        let name = self.name(SubjectKind::Reader, &party.arn, names, Some(TableSet::of(arns)));
        let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        let tables = Tables {
            count: count(class.tables.len()),
            sensitive: match self.unsampled(&class.tables) {
                Some(gap) => Fact::Unknown(gap.clone()),
                None => Fact::Known(count(self.sensitive(&class.tables))),
            },
            all: class.tables.len() == self.targets.len(),
        };
        let whoever = |gap: &GapId| Reader {
            tables: Fact::Known(tables),
            human: self.human(number),
            end_user: self.end_user(number),
            in_organization: self.in_organization(party),
            via: Fact::Known(class.via.clone()),
            ..who(party, gap)
        };
        let facts = match self.unseen_key(&class.tables).filter(|_| class.kms == Kms::Unknown) {
            // A key that was not seen may stop it: neither that it reads nor that it does not is known.
            Some(gap) => whoever(gap),
            None => Reader {
                decision: Fact::Known(class.decision),
                needs: Fact::Known(class.needs),
                condition: Fact::Known(class.condition.clone()),
                roads: Fact::Known(class.roads),
                full_access: Fact::Known(class.full_access),
                wildcard: Fact::Known(class.wildcard),
                kms: Fact::Known(class.kms),
                fence: Fact::Known(class.fence.clone()),
                grants: Fact::Known(class.grants.clone()),
                ..whoever(&GapId(String::new()))
            },
        };
        let mut node = Node::new(name, &facts);
        self.unless(&mut node, self.subjects.get(number), &class.tables);
        Some(node)
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
            Some(Err(gap)) => Fact::Unknown(gap.clone()),
            None => Fact::Known(false),
        }
    }

    fn in_organization(&self, party: &Party) -> Fact<Option<bool>> {
        let unlisted = self.guard.accounts.as_ref().and_then(|accounts| accounts.gap());
        match (party.in_organization, self.guard.unread.as_ref().or(unlisted)) {
            (None, Some(gap)) if party.external => Fact::Unknown(gap.clone()),
            (known, _) => Fact::Known(known),
        }
    }
}

/// The facts of a reader of whom no more is known than who it is.
pub(super) fn who(party: &Party, gap: &GapId) -> Reader {
    Reader {
        arn: Fact::Known(party.arn.clone()),
        name: Fact::Known(party.name.clone()),
        kind: Fact::Known(party.kind),
        account: Fact::Known(party.account.clone()),
        external: Fact::Known(party.external),
        decision: Fact::Unknown(gap.clone()),
        needs: Fact::Unknown(gap.clone()),
        condition: Fact::Unknown(gap.clone()),
        roads: Fact::Unknown(gap.clone()),
        tables: Fact::Unknown(gap.clone()),
        full_access: Fact::Unknown(gap.clone()),
        wildcard: Fact::Unknown(gap.clone()),
        kms: Fact::Unknown(gap.clone()),
        fence: Fact::Unknown(gap.clone()),
        grants: Fact::Unknown(gap.clone()),
        human: Fact::Unknown(gap.clone()),
        end_user: Fact::Unknown(gap.clone()),
        in_organization: Fact::Unknown(gap.clone()),
        via: Fact::Unknown(gap.clone()),
    }
}
