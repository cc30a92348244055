//! Exports to S3, which dynoxide lacks; nothing is written anywhere.

use serde_json::{Value, json};

use super::describe::pick;
use super::{Region, named_by};
use crate::demo::answer::Fault;

impl Region {
    pub(super) fn export(&mut self, body: &Value) -> Result<Value, Fault> {
        let name = body["TableArn"].as_str().and_then(named_by).unwrap_or_default();
        if self.known(name)?.recovery.is_none() {
            return Err(Fault::new(
                "com.amazonaws.dynamodb.v20120810#PointInTimeRecoveryUnavailableException",
                format!("Point in time recovery is not enabled for table '{name}'"),
            ));
        }
        let (table, now) = (self.describe(name)?, self.clock.seconds());
        let mut export = pick(
            body,
            &["S3Bucket", "S3BucketOwner", "S3Prefix", "S3SseAlgorithm", "S3SseKmsKeyId", "ExportTime"],
        );
        let arn = self.table_arn(name);
        let more = json!({
            "ExportArn": format!("{arn}/export/{}", self.number(name)),
            "ExportStatus": "COMPLETED", "TableArn": arn, "TableId": table["TableId"],
            "ExportType": body["ExportType"].as_str().unwrap_or("FULL_EXPORT"),
            "ExportFormat": body["ExportFormat"].as_str().unwrap_or("DYNAMODB_JSON"),
            "StartTime": now, "EndTime": now,
            "ItemCount": table["ItemCount"], "BilledSizeBytes": table["TableSizeBytes"],
        });
        if let (Some(export), Value::Object(more)) = (export.as_object_mut(), more) {
            export.extend(more);
        }
        self.exports.push(export.clone());
        export["ExportStatus"] = "IN_PROGRESS".into();
        Ok(json!({ "ExportDescription": export }))
    }

    pub(super) fn describe_export(&self, body: &Value) -> Result<Value, Fault> {
        match self.exports.iter().find(|export| export["ExportArn"] == body["ExportArn"]) {
            Some(export) => Ok(json!({ "ExportDescription": export })),
            None => Err(Fault::new(
                "com.amazonaws.dynamodb.v20120810#ExportNotFoundException",
                "The specified export was not found",
            )),
        }
    }

    pub(super) fn list_exports(&self, body: &Value) -> Result<Value, Fault> {
        let start = body["NextToken"].as_str().and_then(|t| t.parse().ok()).unwrap_or(0_usize);
        let limit = body["MaxResults"].as_u64().map_or(25, |limit| limit.clamp(1, 25) as usize);
        let table = body["TableArn"].as_str();
        let wanted = |export: &&Value| table.is_none_or(|arn| export["TableArn"] == arn);
        let all: Vec<&Value> = self.exports.iter().filter(wanted).collect();
        let page: Vec<Value> = all
            .iter()
            .skip(start)
            .take(limit)
            .map(|export| pick(export, &["ExportArn", "ExportStatus", "ExportType"]))
            .collect();
        let mut answer = json!({ "ExportSummaries": page });
        if start + limit < all.len() {
            answer["NextToken"] = (start + limit).to_string().into();
        }
        Ok(answer)
    }
}
