//! Facts of a reader: someone who can reach the data of tables, in one class of access.

use schemars::JsonSchema;
use serde::Serialize;

use super::Fact;

/// Someone who can reach the data of a set of tables in one way. Every field is a fact of its own: of
/// readers that could not be listed nothing is known, of one whose policy could not be read only who it is.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Reader {
    /// ARN, account id, service name or `*`.
    pub arn: Fact<String>,
    /// Name to print.
    pub name: Fact<String>,
    /// What sort of reader.
    pub kind: Fact<ReaderKind>,
    /// Account that the reader is of; empty for a service and for anyone.
    pub account: Fact<String>,
    /// Whether of another account, or anyone.
    pub external: Fact<bool>,
    /// Whether outright or only under a condition that cannot be judged at rest.
    pub decision: Fact<Decision>,
    /// What every way in needs; all false where `decision` is `allowed`.
    pub needs: Fact<Needs>,
    /// The condition, to show; empty where there is none.
    pub condition: Fact<String>,
    /// Which roads lead to the data.
    pub roads: Fact<Roads>,
    /// Which tables.
    pub tables: Fact<Tables>,
    /// Whether it may do everything (`dynamodb:*` or more) on these tables.
    pub full_access: Fact<bool>,
    /// Whether a statement names all tables (`*` or `table/*`) rather than these.
    pub wildcard: Fact<bool>,
    /// The statements that let it in, as `policy#index`, sorted.
    pub via: Fact<Vec<String>>,
}

/// What sort of reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ReaderKind {
    /// A role.
    Role,
    /// A user.
    User,
    /// An AWS service.
    Service,
    /// A whole account: its root, and whomever it lets.
    Account,
    /// A federated or assumed-role session named as such.
    Session,
    /// Anyone.
    Anyone,
}

/// Outright or conditional.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Decision {
    /// Outright.
    Allowed,
    /// Only if [`Reader::condition`] holds.
    Conditional,
}

/// What every way in needs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
pub struct Needs {
    /// Multi-factor authentication.
    pub mfa: bool,
    /// A source address.
    pub source_ip: bool,
    /// A VPC or VPC endpoint.
    pub vpce: bool,
    /// An organization.
    pub org: bool,
    /// Named partition keys (`dynamodb:LeadingKeys`).
    pub leading_keys: bool,
    /// Named attributes (`dynamodb:Attributes`).
    pub attributes: bool,
    /// Named selections (`dynamodb:Select`).
    pub select: bool,
    /// A session or principal tag.
    pub session_tag: bool,
    /// Something else.
    pub other: bool,
}

impl Roads {
    /// The roads of both.
    pub fn and(self, other: Self) -> Self {
        Self {
            get: self.get || other.get,
            scan: self.scan || other.scan,
            partiql: self.partiql || other.partiql,
            stream: self.stream || other.stream,
            export: self.export || other.export,
            restore: self.restore || other.restore,
            kinesis: self.kinesis || other.kinesis,
            replicate: self.replicate || other.replicate,
            write_return: self.write_return || other.write_return,
            policy: self.policy || other.policy,
        }
    }

    /// Whether items can be read at once, without a write, a copy or a change of policy first.
    pub fn reads(&self) -> bool {
        self.get || self.scan || self.partiql || self.stream
    }
}

/// The roads that lead to a table's data.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
pub struct Roads {
    /// `GetItem`, `BatchGetItem`, `TransactGetItems`, `Query`, `ConditionCheckItem`: items by key.
    pub get: bool,
    /// `Scan`: the whole table.
    pub scan: bool,
    /// `PartiQLSelect`.
    pub partiql: bool,
    /// `GetRecords` on the stream.
    pub stream: bool,
    /// `ExportTableToPointInTime`: the whole table to a bucket.
    pub export: bool,
    /// `CreateBackup` with `RestoreTableFromBackup`, or `RestoreTableToPointInTime`: a copy to read elsewhere.
    pub restore: bool,
    /// `EnableKinesisStreamingDestination`: every change to a stream.
    pub kinesis: bool,
    /// `CreateTableReplica` and the like: a copy in another Region.
    pub replicate: bool,
    /// Writes that return the old item (`ReturnValues`).
    pub write_return: bool,
    /// `PutResourcePolicy`: can let itself or others in.
    pub policy: bool,
}

/// Which tables a reader reaches.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Tables {
    /// How many.
    pub count: i64,
    /// How many in whose samples a secret was seen; unknown where one of them was not sampled.
    pub sensitive: Fact<i64>,
    /// Whether every table of the account that was looked at.
    pub all: bool,
}
