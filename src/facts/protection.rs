//! Facts of what a table could be restored from: plans that select it and points that hold it.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Collection, Fact, Gaps, selection, table::Around};
use crate::snapshot::{self, Seen, Timestamp};

/// What a table could be restored from, beside point-in-time recovery.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Protection {
    /// Plans of AWS Backup that select the table, each selection evaluated as AWS does.
    pub plans: Collection<Plan>,
    /// Backups and recovery points that can be restored.
    pub points: Collection<Point>,
}

/// A plan of AWS Backup that selects the table.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Plan {
    /// Name of the plan.
    pub name: String,
    /// Name of the selection.
    pub selection: String,
}

/// Something that the table can be restored from.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Point {
    /// Amazon Resource Name.
    pub arn: String,
    /// Days since it was made; null where not given.
    pub age_days: Option<i64>,
    /// Days until it is removed; null where it is kept.
    pub expires_in_days: Option<i64>,
}

/// What `table` could be restored from.
pub fn of(table: &snapshot::Table, around: &Around<'_>) -> Protection {
    // One that was gone before it could be asked about, or was never reached: who knows what protects it?
    if let Some(gap) = table.description.gap().filter(|gap| table.tags.gap() == Some(gap)) {
        return Protection { plans: Collection::unseen(gap), points: Collection::unseen(gap) };
    }
    Protection { plans: plans(table, around), points: points(table, around) }
}

fn plans(table: &snapshot::Table, around: &Around<'_>) -> Collection<Plan> {
    let services = around.services(&table.region);
    let listed = &services.backup_plans;
    let (mut items, mut gaps) = (Vec::new(), Gaps::from(&listed.gap));
    for plan in &listed.items {
        gaps.add(&plan.selections.gap);
        for selection in &plan.selections.items {
            let taken = match &selection.criteria {
                Seen::Gap(gap) => Fact::Unknown(gap.into()),
                Seen::Value(criteria) => {
                    selection::takes(criteria, &table.arn, &table.tags, &services.backup_opt_in)
                }
            };
            match taken {
                Fact::Known(true) => {
                    items.push(Plan { name: plan.name.clone(), selection: selection.name.clone() });
                }
                Fact::Known(false) => {}
                Fact::Unknown(unsure) => gaps.add(unsure),
            }
        }
    }
    Collection { items, gaps }
}

fn points(table: &snapshot::Table, around: &Around<'_>) -> Collection<Point> {
    let point = |arn: &str, created: Option<Timestamp>, expires: Option<Timestamp>| Point {
        arn: arn.to_owned(),
        age_days: created.map(|at| at.days_until(around.taken)),
        expires_in_days: expires.map(|at| around.taken.days_until(at)),
    };
    let own = table.backups.items.iter().filter(|backup| backup.status == "AVAILABLE");
    let mut items: Vec<Point> = own.map(|b| point(&b.arn, b.created, b.expires)).collect();
    let vaults = &around.services(&table.region).vaults;
    let kept = vaults.items.iter().flat_map(|vault| &vault.points.items);
    let ours = kept.filter(|p| p.table_arn == table.arn && p.status == "COMPLETED");
    items.extend(ours.map(|p| point(&p.arn, p.created, p.expires)));
    // DynamoDB lists what AWS Backup made of it, too.
    items.sort_by(|a, b| a.arn.cmp(&b.arn));
    items.dedup_by(|a, b| a.arn == b.arn);
    let cut = vaults.items.iter().find_map(|vault| vault.points.gap.as_ref());
    Collection { items, gaps: Gaps::from(&table.backups.gap).and(&vaults.gap).and(cut) }
}

/// Whether a backup of any kind exists that can be restored.
pub fn has_backup(table: &snapshot::Table) -> Fact<bool> {
    let pitr = table.continuous_backups.value().is_some_and(|b| b.enabled);
    if pitr || table.backups.items.iter().any(|backup| backup.status == "AVAILABLE") {
        return Fact::Known(true);
    }
    Fact::unless(Gaps::from(table.continuous_backups.gap()).and(&table.backups.gap), false)
}
