//! Resource policies of tables and streams, which dynoxide lacks.

use serde_json::{Value, json};

use super::{Region, describe, named_by, no_table};
use crate::demo::answer::Fault;

/// A policy in its latest revision.
pub(super) struct Policy {
    document: String,
    revision: String,
}

impl Region {
    pub(super) fn put_policy(&mut self, body: &Value) -> Result<Value, Fault> {
        let (arn, table) = resource(body)?;
        let document = body["Policy"].as_str().unwrap_or_default().to_owned();
        if !serde_json::from_str::<Value>(&document).is_ok_and(|policy| policy.is_object()) {
            return Err(Fault::invalid("The policy is not a valid JSON document"));
        }
        let revision: String =
            describe::digest(&[arn, &document]).bytes().take(16).map(|b| char::from(b'0' + b % 10)).collect();
        let answer = json!({ "RevisionId": revision });
        self.extras(table)?.policies.insert(arn.to_owned(), Policy { document, revision });
        Ok(answer)
    }

    pub(super) fn get_policy(&mut self, body: &Value) -> Result<Value, Fault> {
        let (arn, table) = resource(body)?;
        match self.extras(table)?.policies.get(arn) {
            Some(policy) => Ok(json!({ "Policy": policy.document, "RevisionId": policy.revision })),
            None => Err(Fault::new(
                "com.amazonaws.dynamodb.v20120810#PolicyNotFoundException",
                format!("Resource-based policy not found for the provided ResourceArn: {arn}"),
            )),
        }
    }

    /// Answers without a revision where there was no policy, as AWS does.
    pub(super) fn delete_policy(&mut self, body: &Value) -> Result<Value, Fault> {
        let (arn, table) = resource(body)?;
        let removed = self.extras(table)?.policies.remove(arn);
        Ok(removed.map_or_else(|| json!({}), |policy| json!({ "RevisionId": policy.revision })))
    }
}

fn resource(body: &Value) -> Result<(&str, &str), Fault> {
    let arn = body["ResourceArn"].as_str().unwrap_or_default();
    named_by(arn).map(|table| (arn, table)).ok_or_else(|| no_table(arn))
}
