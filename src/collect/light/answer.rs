//! A light call's answer: a value, the service's own error, or something that cannot be read.

use std::fmt;

use aws_smithy_runtime_api::client::orchestrator::{HttpResponse, OrchestratorError};
use aws_smithy_types::error::ErrorMetadata;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use serde_json::Value;

use super::service::Protocol;
use super::xml;

/// An error that a service meant, with its code and its words where it gave them.
#[derive(Debug)]
pub(in crate::collect) struct Refusal(ErrorMetadata);

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the service answered with an error")
    }
}

impl std::error::Error for Refusal {}

impl ProvideErrorMetadata for Refusal {
    fn meta(&self) -> &ErrorMetadata {
        &self.0
    }
}

/// What errors that name a Region have it under.
pub(in crate::collect) const REGION: &str = "region";

/// An answer that ended too soon or is something else; it becomes a malformed one.
#[derive(Debug)]
struct Unreadable;

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the answer cannot be read")
    }
}

impl std::error::Error for Unreadable {}

/// Reads the answer. A success that is no object, or whose document is not whole, is an error of the response.
pub(super) fn read(speaks: Protocol, response: &HttpResponse) -> Result<Value, OrchestratorError<Refusal>> {
    let body = response.body().bytes().unwrap_or_default();
    let value = match speaks {
        Protocol::Json(_) | Protocol::RestJson => serde_json::from_slice(body).ok(),
        Protocol::Query(_) | Protocol::RestXml => std::str::from_utf8(body).ok().and_then(xml::read),
    };
    if !response.status().is_success() {
        return Err(OrchestratorError::operation(Refusal(error(response, value.as_ref()))));
    }
    match value {
        Some(value @ Value::Object(_)) => Ok(value),
        // S3's GetBucketLocation answers with an empty element, EC2 with an empty set.
        Some(Value::String(text)) if speaks == Protocol::RestXml => Ok(Value::String(text)),
        _ => Err(unreadable()),
    }
}

/// The error of S3 where bytes would have come.
pub(super) fn refused(response: &HttpResponse) -> OrchestratorError<Refusal> {
    let body = response.body().bytes().unwrap_or_default();
    let value = std::str::from_utf8(body).ok().and_then(xml::read);
    OrchestratorError::operation(Refusal(error(response, value.as_ref())))
}

/// What came is no answer.
pub(super) fn unreadable() -> OrchestratorError<Refusal> {
    OrchestratorError::response(Box::new(Unreadable))
}

/// Code and words of an error, in each protocol's own place.
fn error(response: &HttpResponse, body: Option<&Value>) -> ErrorMetadata {
    let header = response.headers().get("x-amzn-errortype").map(str::to_owned);
    let inner = body.map(|body| {
        let listed = &body["Errors"]["Error"];
        if body["Error"].is_object() {
            &body["Error"]
        } else if listed.is_object() {
            listed
        } else {
            body
        }
    });
    let text = |names: &[&str]| {
        let inner = inner?;
        names.iter().find_map(|name| inner[*name].as_str()).map(str::to_owned)
    };
    let code = header.or_else(|| text(&["__type", "code", "Code"]));
    // `com.amazon.coral#AccessDenied:http://…` names the error in its middle.
    let code = code.map(|code| {
        let code = code.split(':').next().unwrap_or_default();
        code.rsplit('#').next().unwrap_or_default().to_owned()
    });
    let mut meta = ErrorMetadata::builder();
    if let Some(code) = code {
        meta = meta.code(code);
    }
    if let Some(message) = text(&["message", "Message", "errorMessage"]) {
        meta = meta.message(message);
    }
    // Where S3 says that a bucket lies.
    if let Some(region) = text(&["Region"]) {
        meta = meta.custom(REGION, region);
    }
    meta.build()
}

#[cfg(test)]
mod tests {
    use aws_smithy_types::body::SdkBody;

    use super::*;

    fn answer(speaks: Protocol, status: u16, body: &str) -> Result<Value, OrchestratorError<Refusal>> {
        read(speaks, &HttpResponse::new(status.try_into().unwrap(), SdkBody::from(body)))
    }

    #[test]
    fn each_protocol_says_its_errors_in_its_own_place() {
        let json = r#"{"__type":"com.amazon#AccessDeniedException","message":"no"}"#;
        let query =
            "<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>";
        let ec2 = "<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>no</Message></Error></Errors></Response>";
        let s3 = "<Error><Code>AccessDenied</Code><Message>no</Message></Error>";
        for (speaks, body, code) in [
            (Protocol::Json(""), json, Some("AccessDeniedException")),
            (Protocol::RestJson, r#"{"Code":"X","Message":"no"}"#, Some("X")),
            (Protocol::Query(""), query, Some("AccessDenied")),
            (Protocol::Query(""), ec2, Some("UnauthorizedOperation")),
            (Protocol::RestXml, s3, Some("AccessDenied")),
            (Protocol::Json(""), "<html>", None),
        ] {
            let error = answer(speaks, 400, body).unwrap_err();
            assert_eq!(error.as_operation_error().unwrap().code(), code, "{body}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_no_answer() {
        for (speaks, body) in [
            (Protocol::Json(""), r#"{"a":[1,"#),
            (Protocol::Json(""), "[]"),
            (Protocol::RestJson, ""),
            (Protocol::Query(""), "<a><b>1</b>"),
            (Protocol::Query(""), "<a></a>"),
        ] {
            assert!(answer(speaks, 200, body).is_err_and(|e| e.is_response_error()), "{body}");
        }
    }
}
