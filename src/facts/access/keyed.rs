//! What the keys of a class's tables say: where KMS stops its readers, where it asks for something, where nobody
//! can tell. What DynamoDB decides stands apart from it, so that a key which was not seen hides nothing else.

use std::{collections::BTreeSet, sync::Arc};

use super::{
    bits::Bits,
    gate::Gate,
    rows::{Row, need},
};
use crate::iam::{
    Expr, Truth,
    actions::{WAYS, Way},
};

/// What the key of a table says to the readers whom DynamoDB lets in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Term {
    /// They may decrypt, or need not.
    Open,
    /// They may decrypt under a condition.
    Asks(Expr),
    /// They may not.
    Stopped,
    /// It was not seen.
    Unseen,
}

impl Term {
    /// What `gate` says to those of `row`.
    pub(super) fn of(row: &Row, gate: &Gate) -> Self {
        let open = |way: &Way| way.actions.iter().any(|action| action.decrypts);
        if !WAYS.iter().enumerate().any(|(n, way)| row.shown.ways >> n & 1 == 1 && open(way)) {
            return Term::Open;
        }
        let key = match gate {
            Gate::Open => return Term::Open,
            Gate::Unseen => return Term::Unseen,
            Gate::Key(answer) => &answer.real,
        };
        let own = row.condition.clone().map_or(Truth::True, Truth::Depends);
        match (Truth::all([own, key.clone()]), key) {
            (Truth::False, _) => Term::Stopped,
            (_, Truth::Depends(expr)) => Term::Asks(expr.clone()),
            _ => Term::Open,
        }
    }
}

/// The tables of a class by what their keys say; those of which no more is said are open.
#[derive(Debug, Clone, Default)]
pub struct Keyed {
    stopped: Arc<Bits>,
    unseen: Arc<Bits>,
    asking: Arc<Bits>,
    /// What every key that was seen, and does not stop, asks for; none before the first.
    needs: Option<u16>,
    conditions: BTreeSet<String>,
}

impl Keyed {
    /// Adds tables whose keys say the same.
    pub(super) fn add(&mut self, tables: &Bits, term: Term) {
        let needs = match term {
            Term::Stopped => return Arc::make_mut(&mut self.stopped).add(tables),
            Term::Unseen => return Arc::make_mut(&mut self.unseen).add(tables),
            Term::Open => 0,
            Term::Asks(expr) => {
                Arc::make_mut(&mut self.asking).add(tables);
                self.conditions.insert(expr.to_string());
                expr.needs(&need)
            }
        };
        self.needs = Some(self.needs.map_or(needs, |known| known & needs));
    }

    /// Adds the tables of another class.
    pub(super) fn join(&mut self, other: &Self) {
        Arc::make_mut(&mut self.stopped).add(&other.stopped);
        Arc::make_mut(&mut self.unseen).add(&other.unseen);
        Arc::make_mut(&mut self.asking).add(&other.asking);
        self.conditions.extend(other.conditions.iter().cloned());
        self.needs = match (self.needs, other.needs) {
            (Some(own), Some(more)) => Some(own & more),
            (own, more) => own.or(more),
        };
    }

    /// Puts equal sets in one place.
    pub(super) fn share(&mut self, mut known: impl FnMut(&mut Arc<Bits>)) {
        [&mut self.stopped, &mut self.unseen, &mut self.asking].into_iter().for_each(&mut known);
    }

    /// Tables at which KMS stops the readers.
    pub fn stopped(&self) -> &Bits {
        &self.stopped
    }

    /// Tables whose key was not seen.
    pub fn unseen(&self) -> &Bits {
        &self.unseen
    }

    /// Tables whose key lets the readers decrypt under a condition.
    pub fn asking(&self) -> &Bits {
        &self.asking
    }

    /// Bits of what every key asks for; none where no key was seen that does not stop.
    pub(super) fn needs(&self) -> Option<u16> {
        self.needs
    }

    /// The conditions of keys, to show.
    pub fn conditions(&self) -> &BTreeSet<String> {
        &self.conditions
    }
}
