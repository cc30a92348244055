//! Tables as DescribeTable shows them: made, changed, removed and described with what dynoxide leaves out.

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::{Extras, Region, named_by, store, table_name};
use crate::demo::answer::Fault;
use crate::demo::kms::Kms;
use crate::demo::{ACCOUNT, clock};

/// The key that a request asks for: unchanged, the AWS owned one, or a KMS key by ARN.
pub(super) enum Key {
    Unchanged,
    AwsOwned,
    Kms(String),
}

/// Takes SSESpecification out of a request, for dynoxide makes up a managed key and refuses a change.
///
/// # Errors
/// A key id or alias that the Region does not have.
pub(super) async fn requested_key(region: &str, body: &mut Value, kms: &Kms) -> Result<Key, Fault> {
    let Some(wanted) = body.as_object_mut().and_then(|body| body.remove("SSESpecification")) else {
        return Ok(Key::Unchanged);
    };
    if wanted["Enabled"] != true {
        return Ok(Key::AwsOwned);
    }
    match wanted["KMSMasterKeyId"].as_str() {
        None => Ok(Key::Kms(kms.managed(region).await)),
        // A key of another account cannot be looked up here, so an ARN is taken at its word.
        Some(arn) if arn.starts_with("arn:") && arn.contains(":key/") => Ok(Key::Kms(arn.to_owned())),
        Some(id) => match kms.arn(region, id).await {
            Some(arn) => Ok(Key::Kms(arn)),
            None => Err(Fault::invalid(format!("KMS validation error: Invalid keyId '{id}'"))),
        },
    }
}

impl Region {
    pub(super) fn create_table(&mut self, mut body: Value, key: Key) -> Result<Value, Fault> {
        let name = table_name(&body).to_owned();
        let policy = body.as_object_mut().and_then(|body| body.remove("ResourcePolicy"));
        let mut created = store::call(&self.database, "CreateTable", body)?;
        *self.generations.entry(name.clone()).or_default() += 1;
        let key = if let Key::Kms(arn) = key { Some(arn) } else { None };
        self.tables.insert(name.clone(), Extras { created: self.clock.seconds(), key, ..Extras::default() });
        if let Some(policy) = policy.and_then(|policy| policy.as_str().map(str::to_owned)) {
            let arn = self.table_arn(&name);
            self.put_policy(&json!({ "ResourceArn": arn, "Policy": policy }))?;
        }
        self.fill(&name, &mut created["TableDescription"]);
        Ok(created)
    }

    pub(super) fn update_table(&mut self, body: Value, key: Key) -> Result<Value, Fault> {
        let name = table_name(&body).to_owned();
        let extras = self.extras(&name)?;
        match key {
            Key::Unchanged => {}
            Key::AwsOwned => extras.key = None,
            Key::Kms(arn) => extras.key = Some(arn),
        }
        // dynoxide refuses a request in which nothing is left to change.
        if body.as_object().is_some_and(|body| body.len() > 1) {
            store::call(&self.database, "UpdateTable", body)?;
        }
        Ok(json!({ "TableDescription": self.describe(&name)? }))
    }

    pub(super) fn delete_table(&mut self, body: Value) -> Result<Value, Fault> {
        let name = table_name(&body).to_owned();
        let last = self.describe(&name)?;
        let mut deleted = store::call(&self.database, "DeleteTable", body)?;
        self.fill(&name, &mut deleted["TableDescription"]);
        self.keep_deleted(&name, &last);
        self.tables.remove(&name);
        Ok(deleted)
    }

    /// DescribeTable's `Table`.
    pub(super) fn describe(&self, name: &str) -> Result<Value, Fault> {
        let mut answer = store::call(&self.database, "DescribeTable", json!({ "TableName": name }))?;
        let mut table = answer["Table"].take();
        self.fill(name, &mut table);
        Ok(table)
    }

    fn fill(&self, name: &str, table: &mut Value) {
        // dynoxide's ARNs name a Region and an account of its own.
        localise(table, "arn:aws:dynamodb:dynoxide:000000000000:", &self.table_arn("").replace("table/", ""));
        let generation = self.generations.get(name).copied().unwrap_or_default().to_string();
        // dynoxide's table ids are random, and its stream labels no dates.
        table["TableId"] = uuid(&digest(&[&self.name, name, &generation])).into();
        if let Some(made) =
            table["LatestStreamLabel"].as_str().and_then(|l| l.split('.').next()?.parse().ok())
        {
            let label = clock::iso(made).replace('Z', ".000");
            table["LatestStreamArn"] = format!("{}/stream/{label}", self.table_arn(name)).into();
            table["LatestStreamLabel"] = label.into();
        }
        let Some(extras) = self.tables.get(name) else { return };
        // dynoxide stamps a table with the real time, whatever clock it was given.
        table["CreationDateTime"] = extras.created.into();
        // dynoxide has no warm throughput: a new on-demand table has this much, another what it is given.
        let (read, write) = match &table["ProvisionedThroughput"] {
            units if table["BillingModeSummary"].is_null() => {
                (units["ReadCapacityUnits"].clone(), units["WriteCapacityUnits"].clone())
            }
            _ => (12_000.into(), 4_000.into()),
        };
        table["WarmThroughput"] =
            json!({ "ReadUnitsPerSecond": read, "WriteUnitsPerSecond": write, "Status": "ACTIVE" });
        if let Some(key) = &extras.key {
            table["SSEDescription"] =
                json!({ "Status": "ENABLED", "SSEType": "KMS", "KMSMasterKeyArn": key });
        }
        if !extras.replicas.is_empty() {
            table["GlobalTableVersion"] = "2019.11.21".into();
            table["Replicas"] =
                extras.replicas.iter().map(|(region, replica)| replica.describe(region)).collect();
        }
    }

    /// TagResource, UntagResource and ListTagsOfResource.
    pub(super) fn tags(&self, operation: &str, mut body: Value) -> Result<Value, Fault> {
        let arn = body["ResourceArn"].as_str().unwrap_or_default();
        let name = named_by(arn).unwrap_or_default().to_owned();
        // dynoxide knows a table's ARN only in its own form.
        body["ResourceArn"] = format!("arn:aws:dynamodb:dynoxide:000000000000:table/{name}").into();
        let start = body["NextToken"].as_str().and_then(|t| t.parse().ok()).unwrap_or(0_usize);
        let mut answer = store::call(&self.database, operation, body).map_err(|mut fault| {
            localise(&mut fault.body, "arn:aws:dynamodb:dynoxide:000000000000:table/", &self.table_arn(""));
            localise(&mut fault.body, "000000000000", ACCOUNT);
            fault
        })?;
        // AWS gives ten tags a page; dynoxide all.
        if let Some(tags) = answer.get_mut("Tags").and_then(Value::as_array_mut) {
            tags.sort_by_key(|tag| tag["Key"].as_str().map(str::to_owned));
            let rest = tags.split_off(tags.len().min(start));
            let more = rest.len() > 10;
            *tags = rest.into_iter().take(10).collect();
            if more {
                answer["NextToken"] = (start + 10).to_string().into();
            }
        }
        Ok(answer)
    }
}

/// Replaces a text in every string of a document.
fn localise(value: &mut Value, from: &str, to: &str) {
    match value {
        Value::String(text) if text.contains(from) => *text = text.replace(from, to),
        Value::Array(items) => items.iter_mut().for_each(|item| localise(item, from, to)),
        Value::Object(fields) => fields.values_mut().for_each(|field| localise(field, from, to)),
        _ => {}
    }
}

/// Hex digits that depend on the parts alone.
pub(super) fn digest(parts: &[&str]) -> String {
    Sha256::digest(parts.join("/")).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The first 32 hex digits in the form of a UUID.
fn uuid(hex: &str) -> String {
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..32]].join("-")
}

/// The named fields of a document, those that it has.
pub(super) fn pick(from: &Value, fields: &[&str]) -> Value {
    let kept = fields.iter().filter_map(|field| Some(((*field).to_owned(), from.get(*field)?.clone())));
    Value::Object(kept.collect::<Map<_, _>>())
}
