//! Calls into dynoxide, and its errors in the words that go over the wire.

use dynoxide::{Database, DynoxideError};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::demo::answer::Fault;

/// Runs one operation; one that dynoxide lacks is unknown.
pub(super) fn call(db: &Database, operation: &str, body: Value) -> Result<Value, Fault> {
    match operation {
        "CreateTable" => run(body, |r| db.create_table(r)),
        "DeleteTable" => run(body, |r| db.delete_table(r)),
        "DescribeTable" => run(body, |r| db.describe_table(r)),
        "UpdateTable" => run(body, |r| db.update_table(r)),
        "ListTables" => run(body, |r| db.list_tables(r)),
        "PutItem" => run(body, |r| db.put_item(r)),
        "GetItem" => run(body, |r| db.get_item(r)),
        "DeleteItem" => run(body, |r| db.delete_item(r)),
        "UpdateItem" => run(body, |r| db.update_item(r)),
        "Query" => run(body, |r| db.query(r)),
        "Scan" => run(body, |r| db.scan(r)),
        "BatchGetItem" => run(body, |r| db.batch_get_item(r)),
        "BatchWriteItem" => run(body, |r| db.batch_write_item(r)),
        "TransactGetItems" => run(body, |r| db.transact_get_items(r)),
        "TransactWriteItems" => run(body, |r| db.transact_write_items(r)),
        "ExecuteStatement" => run(body, |r| db.execute_statement(r)),
        "UpdateTimeToLive" => run(body, |r| db.update_time_to_live(r)),
        "DescribeTimeToLive" => run(body, |r| db.describe_time_to_live(r)),
        "ListTagsOfResource" => run(body, |r| db.list_tags_of_resource(r)),
        "TagResource" => run(body, |r| db.tag_resource(r).map(|_| json!({}))),
        "UntagResource" => run(body, |r| db.untag_resource(r).map(|_| json!({}))),
        _ => Err(Fault::unknown_operation()),
    }
}

fn run<Q: DeserializeOwned, A: Serialize>(
    body: Value,
    operation: impl FnOnce(Q) -> Result<A, DynoxideError>,
) -> Result<Value, Fault> {
    // Request checks are written into serde's own message, behind a marker that the library's server strips.
    let request = serde_json::from_value(body).map_err(|e| {
        let text = e.to_string();
        match text.strip_prefix("SERIALIZATION:") {
            Some(text) => Fault::new("com.amazon.coral.service#SerializationException", text),
            None => Fault::invalid(text.strip_prefix("VALIDATION:").unwrap_or(&text)),
        }
    })?;
    let answer = operation(request).map_err(fault)?;
    serde_json::to_value(answer).map_err(|e| Fault::invalid(e.to_string()))
}

/// An error of dynoxide as it goes over the wire.
pub(super) fn fault(error: DynoxideError) -> Fault {
    let body = serde_json::from_str(&error.to_json()).unwrap_or_default();
    Fault { status: error.status_code(), body }
}
