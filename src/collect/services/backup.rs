//! AWS Backup: plans with their selections, vaults with their policies and the recovery points of tables.

use serde_json::Value;

use super::value::{flag, list, maybe, moment, object, text, texts};
use super::{Asker, path, query};
use crate::collect::calls;
use crate::collect::fault::Fault;
use crate::collect::tables::document;
use crate::snapshot::services::backup::{Condition, TagValue};
use crate::snapshot::services::{Criteria, Plan, RecoveryPoint, Selection, Vault};
use crate::snapshot::{Listed, Seen, Why};

/// The opt-in, the plans and the vaults of the Region.
pub(super) async fn backup(asker: &Asker<'_>) -> (Seen<bool>, Listed<Plan>, Listed<Vault>) {
    let planned = async {
        match asker.unasked(&calls::LIST_BACKUP_PLANS) {
            Some(gap) => (Seen::Gap(gap.clone()), Listed::missing(gap)),
            None => tokio::join!(opt_in(asker), plans(asker)),
        }
    };
    let ((opt_in, plans), vaults) = tokio::join!(planned, vaults(asker));
    (opt_in, plans, vaults)
}

async fn opt_in(asker: &Asker<'_>) -> Seen<bool> {
    let call = &calls::DESCRIBE_REGION_SETTINGS;
    let answer = asker.get(call, &[]).await.and_then(|out| {
        let preference = object(&out, "ResourceTypeOptInPreference")?;
        Ok(flag(preference, "DynamoDB"))
    });
    asker.seen(call, asker.region, answer)
}

async fn plans(asker: &Asker<'_>) -> Listed<Plan> {
    let page = |token| path(&[], query(&[], "nextToken", token));
    let found =
        asker.listed(&calls::LIST_BACKUP_PLANS, asker.region, "BackupPlansList", "NextToken", page).await;
    let mut items = Vec::with_capacity(found.items.len());
    for plan in &found.items {
        let id = text(plan, "BackupPlanId");
        items.push(Plan { name: text(plan, "BackupPlanName"), selections: selections(asker, &id).await, id });
    }
    items.sort_by(|a, b| a.id.cmp(&b.id));
    Listed { items, gap: found.gap }
}

async fn selections(asker: &Asker<'_>, plan: &str) -> Listed<Selection> {
    let call = &calls::LIST_BACKUP_SELECTIONS;
    let page = |token| path(&[plan], query(&[], "nextToken", token));
    let on = format!("backup plan {plan} in {}", asker.region);
    let found = asker.listed(call, &on, "BackupSelectionsList", "NextToken", page).await;
    let mut items = Vec::with_capacity(found.items.len());
    for selection in &found.items {
        let id = text(selection, "SelectionId");
        let answer = asker.get(&calls::GET_BACKUP_SELECTION, &[plan, &id]).await;
        let answer = answer.and_then(|out| criteria(object(&out, "BackupSelection")?));
        let on = format!("selection {id} of {on}");
        let criteria = asker.seen(&calls::GET_BACKUP_SELECTION, &on, answer);
        items.push(Selection { name: text(selection, "SelectionName"), criteria, id });
    }
    items.sort_by(|a, b| a.id.cmp(&b.id));
    Listed { items, gap: found.gap }
}

fn criteria(body: &Value) -> Result<Criteria, Fault> {
    let tag =
        |of: &Value| TagValue { key: tag_key(&text(of, "ConditionKey")), value: text(of, "ConditionValue") };
    let mut tags: Vec<TagValue> = list(body, "ListOfTags")?.iter().map(tag).collect();
    tags.sort();
    let mut conditions = Vec::new();
    for operator in body["Conditions"].as_object().into_iter().flat_map(|conditions| conditions.keys()) {
        let of = list(&body["Conditions"], operator)?;
        conditions.extend(of.iter().map(|of| Condition { operator: operator.clone(), tag: tag(of) }));
    }
    conditions.sort();
    let (resources, not_resources) = (texts(body, "Resources")?, texts(body, "NotResources")?);
    Ok(Criteria { resources, not_resources, tags, conditions })
}

/// Conditions name a tag as a condition key, ListOfTags bare.
fn tag_key(key: &str) -> String {
    key.strip_prefix("aws:ResourceTag/").unwrap_or(key).to_owned()
}

async fn vaults(asker: &Asker<'_>) -> Listed<Vault> {
    if let Some(gap) = asker.unasked(&calls::LIST_BACKUP_VAULTS) {
        return Listed::missing(gap);
    }
    let page = |token| path(&[], query(&[], "nextToken", token));
    let found =
        asker.listed(&calls::LIST_BACKUP_VAULTS, asker.region, "BackupVaultList", "NextToken", page).await;
    let mut items = Vec::with_capacity(found.items.len());
    for vault in &found.items {
        let (name, arn) = (text(vault, "BackupVaultName"), text(vault, "BackupVaultArn"));
        let (policy, points) = tokio::join!(policy(asker, &name, &arn), points(asker, &name, &arn));
        items.push(Vault {
            key_arn: maybe(vault, "EncryptionKeyArn"),
            locked: flag(vault, "Locked"),
            lock_date: moment(vault, "LockDate"),
            policy,
            points,
            name,
            arn,
        });
    }
    items.sort_by(|a, b| a.name.cmp(&b.name));
    Listed { items, gap: found.gap }
}

async fn policy(asker: &Asker<'_>, name: &str, arn: &str) -> Seen<Option<String>> {
    let call = &calls::GET_BACKUP_VAULT_ACCESS_POLICY;
    let answer = match asker.get(call, &[name]).await {
        Ok(out) => match maybe(&out, "Policy") {
            Some(text) => document(text).map(Some),
            None => Err(Fault::own(Why::Malformed, "the answer holds no policy")),
        },
        Err(fault) if fault.is_an_answer(call) => Ok(None),
        Err(fault) => Err(fault),
    };
    asker.seen(call, arn, answer)
}

async fn points(asker: &Asker<'_>, name: &str, arn: &str) -> Listed<RecoveryPoint> {
    let call = &calls::LIST_RECOVERY_POINTS_BY_BACKUP_VAULT;
    let page = |token| path(&[name], query(&[("resourceType", "DynamoDB")], "nextToken", token));
    let found = asker.listed(call, arn, "RecoveryPoints", "NextToken", page).await;
    let mut items: Vec<RecoveryPoint> = found.items.iter().map(point).collect();
    // What plays AWS may not know the filter.
    items.retain(|point| point.table_arn.contains(":dynamodb:"));
    items.sort_by(|a, b| a.arn.cmp(&b.arn));
    Listed { items, gap: found.gap }
}

fn point(point: &Value) -> RecoveryPoint {
    RecoveryPoint {
        arn: text(point, "RecoveryPointArn"),
        table_arn: text(point, "ResourceArn"),
        status: text(point, "Status"),
        created: moment(point, "CreationDate"),
        expires: moment(&point["CalculatedLifecycle"], "DeleteAt"),
        key_arn: maybe(point, "EncryptionKeyArn"),
        encrypted: flag(point, "IsEncrypted"),
    }
}
