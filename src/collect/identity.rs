//! Who asks: the credentials that the user named, and nothing of them that cannot be sent.

use aws_config::environment::EnvironmentVariableRegionProvider;
use aws_config::imds::region::ImdsRegionProvider;
use aws_config::meta::region::RegionProviderChain;
use aws_config::profile::{ProfileFileCredentialsProvider, ProfileFileRegionProvider};
use aws_config::provider_config::ProviderConfig;
use aws_config::{ConfigLoader, Region};
use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider, future};
use aws_runtime::env_config::file::EnvConfigFiles;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_types::SdkConfig;

use super::Error;

/// A configuration that takes its credentials from this profile alone. A profile that is named wins over keys in the
/// environment, which the SDK would take first (AWS documentation: "Configuration and credential file settings in the AWS CLI").
pub(super) async fn of_profile(
    loader: ConfigLoader,
    profile: &str,
    files: EnvConfigFiles,
    region: Option<Region>,
    http: Option<SharedHttpClient>,
) -> ConfigLoader {
    let region = match region {
        Some(region) => Some(region),
        None => {
            let of_files =
                ProfileFileRegionProvider::builder().profile_files(files.clone()).profile_name(profile);
            RegionProviderChain::first_try(EnvironmentVariableRegionProvider::new())
                .or_else(of_files.build())
                .or_else(ImdsRegionProvider::builder().build())
                .region()
                .await
        }
    };
    let mut config = ProviderConfig::without_region().with_region(region);
    if let Some(http) = http {
        config = config.with_http_client(http);
    }
    let provider = ProfileFileCredentialsProvider::builder().configure(&config).profile_files(files);
    let provider = provider.profile_name(profile).build();
    loader.profile_name(profile).credentials_provider(provider)
}

/// Refuses endpoints of the environment that are none, over which the SDK would panic.
pub(super) fn endpoints() -> Result<(), Error> {
    let is_endpoint = |name: &str| name == "AWS_ENDPOINT_URL" || name.starts_with("AWS_ENDPOINT_URL_");
    let named = std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value)));
    let mut wrong: Vec<String> = named
        .filter(|(name, value)| is_endpoint(name) && !value.to_str().is_some_and(is_url))
        .map(|(name, _)| name)
        .collect();
    wrong.sort();
    wrong.into_iter().next().map_or(Ok(()), |name| Err(Error::Endpoint(name)))
}

fn is_url(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| {
        !rest.is_empty() && !rest.starts_with('/') && rest.bytes().all(|b| b.is_ascii_graphic())
    })
}

/// The same configuration, whose credentials are refused where a header could not hold them.
pub(super) fn sendable(sdk: SdkConfig) -> SdkConfig {
    match sdk.credentials_provider() {
        Some(provider) => {
            sdk.to_builder().credentials_provider(SharedCredentialsProvider::new(Sendable(provider))).build()
        }
        None => sdk,
    }
}

#[derive(Debug)]
struct Sendable(SharedCredentialsProvider);

impl ProvideCredentials for Sendable {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(async {
            let credentials = self.0.provide_credentials().await?;
            let plain = |text: &str| text.bytes().all(|b| b.is_ascii_graphic());
            if plain(credentials.access_key_id()) && credentials.session_token().is_none_or(plain) {
                Ok(credentials)
            } else {
                Err(CredentialsError::invalid_configuration(
                    "a key or a token has a character that no header holds",
                ))
            }
        })
    }

    fn fallback_on_interrupt(&self) -> Option<Credentials> {
        self.0.fallback_on_interrupt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_is_a_url() {
        for (text, fine) in [
            ("http://127.0.0.1:4566", true),
            ("https://example.com/", true),
            ("", false),
            ("nonsense", false),
            ("ftp://x", false),
            ("https://", false),
            ("http:///x", false),
            ("http://a b", false),
        ] {
            assert_eq!(is_url(text), fine, "{text:?}");
        }
    }

    #[tokio::test]
    async fn credentials_that_no_header_holds_are_none() {
        let given = |key: &str, token: Option<&str>| {
            let credentials = Credentials::new(key, "secret", token.map(str::to_owned), None, "test");
            Sendable(SharedCredentialsProvider::new(credentials))
        };
        assert!(given("AKIA", Some("token/+=")).provide_credentials().await.is_ok());
        for (key, token) in [("a b\u{1}", None), ("AKIA", Some("a\nb")), ("AKIÄ", None)] {
            assert!(given(key, token).provide_credentials().await.is_err(), "{key:?} {token:?}");
        }
    }
}
