//! What could not be seen: a gap stands where a value would, and is carried to the row that it touches.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// A value that was seen, or the gap that stands in its place. Never a silent default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Seen<T> {
    /// AWS answered.
    Value(T),
    /// AWS did not, for the reason that the gap gives.
    Gap(GapId),
}

impl<T> Seen<T> {
    /// The value, where there is one.
    pub fn value(&self) -> Option<&T> {
        match self {
            Seen::Value(value) => Some(value),
            Seen::Gap(_) => None,
        }
    }

    /// The gap, where there is one.
    pub fn gap(&self) -> Option<&GapId> {
        match self {
            Seen::Value(_) => None,
            Seen::Gap(gap) => Some(gap),
        }
    }

    /// The value or the gap, as a result to use with `?`.
    ///
    /// # Errors
    /// The gap's id.
    pub fn as_result(&self) -> Result<&T, &GapId> {
        match self {
            Seen::Value(value) => Ok(value),
            Seen::Gap(gap) => Err(gap),
        }
    }

    /// Maps the value and keeps the gap.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Seen<U> {
        match self {
            Seen::Value(value) => Seen::Value(f(value)),
            Seen::Gap(gap) => Seen::Gap(gap),
        }
    }
}

/// A list that was read page by page: what came, and the gap that cut it short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listed<T> {
    /// What was read before the list ended or broke.
    pub items: Vec<T>,
    /// Why the rest is missing; none if the list is whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gap: Option<GapId>,
}

impl<T> Listed<T> {
    /// A whole list.
    pub fn whole(items: Vec<T>) -> Self {
        Self { items, gap: None }
    }

    /// A list of which nothing could be read.
    pub fn missing(gap: GapId) -> Self {
        Self { items: Vec::new(), gap: Some(gap) }
    }

    /// Whether nothing is missing.
    pub fn is_whole(&self) -> bool {
        self.gap.is_none()
    }
}

impl<T> Default for Listed<T> {
    fn default() -> Self {
        Self::whole(Vec::new())
    }
}

/// Something that was not seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Gap {
    /// The call that failed, as `service:Operation`, or the step of our own that did.
    pub call: String,
    /// What it was about.
    pub on: ResourceId,
    /// Why, in one word.
    pub why: Why,
    /// The service's error code or our own reason, and the missing permission where there is one. Never an item's value.
    pub message: String,
}

impl Gap {
    /// An id that depends on the call, the resource and the reason, and not on the order of the run.
    pub fn id(&self) -> GapId {
        let mut hash = Sha256::new();
        for part in [self.call.as_str(), self.on.0.as_str(), self.why.as_str()] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        let digest = hash.finalize();
        GapId(digest[..8].iter().map(|b| format!("{b:02x}")).collect())
    }
}

/// Names a [`Gap`]: 16 hex digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct GapId(pub String);

impl fmt::Display for GapId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An ARN, a Region's name or `account 123456789012`: what a gap is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct ResourceId(pub String);

impl fmt::Display for ResourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why something was not seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// The service refused the call (AccessDenied and its kin).
    Denied,
    /// Throttled until the retries ran out.
    Throttled,
    /// The service failed (5xx) or could not be reached in time.
    Failed,
    /// The resource was there when listed and gone when asked about.
    Gone,
    /// The answer, or a document in it, could not be read.
    Malformed,
    /// A list's pages repeated or never ended.
    Endless,
    /// The Region is not enabled for the account, or is not known to it.
    RegionDisabled,
    /// The caller asked not to look (`--no-sample`), or this version does not look yet.
    NotAsked,
    /// The run was interrupted before this was reached.
    Interrupted,
    /// The time that the run was given (`--max-duration`) was over before this was reached.
    Deadline,
    /// The read-capacity budget did not allow it.
    Budget,
}

impl Why {
    /// Whether the run ended before this was reached.
    pub fn is_unreached(self) -> bool {
        matches!(self, Why::Interrupted | Why::Deadline)
    }

    /// The word used in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Why::Denied => "denied",
            Why::Throttled => "throttled",
            Why::Failed => "failed",
            Why::Gone => "gone",
            Why::Malformed => "malformed",
            Why::Endless => "endless",
            Why::RegionDisabled => "region-disabled",
            Why::NotAsked => "not-asked",
            Why::Interrupted => "interrupted",
            Why::Deadline => "deadline",
            Why::Budget => "budget",
        }
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
