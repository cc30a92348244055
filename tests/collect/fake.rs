//! AWS as a function from a request to an answer, in place of the SDK's HTTP client.

use std::fmt;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::{Duration, UNIX_EPOCH};

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_async::rt::sleep::{AsyncSleep, Sleep};
use aws_smithy_async::time::StaticTimeSource;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::client::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::retry::ErrorKind;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SdkConfig;
use aws_types::region::Region;
use dynaudit::collect::{Error, Halt, Plan, Regions, Sampling, collect, operation};
use dynaudit::detect::DigestKey;
use dynaudit::snapshot::{Snapshot, Topic};
use serde_json::Value;
use tokio::sync::watch;

/// One request as AWS would read it.
#[derive(Debug, Clone)]
pub struct Asked {
    pub service: String,
    pub operation: String,
    pub region: String,
    /// Path and query.
    pub uri: String,
    /// Which bytes of an object, and of which one.
    pub range: String,
    pub if_match: String,
    body: String,
}

impl Asked {
    fn read(request: &HttpRequest) -> Self {
        let header = |name: &str| request.headers().get(name).unwrap_or_default().to_owned();
        let signed = header("authorization");
        let scope: Vec<String> = signed
            .split("Credential=")
            .nth(1)
            .map(|s| s.split(',').next().unwrap_or_default().split('/').map(str::to_owned).collect())
            .unwrap_or_default();
        let body = String::from_utf8_lossy(request.body().bytes().unwrap_or_default()).into_owned();
        let uri = request.uri().splitn(4, '/').nth(3).map(|rest| format!("/{rest}")).unwrap_or_default();
        let service = match scope[3].as_str() {
            "tagging" => "tag".to_owned(),
            "monitoring" => "cloudwatch".to_owned(),
            "s3" if uri.starts_with("/v20180820/") => {
                assert_eq!(header("x-amz-account-id"), "123456789012");
                "s3-control".to_owned()
            }
            other => other.to_owned(),
        };
        let target = header("x-amz-target");
        let operation = match target.rsplit_once('.') {
            Some((_, operation)) => operation.to_owned(),
            None => form(&body, "Action")
                .or_else(|| operation(&service, &uri).map(str::to_owned))
                .unwrap_or_default(),
        };
        let (range, if_match) = (header("range"), header("if-match"));
        Self { service, operation, region: scope[2].clone(), uri, range, if_match, body }
    }

    /// A field of a JSON request.
    pub fn get(&self, field: &str) -> Value {
        serde_json::from_str::<Value>(&self.body).map(|v| v[field].clone()).unwrap_or_default()
    }

    /// A text field of a request, JSON or form; empty where it is not there.
    pub fn text(&self, field: &str) -> String {
        self.get(field).as_str().map(str::to_owned).or_else(|| form(&self.body, field)).unwrap_or_default()
    }
}

fn form(body: &str, field: &str) -> Option<String> {
    let pair = body.split('&').filter_map(|pair| pair.split_once('=')).find(|(name, _)| *name == field)?;
    Some(percent_encoding::percent_decode_str(pair.1).decode_utf8_lossy().into_owned())
}

/// What the fake answers.
#[derive(Debug, Clone)]
pub enum Reply {
    Http(u16, String),
    /// With headers, and with what is no text.
    Bytes(u16, Vec<(&'static str, String)>, Vec<u8>),
    /// No answer at all.
    Down,
    /// The connection ends before the first byte of the answer.
    Closed,
}

pub fn json(value: Value) -> Reply {
    Reply::Http(200, value.to_string())
}

/// An error in the protocol of the service.
pub fn error(asked: &Asked, code: &str) -> Reply {
    match asked.service.as_str() {
        "iam" | "sts" | "ec2" | "redshift" | "s3" | "s3-control" => Reply::Http(
            if code.starts_with("NoSuch") { 404 } else { 403 },
            format!(
                "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>no</Message></Error><RequestId>r</RequestId></ErrorResponse>"
            ),
        ),
        _ => Reply::Http(
            400,
            serde_json::json!({ "__type": format!("com.amazon#{code}"), "message": "no" }).to_string(),
        ),
    }
}

type Script = dyn Fn(&Asked) -> Reply + Send + Sync;

/// The fake itself, with a log of what it was asked.
#[derive(Clone)]
pub struct Fake {
    script: Arc<Script>,
    log: Arc<Mutex<Vec<Asked>>>,
    /// Answers come after a number of turns that this decides; 0 for at once.
    shuffle: u64,
}

impl fmt::Debug for Fake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fake")
    }
}

impl Fake {
    pub fn new(script: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Self {
        Self { script: Arc::new(script), log: Arc::default(), shuffle: 0 }
    }

    pub fn shuffled(self, shuffle: u64) -> Self {
        Self { shuffle, ..self }
    }

    /// Every request that arrived, in order.
    pub fn log(&self) -> Vec<Asked> {
        self.log.lock().unwrap().clone()
    }

    /// What the script says to a request.
    pub fn answer(&self, asked: &Asked) -> Reply {
        (self.script)(asked)
    }

    pub fn asked(&self, operation: &str) -> usize {
        self.log().iter().filter(|asked| asked.operation == operation).count()
    }

    pub fn sdk(&self) -> SdkConfig {
        SdkConfig::builder()
            .behavior_version(aws_config::BehaviorVersion::latest())
            .http_client(self.clone())
            .credentials_provider(SharedCredentialsProvider::new(Credentials::new(
                "AKID", "s", None, None, "test",
            )))
            .region(Region::new("eu-west-1"))
            .sleep_impl(NoSleep)
            .time_source(StaticTimeSource::new(UNIX_EPOCH + Duration::from_secs(1_800_000_000)))
            .retry_config(RetryConfig::standard().with_max_attempts(4))
            .timeout_config(TimeoutConfig::disabled())
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .build()
    }

    pub async fn run(&self, plan: Plan) -> Result<Snapshot, Error> {
        let (_keep, stop) = watch::channel(Halt::Go);
        collect(&self.sdk(), plan, Arc::new(()), stop).await
    }

    pub async fn snapshot(&self) -> Snapshot {
        self.run(plan()).await.unwrap()
    }
}

pub fn plan() -> Plan {
    Plan {
        regions: Regions::Given(vec!["eu-west-1".into(), "us-east-1".into()]),
        table: None,
        exports: Default::default(),
        sampling: Some(Sampling::default()),
        second_look: false,
        seed: 1,
        digest_key: DigestKey::from_bytes(&[7; 32]).unwrap(),
        own: Default::default(),
        concurrency: 8,
        topics: Topic::ALL.into(),
        everywhere: Default::default(),
        kept: None,
    }
}

impl HttpConnector for Fake {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let me = self.clone();
        HttpConnectorFuture::new(async move {
            let asked = Asked::read(&request);
            let reply = (me.script)(&asked);
            let place = {
                let mut log = me.log.lock().unwrap();
                log.push(asked);
                log.len() as u64
            };
            let mut random = fastrand::Rng::with_seed(me.shuffle ^ place);
            let turns = if me.shuffle == 0 { 0 } else { random.u8(0..40) };
            for _ in 0..turns {
                tokio::task::yield_now().await;
            }
            match reply {
                Reply::Http(status, body) => {
                    Ok(HttpResponse::new(status.try_into().unwrap(), SdkBody::from(body)))
                }
                Reply::Bytes(status, headers, body) => {
                    let mut response = HttpResponse::new(status.try_into().unwrap(), SdkBody::from(body));
                    for (name, value) in headers {
                        response.headers_mut().insert(name, value);
                    }
                    Ok(response)
                }
                Reply::Down => {
                    Err(ConnectorError::io(io::Error::from(io::ErrorKind::ConnectionRefused).into()))
                }
                // As the SDK's own client sorts what hyper calls an incomplete message.
                Reply::Closed => {
                    let kind = Some(ErrorKind::TransientError);
                    Err(ConnectorError::other("connection closed before message completed".into(), kind))
                }
            }
        })
    }
}

impl HttpClient for Fake {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

/// Time that passes at once.
#[derive(Debug)]
struct NoSleep;

impl AsyncSleep for NoSleep {
    fn sleep(&self, _: Duration) -> Sleep {
        Sleep::new(tokio::task::yield_now())
    }
}
