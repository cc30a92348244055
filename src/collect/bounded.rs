//! The SDK's HTTP client, with a bound on what an answer may be: an endpoint that sends without end fills no memory.

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::{RuntimeComponents, RuntimeComponentsBuilder};
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::ConfigBag;
use http_body_util::Limited;

/// Bytes of the longest answer in XML: a thousand principals with the largest policies, each character of which IAM
/// writes as three.
const XML: usize = 128 << 20;
/// Bytes of any other answer. A page of a scan holds 1 MB of items (AWS documentation: "Paginating table query results"), which is
/// fourteen times as much in JSON at worst.
const OTHER: usize = 32 << 20;

/// A client whose answers are bounded.
#[derive(Debug, Clone)]
pub(super) struct Bounded<T>(pub(super) T);

impl HttpClient for Bounded<SharedHttpClient> {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        parts: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(Bounded(self.0.http_connector(settings, parts)))
    }

    fn validate_base_client_config(
        &self,
        parts: &RuntimeComponentsBuilder,
        cfg: &ConfigBag,
    ) -> Result<(), BoxError> {
        self.0.validate_base_client_config(parts, cfg)
    }
}

impl HttpConnector for Bounded<SharedHttpConnector> {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let is_form =
            request.headers().get("content-type").is_some_and(|kind| kind.contains("form-urlencoded"));
        let most = if is_form { XML } else { OTHER };
        let answer = self.0.call(request);
        HttpConnectorFuture::new(async move {
            let answer = answer.await?;
            Ok(answer.map(|body| SdkBody::from_body_1_x(Limited::new(body, most))))
        })
    }
}

#[cfg(test)]
mod tests {
    use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
    use http_body_util::BodyExt;

    use super::*;

    #[derive(Debug, Clone)]
    struct Sends(usize);

    impl HttpConnector for Sends {
        fn call(&self, _: HttpRequest) -> HttpConnectorFuture {
            let body = SdkBody::from(vec![b' '; self.0]);
            HttpConnectorFuture::ready(Ok(HttpResponse::new(200.try_into().unwrap(), body)))
        }
    }

    async fn is_read(bytes: usize, kind: &'static str) -> bool {
        let mut request = HttpRequest::empty();
        request.headers_mut().insert("content-type", kind);
        let answer = Bounded(SharedHttpConnector::new(Sends(bytes))).call(request).await.unwrap();
        answer.into_body().collect().await.is_ok()
    }

    #[tokio::test]
    async fn an_answer_is_read_up_to_its_bound() {
        assert!(is_read(OTHER, "application/x-amz-json-1.0").await);
        assert!(!is_read(OTHER + 1, "application/x-amz-json-1.0").await);
        assert!(is_read(OTHER + 1, "application/x-www-form-urlencoded").await);
        assert!(!is_read(XML + 1, "application/x-www-form-urlencoded").await);
    }
}
