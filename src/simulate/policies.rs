//! The policies of an input, parsed.

use std::collections::BTreeMap;

use super::{
    Document, Input, Refused, Unknown,
    output::Position,
    strict::{self, Sort},
};
use crate::iam::{Context, Kind, Policy, Statement, Value};

/// A policy with its text.
#[derive(Debug)]
pub(super) struct Parsed {
    pub(super) name: String,
    pub(super) policy: Policy,
    /// Where each statement begins and ends: just past its `{` and its `}`.
    pub(super) places: Vec<(Position, Position)>,
}

/// Those of every layer.
#[derive(Debug)]
pub(super) struct Policies {
    pub(super) identity: Vec<Parsed>,
    pub(super) boundary: Vec<Parsed>,
    pub(super) session: Vec<Parsed>,
    pub(super) scps: Vec<Vec<Parsed>>,
    pub(super) rcps: Vec<Vec<Parsed>>,
    pub(super) resource: Vec<Parsed>,
}

impl Policies {
    pub(super) fn parse(input: &Input) -> Result<Self, Refused> {
        let levels = |levels: &[Vec<Document>], sort| {
            levels.iter().map(|level| parse(level, sort)).collect::<Result<Vec<_>, _>>()
        };
        // What STS is asked about is a role, whose policy is its trust policy.
        let trust = input.actions.iter().all(|action| action.to_ascii_lowercase().starts_with("sts:"));
        Ok(Self {
            identity: parse(&input.identity, Sort::Identity)?,
            boundary: parse(&input.boundary, Sort::Identity)?,
            session: parse(&input.session, Sort::Identity)?,
            scps: levels(&input.scps, Sort::Scp)?,
            rcps: levels(&input.rcps, Sort::Rcp)?,
            resource: parse(
                input.resource_policy.as_slice(),
                if trust { Sort::Trust } else { Sort::Resource },
            )?,
        })
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Parsed> {
        let plain = [&self.identity, &self.boundary, &self.session, &self.resource];
        plain.into_iter().chain(&self.scps).chain(&self.rcps).flatten()
    }

    pub(super) fn by_name(&self) -> BTreeMap<&str, &Parsed> {
        self.all().map(|parsed| (parsed.name.as_str(), parsed)).collect()
    }

    /// Context keys that statements about `action` ask for and that nothing tells, as they are first written.
    pub(super) fn missing(&self, action: &str, context: &Context<'_>, unknown: Unknown) -> Vec<String> {
        let mut missing: BTreeMap<String, String> = BTreeMap::new();
        let statements = self.all().flat_map(|parsed| &parsed.policy.statements);
        for statement in statements.filter(|statement| statement.names_action(action)) {
            for key in asked(statement) {
                let lower = key.to_lowercase();
                let told = match context.get(&lower) {
                    Value::Absent => unknown == Unknown::Symbolic,
                    Value::Unknown => false,
                    Value::Present(_) | Value::Maybe(_) => true,
                };
                if !told {
                    missing.entry(lower).or_insert_with(|| key.to_owned());
                }
            }
        }
        missing.into_values().collect()
    }
}

/// Context keys of a statement: those of its conditions, then its variables.
fn asked(statement: &Statement) -> impl Iterator<Item = &str> {
    let conditions = || statement.conditions.iter();
    let values = conditions().flat_map(|condition| &condition.values);
    let variables = values.chain(&statement.resources.patterns).flat_map(|pattern| pattern.variables());
    conditions().map(|condition| condition.key.as_str()).chain(variables)
}

fn parse(documents: &[Document], sort: Sort) -> Result<Vec<Parsed>, Refused> {
    let kind = match sort {
        Sort::Identity | Sort::Scp => Kind::Identity,
        Sort::Rcp | Sort::Resource => Kind::Resource,
        Sort::Trust => Kind::Trust,
    };
    let parsed = documents.iter().map(|document| {
        let refused = |reason: String| Refused::new(&document.name, reason);
        let policy = Policy::parse(&document.text, kind).map_err(|error| refused(error.to_string()))?;
        match strict::fault(&policy, sort) {
            Some(reason) => Err(refused(reason)),
            None => {
                let places = places(&document.text, &policy);
                Ok(Parsed { name: document.name.clone(), policy, places })
            }
        }
    });
    parsed.collect()
}

/// Places of the statements, in one pass over the text: they stand in order.
fn places(text: &str, policy: &Policy) -> Vec<(Position, Position)> {
    let (mut at, mut position) = (0, Position { line: 1, column: 1 });
    let mut go = |to: usize| {
        for c in text.get(at..to).unwrap_or_default().chars() {
            position = match c {
                '\n' => Position { line: position.line + 1, column: 1 },
                _ => Position { column: position.column + 1, ..position },
            };
        }
        at = to;
        position
    };
    policy.statements.iter().map(|statement| (go(statement.span.0 + 1), go(statement.span.1))).collect()
}
