//! The embedded account: an AWS account in process, which the real SDK clients talk to without a network.
//!
//! Items and tables lie on `dynoxide`, IAM, KMS, STS and Organizations on the `winterbaume` crates.
//! What these lack or answer otherwise than AWS is filled in here, each filling with a line saying why.
//! An emulator takes writes like AWS does; that the auditor makes none is the guard's business in
//! [`crate::collect`].

mod answer;
mod clock;
mod connector;
mod dynamodb;
mod iam;
mod kms;
mod patience;
mod refusal;
mod seed;
mod shelf;
mod sts;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_async::rt::sleep::SharedAsyncSleep;
use aws_smithy_async::time::SharedTimeSource;
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_runtime_api::client::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SdkConfig;
use aws_types::region::Region;

use clock::Clock;

/// The embedded account's id; one that the AWS documentation uses for examples.
pub const ACCOUNT: &str = "111122223333";

/// An account outside of it, which the seeded company does business with.
pub const PARTNER_ACCOUNT: &str = "444455556666";

/// Regions that the seeded account has tables in.
pub const REGIONS: [&str; 2] = ["eu-west-1", "us-east-1"];

/// The instant that the seeded account stands still at, in seconds since the epoch: 1 November 2026, 09:00 UTC.
///
/// Every date in it is fixed, so a run that takes this instant for its own clock always says the same.
pub const NOW: i64 = 1_793_523_600;

/// Who asks, according to STS GetCallerIdentity.
pub const CALLER: &str = "arn:aws:sts::111122223333:assumed-role/dynaudit-readonly/audit";

/// Why an account could not be made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The in-memory store did not open.
    #[error("the embedded account's store did not open: {0}")]
    Store(String),
    /// The account refused a part of its own seed.
    #[error("the embedded account refused {operation} while it was seeded: {message}")]
    Seed {
        /// The operation, for example `CreateTable`.
        operation: String,
        /// The service's own message.
        message: String,
    },
}

/// An AWS account in process. Clones share one state.
#[derive(Clone)]
pub struct Embedded(Arc<State>);

struct State {
    clock: Arc<Clock>,
    dynamodb: dynamodb::DynamoDb,
    iam: iam::Iam,
    kms: kms::Kms,
    sts: winterbaume_sts::StsService,
    shelf: Mutex<shelf::Shelf>,
    refusals: Mutex<Vec<refusal::Refusal>>,
    calls: Mutex<BTreeMap<String, u64>>,
    planted: Mutex<Vec<String>>,
}

/// Shows nothing of what the account holds.
impl fmt::Debug for Embedded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Embedded")
    }
}

/// The seeded account of the demonstration: the same tables, items, keys and principals at every call.
///
/// # Errors
/// [`Error`] if the store does not open or the seed does not fit the emulator.
pub async fn account() -> Result<Embedded, Error> {
    let account = Embedded::empty().await?;
    seed::plant(&account).await?;
    Ok(account)
}

/// Every secret value that [`account`] planted in items, so that a test can look for leaks.
pub fn secrets(account: &Embedded) -> Vec<String> {
    locked(&account.0.planted).clone()
}

impl Embedded {
    /// An account with no tables, principals or customer keys; AWS managed policies are there.
    ///
    /// # Errors
    /// [`Error::Store`] if the store does not open.
    pub async fn empty() -> Result<Self, Error> {
        // The emulators take the account id from one place for the whole process, and leak each one given.
        if winterbaume_core::default_account_id() != ACCOUNT {
            winterbaume_core::set_default_account_id(ACCOUNT);
        }
        let clock = Arc::new(Clock::at(NOW));
        let state = State {
            dynamodb: dynamodb::DynamoDb::new(clock.clone()),
            iam: iam::Iam::new().await?,
            kms: kms::Kms::new(clock.clone()),
            clock,
            sts: winterbaume_sts::StsService::new(),
            shelf: Mutex::default(),
            refusals: Mutex::default(),
            calls: Mutex::default(),
            planted: Mutex::default(),
        };
        Ok(Self(Arc::new(state)))
    }

    /// Configuration for the real SDK clients, with this account behind it.
    ///
    /// Built by hand: no environment variable, profile or credential file is read, so nothing can
    /// redirect it to a real account. There is no socket behind it either.
    pub fn sdk_config(&self, region: &str) -> SdkConfig {
        let credentials = Credentials::new("embedded", "embedded", None, None, "embedded account");
        SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .http_client(SharedHttpClient::new(self.clone()))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .region(Region::new(region.to_owned()))
            // A timeout is a sleep that loses a race, so that none may be set where sleeping takes no time.
            .sleep_impl(SharedAsyncSleep::new(patience::NoPatience))
            .timeout_config(TimeoutConfig::disabled())
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .time_source(SharedTimeSource::new(self.clone()))
            .build()
    }

    /// From now on answers an operation with AccessDenied, as a service control policy would.
    ///
    /// `operation` is `Operation` or `service:Operation`; `resource` is a part of the ARN (of a table,
    /// stream or key as the request names it), and the empty text means any.
    pub fn deny(&self, operation: &str, resource: &str) {
        locked(&self.0.refusals).push(refusal::Refusal::new(operation, resource));
    }

    /// How often each operation was asked for, by `service:Operation`, the refused ones too.
    pub fn calls(&self) -> BTreeMap<String, u64> {
        locked(&self.0.calls).clone()
    }

    /// The account's clock, in seconds since the epoch.
    pub fn now(&self) -> i64 {
        self.0.clock.seconds()
    }

    /// Sets the account's clock, in seconds since the epoch: what is made from now on bears that date.
    pub fn set_now(&self, seconds: i64) {
        self.0.clock.set(seconds);
    }
}

/// A lock whose holder panicked still guards a usable state: every change here is a single step.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
