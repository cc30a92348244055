//! The embedded account answers the auditor's calls as AWS does, through the real SDK clients.
#![cfg(feature = "demo")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on should fail")]

mod alone;
mod copies;
mod denials;
mod dynamodb;
mod findings;
mod iam;
mod isolation;
mod kms;
mod remedy;
mod seed;

use dynaudit::demo::{self, Embedded};
use tokio::sync::OnceCell;

/// The seeded account, made once for every test that only reads.
async fn seeded() -> &'static Embedded {
    static ACCOUNT: OnceCell<Embedded> = OnceCell::const_new();
    ACCOUNT.get_or_init(|| async { demo::account().await.unwrap() }).await
}

/// An account of a test's own.
async fn empty() -> Embedded {
    Embedded::empty().await.unwrap()
}

fn dynamodb(account: &Embedded, region: &str) -> aws_sdk_dynamodb::Client {
    aws_sdk_dynamodb::Client::new(&account.sdk_config(region))
}

/// The service's error code of a call that failed.
fn code<T: std::fmt::Debug, E, R>(
    outcome: Result<T, aws_smithy_runtime_api::client::result::SdkError<E, R>>,
) -> String
where
    E: aws_smithy_types::error::metadata::ProvideErrorMetadata + std::fmt::Debug,
    R: std::fmt::Debug,
{
    outcome.unwrap_err().as_service_error().and_then(|e| e.code()).unwrap_or("none").to_owned()
}
