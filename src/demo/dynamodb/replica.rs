//! Replicas of a global table (version 2019.11.21), which dynoxide refuses.
//!
//! A replica is a table of its own in its Region, made with the items of that moment; later writes
//! are not carried over. Its key, deletion protection, tags and recovery are its own, as on AWS.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

use super::describe::{Key, pick};
use super::{Region, store, table_name};
use crate::demo::answer::Fault;
use crate::demo::clock::Clock;
use crate::demo::kms;

/// What one Region's table says about the replica in another.
#[derive(Clone, Default)]
pub(super) struct Replica {
    /// The customer key; none for the AWS owned or AWS managed one.
    key: Option<String>,
    class: Option<String>,
}

impl Replica {
    pub(super) fn describe(&self, region: &str) -> Value {
        let mut replica = json!({ "RegionName": region, "ReplicaStatus": "ACTIVE" });
        if let Some(key) = &self.key {
            replica["KMSMasterKeyId"] = key.clone().into();
        }
        if let Some(class) = &self.class {
            replica["ReplicaTableClassSummary"] = json!({ "TableClass": class });
        }
        replica
    }
}

/// UpdateTable with ReplicaUpdates: makes the table in the other Region, and has each name the other.
pub(super) fn update(
    regions: &mut BTreeMap<String, Region>,
    home: &str,
    body: &Value,
    clock: &Arc<Clock>,
) -> Result<Value, Fault> {
    let name = table_name(body);
    for change in body["ReplicaUpdates"].as_array().into_iter().flatten() {
        let create = &change["Create"];
        let Some(other) = create["RegionName"].as_str() else {
            return Err(Fault::invalid("Only Create is supported in ReplicaUpdates here"));
        };
        if !regions.contains_key(other) {
            regions.insert(other.to_owned(), Region::open(other, clock.clone())?);
        }
        let source = regions.get_mut(home).ok_or_else(Fault::unknown_operation)?;
        let table = source.describe(name)?;
        if table["StreamSpecification"]["StreamViewType"] != "NEW_AND_OLD_IMAGES" {
            return Err(Fault::invalid("Table must have a stream with new and old images to be replicated"));
        }
        let items = store::call(&source.database, "Scan", json!({ "TableName": name }))?["Items"].take();
        let key = create["KMSMasterKeyId"].as_str().map(str::to_owned);
        let extras = source.extras(name)?;
        // The kind of encryption is the same in all replicas; the key is each Region's own.
        let encrypted = extras.key.is_some();
        let home_key = extras.key.clone().filter(|arn| *arn != kms::managed_arn(home));
        let class = create["TableClassOverride"].as_str().map(str::to_owned);
        extras.replicas.insert(other.to_owned(), Replica { key: key.clone(), class: class.clone() });

        let target = regions.get_mut(other).ok_or_else(Fault::unknown_operation)?;
        let arn = match (key, encrypted) {
            (Some(arn), _) => Key::Kms(arn),
            (None, true) => Key::Kms(kms::managed_arn(other)),
            (None, false) => Key::AwsOwned,
        };
        target.create_table(blueprint(&table, class.as_deref()), arn)?;
        target.extras(name)?.replicas.insert(home.to_owned(), Replica { key: home_key, class: None });
        for item in items.as_array().into_iter().flatten() {
            store::call(&target.database, "PutItem", json!({ "TableName": name, "Item": item }))?;
        }
    }
    let source = regions.get(home).ok_or_else(Fault::unknown_operation)?;
    Ok(json!({ "TableDescription": source.describe(name)? }))
}

/// The CreateTable request for a table like the one described.
fn blueprint(table: &Value, class: Option<&str>) -> Value {
    let mut body = pick(table, &["TableName", "AttributeDefinitions", "KeySchema", "StreamSpecification"]);
    let billing = table["BillingModeSummary"]["BillingMode"].as_str().unwrap_or("PROVISIONED");
    let units = |of: &Value| pick(of, &["ReadCapacityUnits", "WriteCapacityUnits"]);
    body["BillingMode"] = billing.into();
    if billing == "PROVISIONED" {
        body["ProvisionedThroughput"] = units(&table["ProvisionedThroughput"]);
    }
    if let Some(class) = class.or(table["TableClassSummary"]["TableClass"].as_str()) {
        body["TableClass"] = class.into();
    }
    for kind in ["GlobalSecondaryIndexes", "LocalSecondaryIndexes"] {
        let Some(indexes) = table[kind].as_array() else { continue };
        let like = |index: &Value| {
            let mut copy = pick(index, &["IndexName", "KeySchema", "Projection"]);
            if kind.starts_with("Global") && billing == "PROVISIONED" {
                copy["ProvisionedThroughput"] = units(&index["ProvisionedThroughput"]);
            }
            copy
        };
        body[kind] = indexes.iter().map(like).collect();
    }
    body
}
