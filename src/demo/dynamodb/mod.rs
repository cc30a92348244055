//! DynamoDB: which part of the emulator answers which operation.
//!
//! Tables and items are dynoxide's, one database per Region since it knows no Regions. It has no
//! continuous backups, backups, exports, resource policies, Kinesis destinations, Contributor Insights
//! or replicas: these are small states of our own, a file each. (winterbaume-dynamodb has most of them,
//! but mirrors the tables, copies its whole state at every call and keeps no dates.)

mod backup;
mod continuous;
mod describe;
mod export;
mod import;
mod insights;
mod kinesis;
mod policy;
mod replica;
mod store;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use dynoxide::Database;
use serde_json::{Value, json};

use super::answer::Fault;
use super::clock::Clock;
use super::kms::Kms;
use super::{ACCOUNT, locked};

/// DynamoDB in every Region of the account.
pub(super) struct DynamoDb {
    clock: Arc<Clock>,
    regions: Mutex<BTreeMap<String, Region>>,
}

/// DynamoDB in one Region.
pub(super) struct Region {
    name: String,
    clock: Arc<Clock>,
    database: Database,
    tables: BTreeMap<String, Extras>,
    backups: Vec<backup::Backup>,
    exports: Vec<Value>,
    imports: Vec<Value>,
    /// How many tables had a name so far: a table made anew gets another id.
    generations: BTreeMap<String, u64>,
}

/// What a table has beside what dynoxide keeps.
#[derive(Default)]
struct Extras {
    /// When it was made, in seconds since the epoch.
    created: i64,
    /// ARN of the KMS key; none for the AWS owned key.
    key: Option<String>,
    recovery: Option<continuous::Recovery>,
    policies: BTreeMap<String, policy::Policy>,
    kinesis: Vec<kinesis::Destination>,
    insights: Option<insights::Insights>,
    replicas: BTreeMap<String, replica::Replica>,
}

impl DynamoDb {
    pub(super) fn new(clock: Arc<Clock>) -> Self {
        Self { clock, regions: Mutex::default() }
    }

    /// Answers one operation, with `body` as the SDK sends it.
    pub(super) async fn answer(
        &self,
        region: &str,
        operation: &str,
        mut body: Value,
        kms: &Kms,
    ) -> Result<Value, Fault> {
        name_tables(&mut body);
        let key = describe::requested_key(region, &mut body, kms).await?;
        let mut regions = locked(&self.regions);
        if !regions.contains_key(region) {
            regions.insert(region.to_owned(), Region::open(region, self.clock.clone())?);
        }
        if operation == "UpdateTable" && body["ReplicaUpdates"].is_array() {
            return replica::update(&mut regions, region, &body, &self.clock);
        }
        match regions.get_mut(region) {
            Some(region) => region.answer(operation, body, key),
            None => Err(Fault::unknown_operation()),
        }
    }
}

impl Region {
    fn open(name: &str, clock: Arc<Clock>) -> Result<Self, Fault> {
        Ok(Self {
            name: name.to_owned(),
            database: Database::memory_with_clock(clock.clone()).map_err(store::fault)?,
            clock,
            tables: BTreeMap::new(),
            backups: Vec::new(),
            exports: Vec::new(),
            imports: Vec::new(),
            generations: BTreeMap::new(),
        })
    }

    fn answer(&mut self, operation: &str, body: Value, key: describe::Key) -> Result<Value, Fault> {
        match operation {
            "CreateTable" => self.create_table(body, key),
            "UpdateTable" => self.update_table(body, key),
            "DeleteTable" => self.delete_table(body),
            "DescribeTable" => Ok(json!({ "Table": self.describe(table_name(&body))? })),
            "TagResource" | "UntagResource" | "ListTagsOfResource" => self.tags(operation, body),
            "UpdateContinuousBackups" => self.update_continuous_backups(&body),
            "DescribeContinuousBackups" => self.describe_continuous_backups(&body),
            "PutResourcePolicy" => self.put_policy(&body),
            "GetResourcePolicy" => self.get_policy(&body),
            "DeleteResourcePolicy" => self.delete_policy(&body),
            "EnableKinesisStreamingDestination" => self.enable_kinesis(&body),
            "DisableKinesisStreamingDestination" => self.disable_kinesis(&body),
            "DescribeKinesisStreamingDestination" => self.describe_kinesis(&body),
            "UpdateContributorInsights" => self.update_insights(&body),
            "DescribeContributorInsights" => self.describe_insights(&body),
            "CreateBackup" => self.create_backup(&body),
            "DeleteBackup" => self.delete_backup(&body),
            "DescribeBackup" => self.describe_backup(&body),
            "ListBackups" => self.list_backups(&body),
            "ExportTableToPointInTime" => self.export(&body),
            "DescribeExport" => self.describe_export(&body),
            "ListExports" => self.list_exports(&body),
            "ImportTable" => self.import(&body),
            "ListImports" => Ok(json!({ "ImportSummaryList": self.imports })),
            // Of the legacy version there are none.
            "ListGlobalTables" => Ok(json!({ "GlobalTables": [] })),
            _ => store::call(&self.database, operation, body),
        }
    }

    /// The extras of a table that exists.
    fn extras(&mut self, name: &str) -> Result<&mut Extras, Fault> {
        self.tables.get_mut(name).ok_or_else(|| no_table(name))
    }

    fn table_arn(&self, name: &str) -> String {
        format!("arn:aws:dynamodb:{}:{ACCOUNT}:table/{name}", self.name)
    }

    /// `<14 digits>-<8 hex digits>`, as backups and exports are numbered.
    fn number(&self, of: &str) -> String {
        let millis = self.clock.seconds() * 1000;
        format!("{millis:014}-{}", &describe::digest(&[&self.name, of, &millis.to_string()])[..8])
    }
}

/// Lets a table be named by its ARN, which dynoxide refuses.
fn name_tables(body: &mut Value) {
    if let Some(name) = body["TableName"].as_str().and_then(named_by).map(str::to_owned) {
        body["TableName"] = name.into();
    }
}

/// The table's name in the ARN of a table, index, stream, backup or export.
fn named_by(arn: &str) -> Option<&str> {
    arn.strip_prefix("arn:")?.split_once(":table/")?.1.split('/').next()
}

fn table_name(body: &Value) -> &str {
    body["TableName"].as_str().unwrap_or_default()
}

fn no_table(name: &str) -> Fault {
    Fault::new(
        "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException",
        format!("Requested resource not found: Table: {name} not found"),
    )
}
