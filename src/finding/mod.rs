//! A finding: one check's verdict about one subject, with what it rests on.

pub mod accept;
mod blind;
pub mod shared;
pub mod triage;

use std::{
    cmp::{Ordering, Reverse},
    collections::BTreeMap,
    fmt,
};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub use self::{accept::Accepted, blind::Blind, shared::Shared, triage::State};
use crate::snapshot::{GapId, ResourceId, Timestamp, Why};

/// How bad it is if true.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Hygiene.
    Low,
    /// Mend in the normal course of work.
    Medium,
    /// Mend soon.
    High,
    /// Mend now.
    Critical,
}

impl Severity {
    /// All severities, the worst first.
    pub const ALL: [Severity; 5] =
        [Severity::Critical, Severity::High, Severity::Medium, Severity::Low, Severity::Info];

    /// The word used in files and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Low => "low",
            Severity::Medium => "medium",
            Severity::High => "high",
            Severity::Critical => "critical",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// How sure the verdict is, apart from how bad it would be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// Likely; look before you act.
    Low,
    /// True unless something that could not be read says otherwise.
    Medium,
    /// Read off what AWS says.
    High,
}

impl Confidence {
    /// The word used in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Confidence::Low => "low",
            Confidence::Medium => "medium",
            Confidence::High => "high",
        }
    }
}

/// What a check says about a subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The fault is there.
    Flagged,
    /// What was needed to judge could not be seen: not assessed.
    Unknown,
    /// The fault is not there.
    Clear,
    /// The check does not concern this subject.
    NotApplicable,
}

impl Verdict {
    /// All verdicts.
    pub const ALL: [Verdict; 4] =
        [Verdict::Flagged, Verdict::Unknown, Verdict::Clear, Verdict::NotApplicable];

    /// The word used in files and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Flagged => "flagged",
            Verdict::Unknown => "unknown",
            Verdict::Clear => "clear",
            Verdict::NotApplicable => "not-applicable",
        }
    }
}

/// What a check can be about; the tree of subjects is in `facts`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SubjectKind {
    /// An AWS account.
    Account,
    /// A KMS key.
    Key,
    /// A grant on a KMS key.
    Grant,
    /// What a KMS key encrypts: a table, its replica in another Region, or its backups.
    Use,
    /// A user or role of the account.
    Principal,
    /// Someone who can reach the data of tables.
    Reader,
    /// A table.
    Table,
    /// A vault of AWS Backup.
    Vault,
    /// A DAX cluster.
    Cluster,
    /// A VPC endpoint for DynamoDB.
    Endpoint,
    /// A secondary index.
    Index,
    /// A table's stream.
    Stream,
    /// A replica of a global table.
    Replica,
    /// A backup.
    Backup,
    /// An export to S3.
    Export,
    /// An import from S3, which made its table: `imported`, since CEL keeps the shorter word for itself.
    #[serde(rename = "imported")]
    Import,
    /// A secret seen under one path of a table's items.
    Attribute,
    /// A second place to which an attribute is copied.
    Copy,
}

impl SubjectKind {
    /// All kinds, those above before those below.
    pub const ALL: [SubjectKind; 18] = [
        SubjectKind::Account,
        SubjectKind::Key,
        SubjectKind::Grant,
        SubjectKind::Use,
        SubjectKind::Principal,
        SubjectKind::Reader,
        SubjectKind::Vault,
        SubjectKind::Cluster,
        SubjectKind::Endpoint,
        SubjectKind::Table,
        SubjectKind::Attribute,
        SubjectKind::Copy,
        SubjectKind::Index,
        SubjectKind::Stream,
        SubjectKind::Replica,
        SubjectKind::Backup,
        SubjectKind::Export,
        SubjectKind::Import,
    ];

    /// The word used in checks (`over = "table"`) and the variable that an expression reads.
    pub fn as_str(self) -> &'static str {
        match self {
            SubjectKind::Account => "account",
            SubjectKind::Key => "key",
            SubjectKind::Grant => "grant",
            SubjectKind::Use => "use",
            SubjectKind::Principal => "principal",
            SubjectKind::Reader => "reader",
            SubjectKind::Table => "table",
            SubjectKind::Index => "index",
            SubjectKind::Stream => "stream",
            SubjectKind::Replica => "replica",
            SubjectKind::Backup => "backup",
            SubjectKind::Export => "export",
            SubjectKind::Import => "imported",
            SubjectKind::Vault => "vault",
            SubjectKind::Cluster => "cluster",
            SubjectKind::Endpoint => "endpoint",
            SubjectKind::Attribute => "attribute",
            SubjectKind::Copy => "copy",
        }
    }
}

/// Whom or what a finding is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Subject {
    /// What sort of thing it is.
    pub kind: SubjectKind,
    /// ARN of it, or of what holds it.
    pub arn: String,
    /// Account it lies in.
    pub account: String,
    /// Region it lies in; none for what is global.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Name of its table, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// The tables it reaches, where it is not of one table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tables: Option<TableSet>,
    /// What else names it: `path`, `rule`, `index`, `key`, `class`, … Part of its identity.
    #[serde(default, flatten)]
    pub names: BTreeMap<String, String>,
}

/// A set of tables, named without listing thousands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TableSet {
    /// How many.
    pub count: u64,
    /// ARNs of the first 20, sorted.
    pub first: Vec<String>,
    /// SHA-256 over all ARNs, sorted, one a line; in hex.
    pub digest: String,
}

impl TableSet {
    /// Names the set of `arns`.
    pub fn of<'a>(arns: impl IntoIterator<Item = &'a str>) -> Self {
        let mut all: Vec<&str> = arns.into_iter().collect();
        all.sort_unstable();
        all.dedup();
        let mut hash = Sha256::new();
        for arn in &all {
            hash.update(arn);
            hash.update("\n");
        }
        Self {
            count: all.len() as u64,
            first: all.iter().take(20).map(ToString::to_string).collect(),
            digest: hex(&hash.finalize()),
        }
    }
}

impl Subject {
    /// What makes it this subject and no other; stable while the resource is the same.
    pub fn id(&self) -> String {
        serde_json::json!([self.kind, self.arn, self.names]).to_string()
    }

    /// The order of [`Subject::id`], mostly without making it: in JSON plain texts stand in their own order.
    pub fn by_id(&self, other: &Self) -> Ordering {
        let plain = |text: &str| text.bytes().all(|byte| byte > b'"' && byte != b'\\' && byte != 0x7f);
        if self.kind == other.kind && self.arn != other.arn && plain(&self.arn) && plain(&other.arn) {
            return self.arn.cmp(&other.arn);
        }
        self.id().cmp(&other.id())
    }
}

/// A fact that a verdict rests on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Because {
    /// Path of the fact, as the check's expression has it.
    #[schemars(with = "String")]
    pub fact: Shared<str>,
    /// Its value; absent where it is unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<serde_json::Value>,
}

/// A fact that could not be seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Missing {
    /// Path of the fact.
    #[schemars(with = "String")]
    pub fact: Shared<str>,
    /// The gap that stands in its place.
    #[schemars(with = "GapId")]
    pub gap: Shared<GapId>,
    /// The call that failed.
    #[schemars(with = "String")]
    pub call: Shared<str>,
    /// What it was about.
    #[schemars(with = "ResourceId")]
    pub on: Shared<ResourceId>,
    /// Why.
    pub why: Why,
}

/// Evidence by name.
pub type Evidence = BTreeMap<String, serde_json::Value>;

fn is_bare(evidence: &Evidence) -> bool {
    evidence.is_empty()
}

/// One check's verdict about one subject.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// Id of the check: the name of its file.
    #[schemars(with = "String")]
    pub check: Shared<str>,
    /// What is wrong, in a few words.
    #[schemars(with = "String")]
    pub title: Shared<str>,
    /// How bad.
    pub severity: Severity,
    /// How sure.
    pub confidence: Confidence,
    /// What the check says.
    pub verdict: Verdict,
    /// About whom.
    #[schemars(with = "Subject")]
    pub subject: Shared<Subject>,
    /// What was seen.
    #[schemars(with = "String")]
    pub message: Shared<str>,
    /// The facts that the verdict rests on.
    #[schemars(with = "Vec<Because>")]
    pub because: Shared<[Because]>,
    /// What could not be seen.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<Missing>,
    /// Evidence about a value, never the value: kind, length, keyed digests, masked preview.
    #[schemars(with = "Evidence")]
    #[serde(default, skip_serializing_if = "is_bare")]
    pub evidence: Shared<Evidence>,
    /// Identity of the finding across runs: digest of check, account, Region and subject.
    pub fingerprint: String,
    /// Whether its table, or for what stands above tables some table of the account, is in scope of PCI DSS; none where
    /// that is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pci_scope: Option<bool>,
    /// How it stands to an earlier run, where it was held against one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<State>,
    /// When it was first flagged, where it was held against an earlier run.
    #[schemars(with = "Option<String>")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_seen: Option<Timestamp>,
    /// That somebody answers for the risk: it is shown and fails no run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepted: Option<Box<Accepted>>,
}

impl Finding {
    /// Flagged before the rest, the worst first, then by check and subject.
    pub fn order(&self, other: &Self) -> Ordering {
        let first = |f: &Self| (f.verdict, Reverse(f.severity));
        first(self)
            .cmp(&first(other))
            .then_with(|| self.check.cmp(&other.check))
            .then_with(|| self.subject.account.cmp(&other.subject.account))
            .then_with(|| self.subject.region.cmp(&other.subject.region))
            .then_with(|| self.subject.by_id(&other.subject))
    }

    /// Whether a requirement of a framework bears on what it is about: those of PCI DSS that speak of stored account data and
    /// of the network around it (1.3, 3, 9) do so only where such data is.
    pub fn bears(&self, framework: &str, id: &str) -> bool {
        let of_card_data = || ["1.3", "3.", "9."].iter().any(|begin| id.starts_with(begin));
        !(framework.starts_with("PCI-DSS") && self.pci_scope == Some(false) && of_card_data())
    }
}

/// The identity of a finding: the same as long as check and subject are, whatever the message says.
pub fn fingerprint(check: &str, subject: &Subject) -> String {
    let mut hash = Sha256::new();
    let id = subject.id();
    let region = subject.region.as_deref().unwrap_or("");
    for part in [check, &subject.account, region, &id] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hex(&hash.finalize()[..16])
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
