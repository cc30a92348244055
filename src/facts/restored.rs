//! Facts of a table that was restored: what its source has and a restore does not bring back.
//!
//! AWS documentation: "Restoring a DynamoDB table from a backup": time to live, streams, tags, scaling, deletion protection and
//! recovery are to be set anew; a resource policy is a new table's own matter as well.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Collection, Fact, table::Around};
use crate::snapshot::{self, Seen};

/// Where a table was restored from, and what it lacks of that.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Restored {
    /// ARN of the table that it was restored from; empty where not given.
    pub source: String,
    /// Whether that table still is there to compare with; what is lost is not known otherwise.
    pub comparable: bool,
    /// Guards of the source that the restored table lacks.
    pub lost: Collection<Guard>,
    /// The same, to show.
    pub lost_guards: Vec<String>,
}

/// A guard that a table has or lacks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Guard {
    /// Its name.
    pub name: String,
}

/// Where `table` was restored from; null where it was not.
pub fn of(table: &snapshot::Table, around: &Around<'_>) -> Fact<Option<Restored>> {
    let described = match &table.description {
        Seen::Value(described) => described,
        Seen::Gap(gap) => return Fact::Unknown(gap.into()),
    };
    let Some(restore) = &described.restore else { return Fact::Known(None) };
    let source = restore.table_arn.clone().unwrap_or_default();
    let original = around.account.tables.iter().find(|t| t.arn == source && t.arn != table.arn);
    let lost = match original {
        Some(original) => lost(original, table),
        None => Collection::whole(Vec::new()),
    };
    let lost_guards = lost.items.iter().map(|guard| guard.name.clone()).collect();
    Fact::Known(Some(Restored { source, comparable: original.is_some(), lost, lost_guards }))
}

fn lost(original: &snapshot::Table, restored: &snapshot::Table) -> Collection<Guard> {
    let mut found = Collection::whole(Vec::new());
    compare(&mut found, "time to live", &original.time_to_live, &restored.time_to_live, |ttl| ttl.is_on());
    compare(
        &mut found,
        "point-in-time recovery",
        &original.continuous_backups,
        &restored.continuous_backups,
        |recovery| recovery.enabled,
    );
    compare(&mut found, "deletion protection", &original.description, &restored.description, |described| {
        described.deletion_protection
    });
    compare(&mut found, "resource policy", &original.policy, &restored.policy, Option::is_some);
    compare(&mut found, "tags", &original.tags, &restored.tags, |tags| !tags.is_empty());
    found
}

fn compare<T>(
    found: &mut Collection<Guard>,
    name: &str,
    original: &Seen<T>,
    restored: &Seen<T>,
    has: impl Fn(&T) -> bool,
) {
    match (original, restored) {
        (Seen::Value(original), _) if !has(original) => {}
        (_, Seen::Value(restored)) if has(restored) => {}
        (Seen::Value(_), Seen::Value(_)) => found.items.push(Guard { name: name.to_owned() }),
        (original, restored) => {
            found.gaps.extend(original.gap().into_iter().chain(restored.gap()).cloned());
        }
    }
}
