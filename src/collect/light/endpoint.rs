//! Where a service of a Region answers: AWS itself, or where the user's configuration says.

use aws_types::SdkConfig;
use aws_types::service_config::ServiceConfigKey;

use super::service::Service;
use crate::collect::regions::partition_of;

/// The address. What `--endpoint-url` names wins; then the service's own setting (`AWS_ENDPOINT_URL_<SERVICE>` or the
/// profile's), then the general one (AWS documentation: "Service-specific endpoints", AWS SDKs and Tools Reference Guide).
pub(super) fn of(sdk: &SdkConfig, service: &Service, region: &str, account: Option<&str>) -> String {
    let explicit = sdk.get_origin("endpoint_url").is_client_config();
    let own = if explicit { None } else { configured(sdk, service) };
    own.or_else(|| sdk.endpoint_url().map(str::to_owned)).unwrap_or_else(|| {
        let fips = if sdk.use_fips().unwrap_or_default() { "-fips" } else { "" };
        // What is about an account as a whole has that account for its first label.
        let account = account.map(|id| format!("{id}.")).unwrap_or_default();
        format!("https://{account}{}{fips}.{region}.{}", service.host, partition_of(region).dns)
    })
}

fn configured(sdk: &SdkConfig, service: &Service) -> Option<String> {
    let key = ServiceConfigKey::builder()
        .service_id(service.id)
        .env("AWS_ENDPOINT_URL")
        .profile("endpoint_url")
        .build()
        .ok()?;
    sdk.service_config()?.load_config(key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::light::service::named;

    #[test]
    fn aws_itself_unless_the_user_says_otherwise() {
        let backup = named("backup").unwrap();
        let plain = SdkConfig::builder().build();
        assert_eq!(of(&plain, backup, "cn-north-1", None), "https://backup.cn-north-1.amazonaws.com.cn");
        let fips = SdkConfig::builder().use_fips(true).build();
        assert_eq!(of(&fips, backup, "us-east-1", None), "https://backup-fips.us-east-1.amazonaws.com");
        let control = named("s3-control").unwrap();
        let there = of(&plain, control, "us-east-1", Some("111122223333"));
        assert_eq!(there, "https://111122223333.s3-control.us-east-1.amazonaws.com");
        let local = SdkConfig::builder().endpoint_url("http://127.0.0.1:5000").build();
        assert_eq!(of(&local, backup, "us-east-1", None), "http://127.0.0.1:5000");
    }
}
