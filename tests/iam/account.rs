//! A vocabulary to write accounts with.

use std::collections::BTreeMap;

use dynaudit::snapshot::{
    Account, Gap, GapId, Listed, Principals, ResourceId, Sample, Seen, Table, Why,
    principal::{ManagedPolicy, Principal},
    table::{Description, Index},
};
use serde_json::{Value as Json, json};

pub const OWNER: &str = "111122223333";

pub fn document(statements: Json) -> String {
    json!({ "Version": "2012-10-17", "Statement": statements }).to_string()
}

pub fn allow(action: &str, resource: &str) -> Json {
    json!({ "Effect": "Allow", "Action": action, "Resource": resource })
}

pub fn deny(action: &str, resource: &str) -> Json {
    json!({ "Effect": "Deny", "Action": action, "Resource": resource })
}

pub fn arn(table: &str) -> String {
    format!("arn:aws:dynamodb:eu-west-1:{OWNER}:table/{table}")
}

pub fn user(name: &str, statements: Json) -> Principal {
    Principal {
        arn: format!("arn:aws:iam::{OWNER}:user/{name}"),
        name: name.into(),
        path: "/".into(),
        id: format!("AIDA{}", name.to_uppercase()),
        inline: [("own".to_owned(), document(statements))].into(),
        ..Principal::default()
    }
}

pub fn role(name: &str, statements: Json) -> Principal {
    let trust = json!([{ "Effect": "Allow", "Principal": { "Service": "lambda.amazonaws.com" }, "Action": "sts:AssumeRole" }]);
    Principal {
        arn: format!("arn:aws:iam::{OWNER}:role/{name}"),
        id: format!("AROA{}", name.to_uppercase()),
        trust: Some(document(trust)),
        ..user(name, statements)
    }
}

pub fn managed(name: &str, document: Seen<String>) -> (String, ManagedPolicy) {
    let arn = format!("arn:aws:iam::{OWNER}:policy/{name}");
    let others = Some(BTreeMap::new());
    (arn, ManagedPolicy { name: name.into(), version: Some("v1".into()), document, others })
}

fn not_asked<T>() -> Seen<T> {
    Seen::Gap(GapId("0".into()))
}

pub fn table(name: &str) -> Table {
    let arn = arn(name);
    let index = Index {
        name: "by-x".into(),
        arn: format!("{arn}/index/by-x"),
        kind: "global".into(),
        keys: vec![],
        projection: "ALL".into(),
        included: vec![],
        status: "ACTIVE".into(),
        items: None,
        bytes: None,
    };
    let description = Description {
        latest_stream_arn: Some(format!("{arn}/stream/2024-01-01T00:00:00.000")),
        indexes: vec![index],
        ..Description::default()
    };
    Table {
        arn,
        name: name.into(),
        region: "eu-west-1".into(),
        description: Seen::Value(description),
        continuous_backups: not_asked(),
        time_to_live: not_asked(),
        tags: Seen::Value(BTreeMap::new()),
        policy: Seen::Value(None),
        stream_policy: Seen::Value(None),
        kinesis: not_asked(),
        insights: not_asked(),
        backups: Listed::default(),
        exports: Listed::default(),
        sample: Seen::Value(Sample::default()),
    }
}

pub fn account(users: Vec<Principal>, roles: Vec<Principal>, tables: Vec<Table>) -> Account {
    Account {
        id: OWNER.into(),
        partition: "aws".into(),
        identity: not_asked(),
        regions: vec![],
        tables,
        keys: vec![],
        buckets: vec![],
        public_access_blocked: Seen::Value(false),
        principals: Principals { users, roles, ..Principals::default() },
        guardrails: Seen::Value(None),
    }
}

pub fn gap(call: &str) -> (GapId, Gap) {
    let gap = Gap {
        call: call.into(),
        on: ResourceId("x".into()),
        why: Why::Denied,
        message: "AccessDenied".into(),
    };
    (gap.id(), gap)
}
