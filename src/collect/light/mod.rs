//! Calls to services beyond the SDK crates of the card: built here, and sent through the SDK's own orchestrator with the
//! same credentials, HTTP client, time limits and guard as every other call.
//!
//! A whole crate for a handful of read calls would cost minutes of build time; here a service is a line in
//! [`service`] and a file of readers.

mod answer;
mod endpoint;
mod part;
pub mod service;
mod xml;

use std::fmt;

use aws_config::BehaviorVersion;
use aws_runtime::auth::SigV4OperationSigningConfig;
use aws_runtime::auth::sigv4::{SCHEME_ID, SigV4AuthScheme};
use aws_smithy_runtime::client::identity::IdentityCache;
use aws_smithy_runtime::client::orchestrator::operation::Operation;
use aws_smithy_runtime_api::client::auth::AuthSchemeOptionResolverParams;
use aws_smithy_runtime_api::client::auth::static_resolver::StaticAuthSchemeOptionResolver;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_runtime_api::client::identity::SharedIdentityCache;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse, OrchestratorError};
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponentsBuilder;
use aws_smithy_runtime_api::client::runtime_plugin::StaticRuntimePlugin;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::Layer;
use aws_types::region::{Region, SigningRegion};
use aws_types::{SdkConfig, SigningName};
use serde_json::Value;

use super::calls::Call;
use super::clients::http_client;
use super::guard::Guard;
pub(in crate::collect) use answer::{REGION, Refusal};
pub(in crate::collect) use part::{Part, Stretch};
use service::{Protocol, Service, encoded};

/// What is asked, before the protocol of the service gives it its shape.
#[derive(Debug, Clone)]
pub(super) enum Question {
    /// The members of a JSON request.
    Body(Value),
    /// The arguments in a REST path and its query.
    Path(Vec<String>, Vec<(&'static str, String)>),
    /// A REST operation about an account as a whole, which a header and the host name.
    Account(String),
    /// A part of an object in S3.
    Stretch(Box<Stretch>),
    /// The fields of a form.
    Form(Vec<(String, String)>),
}

/// Makes light calls; shared by all Regions.
#[derive(Debug)]
pub(super) struct Light {
    sdk: SdkConfig,
    http: Option<SharedHttpClient>,
    identities: SharedIdentityCache,
}

impl Light {
    /// Light calls on this configuration.
    pub(super) fn new(sdk: &SdkConfig) -> Self {
        let http = sdk.http_client().or_else(http_client);
        let identities = sdk.identity_cache().unwrap_or_else(|| IdentityCache::lazy().build());
        Self { sdk: sdk.clone(), http, identities }
    }

    /// Sends one call, once.
    pub(super) async fn send(
        &self,
        call: &'static Call,
        region: &str,
        question: Question,
        guard: Guard,
    ) -> Result<Value, SdkError<Refusal, HttpResponse>> {
        let speaks = service::named(call.service).map_or(Protocol::RestXml, |service| service.speaks);
        self.send_for(call, region, question, guard, move |response| answer::read(speaks, response)).await
    }

    /// Asks for a part of an object in S3, once.
    pub(super) async fn part(
        &self,
        call: &'static Call,
        region: &str,
        stretch: Stretch,
        guard: Guard,
    ) -> Result<Part, SdkError<Refusal, HttpResponse>> {
        let question = Question::Stretch(Box::new(stretch.clone()));
        self.send_for(call, region, question, guard, move |response| stretch.read(response)).await
    }

    async fn send_for<T: fmt::Debug + Send + Sync + 'static>(
        &self,
        call: &'static Call,
        region: &str,
        question: Question,
        guard: Guard,
        read: impl Fn(&HttpResponse) -> Result<T, OrchestratorError<Refusal>> + Send + Sync + 'static,
    ) -> Result<T, SdkError<Refusal, HttpResponse>> {
        let service = service::named(call.service);
        let service = service.ok_or_else(|| unbuilt("no such service"))?;
        let request =
            request(service, call, &question).ok_or_else(|| unbuilt("the question does not fit the call"))?;
        let mut operation = Operation::builder()
            .service_name(call.service)
            .operation_name(call.operation)
            .behavior_version(BehaviorVersion::latest())
            .endpoint_url(&endpoint::of(&self.sdk, service, region, account(&question)))
            .no_retry()
            .interceptor(guard)
            .runtime_plugin(self.signed(service, region));
        if let Some(http) = &self.http {
            operation = operation.http_client(http.clone());
        }
        if let Some(timeouts) = self.sdk.timeout_config() {
            operation = operation.timeout_config(timeouts.clone());
        }
        if let Some(sleep) = self.sdk.sleep_impl() {
            operation = operation.sleep_impl(sleep);
        }
        if let Some(clock) = self.sdk.time_source() {
            operation = operation.time_source(clock);
        }
        if let Some(protection) = self.sdk.stalled_stream_protection() {
            operation = operation.stalled_stream_protection(protection);
        }
        let built = move |()| request.try_clone().ok_or_else(|| "the request cannot be sent twice".into());
        operation.serializer(built).deserializer(read).build().invoke(()).await
    }

    /// Signature Version 4 with the credentials of the run.
    fn signed(&self, service: &Service, region: &str) -> StaticRuntimePlugin {
        let mut config = Layer::new("light");
        let mut signing = SigV4OperationSigningConfig {
            name: Some(SigningName::from_static(service.signs)),
            region: Some(SigningRegion::from(Region::new(region.to_owned()))),
            ..SigV4OperationSigningConfig::default()
        };
        if service.speaks == Protocol::RestXml {
            // S3 alone: its paths are signed as they are sent, and the digest of the body is a header.
            signing.signing_options.double_uri_encode = false;
            signing.signing_options.normalize_uri_path = false;
            signing.signing_options.content_sha256_header = true;
        }
        config.store_put(signing);
        config.store_put(AuthSchemeOptionResolverParams::new(()));
        let mut parts = RuntimeComponentsBuilder::new("light")
            .with_auth_scheme(SigV4AuthScheme::new())
            .with_auth_scheme_option_resolver(Some(StaticAuthSchemeOptionResolver::new(vec![SCHEME_ID])))
            .with_identity_cache(Some(self.identities.clone()));
        if let Some(credentials) = self.sdk.credentials_provider() {
            parts.set_identity_resolver(SCHEME_ID, credentials);
        }
        StaticRuntimePlugin::new().with_config(config.freeze()).with_runtime_components(parts)
    }
}

fn unbuilt(what: &'static str) -> SdkError<Refusal, HttpResponse> {
    SdkError::construction_failure(what)
}

/// The account that a question is about, where it is about one as a whole.
fn account(question: &Question) -> Option<&str> {
    match question {
        Question::Account(id) => Some(id),
        _ => None,
    }
}

/// The request in the protocol of its service; none where the question is of another protocol.
fn request(service: &Service, call: &Call, question: &Question) -> Option<HttpRequest> {
    let (method, uri, kind, body) = match (service.speaks, question) {
        (Protocol::Json(_), Question::Body(body)) => {
            ("POST", "/".to_owned(), Some("application/x-amz-json-1.1"), body.to_string())
        }
        (Protocol::Query(version), Question::Form(fields)) => {
            let mut form = format!("Action={}&Version={version}", call.operation);
            for (name, value) in fields {
                form.push_str(&format!("&{}={}", encoded(name), encoded(value)));
            }
            ("POST", "/".to_owned(), Some("application/x-www-form-urlencoded"), form)
        }
        (Protocol::RestJson | Protocol::RestXml, Question::Path(arguments, query)) => {
            let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
            let mut uri = service::path(call.service, call.operation, &arguments)?;
            for (name, value) in query {
                let mark = if uri.contains('?') { '&' } else { '?' };
                uri.push_str(&format!("{mark}{name}={}", encoded(value)));
            }
            ("GET", uri, None, String::new())
        }
        (Protocol::RestXml, Question::Stretch(of)) => {
            let uri = service::path(call.service, call.operation, &[&of.bucket, &of.key])?;
            ("GET", uri, None, String::new())
        }
        (Protocol::RestXml, Question::Account(_)) => {
            ("GET", service::path(call.service, call.operation, &[])?, None, String::new())
        }
        _ => return None,
    };
    let mut request = HttpRequest::new(SdkBody::from(body));
    request.set_method(method).ok()?;
    request.set_uri(uri).ok()?;
    if let Question::Stretch(of) = question {
        of.mark(&mut request);
    }
    let headers = request.headers_mut();
    headers.insert("user-agent", concat!("dynaudit/", env!("CARGO_PKG_VERSION")));
    if let Some(kind) = kind {
        headers.insert("content-type", kind);
    }
    if let Some(account) = account(question) {
        headers.insert("x-amz-account-id", account.to_owned());
    }
    if let Protocol::Json(prefix) = service.speaks {
        headers.insert("x-amz-target", format!("{prefix}.{}", call.operation));
    }
    Some(request)
}
