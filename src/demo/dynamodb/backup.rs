//! On-demand and system backups, which dynoxide lacks; they outlive their table.

use serde_json::{Value, json};

use super::describe::pick;
use super::{Region, table_name};
use crate::demo::answer::Fault;

/// A backup, in the parts that the operations show.
pub(super) struct Backup {
    arn: String,
    details: Value,
    source: Value,
    features: Value,
}

impl Region {
    pub(super) fn create_backup(&mut self, body: &Value) -> Result<Value, Fault> {
        let name = table_name(body);
        self.known(name)?;
        let table = self.describe(name)?;
        let title = body["BackupName"].as_str().unwrap_or_default();
        let details = self.add_backup(name, title, "USER", None, &table);
        Ok(json!({ "BackupDetails": details }))
    }

    /// DynamoDB keeps a system backup for 35 days when a table with point-in-time recovery is deleted.
    pub(super) fn keep_deleted(&mut self, name: &str, table: &Value) {
        if self.tables.get(name).is_some_and(|extras| extras.recovery.is_some()) {
            let expiry = self.clock.seconds() + 35 * 86_400;
            self.add_backup(name, &format!("{name}$DeletedTableBackup"), "SYSTEM", Some(expiry), table);
        }
    }

    fn add_backup(
        &mut self,
        name: &str,
        title: &str,
        kind: &str,
        expiry: Option<i64>,
        table: &Value,
    ) -> Value {
        let arn = format!("{}/backup/{}", self.table_arn(name), self.number(&format!("{name}/{title}")));
        let mut details = json!({
            "BackupArn": arn, "BackupName": title, "BackupStatus": "AVAILABLE", "BackupType": kind,
            "BackupCreationDateTime": self.clock.seconds(), "BackupSizeBytes": table["TableSizeBytes"],
        });
        if let Some(expiry) = expiry {
            details["BackupExpiryDateTime"] = expiry.into();
        }
        let mut source =
            pick(table, &["TableName", "TableId", "TableArn", "TableSizeBytes", "KeySchema", "ItemCount"]);
        source["TableCreationDateTime"] = table["CreationDateTime"].clone();
        source["BillingMode"] =
            table["BillingModeSummary"]["BillingMode"].as_str().unwrap_or("PROVISIONED").into();
        source["ProvisionedThroughput"] =
            pick(&table["ProvisionedThroughput"], &["ReadCapacityUnits", "WriteCapacityUnits"]);
        let mut features = pick(table, &["SSEDescription"]);
        if let Some(stream) = table.get("StreamSpecification") {
            features["StreamDescription"] = stream.clone();
        }
        self.backups.push(Backup { arn, details: details.clone(), source, features });
        details
    }

    pub(super) fn delete_backup(&mut self, body: &Value) -> Result<Value, Fault> {
        let mut answer = self.describe_backup(body)?;
        self.backups.retain(|backup| body["BackupArn"] != backup.arn);
        answer["BackupDescription"]["BackupDetails"]["BackupStatus"] = "DELETED".into();
        Ok(answer)
    }

    pub(super) fn describe_backup(&self, body: &Value) -> Result<Value, Fault> {
        let backup = self.backups.iter().find(|backup| body["BackupArn"] == backup.arn);
        let backup = backup.ok_or_else(|| {
            let arn = body["BackupArn"].as_str().unwrap_or_default();
            let code = "com.amazonaws.dynamodb.v20120810#BackupNotFoundException";
            Fault::new(code, format!("Backup not found: {arn}"))
        })?;
        Ok(json!({ "BackupDescription": {
            "BackupDetails": backup.details,
            "SourceTableDetails": backup.source,
            "SourceTableFeatureDetails": backup.features,
        } }))
    }

    pub(super) fn list_backups(&self, body: &Value) -> Result<Value, Fault> {
        let kind = body["BackupType"].as_str().unwrap_or("USER");
        let table = body["TableName"].as_str();
        let limit = body["Limit"].as_u64().map_or(100, |limit| limit.clamp(1, 100) as usize);
        let wanted = |backup: &&Backup| {
            (kind == "ALL" || backup.details["BackupType"] == kind)
                && table.is_none_or(|table| backup.source["TableName"] == table)
        };
        let mut backups: Vec<&Backup> = self.backups.iter().filter(wanted).collect();
        if let Some(last) = body["ExclusiveStartBackupArn"].as_str() {
            let past = backups.iter().position(|b| b.arn == last).map_or(backups.len(), |at| at + 1);
            backups.drain(..past);
        }
        let more = backups.len() > limit;
        backups.truncate(limit);
        let summaries: Vec<Value> = backups.iter().map(|backup| summary(backup)).collect();
        let mut answer = json!({ "BackupSummaries": summaries });
        if let Some(last) = backups.last().filter(|_| more) {
            answer["LastEvaluatedBackupArn"] = last.arn.clone().into();
        }
        Ok(answer)
    }
}

fn summary(backup: &Backup) -> Value {
    let mut summary = backup.details.clone();
    for field in ["TableName", "TableId", "TableArn"] {
        summary[field] = backup.source[field].clone();
    }
    summary
}
