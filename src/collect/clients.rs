//! The SDK's clients, which exist only behind the guard, and the session that they are made from.
//!
//! The SDK logs requests and answers at `debug` and `trace` under its own targets. Items pass there, so a
//! subscriber must let through the target `dynaudit` alone.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use aws_config::{AppName, BehaviorVersion, Region};
use aws_smithy_runtime::client::defaults::default_http_client_plugin_v2;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponentsBuilder;
use aws_smithy_runtime_api::client::runtime_plugin::RuntimePlugin;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SdkConfig;
use serde_json::Value;

use super::Error;
use super::bounded::Bounded;
use super::calls::{Call, Class};
use super::clock::Clock;
use super::guard::Guard;
use super::identity;
use super::light::{Light, Part, Question, Refusal, Stretch};
use super::shared;

/// Which account to look at, as the user names it; what is none comes from the AWS environment.
#[derive(Debug, Clone, Default)]
pub struct Session {
    /// Profile of the shared configuration files.
    pub profile: Option<String>,
    /// Region to start from.
    pub region: Option<String>,
    /// Endpoint that takes every service's calls.
    pub endpoint_url: Option<String>,
}

/// Longest wait for one attempt of one call. The SDK itself would wait for ever.
const ATTEMPT: Duration = Duration::from_secs(20);
/// Longest wait for one call, with finding the credentials for it.
const OPERATION: Duration = Duration::from_secs(40);
const CONNECT: Duration = Duration::from_secs(4);

/// Loads the configuration as the AWS command line does: environment, profiles, SSO, assumed roles, web identity,
/// `AWS_ENDPOINT_URL`. Nothing is sent yet, except what finding the credentials takes.
///
/// # Errors
/// What the environment names as an endpoint is none; a shared configuration file cannot be read.
pub async fn load(session: &Session) -> Result<SdkConfig, Error> {
    identity::endpoints()?;
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT)
        .operation_attempt_timeout(ATTEMPT)
        .operation_timeout(OPERATION)
        .build();
    let files = shared::files().await?;
    let mut loader =
        aws_config::defaults(BehaviorVersion::latest()).timeout_config(timeouts).profile_files(files.clone());
    // One for all services, which else would have one each: one pool of connections, and one store of roots.
    let http = http_client();
    if let Some(http) = http.clone() {
        loader = loader.http_client(http);
    }
    if let Ok(name) = AppName::new("dynaudit") {
        loader = loader.app_name(name);
    }
    let region = session.region.clone().map(Region::new);
    if let Some(profile) = &session.profile {
        loader = identity::of_profile(loader, profile, files, region.clone(), http).await;
    }
    if let Some(region) = region {
        loader = loader.region(region);
    }
    if let Some(url) = &session.endpoint_url {
        loader = loader.endpoint_url(url);
    }
    Ok(identity::sendable(loader.load().await))
}

/// The SDK's own HTTP client, with a bound on answers.
pub(super) fn http_client() -> Option<SharedHttpClient> {
    let plugin = default_http_client_plugin_v2(BehaviorVersion::latest())?;
    let client = plugin.runtime_components(&RuntimeComponentsBuilder::new("http")).http_client()?;
    Some(SharedHttpClient::new(Bounded(client)))
}

/// Makes clients, each with the guard on it and without retries: those are the desk's.
#[derive(Debug)]
pub struct Clients {
    sdk: SdkConfig,
    contents: bool,
    exports: bool,
    kms: Mutex<HashMap<String, aws_sdk_kms::Client>>,
    light: Light,
}

impl Clients {
    /// Clients on this configuration; `contents` opens the calls that read items.
    pub fn new(sdk: &SdkConfig, contents: bool) -> Self {
        let sdk = sdk.to_builder().retry_config(RetryConfig::disabled()).build();
        Self { contents, exports: false, kms: Mutex::default(), light: Light::new(&sdk), sdk }
    }

    /// The same clients, of which those without an SDK crate sign by this clock. Each of the SDK's own learns by itself how
    /// far AWS is ahead.
    pub(super) fn by(self, clock: &Clock) -> Self {
        let light = Light::new(&self.sdk.to_builder().time_source(clock.clone()).build());
        Self { light, ..self }
    }

    /// The same clients, which also read exports where they lie in S3 if that is asked for.
    pub(super) fn reading_exports(self, exports: bool) -> Self {
        Self { exports, ..self }
    }

    /// DynamoDB in a Region, for all but items.
    pub fn dynamodb(&self, region: &str) -> aws_sdk_dynamodb::Client {
        aws_sdk_dynamodb::Client::from_conf(self.dynamodb_config(region, Guard::new()).build())
    }

    /// DynamoDB in a Region, for items.
    pub fn scans(&self, region: &str) -> aws_sdk_dynamodb::Client {
        let guard = if self.contents { Guard::and(Class::Contents) } else { Guard::new() };
        aws_sdk_dynamodb::Client::from_conf(self.dynamodb_config(region, guard).build())
    }

    fn dynamodb_config(&self, region: &str, guard: Guard) -> aws_sdk_dynamodb::config::Builder {
        aws_sdk_dynamodb::config::Builder::from(&self.sdk)
            .region(Region::new(region.to_owned()))
            .interceptor(guard)
    }

    /// KMS in a Region.
    pub fn kms(&self, region: &str) -> aws_sdk_kms::Client {
        let mut made = self.kms.lock().unwrap_or_else(PoisonError::into_inner);
        let make = || {
            let config = aws_sdk_kms::config::Builder::from(&self.sdk)
                .region(Region::new(region.to_owned()))
                .interceptor(Guard::new());
            aws_sdk_kms::Client::from_conf(config.build())
        };
        made.entry(region.to_owned()).or_insert_with(make).clone()
    }

    /// KMS in a Region, for the calls that sign.
    pub(super) fn signing(&self, region: &str) -> aws_sdk_kms::Client {
        let config = aws_sdk_kms::config::Builder::from(&self.sdk)
            .region(Region::new(region.to_owned()))
            .interceptor(Guard::and(Class::Signing));
        aws_sdk_kms::Client::from_conf(config.build())
    }

    /// IAM, which is global in its partition.
    pub fn iam(&self, home: &str) -> aws_sdk_iam::Client {
        let config = aws_sdk_iam::config::Builder::from(&self.sdk)
            .region(Region::new(home.to_owned()))
            .interceptor(Guard::new());
        aws_sdk_iam::Client::from_conf(config.build())
    }

    /// STS in the partition's home Region, which no account can switch off.
    pub fn sts(&self, home: &str) -> aws_sdk_sts::Client {
        let config = aws_sdk_sts::config::Builder::from(&self.sdk)
            .region(Region::new(home.to_owned()))
            .interceptor(Guard::new());
        aws_sdk_sts::Client::from_conf(config.build())
    }

    /// One call to a service that has no client here, behind the same guard.
    pub(super) async fn light(
        &self,
        call: &'static Call,
        region: &str,
        question: Question,
    ) -> Result<Value, SdkError<Refusal, HttpResponse>> {
        self.light.send(call, region, question, Guard::new()).await
    }

    /// One part of an object in S3, where exports are read.
    pub(super) async fn part(
        &self,
        call: &'static Call,
        region: &str,
        stretch: Stretch,
    ) -> Result<Part, SdkError<Refusal, HttpResponse>> {
        let guard = if self.exports { Guard::and(Class::Exports) } else { Guard::new() };
        self.light.part(call, region, stretch, guard).await
    }
}
