//! Facts of a reader: someone who can reach the data of tables, in one class of access.

use schemars::JsonSchema;
use serde::Serialize;

use super::Fact;
use crate::iam::actions::Road;

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
    /// Whether DynamoDB lets in outright or only under a condition that cannot be judged at rest.
    pub decision: Fact<Decision>,
    /// What every way in needs, by DynamoDB or by each table's key.
    pub needs: Fact<Needs>,
    /// The condition, to show; empty where there is none.
    pub condition: Fact<String>,
    /// What tables' keys ask for beside it, to show; empty where nothing.
    pub key_condition: Fact<String>,
    /// Which roads DynamoDB opens to the data.
    pub roads: Fact<Roads>,
    /// Which tables.
    pub tables: Fact<Tables>,
    /// Whether DynamoDB lets it do everything (`dynamodb:*` or more) on these tables.
    pub full_access: Fact<bool>,
    /// Whether a statement names all tables (`*` or `table/*`) rather than these.
    pub wildcard: Fact<bool>,
    /// Whether it reads items of some table at once: by a road that needs no write, no copy and no change of policy
    /// first, and is not stopped there by the table's key.
    pub reads: Fact<bool>,
    /// The same, of some table in whose sample a secret was seen.
    pub reads_sensitive: Fact<bool>,
    /// Whether DynamoDB lets it into some table where it gets nothing, since it may not decrypt with the table's key.
    pub stopped: Fact<bool>,
    /// What holds it to part of the data.
    pub fence: Fact<Fence>,
    /// How its own policies grant.
    pub grants: Fact<Grants>,
    /// Whether people act as this reader: a user, or a role into which a SAML provider lets them.
    pub human: Fact<bool>,
    /// Whether users of an application act as this reader: a role into which Amazon Cognito or an OpenID Connect
    /// provider lets them.
    pub end_user: Fact<bool>,
    /// Whether of the account's organization; null where the organization's accounts were not listed.
    pub in_organization: Fact<Option<bool>>,
    /// How many of the tables it alone may scan whole, administrators aside, where two readers or more look items up by
    /// key.
    pub scans_alone: Fact<i64>,
    /// The statements that let it in, as `policy#index`, sorted.
    pub via: Fact<Vec<String>>,
}

/// What AWS KMS has to say where DynamoDB decrypts a table on a reader's behalf.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Kms {
    /// Nothing: the AWS owned key, or a road on which DynamoDB decrypts by its own grants.
    #[default]
    NotNeeded,
    /// It lets the reader decrypt.
    Passes,
    /// It lets the reader decrypt under a condition, which is part of the reader's.
    Conditional,
    /// It does not.
    Stopped,
    /// Nobody can tell: what the key's policy says was not seen.
    Unknown,
}

/// How a reader's own policies grant what it has.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Grants {
    /// Whether by an action with a wildcard (`dynamodb:*`, `Get*`, `*Item*`).
    pub wildcard_action: bool,
    /// Whether by what they do not name: `NotAction` or `NotResource`.
    pub all_but: bool,
    /// Beginnings of table names, such as `user*`, that end within a word and reach a table with secrets beside
    /// others; sorted.
    pub loose_prefixes: Vec<String>,
    /// Whether a Deny keeps it from `Scan` outright, and another action that gives whole tables is open.
    pub around_deny: bool,
}

/// What holds a reader to part of a table's data.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Fence {
    /// To items of certain partition keys (`dynamodb:LeadingKeys`).
    pub leading_keys: FenceState,
    /// To certain attributes (`dynamodb:Attributes`).
    pub attributes: FenceState,
    /// Actions that lead around a fence which does not bite, sorted.
    pub around: Vec<String>,
}

/// Whether a fence holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FenceState {
    /// There is none.
    #[default]
    None,
    /// Every way to the data runs into it.
    Holds,
    /// Some way leads around it.
    DoesNotBite,
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

impl Needs {
    pub(super) const MFA: u16 = 1;
    pub(super) const SOURCE_IP: u16 = 2;
    pub(super) const VPCE: u16 = 4;
    pub(super) const ORG: u16 = 8;
    pub(super) const LEADING_KEYS: u16 = 16;
    pub(super) const ATTRIBUTES: u16 = 32;
    pub(super) const SELECT: u16 = 64;
    pub(super) const SESSION_TAG: u16 = 128;
    pub(super) const OTHER: u16 = 256;

    /// What `bits` say.
    pub(super) fn of(bits: u16) -> Self {
        let has = |bit: u16| bits & bit != 0;
        Self {
            mfa: has(Self::MFA),
            source_ip: has(Self::SOURCE_IP),
            vpce: has(Self::VPCE),
            org: has(Self::ORG),
            leading_keys: has(Self::LEADING_KEYS),
            attributes: has(Self::ATTRIBUTES),
            select: has(Self::SELECT),
            session_tag: has(Self::SESSION_TAG),
            other: has(Self::OTHER),
        }
    }
}

impl Roads {
    /// The roads of both.
    pub fn and(self, other: Self) -> Self {
        self.each(other, |a, b| a || b)
    }

    /// The roads that are not in `other`.
    pub(super) fn without(self, other: Self) -> Self {
        self.each(other, |a, b| a && !b)
    }

    /// Whether a road is in both.
    pub fn meets(self, other: Self) -> bool {
        self.each(other, |a, b| a && b) != Self::default()
    }

    fn each(self, other: Self, join: impl Fn(bool, bool) -> bool) -> Self {
        Self {
            get: join(self.get, other.get),
            scan: join(self.scan, other.scan),
            partiql: join(self.partiql, other.partiql),
            search: join(self.search, other.search),
            stream: join(self.stream, other.stream),
            export: join(self.export, other.export),
            restore: join(self.restore, other.restore),
            kinesis: join(self.kinesis, other.kinesis),
            replicate: join(self.replicate, other.replicate),
            write_return: join(self.write_return, other.write_return),
            policy: join(self.policy, other.policy),
            unlock: join(self.unlock, other.unlock),
        }
    }

    /// Adds a road.
    pub(super) fn set(&mut self, road: Road) {
        *match road {
            Road::Get => &mut self.get,
            Road::Scan => &mut self.scan,
            Road::PartiQl => &mut self.partiql,
            Road::Search => &mut self.search,
            Road::Stream => &mut self.stream,
            Road::Export => &mut self.export,
            Road::Restore => &mut self.restore,
            Road::Kinesis => &mut self.kinesis,
            Road::Replicate => &mut self.replicate,
            Road::WriteReturn => &mut self.write_return,
            Road::Policy => &mut self.policy,
            Road::Unlock => &mut self.unlock,
        } = true;
    }

    /// Whether every road is in it.
    pub(super) fn all(self) -> bool {
        self.each(Self::default(), |a, _| !a) == Self::default()
    }

    /// Whether a road beside `Scan` gives a whole table, or all of its changes.
    pub(super) fn whole(self) -> bool {
        self.partiql || self.stream || self.export || self.restore || self.kinesis || self.replicate
    }

    /// Whether items can be read at once, without a write, a copy or a change of policy first.
    pub fn reads(&self) -> bool {
        self.get || self.scan || self.partiql || self.search || self.stream
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
    /// `SearchVectors`: items near a vector; no condition key of DynamoDB can fence it.
    pub search: bool,
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
    /// `DeleteResourcePolicy` where the table's policy denies; `TagResource`, `UntagResource` or `UpdateAbacStatus`
    /// where a policy that bears on the reader asks for tags: can take away what holds it off.
    pub unlock: bool,
}

/// Which tables a reader reaches, as DynamoDB decides.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Tables {
    /// How many.
    pub count: i64,
    /// What a sentence says of them: the names of one or two, the number of more.
    pub named: String,
    /// How many in whose samples a secret was seen; unknown where one of them was not sampled.
    pub sensitive: Fact<i64>,
    /// At how many of them it is let in by DynamoDB and stopped by the table's key; unknown where a key was not seen.
    pub stopped: Fact<i64>,
    /// Whether every table of the account that was looked at.
    pub all: bool,
}
