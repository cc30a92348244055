//! Imports from S3, which dynoxide lacks; nothing is read anywhere, and who asks puts the items.

use serde_json::{Value, json};

use super::describe::pick;
use super::{Region, table_name};
use crate::demo::answer::Fault;

impl Region {
    /// Keeps that the table, which is there already, was imported.
    pub(super) fn import(&mut self, body: &Value) -> Result<Value, Fault> {
        let name = table_name(&body["TableCreationParameters"]).to_owned();
        let (arn, now) = (self.table_arn(&name), self.clock.seconds());
        self.known(&name)?;
        let mut import = pick(body, &["S3BucketSource", "InputFormat"]);
        let more = json!({
            "ImportArn": format!("{arn}/import/{}", self.number(&name)), "ImportStatus": "COMPLETED",
            "TableArn": arn, "StartTime": now, "EndTime": now + 600,
            "CloudWatchLogGroupArn": "arn:aws:logs:*:*:log-group:/aws-dynamodb/imports:*",
        });
        if let (Some(import), Value::Object(more)) = (import.as_object_mut(), more) {
            import.extend(more);
        }
        self.imports.push(import.clone());
        Ok(json!({ "ImportTableDescription": import }))
    }
}
