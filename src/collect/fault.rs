//! Why a call brought no answer: the SDK's errors, sorted into the reasons of a gap.

use std::error::Error;
use std::io;
use std::time::Duration;

use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::{DispatchFailure, SdkError};
use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_smithy_types::retry::ErrorKind;

use super::Halt;
use super::calls::{Call, Class};
use super::guard::Refused;
use super::light::REGION;
use super::regions::partition_of;
use super::silence::Trouble;
use crate::{snapshot::Why, source::is_active};

/// Codes that speak of rates (AWS documentation: "Error handling with DynamoDB", "Common errors").
pub(super) const THROTTLED: &[&str] = &[
    "Throttl",
    "ProvisionedThroughputExceeded",
    "RequestLimitExceeded",
    "LimitExceeded",
    "TooManyRequests",
    "SlowDown",
];
const DENIED: &[&str] =
    &["AccessDenied", "UnauthorizedOperation", "NotAuthorized", "AuthorizationError", "KMSAccessDenied"];
const BAD_CREDENTIALS: &[&str] = &[
    "ExpiredToken",
    "RequestExpired",
    "InvalidSignature",
    "SignatureDoesNotMatch",
    "IncompleteSignature",
    "MissingAuthenticationToken",
    "RequestTimeTooSkewed",
];
/// Codes of a signature that is not taken, be it for the time that it names.
const UNSIGNED: &[&str] =
    &["InvalidSignature", "SignatureDoesNotMatch", "RequestExpired", "RequestTimeTooSkewed"];
/// What a Region answers to credentials that it does not know; sound credentials it does not know because the
/// account has not enabled it (AWS documentation: "Enable or disable AWS Regions in your account").
const UNKNOWN_HERE: &[&str] =
    &["UnrecognizedClient", "InvalidClientTokenId", "InvalidAccessKeyId", "OptInRequired", "AuthFailure"];
const GONE: &[&str] = &[
    "ResourceNotFound",
    "TableNotFound",
    "BackupNotFound",
    "ExportNotFound",
    "NotFoundException",
    "NoSuchEntity",
    "NoSuchBucket",
    "NoSuchKey",
    "TrailNotFound",
    "EventDataStoreNotFound",
];

/// Errors that are the answer: there is no such policy, the key is of a kind that cannot rotate.
const ANSWERS: &[(&str, &str)] = &[
    ("GetResourcePolicy", "PolicyNotFound"),
    ("GetKeyRotationStatus", "UnsupportedOperation"),
    ("GetBackupVaultAccessPolicy", "ResourceNotFound"),
    ("DescribeOrganization", "AWSOrganizationsNotInUse"),
    ("GetBucketLocation", "NoSuchBucket"),
    ("ListPoliciesForTarget", "PolicyTypeNotEnabled"),
    ("GetBucketPolicyStatus", "NoSuchBucketPolicy"),
    ("GetPublicAccessBlock", "NoSuchPublicAccessBlockConfiguration"),
    ("GetBucketEncryption", "ServerSideEncryptionConfigurationNotFound"),
];

/// Codes of S3 that say little by themselves.
const MEANINGS: &[(&str, &str)] = &[
    ("InvalidObjectState", "the object is archived, and must be restored before it can be read"),
    ("PreconditionFailed", "another object was there before it was read to the end"),
];
/// What reading takes of the key that an object is encrypted with.
const DECRYPT: &str = "kms:Decrypt";

/// A call that brought no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) why: Why,
    /// The service's error code.
    pub(super) code: Option<String>,
    /// What the service said, made inert; or our own words.
    text: Option<String>,
    /// HTTP status, where there was an answer at all.
    status: Option<u16>,
    /// Whether to ask again may help, where the call failed.
    pub(super) loss: Loss,
    /// How long the service asks to wait before the call is made again.
    pub(super) after: Option<Duration>,
    /// Where S3 says that a bucket lies.
    place: Option<String>,
    /// Whether it is the key of an object that refused, and not S3.
    by_key: bool,
    /// Where a signature was refused: what the service's clock says, in seconds since 1970.
    pub(super) clock: Option<i64>,
    /// Whether the call may have been carried out although no answer came that can be read.
    pub(super) is_done: bool,
}

/// How a failed call was lost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Loss {
    /// It was not: the service means what it says.
    #[default]
    Not,
    /// The service or the connection broke.
    Broken,
    /// Nothing came in time.
    Late,
}

impl Fault {
    /// A fault that we name ourselves.
    pub(super) fn own(why: Why, text: &str) -> Self {
        let text = Some(text.to_owned());
        Self {
            why,
            code: None,
            text,
            status: None,
            loss: Loss::Not,
            after: None,
            place: None,
            by_key: false,
            clock: None,
            is_done: false,
        }
    }

    /// The last calls of this sort all failed, for long: this one was not made.
    pub(super) fn given_up(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Throttled => {
                Self::own(Why::Throttled, "given up after calls of this sort were throttled for long")
            }
            Trouble::Lost => Self::own(Why::Failed, "given up after calls of this sort were not answered"),
        }
    }

    /// What the pace must hear of.
    pub(super) fn trouble(&self) -> Option<Trouble> {
        match (self.why, self.loss) {
            (Why::Throttled, _) => Some(Trouble::Throttled),
            (Why::Failed, Loss::Late) => Some(Trouble::Lost),
            (Why::Failed, Loss::Broken) if self.status.is_none() => Some(Trouble::Lost),
            _ => None,
        }
    }

    /// Whether something came that says nothing of what was asked: an error of the service's own, or an answer that is none.
    pub(super) fn is_spoilt(&self) -> bool {
        matches!((self.why, self.loss), (Why::Malformed, _) | (Why::Failed, Loss::Broken))
    }

    /// The run ended before this was read.
    pub(super) fn stopped(by: Halt) -> Self {
        match by {
            Halt::Deadline => Self::own(Why::Deadline, "the time of the run was over before this was read"),
            Halt::Go | Halt::Interrupted => {
                Self::own(Why::Interrupted, "the run was interrupted before this was read")
            }
        }
    }

    /// Sorts an error of the SDK. The words of a call that reads items are dropped, whatever they are.
    pub(super) fn of<E>(call: &Call, error: &SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        let status = error.raw_response().map(|r| r.status().as_u16());
        let meta = error.as_service_error().map(ProvideErrorMetadata::meta);
        let code = meta.and_then(|m| m.code()).map(|c| inert(c, 80)).filter(|c| !c.is_empty());
        let (why, own) = match error {
            SdkError::ConstructionFailure(_) | SdkError::DispatchFailure(_) => unsent(error),
            SdkError::TimeoutError(_) => (Why::Failed, Some("no answer in time".to_owned())),
            _ => (sort(code.as_deref(), status), None),
        };
        let message = meta.and_then(|m| m.message());
        let said = message.filter(|_| !matches!(call.class, Class::Contents | Class::Exports));
        // The key of an object refuses with the code of S3, and with words of its own.
        let by_key = call.class == Class::Exports && message.is_some_and(|words| words.contains(DECRYPT));
        let meant = MEANINGS.iter().find(|(known, _)| code.as_deref() == Some(known));
        let own = own.or_else(|| meant.map(|(_, words)| (*words).to_owned()));
        let text = own.or_else(|| said.map(|m| inert(m, 300)).filter(|m| !m.is_empty()));
        let loss = match (error, status) {
            _ if why != Why::Failed => Loss::Not,
            (SdkError::TimeoutError(_), _) => Loss::Late,
            (SdkError::DispatchFailure(failure), _) if failure.is_timeout() => Loss::Late,
            (SdkError::DispatchFailure(failure), _) if is_broken(failure) => Loss::Broken,
            (_, Some(500 | 502..=504)) => Loss::Broken,
            _ => Loss::Not,
        };
        let is_done = match status {
            Some(200..=299) => true,
            Some(status) => status >= 500 && why != Why::Throttled,
            None => loss != Loss::Not && !is_refused(error),
        };
        let header = |name: &str| error.raw_response().and_then(|r| r.headers().get(name));
        let region = header("x-amz-bucket-region").or_else(|| meta.and_then(|m| m.extra(REGION)));
        let place = region.filter(|name| is_region(name)).map(str::to_owned);
        let after = header("retry-after").and_then(|seconds| seconds.trim().parse().ok());
        let unsigned = code.as_deref().is_some_and(|code| begins(code, UNSIGNED));
        let clock = header("date")
            .filter(|_| unsigned)
            .and_then(|date| DateTime::from_str(date, Format::HttpDate).ok());
        let (after, clock) = (after.map(Duration::from_secs), clock.map(|there| there.secs()));
        Self { why, code, text, status, loss, after, place, by_key, clock, is_done }
    }

    /// Whether the service answered with one of these codes.
    pub(super) fn is(&self, codes: &[&str]) -> bool {
        self.code.as_deref().is_some_and(|code| begins(code, codes))
    }

    /// The Region in which a bucket lies, where it is not the one that was asked; another partition's has other credentials.
    pub(super) fn elsewhere(&self, here: &str) -> Option<&str> {
        let place = self.place.as_deref()?;
        (place != here && partition_of(place).name == partition_of(here).name).then_some(place)
    }

    /// Whether it is the run that ended.
    pub(super) fn is_halt(&self) -> bool {
        matches!(self.why, Why::Interrupted | Why::Deadline)
    }

    /// Whether the error is the answer to this call: what was asked for is not there.
    pub(super) fn is_an_answer(&self, call: &Call) -> bool {
        ANSWERS.iter().any(|(operation, code)| call.operation == *operation && self.is(&[code]))
    }

    /// Whether the service answered at all.
    pub(super) fn answered(&self) -> bool {
        self.status.is_some()
    }

    /// Whether the credentials themselves are at fault, whatever was asked.
    pub(super) fn bad_credentials(&self) -> bool {
        self.is(BAD_CREDENTIALS) || self.is(UNKNOWN_HERE)
    }

    /// The code or the status, the permission that is missing, and what was said.
    pub(super) fn message(&self, call: &Call) -> String {
        let mut parts = Vec::new();
        match (&self.code, self.status) {
            (Some(code), _) => parts.push(code.clone()),
            (None, Some(200..=299)) => {
                parts.push("the answer cannot be read: it is cut short, or is none to this call".to_owned());
            }
            (None, Some(status)) => parts.push(format!("HTTP {status} without an error code")),
            (None, None) => {}
        }
        // Credentials that ran out lack no permission.
        if self.why == Why::Denied && !self.bad_credentials() && !self.no_credentials() {
            // No permission of the caller's own helps against the organization (AWS documentation: "Troubleshoot
            // access denied error messages").
            let bound = self.text.as_deref().is_some_and(|text| text.contains("service control policy"));
            let word = if bound { "a service control policy denies" } else { "needs" };
            let action = if self.by_key { DECRYPT } else { call.action };
            parts.push(format!("{word} {action}"));
        }
        parts.extend(self.text.clone());
        parts.join("; ")
    }

    /// What was said, for an error that ends the run.
    pub(super) fn words(&self) -> String {
        [&self.code, &self.text].into_iter().flatten().cloned().collect::<Vec<_>>().join("; ")
    }
}

/// What becomes part of a host name must be a name.
fn is_region(name: &str) -> bool {
    (1..=32).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

fn begins(code: &str, known: &[&str]) -> bool {
    known.iter().any(|k| code.starts_with(k))
}

/// The order matters: a 403 without a code is a refusal, and a success that could not be read is malformed.
fn sort(code: Option<&str>, status: Option<u16>) -> Why {
    let is = |known| code.is_some_and(|code| begins(code, known));
    match status {
        _ if is(THROTTLED) => Why::Throttled,
        _ if is(UNKNOWN_HERE) => Why::RegionDisabled,
        _ if is(DENIED) || is(BAD_CREDENTIALS) => Why::Denied,
        _ if is(GONE) => Why::Gone,
        Some(429) => Why::Throttled,
        Some(401 | 403) if code.is_none() => Why::Denied,
        Some(200..=299) => Why::Malformed,
        // Every error that a service means has a code.
        Some(400..=499) if code.is_none() => Why::Malformed,
        _ => Why::Failed,
    }
}

/// An error before anything was sent, or without an answer: credentials, the guard, or the network.
fn unsent<E: Error + 'static>(error: &SdkError<E, HttpResponse>) -> (Why, Option<String>) {
    let mut source: Option<&(dyn Error + 'static)> = error.source();
    while let Some(cause) = source {
        if let Some(refused) = cause.downcast_ref::<Refused>() {
            return (Why::NotAsked, Some(refused.to_string()));
        }
        if cause.is::<CredentialsError>() {
            return (Why::Denied, Some(NO_CREDENTIALS.to_owned()));
        }
        source = cause.source();
    }
    let kind = match error {
        SdkError::DispatchFailure(failure) if failure.is_timeout() => "no connection in time",
        SdkError::DispatchFailure(failure) if is_broken(failure) => "the connection failed",
        SdkError::DispatchFailure(_) => "the endpoint could not be reached",
        _ => "the request could not be built",
    };
    (Why::Failed, Some(kind.to_owned()))
}

/// Whether a connection could not be made, or ended before its answer did; hyper has a word of its own for one that ended before
/// the first byte.
fn is_broken(failure: &DispatchFailure) -> bool {
    failure.is_io() || failure.as_other() == Some(ErrorKind::TransientError)
}

/// Whether no connection was made, so that nothing was sent.
fn is_refused<E: Error + 'static>(error: &SdkError<E, HttpResponse>) -> bool {
    let mut source = error.source();
    while let Some(cause) = source {
        if cause.downcast_ref::<io::Error>().is_some_and(|it| it.kind() == io::ErrorKind::ConnectionRefused) {
            return true;
        }
        source = cause.source();
    }
    false
}

/// Marks the one fault that no retry and no other call can mend.
pub(super) const NO_CREDENTIALS: &str = "no credentials could be loaded";

impl Fault {
    /// Whether there are no credentials to ask with.
    pub(super) fn no_credentials(&self) -> bool {
        self.text.as_deref() == Some(NO_CREDENTIALS)
    }
}

/// Text from outside: nothing that acts on a terminal or hides, and not too long.
fn inert(text: &str, most: usize) -> String {
    text.chars().filter(|c| !is_active(*c)).take(most).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::calls::DESCRIBE_TABLE;

    #[test]
    fn codes_and_statuses_are_sorted() {
        for (code, status, why) in [
            (Some("AccessDeniedException"), 400, Why::Denied),
            (Some("ExpiredTokenException"), 400, Why::Denied),
            (None, 403, Why::Denied),
            (Some("ThrottlingException"), 400, Why::Throttled),
            (Some("ProvisionedThroughputExceededException"), 400, Why::Throttled),
            (None, 429, Why::Throttled),
            (None, 503, Why::Failed),
            (None, 400, Why::Malformed),
            (Some("ValidationException"), 400, Why::Failed),
            (Some("ResourceNotFoundException"), 400, Why::Gone),
            (Some("UnrecognizedClientException"), 400, Why::RegionDisabled),
            (None, 200, Why::Malformed),
        ] {
            assert_eq!(sort(code, Some(status)), why, "{code:?} {status}");
        }
    }

    #[test]
    fn a_refusal_names_what_is_missing_and_hostile_text_is_made_inert() {
        let fault = Fault {
            why: Why::Denied,
            code: Some("AccessDeniedException".into()),
            text: Some(inert(&format!("\u{1b}[2J\u{202e}no\n{}", "x".repeat(999)), 300)),
            ..Fault::own(Why::Denied, "")
        };
        let message = fault.message(&DESCRIBE_TABLE);
        assert!(message.starts_with("AccessDeniedException; needs dynamodb:DescribeTable; [2Jnoxxx"));
        assert!(message.chars().all(|c| !c.is_control()) && message.len() < 400);
    }
}
