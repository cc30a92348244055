//! The seam: the SDK's HTTP client whose every request ends in the embedded account.

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use serde_json::{Map, Value};
use winterbaume_core::MockRequest;

use super::answer::Answer;
use super::{Embedded, locked, refusal, shelf::route, sts};

/// A request by what it asks for, with the raw one for the emulators.
pub(super) struct Request {
    pub(super) service: String,
    pub(super) region: String,
    pub(super) operation: String,
    /// What a REST path names, outermost first.
    pub(super) about: Vec<String>,
    pub(super) raw: MockRequest,
}

impl Request {
    /// Reads service and Region off the signature's scope: the address is the same for several services.
    fn read(http: &HttpRequest) -> Self {
        let mut headers = http::HeaderMap::new();
        for (name, value) in http.headers() {
            if let (Ok(name), Ok(value)) =
                (http::HeaderName::try_from(name), http::HeaderValue::try_from(value))
            {
                headers.append(name, value);
            }
        }
        let body = Bytes::copy_from_slice(http.body().bytes().unwrap_or_default());
        let scope = http.headers().get("authorization").and_then(|a| a.split("Credential=").nth(1));
        let mut scope = scope.unwrap_or_default().split([',', '/']).skip(2).map(str::to_owned);
        let target = http.headers().get("x-amz-target").and_then(|t| t.rsplit('.').next());
        let named = target.map(str::to_owned).or_else(|| form(&body, "Action"));
        let (region, signed) = (scope.next().unwrap_or_default(), scope.next().unwrap_or_default());
        // Permissions, and so calls, name these otherwise than signatures do.
        let service = match signed.as_str() {
            "s3" if http.uri().contains("/v20180820/") => "s3-control".to_owned(),
            "tagging" => "tag".to_owned(),
            "monitoring" => "cloudwatch".to_owned(),
            _ => signed,
        };
        let (operation, about) = match named {
            Some(operation) => (operation, Vec::new()),
            None => route::of(&service, http.uri()).unwrap_or_default(),
        };
        Self {
            region,
            service,
            operation,
            about,
            raw: MockRequest { method: http.method().to_owned(), uri: http.uri().to_owned(), headers, body },
        }
    }

    /// The body of a JSON request; an empty object for any other.
    pub(super) fn json(&self) -> Value {
        let body = serde_json::from_slice::<Value>(&self.raw.body).ok();
        body.filter(Value::is_object).unwrap_or_else(|| Value::Object(Map::new()))
    }
}

/// A field of a form body, decoded.
pub(super) fn form(body: &[u8], name: &str) -> Option<String> {
    fields(body).find(|(field, _)| field == name).map(|(_, value)| value)
}

/// The fields of a form body, decoded.
pub(super) fn fields(body: &[u8]) -> impl Iterator<Item = (String, String)> + '_ {
    let text = std::str::from_utf8(body).unwrap_or_default();
    text.split('&').filter_map(|pair| pair.split_once('=')).map(|(name, value)| (decode(name), decode(value)))
}

pub(super) fn decode(text: &str) -> String {
    let spaced = text.replace('+', " ");
    percent_encoding::percent_decode_str(&spaced).decode_utf8_lossy().into_owned()
}

impl Embedded {
    async fn serve(&self, request: Request) -> Answer {
        let name = format!("{}:{}", request.service, request.operation);
        *locked(&self.0.calls).entry(name).or_default() += 1;
        if locked(&self.0.refusals).iter().any(|refusal| refusal.covers(&request)) {
            return refusal::answer(&request);
        }
        match request.service.as_str() {
            "dynamodb" => {
                let body = request.json();
                self.0.dynamodb.answer(&request.region, &request.operation, body, &self.0.kms).await.into()
            }
            "iam" => self.0.iam.answer(request).await,
            "kms" => self.0.kms.answer(request).await,
            "sts" => sts::answer(&self.0.sts, request).await,
            _ => locked(&self.0.shelf).answer(&request),
        }
    }
}

impl HttpConnector for Embedded {
    fn call(&self, http: HttpRequest) -> HttpConnectorFuture {
        let account = self.clone();
        HttpConnectorFuture::new(async move {
            let answer = account.serve(Request::read(&http)).await;
            let status = answer.status.try_into().map_err(|e| ConnectorError::other(Box::new(e), None))?;
            Ok(HttpResponse::new(status, SdkBody::from(answer.body)))
        })
    }
}

impl HttpClient for Embedded {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}
