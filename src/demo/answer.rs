//! What goes back to the SDK: a status and a body, and errors in the two shapes that AWS gives them.

use serde_json::{Value, json};

/// An HTTP answer.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Vec<u8>,
}

impl Answer {
    pub(super) fn json(value: &Value) -> Self {
        Self { status: 200, body: value.to_string().into_bytes() }
    }

    pub(super) fn xml(body: String) -> Self {
        Self { status: 200, body: body.into_bytes() }
    }

    /// An error of the Query protocol (IAM, STS).
    pub(super) fn xml_error(status: u16, code: &str, message: &str) -> Self {
        let body = format!(
            "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{}</Message></Error>\
             <RequestId>embedded</RequestId></ErrorResponse>",
            escape(message)
        );
        Self { status, body: body.into_bytes() }
    }
}

impl From<winterbaume_core::MockResponse> for Answer {
    fn from(response: winterbaume_core::MockResponse) -> Self {
        Self { status: response.status, body: response.body.to_vec() }
    }
}

impl From<Result<Value, Fault>> for Answer {
    fn from(outcome: Result<Value, Fault>) -> Self {
        match outcome {
            Ok(value) => Self::json(&value),
            Err(fault) => Self { status: fault.status, body: fault.body.to_string().into_bytes() },
        }
    }
}

/// An error of the JSON protocols (DynamoDB, KMS, Organizations).
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) status: u16,
    pub(super) body: Value,
}

impl Fault {
    pub(super) fn new(code: &str, message: impl Into<String>) -> Self {
        Self { status: 400, body: json!({ "__type": code, "message": message.into() }) }
    }

    pub(super) fn invalid(message: impl Into<String>) -> Self {
        Self::new("com.amazon.coral.validate#ValidationException", message)
    }

    /// An operation that the account does not have; never passed on to a real endpoint.
    pub(super) fn unknown_operation() -> Self {
        Self::new("com.amazon.coral.service#UnknownOperationException", "Not in the embedded account")
    }

    /// A service that the account does not have; 501 is a status that the SDK does not retry.
    pub(super) fn unknown_service(service: &str) -> Self {
        let message = format!("{service} is not in the embedded account");
        Self { status: 501, ..Self::new("UnknownOperationException", message) }
    }

    pub(super) fn message(&self) -> &str {
        self.body["message"].as_str().unwrap_or_default()
    }
}

/// Text for XML content.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
