//! What a request asks: service, Region and operation, and the key that its answer is remembered by.

use hyper::http::request::Parts;
use serde_json::Value;

use crate::store::Answer;

pub struct Asked {
    pub service: String,
    pub region: String,
    pub operation: String,
    pub key: String,
}

impl Asked {
    pub fn read(parts: &Parts, body: &[u8]) -> Self {
        let header = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        // Credential=KEY/20260101/us-east-1/dynamodb/aws4_request
        let scope = header("authorization").split("Credential=").nth(1).unwrap_or_default();
        let scope: Vec<&str> = scope.split([',', ' ']).next().unwrap_or_default().split('/').collect();
        let part = |at: usize| scope.get(at).copied().unwrap_or("?").to_owned();
        let (region, service) = (part(2), part(3));
        let body = String::from_utf8_lossy(body);
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
        let target = header("x-amz-target").rsplit('.').next().unwrap_or_default().to_owned();
        let action = body.split('&').find_map(|field| field.strip_prefix("Action="));
        let operation = match (target.is_empty(), action) {
            (false, _) => target,
            (true, Some(action)) => action.to_owned(),
            (true, None) => format!("{} {}", parts.method, path.split('?').next().unwrap_or_default()),
        };
        let key = format!("{region}|{service}|{}|{path}|{operation}|{}", parts.method, canonical(&body));
        Self { service, region, operation, key }
    }

    /// Whether the answer is another one each time: a report that is being made.
    pub fn changes(&self) -> bool {
        self.operation.contains("CredentialReport") || self.operation.contains("ServiceLastAccessedDetails")
    }

    pub fn throttled(&self) -> Answer {
        self.error(400, if self.speaks_xml() { "Throttling" } else { "ThrottlingException" })
    }

    pub fn unknown(&self) -> Answer {
        self.error(400, "UnknownOperationException")
    }

    fn speaks_xml(&self) -> bool {
        matches!(self.service.as_str(), "iam" | "sts" | "ec2" | "s3")
    }

    fn error(&self, status: u16, code: &str) -> Answer {
        let (kind, body) = if self.speaks_xml() {
            ("text/xml", format!("<ErrorResponse><Error><Code>{code}</Code></Error></ErrorResponse>"))
        } else {
            ("application/x-amz-json-1.0", format!(r#"{{"__type":"{code}","message":"replayed"}}"#))
        };
        Answer { status, kind: kind.to_owned(), body }
    }
}

/// Each SDK writes a request in its own order: members of JSON and fields of a form are sorted.
fn canonical(body: &str) -> String {
    match serde_json::from_str::<Value>(body) {
        Ok(value) => value.to_string(),
        Err(_) => {
            let mut fields: Vec<&str> = body.trim().split('&').collect();
            fields.sort_unstable();
            fields.join("&")
        }
    }
}
