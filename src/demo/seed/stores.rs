//! A table before it is made: its keys and settings in a few words.

use serde_json::{Value, json};

/// A CreateTable request that grows setting by setting.
pub(super) struct Store {
    body: Value,
}

impl Store {
    /// An on-demand table with a partition key and, where `sort` is not empty, a sort key; all strings.
    pub(super) fn new(name: &str, partition: &str, sort: &str) -> Self {
        let mut store = Self {
            body: json!({
                "TableName": name, "BillingMode": "PAY_PER_REQUEST",
                "AttributeDefinitions": [], "KeySchema": schema(partition, sort),
            }),
        };
        store.define(partition);
        store.define(sort);
        store
    }

    fn define(&mut self, attribute: &str) {
        let known = self.body["AttributeDefinitions"].as_array_mut().into_iter();
        for definitions in known {
            if !attribute.is_empty() && definitions.iter().all(|d| d["AttributeName"] != attribute) {
                definitions.push(json!({ "AttributeName": attribute, "AttributeType": "S" }));
            }
        }
    }

    pub(super) fn provisioned(mut self, read: i64, write: i64) -> Self {
        self.body["BillingMode"] = "PROVISIONED".into();
        self.body["ProvisionedThroughput"] =
            json!({ "ReadCapacityUnits": read, "WriteCapacityUnits": write });
        self
    }

    /// Encrypts with a customer key by its alias, or with the AWS managed key where `alias` is empty.
    pub(super) fn key(mut self, alias: &str) -> Self {
        self.body["SSESpecification"] = json!({ "Enabled": true, "SSEType": "KMS" });
        if !alias.is_empty() {
            self.body["SSESpecification"]["KMSMasterKeyId"] = format!("alias/harbourline/{alias}").into();
        }
        self
    }

    pub(super) fn protected(mut self) -> Self {
        self.body["DeletionProtectionEnabled"] = true.into();
        self
    }

    pub(super) fn infrequent(mut self) -> Self {
        self.body["TableClass"] = "STANDARD_INFREQUENT_ACCESS".into();
        self
    }

    pub(super) fn stream(mut self, view: &str) -> Self {
        self.body["StreamSpecification"] = json!({ "StreamEnabled": true, "StreamViewType": view });
        self
    }

    pub(super) fn tags(mut self, tags: &[(&str, &str)]) -> Self {
        self.body["Tags"] = tags.iter().map(|(key, value)| json!({ "Key": key, "Value": value })).collect();
        self
    }

    pub(super) fn global_index(self, name: &str, partition: &str, projection: Value) -> Self {
        self.index("GlobalSecondaryIndexes", name, partition, "", projection)
    }

    pub(super) fn local_index(self, name: &str, partition: &str, sort: &str) -> Self {
        self.index("LocalSecondaryIndexes", name, partition, sort, json!({ "ProjectionType": "KEYS_ONLY" }))
    }

    fn index(mut self, kind: &str, name: &str, partition: &str, sort: &str, projection: Value) -> Self {
        self.define(partition);
        self.define(sort);
        let index =
            json!({ "IndexName": name, "KeySchema": schema(partition, sort), "Projection": projection });
        match self.body[kind].as_array_mut() {
            Some(indexes) => indexes.push(index),
            None => self.body[kind] = json!([index]),
        }
        self
    }

    pub(super) fn into_body(self) -> Value {
        self.body
    }
}

fn schema(partition: &str, sort: &str) -> Value {
    let mut keys = vec![json!({ "AttributeName": partition, "KeyType": "HASH" })];
    if !sort.is_empty() {
        keys.push(json!({ "AttributeName": sort, "KeyType": "RANGE" }));
    }
    keys.into()
}
