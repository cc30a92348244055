//! Continuous backups: point-in-time recovery of a table, which dynoxide lacks.

use serde_json::{Value, json};

use super::{Extras, Region, table_name};
use crate::demo::answer::Fault;

/// Point-in-time recovery that is on.
pub(super) struct Recovery {
    /// Days that can be gone back, 1 to 35.
    pub(super) days: i64,
    /// Since when, in seconds since the epoch.
    pub(super) since: i64,
}

impl Region {
    pub(super) fn update_continuous_backups(&mut self, body: &Value) -> Result<Value, Fault> {
        let wanted = &body["PointInTimeRecoverySpecification"];
        let days = wanted["RecoveryPeriodInDays"].as_i64().unwrap_or(35);
        if !(1..=35).contains(&days) {
            return Err(Fault::invalid("RecoveryPeriodInDays must be between 1 and 35"));
        }
        let on = wanted["PointInTimeRecoveryEnabled"] == true;
        let now = self.clock.seconds();
        let extras = self.known(table_name(body))?;
        let since = extras.recovery.as_ref().map_or(now, |recovery| recovery.since);
        extras.recovery = on.then_some(Recovery { days, since });
        self.describe_continuous_backups(body)
    }

    pub(super) fn describe_continuous_backups(&mut self, body: &Value) -> Result<Value, Fault> {
        let now = self.clock.seconds();
        let recovery = match &self.known(table_name(body))?.recovery {
            None => json!({ "PointInTimeRecoveryStatus": "DISABLED" }),
            Some(recovery) => json!({
                "PointInTimeRecoveryStatus": "ENABLED",
                "RecoveryPeriodInDays": recovery.days,
                "EarliestRestorableDateTime": recovery.since.max(now - recovery.days * 86_400),
                "LatestRestorableDateTime": recovery.since.max(now - 300),
            }),
        };
        Ok(json!({ "ContinuousBackupsDescription": {
            "ContinuousBackupsStatus": "ENABLED",
            "PointInTimeRecoveryDescription": recovery,
        } }))
    }

    /// The extras of a table, with the error that the backup operations give.
    pub(super) fn known(&mut self, name: &str) -> Result<&mut Extras, Fault> {
        self.tables.get_mut(name).ok_or_else(|| {
            Fault::new(
                "com.amazonaws.dynamodb.v20120810#TableNotFoundException",
                format!("Table not found: {name}"),
            )
        })
    }
}
