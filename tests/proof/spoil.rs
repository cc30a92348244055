//! The embedded account with some of its answers spoilt on the way, and out of order if asked for.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_types::SdkConfig;
use dynaudit::demo::Embedded;
use serde_json::Value;

/// A status and a body in place of the answer, for an operation and the body of its request.
type Script = dyn Fn(&str, &Value) -> Option<(u16, String)> + Send + Sync;

/// See the file's first line.
#[derive(Clone)]
pub(crate) struct Spoilt {
    account: Embedded,
    script: Arc<Script>,
    /// Answers wait for up to 20 ms, chosen by this; 0 for not at all.
    shuffle: u64,
}

impl Spoilt {
    /// Clients of `account` whose JSON calls the script may answer.
    pub(crate) fn config(
        account: &Embedded,
        script: impl Fn(&str, &Value) -> Option<(u16, String)> + Send + Sync + 'static,
    ) -> SdkConfig {
        Self { account: account.clone(), script: Arc::new(script), shuffle: 0 }.into_config()
    }

    /// Clients of `account` whose answers come in another order for each `shuffle`.
    pub(crate) fn shuffled(account: &Embedded, shuffle: u64) -> SdkConfig {
        Self { account: account.clone(), script: Arc::new(|_, _| None), shuffle }.into_config()
    }

    fn into_config(self) -> SdkConfig {
        let config = self.account.sdk_config("eu-west-1");
        config.into_builder().http_client(SharedHttpClient::new(self)).build()
    }

    fn wait(&self, body: &[u8]) -> Duration {
        let mix = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01B3);
        let hash = body.iter().fold(self.shuffle.wrapping_mul(0x9E37_79B9_7F4A_7C15), mix);
        Duration::from_millis(if self.shuffle == 0 { 0 } else { (hash >> 32) % 20 })
    }
}

impl fmt::Debug for Spoilt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Spoilt")
    }
}

impl HttpConnector for Spoilt {
    fn call(&self, http: HttpRequest) -> HttpConnectorFuture {
        let target = http.headers().get("x-amz-target").unwrap_or_default().to_owned();
        let body = http.body().bytes().unwrap_or_default().to_vec();
        let asked = serde_json::from_slice(&body).unwrap_or_default();
        let spoilt = (self.script)(target.rsplit('.').next().unwrap_or_default(), &asked);
        let (wait, account) = (self.wait(&body), self.account.clone());
        HttpConnectorFuture::new(async move {
            if !wait.is_zero() {
                tokio::time::sleep(wait).await;
            }
            match spoilt {
                Some((status, body)) => {
                    Ok(HttpResponse::new(status.try_into().unwrap(), SdkBody::from(body)))
                }
                None => account.call(http).await,
            }
        })
    }
}

impl HttpClient for Spoilt {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}
